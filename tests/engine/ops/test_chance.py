"""Dropout, gaussian noise and sampling: what is drawn, recorded, and goes back."""

import numpy as np
import pytest

from nnsim.core.randoms import generator, restore_state, state_of
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.ops.chance import DropoutSpec, GaussianNoiseSpec, SamplingSpec
from nnsim.engine.record import Record
from tests.support.nodes import between_layers, node_plan, random_samples, run, sources
from tests.support.plans import descent, random_plan

X = np.arange(1.0, 7.0).reshape(2, 3)
DA = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -4.0]])


def recorded(plan, inputs):
    workspace = plan.workspace(len(inputs))
    workspace.load(inputs)
    record = Record()
    workspace.forward(record)
    return record


class TestDropout:
    def test_a_value_is_0_or_grows_by_what_others_lose(self):
        plan = node_plan(DropoutSpec("n", 0.6, sources("x")), {"x": 3})
        record = recorded(plan, np.tile(X, (50, 1)))
        mask = record.array("mask:n")
        assert set(np.unique(mask)) == {0.0, 2.5}
        assert (record.array("a:n") == np.tile(X, (50, 1)) * mask).all()

    def test_the_share_that_stays_is_1_minus_the_rate(self):
        plan = node_plan(DropoutSpec("n", 0.25, sources("x")), {"x": 100}, seed=3)
        mask = recorded(plan, np.ones((200, 100))).array("mask:n")
        # 20,000 draws: the standard deviation of the share is 0.003.
        assert (mask > 0).mean() == pytest.approx(0.75, abs=0.01)
        assert mask.mean() == pytest.approx(1.0, abs=0.015)

    def test_the_gradient_takes_the_same_mask(self):
        plan = node_plan(DropoutSpec("n", 0.5, sources("x")), {"x": 3})
        workspace = run(plan, [X], DA)
        mask = workspace.a["n"] / X
        assert set(np.unique(mask)) == {0.0, 2.0}
        np.testing.assert_allclose(workspace.da["x"], DA * mask, rtol=1e-14)

    def test_every_run_draws_anew(self):
        plan = node_plan(DropoutSpec("n", 0.5, sources("x")), {"x": 40})
        first, second = (recorded(plan, np.ones((1, 40))).array("mask:n") for _ in range(2))
        assert (first != second).any()

    def test_in_evaluation_nothing_is_done_drawn_or_recorded(self):
        plan = node_plan(DropoutSpec("n", 0.5, sources("x")), {"x": 3})
        before = state_of(plan.random)
        assert plan.predict(X).tolist() == X.tolist()
        assert state_of(plan.random) == before
        workspace = run(plan, [X], DA, training=False)
        np.testing.assert_allclose(workspace.da["x"], DA, rtol=1e-14)
        record = Record()
        workspace.forward(record)
        assert "mask:n" not in record

    def test_rate_0_is_the_identity(self):
        plan = node_plan(DropoutSpec("n", 0.0, sources("x")), {"x": 3})
        assert recorded(plan, X).array("a:n").tolist() == X.tolist()

    @pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
    def test_other_rates_are_refused(self, rate):
        with pytest.raises(ValueError, match="at least 0 and less than 1"):
            DropoutSpec("n", rate, sources("x")).shape([(3,)])


class TestGaussianNoise:
    def test_what_is_added_is_recorded(self):
        plan = node_plan(GaussianNoiseSpec("n", 0.3, sources("x")), {"x": 3})
        record = recorded(plan, X)
        expected = 0.3 * record.array("epsilon:n") + X
        assert record.array("a:n").tolist() == expected.tolist()

    def test_it_is_standard_normal(self):
        plan = node_plan(GaussianNoiseSpec("n", 1.0, sources("x")), {"x": 100}, seed=2)
        epsilon = recorded(plan, np.zeros((200, 100))).array("epsilon:n")
        assert epsilon.mean() == pytest.approx(0.0, abs=0.03)
        assert epsilon.std() == pytest.approx(1.0, abs=0.02)

    def test_the_gradient_goes_through_as_it_is(self):
        plan = node_plan(GaussianNoiseSpec("n", 0.3, sources("x")), {"x": 3})
        np.testing.assert_allclose(run(plan, [X], DA).da["x"], DA, rtol=1e-14)

    def test_in_evaluation_nothing_is_added(self):
        plan = node_plan(GaussianNoiseSpec("n", 0.3, sources("x")), {"x": 3})
        assert plan.predict(X).tolist() == X.tolist()

    def test_a_negative_deviation_is_refused(self):
        with pytest.raises(ValueError, match="not negative"):
            GaussianNoiseSpec("n", -1.0, sources("x")).shape([(3,)])


class TestSampling:
    mean = np.array([[1.0, -2.0], [0.5, 3.0]])
    log_variance = np.array([[0.0, np.log(4.0)], [-2.0, 1.0]])
    da = np.array([[0.5, -1.0], [2.0, 3.0]])

    def plan(self):
        return node_plan(SamplingSpec("z", sources("m", "v")), {"m": 2, "v": 2})

    def test_the_sample_is_mu_and_sigma_epsilon(self):
        record = recorded(self.plan(), np.concatenate([self.mean, self.log_variance], axis=1))
        epsilon = record.array("epsilon:z")
        sigma = np.sqrt(np.exp(self.log_variance))
        np.testing.assert_allclose(record.array("a:z"), self.mean + sigma * epsilon, rtol=1e-14)

    def test_gradients_by_the_reparametrisation(self):
        workspace = run(self.plan(), [self.mean, self.log_variance], self.da)
        off = workspace.a["z"] - self.mean
        np.testing.assert_allclose(workspace.da["m"], self.da, rtol=1e-14)
        np.testing.assert_allclose(workspace.da["v"], self.da * off / 2, rtol=1e-12)

    def test_in_evaluation_it_is_mu(self):
        plan = self.plan()
        both = np.concatenate([self.mean, self.log_variance], axis=1)
        assert plan.predict(both).tolist() == self.mean.tolist()
        workspace = run(plan, [self.mean, self.log_variance], self.da, training=False)
        np.testing.assert_allclose(workspace.da["m"], self.da, rtol=1e-14)
        assert not workspace.da["v"].any()

    def test_other_shapes_are_refused(self):
        with pytest.raises(ValueError, match="same shape"):
            SamplingSpec("z", sources("m", "v")).shape([(2,), (3,)])


@pytest.mark.parametrize(
    "node",
    [DropoutSpec("n", 0.4, sources("h")), GaussianNoiseSpec("n", 0.5, sources("h"))],
    ids=["dropout", "noise"],
)
class TestInANetwork:
    def test_gradient_by_differences_of_the_same_draws(self, node):
        spec = between_layers(node, units=6)
        check = check_gradient(random_plan(spec), *random_samples(spec))
        assert check.largest < 1e-6
        assert np.abs(check.analytic).max() > 1e-3

    def test_replay_draws_the_same(self, node):
        spec = between_layers(node, units=6)
        plan = random_plan(spec)
        inputs, targets = random_samples(spec, rows=6)
        feed = Feed(6, shuffled=True, seed=1)
        learner = GradientLearner(plan, inputs, targets, feed, descent(0.1), 2)
        learner.iterate()
        snapshot = learner.snapshot()
        ran = []
        for _ in range(2):
            learner.restore(snapshot)
            record = Record()
            learner.iterate(record)
            learner.iterate()
            kept = {name: np.array(record.array(name)).tobytes() for name in record.arrays}
            ran.append((kept, plan.parameters.tobytes()))
        assert ran[0] == ran[1]

    def test_chance_may_do_otherwise_the_next_time(self, node):
        spec = between_layers(node, units=6)
        inputs, targets = random_samples(spec, rows=6)
        feed = Feed(6)
        learner = GradientLearner(random_plan(spec), inputs, targets, feed, descent(0.1), 2)
        assert learner.state_key() is None

    def test_float32_stays_float32(self, node):
        del node
        for made in (DropoutSpec("n", 0.4, sources("x")), GaussianNoiseSpec("n", 1, sources("x"))):
            plan = node_plan(made, {"x": 3}, arithmetic="float32")
            record = recorded(plan, np.float32(X))
            assert record.array("a:n").dtype == np.float32
            assert record.array("a:n").tolist() != X.tolist()


def test_the_generator_decides():
    plan = node_plan(GaussianNoiseSpec("n", 1.0, sources("x")), {"x": 3}, seed=5)
    start = state_of(plan.random)
    first = recorded(plan, X).array("a:n").tolist()
    restore_state(plan.random, start)
    assert recorded(plan, X).array("a:n").tolist() == first
    expected = X.T + generator(5).standard_normal((3, 2))
    assert first == expected.T.tolist()
