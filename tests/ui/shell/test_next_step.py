"""The status line says what the next step will do, with names and numbers."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings

from nnsim.document.examples import load_example
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.session import Level
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.next_step import next_step
from tests.support.adversarial import small_gan


@pytest.fixture
def english(qapp, tmp_path):
    preferences = Preferences(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    preferences.set_locale("en")
    return preferences


def told(workspace, level, preferences, steps):
    sentences = []
    for _ in range(steps):
        sentences.append(next_step(workspace, level, preferences))
        workspace.step(level)
    return sentences


def test_product_by_product_each_number_is_announced(english):
    workspace = Workspace(gate_neuron("or"))
    assert told(workspace, Level.PRODUCT, english, 10) == [
        "Next: input × weight in N1: x₁ · w₁ = 0 · 0.5",
        "Next: input × weight in N1: x₂ · w₂ = 0 · 0.5",
        "Next: N1 adds its products and its bias 1",
        "Next: N1 applies the step function to Σ = 1",
        "Next: error of y, 0 − 1",
        "Next: new weight x1 → N1, now 0.5",
        "Next: new weight x2 → N1, now 0.5",
        "Next: new bias of N1, now 1",
        "Next, in iteration 2 with (0, 0): input × weight in N1: x₁ · w₁ = 0 · 0.5",
        "Next: input × weight in N1: x₂ · w₂ = 0 · 0.5",
    ]


def test_numbers_take_the_mark_of_the_language_and_negative_ones_brackets(english):
    workspace = Workspace(load_example("nand-gate"))
    workspace.go_to(9, 0)
    english.set_locale("es")
    sentence = next_step(workspace, Level.PRODUCT, english)
    assert sentence.startswith("Siguiente: entrada × peso en N1: x₁ · w₁ = ")
    weight = float(workspace.frame.parameter("w:c4")[0, 0])
    assert weight < 0
    assert sentence.endswith(f"({english.number(weight)})")


@pytest.mark.parametrize(
    ("level", "first", "then"),
    [
        (
            Level.NEURON,
            "Next: N1 adds inputs × weights and bias, and applies the step function",
            "Next: error of y, 0 − 1",
        ),
        (Level.PHASE, "Next: prediction for (0, 0)", "Next: error of y, 0 − 1"),
        (
            Level.SAMPLE,
            "Next: the whole of iteration 1, with (0, 0)",
            "Next: the whole of iteration 2, with (0, 0)",
        ),
        (
            Level.ITERATION,
            "Next: the whole of iteration 1, with (0, 0)",
            "Next: the whole of iteration 2, with (0, 0)",
        ),
        (
            Level.EPOCH,
            "Next: on to the end of the epoch, from iteration 1 with (0, 0)",
            "Next: on to the end of the epoch, from iteration 8 with (0, 0)",
        ),
    ],
)
def test_larger_steps_are_announced_as_such(english, level, first, then):
    assert told(Workspace(gate_neuron("or")), level, english, 2) == [first, then]


def test_the_rest_of_an_iteration(english):
    workspace = Workspace(gate_neuron("or"))
    workspace.step(Level.NEURON)
    assert next_step(workspace, Level.ITERATION, english) == "Next: the rest of iteration 1"


def test_layers_and_gradients_of_a_network(english):
    workspace = Workspace(load_example("backprop-2-2-2"))
    assert told(workspace, Level.LAYER, english, 9) == [
        "Next: layer C1 predicts: sums, then the sigmoid",
        "Next: layer C2 predicts: sums, then the sigmoid",
        "Next: error of the outputs of C2",
        "Next: δ of layer C2, the gradients at its sums",
        "Next: gradients of the weights and biases of layer C2",
        "Next: δ of layer C1, the gradients at its sums",
        "Next: gradients of the weights and biases of layer C1",
        "Next: new weights and biases of layer C1",
        "Next: new weights and biases of layer C2",
    ]


def test_a_weight_has_the_index_of_what_it_multiplies(english):
    document = load_example("backprop-2-2-2")
    sentences = told(Workspace(document), Level.PRODUCT, english, 10)
    products = [sentence.split(" = ")[0] for sentence in sentences if "input × weight" in sentence]
    assert products == [
        "Next: input × weight in C1[1]: x₁ · w₁",
        "Next: input × weight in C1[1]: x₂ · w₂",
        "Next: input × weight in C1[2]: x₁ · w₁",
        "Next: input × weight in C1[2]: x₂ · w₂",
        "Next: input × weight in C2[1]: C1[1] · w_C1[1]",
        "Next: input × weight in C2[1]: C1[2] · w_C1[2]",
    ]


def test_with_a_decimal_comma_the_inputs_are_parted_by_a_semicolon(english):
    english.set_locale("es")
    workspace = Workspace(gate_neuron("or"))
    assert "(0; 0)" in next_step(workspace, Level.ITERATION, english)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("rule", ["course", "perceptron", "delta", "gradient_descent", "sgd"])
@pytest.mark.parametrize("locale", ["en", "es"])
def test_there_is_a_sentence_everywhere(english, level, rule, locale):
    english.set_locale(locale)
    document = gate_neuron("or")
    if rule in ("gradient_descent", "sgd"):
        document = perceptron((2, 3, 1), hidden="maxout", output="softmax")
    training = replace(document.training, rule=rule, order="shuffled", batch_size=3)
    workspace = Workspace(replace(document, training=training))
    for sentence in told(workspace, level, english, 60):
        assert sentence
        assert "{" not in sentence


def test_what_cannot_run_says_why(english):
    assert next_step(Workspace(empty()), Level.NEURON, english).startswith("Cannot run yet. ")


def test_looking_ahead_computes_nothing(english):
    workspace = Workspace(gate_neuron("or"))
    workspace.step(Level.ITERATION)
    for level in Level:
        next_step(workspace, level, english)
    assert workspace.session.computed == 1


def test_an_update_says_whose_it_is(english):
    workspace = Workspace(small_gan())
    assert "discriminator D has learnt" in next_step(workspace, Level.UPDATE, english)
    workspace.step(Level.UPDATE)
    assert "generator G has learnt" in next_step(workspace, Level.UPDATE, english)
    workspace.step(Level.UPDATE)
    ahead = next_step(workspace, Level.UPDATE, english)
    assert "iteration 2" in ahead
    assert "discriminator D has learnt" in ahead
    # With one network it is an iteration.
    workspace = Workspace(gate_neuron("or"))
    assert "iteration 1" in next_step(workspace, Level.UPDATE, english)


@pytest.mark.parametrize("level", [Level.PRODUCT, Level.NEURON, Level.LAYER, Level.PHASE])
def test_of_two_networks_every_step_is_announced(english, level):
    """What D makes of a generated sample is told as what its layers make of any."""
    workspace = Workspace(small_gan())
    sentences = []
    while workspace.session.position.iteration == 1:
        sentences.append(next_step(workspace, level, english))
        workspace.step(level)
    assert all(sentence.startswith("Next") for sentence in sentences)
    if level is Level.NEURON:
        again = "Next: D1[1] adds inputs × weights and bias, and applies the leaky ReLU"
        # In each of the four samples: the real one, the generated one, and that to fool D.
        assert sentences.count(again) == 12
