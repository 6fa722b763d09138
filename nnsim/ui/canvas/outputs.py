"""Beside an output neuron: what it said, what it should have said, and whether that is right."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnsim.ui.canvas.bodies import Scenery
from nnsim.ui.canvas.look import Ink
from nnsim.ui.canvas.parts import Part

_NUMBER_WIDTH = 46.0
# Between two numbers in a line.
_BETWEEN = 10.0


def paint_output(painter: QPainter, scenery: Scenery, unit: int, words: tuple[str, str]) -> None:
    """Prediction, target and error of a unit, with a mark: right or wrong in colour and shape.

    ``words`` are what prediction and target are called; "S_neu" is written with a subscript.
    """
    output = scenery.reading.output
    if output is None:
        return
    right = output.right[unit]
    role = "text" if right is None else "right" if right else "wrong"
    lit = scenery.reading.is_lit(unit, "e")
    predicted = scenery.reading.activations.at(unit)
    end = _line(painter, scenery, Part("predicted", unit), 0, words[0], predicted, role)
    if right is not None:
        _verdict(
            painter, scenery, QPointF(end + 11, scenery.layout.output(unit, 0).center().y()), right
        )
    target = float(output.targets[unit])
    _line(painter, scenery, Part("target", unit), 1, words[1], target, "text")
    error = output.errors.at(unit)
    end = _line(painter, scenery, Part("error", unit), 2, "e", error, "accent" if lit else "muted")
    term = Part("term", unit)
    if scenery.marked == term:
        # Only while it is the number selected in all views: e says nearly the same.
        _line(painter, scenery, term, 2, "ℓ", output.terms.at(unit), "accent", end + _BETWEEN)


def _line(
    painter: QPainter,
    scenery: Scenery,
    part: Part,
    line: int,
    word: str,
    value: float | None,
    role: str,
    left: float | None = None,
) -> float:
    """Write "word = value", from ``left`` on where it is not the first; returns where it ends."""
    where = QRectF(scenery.layout.output(part.row, line))
    if left is not None:
        where.setLeft(left)
    if value is None:
        return where.left()
    look = scenery.look
    if scenery.marked == part:
        role = "accent"
    color = look.color(role)
    base, _, subscript = word.partition("_")
    look.text(painter, where, base, Ink.LABEL, color, left=True)
    x = where.left() + look.width(base, Ink.LABEL)
    if subscript:
        low = QRectF(x + 0.5, where.top() + 4, 40, where.height())
        look.text(painter, low, subscript, Ink.TINY, color, left=True)
        x += look.width(subscript, Ink.TINY) + 0.5
    place = QRectF(x, where.top(), where.right() - x, where.height())
    number = look.fitted(value, _NUMBER_WIDTH, Ink.LABEL)
    written = f" = {number}"
    end = x + look.width(written, Ink.LABEL)
    if scenery.marked == part:
        left = x + look.width(" = ", Ink.LABEL) - 4
        ground = QRectF(left, where.top() + 1, end - left + 4, where.height() - 2)
        look.pill(painter, ground, look.color("accent_soft"))
    look.text(painter, place, written, Ink.LABEL, color, left=True)
    return end


def _verdict(painter: QPainter, scenery: Scenery, at: QPointF, right: bool) -> None:
    pen = QPen(scenery.look.color("right" if right else "wrong"), 2.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if right:
        corners = [at + QPointF(-4, 0), at + QPointF(-1, 4), at + QPointF(5, -5)]
        painter.drawPolyline(corners)
    else:
        painter.drawLine(at + QPointF(-4, -4), at + QPointF(4, 4))
        painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4))
