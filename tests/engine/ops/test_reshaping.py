"""Flattening, reshaping and upsampling."""

import numpy as np
import pytest

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.ops.base import Source
from nnsim.engine.ops.convolution import ConvolutionSpec
from nnsim.engine.ops.reshaping import FlattenSpec, ReshapeSpec
from nnsim.engine.ops.resizing import UpsamplingSpec
from nnsim.engine.plan import LayerSpec
from tests.support.maps import (
    TORCH,
    agree,
    filled,
    filled_plan,
    gradient_error,
    maps_spec,
    propagated,
    source,
)

# The differences are good to about 1e-10 of L, and count from a gradient of 1e-4 on.
TOLERANCE = 1e-6


def test_flattening_goes_channel_by_channel_row_by_row():
    plan = filled_plan(maps_spec({"x": (2, 2, 3)}, FlattenSpec("f", source("x"))))
    x = filled("x", (3, 2, 2, 3))
    workspace = propagated(plan, x)
    np.testing.assert_array_equal(workspace.a["f"], x.reshape(3, 12))
    np.testing.assert_array_equal(workspace.da["x"], x)


def test_reshaping_keeps_the_order_of_the_numbers():
    plan = filled_plan(maps_spec({"x": 12}, ReshapeSpec("m", (2, 3, 2), source("x"))))
    x = filled("x", (3, 12))
    workspace = propagated(plan, x)
    np.testing.assert_array_equal(workspace.a["m"], x.reshape(3, 2, 3, 2))
    np.testing.assert_array_equal(workspace.da["x"], x)


@pytest.mark.parametrize("case", TORCH["upsampling"], ids=lambda case: case["expression"])
def test_upsampling_against_pytorch(case):
    node = UpsamplingSpec("u", tuple(case["factors"]), source("x"))
    plan = filled_plan(maps_spec({"x": tuple(case["x_shape"][1:])}, node))
    workspace = propagated(plan, filled("x", case["x_shape"]))
    assert workspace.a["u"].tolist() == case["y"]
    agree(workspace.da["x"], case["dx"])


def test_the_gradient_through_all_of_them_by_differences():
    """A map is flattened, goes through a layer, becomes a map again and larger; read twice."""
    spec = maps_spec(
        {"x": (1, 3, 3)},
        ConvolutionSpec("h", 2, (2, 2), source("x", "c1"), ActivationSpec("tanh")),
        FlattenSpec("f", source("h", "c2")),
        LayerSpec("l", 8, ActivationSpec("tanh"), source("f", "c3")),
        ReshapeSpec("m", (2, 2, 2), source("l", "c4")),
        UpsamplingSpec("u", (2, 3), source("m", "c5")),
        UpsamplingSpec("v", (1, 1), source("h", "c6")),
        ConvolutionSpec("o", 1, (2, 2), source("u", "c7")),
    )
    assert gradient_error(spec) < TOLERANCE


def test_fractions_are_passed_on_as_they_are():
    nodes = (
        ReshapeSpec("m", (1, 1, 2), source("x", "c")),
        UpsamplingSpec("u", (1, 2), source("m", "d")),
    )
    plan = filled_plan(maps_spec({"x": 2}, *nodes, arithmetic="exact"))
    workspace = plan.workspace(1)
    numbers = plan.numbers([[0.1, 3.0]])
    workspace.load(numbers)
    workspace.forward()
    first, second = numbers[0]
    assert workspace.y.tolist() == [[first, first, second, second]]


class TestSizesThatDoNotFit:
    def test_another_count_of_numbers(self):
        with pytest.raises(ValueError, match=r"m: 12 numbers \(12,\) do not fit into \(2, 5\)"):
            ReshapeSpec("m", (2, 5), source("x")).shape([(12,)])
        with pytest.raises(ValueError, match="do not fit"):
            ReshapeSpec("m", (-3, -4), source("x")).shape([(12,)])

    def test_factors(self):
        with pytest.raises(ValueError, match=r"u: factors are \(2, 0\)"):
            UpsamplingSpec("u", (2, 0), source("x")).shape([(1, 2, 2)])
        with pytest.raises(ValueError, match=r"u needs a map .* gets \(4,\)"):
            UpsamplingSpec("u", (2, 2), source("x")).shape([(4,)])

    @pytest.mark.parametrize(
        "node",
        [
            FlattenSpec("n", (Source("c", "x"), Source("d", "u"))),
            ReshapeSpec("n", (4,), (Source("c", "x"), Source("d", "u"))),
            UpsamplingSpec("n", (2, 2), (Source("c", "x"), Source("d", "u"))),
        ],
    )
    def test_more_than_one_source(self, node):
        with pytest.raises(ValueError, match="n needs exactly one source, not 2"):
            node.shape([(1, 2, 2), (1, 2, 2)])
