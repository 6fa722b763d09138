"""The glow around a node: selected, just computed, or what it is to a connection being drawn."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnsim.ui.canvas.look import Look

_HALO_Z = -2.0
_WIDTH = 8.0


class Target(enum.Enum):
    """What a node is to a connection being drawn; also how its glow looks."""

    NONE = "none"
    POSSIBLE = "possible"
    CHOSEN = "chosen"
    REFUSED = "refused"


class HaloItem(QGraphicsItem):
    """A glow; below lines and nodes."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._outline = QRectF()
        self._is_round = False
        self._target = Target.NONE
        self.setZValue(_HALO_Z)
        self.setVisible(False)

    def set_outline(self, body: QRectF, is_round: bool) -> None:
        """Go around this body, relative to the middle."""
        self.prepareGeometryChange()
        self._outline = body.adjusted(-_WIDTH, -_WIDTH, _WIDTH, _WIDTH)
        self._is_round = is_round

    def set_target(self, target: Target) -> None:
        """Glow like this; not at all for NONE."""
        if target is not self._target:
            self._target = target
            self.setVisible(target is not Target.NONE)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._outline

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        theme = self._look.theme
        colors = {
            Target.POSSIBLE: theme.mixed("accent", 0.16, "background"),
            Target.CHOSEN: theme.mixed("accent", 0.55, "background"),
            Target.REFUSED: theme.mixed("wrong", 0.24, "background"),
        }
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors[self._target])
        if self._is_round:
            painter.drawEllipse(self._outline)
        else:
            painter.drawRoundedRect(self._outline, 18, 18)
