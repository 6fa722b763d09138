"""What panels show of two networks that learn in turn."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import set_training
from nnsim.document.templates import perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.confusion import ConfusionPanel
from nnsim.ui.panels.data_table import DataPanel
from nnsim.ui.panels.formula import FormulaPanel
from nnsim.ui.panels.gradients import GradientsPanel
from nnsim.ui.panels.inspector import InspectorPanel
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.predictions import PredictionsPanel
from nnsim.ui.panels.settings import TrainingPanel
from nnsim.ui.panels.step_table import StepTablePanel
from nnsim.ui.panels.weights import WeightsPanel
from tests.support.adversarial import small_gan
from tests.support.plots import open_panel

PANELS = (
    ActivationPanel,
    ConfusionPanel,
    DataPanel,
    FormulaPanel,
    GradientsPanel,
    InspectorPanel,
    LossPanel,
    PlanePanel,
    PredictionsPanel,
    StepTablePanel,
    TrainingPanel,
    WeightsPanel,
)


def shown(qtbot, panel_class, preferences):
    workspace = Workspace(small_gan())
    panel = panel_class(workspace, preferences)
    qtbot.addWidget(panel)
    panel.resize(560, 800)
    panel.show()
    qtbot.waitUntil(panel.isVisible)
    return panel, workspace


@pytest.mark.parametrize("panel_class", PANELS)
def test_every_panel_follows_the_walk_and_any_selection(qtbot, preferences, panel_class):
    panel, workspace = shown(qtbot, panel_class, preferences)
    workspace.go_to(3)
    for level in (Level.PHASE, Level.LAYER, Level.NEURON, Level.ITERATION):
        for _ in range(4):
            workspace.step(level)
            qtbot.wait(1)
        workspace.step_back(level)
    record = workspace.frame.record
    for name in record.arrays:
        workspace.select(Quantity.at(name, (0,) * record.arrays[name].ndim))
        qtbot.wait(1)
    assert panel.isVisible()


def test_the_loss_panel_draws_both_losses(qtbot, preferences):
    panel, workspace = open_panel(qtbot, LossPanel, small_gan(), preferences, (560, 560))
    workspace.go_to(6)
    panel.draw_if_stale()
    (line,) = panel.others
    assert line.part == "generator"
    expected = workspace.session.trace.column("second_loss")[:6]
    np.testing.assert_array_equal(line.series.y, expected)
    table = panel.table()
    assert table.target_names == ("loss", "wrong", "loss_generator")
    assert "generator" in panel.figure.legend.text()


def test_former_runs_keep_and_draw_both_losses(qtbot, preferences):
    panel, workspace = open_panel(qtbot, LossPanel, small_gan(), preferences, (560, 560))
    workspace.go_to(8)
    trace = workspace.session.trace
    former = {what: trace.column(what)[:8].copy() for what in ("loss", "second_loss")}
    changed = replace(workspace.document.training, generator_rate=0.2)
    workspace.edit(lambda document: set_training(document, changed), "rate")
    workspace.go_to(6)
    panel.draw_if_stale()
    lines = {line.part: line for line in panel.others if line.run is not None}
    assert set(lines) == {"", "generator"}
    np.testing.assert_array_equal(lines[""].series.y, former["loss"])
    np.testing.assert_array_equal(lines["generator"].series.y, former["second_loss"])
    names = panel.table().target_names
    assert names == ("loss", "wrong", "loss_generator", "run1_loss", "run1_generator")
    assert "① generator" in panel.readout_at(7.0, 1.0)


def test_beside_a_run_of_one_network_a_former_generator_is_not_drawn(qtbot, preferences):
    panel, workspace = open_panel(qtbot, LossPanel, small_gan(), preferences, (560, 560))
    workspace.go_to(8)
    workspace.edit(lambda document: perceptron((2, 3, 1)), "another")
    workspace.go_to(6)
    panel.draw_if_stale()
    assert [line.part for line in panel.others if line.run is not None] == [""]
    assert "generator" not in panel.figure.legend.text()


def test_the_plane_shows_generated_samples_that_move_with_the_run(qtbot, preferences):
    panel, workspace = open_panel(qtbot, PlanePanel, small_gan(), preferences, (560, 560))
    workspace.go_to(1)
    first = panel._plane.generated.points.copy()
    assert len(first) > 200
    workspace.go_to(8)
    panel.draw_if_stale()
    later = panel._plane.generated.points
    assert np.abs(later - first).max() > 1e-3
    assert "generated" in panel.figure.legend.text()
    # Looking drew nothing from the run.
    workspace.go_to(1)
    panel.draw_if_stale()
    np.testing.assert_array_equal(panel._plane.generated.points, first)


def test_both_rates_and_the_order_are_settings(qtbot, preferences):
    panel, workspace = shown(qtbot, TrainingPanel, preferences)
    for name in ("learning_rate", "generator_rate"):
        assert panel._fields[name].isVisible()
    assert "discriminator" in panel._labels["learning_rate"].text()
    combo = panel._combos["generator_forward"]
    assert combo.isVisible()
    assert [combo.itemData(k) for k in range(combo.count())] == ["new", "same", "shared"]
    training = workspace.document.training
    changed = type(training)(**{**vars(training), "rule": "perceptron"})
    workspace.edit(lambda document: set_training(document, changed), "rule")
    assert not combo.isVisible()
