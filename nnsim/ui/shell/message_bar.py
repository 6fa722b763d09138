"""A bar over the canvas for what a person should read: refusals, verdicts, what was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from nnsim.core.messages import Message
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences

Kind = Literal["warning", "info", "done"]
_COLORS = {"warning": "warning", "info": "accent", "done": "right"}


class MessageBar(QFrame):
    """Sentences that stay until they are closed or the next thing is done.

    ``node_chosen(id)``: a person clicked on the sentence about a node.
    """

    node_chosen = Signal(str)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._preferences = preferences
        self._messages: tuple[Message, ...] = ()
        self._kind: Kind = "info"
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setObjectName("message_text")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._text.linkActivated.connect(self.node_chosen)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setObjectName("message_close")
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._paint)
        preferences.zoom_changed.connect(self._paint)
        self.hide()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is told now."""
        return self._messages

    def tell(self, messages: Sequence[Message], kind: Kind = "warning") -> None:
        """Show these sentences in place of the former ones."""
        self._messages = tuple(messages)
        self._kind = kind
        self._paint()
        self.setVisible(bool(self._messages))

    def clear(self) -> None:
        """Tell nothing more."""
        self._messages = ()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _say(self) -> None:
        if not self._messages:
            return
        self._close.setToolTip(self._preferences.say("message_bar.close"))
        self._close.setAccessibleName(self._preferences.say("message_bar.close"))
        color = self._preferences.theme.text
        sentences = []
        for message in self._messages:
            sentence = _escaped(self._preferences.tell(message))
            if message.node is not None:
                style = f"color:{color}"
                sentence = f'<a href="{_escaped(message.node)}" style="{style}">{sentence}</a>'
            sentences.append(sentence)
        self._text.setText("<br>".join(sentences))

    def _paint(self) -> None:
        if not self._messages:
            # Dressed when there is something to tell: a start should not wait for it.
            return
        theme, zoom = self._preferences.theme, self._preferences.zoom
        role = _COLORS[self._kind]
        size = round(20 * zoom)
        self._icon.setPixmap(themed_icon(self._kind, theme, size, role).pixmap(size, size))
        self._close.setIcon(themed_icon("close", theme, round(16 * zoom), "muted"))
        self._close.setIconSize(QSize(1, 1) * round(16 * zoom))
        ground = theme.mixed(role, 0.14).name()
        self.setStyleSheet(
            f"#message_bar {{ background: {ground}; border: 1px solid {theme.color(role).name()};"
            " border-radius: 6px; }"
        )
        self._say()


def _escaped(text: str) -> str:
    import html

    return html.escape(text)
