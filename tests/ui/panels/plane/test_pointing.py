"""What is pointed at on the canvas is shown enlarged in the plane, for as long as it is."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSplitter

from nnsim.data import Table
from nnsim.document.edits import remove, set_training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.plane.model import WINNER
from nnsim.ui.panels.plotting.units import Subject
from tests.support.plots import colour_at


def network(hidden: int = 3):
    random = np.random.default_rng(5)
    labels = np.repeat([-1.0, 1.0], 20)[:, np.newaxis]
    data = Table(("x1", "x2"), ("y",), random.normal(2 * labels, 0.4, (40, 2)), labels)
    document = perceptron((2, hidden, 1), "tanh", "tanh", data)
    return set_training(document, replace(document.training, learning_rate=0.1))


class Room:
    """A canvas and the plane of one workspace."""

    def __init__(self, qtbot, preferences, document) -> None:
        self.workspace = Workspace(document)
        self.panel = PlanePanel(self.workspace, preferences)
        self.canvas = Canvas(self.workspace, preferences)
        # One window: else one of them would lie on the other, under the mouse.
        self._window = QSplitter()
        self._window.addWidget(self.canvas)
        self._window.addWidget(self.panel)
        self._window.setSizes([800, 450])
        qtbot.addWidget(self._window)
        self._window.resize(1250, 600)
        self._window.show()
        qtbot.waitExposed(self._window)
        self.canvas.setFocus()

    @property
    def subject(self):
        QApplication.processEvents()
        return self.panel.subject

    def node(self, name: str) -> str:
        return next(node.id for node in self.workspace.document.nodes if node.name == name)

    def point_at(self, name: str, unit: int = 0) -> None:
        item = self.canvas.diagram.nodes[self.node(name)]
        place = item.pos() + item.geometry.unit_rect(unit).center()
        QTest.mouseMove(self.canvas.viewport(), self.canvas.mapFromScene(place))

    def point_at_nothing(self) -> None:
        corner = self.canvas.mapToScene(4, 4)
        QTest.mouseMove(self.canvas.viewport(), self.canvas.mapFromScene(QPointF(corner)))

    def key(self, key) -> None:
        QTest.keyClick(self.canvas, key)


@pytest.fixture
def room(qtbot, preferences):
    return Room(qtbot, preferences, network())


class TestTheMouse:
    def test_the_unit_under_it_is_shown_and_leaving_restores_what_was(self, room):
        former = room.subject
        room.point_at("C1", 2)
        assert room.subject == Subject(room.node("C1"), 2)
        assert "C1[3]" in room.panel.figure.caption.text()
        room.point_at_nothing()
        assert room.subject == former

    def test_from_unit_to_unit_the_plane_follows(self, room):
        for unit in (0, 2, 1):
            room.point_at("C1", unit)
            assert room.subject.unit == unit

    def test_an_input_is_shown_too(self, room):
        room.point_at("E1", 1)
        assert room.subject == Subject(room.node("E1"), 1)
        rect = room.panel.plot.visible
        high = colour_at(room.panel, rect.center().x(), rect.bottom() - 0.1)
        low = colour_at(room.panel, rect.center().x(), rect.top() + 0.1)
        assert high.blue() > high.red()
        assert low.red() > low.blue()
        assert room.panel.table().target_names[-1].startswith("a.")

    def test_the_selection_and_the_axes_stay(self, room):
        selection, home = room.workspace.selection, room.panel.plot.home
        room.point_at("C1", 1)
        assert room.subject.unit == 1
        assert (room.workspace.selection, room.panel.plot.home) == (selection, home)

    def test_a_picture_without_maps_is_not_disturbed(self, qtbot, preferences):
        room = Room(qtbot, preferences, gate_neuron("or"))
        room.point_at("x1")
        assert room.workspace.pointed is None

    def test_a_node_that_goes_away_is_pointed_at_no_more(self, room):
        room.point_at("C1", 1)
        room.workspace.edit(lambda d: remove(d, (room.node("C1"),)), "")
        assert room.workspace.pointed is None


class TestTheKeyboard:
    def test_m_shows_the_selected_node_unit_by_unit_and_then_what_was(self, room):
        former, node = room.subject, room.node("C1")
        room.workspace.select_nodes((node,))
        for unit in range(3):
            room.key(Qt.Key.Key_M)
            assert room.subject == Subject(node, unit)
        room.key(Qt.Key.Key_M)
        assert room.subject == former

    def test_it_begins_with_the_unit_whose_output_is_selected(self, room):
        node = room.node("C1")
        room.workspace.select_nodes((node,))
        room.workspace.select(Quantity("a", node, 1))
        room.key(Qt.Key.Key_M)
        assert room.subject == Subject(node, 1)

    def test_escape_restores_what_was_and_keeps_the_selection(self, room):
        former, node = room.subject, room.node("C1")
        room.workspace.select_nodes((node,))
        room.key(Qt.Key.Key_M)
        room.key(Qt.Key.Key_Escape)
        assert room.subject == former
        assert room.workspace.nodes == {node}

    def test_without_a_selected_node_it_does_nothing(self, room):
        room.workspace.select_nodes(())
        room.key(Qt.Key.Key_M)
        assert room.workspace.pointed is None


def test_a_unit_that_is_not_there_leaves_the_output(room):
    room.workspace.point_at(Quantity("a", room.node("N1"), 7))
    assert room.subject == Subject(room.node("N1"))
    assert room.subject != WINNER
