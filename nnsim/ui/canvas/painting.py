"""Ground of the canvas."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from nnsim.ui.bridge.theme import Theme
from nnsim.ui.canvas.geometry import GRID

_DOT_PIXELS = 28.0


class Ground:
    """The paper: a colour, and dots that show the grid nodes snap to."""

    def __init__(self) -> None:
        self._dots = QPolygonF()
        self._key: tuple[float, ...] = ()

    def paint(self, painter: QPainter, theme: Theme, visible: QRectF, scale: float) -> None:
        """Fill what is visible of the scene."""
        # Not fillRect: before it takes a colour, PySide loads all named gradients.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("background"))
        painter.drawRect(visible)
        step = GRID
        while step * scale < _DOT_PIXELS:
            step *= 2
        key = (step, visible.left(), visible.top(), visible.right(), visible.bottom())
        if key != self._key:
            self._key = key
            self._dots = _dots(visible, step)
        pen = QPen(theme.mixed("border", 0.75, "background"), 1.6)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPoints(self._dots)


def _dots(visible: QRectF, step: float) -> QPolygonF:
    columns = range(math.floor(visible.left() / step), math.ceil(visible.right() / step) + 1)
    rows = range(math.floor(visible.top() / step), math.ceil(visible.bottom() / step) + 1)
    return QPolygonF([QPointF(column * step, row * step) for row in rows for column in columns])
