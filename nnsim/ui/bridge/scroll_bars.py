"""Scroll bars as flat as the rest of the window.

Those of Fusion are made of gradients: painting one takes as long as painting a formula, and the
bar of a table that grows is painted at every step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

from nnsim.ui.bridge.preferences import Preferences

if TYPE_CHECKING:
    from PySide6.QtGui import QPolygonF
    from PySide6.QtWidgets import QAbstractSlider

_INSET = 3
_ARROW = 3.0


def use_flat_bars(area: QAbstractScrollArea, preferences: Preferences) -> None:
    """Give a scroll area flat bars in the colours of the theme."""
    area.setVerticalScrollBar(FlatBar(Qt.Orientation.Vertical, preferences, area))
    area.setHorizontalScrollBar(FlatBar(Qt.Orientation.Horizontal, preferences, area))


class FlatBar(QScrollBar):
    """A scroll bar that works as any other and is painted flat."""

    def __init__(
        self, orientation: Qt.Orientation, preferences: Preferences, parent: QWidget
    ) -> None:
        # Set first, for Qt asks while it makes the bar: the slider as it is on screen.
        self._painted: QRect | None = None
        # The arrows at the ends, kept for a size: a table that grows paints them at every step.
        self._arrows: tuple[QSize, list[QPolygonF]] | None = None
        super().__init__(orientation, parent)
        self._preferences = preferences
        preferences.theme_changed.connect(self.update)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._paint_all()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._paint_all()

    def _paint_all(self) -> None:
        """Tell Qt that no widget below has to be painted first; a style sheet of the window takes
        that back whenever it comes into force."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        # Ranges and values change more often than the slider moves by a pixel.
        if not self.isVisible() or self._painted is None or self._slider() != self._painted:
            super().sliderChange(change)

    def _slider(self) -> QRect:
        """Where the slider stands; empty where there is nothing to scroll."""
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        if self.maximum() <= self.minimum():
            return QRect()
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ScrollBar, QStyle.SubControl.SC_ScrollBarSlider
        return self.style().subControlRect(kind, option, part, self)

    def paintEvent(self, event: QPaintEvent) -> None:
        # PySide makes the names of a style when it is first asked for, which takes as long as a
        # step; a first window has no bar to paint.
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        option = QStyleOptionSlider()
        self.initStyleOption(option)
        theme, part = self._preferences.theme, QStyle.SubControl
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("background"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        is_held = self.isSliderDown() or bool(option.activeSubControls & part.SC_ScrollBarSlider)
        painter.setBrush(theme.mixed("muted", 0.8 if is_held else 0.45, "background"))
        self._painted = self._slider()
        if not self._painted.isEmpty():
            box = QRectF(self._painted)
            if self.orientation() is Qt.Orientation.Vertical:
                box.adjust(_INSET, 1, -_INSET, -1)
            else:
                box.adjust(1, _INSET, -1, -_INSET)
            radius = min(box.width(), box.height()) / 2
            painter.drawRoundedRect(box, radius, radius)
        painter.setBrush(theme.color("muted" if self.isEnabled() else "border"))
        if self._arrows is None or self._arrows[0] != self.size():
            kind, ends = QStyle.ComplexControl.CC_ScrollBar, []
            for control, sign in ((part.SC_ScrollBarSubLine, -1), (part.SC_ScrollBarAddLine, 1)):
                end = self.style().subControlRect(kind, option, control, self)
                ends.append(self._arrow(QRectF(end).center(), sign))
            self._arrows = self.size(), ends
        for arrow in self._arrows[1]:
            painter.drawPolygon(arrow)
        painter.end()

    def _arrow(self, centre: QPointF, sign: int) -> QPolygonF:
        from PySide6.QtGui import QPolygonF

        points = [(-_ARROW, -sign * _ARROW / 2), (_ARROW, -sign * _ARROW / 2), (0, sign * _ARROW)]
        if self.orientation() is Qt.Orientation.Horizontal:
            points = [(y, x) for x, y in points]
        return QPolygonF([centre + QPointF(x, y) for x, y in points])
