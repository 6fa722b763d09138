"""The raw figures of the diagnoses, against arithmetic by hand and other ways to find them."""

import math

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.learners import Feed, PerceptronRule
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.ops.convolution import ConvolutionSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.probes import (
    PlanLayer,
    dead_shares,
    dead_units,
    delta_norms,
    first_to_last,
    gradient_norms,
    layers_of,
    norm,
    saturated_shares,
    saturated_units,
    update_ratios,
)
from nnsim.engine.record import Record
from tests.support.plans import descent, drawn, neuron, spec_of


def recorded(plan, inputs, targets, rate=0.1):
    """The record of one step of gradient descent."""
    record = Record()
    feed = Feed(len(inputs))
    GradientLearner(plan, inputs, targets, feed, descent(rate), len(inputs)).iterate(record)
    return record


class TestNorm:
    def test_is_the_root_of_the_sum_of_squares_of_all_values(self):
        assert norm([np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([12.0])]) == 13

    def test_of_nothing_and_of_zeros_is_0(self):
        assert norm([]) == 0
        assert norm([np.zeros((2, 3)), np.zeros(0)]) == 0

    @pytest.mark.parametrize("size", [1e-250, 1e250])
    def test_squares_that_leave_the_range_of_floats_are_no_trouble(self, size):
        assert norm([size * np.array([3.0, 4.0])]) == pytest.approx(5 * size, rel=1e-12)

    def test_values_gone_astray_show(self):
        assert norm([np.array([1.0, -math.inf])]) == math.inf
        assert math.isnan(norm([np.array([1.0, math.nan])]))


class TestLayers:
    def test_neurons_drawn_one_by_one_are_one_layer(self):
        spec = spec_of(
            [("x1", 1), ("x2", 1)],
            [
                ("h1", 1, "tanh", [("c1", "x1"), ("c2", "x2")]),
                ("h2", 1, "relu", [("c3", "x2")]),
                ("o", 1, "identity", [("c4", "h1"), ("c5", "h2"), ("c6", "x1")]),
            ],
        )
        assert layers_of(spec) == (
            PlanLayer(("h1", "h2"), ("w:c1", "w:c2", "w:c3"), ("b:h1", "b:h2")),
            PlanLayer(("o",), ("w:c4", "w:c5", "w:c6"), ("b:o",)),
        )

    def test_what_has_no_weights_is_none_and_a_recurrent_layer_has_both_of_its_own(self):
        spec = PlanSpec(
            (("x", (5, 2)),),
            (
                SimpleRecurrentSpec("r", 3, (Source("c1", "x"),), returns="last"),
                LayerSpec("o", 1, ActivationSpec("identity"), (Source("c2", "r"),)),
            ),
            ("o",),
        )
        assert [layer.weights for layer in layers_of(spec)] == [("w:c1", "u:r"), ("w:c2",)]


class TestGradients:
    def test_one_neuron_by_hand(self):
        """z = 1·2 + 0·3 + 1 = 3, L = (1 - 3)² = 4: dz = 4, gw = (8, 12), Δ = -0.1 gw."""
        plan = neuron([1, 0], 1, "identity")
        record = recorded(plan, np.array([[2.0, 3.0]]), np.array([[1.0]]))
        layers = layers_of(plan.spec)
        assert delta_norms(record, layers, plan.spec) == pytest.approx([4])
        assert gradient_norms(record, layers) == pytest.approx([math.sqrt(8**2 + 12**2)])
        assert update_ratios(record, layers) == pytest.approx([math.sqrt(0.8**2 + 1.2**2)])

    def test_a_network_against_differences_of_its_loss(self):
        spec = spec_of(
            [("x", 3)],
            [("h", 4, "tanh", [("c1", "x")]), ("o", 2, "sigmoid", [("c2", "h")])],
            arithmetic="float64",
        )
        plan, inputs, targets = drawn(spec, seed=3, batch=5)
        start = {name: view.copy() for name, view in plan.views.items()}
        record = recorded(plan, inputs, targets)

        def loss(name, index, by):
            moved = {key: value.copy() for key, value in start.items()}
            moved[name][index] += by
            return np.mean((Plan(spec, moved).predict(inputs) - targets) ** 2)

        expected = [
            np.linalg.norm(
                [
                    (loss(name, index, 1e-6) - loss(name, index, -1e-6)) / 2e-6
                    for index in np.ndindex(start[name].shape)
                ]
            )
            for name in ("w:c1", "w:c2")
        ]
        assert gradient_norms(record, layers_of(spec)) == pytest.approx(expected, rel=1e-6)

    def test_a_rule_without_gradient_has_none(self):
        plan = neuron([1, 0], 1)
        record = Record()
        inputs, targets = np.array([[2.0, 3.0]]), np.array([[0.0]])
        PerceptronRule(plan, inputs, targets, Feed(1), 0.5, True).iterate(record)
        layers = layers_of(plan.spec)
        assert np.isnan(gradient_norms(record, layers)).all()
        assert np.isnan(delta_norms(record, layers, plan.spec)).all()
        assert update_ratios(record, layers) == pytest.approx([math.hypot(1.0, 1.5)])

    def test_weights_that_are_all_0_have_no_relative_update(self):
        plan = neuron([0, 0], 1, "identity")
        record = recorded(plan, np.array([[2.0, 3.0]]), np.array([[0.0]]))
        assert np.isnan(update_ratios(record, layers_of(plan.spec))).all()

    def test_first_to_last(self):
        assert first_to_last(np.array([1e-6, 5.0, 2.0])) == pytest.approx(5e-7)
        assert first_to_last(np.array([0.0, 2.0])) == 0
        assert first_to_last(np.array([2.0, 0.0])) == math.inf
        assert math.isnan(first_to_last(np.array([2.0])))
        assert math.isnan(first_to_last(np.array([0.0, 0.0])))


class TestUnits:
    def test_dead_is_a_sum_of_at_most_0_on_every_sample(self):
        z = np.array([[-1.0, 0.0, -2.0], [-3.0, 0.0, 1e-9]])
        assert dead_units(z).tolist() == [True, True, False]

    def test_a_channel_is_dead_where_its_whole_map_is(self):
        z = -np.ones((2, 3, 4, 4))
        z[1, 2, 0, 3] = 1
        assert dead_units(z).tolist() == [True, True, False]

    def test_a_unit_of_a_sequence_is_dead_where_it_is_at_every_step(self):
        z = -np.ones((2, 5, 3))
        z[0, 4, 1] = 1
        assert dead_units(z).tolist() == [True, False, True]

    def test_saturated_is_a_mean_slope_below_a_tenth_of_the_steepest(self):
        """tanh' = 0.1 at z = 1.8184, sigmoid' = 0.025 at z = 3.6369, twice as far out."""
        far = math.atanh(math.sqrt(0.9))
        for name, edge in (("tanh", far), ("sigmoid", 2 * far)):
            z = np.array([[edge + 1e-6, edge - 1e-6, 9.0, 9.0], [-edge - 1e-6, edge, -9.0, 0.0]])
            found = saturated_units(ActivationSpec(name), z)
            assert found.tolist() == [True, False, True, False]

    def test_shares_are_of_the_units_that_can_be_so(self):
        spec = spec_of(
            [("x", 1)],
            [
                ("r", 4, "relu", [("c1", "x")]),
                ("t", 2, "tanh", [("c2", "x")]),
                ("o", 1, "identity", [("c3", "r"), ("c4", "t")]),
            ],
        )
        z = {
            "r": np.array([[-1.0, -1.0, -1.0, 2.0]]),
            "t": np.array([[0.0, 9.0]]),
            "o": np.array([[-1.0]]),
        }
        layers = layers_of(spec)
        assert dead_shares(spec, layers, z) == pytest.approx([0.75, np.nan], nan_ok=True)
        assert saturated_shares(spec, layers, z) == pytest.approx([0.5, np.nan], nan_ok=True)

    def test_of_a_network_as_its_workspace_left_them(self):
        random = generator(0)
        spec = PlanSpec(
            (("x", (1, 4, 4)),),
            (
                ConvolutionSpec("k", 2, (3, 3), (Source("c1", "x"),), ActivationSpec("relu")),
                LayerSpec("o", 1, ActivationSpec("tanh"), (Source("c2", "k"),)),
            ),
            ("o",),
            arithmetic="float64",
        )
        start = {name: np.zeros(shape) for name, shape in spec.parameter_shapes().items()}
        plan = Plan(spec, start | {"b:k": np.array([-1.0, 1.0]), "b:o": np.array([9.0])})
        workspace = plan.make_workspace(5)
        workspace.load(random.uniform(-0.1, 0.1, (5, 16)))
        record = Record()
        workspace.forward(record)
        z = {node: record.array(f"z:{node}") for node in ("k", "o")}
        layers = layers_of(spec)
        assert dead_shares(spec, layers, z) == pytest.approx([0.5, np.nan], nan_ok=True)
        assert saturated_shares(spec, layers, z) == pytest.approx([np.nan, 1.0], nan_ok=True)
