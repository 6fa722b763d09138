"""Over raw columns: the plane is right for networks that are fed scaled values and features."""

from dataclasses import replace

import numpy as np

from nnsim.data import Table
from nnsim.document.edits import add_node, connect, set_feature, set_scaling, set_training
from nnsim.document.model import Feature, ScalingSettings
from nnsim.document.templates import empty, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Session
from nnsim.session.probing import parameters_at, probe_for
from nnsim.ui.panels.plane import PlanePanel
from tests.support.plots import open_panel


def ring_table() -> Table:
    random = np.random.default_rng(1)
    points = random.uniform(-3, 3, (60, 2))
    return Table(("u", "v"), ("y",), points, np.sign(4.0 - (points**2).sum(axis=1, keepdims=True)))


def fed_with_squares():
    """One tanh neuron: Σ = 4 - u² - v², so it decides on the circle of radius 2."""
    document = replace(empty(), data=ring_table())
    document, neuron = add_node(document, "dense", x=240, activation=ActivationSpec("tanh"))
    for column in (0, 1):
        document, node = add_node(document, "input", y=120 * column)
        document = set_feature(document, node, Feature("square", (column,)))
        document, _ = connect(document, node, neuron, np.array([[-1.0]]))
    node = replace(document.node(neuron), bias=np.array([4.0]))
    document = replace(document, nodes=tuple(node if n.id == neuron else n for n in document.nodes))
    return set_training(document, replace(document.training, rule="sgd", learning_rate=0.01))


def test_a_probe_is_asked_with_points_of_the_table():
    session = Session(fed_with_squares())
    probe = probe_for(session.document, session.frame.spec)
    probe.put(parameters_at(session.frame))
    (output,) = session.frame.spec.outputs
    found = probe.respond([[0.0, 0.0], [2.0, 0.0], [1.0, 3.0]], output)[output]
    assert found.z[:, 0].tolist() == [4.0, 0.0, -6.0]


def test_a_sum_of_features_is_no_line_over_the_columns():
    session = Session(fed_with_squares())
    probe = probe_for(session.document, session.frame.spec)
    assert probe.affine(session.frame.spec.outputs[0], 0) is None


def test_plain_columns_keep_their_line():
    session = Session(perceptron((2, 1)))
    assert probe_for(session.document, session.frame.spec).affine(session.frame.spec.outputs[0], 0)


def test_the_network_decides_on_a_circle(qtbot, preferences):
    panel, workspace = open_panel(qtbot, PlanePanel, fed_with_squares(), preferences)
    workspace.go_to(1, 0)
    qtbot.wait(500)
    ends = panel._plane.regions.contour.points
    assert len(ends) > 20
    assert np.abs(np.hypot(*ends.T) - 2.0).max() < 0.01


def test_the_axes_are_those_of_the_columns(qtbot, preferences):
    panel, workspace = open_panel(qtbot, PlanePanel, fed_with_squares(), preferences)
    inputs = workspace.document.data.inputs
    assert panel.plot.home.left() < inputs[:, 0].min()
    assert panel.plot.home.right() > inputs[:, 0].max()
    assert "u" in panel.readout_at(0.5, 0.5)


def test_scaled_columns_show_what_the_run_computes_of_every_sample(qtbot, preferences):
    document = perceptron((2, 3, 1), "tanh", "tanh", ring_table())
    document = set_scaling(document, ScalingSettings("standard"))
    panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
    workspace.go_to(1)
    frame = workspace.frame
    (output,) = frame.spec.outputs
    row = frame.record.metrics.samples[0]
    workspace.go_to(1, 0)  # the parameters the sample was predicted with
    probe = panel._parameters.now
    panel.draw_if_stale()
    asked = probe.respond(document.data.inputs[row], output)[output].a[0, 0]
    assert asked == np.float64(frame.record.arrays[f"a:{output}"][0, 0])


def test_a_feature_of_one_column_makes_its_curve(qtbot, preferences):
    line = np.linspace(-2, 2, 20)[:, np.newaxis]
    document = replace(empty(), data=Table(("x",), ("y",), line, line**2))
    document, square = add_node(document, "input")
    document = set_feature(document, square, Feature("square", (0,)))
    document, neuron = add_node(document, "dense", x=240, activation=ActivationSpec("identity"))
    document, _ = connect(document, square, neuron, np.array([[1.0]]))
    document = set_training(document, replace(document.training, rule="sgd"))
    panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
    workspace.go_to(1, 0)
    x, y = panel._curve._curve.getData()
    assert np.allclose(y, x**2)
