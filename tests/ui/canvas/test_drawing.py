"""Drawing a diagram from nothing, by hand, and running it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from nnsim.document.templates import gate_neuron
from nnsim.session import Level

# Iteration, (x1, x2), Σ, S_neu, S_real, new w, new b: the course's own solution.
OR_TABLE = [
    ((0, 0), 1, 1, 0, (0.5, 0.5), -1),
    ((0, 0), -1, 0, 0, (0.5, 0.5), -1),
    ((0, 1), -0.5, 0, 1, (0.5, 1), -1),
    ((0, 1), 0, 1, 1, (0.5, 1), -1),
    ((1, 0), -0.5, 0, 1, (1, 1), -1),
    ((1, 0), 0, 1, 1, (1, 1), -1),
    ((1, 1), 1, 1, 1, (1, 1), -1),
]


def test_the_or_neuron_drawn_by_hand_gives_the_seven_rows(hand):
    person = hand()
    for place, words in (
        ((-200, -60), "x"),
        ((-200, 60), "entrada"),
        ((40, 0), "neurona escalón"),
    ):
        person.double_click(place)
        person.type(words)
    assert [node.name for node in person.document.nodes] == ["x1", "x2", "N1"]
    person.drag(person.output_port("x1"), person.input_port("N1"))
    person.drag(person.output_port("x2"), person.middle("N1"))
    assert person.links() == {("x1", "N1"), ("x2", "N1")}
    for source, text in (("x1", "0,5"), ("x2", "1/2")):
        link = person.link(source, "N1")
        person.double_click(link.spot((0, 0)))
        person.type(text)
    person.double_click(person.item("N1").layout.bias(0).center() + person.item("N1").pos())
    person.type("1")
    assert not person.refused
    workspace = person.workspace
    assert workspace.session.is_ready
    for number, (x, total, output, target, w, b) in enumerate(OR_TABLE, start=1):
        workspace.step(Level.ITERATION)
        record = workspace.frame.record
        node = person.node("N1").id
        ids = [person.link(name, "N1").connection.id for name in ("x1", "x2")]
        inputs = [record.arrays[f"a:{person.node(name).id}"][0, 0] for name in ("x1", "x2")]
        assert tuple(inputs) == x, number
        assert record.arrays[f"z:{node}"][0, 0] == total, number
        assert record.arrays["y"][0, 0] == output, number
        assert record.arrays["t"][0, 0] == target, number
        assert tuple(record.arrays[f"w+:{key}"][0, 0] for key in ids) == w, number
        assert record.arrays[f"b+:{node}"][0] == b, number
    list(workspace.session.run())
    assert workspace.session.verdict.converged


def test_a_chain_is_drawn_with_one_line_of_text(hand):
    person = hand()
    person.double_click((-250, 0))
    person.type("2-4-1")
    sizes = [(node.kind, node.units) for node in person.document.nodes]
    assert sizes == [("input", 2), ("dense", 4), ("dense", 1)]
    assert person.links() == {("E1", "C1"), ("C1", "N1")}
    assert person.workspace.nodes == {node.id for node in person.document.nodes}


def test_neurons_and_whole_layers_stand_in_one_diagram(hand):
    person = hand()
    person.double_click((-300, 0))
    person.type("2 entradas")
    person.double_click((-60, -120))
    person.type("neurona sigmoide")
    person.double_click((-60, 120))
    person.type("capa 3 relu")
    person.double_click((200, 0))
    person.type("neurona sigmoide")
    for source, target in (("E1", "N1"), ("E1", "C1"), ("N1", "N2"), ("C1", "N2")):
        person.drag(person.output_port(source), person.middle(target))
    assert person.links() == {("E1", "N1"), ("E1", "C1"), ("N1", "N2"), ("C1", "N2")}


def test_what_is_typed_is_described_before_it_is_drawn(hand):
    person = hand()
    person.double_click((0, 0))
    assert person.line.placeholderText()
    person.type("2-4-1 relu", then=None)
    assert "2 inputs → layer of 4 (ReLU)" in person.canvas.editing.field.message


def test_what_cannot_be_read_stays_in_the_field_and_is_told_there(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("capa 4 rleu")
    assert person.line.text() == "capa 4 rleu"
    assert "“rleu” is not understood" in person.canvas.editing.field.message
    assert not person.document.nodes
    person.type("capa 4 relu")
    assert person.line is None
    assert person.node("C1").units == 4


def test_escape_leaves_the_canvas_empty(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona", then=Qt.Key.Key_Escape)
    assert person.line is None
    assert not person.document.nodes


def test_the_keyboard_alone_draws_and_connects(hand):
    person = hand()
    for words in ("x", "neurona"):
        person.key(Qt.Key.Key_Insert)
        person.type(words)
    person.key(Qt.Key.Key_Escape)
    person.key(Qt.Key.Key_Tab)
    assert person.workspace.nodes == {person.node("x1").id}
    person.key(Qt.Key.Key_C)
    person.key(Qt.Key.Key_Return)
    assert person.links() == {("x1", "N1")}


def test_drawing_is_undone_and_redone(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("neurona")
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not person.document.nodes
    person.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert [node.name for node in person.document.nodes] == ["N1"]


@pytest.mark.parametrize("locale", ["es", "en"])
def test_an_empty_canvas_says_what_to_do(hand, preferences, locale):
    preferences.set_locale(locale)
    person = hand()
    empty = person.canvas.overlays.empty
    assert empty.isVisible()
    assert "2-4-1" in empty.text
    assert not person.canvas.overlays.banner.isVisible()
    person.double_click((0, 0))
    person.type("x")
    assert not empty.isVisible()


def test_new_things_snap_to_the_grid(hand):
    person = hand()
    person.double_click((33, -48))
    person.type("x")
    assert person.middle("x1") == (40, -40)


def test_a_group_is_connected_by_dragging_from_one_of_its_handles(hand):
    person = hand(gate_neuron("or"))
    person.double_click((240, 220))
    person.type("neurona")
    person.click(person.middle("x1"))
    person.click(person.middle("x2"), Qt.KeyboardModifier.ControlModifier)
    person.drag(person.output_port("x1"), person.middle("N2"))
    assert {("x1", "N2"), ("x2", "N2")} <= person.links()
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.links() == {("x1", "N1"), ("x2", "N1")}


def test_a_connection_may_be_drawn_backwards(hand):
    person = hand()
    person.double_click((-200, 0))
    person.type("x")
    person.double_click((100, 0))
    person.type("neurona")
    person.drag(person.input_port("N1"), person.middle("x1"))
    assert person.links() == {("x1", "N1")}


def test_an_impossible_target_says_why_and_connects_nothing(hand):
    person = hand(gate_neuron("or"))
    person.drag(person.output_port("N1"), QPointF(0, 0))
    assert [message.code for message in person.refused] == ["edit.into_input"]
    assert person.links() == {("x1", "N1"), ("x2", "N1")}


def test_an_impossible_size_is_told_at_the_field(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("capa 99999 relu")
    assert "4096" in person.canvas.editing.field.message
    assert not person.refused
    assert not person.document.nodes
