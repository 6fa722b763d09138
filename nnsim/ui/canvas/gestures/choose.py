"""Choosing where a selection leads to, with keys or the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication

from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.gestures.box import paint_box
from nnsim.ui.canvas.gestures.connect import Links, paint_rubber
from nnsim.ui.canvas.stage import Stage

_KEYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class ChooseTargets(Gesture):
    """From the selected nodes to others: click one, draw a box around several, or use the keys.

    Tab and the arrow keys go from node to node, Space picks several, Enter connects.
    """

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, stage: Stage, sources: tuple[str, ...]) -> None:
        super().__init__(stage)
        self._links = Links(stage, sources, "out")
        self._possible = self._links.possible()
        self._at: str | None = None
        self._picked: frozenset[str] = frozenset()
        self._box_start: Pointer | None = None
        self._box: QRectF | None = None
        self._go_to(self._first())
        hint = "canvas.hint.choose" if self._possible else "canvas.hint.nothing_to_connect"
        stage.hint_changed.emit(stage.preferences.say(hint))

    def _first(self) -> str | None:
        """The nearest possible node to the right of the sources."""
        nodes = self.stage.diagram.nodes
        right = max((nodes[key].pos().x() for key in self._links.fixed), default=0.0)
        middle = sum(nodes[key].pos().y() for key in self._links.fixed) / len(self._links.fixed)

        def away(key: str) -> tuple[bool, float]:
            at = nodes[key].pos()
            return at.x() <= right, abs(at.x() - right) + abs(at.y() - middle)

        return min(self._possible, key=away, default=None)

    def _go_to(self, node: str | None) -> None:
        self._at = node
        chosen = self._picked | ({node} if node is not None else frozenset())
        self._links.mark(frozenset(chosen))
        self.stage.repaint_wanted.emit()

    # -- keys ------------------------------------------------------------------------------------

    def key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            chosen = self._picked or frozenset({self._at} if self._at is not None else ())
            self._connect(tuple(k for k in self._possible if k in chosen))
        elif key is Qt.Key.Key_Space:
            if self._at is not None:
                self._picked ^= {self._at}
                self._go_to(self._at)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._cycle(-1 if key is Qt.Key.Key_Backtab else 1)
        elif key in _KEYS:
            self._go_to(self._towards(_KEYS[key]))
        else:
            return False
        return True

    def _cycle(self, by: int) -> None:
        if self._possible:
            at = self._possible.index(self._at) if self._at in self._possible else -1
            self._go_to(self._possible[(at + by) % len(self._possible)])

    def _towards(self, direction: QPointF) -> str | None:
        """The nearest possible node in a direction; the same one where there is none."""
        if self._at is None:
            return self._first()
        return self.stage.towards(self._at, direction, self._possible) or self._at

    # -- mouse -----------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        self._box_start = pointer

    def move(self, pointer: Pointer) -> None:
        start = self._box_start
        if start is None:
            over = self._node_at(pointer.scene)
            if over in self._possible:
                self._go_to(over)
            return
        away = (pointer.view - start.view).manhattanLength()
        if self._box is not None or away >= QApplication.startDragDistance():
            self._box = QRectF(start.scene, pointer.scene).normalized()
            inside = self.stage.diagram.nodes_in(self._box)
            self._picked = frozenset(inside & set(self._possible))
            self._go_to(None)

    def release(self, pointer: Pointer) -> None:
        if self._box_start is None:
            # The release of the press that began the gesture.
            return
        if self._box is not None:
            self._connect(tuple(key for key in self._possible if key in self._picked))
            return
        self._box_start = None
        over = self._node_at(pointer.scene)
        if over is None:
            self.cancel()
            return
        reason = self._links.reason(over)
        if reason is None:
            self._connect((over,))
        else:
            self.stage.workspace.refuse(reason)

    def _node_at(self, point: QPointF) -> str | None:
        for key, item in reversed(self.stage.diagram.nodes.items()):
            if item.covers(point):
                return key
        return None

    def _connect(self, targets: tuple[str, ...]) -> None:
        if targets:
            self._links.make(targets)
            self.stage.workspace.select_nodes(targets)
        self.finish()

    def finish(self) -> None:
        self._links.unmark()
        super().finish()

    def paint(self, painter: QPainter) -> None:
        chosen = set(self._picked)
        if self._at is not None:
            chosen.add(self._at)
        for key in chosen:
            port = self._links.other_port(key)
            if port is not None:
                paint_rubber(painter, self._links, port, "accent")
        if self._box is not None:
            paint_box(painter, self._box, self.stage)
