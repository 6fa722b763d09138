"""In what two runs differ, said as a person would."""

from dataclasses import replace

from nnsim.document.comparing import differences, layer_sizes, message_of, summary_of
from nnsim.document.edits import (
    add_node,
    connect,
    move,
    set_activation,
    set_conventions,
    set_data,
    set_parameter,
    set_scaling,
    set_split,
    set_texts,
    set_training,
)
from nnsim.document.model import Conventions, Feature, ScalingSettings, SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.language import message_text
from tests.support.documents import table

NET = perceptron((2, 3, 1))


def said(before, after, locale="en"):
    return [message_text(message_of(each), locale) for each in differences(before, after)]


def trained(**settings):
    return set_training(NET, replace(NET.training, **settings))


def test_a_setting_that_has_a_letter():
    assert said(trained(learning_rate=0.3), trained(learning_rate=0.03)) == ["α = 0.3 → 0.03"]
    assert said(trained(beta1=0.9), trained(beta1=0.5), "es") == ["β₁ = 0,9 → 0,5"]


def test_settings_that_are_words():
    assert said(trained(order="given"), trained(order="shuffled")) == [
        "Order of the samples: As given → Shuffled each epoch"
    ]
    assert said(trained(update_biases=True), trained(update_biases=False)) == [
        "Biases learn: Yes → No"
    ]


def test_a_convention():
    strict = set_conventions(NET, Conventions(threshold=">"))
    assert said(NET, strict) == ["Step function at 0: 1 if Σ ≥ 0 → 1 if Σ > 0"]


def test_a_layer_more():
    assert said(NET, perceptron((2, 8, 4, 1))) == ["layers 2-3-1 → 2-8-4-1"]


def test_units_side_by_side_are_one_layer():
    document, node = add_node(NET, "dense", 2)
    document, _ = connect(document, NET.inputs[0].id, node)
    document, _ = connect(document, node, NET.outputs[0].id)
    assert layer_sizes(document) == (2, 5, 1)


def test_an_activation():
    hidden = NET.nodes[-2]
    other = set_activation(NET, hidden.id, ActivationSpec("relu"))
    assert said(NET, other) == [f"{hidden.name}: Sigmoid → ReLU"]


def test_a_connection_and_start_weights():
    joined, _ = connect(NET, NET.inputs[0].id, NET.outputs[0].id)
    assert said(NET, joined) == ["other connections"]
    weight = f"w:{NET.connections[0].id}"
    assert said(NET, set_parameter(NET, weight, (0, 0), 7.0)) == ["other start weights"]


def test_samples():
    one = set_data(NET, table([[0, 1]], [1]))
    assert said(NET, one) == ["samples: 4 → 1"]
    assert said(one, set_data(NET, table([[1, 1]], [1]))) == ["other samples"]


def test_parts_and_scaling():
    divided = set_split(NET, SplitSettings(60, 20, 20))
    assert said(NET, divided) == ["parts 1-0-0 → 60-20-20"]
    assert said(divided, set_split(NET, SplitSettings(60, 20, 20, seed=1))) == [
        "other samples in the parts"
    ]
    assert said(NET, set_scaling(NET, ScalingSettings("standard"))) == ["other scaling"]


def test_a_feature():
    node = NET.inputs[0]
    other = replace(NET, nodes=(replace(node, feature=Feature("square", (0,))), *NET.nodes[1:]))
    assert said(NET, other) == [f"{node.name}: another feature"]


def test_changes_in_the_middle_of_the_run():
    assert said(NET, set_parameter(NET, f"b:{NET.outputs[0].id}", (0,), 1.0, 5)) == [
        "changes on the way: 0 → 1"
    ]


def test_what_is_of_several_kinds_comes_one_by_one():
    assert said(gate_neuron("or"), NET) == [
        "Learning rule: Course rule → SGD",
        "layers 2-1 → 2-3-1",
        "other samples",
    ]


def test_in_short():
    def short(before, after):
        return message_text(summary_of(differences(before, after)), "en")

    assert short(NET, NET) == "same settings"
    assert short(trained(learning_rate=0.3), trained(learning_rate=0.03)) == "α = 0.3 → 0.03"
    both = trained(learning_rate=0.03, seed=7)
    assert short(trained(learning_rate=0.3), both) == "α = 0.3 → 0.03 and 1 more"


def test_names_and_places_make_no_difference():
    moved = move(set_texts(NET, title="other"), {NET.nodes[0].id: (5.0, 5.0)})
    assert moved is not NET
    assert differences(NET, moved) == ()
