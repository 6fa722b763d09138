"""What the entries of the palette look like: small drawings of what they make."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from nnsim.ui.bridge.theme import Theme

_WIDTH, _HEIGHT = 46.0, 40.0


def paint_entry(painter: QPainter, where: QRectF, kind: str, theme: Theme) -> None:
    """Draw an entry of the palette, by its name, in a rectangle."""
    painter.save()
    painter.translate(where.topLeft())
    painter.scale(where.width() / _WIDTH, where.height() / _HEIGHT)
    painter.setPen(QPen(theme.mixed("muted", 0.9), 1.5))
    painter.setBrush(theme.color("surface"))
    middle = QPointF(_WIDTH / 2, _HEIGHT / 2)
    if kind == "input":
        painter.drawRoundedRect(_box(middle, 30, 24), 6, 6)
        _write(painter, _box(middle, 30, 24), "x", theme)
    elif kind == "inputs":
        for row in (-1, 0, 1):
            painter.drawRoundedRect(_box(middle + QPointF(0, 13 * row), 24, 10), 3, 3)
    elif kind == "neuron":
        _neuron(painter, middle, theme)
    else:
        _layer(painter, middle, kind, theme)
    painter.restore()


def _neuron(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    painter.drawEllipse(middle, 18, 18)
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawLine(middle + QPointF(0, -18), middle + QPointF(0, 18))
    _write(painter, _box(middle - QPointF(9, 0), 16, 20), "Σ", theme)
    painter.setPen(QPen(theme.color("text"), 1.5))
    corners = [(4, 5), (9, 5), (9, -5), (14, -5)]
    painter.drawPolyline([middle + QPointF(x, y) for x, y in corners])


def _layer(painter: QPainter, middle: QPointF, kind: str, theme: Theme) -> None:
    if kind == "output":
        middle = middle - QPointF(6, 0)
    painter.drawRoundedRect(_box(middle, 18, 38), 6, 6)
    for row in (-1, 0, 1):
        painter.drawEllipse(middle + QPointF(0, 12 * row), 4.5, 4.5)
    if kind == "recurrent":
        painter.setPen(QPen(theme.color("text"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(QRectF(middle.x() - 1, 3, 20, 22), -80 * 16, 230 * 16)
        tip = middle + QPointF(10, 5)
        painter.drawPolyline([tip + QPointF(5, -4), tip, tip + QPointF(6, 3)])
    if kind == "output":
        painter.setPen(QPen(theme.color("text"), 1.5))
        for row in (-1, 0, 1):
            tip = middle + QPointF(24, 12 * row)
            painter.drawLine(middle + QPointF(11, 12 * row), tip)
            painter.drawPolyline([tip + QPointF(-4, -3), tip, tip + QPointF(-4, 3)])


def _box(middle: QPointF, width: float, height: float) -> QRectF:
    return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)


def _write(painter: QPainter, where: QRectF, text: str, theme: Theme) -> None:
    font = QFont(painter.font())
    font.setPixelSize(13)
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, text)
