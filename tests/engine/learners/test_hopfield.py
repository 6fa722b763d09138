"""Hopfield networks: Hebb's rule, recall, and how much they hold."""

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.learners import Feed
from nnsim.engine.learners.hopfield import HebbianLearner, Recall, energy, stable_share
from nnsim.engine.record import Record

TWO = np.array([[1, 1, -1, -1], [1, -1, 1, -1]], float)


def stored(patterns):
    learner = HebbianLearner(patterns, Feed(len(patterns)))
    for _ in range(len(patterns)):
        learner.iterate()
    return learner


def random_patterns(count, units, seed=0):
    return generator(seed).choice((-1.0, 1.0), size=(count, units))


class TestStoring:
    def test_two_patterns_of_four_units_by_hand(self):
        learner = HebbianLearner(TWO, Feed(2))
        learner.iterate()
        first = [[0, 1, -1, -1], [1, 0, -1, -1], [-1, -1, 0, 1], [-1, -1, 1, 0]]
        assert learner.weights.tolist() == first
        learner.iterate()
        both = [[0, 0, 0, -2], [0, 0, -2, 0], [0, -2, 0, 0], [-2, 0, 0, 0]]
        assert learner.weights.tolist() == both

    def test_nothing_is_stable_before_and_the_pattern_after(self):
        learner = HebbianLearner(TWO[:1], Feed(1))
        first, second = learner.iterate(), learner.iterate()
        assert (first.wrong, first.loss) == (4, 1.0)
        assert (second.wrong, second.loss) == (0, 0.0)

    def test_the_second_epoch_looks_without_storing(self):
        learner = stored(TWO)
        before = learner.weights.copy()
        assert not learner.iterate().changed
        np.testing.assert_array_equal(learner.weights, before)

    def test_all_at_once_is_one_after_the_other(self):
        patterns = random_patterns(3, 16)
        whole = HebbianLearner(patterns, Feed(3), batch=3)
        whole.iterate()
        np.testing.assert_array_equal(whole.weights, stored(patterns).weights)

    def test_what_is_recorded_follows_from_each_other(self):
        learner = HebbianLearner(random_patterns(4, 9), Feed(4))
        learner.iterate()
        record = Record()
        metrics = learner.iterate(record)
        a = record.arrays
        np.testing.assert_array_equal(a["z:s"], a["a:s"] @ a["w:s"])
        np.testing.assert_array_equal(a["stable:s"], a["z:s"] * a["a:s"])
        # E = -½ Σ h_i ξ_i
        np.testing.assert_allclose(a["E:s"], -0.5 * a["stable:s"].sum(axis=1, keepdims=True))
        assert metrics.wrong == int((a["stable:s"] <= 0).sum())
        hebb = np.outer(a["a:s"][0], a["a:s"][0])
        np.testing.assert_array_equal(a["dw:s"], hebb - np.diag(hebb.diagonal()))

    def test_only_minus_1_and_1_are_stored(self):
        with pytest.raises(ValueError, match="-1 and 1"):
            HebbianLearner(np.array([[0.0, 1.0]]), Feed(1))


class TestRecall:
    def test_a_turned_unit_turns_back_by_hand(self):
        """One pattern (1, 1, -1, -1); the first unit wrong: h_1 = 1 + 1 + 1."""
        weights = stored(TWO[:1]).weights
        recall = Recall(weights, np.array([-1.0, 1.0, -1.0, -1.0]), Feed(4))
        record = Record()
        metrics = recall.iterate(record)
        a = record.arrays
        assert a["p:s"].tolist() == [[[0, 1, 1, 1]]]
        assert a["z:s"][0, 0] == 3
        assert (a["E"].item(), a["E+"].item()) == (0, -6)
        assert recall.pattern.tolist() == TWO[0].tolist()
        assert metrics.changed
        assert recall.is_done

    def test_a_field_of_0_leaves_the_unit_as_it_is(self):
        for start in (1.0, -1.0):
            recall = Recall(np.zeros((2, 2)), np.array([start, 1.0]), Feed(2))
            assert not recall.iterate().changed

    def test_a_field_of_rounding_error_is_0(self):
        """0.1 + 0.2 - 0.3 is 5.6e-17 in floats."""
        weights = np.zeros((4, 4))
        weights[0, 1:] = weights[1:, 0] = 0.1, 0.2, 0.3
        recall = Recall(weights, np.array([-1.0, 1.0, 1.0, -1.0]), Feed(4))
        record = Record()
        assert not recall.iterate(record).changed
        assert record.arrays["z:s"][0, 0] == 0

    @pytest.mark.parametrize("seed", range(5))
    def test_energy_never_rises_and_recall_comes_to_rest(self, seed):
        weights = stored(random_patterns(8, 30, seed)).weights
        start = random_patterns(1, 30, seed + 100)[0]
        recall = Recall(weights, start, Feed(30, shuffled=True, seed=seed))
        for _ in range(3000):
            record = Record()
            metrics = recall.iterate(record)
            a = record.arrays
            unit = int(a["unit"].item())
            field = a["z:s"][0, unit]
            assert (a["E+"] - a["E"]).item() == -field * a["ds"][0, unit]
            assert a["ds"][0, unit] * field >= 0
            assert metrics.samples == (unit,)
            if recall.is_done:
                break
        assert recall.is_done
        assert not any(recall.iterate().changed for _ in range(30))

    def test_a_third_of_the_units_wrong_is_repaired(self):
        patterns = random_patterns(4, 100, 1)
        weights = stored(patterns).weights
        for pattern in patterns:
            start = pattern.copy()
            start[generator(2).permutation(100)[:30]] *= -1
            recall = Recall(weights, start, Feed(100, shuffled=True, seed=0))
            while not recall.is_done:
                recall.iterate()
            np.testing.assert_array_equal(recall.pattern, pattern)
            assert energy(weights, recall.params["s"])[0] < energy(weights, start[np.newaxis])[0]

    @pytest.mark.parametrize("weights", [np.eye(2), np.array([[0.0, 1.0], [0.5, 0.0]])])
    def test_weights_with_which_it_need_not_rest_are_refused(self, weights):
        with pytest.raises(ValueError, match="symmetric"):
            Recall(weights, np.ones(2), Feed(2))


def test_beyond_its_capacity_a_network_forgets():
    """0.138 patterns a unit: 8.8 for 64 units."""
    few, many = (stable_share(64, count, generator(0), sweeps=6) for count in (3, 26))
    assert few == (1.0, 1.0)
    # By the normal distribution Φ(-√(64 / 26)) = 0.058 of the units do not stay; 1,664 units are
    # not independent draws, so within a few standard errors of 0.006.
    assert abs((1 - many[0]) - 0.058) < 0.025
    assert many[1] < 0.8
