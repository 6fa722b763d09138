"""A line to type in, right where the thing is that is edited."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnsim.core.messages import NnsimError
from nnsim.ui.bridge.preferences import Preferences

# Leaving the window or opening a menu is no decision about what was typed.
_UNDECIDED = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class InPlaceField(QFrame):
    """An editor at a place of the scene, with a line of help or of what is wrong below it.

    ``accept(text)`` does the edit, or raises NnsimError: then the field stays, keeps the text and
    says why.  Enter accepts, Escape gives up, Tab accepts and asks for the next (``tabbed``).
    ``describe(text)`` says while typing what the text means.
    """

    tabbed = Signal(int)
    closed = Signal()

    def __init__(
        self,
        view: QGraphicsView,
        preferences: Preferences,
        place: QRectF,
        text: str,
        accept: Callable[[str], None],
        title: str,
        help_text: str,
        width: int = 96,
    ) -> None:
        super().__init__(view.viewport())
        self.setObjectName("in_place_field")
        self._view = view
        self._preferences = preferences
        self._place = place
        self._accept = accept
        self._help = help_text
        self._describe: Callable[[str], str] | None = None
        self._is_closed = False
        self._untouched = text
        self.line = QLineEdit(text, self)
        self.line.setObjectName("in_place_line")
        self.line.setAccessibleName(title)
        self.line.setAccessibleDescription(help_text)
        self.line.setMinimumWidth(round(width * preferences.zoom))
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._edited)
        self._told = QLabel(help_text, self)
        self._told.setObjectName("in_place_message")
        self._told.setWordWrap(True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        title_label = QLabel(title, self)
        title_label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 6)
        layout.setSpacing(3)
        for part in (title_label, self.line, self._told):
            layout.addWidget(part)
        self._told.setMinimumWidth(round(max(width, 230) * preferences.zoom))
        self._dress("muted")
        self.line.selectAll()
        self.follow()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_description(self, describe: Callable[[str], str]) -> None:
        """Say below, while typing, what the text means."""
        self._describe = describe

    @property
    def message(self) -> str:
        """What stands below the line."""
        return self._told.text()

    def follow(self) -> None:
        """Stand at the place in the scene, inside the view."""
        self.adjustSize()
        middle = self._view.mapFromScene(self._place.center())
        line_middle = self.line.geometry().center()
        corner = middle - line_middle
        room = self._view.viewport().rect()
        x = min(max(corner.x(), 4), max(room.width() - self.width() - 4, 4))
        y = min(max(corner.y(), 4), max(room.height() - self.height() - 4, 4))
        self.move(QPoint(x, y))

    def _edited(self, text: str) -> None:
        described = self._describe(text) if self._describe is not None else ""
        self._tell(described or self._help, "muted")

    def _tell(self, text: str, role: str) -> None:
        self._told.setText(text)
        self._dress(role)
        self.follow()

    def _dress(self, role: str) -> None:
        theme = self._preferences.theme
        edge = theme.wrong if role == "wrong" else theme.accent
        color = theme.color(role).name()
        self.setStyleSheet(
            f"#in_place_field {{ background: {theme.surface}; border: 1px solid {edge};"
            f" border-radius: 7px; }} QLabel {{ color: {theme.muted}; }}"
            f" #in_place_message {{ color: {color}; }}"
        )

    # -- deciding --------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Do the edit and close; where it is refused, stay and say why."""
        if self._is_closed:
            return True
        if self.line.text() != self._untouched:
            try:
                self._accept(self.line.text())
            except NnsimError as error:
                words = "\n".join(self._preferences.tell(m) for m in error.messages)
                self._tell(words, "wrong")
                return False
        self.close_field()
        return True

    def close_field(self) -> None:
        """Give up, or be done."""
        if not self._is_closed:
            self._is_closed = True
            self.hide()
            self.closed.emit()
            self.deleteLater()

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self._left(event)
        return super().eventFilter(watched, event)

    def _left(self, event: QFocusEvent) -> None:
        """Text that cannot be read is kept: only Escape throws it away."""
        if event.reason() not in _UNDECIDED and self.isVisible():
            self.commit()

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_field()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            if self.commit():
                self.tabbed.emit(-1 if key == Qt.Key.Key_Backtab else 1)
        else:
            return False
        return True


def spot_rect(point: QPointF) -> QRectF:
    """A place for a field around a point."""
    return QRectF(point.x() - 1, point.y() - 1, 2, 2)
