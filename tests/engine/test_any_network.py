"""Any network of dense nodes, however wired, against a plain evaluator and against differences."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.learners import Feed, Watch
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.learners.verdict import VerdictKind
from nnsim.engine.losses import LossSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from tests.support.plans import bits_of, drawn

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "silu", "gelu", "softmax")

#: f(z) of one unit as a book writes it, for the numbers that come up here.
BY_THE_BOOK = {
    "step": lambda z: 1.0 if z >= 0 else 0.0,
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "leaky_relu": lambda z: max(0.1 * z, z),
    "elu": lambda z: z if z >= 0 else math.expm1(z),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "silu": lambda z: z / (1 + math.exp(-z)),
    "gelu": lambda z: z * 0.5 * math.erfc(-z / math.sqrt(2)),
}


@st.composite
def networks(draw, activations=ACTIVATIONS):
    """A spec: up to three inputs, up to eight nodes that see any nodes before them."""
    inputs = [(f"x{k}", draw(st.integers(1, 3))) for k in range(draw(st.integers(1, 3)))]
    names = [name for name, _ in inputs]
    # Few kinds, so that nodes often have the same one and are computed together.
    kinds = draw(st.lists(st.sampled_from(activations), min_size=1, max_size=2))
    layers = []
    for number in range(draw(st.integers(1, 8))):
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        sources = tuple(Source(f"c{number}-{name}", name) for name in chosen)
        kind = ActivationSpec(draw(st.sampled_from(kinds)), pieces=draw(st.integers(2, 3)))
        layers.append(LayerSpec(f"n{number}", draw(st.integers(1, 3)), kind, sources))
        names.append(f"n{number}")
    fed = {source.node for layer in layers for source in layer.sources}
    outputs = tuple(layer.node for layer in layers if layer.node not in fed)
    return PlanSpec(tuple(inputs), tuple(layers), outputs, LossSpec("mse"), "float64")


def evaluated(plan, sample):
    """Sums and activations of every node for one sample, number by number."""
    spec, sums, values, at = plan.spec, {}, {}, 0
    for name, units in spec.inputs:
        values[name] = [float(x) for x in sample[at : at + units]]
        at += units
    for layer in spec.layers:
        z = []
        for row in range(layer.rows):
            total = [float(plan.views[f"b:{layer.node}"][row])]
            for source in layer.sources:
                weights = plan.views[f"w:{source.connection}"][row]
                total += [float(w) * x for w, x in zip(weights, values[source.node], strict=True)]
            z.append(math.fsum(total))
        sums[layer.node], values[layer.node] = z, activated(layer, z)
    return sums, values


def activated(layer, z):
    if layer.activation.name == "softmax":
        powers = [math.exp(value) for value in z]
        return [power / math.fsum(powers) for power in powers]
    if layer.activation.name == "maxout":
        pieces = layer.activation.pieces
        return [max(z[k : k + pieces]) for k in range(0, len(z), pieces)]
    return [BY_THE_BOOK[layer.activation.name](value) for value in z]


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 2**32))
def test_every_sum_and_every_activation_is_what_the_definition_says(spec, seed):
    plan, inputs, _ = drawn(spec, seed)
    workspace = plan.workspace(len(inputs))
    workspace.load(inputs)
    workspace.forward()
    for sample, row in enumerate(inputs):
        sums, values = evaluated(plan, row)
        # A sum that rounding puts on the other side of a jump is no error: none is that close.
        if any(abs(z) < 1e-12 for zs in sums.values() for z in zs):
            continue
        for layer in spec.layers:
            node = layer.node
            np.testing.assert_allclose(
                workspace.z[node][sample], sums[node], rtol=1e-12, atol=1e-14
            )
            np.testing.assert_allclose(
                workspace.a[node][sample], values[node], rtol=1e-12, atol=1e-14
            )
        y = [value for node in spec.outputs for value in values[node]]
        np.testing.assert_allclose(workspace.y[sample], y, rtol=1e-12, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(networks(SMOOTH), st.integers(0, 2**32))
def test_every_gradient_is_the_limit_of_differences(spec, seed):
    plan, inputs, targets = drawn(spec, seed)
    # The differences are good to about 1e-10 of L, and count from a gradient of 1e-4 on.
    assert check_gradient(plan, inputs, targets).largest < 1e-6


@settings(max_examples=30, deadline=None)
@given(networks(SMOOTH), st.integers(0, 2**32))
def test_single_precision_computes_the_same_in_fewer_digits(spec, seed):
    plan, inputs, targets = drawn(spec, seed)
    single = Plan(replace(spec, arithmetic="float32"), plan.views)
    for each in (plan, single):
        workspace = each.workspace(len(inputs))
        workspace.load(each.numbers(inputs), each.numbers(targets))
        workspace.forward()
        workspace.backward()
        assert each.gradient.dtype == workspace.y.dtype == each.dtype
    for name, gradient in plan.gradient_views.items():
        np.testing.assert_allclose(single.gradient_views[name], gradient, rtol=1e-3, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(networks(), st.integers(0, 2**32), st.integers(1, 5))
def test_a_run_from_a_snapshot_is_the_first_run_bit_for_bit(spec, seed, batch):
    plan, inputs, targets = drawn(spec, seed, batch=7)
    learner = GradientLearner(plan, inputs, targets, Feed(7, True, 1), sgd(0.05), batch)
    learner.iterate()
    snapshot = learner.snapshot()
    first = [bits_of(learner) for _ in range(4)]
    learner.restore(snapshot)
    again = [bits_of(learner) for _ in range(4)]
    assert first == again


def sgd(rate):
    return Update(OptimiserSpec("gradient_descent", rate))


@pytest.mark.parametrize(("name", "start"), [("relu", 1e200), ("identity", -1e300)])
def test_infinity_is_a_result_that_is_recorded_and_ends_the_run(name, start):
    layers = (
        LayerSpec("h", 1, ActivationSpec(name), (Source("c", "x"),)),
        LayerSpec("o", 1, ActivationSpec("identity"), (Source("d", "h"),)),
    )
    spec = PlanSpec((("x", 1),), layers, ("o",), LossSpec("mse"), "float64")
    values = {"w:c": [[start]], "b:h": [0.0], "w:d": [[start]], "b:o": [0.0]}
    plan = Plan(spec, {name: np.array(value) for name, value in values.items()})
    learner = GradientLearner(plan, np.ones((1, 1)), np.zeros((1, 1)), Feed(1), sgd(0.1), 1)
    watch, record = Watch(learner, 0.0, 0.0), Record()
    metrics = learner.iterate(record)
    assert np.isinf(record.arrays["z:o"][0, 0])
    assert metrics.loss == math.inf
    verdict = watch.see(learner, metrics)
    assert verdict is not None
    assert verdict.kind is VerdictKind.NOT_FINITE
