"""The sliders of the lab: the same values as the fields above them, one undo step a drag."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QSlider

from nnsim.core.randoms import generator
from nnsim.data.sets import make_data_set
from nnsim.document.lab import with_set
from nnsim.document.templates import perceptron
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.lab import LabPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, preferences):
    document = with_set(perceptron((2, 4, 1), hidden="tanh"), "circle", {"count": 100}, 0)
    panel = LabPanel(Workspace(document), preferences)
    qtbot.addWidget(panel)
    panel.resize(280, 1900)
    for step in panel.steps.values():
        step.set_open(True)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def workspace(panel):
    return panel._workspace


def slider(panel, name):
    # Those of a former data set are gone with the next turn of the event loop.
    found = panel.findChildren(QSlider, f"lab_{name}_slider")
    return next(each for each in found if each.isVisible())


def typed(panel, name):
    return next(
        each for each in panel.findChildren(QLineEdit, f"lab_{name}_line") if each.isVisible()
    )


def handle(slider):
    """Where the handle is, as far as a hand can tell."""
    span = slider.maximum() - slider.minimum()
    share = (slider.value() - slider.minimum()) / span
    return QPoint(round(6 + share * (slider.width() - 12)), slider.height() // 2)


def drag(qtbot, slider, *ways):
    """Take the handle, move it by each of the ways in pixels, and let it go."""
    at = handle(slider)
    qtbot.mousePress(slider, LEFT, pos=at)
    for way in ways:
        at += QPoint(way, 0)
        qtbot.mouseMove(slider, at)
    qtbot.mouseRelease(slider, LEFT, pos=at)


def test_the_samples_follow_while_the_noise_is_dragged_and_one_undo_takes_it_back(qtbot, panel):
    noise, seen = slider(panel, "option_noise"), []
    workspace(panel).document_changed.connect(
        lambda _, after: seen.append(dict(after.origin.options)["noise"])
    )
    before = workspace(panel).document.data
    drag(qtbot, noise, 20, 20, 20)
    assert len(seen) == 3
    assert sorted(seen) == seen
    assert seen[-1] > 0.1
    made = make_data_set("circle", generator(0), count=100, noise=seen[-1])
    np.testing.assert_array_equal(workspace(panel).document.data.inputs, made.inputs)
    assert float(typed(panel, "option_noise").text()) == seen[-1]
    assert workspace(panel).undo_stack.count() == 1
    workspace(panel).undo_stack.undo()
    assert workspace(panel).document.data is before
    assert (noise.value(), typed(panel, "option_noise").text()) == (0, "0")


def test_two_drags_are_two_steps_of_undo(qtbot, panel):
    drag(qtbot, slider(panel, "option_noise"), 20, 20)
    drag(qtbot, slider(panel, "option_noise"), 20, 20)
    assert workspace(panel).undo_stack.count() == 2


def test_keys_move_a_slider_and_every_key_is_a_step_of_undo(qtbot, panel):
    noise = slider(panel, "option_noise")
    noise.setFocus()
    qtbot.keyClick(noise, Qt.Key.Key_Right)
    qtbot.keyClick(noise, Qt.Key.Key_PageUp)
    assert dict(workspace(panel).document.origin.options)["noise"] == 0.055
    assert workspace(panel).undo_stack.count() == 2


def test_a_number_that_was_typed_moves_the_slider_and_one_beyond_it_stands_at_its_end(qtbot, panel):
    step = panel.steps["samples"]
    step.edit(lambda d: with_set(d, "moons", {}, 0), "set", name="moons")
    step.refresh()
    QApplication.processEvents()
    noise = slider(panel, "option_noise")
    assert noise.value() == 10
    typed(panel, "option_noise").setText("2.5")
    typed(panel, "option_noise").editingFinished.emit()
    assert noise.value() == noise.maximum()
    assert dict(workspace(panel).document.origin.options)["noise"] == 2.5


def test_what_a_share_takes_from_another_on_the_way_comes_back_in_the_same_drag(qtbot, panel):
    split = workspace(panel).document.split
    parts = panel.steps["parts"]
    parts._set(training=0.7, validation=0.2, test=0.1)
    training, seen = slider(panel, "share_training"), []
    workspace(panel).document_changed.connect(lambda _, after: seen.append(after.split))
    drag(qtbot, training, 300, -10, -290)
    assert [round(sum((s.training, s.validation, s.test)), 9) for s in seen] == [1.0] * len(seen)
    assert (seen[0].training, seen[0].test) == (1, 0)
    now = workspace(panel).document.split
    assert now.training == pytest.approx(0.7, abs=0.02)
    assert now.validation == pytest.approx(2 * now.test)
    workspace(panel).undo_stack.undo()
    workspace(panel).undo_stack.undo()
    assert workspace(panel).document.split == split


def test_where_validation_takes_more_than_training_has_test_gives_way(qtbot, panel):
    parts = panel.steps["parts"]
    parts._set(training=0.7, validation=0.15, test=0.15)
    validation = slider(panel, "share_validation")
    drag(qtbot, validation, 400)
    assert parts.heading.summary == "1-99-0: 1 + 99 + 0"
    assert validation.value() == 99


def test_nothing_moves_in_the_panel_while_a_slider_is_dragged(qtbot, panel):
    names = ("option_noise", "share_training", "share_test")
    before = [slider(panel, name).mapTo(panel, QPoint()) for name in names]
    drag(qtbot, slider(panel, "share_test"), 40, 40)
    drag(qtbot, slider(panel, "option_noise"), 40, 40)
    QApplication.processEvents()
    assert [slider(panel, name).mapTo(panel, QPoint()) for name in names] == before


def test_the_wheel_scrolls_the_panel_and_leaves_the_value(panel):
    noise = slider(panel, "option_noise")
    middle = QPointF(noise.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(noise.mapToGlobal(noise.rect().center())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(noise, event)
    assert noise.value() == 0
    assert workspace(panel).undo_stack.count() == 0


def test_a_drag_during_a_run_keeps_the_run_before_it_and_none_of_those_on_the_way(qtbot, panel):
    def run(*_):
        for _ in range(6):
            workspace(panel).step(Level.ITERATION)

    run()
    workspace(panel).document_changed.connect(run)
    drag(qtbot, slider(panel, "option_noise"), 20, 20, 20)
    runs = list(workspace(panel).session.runs)
    assert [dict(run.document.origin.options)["noise"] for run in runs] == [0.0]


def test_a_slider_is_called_as_its_row_is(panel, preferences):
    assert slider(panel, "share_test").accessibleName() == "Test %"
    preferences.set_locale("es")
    assert slider(panel, "share_test").accessibleName() == "Prueba %"
