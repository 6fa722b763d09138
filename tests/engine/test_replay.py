"""Going back: a restored snapshot leads to bit-identical numbers, whatever learns."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.compiling import make_learner
from nnsim.document.model import Conventions, Training
from nnsim.document.templates import perceptron
from nnsim.engine.record import Record
from tests.support.documents import gate, same_bits, table

FIVE = table(np.linspace(-1, 1, 10).reshape(5, 2), [[0], [1], [1], [0], [1]])


def network(hidden="tanh", **training):
    document = perceptron((2, 3, 1), hidden=hidden, data=FIVE)
    return replace(document, training=Training(**training))


LEARNERS = {
    "course": gate("xor"),
    "course, shuffled": gate("xor", order="shuffled"),
    "perceptron": gate("xor", rule="perceptron"),
    "perceptron, shuffled": gate("xor", rule="perceptron", order="shuffled", seed=7),
    "perceptron, float64": replace(
        gate("xor", rule="perceptron", learning_rate=0.1),
        conventions=Conventions(arithmetic="float64"),
    ),
    "delta": gate("or", rule="delta", learning_rate=0.1, order="shuffled"),
    "gradient descent": network(rule="gradient_descent"),
    "SGD": network(rule="sgd"),
    "SGD, shuffled": network(rule="sgd", order="shuffled", seed=3),
    "SGD, last batch short": network(rule="sgd", batch_size=2),
    "SGD, last batch short, shuffled": network(rule="sgd", batch_size=2, order="shuffled"),
    "SGD, maxout": network("maxout", rule="sgd", batch_size=3),
    "SGD, update during": replace(
        network(rule="sgd"), conventions=Conventions(update_timing="during")
    ),
}


def records(learner, count):
    made = []
    for _ in range(count):
        record = Record()
        record.metrics = learner.iterate(record)
        made.append(record)
    return made


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("before", [0, 1, 4, 11])
def test_the_same_learner_restored(name, before):
    learner = make_learner(LEARNERS[name])
    records(learner, before)
    snapshot = learner.snapshot()
    first = records(learner, 13)
    learner.restore(snapshot)
    second = records(learner, 13)
    # As text: the loss of a rule is NaN, which equals nothing.
    assert repr([r.metrics for r in first]) == repr([r.metrics for r in second])
    assert all(same_bits(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("name", LEARNERS)
def test_a_fresh_learner_restored(name):
    learner = make_learner(LEARNERS[name])
    records(learner, 6)
    snapshot = learner.snapshot()
    first = records(learner, 9)
    fresh = make_learner(LEARNERS[name])
    fresh.restore(snapshot)
    assert all(same_bits(a, b) for a, b in zip(first, records(fresh, 9), strict=True))


@pytest.mark.parametrize("name", LEARNERS)
def test_recording_changes_nothing(name):
    recorded, plain = make_learner(LEARNERS[name]), make_learner(LEARNERS[name])
    with_record = [recorded.iterate(Record()) for _ in range(15)]
    without = [plain.iterate() for _ in range(15)]
    assert repr(with_record) == repr(without)
    assert recorded.plan.parameters.tolist() == plain.plan.parameters.tolist()


OPTIMISED = {
    "Adam, limited, biases fixed": network(
        rule="sgd",
        optimiser="adam",
        batch_size=2,
        clipping="norm",
        clip_at=0.1,
        penalty="l2",
        update_biases=False,
    ),
    "AdamW": network(rule="sgd", optimiser="adamw"),
    "Nesterov": network(rule="sgd", optimiser="nesterov"),
}


@pytest.mark.parametrize("name", LEARNERS | OPTIMISED)
def test_parameters_are_recorded_as_they_are_after_the_update(name):
    learner = make_learner((LEARNERS | OPTIMISED)[name])
    for record in records(learner, 3):
        found = {key: record.array(key) for key in record.arrays if "+:" in key}
        assert all(not array.flags.writeable for array in found.values())
    for parameter, value in learner.params.items():
        kind, _, owner = parameter.partition(":")
        assert found[f"{kind}+:{owner}"].tolist() == value.tolist()
        assert found[f"{kind}+:{owner}"].dtype == value.dtype


def test_a_snapshot_is_never_modified():
    learner = make_learner(LEARNERS["SGD"])
    snapshot = learner.snapshot()
    before = snapshot.parameters.copy()
    records(learner, 5)
    assert snapshot.parameters.tobytes() == before.tobytes()
    assert not snapshot.parameters.flags.writeable


def test_floats_become_fractions_where_a_rule_takes_over():
    floats = make_learner(gate("or", rule="sgd"))
    exact = make_learner(gate("or", rule="perceptron"))
    exact.restore(floats.snapshot())
    assert all(not isinstance(value, float) for value in exact.plan.parameters.tolist())
    back = make_learner(gate("or", rule="sgd"))
    back.restore(exact.snapshot())
    assert back.plan.parameters.tolist() == [0.5, 0.5, 1.0]
