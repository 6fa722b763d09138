"""The loss, below the outputs it is made from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnsim.engine.record import Quantity
from nnsim.ui.canvas.look import Ink, Look
from nnsim.ui.canvas.node_item import NodeItem
from nnsim.ui.canvas.parts import OUTPUT_GAP
from nnsim.ui.canvas.readings import Readings

#: The loss of an iteration, over its whole batch.
LOSS = Quantity("L")
_LOSS_Z = 0.5
_BELOW = 4.0
_WIDTH, _HEIGHT = 110.0, 20.0
_PADDING = 6.0


class LossItem(QGraphicsItem):
    """Says "L = 0.298" from the moment the loss has come about; nothing where there is none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setZValue(_LOSS_Z)
        self._text = ""
        self._has_loss = False
        self._is_lit = False
        self.marked = False
        self.plain = False

    def place(self, nodes: Iterable[NodeItem]) -> None:
        """Stand beside the lowest of the outputs, below what is written there."""
        outputs = [item for item in nodes if item.reading.output is not None]
        if outputs:
            lowest = max(outputs, key=lambda item: item.extent().bottom())
            left = lowest.body_rect().right() + OUTPUT_GAP - _PADDING
            self.setPos(QPointF(left, lowest.extent().bottom() + _BELOW))

    def show_moment(self, readings: Readings, marked: bool) -> None:
        """Show the loss of a moment; ``marked`` where it is the number that is selected."""
        frame = readings.frame
        self._has_loss = frame is not None and frame.has(LOSS)
        value = readings.number(LOSS)
        text = "" if value is None else f"L = {self._look.short(value)}"
        is_lit = readings.last == LOSS
        if (text, is_lit, marked) != (self._text, self._is_lit, self.marked):
            self._text, self._is_lit, self.marked = text, is_lit, marked
            self.update()

    @property
    def text(self) -> str:
        """What it says now; "" before the loss has come about."""
        return self._text

    def rect(self) -> QRectF:
        """Where it stands, in the scene; empty where there is no loss in any moment."""
        return self._box(_WIDTH).translated(self.pos()) if self._has_loss else QRectF()

    def covers(self, point: QPointF) -> bool:
        """Whether the number is under a point of the scene."""
        return bool(self._text) and self._pill().contains(point - self.pos())

    def _pill(self) -> QRectF:
        return self._box(self._look.width(self._text, Ink.LABEL) + 2 * _PADDING)

    @staticmethod
    def _box(width: float) -> QRectF:
        return QRectF(0, 0, width, _HEIGHT)

    def boundingRect(self) -> QRectF:
        return self._box(_WIDTH).adjusted(-2, -2, 40, 2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        look = self._look
        look.begin(painter)
        if not self._text or not look.is_readable(Ink.LABEL):
            return
        where = self._pill()
        if self._is_lit or (self.marked and not self.plain):
            look.pill(painter, where, look.color("accent_soft"), look.pen("accent", 1.0))
            ink = look.color("accent")
        else:
            look.pill(painter, where, look.color("surface"), look.pen("border", 1.0))
            ink = look.color("text")
        look.text(painter, where, self._text, Ink.LABEL, ink)
