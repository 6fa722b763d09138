"""What an edit has changed beside what was asked for, said below all steps.

It takes its room from the end of the panel and not from between the steps, so none of them moves.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy

from nnsim.core.messages import Message
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.panels.flow_words import step_title

# The steps keep most of a low panel; longer notes are scrolled through.
_LARGEST_SHARE = 0.35
_BESIDE, _ABOVE = 8, 4


class Note(QScrollArea):
    """Empty it keeps its room until ``give_room_back``, so that nothing moves then either."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("lab_note")
        self._preferences = preferences
        self._step = ""
        self._messages: tuple[Message, ...] = ()
        self._room = 0
        self._words = QLabel()
        self._words.setObjectName("lab_note_words")
        self._words.setWordWrap(True)
        self._words.setContentsMargins(_BESIDE, _ABOVE, _BESIDE, _ABOVE)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.setWidget(self._words)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        use_flat_bars(self, preferences)
        self.hide()

    @property
    def text(self) -> str:
        """What stands there."""
        return self._words.text()

    def tell(self, step: str, messages: Sequence[Message]) -> None:
        """Say what an edit in a step has changed; nothing where there is nothing to say."""
        self._step, self._messages = step, tuple(messages)
        self.say()

    def say(self) -> None:
        """Say it in the language of now."""
        words = " ".join(self._preferences.tell(message) for message in self._messages)
        title = step_title(self._preferences, self._step) if words else ""
        self._words.setText(f"{title} – {words}" if words else "")
        self._fit()

    def give_room_back(self) -> None:
        """Take no room for what was said, as long as nothing is."""
        self._room = 0
        self._fit()

    def dress(self) -> None:
        """Take colours and sizes again."""
        palette = self._words.palette()
        palette.setColor(self._words.foregroundRole(), self._preferences.theme.color("accent"))
        self._words.setPalette(palette)
        self.give_room_back()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        if self.text:
            wanted = self._words.heightForWidth(parent.width())
            self._room = max(self._room, min(wanted, round(_LARGEST_SHARE * parent.height())))
        self.setFixedHeight(self._room)
        self.setVisible(self._room > 0)
