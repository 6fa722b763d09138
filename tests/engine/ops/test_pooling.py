"""Max and average pooling, against PyTorch and against differences."""

from fractions import Fraction

import numpy as np
import pytest

from nnsim.engine.ops.base import Source
from nnsim.engine.ops.convolution import ConvolutionSpec
from nnsim.engine.ops.pooling import AveragePoolingSpec, MaxPoolingSpec
from nnsim.engine.record import Record
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


def pooling(kind, case, node="x"):
    options = {"counts_padding": case["counts_padding"]} if "counts_padding" in case else {}
    return kind(
        "p",
        tuple(case["kernel"]),
        source(node, "s"),
        tuple(case["stride"]),
        tuple(case["padding"]),
        **options,
    )


def cases(key):
    return [pytest.param(case, id=case["expression"]) for case in TORCH[key]]


def winners_in_map(workspace, case):
    """Flat index in the map of each winner: row · columns of the map + column."""
    record = Record()
    workspace.forward(record)
    winner = record.arrays["winner:p"].astype(int)
    (down, right), (top, left) = case["stride"], case["padding"]
    rows = np.arange(winner.shape[2])[:, np.newaxis] * down - top + winner // case["kernel"][1]
    columns = np.arange(winner.shape[3]) * right - left + winner % case["kernel"][1]
    return rows * case["x_shape"][3] + columns


@pytest.mark.parametrize("case", cases("max_pooling"))
class TestMaxAgainstPyTorch:
    def test_values_winners_and_gradient(self, case):
        """The x have few different values: there are ties, which the first wins."""
        spec = maps_spec({"x": tuple(case["x_shape"][1:])}, pooling(MaxPoolingSpec, case))
        workspace = propagated(filled_plan(spec), filled("pool", case["x_shape"]))
        assert workspace.a["p"].tolist() == case["y"]
        assert workspace.da["x"].tolist() == case["dx"]
        assert winners_in_map(workspace, case).tolist() == case["winners"]

    def test_a_second_run_gives_the_same(self, case):
        spec = maps_spec({"x": tuple(case["x_shape"][1:])}, pooling(MaxPoolingSpec, case))
        workspace = propagated(filled_plan(spec), filled("pool", case["x_shape"]))
        workspace.load(-workspace.a["x"].reshape(workspace.batch, -1))
        workspace.forward()
        workspace.backward()
        workspace.load(-workspace.a["x"].reshape(workspace.batch, -1))
        workspace.forward()
        workspace.backward()
        assert workspace.da["x"].tolist() == case["dx"]


@pytest.mark.parametrize("case", cases("average_pooling"))
def test_averages_against_pytorch(case):
    spec = maps_spec({"x": tuple(case["x_shape"][1:])}, pooling(AveragePoolingSpec, case))
    workspace = propagated(filled_plan(spec), filled("pool", case["x_shape"]))
    agree(workspace.a["p"], case["y"])
    agree(workspace.da["x"], case["dx"])
    workspace.forward()
    workspace.backward()
    agree(workspace.da["x"], case["dx"])


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        (kind, case)
        for kind, key in (
            (MaxPoolingSpec, "max_pooling"),
            (AveragePoolingSpec, "average_pooling"),
        )
        for case in TORCH[key]
    ],
)
def test_the_gradient_by_differences(kind, case):
    """Through the pooling into a convolution below."""
    below = ConvolutionSpec("h", 2, (1, 1), source("x", "c"))
    spec = maps_spec({"x": tuple(case["x_shape"][1:])}, below, pooling(kind, case, "h"))
    assert gradient_error(spec, batch=2) < TOLERANCE


class TestWinners:
    def test_in_a_tie_the_first_wins(self):
        """(0, 1) comes before (1, 0): row by row."""
        node = MaxPoolingSpec("p", (2, 2), source("x"))
        plan = filled_plan(maps_spec({"x": (1, 2, 4)}, node))
        workspace = propagated(plan, np.array([[[[1.0, 5.0, 2.0, 2.0], [5.0, 0.0, 2.0, 2.0]]]]))
        record = Record()
        workspace.forward(record)
        assert record.arrays["winner:p"].tolist() == [[[[1, 0]]]]
        assert workspace.da["x"].tolist() == [[[[0, 5, 2, 0], [0, 0, 0, 0]]]]

    def test_in_a_window_of_more_than_256(self):
        node = MaxPoolingSpec("p", (17, 20), source("x"))
        plan = filled_plan(maps_spec({"x": (1, 17, 20)}, node))
        x = np.zeros((1, 1, 17, 20))
        x[0, 0, 16, 3] = 1.0
        workspace = propagated(plan, x)
        record = Record()
        workspace.forward(record)
        assert record.arrays["winner:p"].item() == 16 * 20 + 3
        assert np.flatnonzero(workspace.da["x"]).tolist() == [16 * 20 + 3]

    def test_nan_wins_the_last_of_several_and_infinities_are_numbers(self):
        case = TORCH["max_pooling_not_finite"] | {
            "x_shape": [1, 1, 4, 4],
            "kernel": [2, 2],
            "stride": [2, 2],
            "padding": [0, 0],
        }
        node = MaxPoolingSpec("p", (2, 2), source("x"))
        plan = filled_plan(maps_spec({"x": (1, 4, 4)}, node))
        workspace = plan.workspace(1)
        workspace.load(np.array(case["x"]).reshape(1, 16))
        workspace.forward()
        np.testing.assert_array_equal(workspace.a["p"], case["y"])
        assert winners_in_map(workspace, case).tolist() == case["winners"]

    def test_padding_never_wins_not_even_against_minus_infinity(self):
        node = MaxPoolingSpec("p", (2, 2), source("x"), padding=(1, 1))
        plan = filled_plan(maps_spec({"x": (1, 2, 2)}, node))
        workspace = plan.workspace(1)
        workspace.load(np.full((1, 4), -np.inf))
        record = Record()
        workspace.forward(record)
        assert record.arrays["a:p"].tolist() == [[[[-np.inf] * 2] * 2]]
        # The only number of the map that each window sees.
        assert record.arrays["winner:p"].tolist() == [[[[3, 2], [1, 0]]]]


class TestArithmetic:
    @pytest.mark.parametrize("kind", [MaxPoolingSpec, AveragePoolingSpec])
    def test_float32_stays_float32(self, kind):
        node = kind("p", (2, 2), source("x"), padding=(1, 1))
        plan = filled_plan(maps_spec({"x": (1, 4, 4)}, node, arithmetic="float32"))
        workspace = propagated(plan, filled("x", (2, 1, 4, 4)))
        assert workspace.a["p"].dtype == workspace.da["x"].dtype == np.float32

    @pytest.mark.parametrize("padding", [(0, 0), (1, 1)])
    @pytest.mark.parametrize("kind", [MaxPoolingSpec, AveragePoolingSpec])
    def test_fractions_stay_fractions(self, kind, padding):
        node = kind("p", (2, 2), source("x"), padding=padding)
        plan = filled_plan(maps_spec({"x": (1, 2, 2)}, node, arithmetic="exact"))
        workspace = plan.workspace(1)
        workspace.load(plan.numbers([[0.1, 0.2, 0.3, 0.5]]))
        workspace.forward()
        values = workspace.a["p"].ravel().tolist()
        assert all(isinstance(value, (int, Fraction)) for value in values)
        if padding == (0, 0):
            expected = Fraction(1, 2) if kind is MaxPoolingSpec else Fraction(11, 40)
            assert values == [expected]

    def test_a_mean_that_is_0_on_paper_is_0(self):
        found = {}
        for arithmetic in ("float64", "settled"):
            node = AveragePoolingSpec("p", (1, 3), source("x"))
            plan = filled_plan(maps_spec({"x": (1, 1, 3)}, node, arithmetic=arithmetic))
            found[arithmetic] = propagated(plan, np.array([[[[0.1, 0.2, -0.3]]]])).a["p"].item()
        assert found["float64"] != 0.0
        assert found["settled"] == 0.0


@pytest.mark.parametrize("kind", [MaxPoolingSpec, AveragePoolingSpec])
class TestSizesThatDoNotFit:
    def test_a_window_larger_than_the_map(self, kind):
        with pytest.raises(ValueError, match="p: a window over 3 x 2 does not fit"):
            kind("p", (3, 2), source("x")).shape([(1, 2, 2)])

    def test_padding_of_more_than_half_a_kernel(self, kind):
        with pytest.raises(ValueError, match=r"p: padding \(0, 2\) is more than half"):
            kind("p", (3, 3), source("x"), padding=(0, 2)).shape([(1, 5, 5)])

    def test_sources(self, kind):
        with pytest.raises(ValueError, match=r"p needs a map .* gets \(4,\)"):
            kind("p", (2, 2), source("x")).shape([(4,)])
        both = (Source("c", "x"), Source("d", "u"))
        with pytest.raises(ValueError, match="p needs exactly one source, not 2"):
            kind("p", (2, 2), both).shape([(1, 2, 2), (1, 2, 2)])
