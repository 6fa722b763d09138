"""Selecting what a box covers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.stage import Stage


class BoxSelect(Gesture):
    """From an empty place, a box; Ctrl or Shift adds to what is selected.

    A click without movement selects nothing, so it clears the selection.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage)
        self._start = start.scene
        self._box = QRectF(start.scene, start.scene)
        self._former = stage.workspace.nodes
        adds = start.has(Qt.KeyboardModifier.ControlModifier) or start.has(
            Qt.KeyboardModifier.ShiftModifier
        )
        self._kept = self._former if adds else frozenset()
        stage.workspace.select_nodes(self._kept)

    def move(self, pointer: Pointer) -> None:
        self._box = QRectF(self._start, pointer.scene).normalized()
        inside = self.stage.diagram.nodes_in(self._box)
        self.stage.workspace.select_nodes(self._kept | inside)
        self.stage.repaint_wanted.emit()

    def cancel(self) -> None:
        self.stage.workspace.select_nodes(self._former)
        self.finish()

    def paint(self, painter: QPainter) -> None:
        paint_box(painter, self._box, self.stage)


def paint_box(painter: QPainter, box: QRectF, stage: Stage) -> None:
    """A rubber box."""
    color = stage.preferences.theme.color("accent")
    ground = QColor(color)
    ground.setAlpha(28)
    pen = QPen(color, 1.0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(ground)
    painter.drawRect(box)
