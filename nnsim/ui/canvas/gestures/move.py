"""Dragging nodes: they snap to each other's middles and to the grid."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QApplication

from nnsim.document.edits import move
from nnsim.ui.canvas.geometry import snapped
from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.hits import Hit, quantity_at
from nnsim.ui.canvas.stage import Stage

_SNAP_PIXELS = 7.0
_GUIDE_REACH = 60.0


class MoveNodes(Gesture):
    """Drag a node, and with it all that are selected.  Shift moves freely, without snapping.

    A press selects; a click without movement selects the number it was made on.
    """

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, stage: Stage, start: Pointer, hit: Hit) -> None:
        super().__init__(stage)
        assert hit.node is not None
        self._hit = hit
        self._start = start
        self._grabbed = hit.node
        self._moving = False
        self._guides: list[QLineF] = []
        self._former = stage.workspace.nodes
        self._toggles = start.has(Qt.KeyboardModifier.ControlModifier) or start.has(
            Qt.KeyboardModifier.ShiftModifier
        )
        if self._toggles:
            stage.workspace.select_nodes(self._former ^ {hit.node})
        elif hit.node not in self._former:
            stage.workspace.select_nodes((hit.node,))
        items = stage.diagram.node_items(stage.workspace.nodes | {hit.node})
        self._places = {key: QPointF(item.node.x, item.node.y) for key, item in items.items()}

    def move(self, pointer: Pointer) -> None:
        away = pointer.view - self._start.view
        if not self._moving and away.manhattanLength() < QApplication.startDragDistance():
            return
        self._moving = True
        by = pointer.scene - self._start.scene
        start = self._places[self._grabbed]
        if pointer.has(Qt.KeyboardModifier.ShiftModifier) and not self._toggles:
            self._guides = []
        else:
            by = self._snapped(start + by) - start
        self._show(by)

    def _show(self, by: QPointF) -> None:
        diagram = self.stage.diagram
        for key, place in self._places.items():
            diagram.nodes[key].stand(place + by)
        diagram.relocated(self._places)
        self.stage.repaint_wanted.emit()

    def _snapped(self, to: QPointF) -> QPointF:
        """The place for the grabbed node: in line with another one, else on the grid."""
        reach = self.stage.near(_SNAP_PIXELS)
        others = [
            item.pos() for key, item in self.stage.diagram.nodes.items() if key not in self._places
        ]
        x, y = snapped(to.x()), snapped(to.y())
        near_x = min(others, key=lambda p: abs(p.x() - to.x()), default=None)
        near_y = min(others, key=lambda p: abs(p.y() - to.y()), default=None)
        if near_x is not None and abs(near_x.x() - to.x()) <= reach:
            x = near_x.x()
        if near_y is not None and abs(near_y.y() - to.y()) <= reach:
            y = near_y.y()
        self._guides = _guides(QPointF(x, y), others)
        return QPointF(x, y)

    def release(self, pointer: Pointer) -> None:
        if self._moving:
            self._drop()
        elif not self._toggles:
            self.stage.workspace.select_nodes((self._grabbed,))
            quantity = quantity_at(self.stage.diagram, self._hit)
            if quantity is not None:
                self.stage.workspace.select(quantity)
        self.finish()

    def _drop(self) -> None:
        nodes = self.stage.diagram.nodes
        places = {key: (nodes[key].pos().x(), nodes[key].pos().y()) for key in self._places}
        say = self.stage.preferences.say
        label = say("canvas.undo.move", n=len(places))
        if not self.stage.workspace.edit(lambda document: move(document, places), label):
            self._show(QPointF())
        # Numbers on lines find their places again.
        self.stage.diagram.settle()

    def cancel(self) -> None:
        self._show(QPointF())
        self.stage.workspace.select_nodes(self._former)
        self.finish()

    def finish(self) -> None:
        self._guides = []
        super().finish()

    def paint(self, painter: QPainter) -> None:
        pen = QPen(self.stage.preferences.theme.color("accent"), 1.0, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(self._guides)


def _guides(at: QPointF, others: list[QPointF]) -> list[QLineF]:
    """Lines through the middles of the nodes that are in line with a place."""
    lines = []
    column = [p.y() for p in others if p.x() == at.x()]
    row = [p.x() for p in others if p.y() == at.y()]
    if column:
        low, high = min(*column, at.y()), max(*column, at.y())
        lines.append(QLineF(at.x(), low - _GUIDE_REACH, at.x(), high + _GUIDE_REACH))
    if row:
        low, high = min(*row, at.x()), max(*row, at.x())
        lines.append(QLineF(low - _GUIDE_REACH, at.y(), high + _GUIDE_REACH, at.y()))
    return lines
