"""What a frame shows of an array is what it shows of each of its numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nnsim.document.model import Conventions, Training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.learners import missed
from nnsim.engine.record import Quantity
from nnsim.session import Session

DOCUMENTS = {
    "rule": gate_neuron("or"),
    "sgd": perceptron((2, 3, 2, 1)),
    "softmax": perceptron((2, 3, 2), output="softmax"),
    "maxout": perceptron((2, 3, 1), hidden="maxout"),
    "batch": dataclasses.replace(
        perceptron((2, 2, 1)), training=Training(rule="sgd", batch_size=3)
    ),
    "during": dataclasses.replace(
        perceptron((2, 2, 1)),
        training=Training(rule="sgd"),
        conventions=Conventions(update_timing="during"),
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_array_is_shown_number_by_number(name):
    session = Session(DOCUMENTS[name])
    length = len(session.walk)
    for done in range(length + 1):
        session.go_to(1, done)
        frame = session.frame
        for key, array in frame.record.arrays.items():
            kind, _, owner = key.partition(":")
            if kind in ("y", "t", "L") or (kind == "a" and not frame.has(Quantity("z", owner))):
                continue
            has_samples = kind in ("a", "z", "e", "l", "da", "dz")
            shape = array.shape[1:] if has_samples else array.shape
            shown = frame.shown_of(kind, owner, shape)
            for index in np.ndindex(*shape):
                one = Quantity(kind, owner, *index, sample=frame.sample if has_samples else 0)
                if len(index) == 1:
                    one = dataclasses.replace(one, column=0)
                assert shown[index] == frame.is_shown(one), (key, index, done)


def test_a_parameter_is_new_where_it_has_been_updated():
    session = Session(gate_neuron("or"))
    session.go_to(3, 0)
    before = session.frame.parameter("b:n3")
    session.go_to(1)
    assert session.frame.parameter("b:n3").tolist() == [-1.0]
    session.go_to(1, 0)
    assert session.frame.parameter("b:n3").tolist() == [1.0]
    assert before.tolist() == [-1.0]


def test_an_output_misses_its_target_from_half_away_on():
    y = np.array([[0.5, 0.4, 0.9]])
    t = np.array([[1.0, 0.0, 0.0]])
    assert missed(y, t, "mse").tolist() == [[True, False, True]]


def test_with_the_hinge_loss_the_sign_counts():
    assert missed(np.array([[0.1, -0.1]]), np.array([[1.0, 1.0]]), "hinge").tolist() == [
        [False, True]
    ]


def test_with_cross_entropy_only_the_largest_output_can_miss():
    y = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
    t = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert missed(y, t, "cross_entropy").tolist() == [[False, True, False], [False, False, False]]
