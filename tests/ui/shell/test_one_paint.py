"""A step is painted once, however many scenes the window shows."""

import pytest
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QGraphicsView, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnsim.document.templates import gate_neuron
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.one_paint import OnePaint


class _Window(QWidget):
    """Two diagrams that change their colour at each step; counts how often it is painted."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.paints = 0
        self.items: list[QGraphicsRectItem] = []
        layout = QHBoxLayout(self)
        for _ in range(2):
            scene = QGraphicsScene(QRectF(0, 0, 60, 60), self)
            self.items.append(scene.addRect(0, 0, 40, 40))
            layout.addWidget(QGraphicsView(scene))
        workspace.position_changed.connect(self._change)
        self.color = QColor("white")

    def _change(self) -> None:
        self.color = QColor.fromHsv((self.color.hsvHue() + 90) % 360, 255, 255)
        for item in self.items:
            item.setBrush(QBrush(self.color))

    def event(self, event: QEvent) -> bool:
        self.paints += event.type() == QEvent.Type.UpdateRequest
        return super().event(event)


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(gate_neuron("or"))


def _window(qtbot: QtBot, workspace: Workspace) -> _Window:
    window = _Window(workspace)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.wait(50)
    window.paints = 0
    return window


def _pixel(window: _Window, place: int) -> QColor:
    view = window.findChildren(QGraphicsView)[place]
    return view.grab().toImage().pixelColor(view.viewport().rect().center())


def test_a_step_paints_the_window_once(qtbot: QtBot, workspace: Workspace) -> None:
    window = _window(qtbot, workspace)
    OnePaint(window, workspace)
    workspace.step(Level.NEURON)
    qtbot.wait(50)
    assert window.paints == 1
    assert {_pixel(window, place).name() for place in (0, 1)} == {window.color.name()}


def test_steps_in_one_turn_are_painted_once(qtbot: QtBot, workspace: Workspace) -> None:
    window = _window(qtbot, workspace)
    OnePaint(window, workspace)
    for _ in range(3):
        workspace.step(Level.NEURON)
    qtbot.wait(50)
    assert window.paints == 1


def test_what_changes_without_a_step_is_painted_as_ever(qtbot: QtBot, workspace: Workspace) -> None:
    window = _window(qtbot, workspace)
    OnePaint(window, workspace)
    workspace.step(Level.NEURON)
    qtbot.wait(50)
    window.items[0].setBrush(QBrush(QColor("black")))
    qtbot.waitUntil(lambda: window.paints == 2)


def test_in_a_run_each_view_is_painted_before_the_next_draws(
    qtbot: QtBot, workspace: Workspace
) -> None:
    window = _window(qtbot, workspace)
    OnePaint(window, workspace)
    paints: list[int] = []

    def change(place: int) -> None:
        paints.append(window.paints)
        window.items[place].setBrush(QBrush(QColor("black")))

    workspace.turns.one_by_one = True
    workspace.turns.ask(lambda: change(0))
    workspace.turns.ask(lambda: change(1))
    qtbot.waitUntil(lambda: window.paints == 2)
    assert paints == [0, 1]
    assert {_pixel(window, place).name() for place in (0, 1)} == {QColor("black").name()}


def test_nothing_stays_unpainted_when_a_run_ends(qtbot: QtBot, workspace: Workspace) -> None:
    window = _window(qtbot, workspace)
    OnePaint(window, workspace)
    workspace.turns.one_by_one = True
    window.items[0].setBrush(QBrush(QColor("black")))
    workspace.turns.one_by_one = False
    qtbot.waitUntil(lambda: window.paints == 1)
