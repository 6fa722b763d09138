"""A window in which a network trains, and what a person does with it meanwhile."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.exercises.bank import exercise_of
from nnsim.export import Extent, Options
from nnsim.session import Level, Session
from nnsim.ui.bridge.drawing import Drawing
from nnsim.ui.bridge.rest import Rest
from nnsim.ui.canvas.hits import Hit
from nnsim.ui.canvas.node_item import NodeItem
from nnsim.ui.canvas.spreading import Spreading
from nnsim.ui.panels.plotting.panel import PlotPanel
from nnsim.ui.shell.export_job import ExportJob


def restless(document):
    training = replace(document.training, tolerance=0.0, target_loss=0.0, limit=10**7)
    return replace(document, training=training)


def is_training():
    return any(thread.name == "training" for thread in threading.enumerate())


@pytest.fixture
def window(qtbot, open_window):
    window = open_window(restless(perceptron((2, 3, 1))))
    window.player.run()
    qtbot.waitUntil(lambda: window.workspace.session.position.iteration > 20)
    yield window
    window.player.pause()
    assert not is_training()


def goes_on(qtbot, window):
    before = window.workspace.session.computed
    qtbot.waitUntil(lambda: window.workspace.session.computed > before + 10)
    return window.player.is_running


def test_a_weight_is_typed_on_the_canvas(qtbot, window):
    link = window.workspace.document.connections[0]
    window.canvas.edit_value(Hit(connection=link.id, place=(0, 0)))
    line = window.canvas.findChild(QLineEdit, "in_place_line")
    line.selectAll()
    for key in "1.5":
        qtbot.keyClicks(line, key)
        qtbot.wait(60)
    assert line.text() == "1.5"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    (change,) = window.workspace.document.changes
    assert [edit.value for edit in change.parameters] == [1.5]
    assert goes_on(qtbot, window)
    record = window.workspace.session.record(change.iteration + 1)
    assert record.array(f"w:{link.id}")[0, 0] == 1.5


def test_the_learning_rate_is_typed_in_its_panel(qtbot, window):
    window.docks.show_panel("training")
    line = window.docks.panels["training"].findChild(QLineEdit, "training_learning_rate_line")
    line.setFocus()
    line.selectAll()
    for key in "0.25":
        qtbot.keyClicks(line, key)
        qtbot.wait(60)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    (change,) = window.workspace.document.changes
    assert change.training.learning_rate == 0.25
    assert goes_on(qtbot, window)


def test_undo_and_redo_by_key(qtbot, window):
    test_the_learning_rate_is_typed_in_its_panel(qtbot, window)
    window.commands["undo"].trigger()
    assert not window.workspace.document.changes
    assert goes_on(qtbot, window)
    window.commands["redo"].trigger()
    assert window.workspace.document.changes
    assert goes_on(qtbot, window)


def test_closing_ends_it(qtbot, window):
    window.workspace.undo_stack.setClean()
    window.close()
    assert not is_training()


def test_another_project_ends_it(window):
    window.workspace.open(gate_neuron("and"))
    assert not is_training()
    assert not window.player.is_running


def test_an_exercise_ends_it_and_the_run_is_there_again_afterwards(window):
    exercising = window.menu_commands.exercising
    assert exercising.open_exercise(exercise_of("or-course-rule").variant(0), None)
    assert not is_training()
    computed = window.workspace.session.computed
    exercising.leave()
    assert window.workspace.session.computed == computed > 20


def test_exporting_meanwhile_writes_the_run_of_the_document(qtbot, window, tmp_path):
    target = tmp_path / "trace.csv"
    job = ExportJob(window.workspace.document, target, "csv", Options(Extent(50)), window)
    with qtbot.waitSignal(job.written, timeout=60_000):
        job.start()
    assert window.player.is_running
    lines = [line for line in target.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 50


def test_zoom_language_and_theme_change_meanwhile(qtbot, window, preferences):
    preferences.set_locale("es")
    preferences.set_theme("dark")
    preferences.set_zoom(1.5)
    assert goes_on(qtbot, window)
    preferences.set_theme("light")
    preferences.set_zoom(1.0)


def test_a_step_by_key_stops_it_and_steps_from_there(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F7)
    session = window.workspace.session
    assert not window.player.is_running
    assert session.computed - 1 <= session.position.iteration <= session.computed
    other = Session(window.workspace.document)
    while other.computed < session.computed:
        other.compute()
    assert other.trace.column("loss").tobytes() == session.trace.column("loss").tobytes()


def pixels(picture):
    """Of a QPixmap, shape (height, width, 4)."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    shape = (image.height(), image.width(), 4)
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape).astype(int)


@pytest.mark.parametrize("layout", ["lesson", "training"])
def test_after_a_pause_every_view_shows_where_the_run_stands(qtbot, window, layout):
    window.docks.arrange(layout)
    assert goes_on(qtbot, window)
    window.player.pause()
    qtbot.waitUntil(lambda: is_at_rest(window))
    qtbot.wait(600)
    painted = pixels(window.screen().grabWindow(window.winId()))
    for view in (window.canvas, *(d.parent() for d in in_sight(window))):
        if isinstance(view, PlotPanel):
            view.refresh_all()
        view.update()
    qtbot.waitUntil(lambda: is_at_rest(window))
    qtbot.wait(600)
    again = pixels(window.screen().grabWindow(window.winId()))
    assert np.abs(painted - again).max() == 0


def is_at_rest(window):
    """Every view in sight has been drawn, and the finer pictures that come a moment after, too."""
    is_drawn = not any(d.is_stale for d in in_sight(window))
    return is_drawn and not any(timer.isActive() for timer in window.findChildren(Rest))


def in_sight(window):
    return [d for d in window.findChildren(Drawing) if d.parent().isVisible()]


def test_a_large_diagram_is_painted_some_nodes_at_a_time_while_it_trains(
    qtbot, open_window, monkeypatch
):
    window = open_window(restless(perceptron((2, 8, 8, 8, 1))))
    scene, turns = window.canvas.diagram, window.workspace.turns
    painted = []
    real = NodeItem.update
    names = {node.id: node.name for node in window.workspace.document.nodes}
    turns.one_by_one = True
    paint_some = Spreading.paint_some
    monkeypatch.setattr(
        Spreading, "paint_some", lambda self: (painted.append("a turn"), paint_some(self))
    )
    for item in scene.nodes.values():
        item.update = lambda *_, item=item: (painted.append(names[item.node.id]), real(item))
    window.workspace.step(Level.ITERATION)
    qtbot.waitUntil(lambda: painted[-1] == "N1" and "C3" in painted)
    first, second, third = map(painted.index, ("C1", "C2", "C3"))
    assert first < second < third
    assert "a turn" in painted[first:second]
    assert "a turn" in painted[second:third]
    # And at rest nobody waits.
    window.workspace.step(Level.ITERATION)
    painted.clear()
    turns.one_by_one = False
    qtbot.wait(20)
    assert {"C1", "C2", "C3", "N1"} <= set(painted)
