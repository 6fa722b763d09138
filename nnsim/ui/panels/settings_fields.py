"""Fields that a person types a number or a line of text into, with the mistake told below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import format_number, parse_number
from nnsim.ui.bridge.preferences import Preferences

# As many digits as a float64 has: what is shown can be typed again.
_ALL_DIGITS = 15


class Field(QWidget):
    """A line to type a value into.

    ``edited(value)``: a person finished typing another value than the shown one, and ``read``
    accepted it.  What ``read`` refuses with an NnsimError is told below the line and stays there
    to be put right; Escape brings the value back.
    """

    edited = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        read: Callable[[str], Any],
        write: Callable[[Any, str], str],
        parent: QWidget | None = None,
    ) -> None:
        """``write(value, mark)`` shows a value with a decimal mark."""
        super().__init__(parent)
        self._preferences = preferences
        self._read = read
        self._write = write
        self._value: Any = None
        self._mistake: Message | None = None
        self.line = QLineEdit()
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._told.setObjectName("field_mistake")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line)
        layout.addWidget(self._told)
        self.setFocusProxy(self.line)
        self._told.hide()
        self.line.installEventFilter(self)
        self.line.editingFinished.connect(self._commit)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._say)

    def setObjectName(self, name: str) -> None:
        """Name the field, and the line in it ``<name>_line``."""
        super().setObjectName(name)
        self.line.setObjectName(f"{name}_line")

    def fix_line_width(self, width: int) -> None:
        """Make the line so wide; a mistake told below it may be wider."""
        self.line.setFixedWidth(width)
        layout = self.layout()
        assert layout is not None
        layout.setAlignment(self.line, Qt.AlignmentFlag.AlignLeft)

    @property
    def value(self) -> Any:
        """The value that is in force."""
        return self._value

    @property
    def mistake(self) -> str:
        """What is wrong with what was typed; "" where nothing is."""
        return self._told.text() if self._mistake else ""

    def set_value(self, value: Any) -> None:
        """Show a value; what is being typed is left alone while the value stays the same."""
        if self._value is None or value != self._value:
            self._value = value
            self._restore()

    def _restore(self) -> None:
        self._mistake = None
        self._say()

    def _say(self) -> None:
        if self._mistake is None:
            self.line.setText(self._shown())
            # Of a long number the beginning is seen.
            self.line.setCursorPosition(0)
        else:
            self._told.setText(self._preferences.tell(self._mistake))
        palette = self._told.palette()
        palette.setColor(self._told.foregroundRole(), self._preferences.theme.color("wrong"))
        self._told.setPalette(palette)
        self._told.setVisible(self._mistake is not None)

    def _shown(self) -> str:
        return "" if self._value is None else self._write(self._value, self._preferences.mark)

    def _commit(self) -> None:
        if self.line.text() == self._shown():
            self._restore()
            return
        try:
            value = self._read(self.line.text())
        except NnsimError as error:
            self._mistake = error.messages[0]
            self._say()
            return
        is_other = value != self._value
        former, self._value = self._value, value
        self._restore()
        if is_other:
            # The owner shows the value that is then in force, which may be the former one.
            self._value = former
            self.edited.emit(value)
            if self._value == former:
                self._restore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self._restore()
            return True
        return super().eventFilter(watched, event)


def number_reader(
    low: float | None = None,
    above: float | None = None,
    below: float | None = None,
    high: float | None = None,
) -> Callable[[str], float]:
    """Reads 0.5, 0,5 or 1/2, from ``low`` to ``high``, more than ``above``, less than ``below``."""

    def read(text: str) -> float:
        value = parse_number(text)
        if low is not None and value < low:
            raise NnsimError.of("training.at_least", limit=low)
        if above is not None and value <= above:
            raise NnsimError.of("training.more_than", limit=above)
        if below is not None and value >= below:
            raise NnsimError.of("training.less_than", limit=below)
        if high is not None and value > high:
            raise NnsimError.of("training.at_most", limit=high)
        return value

    return read


def whole_reader(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from ``low`` to ``high``."""

    def read(text: str) -> int:
        value = parse_number(text)
        if value != int(value):
            raise NnsimError.of("training.whole")
        # Through the text where a float has not digits enough.
        whole = int(text.strip()) if text.strip().isdecimal() else int(value)
        if not low <= whole <= high:
            raise NnsimError.of("training.between", low=low, high=high)
        return whole

    return read


def write_number(value: float, mark: str) -> str:
    """A number with all its digits."""
    return format_number(value, mark, _ALL_DIGITS)


def write_plain(value: object, mark: str) -> str:
    """A text or a whole number."""
    return str(value)
