"""Why a diagram cannot run: said on the node at fault, before anything is computed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from nnsim.core.messages import NnsimError
from nnsim.data import gate_table
from nnsim.document import edits
from nnsim.document.checks import check, cycle, require_runnable
from nnsim.document.model import Document, Training
from nnsim.document.templates import GATES, empty, gate_neuron, parse_layers, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.language import LOCALES, message_text
from nnsim.session.running import Runner
from tests.support.documents import small_documents


def found(document):
    return [(p.severity, p.message.code, p.message.node) for p in check(document)]


def trained(document, **settings):
    return replace(document, training=replace(document.training, **settings))


def activated(document, name, **figures):
    for node in document.outputs:
        document = edits.set_activation(document, node.id, ActivationSpec(name, **figures))
    return document


class TestDiagram:
    def test_nothing_drawn(self):
        assert found(empty()) == [
            ("error", "check.no_input", None),
            ("error", "check.no_neuron", None),
        ]

    def test_a_neuron_that_gets_nothing_and_an_input_that_leads_nowhere(self):
        document = edits.remove(gate_neuron(), ["c4", "c5"])
        assert found(document) == [
            ("error", "check.input_goes_nowhere", "n1"),
            ("error", "check.input_goes_nowhere", "n2"),
            ("error", "check.nothing_comes_in", "n3"),
        ]

    def test_every_node_of_a_cycle_is_named_and_no_other(self):
        document = perceptron((2, 2, 2, 1))
        _, first, second, _ = (node.id for node in document.nodes)
        document, _ = edits.connect(document, second, first)
        assert cycle(document) == (first, second)
        assert found(document) == [
            ("error", "check.cycle", first),
            ("error", "check.cycle", second),
        ]

    def test_sizes_that_do_not_fit_the_data(self):
        document = edits.set_units(perceptron((2, 2, 1)), "n1", 3)
        document = edits.set_units(document, "n4", 2)
        problems = check(document)
        assert [(p.message.code, p.message.node) for p in problems] == [
            ("check.input_sizes", "n1"),
            ("check.output_sizes", "n4"),
        ]
        assert problems[0].message.params["n"] == 3
        assert problems[0].message.params["columns"] == 2

    def test_no_samples(self):
        document = gate_neuron()
        data = document.data.with_values(document.data.values[:0])
        assert found(edits.set_data(document, data)) == [("error", "check.no_samples", None)]


class TestTraining:
    def test_a_rule_for_one_layer_over_two(self):
        document = trained(perceptron((2, 2, 1), "step", "step"), rule="course")
        assert found(document) == [("error", "check.rule_needs_one_layer", "n2")]

    def test_a_rule_with_maxout(self):
        document = activated(gate_neuron(), "maxout")
        assert ("error", "check.rule_without_maxout", "n3") in found(document)

    def test_what_runs_but_will_not_do_what_it_seems_to_is_a_warning(self):
        assert found(activated(gate_neuron(), "sigmoid")) == [
            ("warning", "check.rule_needs_step", "n3")
        ]
        assert found(trained(gate_neuron(), rule="sgd")) == [
            ("warning", "check.step_has_no_gradient", "n3")
        ]

    @pytest.mark.parametrize(
        ("loss", "output", "code"),
        [
            ("binary_cross_entropy", "tanh", "check.loss_needs_probabilities"),
            ("cross_entropy", "sigmoid", "check.loss_needs_distribution"),
            ("cross_entropy", "softmax", "check.softmax_of_one"),
            ("hinge", "tanh", "check.hinge_targets"),
            ("mape", "identity", "check.mape_targets"),
        ],
    )
    def test_losses_that_do_not_fit_outputs_or_targets(self, loss, output, code):
        document = trained(activated(perceptron((2, 2, 1)), output), loss=loss)
        assert [p.message.code for p in check(document)] == [code]

    def test_settings_of_a_later_change_are_checked_too(self):
        document = perceptron((2, 2, 1))
        document = edits.set_training(document, Training(rule="delta"), iteration=5)
        assert [p.message.code for p in check(document)] == ["check.rule_needs_one_layer"]


class TestRunnable:
    def test_errors_come_first_and_all_at_once(self):
        document = activated(gate_neuron(), "sigmoid")
        document = edits.set_data(document, document.data.with_values(document.data.values[:0]))
        assert [p.severity for p in check(document)] == ["error", "warning"]
        with pytest.raises(NnsimError) as error:
            require_runnable(document)
        assert [m.code for m in error.value.messages] == ["check.no_samples"]

    @settings(max_examples=80)
    @given(document=small_documents())
    def test_what_has_no_error_runs(self, document):
        require_runnable(document)
        Runner(document).iterate()

    @pytest.mark.parametrize("locale", LOCALES)
    def test_every_problem_can_be_said(self, locale):
        documents = [Document(), edits.remove(gate_neuron(), ["c4", "c5"])]
        documents.append(trained(perceptron((2, 2, 1), "step", "step"), rule="course"))
        for document in documents:
            for problem in check(document):
                assert message_text(problem.message, locale)


class TestTemplates:
    @pytest.mark.parametrize(
        ("text", "sizes"),
        [("2-4-3-1", (2, 4, 3, 1)), (" 2 - 1 ", (2, 1)), ("784–64–10", (784, 64, 10))],
    )
    def test_a_network_is_typed_as_its_sizes(self, text, sizes):
        assert parse_layers(text) == sizes
        document = perceptron(sizes)
        assert [node.units for node in document.nodes] == list(sizes)
        assert check(document) == ()

    @pytest.mark.parametrize("text", ["", "2", "2-", "2-0-1", "a-b", "2-5000", "-".join("1" * 21)])
    def test_what_is_no_network_is_said_to_be_none(self, text):
        with pytest.raises(NnsimError) as error:
            parse_layers(text)
        assert error.value.messages[0].code == "template.layers"

    @pytest.mark.parametrize("gate", GATES)
    def test_every_gate_is_ready_to_step(self, gate):
        document = gate_neuron(gate)
        assert check(document) == ()
        assert document.data.targets.ravel().tolist() == list(GATES[gate])
        assert document.data.input_names == gate_table(GATES["or"]).input_names
