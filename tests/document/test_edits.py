"""Edits make new documents, keep them sound, and leave the old ones as they were."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.data import gate_table
from nnsim.document import clipboard, edits
from nnsim.document.file import load, save
from nnsim.document.model import MAX_UNITS, ParameterEdit, Training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Session
from tests.support.documents import examples, same_numbers, small_documents
from tests.support.edits import drawn_edit, everything


def renamed(name, new):
    """ "w+:c4" with the id that stands for c4."""
    kind, colon, owner = name.partition(":")
    return f"{kind}{colon}{new.get(owner, owner)}"


@settings(max_examples=150)
@given(data=st.data())
def test_no_edit_touches_the_old_document_or_makes_an_unsound_one(tmp_path_factory, data):
    document = data.draw(small_documents())
    for _ in range(data.draw(st.integers(1, 6))):
        before = everything(document)
        try:
            changed = drawn_edit(data.draw, document)()
        except NnsimError:
            changed = document
        assert everything(document) == before
        document = changed
    # Reading checks ids, shapes, connections and changes.
    path = tmp_path_factory.getbasetemp() / "edited.nnsim"
    save(document, path)
    assert everything(load(path)) == everything(document)


class TestNothingToDo:
    """An edit that would change nothing gives the same object: nothing to undo, nothing to save."""

    def test_for_every_edit_that_can(self):
        document = gate_neuron()
        node = document.node("n3")
        same = [
            edits.move(document, {"n3": (node.x, node.y)}),
            edits.rename(document, "n3", f" {node.name} "),
            edits.set_units(document, "n3", 1),
            edits.set_activation(document, "n3", node.activation),
            edits.remove(document, ["n99"]),
            edits.set_training(document, document.training),
            edits.set_conventions(document, document.conventions),
            edits.set_data(document, document.data),
            edits.set_parameter(document, "b:n3", (0,), 1.0),
            edits.set_parameter(document, "w:c4", (0, 0), 0.5),
            edits.set_texts(document, title=document.title),
            edits.without_changes(document),
            clipboard.align(document, ["n3"], "left"),
        ]
        assert all(one is document for one in same)


def refusal(act):
    with pytest.raises(NnsimError) as error:
        act()
    (message,) = error.value.messages
    return message.code, message.node


class TestRefusals:
    def test_name_the_node_at_fault(self):
        document = gate_neuron()
        assert refusal(lambda: edits.connect(document, "n3", "n1")) == ("edit.into_input", "n1")
        assert refusal(lambda: edits.connect(document, "n3", "n3")) == ("edit.to_itself", "n3")
        assert refusal(lambda: edits.connect(document, "n1", "n3")) == (
            "edit.connected_already",
            "n3",
        )
        assert refusal(lambda: edits.rename(document, "n3", "  ")) == ("edit.name", "n3")
        assert refusal(lambda: edits.rename(document, "n3", "a" * 41)) == ("edit.name", "n3")
        unknown = ActivationSpec("cosine")
        assert refusal(lambda: edits.set_activation(document, "n3", unknown)) == (
            "edit.activation",
            "n3",
        )

    @pytest.mark.parametrize("units", [0, -1, MAX_UNITS + 1])
    def test_impossible_numbers_of_units(self, units):
        assert refusal(lambda: edits.set_units(gate_neuron(), "n3", units))[0] == "edit.units"
        assert refusal(lambda: edits.add_node(gate_neuron(), "dense", units))[0] == "edit.units"


class TestShapes:
    def test_more_units_keep_the_values_there_were(self):
        document = perceptron((2, 2, 1))
        hidden = document.nodes[1]
        into, out_of = document.connections
        wider = edits.set_units(document, hidden.id, 4)
        assert wider.connection(into.id).weights.shape == (4, 2)
        assert wider.connection(out_of.id).weights.shape == (1, 4)
        np.testing.assert_array_equal(wider.connection(into.id).weights[:2], into.weights)
        np.testing.assert_array_equal(wider.connection(out_of.id).weights[:, :2], out_of.weights)
        back = edits.set_units(wider, hidden.id, 2)
        assert everything(back) == everything(document)

    def test_maxout_has_weights_and_biases_for_every_piece(self):
        document = perceptron((2, 3, 1))
        hidden, into = document.nodes[1], document.connections[0]
        document = edits.set_activation(document, hidden.id, ActivationSpec("maxout", pieces=2))
        assert document.connection(into.id).weights.shape == (6, 2)
        assert document.node(hidden.id).bias.shape == (6,)

    def test_ids_are_never_used_again(self):
        document = gate_neuron()
        removed = edits.remove(document, ["n3"])
        assert [c.id for c in removed.connections] == []
        _, new = edits.add_node(removed, "dense")
        assert new == f"n{document.next_id}"

    def test_a_new_connection_starts_alike_wherever_it_is_drawn(self):
        weights = [edits.connect(edits.remove(gate_neuron(), ["c4"]), "n1", "n3") for _ in "ab"]
        first, second = (document.connection(new).weights for document, new in weights)
        np.testing.assert_array_equal(first, second)

    def test_a_connection_can_be_given_its_start_weights(self):
        document = edits.remove(gate_neuron(), ["c4"])
        given = np.array([[0.25]])
        document, new = edits.connect(document, "n1", "n3", given)
        given[:] = 9
        assert document.connection(new).weights.tolist() == [[0.25]]


class TestChangesInTheMiddle:
    def test_a_later_edit_is_a_change_and_the_start_stays(self):
        document = gate_neuron()
        changed = edits.set_parameter(document, "b:n3", (0,), 0.25, iteration=3)
        assert changed.node("n3").bias.tolist() == [1.0]
        (change,) = changed.changes
        assert (change.iteration, change.parameters) == (3, (ParameterEdit("b:n3", (0,), 0.25),))

    def test_an_earlier_change_takes_later_ones_with_it(self):
        document = edits.set_parameter(gate_neuron(), "b:n3", (0,), 0.25, iteration=5)
        document = edits.set_training(document, Training(rule="perceptron"), iteration=2)
        assert [change.iteration for change in document.changes] == [2]

    def test_another_diagram_other_data_or_another_start_forgets_them(self):
        document = edits.set_parameter(gate_neuron(), "b:n3", (0,), 0.25, iteration=5)
        for changed in (
            edits.set_units(document, "n3", 2),
            edits.set_data(document, gate_table((0, 0, 0, 1))),
            edits.set_parameter(document, "b:n3", (0,), 0.5),
            edits.set_training(document, Training(rule="perceptron")),
            edits.remove(document, ["n1"]),
        ):
            assert changed.changes == ()

    def test_moving_renaming_and_noting_keep_them(self):
        document = edits.set_parameter(gate_neuron(), "b:n3", (0,), 0.25, iteration=5)
        for changed in (
            edits.move(document, {"n3": (0.0, 0.0)}),
            edits.rename(document, "n3", "salida"),
            edits.set_texts(document, notes="x"),
        ):
            assert changed.changes == document.changes


class TestClipboard:
    @examples(40)
    @given(document=small_documents())
    def test_copied_into_an_empty_document_and_run_it_gives_identical_numbers(self, document):
        empty = replace(document, nodes=(), connections=())
        pasted, nodes = clipboard.paste(
            empty, clipboard.copy(document, [node.id for node in document.nodes]), 30, -10
        )
        new = dict(zip([node.id for node in document.nodes], nodes, strict=True))
        pairs = zip(document.connections, pasted.connections, strict=True)
        new |= {before.id: after.id for before, after in pairs}
        first, second = Session(document), Session(pasted)
        for iteration in range(1, 4):
            before, after = first.record(iteration), second.record(iteration)
            names = {name: renamed(name, new) for name in before.arrays}
            assert after.arrays.keys() == set(names.values())
            for name, other in names.items():
                assert same_numbers(before.arrays[name], after.arrays[other])
            assert before.metrics == after.metrics or np.isnan(before.metrics.loss)

    def test_a_copy_has_new_ids_free_names_and_the_same_weights(self):
        document = gate_neuron()
        pasted, new = clipboard.paste(document, clipboard.copy(document, ["n1", "n3"]), 10, 20)
        assert len(pasted.nodes) == 5
        names = [node.name for node in pasted.nodes]
        assert len(set(names)) == 5
        (connection,) = pasted.incoming(new[1])
        assert connection.source == new[0]
        np.testing.assert_array_equal(connection.weights, document.connection("c4").weights)
        original = document.node("n3")
        assert (pasted.node(new[1]).x, pasted.node(new[1]).y) == (original.x + 10, original.y + 20)

    def test_connections_to_what_is_not_copied_stay_behind(self):
        document = gate_neuron()
        fragment = clipboard.copy(document, ["n3", "c4"])
        assert fragment.connections == ()

    def test_into_another_document_names_stay_where_they_are_free(self):
        fragment = clipboard.copy(gate_neuron(), ["n1", "n2", "n3"])
        pasted, _ = clipboard.paste(edits.remove(gate_neuron(), ["n1", "n2", "n3"]), fragment, 0, 0)
        assert [node.name for node in pasted.nodes] == ["x1", "x2", "N1"]

    @pytest.mark.parametrize(
        ("edge", "expected"),
        [
            ("left", [(0, 0), (0, 120), (0, 60)]),
            ("right", [(240, 0), (240, 120), (240, 60)]),
            ("top", [(0, 0), (0, 0), (240, 0)]),
            ("bottom", [(0, 120), (0, 120), (240, 120)]),
            ("middle_x", [(80, 0), (80, 120), (80, 60)]),
            ("middle_y", [(0, 60), (0, 60), (240, 60)]),
            ("spread_y", [(0, 0), (0, 120), (240, 60)]),
        ],
    )
    def test_align(self, edge, expected):
        document = gate_neuron()
        aligned = clipboard.align(document, ["n1", "n2", "n3"], edge)
        assert [(node.x, node.y) for node in aligned.nodes] == expected

    def test_spread_keeps_the_order_and_the_ends(self):
        document = edits.move(gate_neuron(), {"n1": (0, 0), "n2": (300, 0), "n3": (10, 0)})
        spread = clipboard.align(document, ["n1", "n2", "n3"], "spread_x")
        assert [node.x for node in spread.nodes] == [0, 300, 150]


def test_settings_in_force_are_those_of_the_last_change_before():
    document = gate_neuron()
    slower = replace(document.training, learning_rate=0.1)
    changed = edits.set_training(document, slower, iteration=3)
    assert changed.settings_at(2)[0] == document.training
    assert changed.settings_at(3)[0] == slower
