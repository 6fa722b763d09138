"""Convolution and its transpose: by hand, against PyTorch and against differences."""

from fractions import Fraction

import numpy as np
import pytest

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.ops.base import Source
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.pooling import AveragePoolingSpec, MaxPoolingSpec
from nnsim.engine.ops.reshaping import FlattenSpec
from nnsim.engine.plan import LayerSpec, Plan
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

RELU = ActivationSpec("relu")
# The differences are good to about 1e-10 of L, and count from a gradient of 1e-4 on.
TOLERANCE = 1e-6


def case_plan(kind, case):
    options = {
        name: tuple(case[name])
        for name in ("stride", "padding", "dilation", "output_padding")
        if name in case
    }
    node = kind(
        "n",
        case["channels"],
        tuple(case["kernel"]),
        source("x", "c"),
        has_bias=case["has_bias"],
        **options,
    )
    return filled_plan(maps_spec({"x": tuple(case["x_shape"][1:])}, node))


CASES = [
    pytest.param(kind, case, id=f"{key}: {case['name']}")
    for key, kind in (
        ("convolutions", ConvolutionSpec),
        ("transposed", TransposedConvolutionSpec),
    )
    for case in TORCH[key]
]


@pytest.mark.parametrize(("kind", "case"), CASES)
class TestAgainstPyTorch:
    def test_values_and_gradients(self, kind, case):
        plan = case_plan(kind, case)
        workspace = propagated(plan, filled("x", case["x_shape"]))
        agree(workspace.a["n"], case["y"])
        agree(workspace.da["x"], case["dx"])
        agree(plan.gradient_views["w:c"], case["dw"])
        if case["has_bias"]:
            agree(plan.gradient_views["b:n"], case["db"])
        else:
            assert "b:n" not in plan.views

    def test_a_second_run_gives_the_same(self, kind, case):
        plan = case_plan(kind, case)
        workspace = propagated(plan, filled("x", case["x_shape"]))
        gradient, dx = plan.gradient.copy(), workspace.da["x"].copy()
        workspace.forward()
        workspace.backward()
        np.testing.assert_array_equal(plan.gradient, gradient)
        np.testing.assert_array_equal(workspace.da["x"], dx)

    def test_the_gradient_by_differences(self, kind, case):
        assert gradient_error(case_plan(kind, case).spec, batch=2) < TOLERANCE

    def test_in_float32_all_arrays_are(self, kind, case):
        plan = case_plan(kind, case)
        spec = maps_spec(dict(plan.spec.sizes), *plan.spec.nodes, arithmetic="float32")
        workspace = propagated(filled_plan(spec), filled("x", case["x_shape"]))
        assert workspace.a["n"].dtype == workspace.da["x"].dtype == np.float32
        # Sums of up to a few hundred numbers of about 1.
        np.testing.assert_allclose(workspace.a["n"], case["y"], rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(workspace.da["x"], case["dx"], rtol=1e-5, atol=1e-3)


class TestNetworks:
    """Several nodes: shared kernels, shared maps, several sources."""

    def values(self, name, spec, *inputs):
        plan = filled_plan(spec)
        return TORCH["networks"][name], plan, propagated(plan, *inputs)

    def test_two_convolutions_with_the_same_kernels(self):
        first = ConvolutionSpec("h", 2, (3, 3), source("x", "c"), RELU, padding=(1, 1))
        second = ConvolutionSpec("o", 2, (3, 3), source("h", "d"), tied_to="h")
        torch, plan, workspace = self.values(
            "two convolutions with the same kernels",
            maps_spec({"x": (2, 4, 5)}, first, second),
            filled("x", (3, 2, 4, 5)),
        )
        assert list(plan.views) == ["w:c", "b:h"]
        agree(workspace.a["o"], torch["y"])
        agree(workspace.da["x"], torch["dx"])
        agree(plan.gradient_views["w:c"], torch["dw"])
        agree(plan.gradient_views["b:h"], torch["db"])

    def test_two_transposed_ones_with_the_same_kernels(self):
        first = TransposedConvolutionSpec("h", 2, (2, 2), source("x", "c"), RELU, stride=(2, 2))
        second = TransposedConvolutionSpec(
            "o", 2, (2, 2), source("h", "d"), stride=(2, 2), tied_to="h"
        )
        torch, plan, workspace = self.values(
            "two transposed convolutions with the same kernels",
            maps_spec({"x": (2, 2, 2)}, first, second),
            filled("x", (3, 2, 2, 2)),
        )
        agree(workspace.a["o"], torch["y"])
        agree(workspace.da["x"], torch["dx"])
        agree(plan.gradient_views["w:c"], torch["dw"])
        agree(plan.gradient_views["b:h"], torch["db"])

    def test_kernels_of_another_shape_are_not_shared(self):
        first = ConvolutionSpec("h", 2, (3, 3), source("x", "c"))
        second = ConvolutionSpec("o", 2, (2, 2), source("h", "d"), tied_to="h")
        spec = maps_spec({"x": (2, 5, 5)}, first, second)
        with pytest.raises(ValueError, match="o cannot use the parameters of h"):
            filled_plan(spec).workspace(1)

    def test_a_map_feeds_two_poolings(self):
        torch, plan, workspace = self.values(
            "a map feeds two poolings",
            maps_spec(
                {"x": (2, 5, 6)},
                ConvolutionSpec("h", 2, (2, 3), source("x", "c")),
                MaxPoolingSpec("p", (2, 2), source("h", "d")),
                AveragePoolingSpec("q", (2, 2), source("h", "e")),
            ),
            filled("x", (3, 2, 5, 6)),
        )
        agree(workspace.y, torch["y"])
        agree(workspace.da["x"], torch["dx"])
        agree(plan.gradient_views["w:c"], torch["dw"])
        agree(plan.gradient_views["b:h"], torch["db"])

    def test_a_map_feeds_a_convolution_and_a_transposed_one(self):
        torch, plan, workspace = self.values(
            "a map feeds a convolution and a transposed one",
            maps_spec(
                {"x": (1, 4, 4)},
                MaxPoolingSpec("p", (2, 2), source("x", "s"), stride=(1, 1)),
                ConvolutionSpec("u", 2, (3, 3), source("p", "c"), padding=(1, 1)),
                TransposedConvolutionSpec("q", 2, (2, 2), source("p", "v"), has_bias=False),
            ),
            filled("x", (3, 1, 4, 4)),
        )
        agree(workspace.y, torch["y"])
        agree(workspace.da["x"], torch["dx"])
        agree(plan.gradient_views["w:c"], torch["dw"])
        agree(plan.gradient_views["b:u"], torch["db"])
        agree(plan.gradient_views["w:v"], torch["dv"])

    @pytest.mark.parametrize(
        ("kind", "name", "size"),
        [
            (ConvolutionSpec, "two maps into one convolution", (4, 5)),
            (TransposedConvolutionSpec, "two maps into one transposed convolution", (3, 4)),
        ],
    )
    def test_two_maps_into_one(self, kind, name, size):
        sources = (Source("c", "x"), Source("d", "u"))
        torch, plan, workspace = self.values(
            name,
            maps_spec({"x": (2, *size), "u": (1, *size)}, kind("n", 2, (2, 2), sources)),
            filled("x", (3, 2, *size)),
            filled("x", (3, 1, *size)),
        )
        agree(workspace.a["n"], torch["y"])
        for mine, theirs in (("x", "dx"), ("u", "du")):
            agree(workspace.da[mine], torch[theirs])
        for mine, theirs in (("w:c", "dw"), ("w:d", "dv"), ("b:n", "db")):
            agree(plan.gradient_views[mine], torch[theirs])

    def test_a_network_for_digits_by_differences(self):
        """Two convolutions, two poolings, flattened into a dense layer with softmax."""
        spec = maps_spec(
            {"x": (1, 9, 8)},
            ConvolutionSpec("c1", 2, (3, 3), source("x", "w1"), RELU, padding=(1, 1)),
            MaxPoolingSpec("p1", (2, 2), source("c1", "s1")),
            ConvolutionSpec("c2", 3, (3, 2), source("p1", "w2"), RELU),
            AveragePoolingSpec("p2", (2, 2), source("c2", "s2"), stride=(1, 1)),
            FlattenSpec("f", source("p2", "s3")),
            LayerSpec("o", 4, ActivationSpec("softmax"), source("f", "w3")),
        )
        assert spec.shapes["p2"] == (3, 1, 2)
        assert gradient_error(spec) < TOLERANCE

    def test_the_same_map_twice(self):
        """x seen through two kernels, added: the gradient of x has two parts."""
        sources = (Source("c", "h"), Source("d", "h"))
        for kind in (ConvolutionSpec, TransposedConvolutionSpec):
            spec = maps_spec(
                {"x": (1, 4, 4)},
                ConvolutionSpec("h", 2, (2, 2), source("x", "e")),
                kind("n", 2, (2, 2), sources),
            )
            assert gradient_error(spec) < TOLERANCE


@pytest.mark.parametrize("kind", [ConvolutionSpec, TransposedConvolutionSpec])
class TestActivations:
    @pytest.mark.parametrize(
        "activation", ["identity", "tanh", "sigmoid", "leaky_relu", "gelu", "softmax", "maxout"]
    )
    def test_the_gradient_by_differences(self, kind, activation):
        node = kind("n", 2, (2, 3), source("h", "d"), ActivationSpec(activation, pieces=3))
        below = ConvolutionSpec("h", 2, (2, 2), source("x", "c"), ActivationSpec("tanh"))
        assert gradient_error(maps_spec({"x": (1, 4, 5)}, below, node)) < TOLERANCE

    def test_softmax_is_over_the_channels(self, kind):
        node = kind("n", 3, (2, 2), source("x", "c"), ActivationSpec("softmax"))
        workspace = propagated(
            filled_plan(maps_spec({"x": (2, 3, 4)}, node)), filled("x", (2, 2, 3, 4))
        )
        total = workspace.a["n"].sum(axis=1)
        np.testing.assert_allclose(total, np.ones_like(total), rtol=1e-15)

    def test_maxout_has_kernels_for_each_piece(self, kind):
        node = kind("n", 2, (2, 2), source("x", "c"), ActivationSpec("maxout", pieces=3))
        plan = filled_plan(maps_spec({"x": (1, 3, 3)}, node))
        workspace = propagated(plan, filled("x", (2, 1, 3, 3)))
        record = Record()
        workspace.forward(record)
        z = record.arrays["z:n"]
        assert plan.views["b:n"].shape == (6,)
        assert z.shape[1] == 6
        np.testing.assert_array_equal(
            record.arrays["a:n"], z.reshape(2, 2, 3, *z.shape[2:]).max(axis=2)
        )


class TestByHand:
    #: 3 x 3, one channel, one sample
    X = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]])

    def plan(self, node, kernel, bias, arithmetic="settled", size=(1, 3, 3)):
        spec = maps_spec({"x": size}, node, arithmetic=arithmetic)
        return Plan(spec, {"w:c": np.array([[kernel]]), "b:n": np.array([bias])})

    def test_the_kernel_is_not_flipped(self):
        """1·1 + 2·2 + 3·4 + 4·5 = 37, and so on; minus 50; then ReLU."""
        node = ConvolutionSpec("n", 1, (2, 2), source("x", "c"), RELU)
        plan = self.plan(node, [[1.0, 2.0], [3.0, 4.0]], -50.0)
        workspace = propagated(plan, self.X)
        record = Record()
        workspace.forward(record)
        workspace.backward(record)
        assert record.arrays["z:n"].tolist() == [[[[-13, -3], [17, 27]]]]
        assert record.arrays["a:n"].tolist() == [[[[0, 0], [17, 27]]]]
        assert record.arrays["da:n"].tolist() == [[[[0, 0], [17, 27]]]]
        assert record.arrays["dz:n"].tolist() == [[[[0, 0], [17, 27]]]]
        # dw = Σ dz x: 17·4 + 27·5, 17·5 + 27·6, 17·7 + 27·8, 17·8 + 27·9
        assert record.arrays["gw:c"].tolist() == [[[[203, 247], [335, 379]]]]
        assert record.arrays["gb:n"].tolist() == [44]

    def test_the_transpose_stamps_the_kernel(self):
        node = TransposedConvolutionSpec("n", 1, (2, 2), source("x", "c"), stride=(2, 2))
        plan = self.plan(node, [[1.0, 10.0], [100.0, 1000.0]], 0.5, size=(1, 1, 2))
        workspace = propagated(plan, np.array([[[[2.0, 3.0]]]]))
        assert workspace.a["n"].tolist() == [
            [[[2.5, 20.5, 3.5, 30.5], [200.5, 2000.5, 300.5, 3000.5]]]
        ]

    def test_overlapping_stamps_add_up(self):
        node = TransposedConvolutionSpec("n", 1, (1, 2), source("x", "c"))
        plan = self.plan(node, [[1.0, 10.0]], 0.0, size=(1, 1, 3))
        workspace = propagated(plan, np.array([[[[2.0, 3.0, 4.0]]]]))
        assert workspace.a["n"].tolist() == [[[[2, 23, 34, 40]]]]

    @pytest.mark.parametrize("kind", [ConvolutionSpec, TransposedConvolutionSpec])
    def test_settled_sums_are_0_where_they_are_on_paper(self, kind):
        """0.1 + 0.2 - 0.3 is 5.6e-17 in floats: a threshold at 0 would be decided by that."""
        found = {}
        for arithmetic in ("float64", "settled"):
            node = kind("n", 1, (1, 2), source("x", "c"))
            plan = self.plan(node, [[0.1, 0.2]], -0.3, arithmetic, (1, 1, 2))
            found[arithmetic] = propagated(plan, np.ones((1, 1, 1, 2))).a["n"].ravel()
        # Where all three meet: the only window, or the middle of the stamps.
        middle = len(found["settled"]) // 2
        assert found["float64"][middle] != 0.0
        assert found["settled"][middle] == 0.0
        np.testing.assert_allclose(found["settled"], found["float64"], rtol=0, atol=1e-15)

    @pytest.mark.parametrize("kind", [ConvolutionSpec, TransposedConvolutionSpec])
    def test_fractions_stay_fractions(self, kind):
        node = kind("n", 1, (1, 2), source("x", "c"), RELU)
        plan = self.plan(node, [[0.1, 0.2]], -0.3, "exact", (1, 1, 2))
        workspace = propagated(plan, np.array([[[[0.5, 1.0]]]]), input_gradients=False)
        values = workspace.a["n"].ravel().tolist()
        assert all(isinstance(value, (int, Fraction)) for value in values)
        tenth = Fraction(1, 10)
        # 1/20 + 2/10 - 3/10 < 0; stamped: 1/20, then 2/20 + 1/10, then 2/10, all with -3/10.
        assert values == ([0] if kind is ConvolutionSpec else [0, 0, 0])
        plan.views["b:n"][...] = tenth
        workspace.forward()
        stamped = [3 * tenth / 2, 3 * tenth, 3 * tenth]
        expected = [Fraction(7, 20)] if kind is ConvolutionSpec else stamped
        assert workspace.a["n"].ravel().tolist() == expected

    def test_nan_and_infinity_are_results(self):
        node = ConvolutionSpec("n", 1, (1, 1), source("x", "c"))
        plan = self.plan(node, [[1.0]], 0.0, "float64")
        x = self.X.copy()
        x[0, 0, 0, :2] = np.nan, np.inf
        y = propagated(plan, x).a["n"][0, 0]
        assert np.isnan(y[0, 0])
        assert y[0, 1] == np.inf
        assert y[1, 1] == 5.0

    def test_weights_changed_on_the_way_back_are_those_it_goes_on_with(self):
        """The convention in which the layer below sees updated weights holds for kernels, too."""
        below = ConvolutionSpec("h", 1, (1, 1), source("x", "e"), has_bias=False)
        node = ConvolutionSpec("n", 1, (1, 1), source("h", "c"), has_bias=False)
        spec = maps_spec({"x": (1, 1, 1)}, below, node)
        plan = Plan(spec, {"w:e": np.full((1, 1, 1, 1), 2.0), "w:c": np.full((1, 1, 1, 1), 3.0)})
        workspace = propagated(plan, np.ones((1, 1, 1, 1)))
        assert plan.gradient_views["w:e"].item() == 18  # da = 6, times 3, times x = 1

        def change(names):
            if "w:c" in names:
                plan.views["w:c"][...] = 5.0

        workspace.backward(after_layer=change)
        assert plan.gradient_views["w:e"].item() == 30


class TestSizesThatDoNotFit:
    def shape(self, kind, *sources, kernel=(3, 3), channels=1, **options):
        sources = sources or ((1, 4, 4),)
        names = tuple(Source(f"c{k}", f"x{k}") for k in range(len(sources)))
        return kind("n", channels, kernel, names, **options).shape(sources)

    def test_a_kernel_larger_than_the_map(self):
        with pytest.raises(ValueError, match=r"n: a window over 5 x 5 does not fit .* of 4 x 4"):
            self.shape(ConvolutionSpec, kernel=(3, 3), dilation=(2, 2))
        assert self.shape(ConvolutionSpec, dilation=(2, 2), padding=(1, 1)) == (1, 2, 2)

    @pytest.mark.parametrize("kind", [ConvolutionSpec, TransposedConvolutionSpec])
    def test_numbers_that_make_no_sense(self, kind):
        for option, pair in (
            ("kernel", (0, 1)),
            ("stride", (1, 0)),
            ("padding", (-1, 0)),
            ("dilation", (0, 1)),
        ):
            with pytest.raises(ValueError, match=f"n: {option} is"):
                self.shape(kind, **{option: pair})
        with pytest.raises(ValueError, match="n needs at least one channel, not 0"):
            self.shape(kind, channels=0)

    @pytest.mark.parametrize("kind", [ConvolutionSpec, TransposedConvolutionSpec])
    def test_sources(self, kind):
        with pytest.raises(ValueError, match=r"n needs a map .* gets \(16,\)"):
            self.shape(kind, (16,))
        with pytest.raises(ValueError, match="n needs sources of the same rows and columns"):
            self.shape(kind, (1, 4, 4), (1, 4, 5))
        with pytest.raises(ValueError, match="n needs sources of the same rows and columns"):
            kind("n", 1, (3, 3), ()).shape([])

    def test_output_padding(self):
        with pytest.raises(ValueError, match=r"n: output padding \(2, 0\) must be less"):
            self.shape(TransposedConvolutionSpec, stride=(2, 2), output_padding=(2, 0))

    def test_a_transpose_of_which_nothing_is_left(self):
        with pytest.raises(ValueError, match=r"n: padding \(3, 0\) leaves nothing"):
            self.shape(TransposedConvolutionSpec, padding=(3, 0))
