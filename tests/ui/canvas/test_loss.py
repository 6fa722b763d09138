"""The loss stands below the outputs, and is selected there as in every other view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from nnsim.document.examples import load_example
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.canvas.hits import hit_at
from nnsim.ui.canvas.parts import Part
from nnsim.ui.canvas.tips import tip_for

LOSS = Quantity("L")


def middle_of_the_loss(person) -> QPointF:
    return person.canvas.diagram.loss.pos() + QPointF(20, 10)


def test_it_is_told_when_it_has_come_about(hand):
    person = hand(load_example("backprop-2-2-2"))
    loss = person.canvas.diagram.loss
    person.workspace.step(Level.PHASE)
    assert loss.text == ""
    person.workspace.step(Level.PHASE)
    assert loss.text == "L = 0.2984"
    person.workspace.step_back(Level.PHASE)
    assert loss.text == ""


def test_it_is_written_with_the_mark_of_the_language(hand, preferences):
    person = hand(load_example("backprop-2-2-2"))
    person.workspace.step(Level.ITERATION)
    preferences.set_locale("es")
    assert person.canvas.diagram.loss.text == "L = 0,2984"


def test_a_rule_without_loss_says_nothing(hand):
    person = hand(gate_neuron("or"))
    person.workspace.step(Level.ITERATION)
    assert person.canvas.diagram.loss.text == ""
    assert person.canvas.diagram.loss.rect().isEmpty()
    person.key(Qt.Key.Key_L)
    assert person.workspace.selection != LOSS


def test_a_click_selects_it(hand):
    person = hand(load_example("backprop-2-2-2"))
    person.workspace.step(Level.ITERATION)
    assert person.workspace.selection != LOSS
    nodes = person.workspace.nodes
    person.click(middle_of_the_loss(person))
    assert person.workspace.selection == LOSS
    assert person.workspace.nodes == nodes
    assert person.canvas.diagram.loss.marked


def test_a_key_selects_it(hand):
    person = hand(load_example("backprop-2-2-2"))
    person.workspace.step(Level.ITERATION)
    person.key(Qt.Key.Key_L)
    assert person.workspace.selection == LOSS


def test_it_is_marked_when_another_view_selects_it_and_seen_so(hand):
    person = hand(load_example("backprop-2-2-2"))
    person.workspace.step(Level.ITERATION)
    calm = person.viewport.grab().toImage()
    place = person.pixel(person.canvas.diagram.loss.pos()) + QPoint(4, 10)
    person.workspace.select(LOSS)
    marked = person.viewport.grab().toImage()
    assert marked.pixelColor(place) != calm.pixelColor(place)
    person.workspace.select(None)
    assert not person.canvas.diagram.loss.marked


def test_the_pointer_says_what_it_is(hand):
    person = hand(load_example("backprop-2-2-2"))
    person.workspace.step(Level.ITERATION)
    hit = hit_at(person.canvas.diagram, middle_of_the_loss(person), 1.0)
    assert hit.loss
    assert tip_for(person.canvas.stage, hit) == (
        "Loss over the samples of this iteration: L = 0.298371"
    )


@pytest.mark.parametrize("layers", [(2, 1), (2, 3), (2, 9, 80)])
def test_it_covers_nothing_and_is_in_sight(hand, layers):
    person = hand(perceptron(layers))
    person.workspace.step(Level.ITERATION)
    diagram = person.canvas.diagram
    where = diagram.loss.rect()
    assert not where.isEmpty()
    for item in diagram.nodes.values():
        assert not item.extent().intersects(where)
    assert diagram.content_rect().contains(where)
    person.canvas.fit()
    assert person.canvas.stage.visible.contains(where)


def test_it_goes_along_with_its_outputs(hand):
    person = hand(perceptron((2, 1)))
    person.workspace.step(Level.ITERATION)
    before = person.canvas.diagram.loss.pos()
    person.drag(person.middle("N1"), (person.node("N1").x, person.node("N1").y + 80))
    assert person.canvas.diagram.loss.pos() == before + QPointF(0, 80)


def test_an_addend_of_the_loss_is_shown_and_marked_where_it_arises(hand):
    person = hand(load_example("backprop-2-2-2"))
    person.workspace.step(Level.ITERATION)
    item = person.item("C2")
    assert item.marked is None or item.marked.what != "term"
    person.workspace.select(Quantity("l", row=1))
    assert item.marked == Part("term", 1)
    record = person.workspace.frame.record
    assert item.reading.output.terms.at(1) == record.arrays["l"][0, 1]
