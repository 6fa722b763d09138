"""Reading what is typed on the canvas."""

from __future__ import annotations

import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.model import Training
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.ui.canvas.typed import read_wishes
from nnsim.ui.canvas.wishes import Wish, make


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("x", Wish("input")),
        ("X", Wish("input")),
        ("x7", Wish("input", 1, "", "x7")),
        ("entrada", Wish("input")),
        ("input", Wish("input")),
        ("3 entradas", Wish("input", 3)),
        ("capa de entrada 5", Wish("input", 5)),
        ("input layer of 5 units", Wish("input", 5)),
        ("capa de entrada", Wish("input", "columns")),
        ("neurona", Wish("dense")),
        ("a neuron", Wish("dense")),
        ("neurona sigmoide", Wish("dense", 1, "sigmoid")),
        ("sigmoid neuron", Wish("dense", 1, "sigmoid")),
        ("Neurona ESCALÓN", Wish("dense", 1, "step")),
        ("neurona escalon", Wish("dense", 1, "step")),
        ("relu", Wish("dense", 1, "relu")),
        ("capa 4 relu", Wish("dense", 4, "relu")),
        ("4 relu", Wish("dense", 4, "relu")),
        ("relu 4", Wish("dense", 4, "relu")),
        ("layer 4 leaky relu", Wish("dense", 4, "leaky_relu")),
        ("capa de 4 relu con fuga", Wish("dense", 4, "leaky_relu")),
        ("capa oculta de 16 neuronas con tangente hiperbólica", Wish("dense", 16, "tanh")),
        ("hyperbolic tangent 3", Wish("dense", 3, "tanh")),
        ("capa", Wish("dense", 4)),
        ("salida", Wish("dense", "columns")),
        ("output layer softmax", Wish("dense", "columns", "softmax")),
        ("64", Wish("dense", 64)),
        ("oculta: 8 elu", Wish("dense", 8, "elu", "oculta")),
        ("  Suma total :  neurona lineal ", Wish("dense", 1, "identity", "Suma total")),
    ],
)
def test_one_node(typed, wish):
    assert read_wishes(empty(), typed) == (wish,)


@pytest.mark.parametrize("typed", ["2-4-1", "2 - 4 - 1", "2–4–1", "2>4>1", "2→4→1"])
def test_a_chain_begins_with_inputs_where_there_are_none(typed):
    assert read_wishes(empty(), typed) == (Wish("input", 2), Wish("dense", 4), Wish("dense", 1))


def test_a_chain_beside_inputs_is_all_neurons():
    assert read_wishes(gate_neuron("or"), "4-1") == (Wish("dense", 4), Wish("dense", 1))


def test_one_activation_is_for_the_hidden_layers():
    wishes = read_wishes(empty(), "2-4-3-1 relu")
    assert [wish.activation for wish in wishes] == ["", "relu", "relu", ""]


def test_a_second_activation_is_for_the_output():
    wishes = read_wishes(empty(), "2-4-3-1 tanh y sigmoide")
    assert [wish.activation for wish in wishes] == ["", "tanh", "tanh", "sigmoid"]


def test_a_single_layer_takes_the_only_activation():
    assert [wish.activation for wish in read_wishes(empty(), "2-1 escalón")] == ["", "step"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "canvas.entry.unreadable"),
        ("   ", "canvas.entry.unreadable"),
        ("x" * 200, "canvas.entry.unreadable"),
        ("capa 4 rleu", "canvas.entry.word"),
        ("0", "canvas.entry.word"),
        ("4 5", "canvas.entry.word"),
        ("-3", "canvas.entry.word"),
        ("2.5", "canvas.entry.word"),
        ("4 relu tanh", "canvas.entry.word"),
        ("2-4-1 banana", "canvas.entry.word"),
        ("2-4-1 relu tanh elu", "canvas.entry.activations"),
        ("entrada relu", "canvas.entry.input_activation"),
        ("2-0-1", "template.layers"),
        ("2-99999-1", "template.layers"),
        (": neurona", "edit.name"),
        ("n" * 50 + ": neurona", "edit.name"),
    ],
)
def test_what_cannot_be_read_is_said(typed, code):
    with pytest.raises(NnsimError) as refused:
        read_wishes(empty(), typed)
    assert refused.value.messages[0].code == code


def test_the_usual_activation_suits_the_rule():
    document, (node,) = make(empty(), (Wish("dense"),), 0, 0)
    assert document.node(node).activation.name == "step"
    gradient = perceptron((2, 1))
    assert gradient.training == Training(rule="sgd")
    document, (node,) = make(gradient, (Wish("dense"),), 0, 0)
    assert document.node(node).activation.name == "sigmoid"


def test_hidden_layers_of_a_chain_are_never_steps():
    document, ids = make(empty(), read_wishes(empty(), "2-4-1"), 0, 0)
    assert [document.node(key).activation.name for key in ids[1:]] == ["sigmoid", "step"]


def test_columns_are_those_of_the_data():
    document = perceptron((5, 3))
    made, (inputs,) = make(empty(), (Wish("input", "columns"),), 0, 0)
    assert made.node(inputs).units == 2
    made, (outputs,) = make(document, (Wish("dense", "columns"),), 0, 0)
    assert made.node(outputs).units == 3
