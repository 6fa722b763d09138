"""What a step costs the plots, against a bare pyqtgraph plot that is given a curve and painted.

Both take turns in one run and are compared by their medians, so a busy machine slows both.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtWidgets import QApplication

from nnsim.document.edits import set_training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.gradients import GradientsPanel
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.weights import WeightsPanel
from tests.support.plots import open_panel, preferences_in, switch

SIZE = (440, 400)
TURNS = 40
POINTS = 1000
LONG = 100_000
# Times what the bare plot takes for a thousand points.
MOST = {
    PlanePanel: 2.0,
    LossPanel: 1.5,
    ActivationPanel: 1.5,
    GradientsPanel: 2.0,
    WeightsPanel: 2.0,
}
MOST_LONG = 1.0
# Of a run that grows, or is long when a panel comes into sight, a refresh finds some points, too.
MOST_INSIDE = 3.0


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


class Bare:
    """A plot as it comes: a curve is set, and everything is painted."""

    def __init__(self, qtbot, points: int) -> None:
        self.widget = pg.PlotWidget()
        qtbot.addWidget(self.widget)
        self.widget.resize(*SIZE)
        self._item = self.widget.plot()
        self._item.setDownsampling(auto=True, method="peak")
        self._item.setClipToView(True)
        self._x = np.arange(points, dtype=float)
        self._random = np.random.default_rng(0)
        with qtbot.waitExposed(self.widget):
            self.widget.show()

    def step(self) -> None:
        self._item.setData(self._x, self._random.random(len(self._x)))
        QApplication.processEvents()


def milliseconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return (time.perf_counter() - start) * 1000


def by_turns(*jobs: Callable[[], object]) -> list[float]:
    """Median milliseconds of each job."""
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(TURNS):
        for job, times in zip(jobs, taken, strict=True):
            QApplication.processEvents()
            times.append(milliseconds(job))
    return [statistics.median(times) for times in taken]


@pytest.mark.parametrize("panel_class", list(MOST), ids=lambda panel: panel.__name__)
@pytest.mark.parametrize(
    "document", [gate_neuron("or"), perceptron((2, 2, 1)), perceptron((2, 4, 2, 1), "tanh")]
)
@pytest.mark.parametrize("level", [Level.NEURON, Level.ITERATION])
def test_a_step_costs_little_more_than_a_bare_plot(
    qtbot, preferences, panel_class, document, level
):
    _, workspace = open_panel(qtbot, panel_class, document, preferences, SIZE)
    bare = Bare(qtbot, POINTS)

    def step() -> None:
        # The session's own work is not the panel's.
        workspace.position_changed.emit()
        workspace.computed_changed.emit()
        QApplication.processEvents()

    def walk() -> None:
        blocked = workspace.blockSignals(True)
        workspace.step(level)
        workspace.blockSignals(blocked)

    _, mine, other = by_turns(walk, step, bare.step)
    print(f"\n{panel_class.__name__}: {mine:.2f} ms, bare {other:.2f} ms, {mine / other:.2f} times")
    assert mine <= MOST[panel_class] * other


@pytest.mark.parametrize("wishes", [(), ("discrete",), ("levels", "lines")], ids=str)
def test_every_picture_of_the_plane_moves_with_a_run(qtbot, preferences, wishes):
    panel, workspace = open_panel(
        qtbot, PlanePanel, perceptron((2, 8, 4, 1), "tanh"), preferences, SIZE
    )
    for wish in wishes:
        switch(qtbot, panel, wish)
    bare = Bare(qtbot, POINTS)

    def walk() -> None:
        blocked = workspace.blockSignals(True)
        workspace.step(Level.ITERATION)
        workspace.blockSignals(blocked)

    def step() -> None:
        workspace.position_changed.emit()
        QApplication.processEvents()

    _, mine, other = by_turns(walk, step, bare.step)
    print(f"\n{wishes}: {mine:.2f} ms, bare {other:.2f} ms, {mine / other:.2f} times")
    assert mine <= MOST[PlanePanel] * other


def test_enlarging_one_neuron_after_another_costs_little_more_than_a_bare_plot(qtbot, preferences):
    document = perceptron((2, 8, 1), "tanh")
    panel, workspace = open_panel(qtbot, PlanePanel, document, preferences, SIZE)
    layer = document.nodes[1].id
    bare = Bare(qtbot, POINTS)
    units = itertools.cycle(range(8))

    def point() -> None:
        workspace.point_at(Quantity("a", layer, next(units)))
        QApplication.processEvents()

    mine, other = by_turns(point, bare.step)
    print(f"\nenlarging: {mine:.2f} ms, bare {other:.2f} ms, {mine / other:.2f} times")
    assert panel.subject.node == layer
    assert mine <= MOST[PlanePanel] * other


def test_moving_through_a_long_run_costs_less_than_drawing_it(qtbot, preferences):
    document = perceptron((2, 1))
    document = set_training(document, replace(document.training, tolerance=0.0, target_loss=0.0))
    panel, workspace = open_panel(qtbot, LossPanel, document, preferences, SIZE)
    while workspace.session.computed < LONG:
        workspace.session.compute()
    workspace.go_to(LONG)
    bare = Bare(qtbot, LONG)
    iterations = iter(range(1000, LONG, 997))

    def go() -> None:
        blocked = workspace.blockSignals(True)
        workspace.go_to(next(iterations))
        workspace.blockSignals(blocked)

    def move() -> None:
        workspace.position_changed.emit()
        QApplication.processEvents()

    _, mine, other = by_turns(go, move, bare.step)
    print(f"\nmoving: {mine:.2f} ms, bare {other:.2f} ms, {mine / other:.2f} times")
    assert len(panel.plotted) == LONG
    assert mine <= MOST_LONG * other


@pytest.mark.parametrize(
    "panel_class", [GradientsPanel, WeightsPanel], ids=lambda panel: panel.__name__
)
@pytest.mark.parametrize("grows", [True, False])
def test_looking_inside_a_run_takes_its_share_of_a_frame(qtbot, preferences, panel_class, grows):
    """While it grows by a frame's worth of iterations, or all of it is still to be found."""
    document = perceptron((2, 8, 8, 1), "tanh")
    document = set_training(document, replace(document.training, tolerance=0.0, target_loss=0.0))
    _, workspace = open_panel(qtbot, panel_class, document, preferences, SIZE)
    while workspace.session.computed < 2_000:
        workspace.session.compute()
    if grows:
        workspace.history.find(float("inf"))
    bare = Bare(qtbot, POINTS)

    def go_on() -> None:
        blocked = workspace.blockSignals(True)
        for _ in range(100 if grows else 0):
            workspace.session.compute()
        workspace.go_to(workspace.session.computed)
        workspace.blockSignals(blocked)

    def refresh() -> None:
        workspace.position_changed.emit()
        workspace.computed_changed.emit()
        QApplication.processEvents()

    _, mine, other = by_turns(go_on, refresh, bare.step)
    print(f"\n{panel_class.__name__}: {mine:.2f} ms, bare {other:.2f} ms, {mine / other:.2f} times")
    assert mine <= MOST_INSIDE * other
