"""Several values set at once, and start weights drawn anew."""

import numpy as np

from nnsim.document.edits import draw_weights, set_parameters
from nnsim.document.model import ParameterEdit
from nnsim.document.templates import perceptron


def test_several_start_values_are_set_at_once():
    document = perceptron((2, 3, 1))
    (first, *_) = document.connections
    changed = set_parameters(document, f"w:{first.id}", ((0, 1), (2, 0)), 0.25)
    values = changed.connection(first.id).weights
    assert (values[0, 1], values[2, 0]) == (0.25, 0.25)
    assert (values != first.weights).sum() == 2


def test_in_mid_run_they_are_one_change_that_replaces_an_earlier_one():
    document = perceptron((2, 3, 1))
    document = set_parameters(document, "b:n2", ((0,), (1,)), 1.0, iteration=4)
    document = set_parameters(document, "b:n2", ((1,), (2,)), 2.0, iteration=4)
    (change,) = document.changes
    assert set(change.parameters) == {
        ParameterEdit("b:n2", (0,), 1.0),
        ParameterEdit("b:n2", (1,), 2.0),
        ParameterEdit("b:n2", (2,), 2.0),
    }


def test_drawn_weights_come_from_the_seed_and_lie_within_the_limit():
    document = perceptron((4, 3, 1))
    ids = [connection.id for connection in document.connections]
    drawn = draw_weights(document, ids, seed=1)
    again = draw_weights(document, ids, seed=1)
    other = draw_weights(document, ids, seed=2)
    for k, connection in enumerate(drawn.connections):
        limit = min(1.0, np.sqrt(6 / sum(connection.weights.shape)))
        assert np.abs(connection.weights).max() <= limit + 0.005  # rounded to short decimals
        assert (connection.weights == again.connections[k].weights).all()
        assert (connection.weights != other.connections[k].weights).any()


def test_only_the_named_connections_are_drawn():
    document = perceptron((4, 3, 1))
    first, second = document.connections
    drawn = draw_weights(document, [second.id], seed=1)
    assert drawn.connection(first.id) is first
    assert draw_weights(document, [], seed=1) is document
