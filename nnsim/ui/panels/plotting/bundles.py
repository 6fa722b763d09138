"""Many things of a kind as one item of a plot: a bundle of curves, a row of bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnsim.ui.panels.plotting.items import keep_as_pixels, plain

Floats = NDArray[np.float64]

#: Curves of more points are not smoothed on a screen; one pixel is wide enough for them.
MOST_SMOOTH = 80


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
        self._x: Floats = np.zeros(0)
        self._curves: list[tuple[Floats, QPen]] = []
        keep_as_pixels(self)

    def show_curves(self, x: Floats, heights: Sequence[Floats], pens: Sequence[QPen]) -> None:
        """Show these curves, the last one on top; where a height is NaN a curve has a gap."""
        self._x = x
        self._curves = list(zip(heights, pens, strict=True))
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """In pixels of the plot, in the order they were given."""
        to_pixels = painter.worldTransform()
        x = (self._x * to_pixels.m11() + to_pixels.dx()).tolist()
        painter.save()
        painter.resetTransform()
        # Of many points on a screen smooth lines cost ten times as much.
        is_smooth = widget is None or len(x) <= MOST_SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
        for heights, outline in self._curves:
            solid = plain(outline)
            if is_smooth:
                solid.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(solid)
            y = (heights * to_pixels.m22() + to_pixels.dy()).tolist()
            is_there = np.isfinite(heights)
            # One by one lines cost a fraction of a zigzag drawn whole; round ends hide the joints.
            painter.drawLines(
                [
                    QLineF(x[k], y[k], x[k + 1], y[k + 1])
                    for k in np.flatnonzero(is_there[:-1] & is_there[1:]).tolist()
                ]
            )
            painter.drawPoints([QPointF(x[k], y[k]) for k in _alone(is_there)])
        painter.restore()


def _alone(is_there: NDArray[np.bool_]) -> list[int]:
    """The points that have none beside them."""
    padded = np.concatenate([[False], is_there, [False]])
    alone: list[int] = np.flatnonzero(is_there & ~padded[:-2] & ~padded[2:]).tolist()
    return alone


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
