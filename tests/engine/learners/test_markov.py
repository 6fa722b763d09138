"""Markov chains: counted, looked through, followed."""

import math

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.learners import Feed
from nnsim.engine.learners.markov import (
    ChainClass,
    CountingLearner,
    MarkovChain,
    PowerIteration,
    perplexity,
    transitions,
)
from nnsim.engine.record import Record

#: sunny, cloudy, rainy
WEATHER = np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.4, 0.4]])
RING = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], float)
#: the gambler who has 0 … 4 coins and wins one with probability 1/2
GAMBLER = np.array(
    [
        [1, 0, 0, 0, 0],
        [0.5, 0, 0.5, 0, 0],
        [0, 0.5, 0, 0.5, 0],
        [0, 0, 0.5, 0, 0.5],
        [0, 0, 0, 0, 1],
    ]
)


class TestCounting:
    def count(self, walks, states, **settings):
        pairs = transitions(walks)
        return CountingLearner(pairs, states, Feed(len(pairs)), **settings)

    def test_transitions_do_not_cross_from_walk_to_walk(self):
        assert transitions([[0, 1, 1], [2, 0], [1]]).tolist() == [[0, 1], [1, 1], [2, 0]]

    def test_four_transitions_by_hand(self):
        learner = self.count([[0, 0, 1, 0, 1]], 2)
        losses, rows = [], []
        for _ in range(4):
            losses.append(learner.iterate().loss)
            rows.append(learner.params["A"].tolist())
        # 0 -> 0, 0 -> 1, 1 -> 0, 0 -> 1
        assert rows == [
            [[1, 0], [0.5, 0.5]],
            [[0.5, 0.5], [0.5, 0.5]],
            [[0.5, 0.5], [1, 0]],
            [[1 / 3, 2 / 3], [1, 0]],
        ]
        np.testing.assert_allclose(losses, [math.log(2), math.inf, math.log(2), math.log(2)])
        assert learner.params["n"].tolist() == [[1, 2], [1, 0]]

    def test_smoothing_adds_to_every_count(self):
        learner = self.count([[0, 0, 1, 0, 1]], 2, smoothing=0.5)
        losses = [learner.iterate().loss for _ in range(4)]
        np.testing.assert_allclose(learner.params["A"], [[1.5 / 4, 2.5 / 4], [1.5 / 2, 0.5 / 2]])
        # -ln of 1/2, of 0.5/2, of 1/2, of 1.5/3
        np.testing.assert_allclose(losses, np.log([2, 4, 2, 2]), rtol=1e-15)

    def test_a_batch_is_counted_at_once(self):
        one = self.count([[0, 1, 2, 0, 2, 1, 1]], 3)
        whole = self.count([[0, 1, 2, 0, 2, 1, 1]], 3, batch=6)
        for _ in range(6):
            one.iterate()
        assert whole.iterate().epoch_ended
        assert whole.parameters.tobytes() == one.parameters.tobytes()

    def test_the_second_epoch_looks_without_counting(self):
        learner = self.count([[0, 0, 1, 0, 1]], 2, batch=4)
        learner.iterate()
        metrics = learner.iterate()
        assert not metrics.changed
        # Three times from 0 (1/3, 2/3, 2/3), once from 1 (certain).
        assert metrics.loss == pytest.approx(-(math.log(1 / 3) + 2 * math.log(2 / 3)) / 4)
        assert metrics.wrong == 1
        assert perplexity(learner.params["A"], learner.pairs) == pytest.approx(
            math.exp(metrics.loss)
        )

    def test_what_is_recorded_follows_from_each_other(self):
        learner = self.count([[0, 1, 2, 0, 2, 1, 1]], 3, batch=4, smoothing=1.0)
        record = Record()
        learner.iterate(record)
        a = record.arrays
        np.testing.assert_array_equal(a["y"], a["a:state"] @ a["A"])
        np.testing.assert_array_equal(a["l"][:, 0], -np.log((a["y"] * a["t"]).sum(axis=1)))
        assert float(a["L"]) == pytest.approx(a["l"].mean(), rel=1e-15)
        np.testing.assert_array_equal(a["dn"], a["a:state"].T @ a["t"])
        smoothed = a["n+"] + 1.0
        np.testing.assert_array_equal(a["A+"], smoothed / smoothed.sum(axis=1, keepdims=True))

    def test_a_long_walk_gives_its_chain_back(self):
        walk = MarkovChain(WEATHER).sample(0, 40_000, generator(0))
        learner = self.count([walk.tolist()], 3, batch=40_000)
        learner.iterate()
        # About 10,000 visits of each state: standard errors of at most 0.005.
        np.testing.assert_allclose(learner.params["A"], WEATHER, atol=0.02)
        visits = np.bincount(walk) / len(walk)
        np.testing.assert_allclose(visits, MarkovChain(WEATHER).stationary[0], atol=0.02)

    def test_unknown_states_are_refused(self):
        with pytest.raises(ValueError, match="0 to 1"):
            self.count([[0, 2]], 2)


class TestClasses:
    def test_a_chain_that_mixes(self):
        chain = MarkovChain(WEATHER)
        assert chain.classes == (ChainClass((0, 1, 2), True, 1),)
        assert chain.is_irreducible
        assert chain.converges

    def test_a_ring_is_periodic(self):
        chain = MarkovChain(RING)
        assert chain.classes == (ChainClass((0, 1, 2), True, 3),)
        assert not chain.converges

    def test_a_walk_between_two_sides_has_period_2(self):
        line = np.array([[0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 1, 0]])
        assert MarkovChain(line).classes[0].period == 2

    def test_ways_round_of_2_and_3_steps_make_period_1(self):
        matrix = np.array([[0, 1, 0], [0.5, 0, 0.5], [1, 0, 0]])
        assert MarkovChain(matrix).classes[0].period == 1

    def test_absorbing_states_and_transient_ones(self):
        chain = MarkovChain(GAMBLER)
        assert chain.classes == (
            ChainClass((0,), True, 1),
            ChainClass((1, 2, 3), False, 2),
            ChainClass((4,), True, 1),
        )
        assert [found.is_absorbing for found in chain.classes] == [True, False, True]
        assert chain.transient_states == (1, 2, 3)
        assert not chain.is_irreducible
        assert not chain.converges

    def test_a_state_that_is_never_seen_again_has_period_0(self):
        chain = MarkovChain(np.array([[0.0, 1.0], [0.0, 1.0]]))
        assert chain.classes == (ChainClass((0,), False, 0), ChainClass((1,), True, 1))
        assert chain.converges


class TestLongRun:
    def test_the_stationary_distribution_is_the_eigenvector(self):
        chain = MarkovChain(WEATHER)
        values, vectors = np.linalg.eig(WEATHER.T)
        vector = np.real(vectors[:, np.argmin(np.abs(values - 1))])
        np.testing.assert_allclose(chain.stationary[0], vector / vector.sum(), rtol=1e-13)
        # By hand: 0.7·6 + 0.3·4 + 0.2·3 = 6, 0.2·6 + 0.4·4 + 0.4·3 = 4, so 13 π = (6, 4, 3).
        np.testing.assert_allclose(chain.stationary[0], np.array([6, 4, 3]) / 13, rtol=1e-14)

    def test_the_gambler_ends_in_proportion_to_his_coins(self):
        chain = MarkovChain(GAMBLER)
        expected = [[1, 0], [0.75, 0.25], [0.5, 0.5], [0.25, 0.75], [0, 1]]
        np.testing.assert_allclose(chain.absorption(), expected, atol=1e-15)
        np.testing.assert_allclose(chain.steps_to_absorption(), [0, 3, 4, 3, 0], rtol=1e-14)
        np.testing.assert_allclose(chain.limit(), chain.power(500), atol=1e-14)

    def test_each_closed_class_has_its_own_stationary_distribution(self):
        matrix = np.zeros((5, 5))
        matrix[:2, :2] = [[0.5, 0.5], [0.25, 0.75]]
        matrix[2:4, 2:4] = [[0, 1], [1, 0]]
        matrix[4] = 0.2
        chain = MarkovChain(matrix)
        np.testing.assert_allclose(
            chain.stationary, [[1 / 3, 2 / 3, 0, 0, 0], [0, 0, 0.5, 0.5, 0]], rtol=1e-14
        )
        np.testing.assert_allclose(chain.absorption()[4], [0.5, 0.5], rtol=1e-14)
        average = np.mean([chain.power(n) for n in range(200, 400)], axis=0)
        np.testing.assert_allclose(chain.limit(), average, atol=1e-14)

    def test_powers(self):
        chain = MarkovChain(WEATHER)
        np.testing.assert_array_equal(chain.power(0), np.eye(3))
        np.testing.assert_allclose(chain.power(3), WEATHER @ WEATHER @ WEATHER, rtol=1e-15)
        np.testing.assert_array_equal(MarkovChain(RING).power(3), np.eye(3))
        with pytest.raises(ValueError, match="0 steps"):
            chain.power(-1)


class TestPowerIteration:
    START = (1.0, 0.0, 0.0)

    def test_one_step_by_hand(self):
        learner = PowerIteration(MarkovChain(WEATHER), self.START)
        record = Record()
        metrics = learner.iterate(record)
        np.testing.assert_array_equal(learner.distribution, [0.7, 0.2, 0.1])
        assert metrics.loss == pytest.approx(0.6)
        np.testing.assert_allclose(
            record.arrays["p:pi"].sum(axis=2), record.arrays["y"], rtol=1e-15
        )

    def test_it_is_the_power_of_the_matrix(self):
        chain = MarkovChain(WEATHER)
        learner = PowerIteration(chain, self.START)
        for _ in range(7):
            learner.iterate()
        np.testing.assert_allclose(learner.distribution, chain.power(7)[0], rtol=1e-14)

    def test_it_comes_to_the_stationary_distribution(self):
        chain = MarkovChain(WEATHER)
        learner = PowerIteration(chain, self.START)
        while not learner.is_done:
            learner.iterate()
        assert learner.iteration < 60
        # What is left shrinks by 0.5 a step: about as much as the last step.
        np.testing.assert_allclose(learner.distribution, chain.stationary[0], atol=1e-12)

    def test_on_a_ring_it_goes_round(self):
        learner = PowerIteration(MarkovChain(RING), self.START)
        seen = []
        for _ in range(6):
            assert learner.iterate().loss == 2.0
            seen.append(int(learner.distribution.argmax()))
        assert seen == [1, 2, 0, 1, 2, 0]
        assert not learner.is_done

    def test_a_start_that_is_no_distribution_is_refused(self):
        with pytest.raises(ValueError, match="distribution"):
            PowerIteration(MarkovChain(RING), np.ones(3))


@pytest.mark.parametrize("matrix", [np.ones((2, 3)) / 3, np.eye(2) * 0.9, [[1.5, -0.5], [0, 1]]])
def test_only_transition_matrices_are_chains(matrix):
    with pytest.raises(ValueError):
        MarkovChain(np.asarray(matrix))
