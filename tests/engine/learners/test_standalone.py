"""Learners without a plan: replay bit for bit, and before + Δ = after."""

import itertools

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.learners import Feed
from nnsim.engine.learners.boltzmann import (
    BoltzmannLearner,
    BoltzmannSettings,
    DivergenceSettings,
    RestrictedBoltzmannLearner,
    encoder_links,
    encoder_patterns,
)
from nnsim.engine.learners.hopfield import HebbianLearner, Recall
from nnsim.engine.learners.markov import CountingLearner, MarkovChain, PowerIteration, transitions
from nnsim.engine.learners.svm import KernelSpec, SmoLearner, SmoSettings
from nnsim.engine.record import Record

BITS = generator(1).integers(2, size=(7, 5)).astype(float)
SPINS = 2 * BITS - 1
POINTS = generator(2).standard_normal((12, 2))
LABELS = np.where(POINTS[:, 0] * POINTS[:, 1] > 0, 1.0, -1.0)
WEATHER = np.array([[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]])


def restricted(**settings):
    return RestrictedBoltzmannLearner(
        BITS, 4, Feed(7, shuffled=True, seed=5), 3, DivergenceSettings(**settings), generator(9)
    )


def boltzmann(**settings):
    return BoltzmannLearner(
        encoder_patterns(2),
        encoder_links(2, 1),
        Feed(2),
        2,
        BoltzmannSettings(**settings),
        generator(4),
    )


def smo(selection):
    return SmoLearner(POINTS, LABELS, SmoSettings(2.0, KernelSpec("rbf", 0.7), 1e-3, selection))


def hebbian():
    return HebbianLearner(SPINS, Feed(7))


def recall():
    stored = hebbian()
    for _ in range(7):
        stored.iterate()
    return Recall(stored.weights, -SPINS[0] * [1, 1, -1, 1, 1], Feed(5, shuffled=True, seed=3))


LEARNERS = {
    "CD-1": lambda: restricted(),
    "CD-3": lambda: restricted(gibbs_steps=3),
    "PCD": lambda: restricted(persistent=True),
    "PCD-2, more chains than samples": lambda: restricted(
        persistent=True, gibbs_steps=2, chains=11
    ),
    "Boltzmann, sign": lambda: boltzmann(),
    "Boltzmann, gradient": lambda: boltzmann(update="gradient", step=0.5),
    "SMO, first order": lambda: smo("first_order"),
    "SMO, second order": lambda: smo("second_order"),
    "counting": lambda: CountingLearner(
        transitions([[0, 1, 1, 2, 0, 2, 1, 0]]), 3, Feed(7, shuffled=True), smoothing=0.5
    ),
    "power iteration": lambda: PowerIteration(MarkovChain(WEATHER), np.array([1.0, 0.0, 0.0])),
    "Hebb": hebbian,
    "recall": recall,
}


def records(learner, count):
    made = []
    for _ in range(count):
        record = Record()
        record.metrics = learner.iterate(record)
        made.append(record)
    return made


def bits(record):
    return {name: record.arrays[name].tobytes() for name in record.arrays}


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("before", [0, 1, 5])
def test_the_same_learner_restored_repeats_itself(name, before):
    learner = LEARNERS[name]()
    records(learner, before)
    snapshot = learner.snapshot()
    first = records(learner, 9)
    learner.restore(snapshot)
    second = records(learner, 9)
    assert [r.metrics for r in first] == [r.metrics for r in second]
    assert [bits(r) for r in first] == [bits(r) for r in second]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_fresh_learner_restored_goes_on_alike(name):
    learner = LEARNERS[name]()
    records(learner, 4)
    snapshot = learner.snapshot()
    first = records(learner, 6)
    fresh = LEARNERS[name]()
    fresh.restore(snapshot)
    assert [bits(r) for r in first] == [bits(r) for r in records(fresh, 6)]


@pytest.mark.parametrize("name", LEARNERS)
def test_recording_changes_nothing(name):
    recorded, plain = LEARNERS[name](), LEARNERS[name]()
    with_record = [recorded.iterate(Record()) for _ in range(10)]
    assert with_record == [plain.iterate() for _ in range(10)]
    assert recorded.parameters.tobytes() == plain.parameters.tobytes()


@pytest.mark.parametrize("name", LEARNERS)
def test_snapshots_are_never_modified(name):
    learner = LEARNERS[name]()
    snapshot = learner.snapshot()
    kept = {"parameters": snapshot.parameters, **snapshot.state}
    before = {key: np.array(value) for key, value in kept.items() if key != "random"}
    records(learner, 5)
    assert all(np.array_equal(kept[key], value) for key, value in before.items())
    assert not snapshot.parameters.flags.writeable


@pytest.mark.parametrize("name", LEARNERS)
def test_before_and_change_make_after(name):
    learner = LEARNERS[name]()
    for record in records(learner, 8):
        for parameter in learner.params:
            kind, colon, owner = parameter.partition(":")
            after = record.arrays[f"{kind}+{colon}{owner}"]
            # A multiplier that comes to an edge of its box is put there exactly, hence no 0.
            np.testing.assert_allclose(
                record.arrays[parameter] + record.arrays[f"d{parameter}"], after, atol=1e-15
            )
        changed = any(record.arrays[f"d{name}"].any() for name in learner.params)
        assert record.metrics.changed == changed
        assert float(record.arrays["L"]) == record.metrics.loss


@pytest.mark.parametrize("name", LEARNERS)
def test_after_is_before_of_the_next_iteration(name):
    learner = LEARNERS[name]()
    made = records(learner, 8)
    for earlier, later in itertools.pairwise(made):
        for parameter in learner.params:
            kind, colon, owner = parameter.partition(":")
            after = earlier.arrays[f"{kind}+{colon}{owner}"]
            assert after.tobytes() == later.arrays[parameter].tobytes()
