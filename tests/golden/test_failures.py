"""Trainings that fail as theory says they must, and what cures them."""

import math

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.data.bundled import diabetes
from nnsim.data.scaling import Method, fit_scaling
from nnsim.data.sequences import adding_problem
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.regularisers import ClippingSpec
from nnsim.session.experiments.training import drawn, layered
from tests.support.labs import Digits, adam, dead, propagated, taught
from tests.support.plans import descent

CHANCE = math.log(10)  # the loss of one who gives each of ten digits a tenth


@pytest.fixture(scope="module")
def data():
    return Digits()


class TestDyingReLU:
    """Three hidden layers of 64 whose biases start at -1."""

    def plan(self, activation, seed):
        plan = drawn(
            layered((64, 64, 64, 64, 10), activation, "softmax", "cross_entropy"),
            InitialiserSpec("he_normal", bias=-1.0),
            seed,
        )
        plan.views["b:n4"][...] = 0
        return plan

    @pytest.mark.parametrize("seed", range(3))
    def test_a_layer_without_a_unit_on_learns_nothing_below(self, data, seed):
        plan = self.plan("relu", seed)
        before = {name: plan.views[name].copy() for name in plan.views}
        workspace = propagated(plan, data.inputs, data.targets)
        assert dead(workspace, "n3").all()
        assert workspace.loss() == pytest.approx(CHANCE, abs=1e-12)
        taught(plan, data.inputs, data.targets, descent(0.1), batch=32, epochs=5, seed=seed)
        for name, start in before.items():
            assert np.array_equal(plan.views[name], start) == (name != "b:n4")
        # The biases of the outputs move to and fro about the shares of the classes.
        loss = propagated(plan, data.inputs, data.targets).loss()
        assert loss == pytest.approx(CHANCE, abs=0.005)
        assert data.accuracy(plan) < 0.11

    @pytest.mark.parametrize("seed", range(2))
    def test_a_leak_and_adam_bring_it_to_life(self, data, seed):
        plan = self.plan(ActivationSpec("leaky_relu", slope=0.01), seed)
        taught(plan, data.inputs, data.targets, adam(0.003), batch=32, epochs=15, seed=seed)
        assert data.accuracy(plan) >= 0.96

    def test_a_small_leak_alone_does_not(self, data):
        plan = self.plan(ActivationSpec("leaky_relu", slope=0.01), 0)
        taught(plan, data.inputs, data.targets, descent(0.1), batch=32, epochs=15)
        assert data.accuracy(plan) < 0.11


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("rate", "dies"), [(1.0, True), (0.3, False)])
def test_too_large_a_step_kills_units(data, rate, dies, seed):
    plan = drawn(layered((64, 64, 64, 10), "relu", "softmax", "cross_entropy"), "he_normal", seed)
    start = propagated(plan, data.inputs, data.targets)
    assert dead(start, "n2").mean() < 0.1
    taught(plan, data.inputs, data.targets, descent(rate), batch=32, epochs=20, seed=seed)
    share = dead(propagated(plan, data.inputs, data.targets), "n2").mean()
    if dies:
        assert share > 0.85
        assert data.accuracy(plan) < 0.2
    else:
        assert share < 0.1
        assert data.accuracy(plan) >= 0.965


@pytest.mark.parametrize("seed", range(3))
def test_ten_sigmoid_layers_leave_no_gradient_for_the_first(data, seed):
    """At most a quarter of it passes a sigmoid; ReLU with He's start values lets it through."""
    shares = {}
    for activation, initialiser in (("sigmoid", "xavier_uniform"), ("relu", "he_normal")):
        spec = layered((64, *[32] * 10, 10), activation, "softmax", "cross_entropy")
        plan = drawn(spec, initialiser, seed)
        propagated(plan, data.inputs, data.targets)
        first, last = (np.linalg.norm(plan.gradient_views[name]) for name in ("w:c1", "w:c11"))
        shares[activation] = first / last
    assert shares["sigmoid"] < 1e-5
    assert 0.3 < shares["relu"] < 5


@pytest.mark.parametrize("seed", [0, 2])
def test_weights_of_variance_1_overflow_within_ten_steps(data, seed):
    spec = layered((64, *[32] * 5, 10), "relu", "identity", "cross_entropy_from_logits")
    losses, finite = {}, {}
    for name, initialiser in (
        ("wide", InitialiserSpec("normal", deviation=1.0)),
        ("he", InitialiserSpec("he_normal")),
    ):
        plan = drawn(spec, initialiser, seed)
        feed = Feed(len(data.inputs), shuffled=True, seed=seed)
        learner = GradientLearner(plan, data.inputs, data.targets, feed, descent(0.1), 32)
        losses[name] = [learner.iterate().loss for _ in range(10)]
        finite[name] = np.isfinite(plan.parameters).all()
    assert losses["wide"][0] > 100
    assert not finite["wide"]
    assert losses["he"][0] < 3
    assert finite["he"]


class TestExplodingInTime:
    """A ReLU layer whose state is carried on by the identity, over 50 steps."""

    def learner(self, clipping, seed):
        sources = (Source("c1", "x"),)
        relu = ActivationSpec("relu")
        spec = PlanSpec(
            (("x", (50, 2)),),
            (
                SimpleRecurrentSpec("r", 32, sources, returns="last", activation=relu),
                LayerSpec("o", 1, ActivationSpec("identity"), (Source("c2", "r"),)),
            ),
            ("o",),
            arithmetic="float64",
        )
        start = {
            name: value.copy() for name, value in drawn(spec, "xavier_uniform", seed).views.items()
        }
        plan = Plan(spec, start | {"u:r": np.eye(32)})
        samples = adding_problem(generator(seed), 64 * 30, 50)
        update = Update(OptimiserSpec("gradient_descent", 0.01), clipping=clipping)
        feed = Feed(len(samples.inputs))
        return GradientLearner(plan, samples.flat_inputs, samples.targets, feed, update, 64)

    def norms(self, clipping, seed):
        learner = self.learner(clipping, seed)
        found = []
        for _ in range(30):
            learner.iterate()
            found.append(float(np.linalg.norm(learner.plan.gradient)))
        return np.array(found)

    @pytest.mark.parametrize("seed", range(3))
    def test_the_gradient_grows_without_bound(self, seed):
        norms = self.norms(ClippingSpec(), seed)
        assert np.nanmax(norms) > 1e50 or not np.isfinite(norms).all()

    @pytest.mark.parametrize("seed", range(3))
    def test_clipped_to_norm_1_it_does_not(self, seed):
        assert self.norms(ClippingSpec(norm=1.0), seed).max() <= 1 + 1e-12


@pytest.mark.parametrize("seed", range(2))
def test_gradient_descent_converges_just_below_two_over_the_largest_curvature(seed):
    """Linear regression: L = L* + Σ c_i (1 - α λ_i)^2n, λ the eigenvalues of the Hessian."""
    samples = diabetes(generator(0))
    inputs = fit_scaling(samples.inputs, Method.STANDARD).apply(samples.inputs)
    targets = fit_scaling(samples.targets, Method.STANDARD).apply(samples.targets)
    columns = np.column_stack([inputs, np.ones(len(inputs))])
    largest = np.linalg.eigvalsh(2 * columns.T @ columns / len(inputs))[-1]
    least = np.mean((columns @ np.linalg.lstsq(columns, targets)[0] - targets) ** 2)
    for share, converges in ((0.99, True), (1.01, False)):
        plan = drawn(
            layered((10, 1), "identity", "identity", "mse"),
            InitialiserSpec("normal", deviation=1.0),
            seed,
        )
        rate = descent(share * 2 / largest)
        learner = taught(plan, inputs, targets, rate, batch=len(inputs), epochs=500)
        before = learner.iterate().loss - least
        learner.train(499)
        after = learner.iterate().loss - least
        if converges:
            assert after < before < 0.01
        else:
            # In the end one direction is left, and grows by |1 - 2 · 1.01| a step.
            assert after / before == pytest.approx(1.02**1000, rel=1e-3)
