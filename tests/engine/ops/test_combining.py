"""Nodes that put values together, take parts of them, or pass them on."""

import numpy as np
import pytest

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.ops.combining import (
    ActivationNodeSpec,
    AddSpec,
    ConcatenateSpec,
    MultiplySpec,
    SliceSpec,
    StopGradientSpec,
)
from nnsim.engine.plan import LayerSpec, PlanSpec, Source
from tests.support.nodes import between_layers, node_plan, random_samples, run, sources
from tests.support.plans import random_plan

P = np.array([[1.0, -2.0], [3.0, 0.0]])
Q = np.array([[4.0, 5.0], [-6.0, 7.0]])
DA = np.array([[0.5, -1.0], [2.0, 3.0]])


def test_add():
    workspace = run(node_plan(AddSpec("n", sources("p", "q")), {"p": 2, "q": 2}), [P, Q], DA)
    assert workspace.a["n"].tolist() == [[5, 3], [-3, 7]]
    assert workspace.da["p"].tolist() == workspace.da["q"].tolist() == DA.tolist()


def test_multiply_also_where_a_factor_is_0():
    workspace = run(node_plan(MultiplySpec("n", sources("p", "q")), {"p": 2, "q": 2}), [P, Q], DA)
    assert workspace.a["n"].tolist() == [[4, -10], [-18, 0]]
    assert workspace.da["p"].tolist() == (DA * Q).tolist()
    assert workspace.da["q"].tolist() == (DA * P).tolist()


def test_a_square_is_a_product_with_itself():
    workspace = run(node_plan(MultiplySpec("n", sources("p", "p")), {"p": 2}), [P], DA)
    assert workspace.a["n"].tolist() == (P * P).tolist()
    assert workspace.da["p"].tolist() == (2 * P * DA).tolist()


class TestConcatenate:
    def test_units(self):
        plan = node_plan(ConcatenateSpec("n", sources("q", "p")), {"p": 2, "q": 1})
        da = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        workspace = run(plan, [P, Q[:, :1]], da)
        assert workspace.a["n"].tolist() == [[4, 1, -2], [-6, 3, 0]]
        assert workspace.da["q"].tolist() == [[1], [4]]
        assert workspace.da["p"].tolist() == [[2, 3], [5, 6]]

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_any_axis_of_maps(self, axis):
        shape = [2, 3, 2]
        shape[axis] = 4
        random = np.random.default_rng(1)
        p, q = random.integers(-9, 9, (3, 2, 3, 2)), random.integers(-9, 9, (3, *shape))
        plan = node_plan(
            ConcatenateSpec("n", sources("p", "q"), axis), {"p": (2, 3, 2), "q": tuple(shape)}
        )
        together = np.concatenate([p, q], axis=axis + 1)
        workspace = run(plan, [p, q], together)
        assert workspace.a["n"].tolist() == together.tolist()
        assert workspace.da["p"].tolist() == p.tolist()
        assert workspace.da["q"].tolist() == q.tolist()


class TestSlice:
    def test_the_rest_gets_no_gradient(self):
        x = np.arange(8.0).reshape(2, 4)
        workspace = run(node_plan(SliceSpec("n", 1, 3, sources("x")), {"x": 4}), [x], DA)
        assert workspace.a["n"].tolist() == [[1, 2], [5, 6]]
        assert workspace.da["x"].tolist() == [[0, 0.5, -1, 0], [0, 2, 3, 0]]

    def test_features_of_a_sequence(self):
        x = np.arange(12.0).reshape(2, 3, 2)
        plan = node_plan(SliceSpec("n", 1, 2, sources("x"), axis=1), {"x": (3, 2)})
        workspace = run(plan, [x], x[:, :, 1:])
        assert workspace.a["n"].tolist() == x[:, :, 1:].tolist()
        assert workspace.da["x"][:, :, 0].tolist() == np.zeros((2, 3)).tolist()
        assert workspace.da["x"][:, :, 1].tolist() == x[:, :, 1].tolist()


class TestActivationNode:
    @pytest.mark.parametrize("name", ["tanh", "relu", "gelu", "softmax", "maxout"])
    def test_it_is_the_activation(self, name):
        spec = ActivationSpec(name)
        x = np.random.default_rng(2).normal(size=(3, 4, 2, 2))
        activation = make_activation(spec)
        columns = np.moveaxis(x, 0, -1)
        a = activation.forward(columns)
        da = np.random.default_rng(3).normal(size=(3, *a.shape[:-1]))
        plan = node_plan(ActivationNodeSpec("n", spec, sources("x")), {"x": (4, 2, 2)})
        workspace = run(plan, [x], da)
        assert workspace.a["n"].tolist() == np.moveaxis(a, -1, 0).tolist()
        expected = activation.backward(columns, a, np.moveaxis(da, 0, -1))
        # The gradient put in is y - (y - da).
        np.testing.assert_allclose(
            workspace.da["x"], np.moveaxis(expected, -1, 0), rtol=1e-12, atol=1e-15
        )


def stopped(is_stopped):
    """h feeds o directly, and through s."""
    layers = [
        LayerSpec("h", 3, ActivationSpec("tanh"), (Source("c1", "x"),)),
        StopGradientSpec("s", (Source("c2", "h"),)),
        LayerSpec("o", 1, ActivationSpec("identity"), (Source("c3", "s" if is_stopped else "h"),)),
    ]
    if not is_stopped:
        del layers[1]
    return PlanSpec((("x", 2),), tuple(layers), ("o",), arithmetic="float64")


class TestStopGradient:
    def gradients(self, is_stopped):
        spec = stopped(is_stopped)
        plan = random_plan(spec)
        workspace = plan.workspace(4)
        workspace.load(*random_samples(spec))
        y = workspace.forward().copy()
        workspace.backward()
        return y.tolist(), {name: plan.gradient_views[name].tolist() for name in plan.layout}

    def test_values_go_on_and_gradients_do_not_come_back(self):
        (y, with_stop), (expected, without) = self.gradients(True), self.gradients(False)
        assert y == expected
        assert with_stop["w:c3"] == without["w:c3"]
        assert np.abs(without["w:c1"]).min() > 0
        assert not np.any(with_stop["w:c1"])
        assert not np.any(with_stop["b:h"])

    def test_other_ways_stay_open(self):
        layers = (
            LayerSpec("h", 2, ActivationSpec("tanh"), (Source("c1", "x"),)),
            StopGradientSpec("s", (Source("c2", "h"),)),
            MultiplySpec("m", (Source("c3", "h"), Source("c4", "s"))),
        )
        spec = PlanSpec((("x", 2),), layers, ("m",), arithmetic="float64")
        plan = random_plan(spec)
        workspace = plan.workspace(4)
        inputs, targets = random_samples(spec)
        workspace.load(inputs, targets)
        workspace.forward()
        workspace.backward()
        # Of h² only one factor is seen: half of the gradient of the square.
        expected = workspace.da["m"] * workspace.a["h"]
        np.testing.assert_allclose(workspace.da["h"], expected, rtol=1e-15)


NODES = {
    "add": AddSpec("n", sources("h", "x", "h")),
    "multiply": MultiplySpec("n", sources("h", "x", "h")),
    "concatenate": ConcatenateSpec("n", sources("h", "x", "h")),
    "slice": SliceSpec("n", 1, 3, sources("h")),
    "activation": ActivationNodeSpec("n", ActivationSpec("softplus"), sources("h")),
    "softmax": ActivationNodeSpec("n", ActivationSpec("softmax"), sources("h")),
}


@pytest.mark.parametrize("name", NODES)
def test_gradient_through_layers(name):
    spec = between_layers(NODES[name], units=3)
    check = check_gradient(random_plan(spec), *random_samples(spec))
    assert check.largest < 1e-6
    assert np.abs(check.analytic).min() > 0 or name == "slice"


@pytest.mark.parametrize(
    ("node", "shapes", "words"),
    [
        (AddSpec("n", ()), [(2,), (3,)], "same shape"),
        (MultiplySpec("n", ()), [], "same shape"),
        (ConcatenateSpec("n", ()), [(2, 3), (2, 4)], "differ in more"),
        (ConcatenateSpec("n", (), axis=1), [(2,), (2,)], "an axis 1"),
        (SliceSpec("n", 2, 2, ()), [(4,)], "no part"),
        (SliceSpec("n", 0, 5, ()), [(4,)], "no part"),
        (ActivationNodeSpec("n", ActivationSpec("maxout"), ()), [(3,)], "not divisible"),
        (StopGradientSpec("n", ()), [(3,), (3,)], "one source"),
    ],
)
def test_what_does_not_fit_is_refused(node, shapes, words):
    with pytest.raises(ValueError, match=words):
        node.shape(shapes)
