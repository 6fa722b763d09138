"""The little curve of an activation, as drawn in a neuron and in menus."""

from __future__ import annotations

import functools

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.ui.bridge.theme import Theme

_LIMIT = 3.0
_POINTS = 49


@functools.lru_cache(maxsize=128)
def activation_curve(spec: ActivationSpec) -> QPainterPath:
    """The curve in a box from (-1, -1) to (1, 1), y upwards negative as on a screen."""
    path = QPainterPath()
    if spec.name == "softmax":
        # A share of a whole, not a curve of one number: three bars.
        for x, height in ((-0.65, 0.6), (0.0, 1.7), (0.65, 1.0)):
            path.addRect(QRectF(x - 0.2, 1 - height, 0.4, height))
        return path
    if spec.name == "step":
        points = [(-1.0, 0.8), (0.0, 0.8), (0.0, -0.8), (1.0, -0.8)]
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
        return path
    z = np.linspace(-_LIMIT, _LIMIT, _POINTS)
    if spec.name == "maxout":
        # One straight piece each, from falling to rising.
        slopes = np.linspace(-0.6, 1.0, max(spec.pieces, 2))
        offsets = -0.5 * np.abs(slopes) * np.linspace(0, 1, len(slopes))
        a = (z[:, np.newaxis] * slopes + offsets).max(axis=1)
    else:
        a = np.asarray(make_activation(spec).forward(z), dtype=np.float64)
    low, high = float(a.min()), float(a.max())
    y = 0.8 - 1.6 * (a - low) / ((high - low) or 1.0)
    path.addPolygon(QPolygonF([QPointF(x, v) for x, v in zip(z / _LIMIT, y, strict=True)]))
    return path


def curve_icon(spec: ActivationSpec, theme: Theme, size: int = 20) -> QIcon:
    """The curve of an activation as an icon."""
    pixmap = QPixmap(QSize(size, size) * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(2, 3, size - 4, size - 6)
    color = theme.color("text")
    painter.setPen(QPen(color, 1.6))
    if spec.name == "softmax":
        painter.setBrush(color)
    middle = box.center()
    fit = QTransform(box.width() / 2, 0, 0, box.height() / 2, middle.x(), middle.y())
    painter.drawPath(fit.map(activation_curve(spec)))
    painter.end()
    return QIcon(pixmap)
