"""Pieces that plots are painted with: pens in pixels, moving markers, a painter for pictures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsItem,
    QStyleOptionGraphicsItem,
    QWidget,
)


class FlatPainter(QPainter):
    """Draws the lines of pyqtgraph as they look on screen, whatever they are mapped through.

    Its pens are so many pixels wide at any scale, which many programs that read SVG know nothing
    of: they would draw them as wide as the plot.  Here a line is mapped to pixels first and then
    drawn with a plain pen.  Items painted in Python draw through these methods.
    """

    def drawPath(self, path: QPainterPath) -> None:
        """A path in the coordinates of the item, with a pen in pixels.

        One that leads nowhere is left out: there is nothing to see of it.
        """
        if path.elementCount() < 2:
            return
        self._draw(lambda mapping: super(FlatPainter, self).drawPath(mapping.map(path)))

    def drawLine(self, start: QPointF, end: QPointF) -> None:  # type: ignore[override]
        """A line in the coordinates of the item, with a pen in pixels."""
        self._draw(
            lambda mapping: super(FlatPainter, self).drawLine(mapping.map(start), mapping.map(end))
        )

    def _draw(self, draw: Callable[[QTransform], None]) -> None:
        outline = QPen(self.pen())
        if not outline.isCosmetic():
            draw(QTransform())
            return
        mapping = self.worldTransform()
        self.save()
        outline.setCosmetic(False)
        self.setPen(outline)
        self.resetTransform()
        draw(mapping)
        self.restore()


def keep_as_pixels(item: QGraphicsItem) -> None:
    """Paint an item once and copy its pixels: for what changes less often than its neighbours."""
    item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


class Marker(QGraphicsEllipseItem):
    """A disc or ring of a size in pixels that moves over a plot.

    One item of Qt's: a ScatterPlotItem takes half a millisecond to paint its only point.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemIgnoresTransformations)
        self.hide()

    def show_at(
        self, place: tuple[float, float] | None, size: float, outline: QPen, fill: QColor | None
    ) -> None:
        """Show it at a place in plot coordinates, or at None hide it; no ``fill`` makes a ring."""
        if place is None:
            self.hide()
            return
        self.setRect(-size / 2, -size / 2, size, size)
        self.setPen(plain(outline))
        self.setBrush(QBrush(fill) if fill is not None else QBrush(Qt.BrushStyle.NoBrush))
        self.setPos(*place)
        self.show()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Smooth, whatever the view says."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        super().paint(painter, option, widget)


class Course(pg.GraphicsObject):
    """A short curve: discs at its points, joined by straight lines.

    It may fill the whole plot, so its bounds stay as it grows; what is painted is what is new of
    it.  A curve that grows by a point at every step costs a point.
    """

    def __init__(self) -> None:
        super().__init__()
        self._points: NDArray[np.float64] = np.zeros((0, 2))
        self._size = self._width = 0.0
        self._color = QColor()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_at(
        self, points: NDArray[np.float64], size: float, width: float, color: QColor
    ) -> None:
        """Show the curve through these places in plot coordinates, shape (points, 2).

        They go from left to right; where one is not finite the curve has a gap.  ``size`` of the
        discs and ``width`` of the lines are in pixels.
        """
        looks, former = (size, width, color), self._points
        self._points = points
        if looks != (self._size, self._width, self._color):
            self._size, self._width, self._color = looks
            self.update()
            return
        alike = _rows_alike(former, points)
        if alike < max(len(former), len(points)):
            # From the last point that stays, which a line may lead away from.
            changed = [rows[max(alike - 1, 0) :] for rows in (former, points)]
            ends = np.concatenate(changed)
            ends = ends[np.isfinite(ends).all(axis=1)]
            if len(ends):
                around = QRectF(QPointF(*ends.min(axis=0)), QPointF(*ends.max(axis=0)))
                self.update(self._widened(around))

    def _widened(self, rect: QRectF) -> QRectF:
        """A rectangle with half a disc around it, and a pixel for what is smoothed."""
        to_pixels, reach = self.sceneTransform(), self._size / 2 + self._width + 1
        x, y = (
            reach / abs(scale) if scale else 0.0 for scale in (to_pixels.m11(), to_pixels.m22())
        )
        return rect.adjusted(-x, -y, x, y)

    def boundingRect(self) -> QRectF:
        """All of the plot that is visible."""
        return QRectF(self.viewRect() or QRectF())

    def viewTransformChanged(self) -> None:
        """Another part of the plot is visible."""
        self.prepareGeometryChange()
        super().viewTransformChanged()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Smooth, in pixels of the plot; as far as it is to be seen."""
        points = self._points
        if widget is not None:
            seen = self._widened(option.exposedRect)
            first, last = np.searchsorted(points[:, 0], (seen.left(), seen.right()))
            points = points[max(first - 1, 0) : last + 1]
        to_pixels = painter.worldTransform()
        places = [
            to_pixels.map(QPointF(*point)) if all(map(math.isfinite, point)) else None
            for point in points.tolist()
        ]
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._color, self._width))
        # One by one they cost a fraction of a zigzag drawn whole; the discs hide the joints.
        painter.drawLines(
            [QLineF(a, b) for a, b in itertools.pairwise(places) if a is not None and b is not None]
        )
        discs = [place for place in places if place is not None]
        if widget is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color)
            for place in discs:
                painter.drawEllipse(place, self._size / 2, self._size / 2)
        else:
            painter.setPen(
                QPen(self._color, self._size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.drawPoints(discs)
        painter.restore()


def _rows_alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> int:
    """How many rows are the same in both, from the first one on."""
    count = min(len(one), len(other))
    a, b = one[:count], other[:count]
    alike = ((a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1)
    return count if alike.all() else int(alike.argmin())


class Lines(QGraphicsItem):
    """Straight lines by pairs of points, hidden where there are none.

    Qt asks for the bounds of an item ten times a paint; a PlotCurveItem works them out each time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._points: NDArray[np.float64] = np.zeros((0, 2))
        self._pen = QPen()
        self._path = QPainterPath()
        self._bounds = QRectF()
        self._scale = (1.0, 1.0)
        self.hide()

    @property
    def points(self) -> NDArray[np.float64]:
        """Both ends of each line in plot coordinates, shape (2 lines, 2)."""
        return self._points

    def show_lines(self, points: NDArray[np.float64]) -> None:
        """Show these lines; the same ones at the same scale cost nothing."""
        to_scene = self.sceneTransform()
        scale = (abs(to_scene.m11()), abs(to_scene.m22()))
        if scale == self._scale and np.array_equal(points, self._points):
            return
        self.prepareGeometryChange()
        self._points, self._scale = points, scale
        self._path = pg.arrayToQPath(points[:, 0], points[:, 1], connect="pairs")
        self._fit()
        self.setVisible(len(points) > 0)

    def set_pen(self, pen: QPen) -> None:
        """Draw with this pen, whose width is in pixels."""
        if pen != self._pen:
            self.prepareGeometryChange()
            self._pen = pen
            self._fit()
            self.update()

    def _fit(self) -> None:
        x, y = (self._pen.widthF() / scale if scale else 0.0 for scale in self._scale)
        self._bounds = self._path.controlPointRect().adjusted(-x, -y, x, y)

    def boundingRect(self) -> QRectF:
        """The lines with all of their width around them."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Smooth, whatever the view says."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        painter.drawPath(self._path)


class Spots(pg.ScatterPlotItem):
    """Marks at places of a plot; their bounds are kept until they or the view change."""

    _bounds: QRectF | None = None

    def prepareGeometryChange(self) -> None:
        """pyqtgraph calls it before either does; Qt asks for the former bounds in it."""
        super().prepareGeometryChange()
        self._bounds = None

    def boundingRect(self) -> QRectF:
        """Around all marks with their size in pixels."""
        if self._bounds is None:
            self._bounds = super().boundingRect()
        return self._bounds


def pen(color: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width is in pixels at any zoom of the plot."""
    made = QPen(color, width, style)
    made.setCosmetic(True)
    return made


def plain(outline: QPen) -> QPen:
    """The same pen for what is drawn in pixels already, so that it grows with a larger picture."""
    made = QPen(outline)
    made.setCosmetic(False)
    return made
