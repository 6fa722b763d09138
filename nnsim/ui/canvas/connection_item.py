"""A connection on the canvas: all its lines in one item, or a heat map of its weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnsim.document.model import Connection, Floats
from nnsim.ui.canvas.geometry import (
    MAX_DRAWN_LINES,
    Geometry,
    line_points,
    nearest_line,
    point_along,
    way_points,
)
from nnsim.ui.canvas.kept_item import KeptItem
from nnsim.ui.canvas.look import Ink, Look
from nnsim.ui.canvas.readings import Bools, LinkReading
from nnsim.ui.canvas.strokes import DENSE_LINES, arrowheads, buckets, heat_image, pen

_CONNECTION_Z = -1.0
_MAP_LONGEST = 112.0
_MAP_SHORTEST = 26.0
# Arrowheads where there are few lines; with many they would only be a smear.
_ARROW_LINES = 16
_SMALLEST_ARROW_SCALE = 0.35
_REACH = 12.0

Place = tuple[int, int]


class ConnectionItem(KeptItem):
    """Mirrors one connection of the document.

    Lines are bucketed by pen.  Coordinates are those of the scene.  Beyond ``MAX_DRAWN_LINES`` the
    weight matrix itself is shown: a row a target unit, a column a source unit.
    """

    def __init__(self, connection: Connection, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setZValue(_CONNECTION_Z)
        self.connection = connection
        same = np.zeros(connection.weights.shape, dtype=np.bool_)
        self.reading = LinkReading(connection.weights, connection.weights, same)
        self.selected = False
        self.plain = False
        self.hovered: Place | None = None
        self.marked: Place | None = None
        self._points: Floats = np.zeros((0, 2, 2))
        self._lines: list[QLineF] = []
        self._paths: list[QPolygonF] = []
        self._bounds = QRectF()
        self._map = QRectF()
        self._numbers = np.zeros(0, dtype=np.int64)
        self._buckets: dict[int, list[int]] = {}
        self._grouped: dict[int, list[QLineF]] = {}
        self._heads: list[QPolygonF] = []
        self._heat: tuple[tuple[int, str], QImage] | None = None

    # -- what it shows ---------------------------------------------------------------------------

    @property
    def dimensions(self) -> tuple[int, int]:
        """Rows and columns of the weights."""
        rows, columns = self.connection.weights.shape
        return rows, columns

    @property
    def is_map(self) -> bool:
        """Whether it is shown as a heat map of its weights."""
        rows, columns = self.dimensions
        return rows * columns > MAX_DRAWN_LINES

    @property
    def is_way(self) -> bool:
        """Whether it has no weights: samples go as they are into the node where they meet."""
        return self.connection.weights.size == 0

    @property
    def is_dense(self) -> bool:
        """Whether its lines are drawn thin."""
        rows, columns = self.dimensions
        return rows * columns >= DENSE_LINES

    def set_connection(self, connection: Connection) -> None:
        """Show another version of the connection; its reading follows."""
        self.connection = connection
        self.hovered = self.marked = None

    def place_between(
        self,
        source: Geometry,
        at: tuple[float, float],
        target: Geometry,
        to: tuple[float, float],
    ) -> None:
        """Lead from one node to another, each with its place in the scene."""
        self.prepareGeometryChange()
        if self.is_map:
            self._place_map(source, at, target, to)
            return
        if self.is_way:
            outs, ins = (np.array([[p.x(), p.y()]]) for p in (source.right_port, target.left_port))
            points = way_points(source, at, outs, target, to, ins)
        else:
            points = line_points(source, at, target, to)
        self._points = points.reshape(-1, *points.shape[2:])
        flat = self._points.reshape(-1, 2)
        low, high = flat.min(axis=0), flat.max(axis=0)
        self._bounds = QRectF(QPointF(*low), QPointF(*high)).adjusted(-12, -12, 12, 12)
        if self._points.shape[1] == 2:
            self._lines = [QLineF(*ends) for ends in self._points.reshape(-1, 4).tolist()]
            self._paths = []
        else:
            self._lines = []
            self._paths = [
                QPolygonF([QPointF(x, y) for x, y in path]) for path in self._points.tolist()
            ]
        self._heads = arrowheads(self._points) if len(self._points) <= _ARROW_LINES else []
        self._group()

    def _place_map(
        self,
        source: Geometry,
        at: tuple[float, float],
        target: Geometry,
        to: tuple[float, float],
    ) -> None:
        rows, columns = self.dimensions
        longest = max(rows, columns)
        width = max(_MAP_LONGEST * columns / longest, _MAP_SHORTEST)
        height = max(_MAP_LONGEST * rows / longest, _MAP_SHORTEST)
        start = QPointF(at[0] + source.body.right(), at[1])
        end = QPointF(to[0] + target.body.left(), to[1])
        middle = (start + end) / 2
        self._map = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
        self._points = np.array([[[start.x(), start.y()], [end.x(), end.y()]]], dtype=np.float64)
        reach = QRectF(start, end).normalized()
        self._bounds = reach.united(self._map).adjusted(-14, -14, 14, 26)

    def set_reading(self, reading: LinkReading) -> None:
        """Show the weights of a moment."""
        changed = reading.weights is not self.reading.weights and not np.array_equal(
            reading.weights, self.reading.weights
        )
        if changed or reading.weights.shape != self.reading.weights.shape:
            self._heat = None
        elif self.reading.weights is not reading.weights:
            # Equal numbers: what is drawn from the former array stays good.
            reading = reading._replace(weights=self.reading.weights)
        former, self.reading = self.reading, reading
        if changed and not self.is_map:
            # Most weights change by less than what is seen of them.
            changed = not np.array_equal(self._wanted_numbers(), self._numbers)
            if changed:
                self._group()
        lights = (former.lit, reading.lit), (former.flowing, reading.flowing)
        if changed or not all(_same(*pair) for pair in lights):
            self.update()

    def _wanted_numbers(self) -> NDArray[np.int64]:
        weights = self.reading.weights
        return buckets(weights, weights.shape[1]).ravel()

    def _group(self) -> None:
        """Sort the lines into buckets of the same pen."""
        if len(self._points) != self.reading.weights.size:
            return
        self._numbers = numbers = self._wanted_numbers()
        order = np.argsort(np.abs(numbers) * 2 + (numbers < 0), kind="stable")
        ordered = numbers[order]
        cuts = np.flatnonzero(np.diff(ordered)) + 1
        self._buckets = {
            int(numbers[places[0]]): places.tolist() for places in np.split(order, cuts)
        }
        lines = self._lines
        self._grouped = (
            {b: [lines[i] for i in places] for b, places in self._buckets.items()} if lines else {}
        )

    def set_flag(self, name: str, value: object) -> None:
        """Set ``selected``, ``hovered``, ``marked`` or ``plain``."""
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.update()

    # -- where things are ------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        return self._bounds

    def line_at(self, point: QPointF, reach: float = 6.0) -> tuple[Place | None, float] | None:
        """Row and column of the weight (None: there are none) under a point, and how far it is."""
        reach = min(reach, _REACH)
        if not self._bounds.adjusted(-reach, -reach, reach, reach).contains(point):
            return None
        if self.is_map:
            return self._cell_at(point)
        index, away = nearest_line(self._points, point.x(), point.y())
        if away > reach:
            return None
        if self.is_way:
            return None, away
        row, column = divmod(index, self.dimensions[1])
        return (row, column), away

    def _cell_at(self, point: QPointF) -> tuple[Place, float] | None:
        if not self._map.contains(point):
            return None
        rows, columns = self.dimensions
        row = int((point.y() - self._map.top()) / self._map.height() * rows)
        column = int((point.x() - self._map.left()) / self._map.width() * columns)
        return (min(row, rows - 1), min(column, columns - 1)), 0.0

    @property
    def gap(self) -> tuple[float, float]:
        """Left and right end of the free way between the nodes; equal where lines go around."""
        if not self._lines:
            return 0.0, 0.0
        return float(self._points[0, 0, 0]) + 2, float(self._points[0, -1, 0]) - 2

    def points_of(self, place: Place) -> Floats:
        """The points of one line, shape (points, 2).  Not for heat maps."""
        row, column = place
        return self._points[row * self.dimensions[1] + column]

    def sampled(self) -> Floats:
        """Points along all its lines, shape (points, 2), to see what would cover them."""
        starts, ends = self._points[:, :-1], self._points[:, 1:]
        shares = np.linspace(0.05, 0.95, 9 if self._points.shape[1] == 2 else 1)
        points = (
            starts[..., np.newaxis, :] + shares[:, np.newaxis] * (ends - starts)[..., np.newaxis, :]
        )
        return points.reshape(-1, 2)

    def spot(self, place: Place, share: float = 0.5) -> QPointF:
        """Where a weight is: a share of the way along its line, or its cell."""
        if not self.is_map:
            return point_along(self.points_of(place), share)
        return self._cell(place).center()

    def _cell(self, place: Place) -> QRectF:
        rows, columns = self.dimensions
        width, height = self._map.width() / columns, self._map.height() / rows
        row, column = place
        return QRectF(
            self._map.left() + column * width, self._map.top() + row * height, width, height
        )

    # -- painting --------------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        self._look.begin(painter)
        self.note_quality(painter)
        if self.is_map:
            self._paint_map(painter)
            return
        theme, dense = self._look.theme, self.is_dense
        if self.selected and not self.plain:
            self._draw_all(painter, QPen(theme.color("accent_soft"), 4.0 if dense else 9.0))
        if self.is_way:
            self._paint_way(painter)
            return
        if self.reading.flowing is not None:
            self._draw_some(painter, self.reading.flowing, self._glow("accent_soft", 9.0))
        for bucket in self._buckets:
            painter.setPen(pen(bucket, dense, theme.name))
            if self._lines:
                painter.drawLines(self._grouped[bucket])
            else:
                for index in self._buckets[bucket]:
                    painter.drawPolyline(self._paths[index])
        if self._heads:
            self._paint_arrows(painter)
        self._paint_marks(painter)

    def _paint_way(self, painter: QPainter) -> None:
        """A broad line without a sign, for there is no weight, and its arrowhead."""
        self._draw_all(painter, QPen(self._look.theme.color("muted"), 3.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.theme.color("muted"))
        for head in self._heads:
            painter.drawPolygon(head)

    def _paint_marks(self, painter: QPainter) -> None:
        """What is lit, hovered or selected goes on top, in the accent."""
        if self.reading.lit is not None:
            self._draw_some(painter, self.reading.lit, self._glow("accent", 3.4))
        if self.plain:
            return
        for place, width in ((self.marked, 3.0), (self.hovered, 3.6)):
            if place is not None and place[0] * self.dimensions[1] + place[1] < len(self._points):
                mask = np.zeros(self.dimensions, dtype=np.bool_)
                mask[place] = True
                self._draw_some(painter, mask, self._glow("accent", width))

    def _glow(self, role: str, width: float) -> QPen:
        made = QPen(self._look.theme.color(role), width if not self.is_dense else width * 0.7)
        made.setCapStyle(Qt.PenCapStyle.FlatCap)
        return made

    def _draw_all(self, painter: QPainter, stroke: QPen) -> None:
        painter.setPen(stroke)
        if self._lines:
            painter.drawLines(self._lines)
        for path in self._paths:
            painter.drawPolyline(path)

    def _draw_some(self, painter: QPainter, mask: np.ndarray, stroke: QPen) -> None:
        """Draw the lines of a mask of shape (rows, columns); the sign's dashes stay."""
        if mask.size != len(self._points):
            return
        negative = (self.reading.weights < 0).ravel()
        flat = mask.ravel()
        for signed in (False, True):
            chosen = np.flatnonzero(flat & (negative == signed)).tolist()
            if not chosen:
                continue
            drawn = QPen(stroke)
            if signed and stroke.widthF() < 6:
                drawn.setDashPattern([9 / stroke.widthF(), 5 / stroke.widthF()])
            painter.setPen(drawn)
            if self._lines:
                painter.drawLines([self._lines[index] for index in chosen])
            for index in chosen if self._paths else ():
                painter.drawPolyline(self._paths[index])

    def _paint_arrows(self, painter: QPainter) -> None:
        if self._look.scale < _SMALLEST_ARROW_SCALE:
            return
        theme, lit = self._look.theme, self.reading.lit
        accent = theme.color("accent")
        painter.setPen(Qt.PenStyle.NoPen)
        for bucket, places in self._buckets.items():
            color = pen(bucket, self.is_dense, theme.name).color()
            for index in places:
                painter.setBrush(accent if lit is not None and lit.flat[index] else color)
                painter.drawPolygon(self._heads[index])

    def _paint_map(self, painter: QPainter) -> None:
        look, theme, reading = self._look, self._look.theme, self.reading
        (start, end), where = self._points[0], self._map
        lit = reading.lit is not None or reading.flowing is not None
        band = QPainterPath(QPointF(*start))
        half = (end[0] - start[0]) / 2
        band.cubicTo(start[0] + half, start[1], end[0] - half, end[1], end[0], end[1])
        role = "accent" if lit or (self.selected and not self.plain) else "border"
        painter.setPen(QPen(theme.color(role), 3.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(band)
        rows, columns = self.dimensions
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, columns > where.width())
        painter.drawImage(where, self._image())
        painter.setPen(QPen(theme.color(role), 1.4))
        painter.drawRect(where)
        text = look.say("canvas.matrix", rows=rows, columns=columns)
        below = QRectF(where.center().x() - 80, where.bottom() + 3, 160, 16)
        look.text(painter, below, text, Ink.SMALL, theme.color("muted"))
        self._paint_cells(painter)

    def _image(self) -> QImage:
        """The weights as pixels, made again only for other weights or colours."""
        key = (id(self.reading.weights), self._look.theme.name)
        if self._heat is None or self._heat[0] != key:
            self._heat = (key, heat_image(self.reading.weights, self._look.theme))
        return self._heat[1]

    def _paint_cells(self, painter: QPainter) -> None:
        theme = self._look.theme
        reading = self.reading
        if reading.lit is not None and reading.lit.any() and not reading.lit.all():
            # The last rows that came about: a matrix is gone through row by row.
            rows = np.flatnonzero(reading.lit.any(axis=1))
            first, last = self._cell((int(rows[0]), 0)), self._cell((int(rows[-1]), 0))
            strip = QRectF(first.topLeft(), QPointF(self._map.right(), last.bottom()))
            painter.setPen(QPen(theme.color("accent"), 1.6))
            painter.drawRect(strip)
        if self.plain:
            return
        for place in (self.marked, self.hovered):
            if place is not None:
                painter.setPen(QPen(theme.color("accent"), 2.0))
                painter.drawRect(self._cell(place).adjusted(-1, -1, 1, 1))


def _same(mask: Bools | None, other: Bools | None) -> bool:
    """Whether two masks light the same lines."""
    if mask is None or other is None:
        return mask is other
    return np.array_equal(mask, other)
