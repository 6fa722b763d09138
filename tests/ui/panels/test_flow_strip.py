"""The way of the data above the table: the words of the lab, and nothing that moves."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from nnsim.document.edits import set_split
from nnsim.document.examples import load_example
from nnsim.document.model import SplitSettings
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.data_table import DataPanel
from nnsim.ui.panels.flow_words import FLOW
from nnsim.ui.panels.lab import LabPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def make(qtbot, preferences):
    def make(document, size=(600, 400)):
        panel = DataPanel(Workspace(document), preferences)
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.wanted = []
        panel.offer_steps(panel.wanted.append)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make


def part(panel, name):
    return panel.findChild(QPushButton, f"flow_{name}")


def words(panel):
    return {name: (part(panel, name).title, part(panel, name).summary) for name in FLOW}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("example", ["or-gate", "spiral-features", "iris", "diabetes"])
def test_every_step_says_what_it_says_in_the_lab(qtbot, make, preferences, example, locale):
    preferences.set_locale(locale)
    document = load_example(example)
    lab = LabPanel(Workspace(document), preferences)
    qtbot.addWidget(lab)
    with qtbot.waitExposed(lab):
        lab.show()
    headings = {name: lab.steps[name].heading for name in FLOW}
    assert words(make(document)) == {
        name: (heading.title, heading.summary) for name, heading in headings.items()
    }
    assert all(summary for _, summary in words(make(document)).values())


def test_an_edit_elsewhere_and_another_language_are_shown(make, preferences):
    panel = make(load_example("circle"))
    split = SplitSettings(0.5, 0.25, 0.25)
    panel._workspace.edit(lambda document: set_split(document, split), "")
    assert words(panel)["parts"] == ("Parts", "50-25-25: 250 + 125 + 125")
    preferences.set_locale("es")
    assert words(panel)["samples"] == ("Muestras", "Círculo · 500 muestras")


def test_a_step_is_pressed_by_mouse_and_by_keys(qtbot, make):
    panel = make(load_example("circle"))
    qtbot.mouseClick(part(panel, "samples"), LEFT)
    part(panel, "features").setFocus()
    qtbot.keyClick(part(panel, "features"), Qt.Key.Key_Space)
    assert panel.wanted == ["samples", "features"]


def test_where_there_is_little_room_the_steps_are_scrolled_through_and_not_cut(qtbot, make):
    panel = make(load_example("circle"), (260, 150))
    for name in FLOW:
        assert part(panel, name).width() >= part(panel, name).needed()
    panel.activateWindow()
    for name in FLOW:
        part(panel, name).setFocus(Qt.FocusReason.TabFocusReason)
    strip = panel._flow
    for _ in range(20):
        strip._ways[1].click()
    last = part(panel, "features")
    assert last.mapTo(strip, last.rect().topRight()).x() <= strip.width()
    assert not strip._ways[1].isEnabled()


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("example", ["breast-cancer", "circle", "gan-ring", "spiral-features"])
def test_in_a_narrow_panel_every_step_is_seen_above_the_table(make, preferences, example, locale):
    preferences.set_locale(locale)
    panel = make(load_example(example), (360, 300))
    strip = panel._flow
    assert not any(way.isVisible() for way in strip._ways)
    for name in FLOW:
        step = part(panel, name)
        place = step.mapTo(strip, step.rect().bottomRight())
        assert strip.rect().contains(place)
        assert step.width() >= step.least()
    assert panel.view.height() > 3 * panel.view.rowHeight(0)


def test_the_table_stays_where_it_is_whatever_the_steps_come_to(make):
    panel = make(load_example("or-gate"), (420, 320))
    place = panel.view.geometry()
    panel._workspace.open(load_example("iris"))
    assert panel.view.geometry() == place


def test_without_a_lab_to_go_to_there_is_no_strip(qtbot, preferences):
    panel = DataPanel(Workspace(load_example("or-gate")), preferences)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert not panel._flow.isVisible()
