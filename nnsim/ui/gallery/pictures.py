"""Pictures of examples: their samples, the regions their network finds, and the network itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from nnsim.data import Table
from nnsim.data.classes import labels_of
from nnsim.document.compiling import depths
from nnsim.document.model import Connection, Document
from nnsim.ui.bridge.theme import Theme
from nnsim.ui.gallery.solving import Region, Solved
from nnsim.ui.gallery.telling import telling_columns

Floats = NDArray[np.float64]

# Colours of the classes: of two, as of targets; of more, each another.
_TWO = ("negative", "positive")
_MORE = ("positive", "negative", "right", "warning", "wrong", "neutral", "muted", "text")
_SHADES = 21
_TINT, _HEAT = 0.30, 0.55
_PIXEL = re.compile(r"pixel_(\d+)_(\d+)")
# Images shown, across and down; samples drawn at most; units of a layer drawn one by one.
_TILES = (3, 3)
_MOST_SAMPLES, _MOST_UNITS = 500, 8
_MOST_LINES = 400
# The largest loss is so many times the smallest.
_MANY_TIMES = 50.0


def paint_samples(painter: QPainter, place: QRectF, solved: Solved, theme: Theme) -> None:
    """The samples of an example in a rectangle, over the regions found so far."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(place)
    painter.fillRect(place, theme.color("surface"))
    table = solved.document.data
    if solved.losses is not None:
        _paint_losses(painter, place, solved.losses, theme)
    elif (shape := _image_shape(table)) is not None:
        _paint_images(painter, place, table, shape)
    else:
        if solved.region is not None and solved.region.outputs is not None:
            image = _region_image(solved.region.outputs, solved.document, theme)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
        _paint_points(painter, place, table, solved.region, theme)
    painter.restore()


# -- samples ---------------------------------------------------------------------------------------


def shown_columns(table: Table) -> tuple[int, int]:
    """The input columns that stand to the right and upwards."""
    return (0, 1) if len(table.input_names) == 2 else telling_columns(table)


def is_images(table: Table) -> bool:
    """Whether the samples are drawn as images."""
    return _image_shape(table) is not None


def _image_shape(table: Table) -> tuple[int, int] | None:
    """Rows and columns where every input is a pixel that says its place."""
    places = [_PIXEL.fullmatch(name) for name in table.input_names]
    if not all(places):
        return None
    rows, columns = (max(int(p[k]) for p in places if p) + 1 for k in (1, 2))
    return (rows, columns) if rows * columns == len(places) else None


def _paint_images(painter: QPainter, place: QRectF, table: Table, shape: tuple[int, int]) -> None:
    across, down = _TILES
    side = min(place.width() / across, place.height() / down)
    left = place.center().x() - across * side / 2
    top = place.center().y() - down * side / 2
    largest = float(table.inputs.max()) or 1.0
    for number, row in enumerate(table.inputs[: across * down]):
        ink = np.ascontiguousarray(255 - 255 * row.reshape(shape) / largest, dtype=np.uint8)
        rows, columns = shape
        image = QImage(ink.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
        where = QRectF(left + number % across * side, top + number // across * side, side, side)
        painter.drawImage(where.adjusted(1, 1, -1, -1), image)


def _paint_points(
    painter: QPainter, place: QRectF, table: Table, region: Region | None, theme: Theme
) -> None:
    count = len(table)
    if not count:
        return
    chosen = np.unique(np.linspace(0, count - 1, min(count, _MOST_SAMPLES)).astype(np.int64))
    across, upwards = shown_columns(table)
    points = table.inputs[:, [across, upwards]]
    low, high = (region.low, region.high) if region else _frame(points)
    share = (points[chosen] - low) / (high - low)
    # Few samples are drawn large; all are smaller in a smaller picture.
    radius = place.height() * float(np.interp(len(chosen), [4, 40, 500], [0.055, 0.026, 0.014]))
    colors = _sample_colors(table, theme)
    painter.setPen(QPen(theme.color("surface"), max(radius / 4, 0.4)))
    for row, (x, y) in zip(chosen.tolist(), share.tolist(), strict=True):
        painter.setBrush(colors[row])
        middle = QPointF(place.left() + x * place.width(), place.bottom() - y * place.height())
        painter.drawEllipse(middle, radius, radius)
    if region is not None and region.generated is not None:
        made = region.generated[np.isfinite(region.generated).all(axis=1)]
        painter.setBrush(theme.color("negative"))
        for x, y in ((made - low) / (high - low)).tolist():
            middle = QPointF(place.left() + x * place.width(), place.bottom() - y * place.height())
            painter.drawEllipse(middle, radius, radius)


def _frame(points: Floats) -> tuple[Floats, Floats]:
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.08 * (high - low), 1e-9)
    return low - room, high + room


def _sample_colors(table: Table, theme: Theme) -> Sequence[QColor]:
    labels = labels_of(table.targets)
    if labels is None:
        shades = _shades(theme, 1.0)
        places = _shares(table.targets[:, 0], table)
        return [shades[k] for k in places.tolist()]
    roles = _roles(table)
    return [theme.color(roles[label % len(roles)]) for label in labels.tolist()]


def _roles(table: Table) -> tuple[str, ...]:
    return _TWO if len(table.target_names) == 1 else _MORE


# -- losses --------------------------------------------------------------------------------------


def is_logarithmic(losses: Sequence[float]) -> bool:
    """Whether losses differ so much that their logarithm is drawn."""
    finite = [loss for loss in losses if np.isfinite(loss)]
    return bool(finite) and min(finite) > 0 and max(finite) > _MANY_TIMES * min(finite)


def _paint_losses(painter: QPainter, place: QRectF, losses: Sequence[float], theme: Theme) -> None:
    """The loss from left to right, from 0 up or as a logarithm; a cross where it is no number."""
    finite = np.array([loss for loss in losses if np.isfinite(loss)])
    if not len(finite):
        return
    heights = np.log(finite) if is_logarithmic(losses) else finite
    low = float(heights.min()) if is_logarithmic(losses) else 0.0
    reach = (float(heights.max()) - low) or 1.0
    room = place.adjusted(*(0.12 * place.width() * side for side in (1, 1, -1, -1)))
    step = room.width() / max(len(losses) - 1, 1)
    points = [
        QPointF(room.left() + k * step, room.bottom() - room.height() * (height - low) / reach)
        for k, height in enumerate(heights.tolist())
    ]
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawPolyline([room.topLeft(), room.bottomLeft(), room.bottomRight()])
    painter.setPen(QPen(theme.color("wrong"), max(place.width() / 90, 1.0)))
    painter.drawPolyline(points)
    if len(finite) < len(losses):
        size = 0.05 * place.width()
        end = QPointF(points[-1].x() + step, points[-1].y())
        painter.drawLine(end + QPointF(-size, -size), end + QPointF(size, size))
        painter.drawLine(end + QPointF(-size, size), end + QPointF(size, -size))


# -- regions -------------------------------------------------------------------------------------


def _region_image(outputs: Floats, document: Document, theme: Theme) -> QImage:
    """Outputs over the plane, (rows, columns, outputs), first row lowest, as colours."""
    table = document.data
    if outputs.shape[2] > 1:
        tints = [theme.mixed(role, _TINT) for role in _MORE]
        places = outputs.argmax(axis=2) % len(tints)
    else:
        tints = _shades(theme, _HEAT)
        places = _shares(outputs[:, :, 0], table)
    pixels = np.array([color.rgb() for color in tints], dtype=np.uint32)[places[::-1]]
    pixels = np.ascontiguousarray(pixels)
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def _shares(values: Floats, table: Table) -> NDArray[np.int64]:
    """Numbers of shades: the lowest for the smallest target, the highest for the largest.

    Samples that are all real, with the target 1, are told from what would have 0.
    """
    low, high = float(table.targets.min()), float(table.targets.max())
    if low == high:
        low, high = min(low, 0.0), max(high, 0.0)
    share = (np.nan_to_num(values) - low) / ((high - low) or 1.0)
    return np.rint(np.clip(share, 0, 1) * (_SHADES - 1)).astype(np.int64)


def _shades(theme: Theme, strength: float) -> list[QColor]:
    """From negative through the ground to positive."""
    return [
        theme.mixed("positive" if share > 0 else "negative", strength * abs(share))
        for share in np.linspace(-1, 1, _SHADES).tolist()
    ]


# -- the network ---------------------------------------------------------------------------------


def paint_network(painter: QPainter, place: QRectF, document: Document, theme: Theme) -> None:
    """The network in a rectangle: a dot a unit, a bar for many, lines by the sign of weights."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    dots = _unit_places(document, place)
    size = max(min(place.height() / 22, 7.0), 2.0)
    for connection in document.connections:
        _paint_lines(painter, dots, connection, theme)
    for node in document.nodes:
        middles = dots[node.id]
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(theme.color("muted" if node.is_input else "accent"))
        if len(middles) == node.units:
            for middle in middles:
                painter.drawEllipse(middle, size, size)
            continue
        bar = QRectF(middles[0], middles[-1]).adjusted(-1.5 * size, -size, 1.5 * size, size)
        painter.drawRoundedRect(bar, size, size)
        painter.setPen(theme.color("surface" if node.is_input else "on_accent"))
        painter.setFont(_sized(painter, 1.7 * size))
        painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, str(node.units))
    painter.restore()


def _sized(painter: QPainter, pixels: float) -> QFont:
    font = painter.font()
    font.setPixelSize(max(round(pixels), 6))
    return font


def _unit_places(document: Document, place: QRectF) -> dict[str, list[QPointF]]:
    """The middles of the dots of each node: columns by depth, units below each other."""
    depth = depths(document)
    columns: dict[int, list[str]] = {}
    for node in document.nodes:
        columns.setdefault(depth[node.id], []).append(node.id)
    last = max(columns, default=0)
    places: dict[str, list[QPointF]] = {}
    for column, ids in columns.items():
        dots = [min(document.node(one).units, _MOST_UNITS) for one in ids]
        x = place.left() + place.width() * ((column + 0.5) / (last + 1))
        gap = place.height() / max(sum(dots), 4)
        y = place.center().y() - gap * (sum(dots) - 1) / 2
        for node_id, count in zip(ids, dots, strict=True):
            places[node_id] = [QPointF(x, y + k * gap) for k in range(count)]
            y += count * gap
    return places


def _paint_lines(
    painter: QPainter, dots: dict[str, list[QPointF]], connection: Connection, theme: Theme
) -> None:
    sources, targets = dots[connection.source], dots[connection.target]
    if not connection.weights.size:
        # What a generator makes goes to the data's inputs as it is, one by one.
        painter.setPen(QPen(theme.color("muted"), 1.0))
        for start, end in zip(sources, targets, strict=False):
            painter.drawLine(start, end)
        return
    largest = float(np.abs(connection.weights).max()) or 1.0
    if len(sources) * len(targets) > _MOST_LINES:
        return
    for i, end in enumerate(targets):
        for k, start in enumerate(sources):
            weight = float(connection.weights[i, k])
            strength = 0.25 + 0.6 * abs(weight) / largest
            color = theme.mixed("positive" if weight >= 0 else "negative", strength)
            painter.setPen(QPen(color, 1.0))
            painter.drawLine(start, end)
