"""The histogram below an activation: the sums of the neuron over all training samples."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from nnsim.data import Table
from nnsim.document.edits import set_activation, set_data, set_training
from nnsim.document.model import SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Level
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.activation.sums import BINS, Sums
from tests.support.inside import move_in_strip, readout
from tests.support.plots import open_panel, preferences_in


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


@pytest.fixture
def net():
    """A network 2-3-1 and 40 samples, of which the last ten are for the test."""
    inputs = np.random.default_rng(0).normal(size=(40, 2))
    data = Table(("x1", "x2"), ("y",), inputs, (inputs[:, :1] > 0).astype(float))
    document = perceptron((2, 3, 1), "tanh", data=data)
    parts = SplitSettings(training=0.75, validation=0.0, test=0.25, order="in_order")
    return replace(document, split=parts)


@pytest.fixture
def panel(qtbot, preferences, net):
    panel, workspace = open_panel(qtbot, ActivationPanel, net, preferences)
    workspace.go_to(5)
    workspace.select(None)
    workspace.select_nodes([net.nodes[1].id])
    QApplication.processEvents()
    return panel


def expected(panel, unit=0):
    """z of a hidden unit by hand, for the training samples, before the update."""
    document, session = panel.workspace.document, panel.workspace.session
    record = session.record(session.position.iteration)
    wire, node = document.connections[0].id, document.nodes[1].id
    x = document.data.inputs[:30]
    return x @ record.array(f"w:{wire}")[unit] + record.array(f"b:{node}")[unit]


def legend(panel):
    return panel.figure.legend.text().replace("&nbsp;", " ")


def test_it_has_every_training_sample_and_no_other(panel):
    assert panel.sums.z == pytest.approx(expected(panel))
    assert panel.sums.total == 30
    assert "30 training samples" in legend(panel)


def test_bars_count_the_sums_in_even_bins_of_the_axis(panel):
    reach = panel.plot.home.right()
    counts, ends = np.histogram(expected(panel), BINS, (-reach, reach))
    bars = panel._sums._bars.bars
    assert [bar.y1 for bar in bars] == [count for count in counts if count]
    assert [bar.x0 for bar in bars] == pytest.approx([ends[k] for k in np.flatnonzero(counts)])


def test_they_are_those_of_the_iteration_shown(panel):
    before = panel.sums.z
    panel.workspace.go_to(1)
    panel.workspace.select(None)
    assert not np.array_equal(panel.sums.z, before)
    assert panel.sums.z == pytest.approx(expected(panel))


def test_the_sum_of_the_present_sample_is_marked_on_the_same_axis(panel):
    (x, low), (same, high) = panel._sums._marker.points.tolist()
    assert x == same == panel.standing.x
    assert low == 0 < high
    main, strip = panel.plot.view.viewRange()[0], panel.plot.strip.view.viewRange()[0]
    assert strip == pytest.approx(main)


def test_before_the_sum_has_come_about_no_place_is_marked(panel):
    panel.workspace.go_to(5, 0)
    assert panel.standing.x is None
    assert not panel._sums._marker.isVisible()
    assert panel.sums.z == pytest.approx(expected(panel))


def test_a_step_within_an_iteration_asks_nothing_anew(panel):
    panel.workspace.go_to(5, 0)
    sums = panel.sums
    panel.workspace.step(Level.PRODUCT)
    panel.workspace.select(None)
    assert panel.sums is sums


def test_sums_beyond_the_axis_are_counted_apart():
    sums = Sums(np.array([-3.0, 0.0, 700.0, np.inf, np.nan]), 5)
    assert sums.ends == (-3.0, 20.0)
    assert sums.outside(20.0) == 3
    assert sums.counts(20.0).sum() == 2


def test_of_many_samples_it_says_how_many_it_asked(qtbot, preferences, net):
    inputs = np.random.default_rng(1).normal(size=(2000, 2))
    many = set_data(net, Table(("x1", "x2"), ("y",), inputs, inputs[:, :1]))
    panel, workspace = open_panel(qtbot, ActivationPanel, many, preferences)
    workspace.go_to(1)
    assert panel.sums.total == 1500
    assert len(panel.sums.z) == 256
    assert "256 of the 1500 training samples" in legend(panel)


def test_the_mouse_reads_a_bin(qtbot, panel):
    bar = max(panel._sums._bars.bars, key=lambda bar: bar.y1)
    move_in_strip(qtbot, panel, (bar.x0 + bar.x1) / 2, bar.y1 / 2)
    assert f"{bar.y1:g} training samples" in readout(panel)


def test_a_maxout_is_drawn_over_an_input_and_has_none(qtbot, preferences):
    document = perceptron((2, 1))
    document = set_training(document, replace(document.training, rule="sgd"))
    maxout = set_activation(document, document.outputs[0].id, ActivationSpec("maxout"))
    panel, workspace = open_panel(qtbot, ActivationPanel, maxout, preferences)
    workspace.go_to(1)
    assert panel.sums is None
    assert not panel._sums.strip.view.isVisible()


def test_a_low_plot_has_no_room_for_it(qtbot, preferences):
    panel, workspace = open_panel(qtbot, ActivationPanel, gate_neuron("or"), preferences)
    workspace.go_to(1)
    QApplication.processEvents()
    assert panel._sums.strip.view.isVisible()
    panel.resize(300, 220)
    qtbot.waitUntil(lambda: not panel._sums.strip.view.isVisible())
    panel.resize(460, 420)
    qtbot.waitUntil(panel._sums.strip.view.isVisible)
