"""A recurrent layer on the canvas: drawn from the palette, its loop, its time steps."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnsim.document.checks import check
from nnsim.document.edits import set_activation, set_units
from nnsim.document.sequences import divided_into_steps
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.canvas.own_loop import loop_label, loop_path
from tests.support.documents import table
from tests.support.sequences import recurrent

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(beside_palette):
    """A palette beside a canvas, over three inputs and a target."""
    document = recurrent()
    data = table(np.arange(24.0).reshape(4, 6) / 24, np.ones((4, 1)))
    return beside_palette(type(document)(data=data, training=document.training), (1100, 800))


def put(window, kind, x):
    """Drag an entry of the palette to a place of the canvas."""
    entry, viewport = window.palette_.entries[kind], window.canvas.viewport()
    target = window.canvas.mapFromScene(QPointF(x, 0))
    to = entry.mapFromGlobal(viewport.mapToGlobal(target))
    QTest.mousePress(entry, LEFT, NONE, QPoint(20, 20))
    for share in (0.1, 0.5, 1.0):
        QTest.mouseMove(entry, QPoint(20, 20) + (to - QPoint(20, 20)) * share)
    QTest.mouseRelease(entry, LEFT, NONE, to)
    return window.canvas.workspace.document.nodes[-1]


def wire(window, source, target):
    """Drag from the handle of one node to the body of another."""
    canvas = window.canvas
    item = canvas.diagram.nodes[source.id]
    QTest.mouseMove(canvas.viewport(), canvas.mapFromScene(item.pos()))
    start = canvas.mapFromScene(item.output_port())
    end = canvas.mapFromScene(QPointF(target.x, target.y))
    QTest.mouseMove(canvas.viewport(), start)
    QTest.mousePress(canvas.viewport(), LEFT, NONE, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(canvas.viewport(), start + (end - start) * share)
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, end)


def test_a_network_is_drawn_from_the_palette_and_runs(window):
    workspace = window.canvas.workspace
    first, layer, last = (
        put(window, kind, x) for kind, x in (("inputs", -240), ("recurrent", 0), ("output", 240))
    )
    assert [(n.kind, n.units) for n in (first, layer, last)] == [
        ("input", 6),
        ("recurrent", 4),
        ("dense", 1),
    ]
    assert layer.activation.name == "tanh"
    wire(window, first, layer)
    wire(window, layer, last)
    codes = [problem.message.code for problem in check(workspace.document)]
    assert codes == ["check.recurrent_needs_sequence"]
    workspace.edit(lambda d: divided_into_steps(d, first.id, 3), "steps")
    assert workspace.document.node(first.id).units == 2
    assert check(workspace.document) == ()
    workspace.step(Level.ITERATION)
    assert workspace.frame.is_complete
    workspace.undo_stack.undo()
    assert workspace.document.node(first.id).steps == 1


def test_an_activation_over_several_units_gives_way_to_the_usual_one(window):
    box = window.palette_.activation
    box.setCurrentIndex(box.findData("softmax"))
    assert put(window, "recurrent", 0).activation.name == "tanh"
    box.setCurrentIndex(box.findData("relu"))
    assert put(window, "recurrent", 200).activation.name == "relu"


def test_a_click_on_the_loop_selects_the_strongest_weight_of_u(hand):
    person = hand(recurrent())
    item = person.item("R1")
    u = item.node.recurrent
    strongest = np.unravel_index(np.abs(u).argmax(), u.shape)
    for place in (loop_label(item.geometry).center(), loop_path(item.geometry).pointAtPercent(0.2)):
        person.workspace.select(None)
        person.click(item.pos() + place)
        selected = person.workspace.selection
        assert (selected.kind, selected.owner) == ("u", "n2")
        assert (selected.row, selected.column) == strongest
    assert item.marked.what == "own"


def test_enter_edits_a_selected_weight_of_u(hand):
    person = hand(recurrent())
    person.workspace.select(Quantity("u", "n2", 1, 2))
    assert person.canvas.editing.edit_quantity(person.workspace.selection)
    person.type("0.25")
    assert person.document.node("n2").recurrent[1, 2] == 0.25
    person.workspace.undo_stack.undo()
    assert person.document.node("n2").recurrent[1, 2] != 0.25


def test_the_body_shows_the_states_of_the_step_that_is_walked(hand):
    person = hand(recurrent())
    record = person.workspace.session.record(1)
    for step in range(3):
        person.workspace.step(Level.LAYER)
        reading = person.item("R1").reading
        assert (reading.step, reading.steps) == (step, 4)
        assert reading.activations.shown.all()
        assert reading.activations.values.tolist() == record.array("h:n2")[0, step].tolist()
        inputs = person.item("E1").reading.activations.values
        assert inputs.tolist() == record.array("a:n1")[0, step].tolist()


def test_a_click_on_a_unit_selects_its_state_at_the_step_looked_at(hand):
    person = hand(recurrent())
    person.workspace.step(Level.LAYER)
    person.workspace.step(Level.LAYER)
    item = person.item("R1")
    person.click(item.pos() + item.layout.value(1).center())
    assert person.workspace.selection == Quantity("h", "n2", 1, step=1)
    person.click(person.item("E1").pos() + person.item("E1").layout.value(0).center())
    assert person.workspace.selection == Quantity("a", "n1", 0, step=1)


@pytest.mark.parametrize("units", [1, 3, 32])
def test_every_size_is_painted_with_its_loop(hand, units):
    document = set_units(recurrent(), "n2", units)
    person = hand(set_activation(document, "n2", ActivationSpec("relu")))
    person.workspace.step(Level.PHASE)
    item = person.item("R1")
    assert item.boundingRect().contains(loop_path(item.geometry).boundingRect())
    image = person.canvas.grab().toImage()
    # On the line, a bit away from its ends.
    at = person.pixel(item.pos() + loop_path(item.geometry).pointAtPercent(0.25))
    ground = image.pixelColor(2, 2)
    assert any(
        image.pixelColor(at.x() + dx, at.y() + dy) != ground
        for dx in range(-2, 3)
        for dy in range(-2, 3)
    )


def test_copied_and_pasted_it_keeps_u(hand):
    person = hand(recurrent())
    person.workspace.select_nodes(["n2"])
    assert person.canvas.commands.copy()
    person.canvas.commands.paste()
    pasted = person.node("R2")
    assert np.array_equal(pasted.recurrent, person.node("R1").recurrent)
    person.workspace.undo_stack.undo()
    assert len(person.document.nodes) == 3
