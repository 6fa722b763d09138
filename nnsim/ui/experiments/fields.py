"""What the form is put together from: choices, numbers, lists of values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import format_number, parse_number
from nnsim.ui.bridge.preferences import Preferences

_DIGITS = 15
_FEWEST_LETTERS = 19
_LINE, _MOST_LINES = 1.5, 9


class Choice(QComboBox):
    """One of some values; the first is the default.  ``words(value)`` names one."""

    def __init__(self, values: Sequence[object], words: Callable[[object], str]) -> None:
        super().__init__()
        self._words = words
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_FEWEST_LETTERS)
        for value in values:
            self.addItem(words(value), value)

    @property
    def value(self) -> object:
        """What is chosen."""
        return self.currentData()

    def choose(self, value: object) -> None:
        """Choose a value that there is."""
        places = [k for k in range(self.count()) if self.itemData(k) == value]
        self.setCurrentIndex(places[0])

    def offer(self, values: Sequence[object], chosen: object) -> None:
        """Other values to choose from, of which one is chosen; nobody is told."""
        self.blockSignals(True)
        self.clear()
        for value in values:
            self.addItem(self._words(value), value)
        if chosen in values:
            self.choose(chosen)
        self.blockSignals(False)

    def say(self) -> None:
        """Name the values again."""
        for place in range(self.count()):
            self.setItemText(place, self._words(self.itemData(place)))


class Entry(QLineEdit):
    """A line that a value is typed into; empty it stands for the default, which it shows in grey.

    ``read`` makes the value of what is typed.  Raises NnsimError, as ``value`` then does.
    """

    def __init__(self, read: Callable[[str], object], hint: Callable[[], str]) -> None:
        super().__init__()
        self._read = read
        self._hint = hint
        self.say()

    @property
    def value(self) -> object:
        """What is typed, None for the default."""
        typed = self.text().strip()
        return self._read(typed) if typed else None

    def say(self) -> None:
        """Show the default again."""
        self.setPlaceholderText(self._hint())


class Picks(QListWidget):
    """Several of some values, in the order of the list."""

    def __init__(
        self, values: Sequence[str], chosen: Sequence[str], words: Callable[[object], str]
    ) -> None:
        super().__init__()
        self._words = words
        for value in values:
            item = QListWidgetItem(words(value))
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            is_chosen = value in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            self.addItem(item)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._take_font()

    def changeEvent(self, event: QEvent) -> None:
        """Lines are as high as the letters want them; most lists need no scroll bar."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def _take_font(self) -> None:
        line = round(_LINE * self.fontMetrics().lineSpacing())
        self.blockSignals(True)
        for row in range(self.count()):
            self.item(row).setSizeHint(QSize(0, line))
        self.blockSignals(False)
        self.setFixedHeight(min(self.count(), _MOST_LINES) * line + 2 * self.frameWidth())

    @property
    def value(self) -> tuple[str, ...]:
        """What is chosen."""
        items = [self.item(row) for row in range(self.count())]
        return tuple(
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def say(self) -> None:
        """Name the values again."""
        self.blockSignals(True)
        for row in range(self.count()):
            item = self.item(row)
            item.setText(self._words(item.data(Qt.ItemDataRole.UserRole)))
        self.blockSignals(False)


Editor = Choice | Entry | Picks


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number.  Raises NnsimError ``experiments.not_whole``."""

    def read(text: str) -> int:
        try:
            value = parse_number(text)
        except NnsimError:
            value = low - 0.5
        if value != int(value) or not low <= value <= high:
            raise NnsimError.of("experiments.not_whole", text=text[:40], low=low, high=high)
        return int(value)

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    """Reads a number.  Raises NnsimError ``experiments.not_in_range`` or as ``parse_number``."""

    def read(text: str) -> float:
        value = parse_number(text)
        if not low <= value <= high:
            raise NnsimError.of("experiments.not_in_range", text=text[:40], low=low, high=high)
        return value

    return read


def several(read_one: Callable[[str], Any], commas: bool) -> Callable[[str], tuple[Any, ...]]:
    """Reads values with spaces or semicolons between them, or with ``commas``, which else are
    decimal."""
    between = re.compile(r"[\s;,]+" if commas else r"[\s;]+")
    return lambda text: tuple(read_one(word) for word in between.split(text) if word)


def listed(values: Sequence[float], preferences: Preferences) -> str:
    """Values as they may be typed."""
    return "  ".join(format_number(value, preferences.mark, _DIGITS) for value in values)
