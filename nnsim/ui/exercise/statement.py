"""The statement of an exercise: its text with formulas as people write them, foldable."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnsim.exercises.prose import in_html, paragraphs
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars

_MOST_SHARE = 0.34


class Statement(QWidget):
    """Title, a button that folds the text away, and the text."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("exercise_statement")
        self._preferences = preferences
        self._html = ""
        self._is_folded = False
        self._room = 10_000
        self._fold = QToolButton()
        self._fold.setObjectName("exercise_fold")
        self._fold.setAutoRaise(True)
        self._fold.clicked.connect(lambda: self.set_folded(not self.is_folded))
        self._title = QLabel()
        self._title.setObjectName("exercise_title")
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text = QTextBrowser()
        self._text.setObjectName("exercise_text")
        self._text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self._text.setOpenLinks(False)
        self._text.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self._text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._text.document().setDocumentMargin(0)
        use_flat_bars(self._text, preferences)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._text)

    def show_text(self, title: str, text: str) -> None:
        """Show another title and text."""
        self._title.setText(title)
        self._html = "".join(f"<p>{in_html(part)}</p>" for part in paragraphs(text))
        self.dress()

    def dress(self) -> None:
        """Take words, colours and sizes of now."""
        theme, say = self._preferences.theme, self._preferences.say
        font = QFont(self.font())
        self._text.setFont(font)
        self._text.document().setDefaultStyleSheet("p { margin: 0 0 7px 0; }")
        self._text.setHtml(self._html)
        self._text.setStyleSheet(f"background: transparent; color: {theme.text};")
        self._text.setAccessibleName(say("exercise_room.statement"))
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self._title.setFont(font)
        self._show_text()

    @property
    def is_folded(self) -> bool:
        """Whether only the title is shown."""
        return self._is_folded

    def set_folded(self, is_folded: bool) -> None:
        """Fold the text away, or show it."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            self._show_text()

    def _show_text(self) -> None:
        is_shown = not self._is_folded
        arrows = Qt.ArrowType
        self._fold.setArrowType(arrows.DownArrow if is_shown else arrows.RightArrow)
        words = self._preferences.say(f"exercise_room.{'fold' if is_shown else 'unfold'}")
        self._fold.setToolTip(words)
        self._fold.setAccessibleName(words)
        self._text.setVisible(is_shown)
        self.fit(self._room)

    def fit(self, room: int) -> None:
        """As high as the text, but no higher than a share of ``room`` pixels: then it scrolls."""
        self._room = room
        document = self._text.document()
        document.setTextWidth(max(self._text.viewport().width(), 50))
        wanted = round(document.size().height()) + 4
        most = max(round(room * _MOST_SHARE), 3 * self.fontMetrics().lineSpacing())
        self._text.setFixedHeight(min(wanted, most))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
