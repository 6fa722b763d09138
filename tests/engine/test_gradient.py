"""Gradient descent and SGD by hand."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import set_parameter
from nnsim.document.model import Training
from nnsim.document.templates import perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.plan import Plan
from nnsim.engine.record import Record
from nnsim.session import Session
from tests.support.documents import table
from tests.support.plans import descent, drawn, neuron, random_plan, spec_of


def line(rule="gradient_descent", batch_size=1, **training):
    """t = 2x on x = 1, 2, 3, 4; one identity neuron, w = 0, no bias learnt."""
    x = np.array([[1.0], [2.0], [3.0], [4.0]])
    document = perceptron((1, 1), output="identity", data=table(x, 2 * x))
    document = set_parameter(document, "w:c3", (0, 0), 0.0)
    settings = {"learning_rate": 0.01, "update_biases": False} | training
    return replace(document, training=Training(rule=rule, batch_size=batch_size, **settings))


@pytest.mark.parametrize(
    ("rule", "batch", "weights"),
    [
        # Δ = 2 α/n Σ x (t - w x)
        ("gradient_descent", 1, [0.3]),
        ("sgd", 1, [0.04, 0.1968, 0.521376, 0.99453568]),
        ("sgd", 2, [0.1, 0.575]),
        ("sgd", 3, [0.02 / 3 * 28, 0.02 / 3 * 28 + 0.08 * (8 - 0.08 / 3 * 28)]),
        ("sgd", 4, [0.3]),
    ],
)
def test_the_first_epoch_of_batch_stochastic_and_mini_batch(rule, batch, weights):
    """Exercise 24."""
    session = Session(line(rule, batch))
    for iteration, expected in enumerate(weights, start=1):
        weight = session.record(iteration).arrays["w+:c3"][0, 0]
        assert weight == pytest.approx(expected, rel=1e-14)
    assert session.trace.column("epoch_ended").tolist() == [False] * (len(weights) - 1) + [True]


def test_five_steps_down_a_parabola():
    """Exercise 23: x², x0 = 5, α = 0.1: 4, 3.2, 2.56, 2.048, 1.6384."""
    plan = neuron([5.0], 0.0, "identity")
    learner = GradientLearner(
        plan, np.ones((1, 1)), np.zeros((1, 1)), Feed(1), descent(0.1), 1, update_biases=False
    )
    seen = []
    for _ in range(5):
        learner.iterate()
        seen.append(plan.parameters[0])
    np.testing.assert_allclose(seen, [4, 3.2, 2.56, 2.048, 1.6384], rtol=1e-14)


@pytest.mark.parametrize(
    ("activation", "output", "gradients"),
    [
        ("relu", 0.0, [0.0, 0.0, 0.0]),
        # ∂L/∂y = 1, f' = 0.1: each gradient is 0.1 times its input.
        ("leaky_relu", -0.25, [0.1, 0.2, 0.1]),
    ],
)
def test_a_dying_relu_and_its_cure(activation, output, gradients):
    """Exercise 27: x = (1, 2), w = (0.5, -1), b = -1; the loss y - t makes ∂L/∂y = 1."""
    plan = neuron([0.5, -1.0], -1.0, activation)
    spec = replace(plan.spec, loss=replace(plan.spec.loss, name="mae"))
    plan = Plan(spec, {"w:c": np.array([[0.5, -1.0]]), "b:n": np.array([-1.0])})
    learner = GradientLearner(
        plan, np.array([[1.0, 2.0]]), np.array([[-9.0]]), Feed(1), descent(0.1), 1
    )
    record = Record()
    learner.iterate(record)
    assert record.arrays["z:n"][0, 0] == -2.5
    assert record.arrays["a:n"][0, 0] == output
    np.testing.assert_allclose(
        [*record.arrays["gw:c"][0], record.arrays["gb:n"][0]], gradients, rtol=1e-15
    )


@pytest.mark.parametrize(("weight", "product"), [(1, 9.54e-7), (4, 1.0), (8, 1024.0)])
def test_gradients_through_ten_sigmoids_vanish_or_explode(weight, product):
    """Exercise 28: every σ' is 0.25, so ∂y/∂x = (0.25 w)^10."""
    layers = [("n0", 1, "sigmoid", [("c0", "x")])]
    layers += [(f"n{k}", 1, "sigmoid", [(f"c{k}", f"n{k - 1}")]) for k in range(1, 10)]
    plan = random_plan(spec_of([("x", 1)], layers, "mae"))
    for name, view in plan.views.items():
        view[...] = weight if name.startswith("w") else -weight / 2  # every sum is 0
    workspace = plan.workspace(1)
    workspace.load(np.array([[0.5]]), np.array([[0.0]]))
    workspace.forward()
    workspace.backward()
    assert workspace.dz["n0"][0, 0] * weight == pytest.approx(product, rel=1e-3)


def test_the_change_is_the_learning_rate_downhill():
    spec = spec_of([("x", 2)], [("o", 2, "tanh", [("c", "x")])])
    learner = GradientLearner(
        random_plan(spec), np.ones((3, 2)), np.zeros((3, 2)), Feed(3), descent(0.3), 3
    )
    record = Record()
    learner.iterate(record)
    for name in ("w:c", "b:o"):
        kind, owner = name.split(":")
        change = record.arrays[f"d{name}"]
        assert change.tobytes() == (record.arrays[f"g{name}"] * -0.3).tobytes()
        after = record.arrays[f"{kind}+:{owner}"]
        assert after.tobytes() == (record.arrays[name] + change).tobytes()


@pytest.mark.parametrize("during", [False, True])
def test_fixed_biases_have_a_gradient_and_do_not_move(during):
    spec = spec_of([("x", 2)], [("h", 2, "tanh", [("c", "x")]), ("o", 1, "identity", [("d", "h")])])
    plan = random_plan(spec)
    learner = GradientLearner(
        plan, np.ones((1, 2)), np.zeros((1, 1)), Feed(1), descent(0.3), 1, False, during
    )
    record = Record()
    learner.iterate(record)
    for node in ("h", "o"):
        assert record.arrays[f"gb:{node}"].any()
        assert not record.arrays[f"db:{node}"].any()
        assert record.arrays[f"b+:{node}"].tobytes() == record.arrays[f"b:{node}"].tobytes()
    assert record.arrays["dw:c"].any()


def test_maxout_learns_with_its_winning_pieces():
    spec = spec_of([("x", 1)], [("m", 1, ActivationSpec("maxout"), [("c", "x")])])
    plan = Plan(spec, {"w:c": np.array([[1.0], [2.0]]), "b:m": np.zeros(2)})
    learner = GradientLearner(plan, np.array([[1.0]]), np.array([[0.0]]), Feed(1), descent(0.25), 1)
    learner.iterate()
    assert plan.views["w:c"].tolist() == [[1.0], [1.0]]
    assert plan.views["b:m"].tolist() == [0.0, -1.0]


@pytest.mark.parametrize(
    ("loss", "output"), [("cross_entropy", "softmax"), ("binary_cross_entropy", "sigmoid")]
)
@pytest.mark.parametrize("arithmetic", ["float64", "float32"])
def test_the_gradient_of_the_outputs_is_recorded_where_learning_goes_without(
    loss, output, arithmetic
):
    spec = spec_of([("x", 3)], [("o", 2, output, [("c", "x")])], loss, arithmetic)
    plan, x, t = drawn(spec, 4)
    t = np.round(np.abs(t))
    record = Record()
    GradientLearner(plan, x, t, Feed(len(x)), descent(0.1), len(x)).iterate(record)
    workspace = plan.make_workspace(len(x))
    workspace.load(x, t)
    workspace.a["o"][...] = record.array("a:o")
    for _, objective in workspace.objectives:
        objective.backward()
    assert record.array("da:o").tobytes() == workspace.da["o"].tobytes()
    assert record.array("e").tolist() == (record.array("t") - record.array("y")).tolist()
