"""The arrow from a recurrent layer to itself: its state of one time step goes into the next."""

from __future__ import annotations

import functools

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPolygonF

from nnsim.document.model import Node
from nnsim.ui.canvas.geometry import Geometry
from nnsim.ui.canvas.look import Ink, Look

_RISE, _REACH, _START = 42.0, 40.0, 16.0
_ARROW = 7.0
# So wide is what a click on the line may miss it by, both sides together.
_NEAR = 14.0
_LABEL = (96.0, 20.0)


@functools.lru_cache(maxsize=64)
def _path(left: float, top: float, right: float) -> QPainterPath:
    path = QPainterPath(QPointF(right, top + _START))
    over = top - _RISE
    path.cubicTo(right + _REACH, top + _START, right + _REACH, over, (left + right) / 2, over)
    path.cubicTo(left - _REACH, over, left - _REACH, top + _START, left, top + _START)
    return path


def loop_path(geometry: Geometry) -> QPainterPath:
    """From the right side of the body over its name to the left side."""
    body = geometry.body
    return _path(body.left(), body.top(), body.right())


def loop_label(geometry: Geometry) -> QRectF:
    """Where the name of the weights stands, on top of the line."""
    width, height = _LABEL
    middle = geometry.body.center().x()
    return QRectF(middle - width / 2, geometry.body.top() - _RISE - height / 2, width, height)


def loop_extent(geometry: Geometry) -> QRectF:
    """All of it with its label."""
    return loop_path(geometry).boundingRect().united(loop_label(geometry))


def is_on_loop(geometry: Geometry, point: QPointF) -> bool:
    """Whether a point is on the line, or so near that it is meant, or on its label."""
    stroker = QPainterPathStroker()
    stroker.setWidth(_NEAR)
    outline = stroker.createStroke(loop_path(geometry))
    return outline.contains(point) or loop_label(geometry).contains(point)


def paint_loop(
    painter: QPainter, look: Look, node: Node, geometry: Geometry, lit: bool, marked: bool
) -> None:
    """The arrow and its label "U 32 × 32"; accented while its weights come about."""
    role = "accent" if lit or marked else "muted"
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.pen(role, 2.6 if lit or marked else 1.8))
    painter.drawPath(loop_path(geometry))
    tip = QPointF(geometry.body.left(), geometry.body.top() + _START)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(role))
    corners = [tip, tip + QPointF(-_ARROW, -_ARROW / 2), tip + QPointF(-_ARROW, _ARROW / 2)]
    painter.drawPolygon(QPolygonF(corners))
    where = loop_label(geometry)
    text = look.say("canvas.own_weights", n=node.units)
    width = look.width(text, Ink.SMALL) + 12
    box = QRectF(where.center().x() - width / 2, where.top() + 1, width, where.height() - 2)
    painter.setBrush(look.color("accent_soft" if marked else "background"))
    painter.setPen(look.pen("accent", 1.2) if marked else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box, 6, 6)
    look.text(painter, box, text, Ink.SMALL, look.color("accent" if lit or marked else "text"))
