"""Painting what is inside a node: inputs, a neuron, the units of a layer, a block of hundreds."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from nnsim.document.model import Floats, Node
from nnsim.ui.canvas.curves import activation_curve
from nnsim.ui.canvas.geometry import NEURON_RADIUS, UNIT_RADIUS, Form
from nnsim.ui.canvas.look import Ink, Look, typeset
from nnsim.ui.canvas.parts import Layout, Part
from nnsim.ui.canvas.readings import NodeReading, Numbers
from nnsim.ui.canvas.strokes import heat_pixels

# Angles of QPainter: sixteenths of a degree, counter-clockwise from three o'clock.
RIGHT_HALF = (-90 * 16, 180 * 16)
LEFT_HALF = (90 * 16, 180 * 16)
_TINT = 0.42
_TINTS = 32
_MOST_OUTLINED = 64
#: From a block to the heat map of its targets.
TARGETS_GAP = 22.0


class Scenery(NamedTuple):
    """All that a node is painted from.  ``columns`` are the data's names of an input's units.

    ``maps``: a heat map for each unit, or none at all.
    """

    look: Look
    node: Node
    layout: Layout
    reading: NodeReading
    columns: tuple[str, ...]
    selected: bool
    marked: Part | None
    maps: tuple[QImage, ...] = ()


def paint_body(painter: QPainter, scenery: Scenery) -> None:
    """Paint the inside of a node with its numbers."""
    form = scenery.layout.geometry.form
    if form is Form.NEURON:
        _neuron(painter, scenery)
        return
    if form is not Form.INPUT:
        paint_frame(painter, scenery)
    if form is Form.BLOCK:
        _block(painter, scenery)
        return
    if not scenery.node.is_input:
        _units(painter, scenery)
        return
    for unit in range(scenery.node.units):
        _input(painter, scenery, unit)


def paint_curve(painter: QPainter, scenery: Scenery, box: QRectF, role: str) -> None:
    """The curve of the node's activation in a box, with a faint axis."""
    look = scenery.look
    painter.setPen(look.pen("border", 0.8))
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    middle = box.center()
    fit = QTransform(box.width() / 2, 0, 0, box.height() / 2, middle.x(), middle.y())
    painter.setPen(look.pen(role, 1.7 if box.width() > 16 else 1.4))
    bars = scenery.node.activation.name == "softmax"
    painter.setBrush(look.color(role) if bars else Qt.BrushStyle.NoBrush)
    painter.drawPath(fit.map(activation_curve(scenery.node.activation)))


def tint(look: Look, value: float | None) -> QColor:
    """The ground behind a value: a breath of blue or orange."""
    if value is None or value == 0 or not math.isfinite(value):
        return look.color("surface")
    # In steps that the eye does not tell apart, so that colours can be kept.
    share = _TINT * round(_TINTS * (1 - math.exp(-abs(value)))) / _TINTS
    return look.color("positive" if value > 0 else "negative", share)


def write_number(
    painter: QPainter,
    scenery: Scenery,
    where: QRectF,
    value: float | None,
    ink: Ink,
    part: Part,
    lit: bool = False,
    prefix: str = "",
    small: Ink | None = None,
) -> None:
    """A number in its place: accented as it comes about, on a soft ground where it is selected.

    ``small`` is the ink where it would not fit in the other.
    """
    look = scenery.look
    if value is None or not look.is_readable(ink):
        return
    role = "accent" if lit else "text" if ink.bold else "muted"
    width: float | None = None
    if small is not None:
        text, ink, width = look.sized(value, where.width(), ink, small)
    else:
        room = where.width() - (look.width(prefix, ink) if prefix else 0.0)
        text = prefix + look.fitted(value, room, ink)
    if scenery.marked is not None and scenery.marked == part:
        wide = look.width(text, ink) + 8
        ground = QRectF(where.center().x() - wide / 2, where.top(), wide, where.height())
        look.pill(painter, ground, look.color("accent_soft"))
        role = "accent"
    look.text(painter, where, text, ink, look.color(role), width=width)


def winner(sums: Numbers, unit: int, pieces: int) -> int:
    """The row whose sum is the unit's: its only one, or the largest of a maxout unit so far."""
    first = unit * pieces
    if pieces == 1 or len(sums.values) < first + pieces:
        return first
    values = np.where(sums.shown, sums.values, -np.inf)[first : first + pieces]
    return first + int(values.argmax())


# -- one neuron ----------------------------------------------------------------------------------


def _neuron(painter: QPainter, scenery: Scenery) -> None:
    look, reading, layout, radius = scenery.look, scenery.reading, scenery.layout, NEURON_RADIUS
    circle = layout.geometry.body
    value = reading.activations.at(0)
    row = winner(reading.sums, 0, layout.pieces)
    total = reading.sums.at(row)
    lit_sum, lit_value = reading.is_any_lit("z"), reading.is_any_lit("a")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("surface"))
    painter.drawEllipse(circle)
    if value:
        painter.setBrush(tint(look, value))
        painter.drawPie(circle, *RIGHT_HALF)
    painter.setPen(look.pen("border", 1.0))
    painter.drawLine(QPointF(0, -radius), QPointF(0, radius))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    strong = scenery.selected or reading.is_any_lit("dz")
    painter.setPen(look.pen("accent", 2.6) if strong else look.pen("muted", 1.6, 0.75))
    painter.drawEllipse(circle)
    painter.setPen(look.pen("accent", 3.4))
    if lit_sum:
        painter.drawArc(circle, *LEFT_HALF)
    if lit_value:
        painter.drawArc(circle, *RIGHT_HALF)
    symbol = look.color(_role(lit_sum, total))
    look.text(painter, QRectF(4 - radius, -30, radius - 6, 26), "Σ", Ink.SYMBOL, symbol)
    paint_curve(painter, scenery, QRectF(8, -25, 22, 16), _role(lit_value, value))
    where, part, small = layout.sum(0), Part("sum", row), Ink.TINY
    write_number(painter, scenery, where, total, Ink.LABEL, part, lit_sum, small=small)
    where, part, small = layout.value(0), Part("value", 0), Ink.SMALL_VALUE
    write_number(painter, scenery, where, value, Ink.VALUE, part, lit_value, small=small)


def _role(lit: bool, value: float | None) -> str:
    """The colour of a symbol: dim until its number has come about."""
    return "accent" if lit else "muted" if value is None else "text"


# -- layers --------------------------------------------------------------------------------------


def paint_frame(painter: QPainter, scenery: Scenery) -> None:
    """The frame around the units of a layer."""
    look = scenery.look
    if scenery.selected:
        painter.setPen(look.pen("accent", 2.4))
    elif scenery.reading.is_any_lit("z", "a", "dz"):
        painter.setPen(look.pen("accent", 1.4, 0.7))
    else:
        painter.setPen(look.pen("muted", 1.4, 0.45))
    painter.setBrush(look.color("surface", 0.6, "background"))
    painter.drawRoundedRect(scenery.layout.geometry.body, 14, 14)


class UnitReading(NamedTuple):
    """What one neuron of a layer shows: its output, above its sum or its δ, and what came about."""

    value: float | None
    row: int
    lit_value: bool = False
    lit_sum: bool = False
    lit_delta: bool = False


def read_unit(scenery: Scenery, unit: int) -> UnitReading:
    """What one neuron of a layer shows."""
    reading, pieces = scenery.reading, scenery.layout.pieces
    value = reading.activations.at(unit)
    row = unit if pieces == 1 else winner(reading.sums, unit, pieces)
    if not reading.lit:
        return UnitReading(value, row)
    rows = range(unit * pieces, (unit + 1) * pieces)
    lit_sum, lit_delta = (any(reading.is_lit(r, kind) for r in rows) for kind in ("z", "dz"))
    return UnitReading(value, row, reading.is_lit(unit, "a"), lit_sum, lit_delta)


def _units(painter: QPainter, scenery: Scenery) -> None:
    """The neurons of a layer: first all circles, then all numbers of one size, then the others."""
    look, reading, layout = scenery.look, scenery.reading, scenery.layout
    units = [read_unit(scenery, unit) for unit in range(scenery.node.units)]
    calm, strong = look.pen("muted", 1.3, 0.75), look.pen("accent", 3.0)
    for unit, shown in enumerate(units):
        painter.setPen(strong if any(shown[2:]) else calm)
        painter.setBrush(tint(look, shown.value))
        painter.drawEllipse(layout.middles[unit], UNIT_RADIUS, UNIT_RADIUS)
    for unit, shown in enumerate(units):
        if shown.value is None:
            middle = layout.middles[unit]
            box = QRectF(middle.x() - 8, middle.y() - 14, 16, 12)
            paint_curve(painter, scenery, box, "accent" if shown.lit_sum else "muted")
            continue
        where, part, small = layout.value(unit), Part("value", unit), Ink.SMALL_VALUE
        lit = shown.lit_value
        write_number(painter, scenery, where, shown.value, Ink.VALUE, part, lit, small=small)
    if not look.is_readable(Ink.TINY):
        return
    for unit, shown in enumerate(units):
        where, row = layout.sum(unit), shown.row
        delta = reading.deltas.at(row)
        if delta is not None:
            part = Part("delta", row)
            write_number(painter, scenery, where, delta, Ink.TINY, part, shown.lit_delta, "δ ")
        else:
            total, part = reading.sums.at(row), Part("sum", row)
            write_number(painter, scenery, where, total, Ink.TINY, part, shown.lit_sum)


def _input(painter: QPainter, scenery: Scenery, unit: int) -> None:
    look, node = scenery.look, scenery.node
    where = scenery.layout.geometry.unit_rect(unit)
    value = scenery.reading.activations.at(unit)
    single = scenery.layout.geometry.form is Form.INPUT
    strong = single and scenery.selected
    painter.setPen(look.pen("accent", 2.6) if strong else look.pen("muted", 1.4, 0.75))
    painter.setBrush(tint(look, value))
    painter.drawRoundedRect(where, 11, 11)
    column = scenery.columns[unit] if unit < len(scenery.columns) else ""
    name = typeset(column if not single or column != node.name else "")
    if value is None:
        name = look.elided(name, where.width() - 8, Ink.LABEL)
        look.text(painter, where, name, Ink.LABEL, look.color("muted"))
        return
    if name:
        upper = QRectF(where.left() + 4, where.top() + 3, where.width() - 8, 14)
        name = look.elided(name, upper.width(), Ink.SMALL)
        look.text(painter, upper, name, Ink.SMALL, look.color("muted"))
        where = where.adjusted(4, 15, -4, -2)
    else:
        where = where.adjusted(4, 12, -4, -12)
    write_number(painter, scenery, where, value, Ink.VALUE, Part("value", unit))


# -- hundreds of units ---------------------------------------------------------------------------


def _block(painter: QPainter, scenery: Scenery) -> None:
    """A heat map of the activations, and beside it one of the targets where there are some."""
    look, reading, geometry = scenery.look, scenery.reading, scenery.layout.geometry
    numbers = reading.activations
    paint_heat(
        painter, look, geometry.map, np.where(numbers.shown, numbers.values, np.nan), geometry.grid
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lit = next((reading.lit[kind] for kind in ("a", "z", "dz") if kind in reading.lit), None)
    if lit is not None:
        painter.setPen(look.pen("accent", 1.6))
        units = np.flatnonzero(lit.reshape(scenery.node.units, -1).any(axis=1))
        if len(units) <= _MOST_OUTLINED:
            painter.drawRects([geometry.unit_rect(int(unit)) for unit in units])
    marked = scenery.marked
    if marked is not None and marked.what not in ("name", "caption"):
        pieces = scenery.layout.pieces if marked.what in ("sum", "delta", "bias") else 1
        painter.setPen(look.pen("accent", 2.6))
        painter.drawRect(geometry.unit_rect(marked.row // pieces))
    paint_targets(painter, scenery)


def paint_targets(painter: QPainter, scenery: Scenery) -> None:
    """Beside a block of outputs, what each of them should have said."""
    look, geometry, output = scenery.look, scenery.layout.geometry, scenery.reading.output
    if output is not None:
        beside = QRectF(geometry.map)
        beside.moveLeft(geometry.body.right() + TARGETS_GAP)
        paint_heat(painter, look, beside, output.targets, geometry.grid)
        above = QRectF(beside.center().x() - 40, beside.top() - 20, 80, 16)
        look.text(painter, above, look.say("canvas.targets"), Ink.SMALL, look.color("muted"))


def paint_heat(
    painter: QPainter, look: Look, where: QRectF, values: Floats, grid: tuple[int, int]
) -> None:
    """Values as coloured cells, row by row; what is NaN or missing keeps the bare ground."""
    rows, columns = grid
    cells = np.full(rows * columns, np.nan)
    cells[: len(values)] = values
    finite = cells[np.isfinite(cells)]
    largest = max(float(np.abs(finite).max(initial=0.0)), 1.0)
    pixels = np.ascontiguousarray(heat_pixels(cells.reshape(rows, columns), largest, look.theme))
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(where, image)
    painter.setPen(QPen(look.color("border"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(where)
