"""What is painted on the plane: the ground (half planes or a heat map), samples, an arrow."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnsim.session.scales import Scale
from nnsim.ui.bridge.shading import SHADES, image_of
from nnsim.ui.bridge.theme import Theme
from nnsim.ui.panels.plane.model import Group
from nnsim.ui.panels.plane.words import class_role, is_hollow, role, symbol
from nnsim.ui.panels.plotting.items import Marker, Spots, keep_as_pixels, pen, plain
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]

_CLASS_TINT = 0.3
# Where the network says how sure it is: from not at all to wholly.
_CLASS_TINTS, _TINTS = (0.0, 0.5), 33
# Marks on samples that are not for training, by the number of their part.
_PART_SYMBOLS = {1: "+", 2: "x"}
_PART_SIZE = 7.0
_SAMPLE_SIZE, _RING_SIZE = 11.0, 22.0
# Up to so many samples are drawn as shapes of their own, which stay sharp in a saved picture.
_VECTOR_SAMPLES = 300


class Ground(pg.GraphicsObject):
    """Half planes or a heat map, below everything else."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._image: QImage | None = None
        self._smooth = False
        self._areas: list[tuple[QPolygonF, QColor]] = []
        self.setZValue(-100)

    def show_areas(self, areas: Sequence[tuple[Floats, QColor]], rect: QRectF) -> None:
        """Evenly coloured areas, each with its corners, shape (corners, 2)."""
        polygons = [
            (QPolygonF([QPointF(*corner) for corner in corners.tolist()]), color)
            for corners, color in areas
        ]
        self._set(rect, None, polygons)

    def show_image(self, image: QImage, rect: QRectF, smooth: bool) -> None:
        """An image over a rectangle, its first row lowest; smoothing takes some milliseconds."""
        self._smooth = smooth
        self._set(rect, image, [])

    def _set(
        self, rect: QRectF, image: QImage | None, areas: list[tuple[QPolygonF, QColor]]
    ) -> None:
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)
        self._image, self._areas = image, areas
        self.update()

    @property
    def image(self) -> QImage | None:
        """The map that is shown, None for areas."""
        return self._image

    def boundingRect(self) -> QRectF:
        """The rectangle that is covered."""
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Areas without an outline, or the image."""
        painter.setPen(Qt.PenStyle.NoPen)
        for polygon, color in self._areas:
            painter.setBrush(color)
            painter.drawPolygon(polygon)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
            painter.drawImage(self._rect, self._image)


def class_image(
    winners: NDArray[np.int64], classes: int, theme: Theme, certainty: Floats | None = None
) -> QImage:
    """A grid of class numbers, shape (rows, columns), each in the tint of its class.

    ``certainty``, same shape, from 0 to 1: the tint is the stronger the surer the network is.
    """
    shares = [_CLASS_TINT] if certainty is None else np.linspace(*_CLASS_TINTS, _TINTS).tolist()
    tints = [[theme.mixed(class_role(k), share).rgb() for share in shares] for k in range(classes)]
    steps: NDArray[np.int64] | int = 0
    if certainty is not None:
        steps = np.rint(np.clip(certainty, 0.0, 1.0) * (_TINTS - 1)).astype(np.int64)
    return image_of(np.array(tints, dtype=np.uint32)[winners, steps])


class Samples:
    """The samples on a plot: a shape for each class, and a ring around the current one."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._items: list[Spots] = []
        self._ring = Marker()
        self._ring.setZValue(30)
        plot.addItem(self._ring, ignoreBounds=True)

    def show_groups(
        self,
        points: Floats,
        groups: Sequence[Group],
        parts: NDArray[np.int64],
        theme: Theme,
        zoom: float,
    ) -> None:
        """Samples by class; ``points`` has the place of every sample, shape (samples, 2), and
        ``parts`` the number of the part each belongs to."""
        self.clear()
        many = sum(len(group.rows) for group in groups) > _VECTOR_SAMPLES
        for group in groups:
            color = theme.color(role(group))
            hollow = is_hollow(group)
            self._add(
                points[group.rows],
                symbol=symbol(group),
                size=_SAMPLE_SIZE * zoom * (0.6 if many else 1.0),
                brush=theme.color("surface") if hollow else color,
                pen=pen(color if hollow else theme.color("surface"), 2.0 if hollow else 1.0),
                useCache=many,
            )
        for group in groups:
            mark = theme.color("text" if is_hollow(group) else "surface")
            self._mark_parts(points[group.rows], parts[group.rows], mark, many, zoom)

    def show_values(
        self,
        points: Floats,
        values: Floats,
        parts: NDArray[np.int64],
        scale: Scale,
        table: NDArray[np.uint32],
        theme: Theme,
        zoom: float,
    ) -> None:
        """Samples as discs in the colours of the values they should have, one of each a sample."""
        self.clear()
        places = np.clip((values - scale.low) / (2 * scale.reach), 0, 1) * (SHADES - 1)
        colors = [QColor.fromRgb(int(table[place])) for place in places.astype(np.intp)]
        many = len(points) > _VECTOR_SAMPLES
        self._add(
            points,
            symbol="o",
            size=_SAMPLE_SIZE * zoom * (0.6 if many else 1.0),
            brush=colors,
            pen=pen(theme.color("text")),
            useCache=many,
        )
        self._mark_parts(points, parts, theme.color("text"), many, zoom)

    def _mark_parts(
        self, points: Floats, parts: NDArray[np.int64], color: QColor, many: bool, zoom: float
    ) -> None:
        """On samples for validation a plus, on those for the test a cross."""
        for part, symbol_of in _PART_SYMBOLS.items():
            chosen = points[parts == part]
            if len(chosen):
                self._add(
                    chosen,
                    symbol=symbol_of,
                    size=_PART_SIZE * zoom * (0.7 if many else 1.0),
                    brush=color,
                    pen=None,
                    useCache=many,
                )

    def show_ring(self, point: Floats | None, theme: Theme, zoom: float) -> None:
        """A ring in the accent around a sample, or none."""
        self._ring.show_at(
            None if point is None else (float(point[0]), float(point[1])),
            _RING_SIZE * zoom,
            pen(theme.color("accent"), 2.5 * zoom),
            None,
        )

    def clear(self) -> None:
        """Take all samples away."""
        for item in self._items:
            self._plot.removeItem(item)
        self._items.clear()

    def _add(self, points: Floats, **style: object) -> None:
        item = Spots(points[:, 0], points[:, 1], antialias=True, **style)
        item.setZValue(20 + 0.01 * len(self._items))
        keep_as_pixels(item)
        self._plot.addItem(item)
        self._items.append(item)


class Arrow:
    """An arrow from one place of a plot to another, with a word beside it."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._shaft = pg.PlotCurveItem(antialias=True)
        self._head = pg.ArrowItem(pxMode=True, headLen=12, tipAngle=40, tailLen=None)
        self._word = pg.TextItem(anchor=(0.5, 0.5))
        items: tuple[QGraphicsItem, ...] = (self._shaft, self._head, self._word)
        for item in items:
            item.setZValue(15)
            plot.addItem(item, ignoreBounds=True)
        self.hide()

    def show(self, start: Floats, tip: Floats, word: str, theme: Theme, zoom: float) -> None:
        """Draw it from ``start`` to ``tip``."""
        plot, color = self._plot, theme.color("text")
        self._shaft.setData([start[0], tip[0]], [start[1], tip[1]], pen=pen(color, 2.0 * zoom))
        from_place, to_place = (plot.place_of(QPointF(*point)) for point in (start, tip))
        way = to_place - from_place
        angle = math.degrees(math.atan2(way.y(), way.x()))
        self._head.setStyle(
            angle=180 + angle, headLen=12 * zoom, pen=plain(pen(color)), brush=color
        )
        self._head.setPos(*tip)
        self._word.setText(word, color=color)
        font = plot.font()
        font.setBold(True)
        self._word.setFont(font)
        length = math.hypot(way.x(), way.y()) or 1.0
        # To the right of the shaft, seen along it.
        self._word.setAnchor((0.5 + 0.9 * way.y() / length, 0.5 - 0.7 * way.x() / length))
        self._word.setPos(*((start + tip) / 2))
        self._set_visible(True)

    def hide(self) -> None:
        """Take it away."""
        self._set_visible(False)

    def _set_visible(self, visible: bool) -> None:
        for item in (self._shaft, self._head, self._word):
            item.setVisible(visible)
