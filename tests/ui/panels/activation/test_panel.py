"""The activation panel: f and f' of a neuron, and the point where it stands."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox

from nnsim.document.edits import (
    remove,
    set_activation,
    set_conventions,
    set_parameter,
    set_training,
)
from nnsim.document.model import Conventions
from nnsim.document.templates import gate_neuron, perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.activation.model import (
    elementwise,
    log_sum_exp,
    maxout_of_one,
    softmax_of_one,
    wider,
)
from nnsim.ui.panels.plotting.units import Subject
from tests.support.plots import choose, click, colour_at, move, open_panel, preferences_in

ELEMENTWISE = ("identity", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu")


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


@pytest.fixture
def or_panel(qtbot, preferences):
    return open_panel(qtbot, ActivationPanel, gate_neuron("or"), preferences)


def neuron(activation, bias=0.0, weights=(1.0, 1.0)):
    """One neuron of two inputs under SGD."""
    document = perceptron((2, 1), output="identity")
    document = set_activation(document, document.outputs[0].id, activation)
    return with_parameters(document, [[weights]], [[bias]])


def caption(panel):
    return panel.figure.caption.text()


class TestWhereTheNeuronStands:
    def test_before_the_sum_there_is_no_point(self, or_panel):
        panel, _ = or_panel
        assert panel.standing.x is None
        assert "has not come about" in caption(panel)
        assert not panel._items._point.isVisible()

    def test_the_sum_comes_first_and_then_the_activation(self, or_panel):
        panel, workspace = or_panel
        for _ in range(3):
            workspace.step(Level.PRODUCT)  # two products and Σ
        assert (panel.standing.x, panel.standing.f) == (1.0, None)
        assert not panel._items._point.isVisible()
        workspace.step(Level.PRODUCT)
        assert (panel.standing.x, panel.standing.f) == (1.0, 1.0)
        assert panel._items._point.isVisible()

    def test_every_row_of_the_exercise_stands_at_its_sum(self, or_panel):
        panel, workspace = or_panel
        sums = []
        for iteration in range(1, 8):
            workspace.go_to(iteration)
            sums.append(panel.standing.x)
            point = panel._items._point
            assert (point.pos().x(), point.pos().y()) == (panel.standing.x, panel.standing.f)
        assert sums == [1, -1, -0.5, 0, -0.5, 0, 1]

    def test_the_numbers_stand_in_the_caption(self, qtbot, preferences):
        panel, workspace = open_panel(
            qtbot, ActivationPanel, neuron(ActivationSpec("sigmoid"), 0.5), preferences
        )
        workspace.go_to(1)
        assert "z = Σ = 0.5" in caption(panel)
        f = 1 / (1 + math.exp(-0.5))
        assert f"f(z) = {f:.6g}" in caption(panel)
        assert f"f′(z) = {f * (1 - f):.6g}" in caption(panel)

    def test_the_slope_is_the_one_the_gradient_uses(self, qtbot, preferences):
        panel, workspace = open_panel(
            qtbot, ActivationPanel, neuron(ActivationSpec("tanh"), 0.3), preferences
        )
        workspace.go_to(2)
        record = workspace.frame.record
        node = workspace.document.outputs[0].id
        ratio = record.value(Quantity("dz", node)) / record.value(Quantity("da", node))
        assert panel.standing.slope == pytest.approx(ratio, rel=1e-12)

    def test_it_follows_the_selected_neuron_and_its_sample(self, qtbot, preferences):
        document = perceptron((2, 3, 1), "tanh")
        document = set_training(document, replace(document.training, rule="gradient_descent"))
        hidden = document.nodes[1].id
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        workspace.go_to(1)
        workspace.select(Quantity("a", hidden, 2, sample=3))
        assert panel.subject == Subject(hidden, 2)
        assert panel.standing.f == workspace.frame.record.arrays[f"a:{hidden}"][3, 2]
        workspace.select(Quantity("w", document.connections[0].id, 1, 0))
        assert panel.subject == Subject(hidden, 1)

    def test_a_selected_node_is_enough(self, qtbot, preferences):
        document = perceptron((2, 3, 1), "tanh")
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        workspace.select_nodes([document.nodes[1].id])
        assert panel.subject.node == document.nodes[1].id


class TestTheChooser:
    def test_it_lists_each_activation_used_with_who_uses_it(self, qtbot, preferences):
        document = perceptron((2, 3, 3, 1), "relu", "sigmoid")
        panel, _ = open_panel(qtbot, ActivationPanel, document, preferences)
        box = panel.findChild(QComboBox, "activation")
        entries = [box.itemText(k) for k in range(box.count())]
        assert entries == ["Selected neuron", "ReLU (C1, C2)", "Sigmoid (N1)"]

    def test_the_same_function_with_another_parameter_is_another_entry(self, qtbot, preferences):
        document = perceptron((2, 2, 1), "leaky_relu", "leaky_relu")
        document = set_activation(
            document, document.outputs[0].id, ActivationSpec("leaky_relu", slope=0.25)
        )
        panel, _ = open_panel(qtbot, ActivationPanel, document, preferences)
        choose(qtbot, panel, "activation", 2)
        assert "0.25 · z".replace(" ", "&nbsp;") in panel.figure.legend.text()

    def test_a_chosen_activation_stays_while_others_are_selected(self, qtbot, preferences):
        document = perceptron((2, 3, 1), "tanh", "sigmoid")
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        choose(qtbot, panel, "activation", 2)
        workspace.go_to(1)
        workspace.select(Quantity("a", document.nodes[1].id, 1))
        assert panel.subject.node == document.outputs[0].id
        assert "Sigmoid" in caption(panel)


class TestCurves:
    @pytest.mark.parametrize("name", ELEMENTWISE)
    def test_curves_are_those_of_the_engine(self, name):
        curves = elementwise(ActivationSpec(name), 5.0)
        known = ~np.isnan(curves.x)
        z = curves.x[known]
        activation = make_activation(ActivationSpec(name))
        assert np.array_equal(curves.f[known], activation.forward(z))
        assert np.array_equal(curves.slope[known], activation.derivative(z, activation.forward(z)))

    @pytest.mark.parametrize("name", ELEMENTWISE)
    def test_slopes_agree_with_differences_away_from_the_kink(self, name):
        curves = elementwise(ActivationSpec(name), 5.0)
        away = np.abs(curves.x) > 0.1
        x, h = curves.x[away], 1e-5
        activation = make_activation(ActivationSpec(name))
        expected = (activation.forward(x + h) - activation.forward(x - h)) / (2 * h)
        # Central differences of smooth functions: error h² f'''/6, and rounding 1e-16/h.
        assert curves.slope[away] == pytest.approx(expected, abs=1e-9)

    @pytest.mark.parametrize(
        ("spec", "f", "slope"),
        [
            (ActivationSpec("step"), (0, 1, 1), (0, 0, 0)),
            (ActivationSpec("step", one_at_zero=False), (0, 0, 1), (0, 0, 0)),
            (ActivationSpec("relu"), (0, 0, 0), (0, 0, 1)),
            (ActivationSpec("leaky_relu", slope=0.2), (0, 0, 0), (0.2, 0.2, 1)),
            (ActivationSpec("elu", alpha=0.5), (0, 0, 0), (0.5, 1, 1)),
        ],
    )
    def test_the_convention_at_zero_is_told(self, spec, f, slope):
        kink = elementwise(spec, 5.0).at_kink
        assert kink.f == pytest.approx(f, abs=1e-6)
        assert kink.slope == pytest.approx(slope, abs=1e-6)
        assert kink.jumps == (spec.name == "step")

    @pytest.mark.parametrize("name", ["identity", "sigmoid", "tanh", "elu"])
    def test_smooth_functions_have_no_kink(self, name):
        assert elementwise(ActivationSpec(name), 5.0).at_kink is None

    @pytest.mark.parametrize(
        ("threshold", "value", "sign"),
        [(">=", "At 0 it is 1.", "≥"), (">", "At 0 it is 0.", "&gt;")],
    )
    def test_step_says_what_it_is_at_zero(self, qtbot, preferences, threshold, value, sign):
        document = set_conventions(gate_neuron("or"), Conventions(threshold=threshold))
        panel, _ = open_panel(qtbot, ActivationPanel, document, preferences)
        legend = panel.figure.legend.text()
        assert value in legend
        assert sign in legend
        assert "no derivative; 0 is taken" in legend

    def test_step_is_filled_where_its_value_at_zero_is(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, ActivationPanel, gate_neuron("or"), preferences)
        surface = preferences.theme.color("surface")
        assert colour_at(panel, 0.0, 0.0) == surface
        assert colour_at(panel, 0.0, 1.0) != surface


class TestSoftmaxAndMaxout:
    def test_softmax_of_one_unit_is_a_sigmoid_moved_by_the_others(self):
        others = np.array([0.5, -1.0, 2.0])
        curves = softmax_of_one(log_sum_exp(others), 5.0)
        exact = np.exp(curves.x) / (np.exp(curves.x) + np.exp(others).sum())
        assert curves.f == pytest.approx(exact, rel=1e-13)

    def test_softmax_waits_for_the_sums_of_its_layer(self, qtbot, preferences):
        document = perceptron((2, 3), output="softmax")
        node = document.outputs[0].id
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        assert "sums of all units" in panel._message.text()
        workspace.go_to(1)
        workspace.select(Quantity("a", node, 1))
        sums = workspace.frame.record.arrays[f"z:{node}"][0]
        assert panel.standing.x == sums[1]
        nearest = int(np.abs(panel.curves.x - sums[1]).argmin())
        assert panel.curves.f[nearest] == pytest.approx(panel.standing.f, abs=0.01)

    def test_softmax_of_huge_sums_does_not_overflow(self):
        assert log_sum_exp(np.array([1000.0, 1000.0])) == pytest.approx(1000 + math.log(2))
        assert log_sum_exp(np.zeros(0)) == -math.inf
        assert (softmax_of_one(-math.inf, 5.0).f == 1).all()

    def test_maxout_is_the_highest_of_its_lines(self):
        curves = maxout_of_one(np.array([-1.0, 0.0, 2.0]), np.array([0.0, 1.0, -1.0]), -3.0, 3.0)
        assert np.array_equal(curves.f, curves.pieces.max(axis=0))
        known = ~np.isnan(curves.slope)
        assert set(curves.slope[known].tolist()) == {-1.0, 0.0, 2.0}

    def test_a_maxout_neuron_stands_on_its_curve_over_each_input(self, qtbot, preferences):
        document = perceptron((2, 1), output="identity")
        node = document.outputs[0].id
        document = set_activation(document, node, ActivationSpec("maxout", pieces=2))
        document = with_parameters(document, [[[1.0, -2.0], [-0.5, 0.25]]], [[0.1, 0.2]])
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        workspace.go_to(3)  # (1, 0): pieces 1.1 and -0.3 before any update of theirs
        record = workspace.frame.record
        inputs = record.arrays[f"a:{document.inputs[0].id}"][0]
        for column in (0, 1):
            choose(qtbot, panel, "column", column)
            assert panel.standing.x == inputs[column]
            assert panel.standing.f == record.arrays[f"a:{node}"][0, 0]
            nearest = int(np.abs(panel.curves.x - inputs[column]).argmin())
            assert panel.curves.f[nearest] == pytest.approx(panel.standing.f, abs=0.05)


class TestCalm:
    def test_the_axis_stays_until_the_point_would_leave_it(self):
        assert wider(5.0, 4.99) == 5.0
        assert wider(5.0, 5.01) == 10.0
        assert wider(5.0, -37.0) == 50.0
        assert wider(5.0, math.inf, None) == 5.0

    def test_it_widens_in_steps_with_the_sum(self, qtbot, preferences):
        panel, workspace = open_panel(
            qtbot, ActivationPanel, neuron(ActivationSpec("sigmoid"), 30.0), preferences
        )
        # For the sums of other samples the axis goes no farther.
        assert panel.plot.home.right() == pytest.approx(20.0)
        workspace.go_to(1)
        assert panel.plot.home.right() == pytest.approx(50.0)

    def test_stepping_moves_the_point_and_leaves_the_curves(self, or_panel):
        panel, workspace = or_panel
        workspace.go_to(1)
        curves, visible = panel.curves, panel.plot.visible
        for iteration in range(2, 8):
            workspace.go_to(iteration)
        assert panel.curves is curves
        assert panel.plot.visible == visible

    def test_a_sum_that_is_not_finite_draws_no_point(self, qtbot, preferences):
        document = neuron(ActivationSpec("relu"), 1.7e308, (1.7e308, 1.7e308))
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        workspace.go_to(2)
        assert not panel._items._point.isVisible()
        assert "z = Σ = NaN" in caption(panel)
        panel.grab()


class TestClicking:
    def test_a_click_on_the_point_selects_the_sum_it_stands_at(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, ActivationPanel, perceptron((2, 2, 1)), preferences)
        workspace.go_to(1)
        node = workspace.document.outputs[0].id
        workspace.select(Quantity("b", node, 0))
        click(qtbot, panel, panel.standing.x, panel.standing.f)
        assert workspace.selection == Quantity("z", node, 0)

    def test_of_a_maxout_it_selects_the_activation(self, qtbot, preferences):
        document = neuron(ActivationSpec("identity"))
        node = document.outputs[0].id
        document = set_activation(document, node, ActivationSpec("maxout", pieces=2))
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        workspace.go_to(1)
        workspace.select(Quantity("b", node, 0))
        click(qtbot, panel, panel.standing.x, panel.standing.f)
        assert workspace.selection == Quantity("a", node, 0)

    def test_a_click_elsewhere_changes_nothing(self, qtbot, or_panel):
        panel, workspace = or_panel
        workspace.go_to(1)
        before = workspace.selection
        click(qtbot, panel, panel.standing.x - 3.0, panel.standing.f - 0.4)
        assert workspace.selection == before


class TestWords:
    def test_hovering_tells_f_and_its_slope(self, qtbot, or_panel):
        panel, _ = or_panel
        move(qtbot, panel, 2.0, 0.5)
        words = panel.findChild(CalmLabel, "readout").text()
        assert words.startswith("z = ")
        assert words.endswith("f(z) = 1 · f′(z) = 0")

    def test_parameters_stand_in_the_legend_in_spanish_too(self, qtbot, preferences):
        preferences.set_locale("es")
        panel, _ = open_panel(
            qtbot, ActivationPanel, neuron(ActivationSpec("leaky_relu", slope=0.1)), preferences
        )
        assert "0,1&nbsp;·&nbsp;z" in panel.figure.legend.text()
        assert "Leaky ReLU de N<sub>1</sub>" in caption(panel)

    def test_a_diagram_that_cannot_run_is_said_and_comes_back(self, or_panel):
        panel, workspace = or_panel
        ids = [connection.id for connection in workspace.document.connections]
        workspace.edit(lambda d: remove(d, ids), "remove")
        assert not panel.has_figure
        workspace.undo_stack.undo()
        assert panel.has_figure

    def test_a_deleted_neuron_is_no_longer_followed(self, qtbot, preferences):
        document = perceptron((2, 3, 1), "tanh")
        panel, workspace = open_panel(qtbot, ActivationPanel, document, preferences)
        workspace.go_to(1)
        workspace.select(Quantity("a", document.outputs[0].id))
        workspace.edit(lambda d: remove(d, [document.outputs[0].id]), "remove")
        assert panel.has_figure == workspace.session.is_ready

    def test_the_table_has_the_curves(self, or_panel):
        panel, _ = or_panel
        table = panel.table()
        assert table.names == ("z", "f", "f'")
        assert np.isfinite(table.values).all()

    def test_a_changed_start_value_moves_the_point(self, or_panel):
        panel, workspace = or_panel
        workspace.go_to(1)
        workspace.edit(lambda d: set_parameter(d, "b:n3", (0,), 3.0), "bias")
        workspace.go_to(1)
        assert panel.standing.x == 3.0
