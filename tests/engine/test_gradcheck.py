"""Backpropagation of whole networks, against differences and against PyTorch."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec, Softplus
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.losses import LOSSES, LossSpec
from nnsim.engine.plan import Plan
from tests.support.plans import random_plan, spec_of

TORCH = json.loads((Path(__file__).parent / "torch_values.json").read_text(encoding="utf-8"))
# The differences are good to about 1e-10 of L, and count from a gradient of 1e-4 on.
TOLERANCE = 1e-6

WIRINGS = {
    "2-1": ([("x", 2)], [("o", 1, None, [("c1", "x")])]),
    "2-3-2": ([("x", 2)], [("h", 3, None, [("c1", "x")]), ("o", 2, None, [("c2", "h")])]),
    "a node feeds two layers": (
        [("x", 2)],
        [
            ("h", 2, None, [("c1", "x")]),
            ("p", 2, None, [("c2", "h")]),
            ("o", 1, None, [("c3", "h"), ("c4", "p")]),
        ],
    ),
    "an input skips a layer": (
        [("x", 2)],
        [("h", 2, None, [("c1", "x")]), ("o", 1, None, [("c2", "h"), ("c3", "x")])],
    ),
    "two inputs into one neuron": (
        [("p", 1), ("q", 1)],
        [("n", 1, None, [("c1", "p"), ("c2", "q")])],
    ),
    "two output nodes": (
        [("x", 2)],
        [
            ("h", 3, None, [("c1", "x")]),
            ("o1", 1, None, [("c2", "h")]),
            ("o2", 2, None, [("c3", "h"), ("c4", "x")]),
        ],
    ),
}


def wired(name, hidden, output, loss="mse"):
    """A wiring with these activations; layers that feed others are hidden."""
    inputs, layers = WIRINGS[name]
    fed = {source for *_, sources in layers for _, source in sources}
    chosen = [
        (node, units, hidden if node in fed else output, sources)
        for node, units, _, sources in layers
    ]
    return spec_of(inputs, chosen, loss)


def samples(spec, loss="mse", rows=4, seed=1):
    random = generator(seed)
    inputs = random.uniform(-1, 1, (rows, sum(units for _, units in spec.inputs)))
    targets = random.uniform(0.1, 0.9, (rows, spec.output_count))
    if loss == "hinge":
        targets = np.where(targets > 0.5, 1.0, -1.0)
    return inputs, targets


SMOOTH = sorted(set(ACTIVATIONS) - {"step"})


@pytest.mark.parametrize("wiring", WIRINGS)
@pytest.mark.parametrize("activation", SMOOTH)
def test_every_activation_in_every_wiring(wiring, activation):
    spec = wired(wiring, ActivationSpec(activation, pieces=3), ActivationSpec(activation))
    check = check_gradient(random_plan(spec, seed=4), *samples(spec))
    assert check.largest < TOLERANCE
    if activation != "softmax" or wiring == "2-3-2":
        assert np.abs(check.analytic).max() > 1e-4  # there was something to check


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("wiring", "loss"),
    [
        (wiring, loss)
        for wiring, outputs in (
            ("2-3-2", 2),
            ("two output nodes", 3),
            ("a node feeds two layers", 1),
        )
        for loss in LOSSES
        # μ and log σ² come in pairs, and a single class has no rival.
        if (loss != "kl_normal" or outputs == 2) and (loss != "multiclass_hinge" or outputs > 1)
    ],
)
def test_every_loss_with_its_conventions(wiring, loss, reduction, half):
    output = (
        "softmax" if loss == "cross_entropy" and wiring != "a node feeds two layers" else "sigmoid"
    )
    spec = wired(wiring, "tanh", output, LossSpec(loss, reduction, half))
    check = check_gradient(random_plan(spec, seed=2), *samples(spec, loss))
    assert check.largest < TOLERANCE


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_any_batch(rows):
    spec = wired("2-3-2", "tanh", "sigmoid")
    assert check_gradient(random_plan(spec), *samples(spec, rows=rows)).largest < TOLERANCE


def test_deep_networks():
    layers = [("h0", 3, "tanh", [("c0", "x")])]
    layers += [(f"h{k}", 3, "tanh", [(f"c{k}", f"h{k - 1}")]) for k in range(1, 6)]
    spec = spec_of([("x", 2)], [*layers, ("o", 2, "softmax", [("co", "h5")])], "cross_entropy")
    assert check_gradient(random_plan(spec), *samples(spec)).largest < TOLERANCE


def test_a_wrong_derivative_is_found(monkeypatch):
    monkeypatch.setattr(
        Softplus, "derivative", lambda self, z, a, out=None: np.positive(a, out=out)
    )
    spec = wired("2-3-2", "softplus", "identity")
    assert check_gradient(random_plan(spec), *samples(spec)).largest > 0.1


def test_parameters_are_left_as_they_were():
    spec = wired("2-3-2", "tanh", "sigmoid")
    plan = random_plan(spec)
    before = plan.parameters.copy()
    check = check_gradient(plan, *samples(spec))
    assert plan.parameters.tobytes() == before.tobytes()
    assert plan.gradient.tobytes() == check.analytic.tobytes()


def test_exact_arithmetic_has_no_differences():
    spec = spec_of([("x", 1)], [("o", 1, "relu", [("c", "x")])], arithmetic="exact")
    with pytest.raises(ValueError, match="fractions"):
        check_gradient(random_plan(spec), np.ones((1, 1)), np.ones((1, 1)))


@pytest.mark.parametrize("case", TORCH["networks"], ids=lambda case: case["expression"])
def test_whole_networks_against_torch(case):
    loss = LossSpec(case["loss"], case["reduction"], case["half"])
    spec = spec_of(case["inputs"], case["layers"], loss)
    assert list(spec.outputs) == case["outputs"]
    plan = Plan(spec, {name: np.array(v) for name, v in case["parameters"].items()})
    workspace = plan.workspace(len(case["x"]))
    workspace.load(np.array(case["x"]), np.array(case["t"]))
    np.testing.assert_allclose(workspace.forward(), case["y"], rtol=1e-13)
    assert workspace.loss() == pytest.approx(case["L"], rel=1e-13)
    workspace.backward()
    for name, gradient in case["gradient"].items():
        np.testing.assert_allclose(plan.gradient_views[name], gradient, rtol=1e-12, atol=1e-16)
