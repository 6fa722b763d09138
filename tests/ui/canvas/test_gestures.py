"""Gestures: what is shown on the way, and that Escape leaves no trace of any of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnsim.document.templates import gate_neuron
from nnsim.ui.canvas.halo_item import Target
from nnsim.ui.canvas.wishes import Wish

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def two_layers(hand):
    """Two inputs and two neurons, wired crosswise but for one connection."""
    person = hand(gate_neuron("or"))
    person.double_click((240, 220))
    person.type("N2: neurona")
    return person


def targets(person) -> dict[str, Target]:
    return {item.node.name: item.target for item in person.canvas.diagram.nodes.values()}


def test_possible_targets_are_marked_while_a_connection_is_drawn(two_layers):
    person = two_layers
    person.begin_drag(person.output_port("x1"), (120, 300))
    assert targets(person) == {
        "x1": Target.NONE,
        "x2": Target.NONE,
        "N1": Target.NONE,
        "N2": Target.POSSIBLE,
    }
    person.hover(person.middle("N2"))
    assert targets(person)["N2"] is Target.CHOSEN
    person.hover(person.middle("N1"))
    assert targets(person)["N1"] is Target.REFUSED
    person.release((120, 300))
    assert set(targets(person).values()) == {Target.NONE}


def test_the_reason_is_painted_beside_the_pointer(two_layers):
    person = two_layers
    person.begin_drag(person.output_port("x1"), (120, 300))
    before = person.canvas.grab().toImage()
    person.hover(person.middle("x2"))
    after = person.canvas.grab().toImage()
    at = person.pixel(person.middle("x2")) + QPoint(60, 30)
    assert before.pixelColor(at) != after.pixelColor(at)
    person.key(Qt.Key.Key_Escape)


def test_escape_drops_a_connection_being_drawn(two_layers):
    person = two_layers
    before = person.document
    person.begin_drag(person.output_port("x1"), person.middle("N2"))
    person.key(Qt.Key.Key_Escape)
    assert set(targets(person).values()) == {Target.NONE}
    person.release(person.middle("N2"))
    assert person.document is before


def test_a_right_click_cancels_too(two_layers):
    person = two_layers
    before = person.document
    person.begin_drag(person.output_port("x1"), person.middle("N2"))
    QTest.mousePress(person.viewport, Qt.MouseButton.RightButton)
    assert person.canvas.gesture is None
    QTest.mouseRelease(person.viewport, Qt.MouseButton.RightButton)
    person.release(person.middle("N2"))
    assert person.document is before


def test_the_middle_button_moves_the_paper(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0))
    start, end = (100, 250), (160, 290)
    moved = person.pixel(end) - person.pixel(start)
    person.drag(start, end, button=Qt.MouseButton.MiddleButton)
    assert person.pixel((0, 0)) - before == moved


def test_space_and_the_left_button_move_the_paper(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0))
    start, end = person.middle("N1"), (300, 100)
    moved = person.pixel(end) - person.pixel(start)
    QTest.keyPress(person.canvas, Qt.Key.Key_Space)
    person.drag(start, end)
    QTest.keyRelease(person.canvas, Qt.Key.Key_Space)
    assert person.pixel((0, 0)) - before == moved
    assert person.middle("N1") == (240, 60)


def test_escape_puts_the_paper_back(hand):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0))
    person.begin_drag((100, 250), (160, 290), button=Qt.MouseButton.MiddleButton)
    assert person.pixel((0, 0)) != before
    person.key(Qt.Key.Key_Escape)
    assert person.pixel((0, 0)) == before
    person.release((160, 290), button=Qt.MouseButton.MiddleButton)


# -- choosing targets ----------------------------------------------------------------------------


def test_c_and_enter_connect_to_the_nearest(two_layers):
    person = two_layers
    person.click(person.middle("x1"))
    person.click(person.middle("x2"), CONTROL)
    person.key(Qt.Key.Key_C)
    assert person.canvas.overlays.hint.isVisible()
    person.key(Qt.Key.Key_Return)
    assert {("x1", "N2"), ("x2", "N2")} <= person.links()
    assert not person.canvas.overlays.hint.isVisible()
    assert person.workspace.nodes == {person.node("N2").id}


def test_arrows_and_space_pick_several_targets(hand):
    person = hand(gate_neuron("or"))
    person.double_click((460, 0))
    person.type("neurona")
    person.double_click((460, 160))
    person.type("neurona")
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_C)
    person.key(Qt.Key.Key_Space)
    person.key(Qt.Key.Key_Down)
    person.key(Qt.Key.Key_Space)
    person.key(Qt.Key.Key_Return)
    assert {("N1", "N2"), ("N1", "N3")} <= person.links()
    assert person.workspace.undo_stack.undoText() == "Make 2 connections"


def test_a_box_chooses_a_selection_of_targets(hand):
    person = hand(gate_neuron("or"))
    for y in (-40, 160):
        person.double_click((460, y))
        person.type("neurona")
    person.drag((-90, -70), (40, 170))
    person.key(Qt.Key.Key_C)
    person.drag((400, -110), (520, 230))
    expected = {("x1", "N2"), ("x1", "N3"), ("x2", "N2"), ("x2", "N3")}
    assert expected <= person.links()


def test_a_click_chooses_one_target(two_layers):
    person = two_layers
    person.click(person.middle("x1"))
    person.canvas.connect_selection()
    person.click(person.middle("N2"))
    assert ("x1", "N2") in person.links()
    assert person.canvas.gesture is None


def test_escape_leaves_choosing_without_a_connection(two_layers):
    person = two_layers
    person.click(person.middle("x1"))
    before = person.document
    person.key(Qt.Key.Key_C)
    person.key(Qt.Key.Key_Tab)
    person.key(Qt.Key.Key_Escape)
    assert person.document is before
    assert set(targets(person).values()) == {Target.NONE}
    assert person.workspace.nodes == {"n1"}


def test_connecting_nothing_is_told(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_C)
    assert [message.code for message in person.refused] == ["canvas.nothing_selected"]


# -- placing -------------------------------------------------------------------------------------


def test_something_picked_follows_the_pointer_until_a_click(hand):
    person = hand()
    person.canvas.place((Wish("dense", 3),))
    person.hover((50, 50))
    assert not person.document.nodes
    person.click((103, 58))
    assert person.middle("C1") == (100, 60)
    assert person.canvas.gesture is None


def test_escape_puts_what_was_picked_away(hand):
    person = hand()
    person.canvas.place((Wish("dense", 3),))
    person.hover((50, 50))
    person.key(Qt.Key.Key_Escape)
    person.click((100, 60))
    assert not person.document.nodes


def test_hiding_the_canvas_cancels(hand):
    person = hand(gate_neuron("or"))
    person.begin_drag(person.middle("N1"), (400, 200))
    person.canvas.hide()
    assert person.canvas.gesture is None
    assert person.item("N1").pos() == QPointF(240, 60)
