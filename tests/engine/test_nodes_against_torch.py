"""What few other tests compare with PyTorch: many nodes at once, windows of time, single precision.

One network has two inputs, two outputs with losses of their own, penalties, and between them nodes
that combine, reshape, cut, mask, add noise and stop the gradient.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.initialisers import InitialiserSpec, initial, start_values
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.chance import DropoutSpec, GaussianNoiseSpec
from nnsim.engine.ops.combining import (
    AddSpec,
    ConcatenateSpec,
    MultiplySpec,
    SliceSpec,
    StopGradientSpec,
)
from nnsim.engine.ops.convolution import ConvolutionSpec, TransposedConvolutionSpec
from nnsim.engine.ops.embedding import EmbeddingSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.reshaping import FlattenSpec, ReshapeSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, ObjectiveSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from nnsim.engine.regularisers import PenaltySpec
from tests.support.plans import descent

# Values of torch 2.13.0; each entry names the expression that gave it.
TORCH = json.loads((Path(__file__).parent / "nodes_torch_values.json").read_text(encoding="utf-8"))


def sources(node, *names):
    return tuple(Source(f"{name}-{node}", name) for name in names)


def layer(node, units, activation, *names):
    return LayerSpec(node, units, ActivationSpec(activation), sources(node, *names))


MANY = PlanSpec(
    sizes=(("x1", 4), ("x2", 3)),
    nodes=(
        layer("a", 8, "tanh", "x1"),
        layer("b", 8, "identity", "x2"),
        MultiplySpec("m", sources("m", "a", "b")),
        AddSpec("s", sources("s", "a", "b")),
        ReshapeSpec("r", (2, 2, 2), sources("r", "m")),
        ConvolutionSpec("k", 3, (2, 2), sources("k", "r"), ActivationSpec("relu")),
        FlattenSpec("f", sources("f", "k")),
        DropoutSpec("d", 0.25, sources("d", "s")),
        SliceSpec("s1", 0, 4, sources("s1", "s")),
        StopGradientSpec("g", sources("g", "s1")),
        SliceSpec("a2", 4, 8, sources("a2", "a")),
        ConcatenateSpec("c", sources("c", "g", "a2")),
        GaussianNoiseSpec("e", 0.3, sources("e", "c")),
        layer("o", 2, "identity", "f", "d"),
        layer("p", 3, "identity", "e"),
    ),
    outputs=("o", "p"),
    arithmetic="float64",
    objectives=(
        ObjectiveSpec("number", ("o",), LossSpec("mse")),
        ObjectiveSpec("class", ("p",), LossSpec("multiclass_hinge"), weight=0.7),
    ),
)
LIMITS = Update(
    OptimiserSpec("gradient_descent", 0.1), penalty=PenaltySpec(l1=0.02, l2=0.05, half=False)
)


def many(torch):
    start = {name: np.array(values) for name, values in torch["parameters"].items()}
    inputs = np.hstack([torch["x1"], torch["x2"]])
    targets = np.hstack([torch["t1"], torch["t2"]])
    plan = Plan(MANY, start, generator(11))
    return GradientLearner(plan, inputs, targets, Feed(3), LIMITS, 3)


class TestManyNodes:
    torch = TORCH["network"]

    @pytest.fixture
    def record(self):
        record = Record()
        many(self.torch).iterate(record)
        return record

    def test_predictions_with_masks_and_noise_of_ours(self, record):
        """PyTorch was given the numbers that this generator draws."""
        np.testing.assert_allclose(record.array("mask:d"), self.torch["mask"], rtol=1e-15)
        np.testing.assert_allclose(record.array("epsilon:e"), self.torch["epsilon"], rtol=1e-15)
        np.testing.assert_allclose(record.array("y"), self.torch["y"], rtol=1e-12)

    def test_losses_and_penalties(self, record):
        names = ("L:number", "L:class", "L:penalty")
        parts = [float(record.array(name)) for name in names]
        number, rival, penalty = self.torch["losses"]
        np.testing.assert_allclose(parts, [number, 0.7 * rival, penalty], rtol=1e-12)

    def test_gradients(self, record):
        for name, gradient in self.torch["gradient"].items():
            used = record.array(f"used.g{name}")
            np.testing.assert_allclose(used, gradient, rtol=1e-11, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("case", TORCH["step"], ids=lambda case: case["expression"])
def test_the_step_is_heavisides(case):
    step = make_activation(ActivationSpec("step", one_at_zero=bool(case["one_at_zero"])))
    assert step.forward(np.array(case["z"])).tolist() == case["a"]


KINDS = {"lstm": LSTMSpec, "gru": GRUSpec, "rnn_tanh": SimpleRecurrentSpec}


@pytest.mark.parametrize("case", TORCH["truncated"], ids=lambda case: case["kind"])
def test_backpropagation_through_windows_of_time(case):
    """States go on from one window to the next, gradients do not."""
    kind, steps = case["kind"], 3
    spec = PlanSpec(
        (("x", (steps, 2)),),
        (KINDS[kind]("r", 3, (Source("c", "x"),), carried=2),),
        ("r",),
        arithmetic="float64",
    )
    named = {"w": "w:c", "u": "u:r", "b": "b:r", "c": "c:r"}
    start = {named[name]: np.array(values) for name, values in case["parameters"].items()}
    x, t = (np.array(case[name]) for name in ("x", "t"))
    windows = [slice(at, at + steps) for at in range(0, x.shape[1], steps)]
    inputs = np.concatenate([x[:, window].reshape(2, -1) for window in windows])
    targets = np.concatenate([t[:, window].reshape(2, -1) for window in windows])
    plan = Plan(spec, start)
    learner = GradientLearner(plan, inputs, targets, Feed(6), descent(0.1), 2)
    for window in case["windows"]:
        record = Record()
        assert learner.iterate(record).loss == pytest.approx(window["L"], rel=1e-12)
        np.testing.assert_allclose(record.array("a:r"), window["y"], rtol=1e-12)
        for name in ("w", "u", "b"):
            np.testing.assert_allclose(plan.views[named[name]], window[name], rtol=1e-11)


def test_single_precision_is_as_close_as_its_digits():
    torch, parameters = TORCH["float32"], TORCH["network"]["parameters"]
    spec = PlanSpec(
        (("x1", 4),),
        (layer("a", 8, "tanh", "x1"), layer("p", 3, "identity", "a")),
        ("p",),
        LossSpec("cross_entropy_from_logits"),
        "float32",
    )
    renamed = {"w:x1-a": "w:x1-a", "b:a": "b:a", "w:e-p": "w:a-p", "b:p": "b:p"}
    plan = Plan(spec, {ours: np.array(parameters[name]) for name, ours in renamed.items()})
    workspace = plan.workspace(3)
    network = TORCH["network"]
    workspace.load(*(plan.numbers(network[name]) for name in ("x1", "t2")))
    assert workspace.forward().dtype == np.float32
    # A few units in the last of 24 bits.
    close = partial(np.testing.assert_allclose, rtol=2e-6, atol=2e-7)
    close(workspace.y, torch["y"])
    close(workspace.loss(), torch["L"])
    workspace.backward()
    for name, ours in renamed.items():
        close(plan.gradient_views[ours], torch["gradient"][name])


@pytest.mark.parametrize("case", TORCH["initialisers"], ids=lambda c: f"{c['name']} {c['shape']}")
def test_initialisers_spread_as_pytorchs(case):
    """Standard deviation and largest size of 100,000 numbers and more."""
    drawn = initial(InitialiserSpec(case["name"]), tuple(case["shape"]), generator(0))
    # Five standard errors of a deviation; the largest of normal numbers varies more.
    errors = 5 / np.sqrt(drawn.size)
    assert drawn.std() == pytest.approx(case["deviation"], rel=errors)
    assert np.abs(drawn).max() == pytest.approx(
        case["largest"], rel=1e-3 if "uniform" in case["name"] else 0.15
    )


DEFAULTS = {
    "dense": (50, partial(LayerSpec, units=400, activation=ActivationSpec("tanh"))),
    "convolution": ((5, 9, 9), partial(ConvolutionSpec, channels=300, kernel=(3, 2))),
    "transposed": ((5, 9, 9), partial(TransposedConvolutionSpec, channels=300, kernel=(3, 2))),
    "rnn_tanh": ((3, 7), partial(SimpleRecurrentSpec, units=400)),
    "lstm": ((3, 7), partial(LSTMSpec, units=400)),
    "gru": ((3, 7), partial(GRUSpec, units=400)),
    "embedding": (4, partial(EmbeddingSpec, entries=300, features=40)),
}


@pytest.mark.parametrize("case", TORCH["defaults"], ids=lambda case: case["expression"])
def test_layers_start_as_pytorchs_do(case):
    """Biases of recurrent layers are the sum of two there, but for the candidate of a GRU."""
    size, made = DEFAULTS[case["kind"]]
    spec = PlanSpec((("x", size),), (made(node="n", sources=sources("n", "x")),), ("n",))
    start = start_values(spec, InitialiserSpec("pytorch"), generator(0))
    assert {name.partition(":")[0] for name in start} == set(case["parameters"])
    for name, drawn in start.items():
        torch = case["parameters"][name.partition(":")[0]]
        assert drawn.std() == pytest.approx(torch["deviation"], rel=5 / np.sqrt(drawn.size))
        # The largest of normal numbers, and of sums of two even ones, varies more.
        far = 0.15 if case["kind"] == "embedding" or name == "b:n" else 0.02
        assert np.abs(drawn).max() == pytest.approx(torch["largest"], rel=far)
