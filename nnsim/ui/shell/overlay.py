"""Bars that lie over the top of another widget, which keeps its place and size below them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

_MARGIN = 6
_FOLLOWED = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide})


class Overlay(QWidget):
    """A column of bars over the top of ``below``, a child of the same parent.

    It is as wide as what is below it and as high as the bars that are shown; without any it is not
    there, so that it takes neither the mouse nor paint.
    """

    def __init__(self, below: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self._below = below
        self._bars: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        below.installEventFilter(self)
        self.hide()

    def add(self, bar: QWidget) -> None:
        """Put a bar below the others; it may be shown and hidden at any time."""
        self._bars.append(bar)
        self._column.addWidget(bar)
        bar.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._below:
            is_of_interest = event.type() in _FOLLOWED
        else:
            is_of_interest = event.type() in (
                QEvent.Type.ShowToParent,
                QEvent.Type.HideToParent,
            )
        if is_of_interest:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        # A bar says something longer, or in larger letters.
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        is_used = any(not bar.isHidden() for bar in self._bars)
        if not is_used or self._below.isHidden():
            self.hide()
            return
        place = self._below.geometry()
        width = max(place.width() - 2 * _MARGIN, 1)
        self._column.invalidate()
        height = self._column.totalHeightForWidth(width)
        if height < 0:
            height = self._column.totalSizeHint().height()
        self.setGeometry(place.x() + _MARGIN, place.y() + _MARGIN, width, height)
        self.raise_()
        self.show()
