"""Where a unit decides, and on which scale its values are coloured."""

import math

import numpy as np
import pytest

from nnsim.document.templates import perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Session
from nnsim.session.scales import decision_level, measuring_scale, scale_of, sum_at


class TestLevels:
    def spec(self, document):
        return Session(document).frame.spec

    def test_outputs_decide_half_way_between_two_targets(self):
        document = perceptron((2, 1), output="identity")
        spec, node = self.spec(document), document.outputs[0].id
        assert decision_level(spec, document.data.targets, node, 0) == 0.5
        signs = document.data.targets * 2 - 1
        assert decision_level(spec, signs, node, 0) == 0.0
        assert decision_level(spec, np.arange(4.0)[:, np.newaxis], node, 0) is None

    def test_hidden_units_decide_at_the_middle_of_their_range(self):
        document = perceptron((2, 2, 1), hidden="tanh")
        spec = self.spec(document)
        assert decision_level(spec, document.data.targets, document.nodes[1].id, 0) == 0.0

    @pytest.mark.parametrize(
        ("activation", "level", "z"),
        [
            ("step", 0.5, 0.0),
            ("sigmoid", 0.5, 0.0),
            ("tanh", 0.0, 0.0),
            ("identity", 0.25, 0.25),
            ("relu", 0.5, 0.5),
            ("leaky_relu", -0.05, -0.5),
            ("softplus", math.log(2.0), 0.0),
            ("softplus", 800.0, 800.0),
            ("silu", 2 / (1 + math.exp(-2)), 2.0),
            ("gelu", math.erfc(-math.sqrt(2.0)), 2.0),
            ("gelu", 0.0, 0.0),
            ("softmax", 0.5, None),
            ("sigmoid", 1.5, None),
            ("softplus", 0.0, None),
            ("silu", -0.1, None),
        ],
    )
    def test_the_sum_at_which_a_level_is_reached(self, activation, level, z):
        found = sum_at(ActivationSpec(activation), level)
        assert found == (z if z is None else pytest.approx(z, rel=1e-15, abs=1e-15))

    def test_the_scale_of_bounded_activations_is_fixed(self):
        document = perceptron((2, 1))
        scale = scale_of(self.spec(document), document.data.targets, document.outputs[0].id, 0)
        scale.take_in(np.array([5.0]))
        assert (scale.low, scale.high) == (0.0, 1.0)

    def test_other_scales_widen_in_doublings(self):
        document = perceptron((2, 1), output="identity")
        scale = scale_of(self.spec(document), document.data.targets, document.outputs[0].id, 0)
        assert (scale.low, scale.high) == (0.0, 1.0)
        scale.take_in(np.array([2.2, np.inf, np.nan]))
        assert (scale.low, scale.high) == (-1.5, 2.5)

    @pytest.mark.parametrize(
        ("low", "high", "middle", "reach"),
        [
            (0.0, 36.0, 0.0, 50.0),
            (0.02, 36.0, 0.0, 50.0),
            (-36.0, -0.02, 0.0, 50.0),
            (-3.0, 36.0, 0.0, 50.0),
            (20.0, 36.0, 30.0, 20.0),
        ],
    )
    def test_measurements_that_begin_near_zero_are_seen_as_distances_from_it(
        self, low, high, middle, reach
    ):
        scale = measuring_scale(low, high)
        assert (scale.middle, scale.reach) == (middle, reach)
