"""The palette: dragging, clicking, and the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnsim.document.templates import empty, gate_neuron, perceptron

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(beside_palette):
    return beside_palette(empty(), (1000, 640))


def kinds(window) -> list[tuple[str, int]]:
    return [(node.kind, node.units) for node in window.canvas.workspace.document.nodes]


def drag_to(window, kind: str, target: QPoint, let_go: bool = True):
    """Drag an entry over the canvas, where ``target`` is a pixel of its view."""
    entry = window.palette_.entries[kind]
    viewport = window.canvas.viewport()
    to = entry.mapFromGlobal(viewport.mapToGlobal(target))
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(entry, LEFT, none, QPoint(20, 20))
    for share in (0.1, 0.5, 1.0):
        QTest.mouseMove(entry, QPoint(20, 20) + (to - QPoint(20, 20)) * share)
    if let_go:
        QTest.mouseRelease(entry, LEFT, none, to)
    return entry


def test_an_entry_is_dragged_onto_the_canvas(window):
    target = window.canvas.mapFromScene(QPointF(100, -60))
    drag_to(window, "neuron", target)
    assert kinds(window) == [("dense", 1)]
    node = window.canvas.workspace.document.nodes[0]
    assert (node.x, node.y) == (100, -60)
    # The document learns by the course's rule, which needs the step.
    assert node.activation.name == "step"


def test_escape_ends_a_drag_without_a_node(window):
    target = window.canvas.mapFromScene(QPointF(100, -60))
    entry = drag_to(window, "neuron", target, let_go=False)
    assert window.canvas.gesture is not None
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    assert window.canvas.gesture is None
    QTest.mouseRelease(entry, LEFT)
    assert kinds(window) == []


def test_an_entry_let_go_beside_the_canvas_makes_nothing(window):
    drag_to(window, "neuron", QPoint(-40, 20))
    assert kinds(window) == []
    assert window.canvas.gesture is None


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("input", ("input", 1)),
        ("inputs", ("input", 2)),
        ("neuron", ("dense", 1)),
        ("layer", ("dense", 4)),
        ("output", ("dense", 1)),
    ],
)
def test_enter_on_an_entry_puts_it_in_the_middle(window, kind, made):
    entry = window.palette_.entries[kind]
    entry.setFocus()
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert kinds(window) == [made]
    node = window.canvas.workspace.document.nodes[0]
    middle = window.canvas.stage.middle
    assert abs(node.x - middle.x()) <= 10
    assert abs(node.y - middle.y()) <= 10


def test_entries_taken_one_after_another_do_not_cover_each_other(window):
    entry = window.palette_.entries["neuron"]
    for _ in range(3):
        QTest.keyClick(entry, Qt.Key.Key_Return)
    bodies = [item.body_rect() for item in window.canvas.diagram.nodes.values()]
    assert not any(a.intersects(b) for a in bodies for b in bodies if a is not b)


def test_a_click_on_an_entry_and_one_on_the_canvas_put_it_there(window):
    QTest.mouseClick(window.palette_.entries["layer"], LEFT)
    place = window.canvas.mapFromScene(QPointF(-100, 40))
    QTest.mouseMove(window.canvas.viewport(), place)
    QTest.mouseClick(window.canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert kinds(window) == [("dense", 4)]
    assert window.canvas.workspace.document.nodes[0].x == -100


def test_a_double_click_puts_it_in_the_middle(window):
    entry = window.palette_.entries["layer"]
    QTest.mouseClick(entry, LEFT)
    QTest.mouseDClick(entry, LEFT)
    assert kinds(window) == [("dense", 4)]
    assert window.canvas.gesture is None


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_list_of_activations_has_room_for_its_words(qtbot, preferences, window, zoom):
    box = window.palette_.activation
    preferences.set_zoom(zoom)
    qtbot.mouseClick(box, LEFT)
    assert box.view().isVisible()
    assert box.view().width() >= 190 * zoom > box.width()
    box.hidePopup()


def test_units_and_activation_of_what_comes_next_are_chosen_below(window):
    palette = window.palette_
    palette.units.setFocus()
    palette.units.selectAll()
    QTest.keyClicks(palette.units, "7")
    palette.activation.setFocus()
    QTest.keyClicks(palette.activation, "Hyp")
    QTest.keyClick(palette.entries["layer"], Qt.Key.Key_Return)
    assert kinds(window) == [("dense", 7)]
    assert window.canvas.workspace.document.nodes[0].activation.name == "tanh"


def test_inputs_take_the_columns_that_are_still_free(window):
    window.canvas.workspace.open(perceptron((2, 1)))
    window.canvas.workspace.open(empty())
    QTest.keyClick(window.palette_.entries["input"], Qt.Key.Key_Return)
    QTest.keyClick(window.palette_.entries["inputs"], Qt.Key.Key_Return)
    assert kinds(window) == [("input", 1), ("input", 1)]


def test_the_palette_speaks_both_languages(window, preferences):
    assert window.palette_.entries["neuron"].accessibleName() == "Neuron"
    preferences.set_locale("es")
    assert window.palette_.entries["neuron"].accessibleName() == "Neurona"
    assert window.palette_.activation.itemText(1) == "Escalón"


def stands_free(window, name: str) -> bool:
    """Whether a node, with its name and bias, covers no other."""
    items = {item.node.name: item.extent() for item in window.canvas.diagram.nodes.values()}
    return not any(items[name].intersects(rect) for key, rect in items.items() if key != name)


def test_nodes_put_in_the_middle_one_after_another_cover_nothing(window):
    for number in range(1, 6):
        QTest.keyClick(window.palette_.entries["neuron"], Qt.Key.Key_Return)
        assert stands_free(window, f"N{number}")
        nodes = window.canvas.diagram.nodes.values()
        assert all(item.pos().x() % 20 == item.pos().y() % 20 == 0 for item in nodes)
        shown = window.canvas.navigation.visible()
        last = list(nodes)[-1]
        assert shown.contains(last.extent())


def test_what_is_typed_after_the_key_stands_beside_what_is_there(hand):
    person = hand(gate_neuron("or"))
    for number, text in ((2, "neurona"), (3, "2-4-1")):
        person.key(Qt.Key.Key_A)
        person.type(text)
        rects = [item.extent() for item in person.canvas.diagram.nodes.values()]
        assert not any(a.intersects(b) for a in rects for b in rects if a is not b), number


def icons(box) -> list[bool]:
    return [not box.itemIcon(index).isNull() for index in range(box.count())]


def test_the_curve_of_the_chosen_activation_is_drawn_and_all_of_them_in_the_list(qtbot, window):
    box = window.palette_.activation
    assert not any(icons(box))
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert icons(box) == [index == 1 for index in range(box.count())]
    box.showPopup()
    assert icons(box) == [index > 0 for index in range(box.count())]
    box.hidePopup()


def test_another_theme_draws_the_curve_of_the_chosen_activation_again(preferences, window):
    box = window.palette_.activation
    box.setCurrentIndex(3)
    light = box.itemIcon(3).cacheKey()
    preferences.set_theme("dark")
    assert box.currentIndex() == 3
    assert not box.itemIcon(3).isNull()
    assert box.itemIcon(3).cacheKey() != light
