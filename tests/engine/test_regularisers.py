"""Penalties enter the loss and its gradient; clipping limits the gradient."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.record import Record
from nnsim.engine.regularisers import Clipping, ClippingSpec, Penalty, PenaltySpec, norm_of
from tests.support.plans import random_plan, spec_of

TORCH = json.loads((Path(__file__).parent / "torch_optimisers.json").read_text(encoding="utf-8"))
W = np.array([0.5, -2.0, 0.0, 3.0])
WEIGHTS = np.array([1.0, 1.0, 1.0, 0.0])  # the last one is a bias


def gradient_of(spec):
    penalty = Penalty(spec, W.copy(), WEIGHTS)
    gradient = np.full(4, 10.0)
    for call in penalty.calls(gradient):
        call()
    np.testing.assert_array_equal(gradient, 10 + penalty.gradient)
    return penalty.gradient.tolist(), penalty.values()


@pytest.mark.parametrize(
    ("spec", "gradient", "values"),
    [
        (PenaltySpec(l2=0.2), [0.1, -0.4, 0, 0], (0, 0.425)),
        (PenaltySpec(l2=0.2, half=False), [0.2, -0.8, 0, 0], (0, 0.85)),
        (PenaltySpec(l2=0.2, biases=True), [0.1, -0.4, 0, 0.6], (0, 1.325)),
        (PenaltySpec(l1=0.5), [0.5, -0.5, 0, 0], (1.25, 0)),
        (PenaltySpec(l1=0.5, l2=0.2, biases=True), [0.6, -0.9, 0, 1.1], (2.75, 1.325)),
    ],
)
def test_the_conventions_of_penalties_by_hand(spec, gradient, values):
    found, terms = gradient_of(spec)
    np.testing.assert_allclose(found, gradient, rtol=1e-15)
    np.testing.assert_allclose(terms, values, rtol=1e-15)


def learner(**update):
    spec = spec_of([("x", 2)], [("h", 3, "tanh", [("c", "x")]), ("o", 1, "identity", [("d", "h")])])
    inputs = np.array([[0.3, -0.8], [1.0, 0.4], [-0.2, 0.9]])
    chosen = Update(OptimiserSpec(learning_rate=0.1), **update)
    return GradientLearner(random_plan(spec, 3), inputs, np.ones((3, 1)), Feed(3), chosen, batch=3)


@pytest.mark.parametrize("biases", [True, False])
def test_a_penalty_is_in_the_loss_and_in_its_gradient(biases):
    """The change follows the gradient of the recorded loss, found by differences."""
    penalised = learner(penalty=PenaltySpec(l1=0.03, l2=0.2, biases=biases))
    snapshot = penalised.snapshot()
    record = Record()
    penalised.iterate(record)
    assert record.arrays["L"] == pytest.approx(
        record.arrays["L:data"] + record.arrays["L:penalty"], rel=1e-15
    )
    step = 1e-6
    for name in ("w:c", "b:h", "w:d", "b:o"):
        losses = []
        for sign in (1, -1):
            penalised.restore(snapshot)
            view = penalised.plan.views[name]
            view[(0,) * view.ndim] += sign * step
            losses.append(penalised.iterate().loss)
        slope = (losses[0] - losses[1]) / (2 * step)
        first = (0,) * record.arrays[name].ndim
        used = record.arrays[f"used.g{name}"][first]
        assert used == pytest.approx(slope, abs=1e-8)
        assert record.arrays[f"d{name}"][first] == -0.1 * used
        raw = record.arrays[f"g{name}"][first]
        assert used == raw + record.arrays[f"penalty.g{name}"][first]
        if not biases and name[0] == "b":
            assert used == raw


@pytest.mark.parametrize("case", TORCH["clipping"], ids=lambda case: case["expression"])
def test_clipping_is_pytorchs(case):
    is_norm = case["expression"].startswith("clip_grad_norm_")
    limit = float(case["expression"].split(", ")[1].rstrip(")"))
    limits = {"norm": limit, "epsilon": 1e-6} if is_norm else {"value": limit}
    clipping = Clipping(ClippingSpec(**limits))
    gradient = np.array(TORCH["gradients"][3])
    before = gradient.copy()
    for call in clipping.calls(gradient):
        call()
    np.testing.assert_allclose(gradient, case["gradient"], rtol=1e-12)
    if is_norm:
        assert clipping.norm == pytest.approx(np.linalg.norm(before), rel=1e-14)


def test_a_clipped_gradient_has_the_norm_asked_for_and_the_same_direction():
    clipped = learner(clipping=ClippingSpec(norm=0.05))
    record = Record()
    clipped.iterate(record)
    raw = np.concatenate([record.arrays[f"g{name}"].ravel() for name in clipped.params])
    used = np.concatenate([record.arrays[f"used.g{name}"].ravel() for name in clipped.params])
    assert float(record.arrays["norm"]) == pytest.approx(np.linalg.norm(raw), rel=1e-14)
    assert np.linalg.norm(used) == pytest.approx(0.05, rel=1e-14)
    np.testing.assert_allclose(used / 0.05, raw / np.linalg.norm(raw), rtol=1e-13)


def test_a_small_gradient_is_left_alone():
    record = Record()
    learner(clipping=ClippingSpec(norm=1e3, value=1e3)).iterate(record)
    assert record.arrays["used.gw:c"].tobytes() == record.arrays["gw:c"].tobytes()


@pytest.mark.parametrize(
    ("vector", "norm"),
    [([3.0, 4.0], 5.0), ([3e200, 4e200], 5e200), ([np.inf, 1.0], np.inf), ([np.nan, 1.0], np.nan)],
)
def test_norms_overflow_only_where_they_are_too_large(vector, norm):
    with np.errstate(over="ignore"):
        assert norm_of(np.array(vector)) == pytest.approx(norm, nan_ok=True, rel=1e-15)


@pytest.mark.parametrize("limits", [{"value": 0.0}, {"norm": -1.0}, {"norm": float("nan")}])
def test_limits_must_be_positive(limits):
    with pytest.raises(ValueError):
        ClippingSpec(**limits)
