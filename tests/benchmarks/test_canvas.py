"""How quick the canvas is: measured with grab(), against a bare scene of plain lines in one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF, QSettings, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsScene, QGraphicsView

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level, Session
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas import heat_maps
from nnsim.ui.canvas.canvas import Canvas

SIZE = (1000, 700)
ROUNDS = 40
#: The largest network of the playground that others teach with: 344 connections.
LARGEST = (2, 8, 8, 8, 8, 8, 8, 1)


class BareLines(QGraphicsItem):
    """The same number of lines of one plain pen, and nothing else."""

    def __init__(self, lines: list[QLineF]) -> None:
        super().__init__()
        self._lines = lines

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *SIZE)

    def paint(self, painter, option, widget=None) -> None:
        painter.setPen(QPen(Qt.GlobalColor.darkBlue, 1.5))
        painter.drawLines(self._lines)


@pytest.fixture
def canvas(qtbot, tmp_path):
    preferences = Preferences(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))

    def make(document) -> Canvas:
        made = Canvas(Workspace(document), preferences)
        qtbot.addWidget(made)
        made.resize(*SIZE)
        made.show()
        qtbot.waitExposed(made)
        made.grab()
        return made

    return make


@pytest.fixture
def bare(qtbot):
    """The peer: a view of as many plain lines, painted antialiased."""
    lines = [
        QLineF(c * 140 + 20, i * 80 + 60, c * 140 + 120, j * 80 + 60)
        for c in range(7)
        for i in range(7)
        for j in range(7)
    ]
    lines.append(QLineF(20, 20, 980, 20))
    assert len(lines) == 344
    scene = QGraphicsScene(0, 0, *SIZE)
    scene.addItem(BareLines(lines))
    view = QGraphicsView(scene)
    scene.setParent(view)
    view.setFrameShape(QFrame.Shape.NoFrame)
    for set_policy in (view.setHorizontalScrollBarPolicy, view.setVerticalScrollBarPolicy):
        set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    qtbot.waitExposed(view)
    return view


def in_turns(own: Callable[[], None], peer: Callable[[], None]) -> tuple[float, float]:
    """The least time of each in milliseconds, taking turns so that a busy machine slows both.

    Counted is the time this process computes: what others take meanwhile is not ours.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, taken in zip((own, peer), times, strict=True):
            begin = time.process_time()
            work()
            taken.append(time.process_time() - begin)
    return min(times[0]) * 1000, min(times[1]) * 1000


class Steps:
    """Shows one moment after another: update and paint; computing is done before."""

    def __init__(self, canvas: Canvas, level: Level) -> None:
        self._canvas = canvas
        walker = Session(canvas.workspace.document)
        self._positions = []
        for _ in range(ROUNDS):
            walker.forward(level)
            self._positions.append(walker.position)
        canvas.workspace.session.record(self._positions[-1].iteration)
        for position in self._positions:
            # Recorded beforehand, so that showing it replays nothing.
            canvas.workspace.session.record(position.iteration)
        self._next = iter(self._positions)

    def __call__(self) -> None:
        position = next(self._next)
        self._canvas.workspace.go_to(position.iteration, position.done)
        self._canvas.grab()


@pytest.mark.parametrize("level", [Level.NEURON, Level.LAYER, Level.ITERATION])
def test_344_connections_update_and_paint_like_bare_lines(canvas, bare, level):
    own, peer = in_turns(Steps(canvas(perceptron(LARGEST)), level), bare.grab)
    print(f"\n344 connections, {level.name}: {own:.1f} ms; bare lines {peer:.1f} ms")
    # Lines, numbers and 51 neurons, quick while they move: about twice the bare lines.
    assert own < 3 * peer


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("or", gate_neuron("or")),
        ("2-2-1", perceptron((2, 2, 1))),
        ("64-32-10", perceptron((64, 32, 10))),
    ],
)
def test_a_step_costs_less_than_344_bare_lines(canvas, bare, name, document):
    own, peer = in_turns(Steps(canvas(document), Level.NEURON), bare.grab)
    print(f"\n{name}: {own:.1f} ms; 344 bare lines {peer:.1f} ms")
    assert own < 1.5 * peer


def test_dragging_a_layer_of_344_connections_keeps_up(canvas, bare):
    shown = canvas(perceptron(LARGEST))
    diagram = shown.diagram
    item = diagram.nodes[shown.workspace.document.nodes[3].id]

    def drag() -> None:
        item.stand(item.pos() + QPointF(1, 0))
        diagram.relocated([item.node.id])
        shown.quality.moving()
        shown.grab()

    own, peer = in_turns(drag, bare.grab)
    print(f"\ndragging a layer: {own:.1f} ms; bare lines {peer:.1f} ms")
    assert own < 3 * peer


def test_the_weight_under_the_pointer_is_found_at_once(canvas, bare):
    shown = canvas(perceptron((8, 8, 8, 8, 8, 8, 8, 8, 8, 8)))
    spot = list(shown.diagram.connections.values())[4].spot((3, 5), 0.07)

    def point() -> None:
        assert shown.mouse.hit(spot).place == (3, 5)

    own, peer = in_turns(point, bare.grab)
    print(f"\nhit test: {own:.2f} ms; bare lines {peer:.1f} ms")
    assert own < peer


def test_a_step_with_a_heat_map_in_each_of_51_neurons_keeps_up(canvas, bare, monkeypatch):
    # As if every step came when the next maps are due: none of them is left out.
    monkeypatch.setattr(heat_maps, "_INTERVAL_SECONDS", 0.0)
    shown = canvas(perceptron(LARGEST))
    shown.preferences.set_maps("always")
    shown.grab()
    own, peer = in_turns(Steps(shown, Level.ITERATION), bare.grab)
    print(f"\n344 connections with maps: {own:.1f} ms; bare lines {peer:.1f} ms")
    assert own < 4 * peer


def test_the_maps_of_51_neurons_are_computed_in_less_than_the_lines_are_painted(canvas, bare):
    shown = canvas(perceptron(LARGEST))
    shown.preferences.set_maps("always")
    maps = shown.findChild(heat_maps.HeatMaps)
    own, peer = in_turns(maps.draw_coarsely, bare.grab)
    print(f"\n51 maps: {own:.1f} ms; bare lines {peer:.1f} ms")
    assert own < peer
