"""The keyboard of the canvas."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from nnsim.ui.canvas.commands import Commands
from nnsim.ui.canvas.geometry import GRID
from nnsim.ui.canvas.gestures.base import Gesture
from nnsim.ui.canvas.hits import line_quantity
from nnsim.ui.canvas.loss_item import LOSS
from nnsim.ui.canvas.navigation import ZOOM_STEP, Navigation
from nnsim.ui.canvas.stage import Stage

if TYPE_CHECKING:
    from nnsim.document.clipboard import Edge

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PAN_STEP = 60.0
#: Keys that no menu shows: as Qt writes them, and the key of what they do.
KEY_HELP = (
    ("Tab", "canvas.keys.next"),
    ("Ctrl+Left", "canvas.keys.towards"),
    ("Ctrl+Shift+Left", "canvas.keys.extend"),
    ("Left", "canvas.keys.move"),
    ("Shift+Left", "canvas.keys.move_finely"),
    ("W", "canvas.keys.connections"),
    ("L", "canvas.keys.loss"),
    ("U", "canvas.keys.units"),
    ("M", "canvas.keys.map"),
    ("Menu", "canvas.keys.menu"),
    ("Esc", "canvas.keys.escape"),
)
#: Keys of the ways to put nodes in line; they are shown in the menus.
ALIGN_KEYS: Mapping[Edge, str] = {
    "left": "Shift+L",
    "middle_x": "Shift+C",
    "right": "Shift+R",
    "top": "Shift+T",
    "middle_y": "Shift+M",
    "bottom": "Shift+B",
    "spread_x": "Shift+H",
    "spread_y": "Shift+V",
}
_NONE = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class Target(Protocol):
    """What the keys call: the canvas."""

    @property
    def gesture(self) -> Gesture | None: ...
    def cancel_gesture(self) -> None: ...
    def gesture_changed(self) -> None: ...
    def connect_selection(self) -> None: ...
    def rename(self) -> None: ...
    def edit_units(self) -> None: ...
    def enlarge_map(self) -> None: ...
    def edit_selected(self) -> None: ...
    def type_new(self, at: QPointF | None = None) -> None: ...
    def fit(self) -> None: ...
    def show_menu(self) -> None: ...
    def show_selected(self) -> None: ...


class Keys:
    """Turns key presses into commands.  ``space_held``: the pointer pans."""

    def __init__(
        self, target: Target, stage: Stage, commands: Commands, navigation: Navigation
    ) -> None:
        self._target = target
        self._stage = stage
        self._commands = commands
        self._navigation = navigation
        self.space_held = False
        # The node from which Ctrl and an arrow go on, and whose connections W goes through.
        self._current = ""
        standard = QKeySequence.StandardKey
        undo = stage.workspace.undo_stack
        self._sequences: list[tuple[QKeySequence.StandardKey, Callable[[], object]]] = [
            (standard.Copy, commands.copy),
            (standard.Cut, commands.cut),
            (standard.Paste, commands.paste),
            (standard.SelectAll, commands.select_all),
            (standard.Undo, undo.undo),
            (standard.Redo, undo.redo),
            (standard.ZoomIn, lambda: navigation.zoom_by(ZOOM_STEP)),
            (standard.ZoomOut, lambda: navigation.zoom_by(1 / ZOOM_STEP)),
        ]
        self._plain: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Delete: commands.delete,
            Qt.Key.Key_Backspace: commands.delete,
            Qt.Key.Key_F2: target.rename,
            Qt.Key.Key_U: target.edit_units,
            Qt.Key.Key_M: target.enlarge_map,
            Qt.Key.Key_Return: target.edit_selected,
            Qt.Key.Key_Enter: target.edit_selected,
            Qt.Key.Key_C: target.connect_selection,
            Qt.Key.Key_F: target.fit,
            Qt.Key.Key_Home: target.fit,
            Qt.Key.Key_Insert: target.type_new,
            Qt.Key.Key_A: target.type_new,
            Qt.Key.Key_Menu: target.show_menu,
            Qt.Key.Key_W: self._next_connection,
            Qt.Key.Key_L: self._select_loss,
        }
        self._with_shift: dict[int, Callable[[], object]] = {
            Qt.Key[f"Key_{keys[-1]}"]: functools.partial(commands.align, edge)
            for edge, keys in ALIGN_KEYS.items()
        }
        self._with_shift[Qt.Key.Key_F10] = target.show_menu
        self._with_control: dict[int, Callable[[], object]] = {
            Qt.Key.Key_D: commands.duplicate,
            # Not on every desktop the standard key.
            Qt.Key.Key_Y: undo.redo,
            Qt.Key.Key_0: navigation.zoom_normal,
            # Where + needs Shift, the key without it zooms too.
            Qt.Key.Key_Equal: lambda: navigation.zoom_by(ZOOM_STEP),
        }

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key asks for; false where it means nothing here."""
        gesture = self._target.gesture
        key = event.key()
        if gesture is not None:
            if key == Qt.Key.Key_Escape:
                self._target.cancel_gesture()
                return True
            taken = gesture.key(event)
            self._target.gesture_changed()
            return taken
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Escape:
            return self._unselect()
        for sequence, call in self._sequences:
            if event.matches(sequence):
                call()
                return True
        if key in _ARROWS and not modifiers & ~(_SHIFT | _CONTROL):
            way = QPointF(*_ARROWS[Qt.Key(key)])
            if modifiers & _CONTROL:
                self._go(way, extend=bool(modifiers & _SHIFT))
            else:
                self._arrow(way, fine=bool(modifiers & _SHIFT))
            return True
        tables = {_NONE: self._plain, _SHIFT: self._with_shift, _CONTROL: self._with_control}
        table = tables.get(modifiers, {})
        if key in table:
            table[key]()
            return True
        return False

    def tab(self, by: int) -> bool:
        """Select the next or previous node; false after the last one, so that Tab leaves."""
        nodes = [node.id for node in self._stage.workspace.document.nodes]
        chosen = self._stage.selected_nodes
        if not nodes:
            return False
        at = nodes.index(chosen[-1 if by > 0 else 0]) + by if chosen else 0 if by > 0 else -1
        if chosen and not 0 <= at < len(nodes):
            return False
        self._stage.workspace.select_nodes((nodes[at],))
        self._target.show_selected()
        return True

    def _unselect(self) -> bool:
        if self._stage.workspace.pointed is not None:
            self._stage.workspace.point_at(None)
            return True
        if not self._stage.workspace.nodes:
            return False
        self._stage.workspace.select_nodes(())
        return True

    def _arrow(self, way: QPointF, fine: bool) -> None:
        """Move the selected nodes; without any, the paper."""
        if self._stage.selected_nodes:
            by = way * (1.0 if fine else GRID)
            self._commands.nudge(by.x(), by.y())
            self._target.show_selected()
        else:
            self._navigation.scroll(-way * _PAN_STEP)

    def _go(self, way: QPointF, extend: bool) -> None:
        """Select the nearest node in a direction, or add it to the selection."""
        chosen = self._stage.selected_nodes
        if not chosen:
            self.tab(1)
            return
        start = self._current if self._current in chosen else chosen[-1]
        found = self._stage.towards(start, way, self._stage.diagram.nodes)
        if found is not None:
            self._current = found
            kept = self._stage.workspace.nodes if extend else frozenset()
            self._stage.workspace.select_nodes(kept | {found})
            self._target.show_selected()

    def _select_loss(self) -> None:
        """Select the loss, once it has come about."""
        if self._stage.diagram.loss.text:
            self._stage.workspace.select(LOSS)

    def _next_connection(self) -> None:
        """Select the first connection of the selected node, and then one after another."""
        stage = self._stage
        nodes, chosen = stage.selected_nodes, stage.selected_connections
        if len(nodes) == 1:
            self._current = nodes[0]
        document = stage.workspace.document
        if not document.has_node(self._current):
            return
        around = [c.id for c in document.incoming(self._current) + document.outgoing(self._current)]
        if around:
            at = around.index(chosen[0]) + 1 if chosen and chosen[0] in around else 0
            key = around[at % len(around)]
            stage.workspace.select_nodes((key,))
            link = stage.diagram.connections[key]
            stage.workspace.select(line_quantity(stage.diagram, link, (0, 0)))
