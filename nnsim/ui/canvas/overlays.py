"""What lies over the canvas and does not scroll with it: a banner, a friendly word, a hint."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnsim.document.checks import Problem
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences

_MARGIN = 12
_WIDEST = 720
_NARROWEST = 120


def _size(widget: QWidget, width: int) -> None:
    """As wide as this, and as high as its wrapped words then need."""
    width = max(width, _NARROWEST)
    layout = widget.layout()
    height = widget.heightForWidth(width) if layout is None else layout.heightForWidth(width)
    # Without words there is no such height.
    widget.setFixedSize(width, max(height, widget.sizeHint().height()))


class Banner(QFrame):
    """What keeps the whole document from running, at the top of the view."""

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas_banner")
        self._preferences = preferences
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("canvas_banner_text")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 14, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        """Say these, or nothing."""
        self.setVisible(bool(problems))
        if not problems:
            # Dressed only for what there is to say: style and sign take their time.
            self._text.clear()
            return
        self._text.setText("\n".join(self._preferences.tell(p.message) for p in problems))
        self._text.setAccessibleName(self._text.text())
        is_error = any(problem.severity == "error" for problem in problems)
        theme = self._preferences.theme
        role = "wrong" if is_error else "warning"
        ground = theme.mixed(role, 0.1).name()
        self.setStyleSheet(
            f"#canvas_banner {{ background: {ground}; border: 1px solid {theme.color(role).name()};"
            f" border-radius: 8px; }} QLabel {{ color: {theme.text}; background: transparent; }}"
        )
        size = round(20 * self._preferences.zoom)
        self._icon.setPixmap(themed_icon("warning", theme, size, role).pixmap(QSize(size, size)))

    def place(self, room: QRect) -> None:
        """Stand at the top of the view."""
        width = min(room.width() - 2 * _MARGIN, round(_WIDEST * self._preferences.zoom))
        width = min(width, self._text.fontMetrics().horizontalAdvance(self.text) + 90)
        _size(self, width)
        self.move(room.left() + (room.width() - self.width()) // 2, room.top() + _MARGIN)


class EmptyWord(QWidget):
    """What to do on an empty canvas; clicks go through it to the canvas."""

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas_empty")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._preferences = preferences
        self._title = QLabel(self)
        self._text = QLabel(self)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._title.text()}\n{self._text.text()}"

    def say(self) -> None:
        """Say it in the language and colours of now."""
        say, theme = self._preferences.say, self._preferences.theme
        self._title.setText(say("canvas.empty.title"))
        self._text.setText(say("canvas.empty.text"))
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setBold(True)
        self._title.setFont(font)
        self._title.setStyleSheet(f"color: {theme.text};")
        self._text.setStyleSheet(f"color: {theme.muted};")

    def place(self, room: QRect) -> None:
        """Stand in the middle of the view."""
        width = min(room.width() - 2 * _MARGIN, round(520 * self._preferences.zoom))
        _size(self, width)
        self.move(room.center() - self.rect().center())


class HintBar(QLabel):
    """What can be done in the gesture under way, at the bottom of the view."""

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas_hint")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._preferences = preferences
        self.hide()

    def say(self, text: str) -> None:
        """Say this, or hide."""
        self.setVisible(bool(text))
        if not text:
            self.clear()
            return
        theme = self._preferences.theme
        self.setStyleSheet(
            f"#canvas_hint {{ background: {theme.accent_soft}; color: {theme.text};"
            f" border: 1px solid {theme.accent}; border-radius: 8px; padding: 6px 12px; }}"
        )
        self.setText(text)

    def place(self, room: QRect) -> None:
        """Stand at the bottom of the view."""
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + 40
        _size(self, min(room.width() - 2 * _MARGIN, wanted))
        left = room.left() + (room.width() - self.width()) // 2
        self.move(left, room.bottom() - self.height() - _MARGIN)


class Overlays:
    """All that lies over a view; placed again whenever the view's size changes."""

    def __init__(self, preferences: Preferences, viewport: QWidget) -> None:
        self._viewport = viewport
        self.banner = Banner(preferences, viewport)
        self.empty = EmptyWord(preferences, viewport)
        self.hint = HintBar(preferences, viewport)

    def show_state(self, problems: tuple[Problem, ...], is_empty: bool) -> None:
        """What concerns the whole document; an empty one gets a friendly word instead."""
        self.banner.set_problems(() if is_empty else problems)
        if is_empty:
            self.empty.say()
        self.empty.setVisible(is_empty)
        self.place()

    def say_hint(self, text: str) -> None:
        """Say what can be done now, or nothing."""
        self.hint.say(text)
        self.place()

    def place(self) -> None:
        """Stand where they belong."""
        room = self._viewport.rect()
        for part in (self.banner, self.empty, self.hint):
            if not part.isHidden():
                part.place(room)
