"""Which weight or bias an edit, an undo or a redo has changed."""

from dataclasses import replace

from nnsim.document.differences import changed_parameter
from nnsim.document.edits import set_parameter, set_parameters, set_texts, set_training
from nnsim.document.templates import gate_neuron, perceptron


def both_ways(before, after):
    """The change and its undoing concern the same value."""
    found = changed_parameter(before, after)
    assert changed_parameter(after, before) == found
    return found


def test_a_start_value():
    document = gate_neuron("or")
    assert both_ways(document, set_parameter(document, "b:n3", (0,), 3.0)) == ("b:n3", (0,))
    assert both_ways(document, set_parameter(document, "w:c4", (0, 0), 3.0)) == ("w:c4", (0, 0))


def test_a_value_of_a_matrix():
    document = perceptron((2, 3, 1))
    name = f"w:{document.connections[0].id}"
    assert both_ways(document, set_parameter(document, name, (2, 1), 7.0)) == (name, (2, 1))


def test_a_value_set_in_the_middle_of_the_run_and_set_again():
    document = gate_neuron("or")
    once = set_parameter(document, "b:n3", (0,), 0.8, 2)
    again = set_parameter(once, "b:n3", (0,), 0.9, 2)
    assert both_ways(document, once) == ("b:n3", (0,))
    assert both_ways(once, again) == ("b:n3", (0,))


def test_several_values_and_other_things_are_none():
    document = perceptron((2, 3, 1))
    name = f"w:{document.connections[0].id}"
    several = set_parameters(document, name, [(0, 0), (1, 1)], 7.0)
    assert both_ways(document, several) is None
    assert both_ways(document, set_texts(document, title="other")) is None
    training = replace(document.training, learning_rate=0.3)
    assert both_ways(document, set_training(document, training, 3)) is None
    assert both_ways(document, perceptron((2, 2, 1))) is None
