"""Optimisers, step by step against PyTorch, and their other conventions by their formulas."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.optimisers import OPTIMISERS, OptimiserSpec, make_optimiser

TORCH = json.loads((Path(__file__).parent / "torch_optimisers.json").read_text(encoding="utf-8"))
START, GRADIENTS = np.array(TORCH["start"]), np.array(TORCH["gradients"])
#: PyTorch's name of a vector -> the prefix it is recorded under here
VECTORS = {
    "momentum_buffer": "u.",
    "sum": "s.",
    "square_avg": "v.",
    "exp_avg": "m.",
    "exp_avg_sq": "v.",
}


def followed(spec, rates=None, dtype=np.float64, weights=None):
    """Parameters after each step along the gradients, and the optimiser."""
    w, g, change = (np.zeros(len(START), dtype) for _ in range(3))
    w[...] = START
    optimiser = make_optimiser(spec, len(w), dtype, weights)
    calls = optimiser.calls(w, g, change)
    seen = []
    for k, gradient in enumerate(GRADIENTS):
        g[...] = gradient
        optimiser.begin(spec.learning_rate if rates is None else rates[k])
        for call in calls:
            call()
        w += change
        seen.append(w.copy())
    return np.array(seen), optimiser


@pytest.mark.parametrize("case", TORCH["optimisers"], ids=lambda case: case["expression"])
def test_every_step_is_pytorchs(case):
    seen, optimiser = followed(OptimiserSpec(case["name"], **case["settings"]))
    np.testing.assert_allclose(seen, case["parameters"], rtol=1e-12)
    internals = optimiser.internals()
    for name, values in case["state"].items():
        # Averages are sums here; near 0 only their absolute rounding error is small.
        np.testing.assert_allclose(internals[VECTORS[name]], values, rtol=1e-12, atol=1e-15)


def by_formula(step):
    """Parameters along the gradients by a plainly written step(g, t) -> Δ."""
    w, seen = START.copy(), []
    for t, g in enumerate(GRADIENTS, start=1):
        w = w + step(g, t)
        seen.append(w)
    return np.array(seen)


def test_a_velocity_of_steps_remembers_the_learning_rate_they_were_made_with():
    rates = [0.1] * 10 + [0.01] * 10
    u = np.zeros(5)

    def polyak(g, t):
        nonlocal u
        u = 0.8 * u - rates[t - 1] * g
        return u

    expected = by_formula(polyak)
    spec = OptimiserSpec("momentum", momentum=0.8, velocity="steps")
    seen, _ = followed(spec, rates)
    np.testing.assert_allclose(seen, expected, rtol=1e-12)
    other, _ = followed(OptimiserSpec("momentum", momentum=0.8), rates)
    np.testing.assert_allclose(other[9], seen[9], rtol=1e-12)
    assert np.abs(other[10] - seen[10]).max() > 1e-3


def test_nesterov_with_a_velocity_of_steps():
    u = np.zeros(5)

    def step(g, t):
        nonlocal u
        u = 0.8 * u - 0.05 * g
        return 0.8 * u - 0.05 * g

    expected = by_formula(step)
    spec = OptimiserSpec("nesterov", 0.05, momentum=0.8, velocity="steps")
    np.testing.assert_allclose(followed(spec)[0], expected, rtol=1e-12)


@pytest.mark.parametrize("place", ["outside", "inside", "uncorrected"])
def test_adams_epsilon_has_three_places(place):
    m, v, epsilon = np.zeros(5), np.zeros(5), 1e-2

    def step(g, t):
        nonlocal m, v
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        first, second = 1 - 0.9**t, 1 - 0.999**t
        if place == "uncorrected":
            return -0.05 * np.sqrt(second) / first * m / (np.sqrt(v) + epsilon)
        hat = v / second
        root = np.sqrt(hat) + epsilon if place == "outside" else np.sqrt(hat + epsilon)
        return -0.05 * (m / first) / root

    expected = by_formula(step)
    seen, optimiser = followed(OptimiserSpec("adam", 0.05, epsilon=epsilon, epsilon_place=place))
    np.testing.assert_allclose(seen, expected, rtol=1e-12)
    internals = optimiser.internals()
    np.testing.assert_allclose(internals["m^."], m / (1 - 0.9**20), rtol=1e-12)
    np.testing.assert_allclose(internals["v^."], v / (1 - 0.999**20), rtol=1e-12)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop"])
def test_epsilon_inside_the_root(name):
    s = np.zeros(5)

    def step(g, t):
        nonlocal s
        s = s + g * g if name == "adagrad" else 0.9 * s + 0.1 * g * g
        return -0.05 * g / np.sqrt(s + 1e-2)

    expected = by_formula(step)
    spec = OptimiserSpec(name, 0.05, decay=0.9, epsilon=1e-2, epsilon_place="inside")
    np.testing.assert_allclose(followed(spec)[0], expected, rtol=1e-12)


def test_the_first_step_of_adam_is_the_learning_rate_for_any_gradient():
    seen, _ = followed(OptimiserSpec("adam", 0.1, epsilon=1e-30))
    np.testing.assert_allclose(seen[0] - START, -0.1 * np.sign(GRADIENTS[0]), rtol=1e-12)


def test_decay_can_leave_biases_out():
    weights = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    spec = OptimiserSpec("adamw", 0.05, weight_decay=0.1, decays_biases=False)
    adamw, optimiser = followed(spec, weights=weights)
    adam, _ = followed(OptimiserSpec("adam", 0.05))
    np.testing.assert_array_equal(adamw[:, 3:], adam[:, 3:])
    assert (adamw[-1, :3] != adam[-1, :3]).all()
    np.testing.assert_allclose(
        optimiser.internals()["decay."], -0.05 * 0.1 * adamw[-2] * weights, rtol=1e-12
    )


@pytest.mark.parametrize("name", OPTIMISERS)
def test_float32_stays_float32_and_near(name):
    seen, optimiser = followed(OptimiserSpec(name, 0.05), dtype=np.float32)
    assert {vector.dtype for vector in optimiser.internals().values()} <= {np.dtype(np.float32)}
    expected, _ = followed(OptimiserSpec(name, 0.05))
    # 20 steps of float32, whose spacing is 1.2e-7.
    np.testing.assert_allclose(seen, expected, rtol=1e-4, atol=1e-5)


KEEPING = [name for name in OPTIMISERS if name != "gradient_descent"]


@pytest.mark.parametrize("name", KEEPING)
def test_another_share_begins_anew(name):
    _, optimiser = followed(OptimiserSpec(name, 0.05))
    shares = {"momentum": 0.5, "decay": 0.5, "beta1": 0.5, "beta2": 0.9, "initial_sum": 0.25}
    other = make_optimiser(OptimiserSpec(name, 0.05, **shares), 5, float)
    other.restore(optimiser.state())
    assert other.step == 0
    begun = shares["initial_sum"] if name == "adagrad" else 0
    for vector in other.kept().values():
        np.testing.assert_array_equal(vector, np.full(5, begun))


@pytest.mark.parametrize("name", KEEPING)
def test_another_rate_epsilon_or_weight_decay_goes_on_with_what_was_kept(name):
    _, optimiser = followed(OptimiserSpec(name, 0.05))
    other = make_optimiser(OptimiserSpec(name, 0.5, epsilon=0.25, weight_decay=0.5), 5, float)
    other.restore(optimiser.state())
    assert other.step == optimiser.step
    for prefix, vector in optimiser.kept().items():
        np.testing.assert_array_equal(other.kept()[prefix], vector)


@pytest.mark.parametrize("name", KEEPING)
def test_what_a_step_finds_is_what_the_one_before_left(name):
    _, optimiser = followed(OptimiserSpec(name, 0.05))
    left = optimiser.internals()
    for prefix, vector in optimiser.kept().items():
        np.testing.assert_array_equal(vector, left[prefix.replace("-", "")])


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "sgdd"},
        {"name": "momentum", "velocity": "both"},
        {"name": "rmsprop", "epsilon_place": "uncorrected"},
    ],
)
def test_unknown_names_are_refused(settings):
    with pytest.raises(ValueError):
        OptimiserSpec(**settings)
