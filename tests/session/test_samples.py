"""Which samples an iteration learns from, known before it is computed."""

from dataclasses import replace

import pytest

from nnsim.document.edits import set_training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Session


def test_the_course_rule_stays_at_a_pattern_until_it_is_right():
    session = Session(gate_neuron("or"))
    told = []
    for iteration in range(1, 8):
        told.append(session.samples_of(iteration))
        session.compute()
    assert told == [(0,), (0,), (1,), (1,), (2,), (2,), (3,)]
    assert [session.samples_of(iteration) for iteration in range(1, 8)] == told


def test_looking_ahead_computes_nothing():
    session = Session(gate_neuron("or"))
    session.samples_of(1)
    assert session.computed == 0
    with pytest.raises(IndexError):
        session.samples_of(2)


def test_a_change_of_the_batch_is_known_ahead():
    document = perceptron((2, 2, 1))
    document = set_training(document, replace(document.training, batch_size=3), iteration=2)
    session = Session(document)
    session.compute()
    session.compute()
    assert session.samples_of(3) == (2, 3)
    session.compute()
    assert session.samples_of(3) == (2, 3)
