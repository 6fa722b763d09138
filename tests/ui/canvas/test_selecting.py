"""Selecting, moving, aligning, copying: each undone with one undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.ui.canvas import clipboard

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_click_selects_one_and_control_adds(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("x1"))
    assert person.workspace.nodes == {"n1"}
    person.click(person.middle("N1"), CONTROL)
    assert person.workspace.nodes == {"n1", "n3"}
    person.click(person.middle("x1"), CONTROL)
    assert person.workspace.nodes == {"n3"}
    person.click((500, 300))
    assert person.workspace.nodes == frozenset()


def test_a_box_selects_what_it_touches(hand):
    person = hand(gate_neuron("or"))
    person.drag((-90, -70), (40, 170))
    assert person.workspace.nodes == {"n1", "n2"}
    person.drag((180, -20), (330, 130), modifier=CONTROL)
    assert person.workspace.nodes == {"n1", "n2", "n3"}


def test_escape_gives_back_what_was_selected_before_the_box(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.begin_drag((-90, -70), (40, 170))
    assert person.workspace.nodes == {"n1", "n2"}
    person.key(Qt.Key.Key_Escape)
    assert person.workspace.nodes == {"n3"}
    assert person.canvas.gesture is None
    person.release((40, 170))
    assert person.workspace.nodes == {"n3"}


def test_a_node_is_dragged_to_the_grid_and_undone(hand):
    person = hand(gate_neuron("or"))
    x, y = person.middle("N1")
    person.drag((x, y), (x + 47, y + 92))
    assert person.middle("N1") == (280, 160)
    person.key(Qt.Key.Key_Z, CONTROL)
    assert person.middle("N1") == (x, y)
    assert person.item("N1").pos() == QPointF(x, y)


def test_a_dragged_node_snaps_to_the_line_of_another(hand):
    document = gate_neuron("or")
    person = hand(document)
    x, _ = person.middle("N1")
    # 4 units above the middle of x2: not on the grid, but in line.
    person.drag(person.middle("N1"), (x + 60, 120 - 4))
    assert person.middle("N1") == (300, 120)


def test_shift_held_while_dragging_moves_without_snapping(hand):
    person = hand(gate_neuron("or"))
    person.press(person.middle("N1"))
    for place in ((250, 70), (263, 91)):
        at = QPointF(person.pixel(place))
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            QPointF(person.viewport.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            SHIFT,
        )
        QApplication.sendEvent(person.viewport, event)
    person.release((263, 91))
    x, y = person.middle("N1")
    # To a pixel of the screen.
    assert x == pytest.approx(263, abs=1)
    assert y == pytest.approx(91, abs=1)


def test_several_are_dragged_together_with_their_lines(hand):
    person = hand(gate_neuron("or"))
    person.drag((-90, -70), (40, 170))
    line_before = person.link("x1", "N1").points_of((0, 0)).copy()
    person.drag(person.middle("x1"), (-100, 40))
    assert person.middle("x1") == (-100, 40)
    assert person.middle("x2") == (-100, 160)
    moved = person.link("x1", "N1").points_of((0, 0)) - line_before
    assert moved[0].tolist() == [-100, 40]
    assert moved[1].tolist() == [0, 0]
    assert person.workspace.undo_stack.count() == 1


def test_escape_puts_a_dragged_node_back(hand):
    person = hand(gate_neuron("or"))
    before = person.document
    person.begin_drag(person.middle("N1"), (400, 200))
    assert person.item("N1").pos() != QPointF(*person.middle("N1"))
    person.key(Qt.Key.Key_Escape)
    assert person.item("N1").pos() == QPointF(*person.middle("N1"))
    person.release((400, 200))
    assert person.document is before


def test_arrow_keys_move_by_the_grid_and_finer_with_shift(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_Right)
    person.key(Qt.Key.Key_Right)
    person.key(Qt.Key.Key_Down, SHIFT)
    assert person.middle("N1") == (280, 61)
    assert person.workspace.undo_stack.count() == 1
    person.key(Qt.Key.Key_Z, CONTROL)
    assert person.middle("N1") == (240, 60)


def test_tab_goes_from_node_to_node_and_then_leaves(hand, qtbot):
    person = hand(gate_neuron("or"))
    order = []
    for _ in range(3):
        person.key(Qt.Key.Key_Tab)
        order += sorted(person.workspace.nodes)
    assert order == ["n1", "n2", "n3"]
    person.key(Qt.Key.Key_Backtab, SHIFT)
    assert person.workspace.nodes == {"n2"}


@pytest.mark.parametrize(
    ("edge", "places"),
    [
        ("left", {"x1": (0, 0), "x2": (0, 120), "N1": (0, 60)}),
        ("bottom", {"x1": (0, 120), "x2": (0, 120), "N1": (240, 120)}),
        ("spread_x", {"x1": (0, 0), "x2": (120, 120), "N1": (240, 60)}),
    ],
)
def test_aligning_from_the_menu(hand, qtbot, edge, places):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_A, CONTROL)
    person.canvas.align(edge)
    assert {name: person.middle(name) for name in places} == places
    person.key(Qt.Key.Key_Z, CONTROL)
    assert person.middle("N1") == (240, 60)


def test_delete_takes_nodes_and_their_connections(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("x1"))
    person.key(Qt.Key.Key_Delete)
    assert [node.name for node in person.document.nodes] == ["x2", "N1"]
    assert person.links() == {("x2", "N1")}
    assert set(person.canvas.diagram.nodes) == {"n2", "n3"}
    person.key(Qt.Key.Key_Z, CONTROL)
    assert person.links() == {("x1", "N1"), ("x2", "N1")}


def test_delete_takes_a_selected_connection(hand):
    person = hand(gate_neuron("or"))
    person.click(person.link("x1", "N1").spot((0, 0), 0.8))
    person.key(Qt.Key.Key_Delete)
    assert person.links() == {("x2", "N1")}


def test_copy_and_paste_bring_weights_along(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_A, CONTROL)
    person.key(Qt.Key.Key_C, CONTROL)
    person.key(Qt.Key.Key_V, CONTROL)
    names = [node.name for node in person.document.nodes]
    assert names == ["x1", "x2", "N1", "x3", "x4", "N2"]
    assert {("x3", "N2"), ("x4", "N2")} < person.links()
    assert person.link("x3", "N2").connection.weights[0, 0] == 0.5
    assert person.node("N2").bias[0] == 1.0
    assert person.middle("N2") == (280, 100)
    assert person.workspace.nodes == {person.node(name).id for name in ("x3", "x4", "N2")}


def test_pasting_again_goes_further_aside(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_C, CONTROL)
    person.key(Qt.Key.Key_V, CONTROL)
    person.key(Qt.Key.Key_V, CONTROL)
    assert person.middle("N2") == (280, 100)
    assert person.middle("N3") == (320, 140)


def test_a_piece_is_pasted_in_another_window(hand):
    person = hand(perceptron((2, 3, 1)))
    person.key(Qt.Key.Key_A, CONTROL)
    person.key(Qt.Key.Key_C, CONTROL)
    other = hand()
    assert other.canvas.can_paste
    other.key(Qt.Key.Key_V, CONTROL)
    assert [node.units for node in other.document.nodes] == [2, 3, 1]
    copied = other.document.connections[0].weights
    assert copied.tolist() == person.document.connections[0].weights.tolist()


def test_cut_is_copy_and_delete(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_X, CONTROL)
    assert [node.name for node in person.document.nodes] == ["x1", "x2"]
    person.key(Qt.Key.Key_V, CONTROL)
    assert person.node("N1").bias[0] == 1.0


def test_duplicate_leaves_the_clipboard_alone(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("x1"))
    person.key(Qt.Key.Key_C, CONTROL)
    person.click(person.middle("N1"))
    person.key(Qt.Key.Key_D, CONTROL)
    assert person.node("N2").activation.name == "step"
    assert [node.name for node in clipboard.get().nodes] == ["x1"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "canvas.clipboard.empty"),
        (b"not json", "canvas.clipboard.damaged"),
        (b'{"format": "nnsim-diagram", "version": 1, "nodes": []}', "canvas.clipboard.damaged"),
        (b'{"format": "nnsim-diagram", "version": 2}', "canvas.clipboard.damaged"),
    ],
)
def test_a_foreign_or_damaged_clipboard_changes_nothing(hand, content, code):
    data = QMimeData()
    data.setText("hello")
    if content is not None:
        data.setData(clipboard.MIME, QByteArray(content))
    QGuiApplication.clipboard().setMimeData(data)
    person = hand(gate_neuron("or"))
    before = person.document
    person.key(Qt.Key.Key_V, CONTROL)
    assert [message.code for message in person.refused] == [code]
    assert person.document is before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"bias":[1.0]', '"bias":[1.0,2.0]'),
        ('"weights":[[0.5]]', '"weights":[[0.5,1.0]]'),
        ('"weights":[[0.5]]', '"weights":[[NaN]]'),
        ('"source":"n1"', '"source":"n9"'),
        ('"id":"n2"', '"id":"n1"'),
        ('"name":"step"', '"name":"exec"'),
    ],
)
def test_a_piece_that_does_not_fit_together_is_refused_whole(hand, old, new):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_A, CONTROL)
    person.key(Qt.Key.Key_C, CONTROL)
    content = bytes(QGuiApplication.clipboard().mimeData().data(clipboard.MIME).data()).decode()
    assert old in content
    data = QMimeData()
    data.setData(clipboard.MIME, QByteArray(content.replace(old, new, 1).encode()))
    QGuiApplication.clipboard().setMimeData(data)
    before = person.document
    person.key(Qt.Key.Key_V, CONTROL)
    assert [message.code for message in person.refused] == ["canvas.clipboard.damaged"]
    assert person.document is before


def test_what_is_possible_is_told(hand, qtbot):
    person = hand(gate_neuron("or"))
    canvas = person.canvas
    assert not canvas.has_selection
    with qtbot.waitSignal(canvas.actions_changed):
        person.click(person.middle("x1"))
    assert canvas.has_selection
    assert canvas.has_nodes
    assert not canvas.can_align
    person.key(Qt.Key.Key_A, CONTROL)
    assert canvas.can_align
    with qtbot.waitSignal(canvas.actions_changed):
        person.key(Qt.Key.Key_C, CONTROL)
    assert canvas.can_paste


def test_undo_takes_a_selection_of_what_is_gone_away(hand):
    person = hand()
    person.double_click((0, 0))
    person.type("x")
    assert person.workspace.nodes
    person.key(Qt.Key.Key_Z, CONTROL)
    assert not person.workspace.nodes
    assert not person.canvas.diagram.nodes


def test_control_and_arrows_go_to_the_nearest_node(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_Tab)
    person.key(Qt.Key.Key_Right, CONTROL)
    assert person.workspace.nodes == {"n3"}
    person.key(Qt.Key.Key_Left, CONTROL)
    person.key(Qt.Key.Key_Down, CONTROL)
    assert person.workspace.nodes == {"n2"}


def test_control_shift_and_arrows_select_several(hand):
    person = hand(gate_neuron("or"))
    person.key(Qt.Key.Key_Tab)
    person.key(Qt.Key.Key_Down, CONTROL | SHIFT)
    assert person.workspace.nodes == {"n1", "n2"}
    person.key(Qt.Key.Key_Right, CONTROL | SHIFT)
    assert person.workspace.nodes == {"n1", "n2", "n3"}


def test_w_goes_through_the_connections_of_a_node(hand):
    person = hand(gate_neuron("or"))
    person.click(person.middle("N1"))
    seen = []
    for _ in range(3):
        person.key(Qt.Key.Key_W)
        seen += sorted(person.workspace.nodes)
    assert seen == ["c4", "c5", "c4"]
    assert person.workspace.selection.owner == "c4"
    person.key(Qt.Key.Key_Return)
    person.type("7")
    assert person.link("x1", "N1").connection.weights[0, 0] == 7
    person.key(Qt.Key.Key_Delete)
    assert person.links() == {("x2", "N1")}


def test_after_the_last_node_tab_leaves_the_canvas(hand, qtbot):
    person = hand(gate_neuron("or"), show=False)
    around = QWidget()
    qtbot.addWidget(around)
    layout = QVBoxLayout(around)
    other = QLineEdit()
    layout.addWidget(person.canvas)
    layout.addWidget(other)
    with qtbot.waitActive(around):
        around.show()
        around.activateWindow()
    person.canvas.setFocus()
    for _ in range(4):
        person.key(Qt.Key.Key_Tab)
    assert other.hasFocus()
    # Each is closed by itself.
    person.canvas.setParent(None)


def test_dragging_beyond_the_edge_scrolls(hand, qtbot):
    person = hand(gate_neuron("or"))
    before = person.pixel((0, 0))
    edge = person.canvas.mapToScene(person.viewport.rect().bottomRight())
    person.begin_drag((-60, 240), edge)
    qtbot.waitUntil(lambda: person.pixel((0, 0)).x() < before.x() - 30)
    person.key(Qt.Key.Key_Escape)
    stopped = person.pixel((0, 0))
    qtbot.wait(60)
    assert person.pixel((0, 0)) == stopped
    person.release(edge)
