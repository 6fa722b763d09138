"""Painting what is inside a node whose units have heat maps: the map, and on it the numbers.

The numbers stand on grounds of their own, so that they are read on any colours.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnsim.ui.canvas.bodies import (
    LEFT_HALF,
    RIGHT_HALF,
    Scenery,
    paint_curve,
    paint_frame,
    paint_targets,
    read_unit,
    winner,
)
from nnsim.ui.canvas.geometry import UNIT_RADIUS, Form
from nnsim.ui.canvas.look import Ink, around, typeset
from nnsim.ui.canvas.parts import Part
from nnsim.ui.canvas.strokes import heat_color
from nnsim.ui.canvas.tiles import TILE_GAP

_UNIT_CORNER = 8.0
_INPUT_CORNER = 11.0


def paint_mapped(painter: QPainter, scenery: Scenery) -> None:
    """Paint the inside of a node with its maps and numbers."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    form = scenery.layout.geometry.form
    if form is Form.NEURON:
        _neuron(painter, scenery)
        return
    if form is not Form.INPUT:
        paint_frame(painter, scenery)
    for unit in range(scenery.node.units):
        if form is Form.BLOCK:
            _tile(painter, scenery, unit)
        elif scenery.node.is_input:
            _input(painter, scenery, unit)
        else:
            _unit(painter, scenery, unit)
    if form is Form.BLOCK:
        paint_targets(painter, scenery)


def _neuron(painter: QPainter, scenery: Scenery) -> None:
    look, reading, layout = scenery.look, scenery.reading, scenery.layout
    circle = layout.geometry.body
    painter.drawImage(circle, scenery.maps[0])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    strong = scenery.selected or reading.is_any_lit("dz")
    painter.setPen(look.pen("accent", 2.6) if strong else look.pen("muted", 1.6, 0.75))
    painter.drawEllipse(circle)
    painter.setPen(look.pen("accent", 3.4))
    lit_sum, lit_value = reading.is_any_lit("z"), reading.is_any_lit("a")
    if lit_sum:
        painter.drawArc(circle, *LEFT_HALF)
    if lit_value:
        painter.drawArc(circle, *RIGHT_HALF)
    row = winner(reading.sums, 0, layout.pieces)
    total, value = reading.sums.at(row), reading.activations.at(0)
    _number(painter, scenery, layout.sum(0), total, Ink.LABEL, Part("sum", row), lit_sum)
    _number(painter, scenery, layout.value(0), value, Ink.VALUE, Part("value", 0), lit_value)
    box = around(QPointF(0, circle.top() + 11), 16, 10)
    _ground(painter, scenery, box.adjusted(-4, -3, 4, 3))
    paint_curve(painter, scenery, box, "accent" if lit_value else "text")


def _unit(painter: QPainter, scenery: Scenery, unit: int) -> None:
    look, reading, layout = scenery.look, scenery.reading, scenery.layout
    shown = read_unit(scenery, unit)
    where = around(layout.middles[unit], 2 * UNIT_RADIUS, 2 * UNIT_RADIUS)
    painter.drawImage(where, scenery.maps[unit])
    is_lit = shown.lit_value or shown.lit_sum or shown.lit_delta
    painter.setPen(look.pen("accent", 3.0) if is_lit else look.pen("muted", 1.3, 0.75))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(where, _UNIT_CORNER, _UNIT_CORNER)
    value, part = shown.value, Part("value", unit)
    _number(painter, scenery, layout.value(unit), value, Ink.SMALL_VALUE, part, shown.lit_value)
    # Sums and gradients would hide the map: they are there as they come about, or selected.
    row, place = shown.row, layout.sum(unit)
    delta, total = reading.deltas.at(row), reading.sums.at(row)
    if shown.lit_delta or scenery.marked == Part("delta", row):
        part, lit = Part("delta", row), shown.lit_delta
        _number(painter, scenery, place, delta, Ink.TINY, part, lit, "δ ")
    elif shown.value is None or shown.lit_sum or scenery.marked == Part("sum", row):
        _number(painter, scenery, place, total, Ink.TINY, Part("sum", row), shown.lit_sum)


def _input(painter: QPainter, scenery: Scenery, unit: int) -> None:
    look, node, layout = scenery.look, scenery.node, scenery.layout
    where = layout.geometry.unit_rect(unit)
    painter.drawImage(where, scenery.maps[unit])
    single = layout.geometry.form is Form.INPUT
    strong = single and scenery.selected
    painter.setPen(look.pen("accent", 2.6) if strong else look.pen("muted", 1.4, 0.75))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(where, _INPUT_CORNER, _INPUT_CORNER)
    column = scenery.columns[unit] if unit < len(scenery.columns) else ""
    if column and not (single and column == node.name):
        name = look.elided(typeset(column), where.width() - 16, Ink.SMALL)
        above = around(QPointF(where.center().x(), where.top() + 10), 0, 14)
        ground = around(above.center(), look.width(name, Ink.SMALL) + 8, 14)
        _ground(painter, scenery, ground)
        look.text(painter, ground, name, Ink.SMALL, look.color("text"))
    value = scenery.reading.activations.at(unit)
    below = QRectF(where.left() + 4, where.bottom() - 19, where.width() - 8, 16)
    _number(painter, scenery, below, value, Ink.VALUE, Part("value", unit), False)


def _tile(painter: QPainter, scenery: Scenery, unit: int) -> None:
    """A map of a large layer; the value of now is the colour of its frame."""
    look, reading = scenery.look, scenery.reading
    where = scenery.layout.geometry.unit_rect(unit)
    gap = TILE_GAP
    where = where.adjusted(gap, gap, -gap, -gap)
    painter.drawImage(where, scenery.maps[unit])
    shown = read_unit(scenery, unit)
    marked = scenery.marked
    is_marked = (
        marked is not None
        and marked.what not in ("name", "caption")
        and marked.row // (scenery.layout.pieces if marked.what != "value" else 1) == unit
    )
    corner = min(where.width() * 0.17, _UNIT_CORNER)
    if is_marked or shown.lit_value or shown.lit_sum or shown.lit_delta:
        painter.setPen(look.pen("accent", 2.4))
    elif shown.value is None or not reading.activations.shown.any():
        painter.setPen(look.pen("border", 1.0))
    else:
        strength = min(abs(shown.value), 1.0)
        painter.setPen(QPen(heat_color(look.theme, shown.value, strength), 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(where, corner, corner)


def _number(
    painter: QPainter,
    scenery: Scenery,
    where: QRectF,
    value: float | None,
    ink: Ink,
    part: Part,
    lit: bool,
    prefix: str = "",
) -> None:
    """A number on a ground of its own, as wide as it needs."""
    look = scenery.look
    if value is None or not look.is_readable(ink):
        return
    small = Ink.SMALL_VALUE if ink.bold else Ink.TINY
    room = where.width() - 6
    if prefix:
        text = prefix + look.fitted(value, room - look.width(prefix, ink), ink)
        width = look.width(text, ink)
    else:
        text, ink, width = look.sized(value, room, ink, small)
    is_marked = scenery.marked is not None and scenery.marked == part
    ground = around(where.center(), width + 7, where.height())
    _ground(painter, scenery, ground, is_marked)
    role = "accent" if lit or is_marked else "text"
    look.text(painter, ground, text, ink, look.color(role))


def _ground(painter: QPainter, scenery: Scenery, where: QRectF, is_marked: bool = False) -> None:
    look = scenery.look
    color = look.color("accent_soft" if is_marked else "surface")
    look.pill(painter, where, color, look.pen("border", 0.8))
