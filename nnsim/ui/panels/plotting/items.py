"""Pieces that plots are painted with: pens in pixels, moving markers, a painter for pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
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


class Dots(pg.GraphicsObject):
    """Discs of one size and colour at the points of a curve.

    On screen they are drawn in one go: a ScatterPlotItem goes through them one by one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._points: NDArray[np.float64] = np.zeros((0, 2))
        self._span = QRectF()
        self._size = 0.0
        self._color = QColor()

    def show_at(self, points: NDArray[np.float64], size: float, color: QColor) -> None:
        """Show them at these places in plot coordinates, shape (points, 2), all finite."""
        if not np.array_equal(points, self._points) or (size, color) != (self._size, self._color):
            self.prepareGeometryChange()
            self._points, self._size, self._color = points, size, color
            if len(points):
                self._span = QRectF(QPointF(*points.min(axis=0)), QPointF(*points.max(axis=0)))
            self.update()

    def boundingRect(self) -> QRectF:
        """The points with half a disc around them."""
        if not len(self._points):
            return QRectF()
        x, y = (
            self._size / 2 * (pixel or 0.0) for pixel in (self.pixelWidth(), self.pixelHeight())
        )
        return self._span.adjusted(-x, -y, x, y)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Smooth, in pixels of the plot."""
        to_pixels = painter.worldTransform()
        places = [to_pixels.map(QPointF(*point)) for point in self._points.tolist()]
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if widget is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color)
            for place in places:
                painter.drawEllipse(place, self._size / 2, self._size / 2)
        else:
            painter.setPen(
                QPen(self._color, self._size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.drawPoints(places)
        painter.restore()


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
