"""Weights, biases, names and units, edited where they stand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level

CONTROL = Qt.KeyboardModifier.ControlModifier


def bias_place(person, name, row=0):
    item = person.item(name)
    return item.layout.bias(row).center() + item.pos()


@pytest.mark.parametrize(
    ("text", "value"), [("0.25", 0.25), ("0,25", 0.25), ("1/4", 0.25), ("-2", -2), ("−3", -3)]
)
def test_a_weight_is_typed_in_any_way(hand, text, value):
    person = hand(gate_neuron("or"))
    person.double_click(person.link("x1", "N1").spot((0, 0)))
    person.type(text)
    assert person.link("x1", "N1").connection.weights[0, 0] == value
    assert person.line is None
    person.key(Qt.Key.Key_Z, CONTROL)
    assert person.link("x1", "N1").connection.weights[0, 0] == 0.5


def test_a_bias_is_edited_by_double_click_below_the_neuron(hand):
    person = hand(gate_neuron("or"))
    person.double_click(bias_place(person, "N1"))
    assert person.line.text() == "1"
    person.type("-1/2")
    assert person.node("N1").bias[0] == -0.5


def test_enter_edits_the_bias_of_the_selected_neuron(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_Return)
    person.type("0,1")
    assert person.node("N1").bias[0] == 0.1
    assert person.canvas.window().focusWidget() is person.canvas


def test_tab_goes_on_to_the_next_parameter_of_the_neuron(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_Return)
    person.type("3", then=Qt.Key.Key_Tab)
    assert "x1" in person.line.accessibleName()
    person.type("1", then=Qt.Key.Key_Tab)
    person.type("2", then=Qt.Key.Key_Return)
    assert person.node("N1").bias[0] == 3
    assert person.link("x1", "N1").connection.weights[0, 0] == 1
    assert person.link("x2", "N1").connection.weights[0, 0] == 2


@pytest.mark.parametrize("text", ["abc", "1/0", "", "1e999", "1.000.000"])
def test_an_unreadable_number_stays_and_is_told_at_the_field(hand, text):
    person = hand(gate_neuron("or"))
    before = person.document
    person.double_click(person.link("x1", "N1").spot((0, 0)))
    if text:
        person.type(text)
    else:
        person.line.clear()
        QTest.keyClick(person.line, Qt.Key.Key_Return)
    assert person.line.text() == text
    assert person.document is before
    assert person.canvas.editing.field.message
    assert not person.refused
    QTest.keyClick(person.line, Qt.Key.Key_Escape)
    assert person.line is None
    assert person.document is before


def test_leaving_the_field_accepts_what_can_be_read(hand):
    person = hand(gate_neuron("or"))
    person.double_click(person.link("x1", "N1").spot((0, 0)))
    person.type("0.7", then=None)
    person.click((500, 300))
    assert person.link("x1", "N1").connection.weights[0, 0] == 0.7
    assert person.line is None


def test_an_unchanged_number_is_no_edit(hand):
    person = hand(gate_neuron("or"))
    person.double_click(person.link("x1", "N1").spot((0, 0)))
    QTest.keyClick(person.line, Qt.Key.Key_Return)
    person.double_click(person.link("x1", "N1").spot((0, 0)))
    person.type("1/2")
    assert person.workspace.undo_stack.count() == 0


def test_an_edit_in_the_middle_of_a_run_comes_into_force_there(hand):
    person = hand(gate_neuron("or"))
    person.workspace.go_to(2)
    person.double_click(bias_place(person, "N1"))
    assert person.line.text() == "-1"
    person.type("-3")
    change = person.document.changes[0]
    assert (change.iteration, change.parameters[0].value) == (2, -3)
    assert person.node("N1").bias[0] == 1
    person.workspace.go_to(3, 0)
    assert person.item("N1").reading.bias[0] == -3


def test_a_weight_of_a_layer_is_found_among_its_lines(hand):
    person = hand(perceptron((2, 3, 1)))
    link = person.link("E1", "C1")
    person.double_click(link.spot((2, 1), 0.93))
    person.type("4")
    assert link.connection.weights[2, 1] == 4


def test_a_weight_in_a_heat_map_is_edited_too(hand):
    person = hand(perceptron((64, 32, 10)))
    link = person.link("E1", "C1")
    assert link.is_map
    person.canvas.zoom_in()
    person.canvas.zoom_in()
    person.double_click(link.spot((7, 30)))
    assert "C1[8]" in person.line.accessibleName()
    person.type("0.25")
    assert link.connection.weights[7, 30] == 0.25


def test_a_name_is_edited_with_f2(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_F2)
    person.type("OR gate")
    assert person.node("OR gate").id == "n3"


def test_an_empty_name_is_told_at_the_field(hand):
    person = hand(gate_neuron("or"))
    person.double_click(person.item("N1").layout.name.center() + person.item("N1").pos())
    person.line.clear()
    QTest.keyClick(person.line, Qt.Key.Key_Return)
    assert "1 to 40" in person.canvas.editing.field.message
    assert person.node("N1")


def test_units_are_edited_below_a_layer(hand):
    person = hand(perceptron((2, 3, 1)))
    item = person.item("C1")
    kept = person.link("E1", "C1").connection.weights.tolist()
    person.double_click(item.layout.caption.center() + item.pos())
    person.type("5")
    assert person.node("C1").units == 5
    assert person.link("E1", "C1").connection.weights[:3].tolist() == kept


@pytest.mark.parametrize("text", ["0", "two", "-1", "5000", "2.5"])
def test_impossible_units_are_told_at_the_field(hand, text):
    person = hand(perceptron((2, 3, 1)))
    person.click(person.middle("C1"))
    person.canvas.edit_units()
    person.type(text)
    assert person.node("C1").units == 3
    assert "4096" in person.canvas.editing.field.message
    assert not person.refused


def test_a_click_on_a_number_selects_it_in_all_views(hand):
    person = hand(gate_neuron("or"))
    person.click(person.link("x1", "N1").spot((0, 0)))
    assert person.workspace.selection == Quantity("w", "c4")
    assert person.workspace.nodes == {"c4"}
    assert person.link("x1", "N1").marked == (0, 0)
    person.click(bias_place(person, "N1"))
    assert person.workspace.selection == Quantity("b", "n3")
    person.workspace.step(Level.ITERATION)
    person.click(bias_place(person, "N1"))
    assert person.workspace.selection == Quantity("b+", "n3")


def test_a_product_is_selected_while_it_is_shown(hand):
    person = hand(gate_neuron("or"))
    person.workspace.step(Level.PRODUCT)
    person.workspace.select(None)
    person.click(person.link("x1", "N1").spot((0, 0)))
    assert person.workspace.selection == Quantity("p", "c4")


def test_the_two_halves_of_a_neuron_are_its_sum_and_its_output(hand):
    person = hand(gate_neuron("or"))
    person.workspace.step(Level.NEURON)
    x, y = person.middle("N1")
    person.click((x - 20, y + 8))
    assert person.workspace.selection == Quantity("z", "n3")
    person.click((x + 20, y + 8))
    assert person.workspace.selection == Quantity("a", "n3")


def test_a_field_stays_at_its_place_while_the_view_zooms(hand):
    person = hand(gate_neuron("or"))
    person.double_click(bias_place(person, "N1"))
    person.canvas.zoom_out()
    field = person.canvas.editing.field
    middle = field.mapToParent(field.line.geometry().center())
    assert (middle - person.pixel(bias_place(person, "N1"))).manhattanLength() <= 3
