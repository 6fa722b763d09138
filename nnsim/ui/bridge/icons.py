"""Icons: line drawings in ``resources/icons``, in the colours of the theme."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnsim.core.resources import resource_path
from nnsim.ui.bridge.theme import Theme


@functools.cache
def _drawing(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


def _pixmap(name: str, color: QColor, size: int) -> QPixmap:
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen else 1.0
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    drawing = _drawing(name).replace("currentColor", color.name())
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def themed_icon(name: str, theme: Theme, size: int = 24, role: str = "text") -> QIcon:
    """An icon in a colour of the theme, paler where it is disabled; ``size`` in pixels."""
    icon = QIcon(_pixmap(name, theme.color(role), size))
    icon.addPixmap(_pixmap(name, theme.mixed("muted", 0.5), size), QIcon.Mode.Disabled)
    return icon


def application_icon() -> QIcon:
    """The icon of the program itself."""
    icon = QIcon()
    for size in (32, 128):
        icon.addPixmap(_pixmap("nnsim", QColor(), size))
    return icon
