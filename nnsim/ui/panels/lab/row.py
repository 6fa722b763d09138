"""A label and what belongs to it: side by side, or below each other where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnsim.ui.panels.settings_fields import Field

_GAP = 10
_SIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Row(QWidget):
    """``label`` wraps; the content keeps its size, and goes below where both do not fit.

    A field with a mistake to tell goes below too, where the words have the whole width.
    """

    def __init__(self, content: QWidget, always_below: bool = False) -> None:
        super().__init__()
        self.content = content
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setBuddy(content.focusProxy() or content)
        self._always_below = always_below
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(2)
        self._layout = QBoxLayout(_BELOW)
        self._all.addLayout(self._layout)
        self._below: QWidget | None = None
        self._layout.setSpacing(2)
        self._layout.addWidget(self.label, 1)
        self._layout.addWidget(content)

    def put_below(self, widget: QWidget) -> None:
        """A widget below both, for the same value: it has the whole width, and their name."""
        self._below = widget
        self._all.addWidget(widget)

    def set_words(self, words: str) -> None:
        """Say what the content is."""
        self.label.setText(words)
        if (buddy := self.label.buddy()) is not None:
            buddy.setAccessibleName(words)
        if self._below is not None:
            self._below.setAccessibleName(words)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        words = self.label.fontMetrics().horizontalAdvance(self.label.text())
        content = self.content.minimumSizeHint().expandedTo(self.content.minimumSize())
        needed = min(words, 2 * self.width() // 3) + _GAP + content.width()
        is_mistaken = isinstance(self.content, Field) and bool(self.content.mistake)
        fits = needed <= self.width() and not self._always_below and not is_mistaken
        direction = _SIDE if fits else _BELOW
        if direction != self._layout.direction():
            self._layout.setDirection(direction)
            self._layout.setSpacing(_GAP if fits else 2)
