"""The diagram as a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from nnsim.ui.bridge.pictures import Picture
from nnsim.ui.canvas.scene import DiagramScene

_MARGIN = 28.0


def diagram_picture(diagram: DiagramScene, name: str) -> Picture:
    """What the scene shows, without selection and handles, on the ground that plots have."""
    margin = _MARGIN
    content = diagram.content_rect().adjusted(-margin, -margin, margin, margin)

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        where = QRectF(0, 0, content.width(), content.height())
        painter.fillRect(where, diagram.look.theme.color("surface"))
        diagram.set_plain(True)
        try:
            diagram.render(painter, where, content)
        finally:
            diagram.set_plain(False)

    return Picture(content.size(), paint, name)
