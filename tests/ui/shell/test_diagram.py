"""The commands of the diagram in the window: each by keyboard, and in the menus with its keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.ui.canvas.keys import ALIGN_KEYS

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def key(window, code, modifier=Qt.KeyboardModifier.NoModifier):
    """To where the focus is, as the keyboard does."""
    QTest.keyClick(QApplication.focusWidget() or window, code, modifier)


def places(window):
    return [(node.x, node.y) for node in window.workspace.document.nodes]


@pytest.mark.parametrize("edge", list(ALIGN_KEYS))
def test_nodes_are_put_in_line_by_key_as_from_the_menu(open_window, edge):
    window = open_window(gate_neuron("or"))
    key(window, Qt.Key.Key_A, CONTROL)
    before = places(window)
    letter = ALIGN_KEYS[edge].rpartition("+")[2]
    key(window, getattr(Qt.Key, f"Key_{letter}"), SHIFT)
    by_key = places(window)
    assert by_key != before or edge.startswith("spread")
    window.workspace.undo_stack.undo()
    window.workspace.select_nodes(node.id for node in window.workspace.document.nodes)
    window.commands[f"align_{edge}"].trigger()
    assert places(window) == by_key


@pytest.mark.parametrize("edge", ["spread_x", "spread_y"])
def test_nodes_are_spread_by_key(open_window, edge):
    window = open_window(gate_neuron("or"))
    across = edge == "spread_x"
    for name in ("x1", "x2"):
        node = next(node for node in window.workspace.document.nodes if node.name == name)
        window.workspace.select_nodes((node.id,))
        window.canvas.setFocus()
        for _ in range(4 if name == "x1" else 1):
            key(window, Qt.Key.Key_Left if across else Qt.Key.Key_Up)
    key(window, Qt.Key.Key_A, CONTROL)
    key(window, Qt.Key.Key_H if across else Qt.Key.Key_V, SHIFT)
    values = sorted(place[0 if across else 1] for place in places(window))
    assert values[1] - values[0] == pytest.approx(values[2] - values[1])
    assert values[1] != values[0]


def test_the_menus_and_the_sheet_of_keys_show_them(open_window):
    window = open_window()
    rows = [row for _, group in window.menu_commands.helping.groups() for row in group]
    shown = {keys for keys, _ in rows}
    for edge, keys in ALIGN_KEYS.items():
        assert window.commands[f"align_{edge}"].text().endswith("\t" + keys)
        assert keys in shown


def test_no_key_means_two_things(open_window):
    window = open_window()
    meanings: dict[str, set[str]] = {}
    for name in window.commands:
        for sequence in window.commands.keys(name):
            meanings.setdefault(sequence.toString(), set()).add(name)
    assert {keys: names for keys, names in meanings.items() if len(names) > 1} == {}


def test_the_value_of_a_connection_is_edited_by_keyboard(open_window):
    window = open_window(gate_neuron("or"))
    edit = window.commands["edit_value"]
    assert not edit.isEnabled()
    neuron = window.workspace.document.nodes[-1]
    while neuron.id not in window.workspace.nodes:
        key(window, Qt.Key.Key_Tab)
    key(window, Qt.Key.Key_W)
    (connection,) = window.workspace.nodes
    assert edit.isEnabled()
    key(window, Qt.Key.Key_Return)
    line = window.canvas.editing.field.line
    assert line.hasFocus()
    line.selectAll()
    QTest.keyClicks(line, "0.25")
    key(window, Qt.Key.Key_Return)
    assert window.workspace.document.connection(connection).weights[0, 0] == 0.25
    assert window.canvas.hasFocus()


def test_the_value_of_a_connection_is_edited_from_the_menu_by_keyboard(open_window):
    window = open_window(gate_neuron("or"))
    key(window, Qt.Key.Key_Tab)
    key(window, Qt.Key.Key_W)
    (connection,) = window.workspace.nodes
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_D, ALT)
    menu = QApplication.activePopupWidget()
    assert menu is window.menus["diagram"]
    while menu.activeAction() is not window.commands["edit_value"]:
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    line = window.canvas.editing.field.line
    line.selectAll()
    QTest.keyClicks(line, "-2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert window.workspace.document.connection(connection).weights[0, 0] == -2


def test_the_menu_of_a_connection_opens_at_it_by_key(open_window):
    window = open_window(gate_neuron("or"))
    key(window, Qt.Key.Key_Tab)
    key(window, Qt.Key.Key_W)
    (connection,) = window.workspace.nodes
    key(window, Qt.Key.Key_F10, SHIFT)
    menu = QApplication.activePopupWidget()
    assert menu.actions()[0].objectName() == "canvas_edit_weight"
    spot = window.canvas.diagram.connections[connection].spot((0, 0))
    at = window.canvas.viewport().mapToGlobal(window.canvas.mapFromScene(spot))
    # Where the screen ends it opens to the other side.
    assert menu.geometry().adjusted(-1, -1, 1, 1).contains(at)
    menu.close()


def test_the_units_of_a_layer_are_edited_by_key(open_window):
    window = open_window(perceptron((2, 3, 1)))
    layer = window.workspace.document.nodes[1]
    while layer.id not in window.workspace.nodes:
        key(window, Qt.Key.Key_Tab)
    key(window, Qt.Key.Key_U)
    line = window.canvas.editing.field.line
    line.selectAll()
    QTest.keyClicks(line, "5")
    key(window, Qt.Key.Key_Return)
    assert window.workspace.document.nodes[1].units == 5
