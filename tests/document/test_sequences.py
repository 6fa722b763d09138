"""Recurrent layers and inputs of several steps: drawn, checked, saved, run, copied."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.document import edits
from nnsim.document.changes import ParameterChange, changes_of
from nnsim.document.checks import check
from nnsim.document.clipboard import copy, paste
from nnsim.document.comparing import differences
from nnsim.document.compiling import make_learner, plan_spec, start_values
from nnsim.document.differences import changed_parameter
from nnsim.document.file import load, save
from nnsim.document.fragment_text import read_fragment, write_fragment
from nnsim.document.head import head_of
from nnsim.document.model import Conventions, Feature
from nnsim.document.naming import parameter_name, unit_name
from nnsim.document.preparation import prepared
from nnsim.document.sequences import (
    RECURRENT_STARTS,
    draw_recurrent,
    gives_sequence,
    set_steps,
    steps_of,
)
from nnsim.document.starting import draw_parameters
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec, make_activation
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.plan import Plan
from nnsim.engine.record import Record
from nnsim.language import LOCALES, message_text
from nnsim.session.running import Runner
from nnsim.session.versions import valid_iterations
from tests.support.documents import same_bits
from tests.support.edits import everything
from tests.support.sequences import recurrent, unrolled

POINTWISE = [n for n in ACTIVATIONS if make_activation(ActivationSpec(n)).elementwise]


def records(document, count):
    runner = Runner(document)
    found = []
    for _ in range(count):
        record = Record()
        runner.iterate(record)
        found.append(record)
    return found


def found(document):
    return [(p.severity, p.message.code, p.message.node) for p in check(document)]


class TestRunning:
    def test_a_layer_hands_on_its_state_of_the_last_step_to_dense_layers(self):
        document = recurrent()
        (record,) = records(document, 1)
        states = unrolled(document, document.data.inputs[:3])
        assert np.allclose(record.array("h:n2"), states)
        assert np.allclose(record.array("a:n2"), states[:, -1])

    def test_and_every_state_to_a_recurrent_layer(self):
        document = recurrent((3, 2))
        assert (gives_sequence(document, "n2"), gives_sequence(document, "n3")) == (True, False)
        (record,) = records(document, 1)
        assert record.array("a:n2").shape == (3, 4, 3)
        assert np.array_equal(record.array("a:n2"), record.array("h:n2"))
        assert record.array("a:n3").shape == (3, 2)

    @pytest.mark.parametrize("activation", sorted(set(POINTWISE) - {"step"}))
    @pytest.mark.parametrize("layers", [(3,), (3, 2)])
    def test_the_gradient_is_right(self, activation, layers):
        document = recurrent(layers, activation=activation)
        spec = plan_spec(document, document.training, Conventions())
        plan = Plan(spec, start_values(document))
        samples = prepared(document)
        assert check_gradient(plan, samples.inputs[:4], samples.targets[:4]).largest < 1e-5

    def test_a_recurrent_layer_may_be_the_output(self):
        document = edits.remove(recurrent((3, 1)), ["n4"])
        assert found(document) == []
        (record,) = records(document, 1)
        assert record.array("y").shape == (3, 1)

    def test_penalties_see_u_as_a_weight_and_fixed_biases_stay(self):
        document = recurrent(penalty="l2", penalty_rate=0.5, update_biases=False)
        (record,) = records(document, 1)
        u = document.node("n2").recurrent
        assert np.allclose(record.array("penalty.gu:n2"), 0.5 * u)
        assert not record.array("db:n2").any()
        assert record.array("du:n2").any()

    def test_u_set_in_the_middle_of_a_run_counts_from_there_on(self):
        document = recurrent()
        changed = edits.set_parameter(document, "u:n2", (1, 2), 0.75, iteration=2)
        before, after = records(document, 3), records(changed, 3)
        assert same_bits(before[1], after[1])
        assert after[2].array("u:n2")[1, 2] == 0.75
        assert valid_iterations(document, changed) == 2
        (change,) = changes_of(changed)
        assert isinstance(change, ParameterChange)
        assert parameter_name(document, "u:n2", (1, 2)) == "u R1[2] ← R1[3]"


class TestFile:
    @pytest.mark.parametrize("layers", [(3,), (3, 2)])
    def test_saved_opened_and_run_gives_identical_numbers(self, tmp_path, layers):
        document = edits.set_parameter(recurrent(layers), "u:n2", (0, 1), -0.5, iteration=2)
        save(document, tmp_path / "a.nnsim")
        opened = load(tmp_path / "a.nnsim")
        assert everything(opened) == everything(document)
        for first, second in zip(records(document, 4), records(opened, 4), strict=True):
            assert same_bits(first, second)

    def test_version_4_is_written_only_where_it_is_needed(self):
        document = recurrent()
        assert head_of(document)["version"] == 4
        assert head_of(edits.remove(document, ["n1", "n2"]))["version"] == 1
        assert head_of(edits.remove(document, ["n2"]))["version"] == 4

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda nodes: nodes[0].update(steps=0), "file.field"),
            (lambda nodes: nodes[0].update(steps=1001), "file.field"),
            (lambda nodes: nodes[1].update(steps=2), "file.steps"),
            (lambda nodes: nodes[1].update(units=4), "file.array"),
            (
                lambda nodes: nodes[0].update(feature={"function": "sine", "columns": [0]}),
                "file.feature",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused(self, tmp_path, change, code):
        save(recurrent(), tmp_path / "a.nnsim")
        with zipfile.ZipFile(tmp_path / "a.nnsim") as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        head = json.loads(members["document.json"])
        change(head["nodes"])
        members["document.json"] = json.dumps(head).encode()
        with zipfile.ZipFile(tmp_path / "b.nnsim", "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        with pytest.raises(NnsimError) as raised:
            load(tmp_path / "b.nnsim")
        assert [message.code for message in raised.value.messages] == [code]


class TestChecks:
    def test_a_whole_diagram_has_no_problem(self):
        assert found(recurrent()) == found(recurrent((4, 3, 2))) == []

    def test_a_sequence_needs_a_recurrent_layer(self):
        document, _ = edits.connect(recurrent(), "n1", "n3")
        assert found(document) == [("error", "check.sequence_into_dense", "n3")]

    def test_a_recurrent_layer_needs_a_sequence(self):
        assert ("error", "check.recurrent_needs_sequence", "n2") in found(
            set_steps(recurrent(), "n1", 1)
        )
        document, dense = edits.add_node(recurrent((3, 2)), "dense")
        document, _ = edits.connect(document, dense, "n3")
        assert ("error", "check.recurrent_needs_sequence", "n3") in found(document)

    def test_it_feeds_recurrent_layers_or_others_but_not_both(self):
        document, _ = edits.connect(recurrent((3, 2)), "n2", "n4")
        assert found(document) == [("error", "check.recurrent_feeds_both", "n2")]

    def test_sequences_of_different_lengths(self):
        document, other = edits.add_node(recurrent(), "input", 1)
        document, _ = edits.connect(set_steps(document, other, 3), other, "n2")
        assert found(document) == [("error", "check.recurrent_steps", "n2")]

    def test_columns_that_do_not_fit_the_steps(self):
        assert found(set_steps(recurrent(), "n1", 3)) == [("error", "check.input_steps", "n1")]

    @pytest.mark.parametrize("rule", ["course", "perceptron", "delta"])
    def test_rules_of_one_layer_do_not_teach_it(self, rule):
        document = recurrent(rule=rule)
        assert ("error", "check.rule_without_recurrent", "n2") in found(document)

    def test_weights_are_not_updated_on_the_way_back(self):
        document = replace(recurrent(), conventions=Conventions(update_timing="during"))
        assert found(document) == [("error", "check.during_without_recurrent", "n2")]

    def test_an_activation_over_several_units_is_refused_and_found(self):
        document = recurrent()
        for name in ("softmax", "maxout"):
            with pytest.raises(NnsimError) as raised:
                edits.set_activation(document, "n2", ActivationSpec(name))
            assert raised.value.messages[0].code == "edit.recurrent_activation"
        node = replace(document.node("n2"), activation=ActivationSpec("softmax"))
        nodes = tuple(node if n.id == "n2" else n for n in document.nodes)
        assert found(replace(document, nodes=nodes)) == [
            ("error", "edit.recurrent_activation", "n2")
        ]

    @pytest.mark.parametrize("locale", LOCALES)
    def test_every_problem_has_words(self, locale):
        troubled = [
            edits.connect(recurrent(), "n1", "n3")[0],
            set_steps(recurrent(), "n1", 1),
            set_steps(recurrent(), "n1", 3),
            edits.connect(recurrent((3, 2)), "n2", "n4")[0],
            recurrent(rule="course"),
            replace(recurrent(), conventions=Conventions(update_timing="during")),
        ]
        for document in troubled:
            for problem in check(document):
                text = message_text(problem.message, locale)
                assert problem.message.code not in text
                assert "{" not in text


class TestEdits:
    def test_other_units_keep_what_remains_of_u(self):
        document = recurrent()
        u = document.node("n2").recurrent
        larger = edits.set_units(document, "n2", 5)
        assert np.array_equal(larger.node("n2").recurrent[:3, :3], u)
        assert larger.node("n2").recurrent.shape == (5, 5)
        smaller = edits.set_units(document, "n2", 2)
        assert np.array_equal(smaller.node("n2").recurrent, u[:2, :2])
        assert found(larger) == found(smaller) == []

    @pytest.mark.parametrize("steps", [0, 1001])
    def test_an_impossible_number_of_steps(self, steps):
        with pytest.raises(NnsimError) as raised:
            set_steps(recurrent(), "n1", steps)
        assert raised.value.messages[0].code == "edit.steps"

    def test_steps_are_of_inputs_that_take_columns_as_they_are(self):
        with pytest.raises(NnsimError):
            set_steps(recurrent(), "n2", 3)
        document, node = edits.add_node(recurrent(), "input")
        document = edits.set_feature(document, node, Feature("square", (0,)))
        assert set_steps(document, node, 3).node(node).feature is None

    def test_how_many_steps_a_node_goes_through(self):
        document = recurrent((3, 2))
        assert [steps_of(document, n.id) for n in document.nodes] == [4, 4, 4, 1]

    @pytest.mark.parametrize("start", RECURRENT_STARTS)
    def test_u_is_drawn_as_asked(self, start):
        document = draw_recurrent(recurrent((4,)), ["n2"], start, seed=3)
        u = document.node("n2").recurrent
        again = draw_recurrent(recurrent((4,)), ["n2"], start, seed=3)
        assert np.array_equal(u, again.node("n2").recurrent)
        if start != "xavier_uniform":
            assert np.allclose(u @ u.T, np.eye(4))
        assert (start == "identity") == np.array_equal(u, np.eye(4))

    def test_start_values_by_name_reach_u(self):
        document = recurrent()
        drawn = draw_parameters(document, "he_normal", 1)
        assert not np.array_equal(drawn.node("n2").recurrent, document.node("n2").recurrent)

    def test_copied_as_text_and_pasted_it_is_the_same_layer(self):
        document = recurrent()
        fragment = read_fragment(write_fragment(copy(document, ["n1", "n2"])))
        pasted, (first, second) = paste(document, fragment, 10, 10)
        assert np.array_equal(pasted.node(second).recurrent, document.node("n2").recurrent)
        assert pasted.node(first).steps == 4
        assert pasted.node(second).name == "R2"

    @pytest.mark.parametrize(
        ("change", "value"),
        [("recurrent", [[1.0]]), ("recurrent", [[1.0, 2.0], [1.0]]), ("steps", 3), ("kind", "x")],
    )
    def test_a_text_that_does_not_fit_is_refused(self, change, value):
        text = json.loads(write_fragment(copy(recurrent(), ["n2"])))
        text["nodes"][0][change] = value
        with pytest.raises(ValueError):
            read_fragment(json.dumps(text).encode())

    def test_names_of_units_do_not_stand_for_a_column_where_there_are_several(self):
        assert unit_name(recurrent(), "n1", 1) == "E1[2]"


class TestTwoVersions:
    def test_one_weight_of_u(self):
        document = recurrent()
        after = edits.set_parameter(document, "u:n2", (2, 0), 9.0)
        assert changed_parameter(document, after) == ("u:n2", (2, 0))
        assert valid_iterations(document, after) == 0
        assert [d.part for d in differences(document, after)] == ["start"]

    def test_another_number_of_steps_is_another_run(self):
        document = recurrent()
        after = set_steps(document, "n1", 2)
        assert valid_iterations(document, after) == 0
        assert [d.part for d in differences(document, after)] == ["kinds"]

    def test_the_same_run_after_moving(self):
        document = recurrent()
        assert valid_iterations(document, edits.move(document, {"n2": (9.0, 9.0)})) is None


def test_a_learner_says_what_is_wrong():
    with pytest.raises(NnsimError):
        make_learner(set_steps(recurrent(), "n1", 1))
