"""A line of text that changes at every step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget


class Line(QWidget):
    """Text on one line, ended with "…" where it has no room, and then told whole in its tip.

    Unlike a QLabel it takes the room it is given: other words lay out nothing around it anew.
    """

    def __init__(
        self,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = self._whole = ""
        self._alignment = alignment | Qt.AlignmentFlag.AlignVCenter
        # Opaque: other words paint none of the bars and windows below anew, which have this ground.
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        """What the line says."""
        return self._text

    def set_text(self, text: str, whole: str = "") -> None:
        """Say something else; ``whole`` is what it would say with more room."""
        whole = whole or text
        if (text, whole) != (self._text, self._whole):
            self._text, self._whole = text, whole
            # Read out to those who do not see it.
            self.setAccessibleName(whole)
            self.setToolTip("" if text == whole else whole)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, self._alignment, shown)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            room = self.contentsRect().width()
            fits = self.fontMetrics().horizontalAdvance(self._whole) <= room
            self.setToolTip("" if fits and self._text == self._whole else self._whole)
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)
