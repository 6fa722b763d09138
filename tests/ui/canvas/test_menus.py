"""Context menus, activations, and what is said about things."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from nnsim.document.edits import set_activation
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.ui.canvas.activation_dialog import ActivationDialog
from nnsim.ui.canvas.curves import activation_curve
from nnsim.ui.canvas.hits import hit_at
from nnsim.ui.canvas.tips import tip_for

CONTROL = Qt.KeyboardModifier.ControlModifier


def open_menu(person, place) -> QMenu:
    """Right click somewhere."""
    pixel = person.pixel(place)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, pixel, person.viewport.mapToGlobal(pixel)
    )
    QApplication.sendEvent(person.viewport, event)
    return shown_menu(person)


def shown_menu(person) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, name: str) -> None:
    """Choose an entry by the keyboard, as a person does."""
    action = next(a for a in entries(menu) if a.objectName() == name)
    holder = next(m for m in [menu, *menu.findChildren(QMenu)] if action in m.actions())
    holder.setActiveAction(action)
    if holder is not menu:
        holder.popup(menu.pos())
    QTest.keyClick(holder, Qt.Key.Key_Return)
    menu.close()


def entries(menu: QMenu) -> list:
    found = []
    for action in menu.actions():
        found.append(action)
        inner = action.menu()
        if isinstance(inner, QMenu):
            found += entries(inner)
    return found


def names(menu: QMenu) -> list[str]:
    return [action.objectName() for action in entries(menu) if action.objectName()]


def test_a_right_click_selects_the_node_it_is_about(hand):
    person = hand(gate_neuron("or"))
    menu = open_menu(person, person.middle("N1"))
    assert person.workspace.nodes == {"n3"}
    assert {"canvas_edit_bias", "canvas_rename", "canvas_units", "canvas_connect"} < set(
        names(menu)
    )
    assert "canvas_align_left" not in names(menu)
    menu.close()


def test_an_input_has_no_bias_and_no_activation(hand):
    person = hand(gate_neuron("or"))
    menu = open_menu(person, person.middle("x1"))
    assert "canvas_edit_bias" not in names(menu)
    assert "canvas_activation_relu" not in names(menu)
    menu.close()


def test_delete_from_the_menu(hand):
    person = hand(gate_neuron("or"))
    choose(open_menu(person, person.middle("x1")), "canvas_delete")
    assert [node.name for node in person.document.nodes] == ["x2", "N1"]


def test_several_nodes_are_aligned_from_the_menu(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_A, CONTROL)
    choose(open_menu(person, person.middle("N1")), "canvas_align_left")
    assert {node.x for node in person.document.nodes} == {0}


@pytest.mark.parametrize(
    "name", [n for n in ACTIVATIONS if n not in ("leaky_relu", "elu", "maxout")]
)
def test_every_activation_is_in_the_menu(hand, name):
    person = hand(gate_neuron("or"))
    choose(open_menu(person, person.middle("N1")), f"canvas_activation_{name}")
    assert person.node("N1").activation.name == name


def test_a_weight_is_edited_from_the_menu_of_its_line(hand):
    person = hand(gate_neuron("or"))
    spot = person.link("x2", "N1").spot((0, 0), 0.8)
    choose(open_menu(person, spot), "canvas_edit_weight")
    person.type("0.9")
    assert person.link("x2", "N1").connection.weights[0, 0] == 0.9


def test_a_connection_is_deleted_from_its_menu(hand):
    person = hand(gate_neuron("or"))
    spot = person.link("x2", "N1").spot((0, 0), 0.8)
    choose(open_menu(person, spot), "canvas_delete_connection")
    assert person.links() == {("x1", "N1")}


def test_the_bare_canvas_offers_to_type_and_to_paste(hand):
    person = hand(gate_neuron("or"))
    QApplication.clipboard().clear()
    menu = open_menu(person, (100, 250))
    paste = next(a for a in menu.actions() if a.objectName() == "canvas_paste")
    assert not paste.isEnabled()
    choose(menu, "canvas_type_new")
    person.type("neurona")
    assert person.middle("N2") == (100, 260)


def test_the_menu_key_opens_the_menu_of_the_selection(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_Tab)
    person.key(Qt.Key.Key_Menu)
    menu = shown_menu(person)
    assert "canvas_rename" in names(menu)
    menu.close()


def test_the_picture_goes_to_the_clipboard(hand):
    person = hand(gate_neuron("or"))
    choose(open_menu(person, (100, 250)), "canvas_copy_picture")
    assert QApplication.clipboard().mimeData().hasImage()
    assert QApplication.clipboard().mimeData().hasFormat("image/svg+xml")


# -- numbers of activations ----------------------------------------------------------------------


def dialog_of(person) -> ActivationDialog:
    (dialog,) = person.canvas.findChildren(ActivationDialog)
    return dialog


def test_leaky_relu_asks_for_its_slope(hand):
    person = hand(perceptron((2, 3, 1)))
    choose(open_menu(person, person.middle("C1")), "canvas_activation_leaky_relu")
    dialog = dialog_of(person)
    assert dialog.line.text() == "0.1"
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, "x")
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, "1/4")
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert person.node("C1").activation == ActivationSpec("leaky_relu", slope=0.25)


def test_elu_asks_for_alpha_and_may_be_left_as_it_is(hand):
    person = hand(perceptron((2, 3, 1)))
    choose(open_menu(person, person.middle("C1")), "canvas_activation_elu")
    QTest.keyClick(dialog_of(person).line, Qt.Key.Key_Escape)
    assert person.node("C1").activation == ActivationSpec("elu")


def test_maxout_asks_for_its_pieces_and_gets_weights_for_them(hand):
    person = hand(perceptron((2, 3, 1)))
    choose(open_menu(person, person.middle("C1")), "canvas_activation_maxout")
    dialog = dialog_of(person)
    dialog.pieces.selectAll()
    QTest.keyClicks(dialog.pieces, "3")
    QTest.keyClick(dialog.pieces, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert person.node("C1").activation.pieces == 3
    assert person.link("E1", "C1").connection.weights.shape == (9, 2)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_has_a_curve_in_its_box(name):
    rect = activation_curve(ActivationSpec(name)).boundingRect()
    assert -1 <= rect.left() <= rect.right() <= 1
    assert -1 <= rect.top() <= rect.bottom() <= 1
    assert rect.height() > 0.5


# -- what is said --------------------------------------------------------------------------------


def tip(person, place) -> str:
    return tip_for(person.canvas.stage, hit_at(person.canvas.diagram, place, 1.0))


def test_tips_tell_the_whole_number(hand):
    person = hand(perceptron((2, 3, 1)))
    person.workspace.go_to(1)
    item = person.item("N1")
    text = tip(person, item.pos() + item.layout.value(0).center())
    value = item.reading.activations.at(0)
    assert f"N1 = {value:.6g}" in text
    assert "Sigmoid" in text


def test_tips_of_a_line_name_its_ends(hand):
    person = hand(perceptron((2, 3, 1)))
    text = tip(person, person.link("E1", "C1").spot((1, 0), 0.9))
    assert "x1 → C1[2]: w = " in text


def test_tips_of_a_bias_tell_what_it_was(hand):
    person = hand(gate_neuron("or"))
    person.workspace.go_to(1)
    item = person.item("N1")
    text = tip(person, item.pos() + item.layout.bias(0).center())
    assert "b of N1 = -1" in text
    assert "before: 1" in text


def test_the_selected_node_is_described_for_those_who_do_not_see_it(hand):
    person = hand(set_activation(gate_neuron("or"), "n3", ActivationSpec("step")))
    person.click(person.middle("N1"))
    description = person.canvas.accessibleDescription()
    assert description == "N1: neuron, Step. Comes from x1, x2."
    person.key(Qt.Key.Key_A, CONTROL)
    assert person.canvas.accessibleDescription() == "3 nodes selected."
