"""Hidden layers added, removed and resized, whatever the diagram is made of."""

import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.checks import check
from nnsim.document.edits import add_node, connect, remove
from nnsim.document.lab import (
    add_hidden,
    add_neuron,
    hidden_activation,
    hidden_layers,
    remove_hidden,
    remove_neuron,
    set_hidden_activation,
)
from nnsim.document.templates import gate_neuron, perceptron


def sizes(document):
    """Units of each hidden layer."""
    return [sum(node.units for node in layer) for layer in hidden_layers(document)]


def links(document):
    """Which name feeds which."""
    name = {node.id: node.name for node in document.nodes}
    return {(name[c.source], name[c.target]) for c in document.connections}


@pytest.fixture
def neurons():
    """x1, x2 → N1, N2 → N3: a hidden layer of two neurons drawn one by one."""
    document = gate_neuron("xor")
    document, first = add_node(document, "dense")
    document, second = add_node(document, "dense")
    output = document.nodes[2].id
    document = remove(document, [c.id for c in document.connections])
    for neuron in (first, second):
        for source in document.inputs:
            document, _ = connect(document, source.id, neuron)
        document, _ = connect(document, neuron, output)
    return document


def test_the_first_hidden_layer_comes_between_inputs_and_output():
    document = add_hidden(gate_neuron("xor"), 3)
    assert sizes(document) == [3]
    assert links(document) == {("x1", "C1"), ("x2", "C1"), ("C1", "N1")}
    assert not [
        p for p in check(document) if p.severity == "error" and "rule" not in p.message.code
    ]


def test_a_further_one_is_the_last_and_like_the_one_before_it():
    document = add_hidden(perceptron((2, 8, 1), hidden="relu"))
    assert sizes(document) == [8, 4]
    assert hidden_activation(document).name == "relu"
    assert check(document) == ()


def test_taken_away_again_the_diagram_is_as_before_but_for_the_ids():
    before = perceptron((2, 8, 1))
    after = remove_hidden(add_hidden(before), 1)
    assert sizes(after) == [8]
    assert links(after) == links(before)


def test_without_its_middle_layer_the_outer_ones_are_joined():
    document = remove_hidden(perceptron((2, 3, 4, 5, 1)), 1)
    assert sizes(document) == [3, 5]
    assert check(document) == ()


def test_without_any_hidden_layer_inputs_feed_the_output():
    document = remove_hidden(perceptron((2, 4, 1)), 0)
    assert sizes(document) == []
    assert check(document) == ()


def test_a_layer_that_is_one_node_gets_a_unit_and_keeps_its_weights():
    before = perceptron((2, 4, 1))
    after = add_neuron(before, 0)
    assert sizes(after) == [5]
    kept = after.connections[0].weights[:4]
    assert kept.tolist() == before.connections[0].weights.tolist()
    assert sizes(remove_neuron(after, 0)) == [4]


def test_a_layer_of_neurons_gets_another_one_wired_like_the_last(neurons):
    after = add_neuron(neurons, 0)
    assert sizes(after) == [3]
    assert len(hidden_layers(after)[0]) == 3
    assert links(after) - links(neurons) == {("x1", "N4"), ("x2", "N4"), ("N4", "N1")}
    assert links(remove_neuron(after, 0)) == links(neurons)


def test_the_last_neuron_of_a_layer_stays():
    document = perceptron((2, 1, 1))
    with pytest.raises(NnsimError) as refused:
        remove_neuron(document, 0)
    assert refused.value.messages[0].code == "lab.last_neuron"


def test_nothing_is_put_between_what_is_not_there():
    document = gate_neuron()
    alone = remove(document, [c.id for c in document.connections])
    with pytest.raises(NnsimError) as refused:
        add_hidden(alone)
    assert refused.value.messages[0].code == "lab.no_network"


def test_one_activation_for_all_hidden_layers_leaves_the_output_alone():
    document = set_hidden_activation(perceptron((2, 4, 4, 1)), "leaky_relu")
    assert {n.activation.name for layer in hidden_layers(document) for n in layer} == {"leaky_relu"}
    assert document.outputs[0].activation.name == "sigmoid"


def test_layers_stand_in_columns_from_left_to_right_without_covering_each_other(neurons):
    document = add_hidden(add_neuron(neurons, 0))
    places = [(node.x, node.y) for node in document.nodes]
    assert len(set(places)) == len(places)
    columns = [{n.x for n in document.inputs}]
    columns += [{n.x for n in layer} for layer in hidden_layers(document)]
    columns += [{n.x for n in document.outputs}]
    assert [len(column) for column in columns] == [1, 1, 1, 1]
    at = [column.pop() for column in columns]
    assert at == sorted(at)
