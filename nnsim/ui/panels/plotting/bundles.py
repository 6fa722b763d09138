"""Many things of a kind as one item of a plot: a bundle of curves, a row of bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnsim.ui.panels.plotting.items import keep_as_pixels

Floats = NDArray[np.float64]


class _Whole(pg.GraphicsObject):
    """An item that may fill all of the plot that is visible."""

    def boundingRect(self) -> QRectF:
        """All of the plot that is visible."""
        return QRectF(self.viewRect() or QRectF())

    def viewTransformChanged(self) -> None:
        """Another part of the plot is visible."""
        self.prepareGeometryChange()
        super().viewTransformChanged()


class Curves(_Whole):
    """Curves from left to right over the same places, each with a pen of its own.

    A pen's width is in pixels.  What changes less often than the marks above it is painted once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._curves: list[tuple[QPainterPath, QPen]] = []
        keep_as_pixels(self)

    def show_curves(self, x: Floats, heights: Sequence[Floats], pens: Sequence[QPen]) -> None:
        """Show these curves, the last one on top; where a height is NaN a curve has a gap."""
        self._curves = []
        for y, outline in zip(heights, pens, strict=True):
            alone = _alone(np.isfinite(y))
            path = pg.arrayToQPath(x, y, connect="finite")
            for k in np.flatnonzero(alone):
                # A point without neighbours would be a line of no length, which is not drawn.
                path.moveTo(x[k], y[k])
                path.lineTo(x[k] + _HAIR * max(abs(x[k]), 1.0), y[k])
            self._curves.append((path, outline))
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Smooth, in the order they were given."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, outline in self._curves:
            painter.setPen(outline)
            painter.drawPath(path)


_HAIR = 1e-6


def _alone(is_there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points have none beside them."""
    padded = np.concatenate([[False], is_there, [False]])
    return is_there & ~padded[:-2] & ~padded[2:]


class Bar(NamedTuple):
    """A filled rectangle in plot coordinates; ``y0`` is its lower edge."""

    x0: float
    y0: float
    x1: float
    y1: float
    color: QColor


class Bars(_Whole):
    """Filled rectangles without an outline."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: tuple[Bar, ...] = ()

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The rectangles that are shown."""
        return self._bars

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these; the same ones cost nothing."""
        if tuple(bars) != self._bars:
            self._bars = tuple(bars)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """With sharp edges."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for bar in self._bars:
            painter.setBrush(bar.color)
            painter.drawRect(QRectF(bar.x0, bar.y0, bar.x1 - bar.x0, bar.y1 - bar.y0))
