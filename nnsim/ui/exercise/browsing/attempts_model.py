"""Attempts as rows of a table that sorts by what stands in a column, not by its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from nnsim.exercises.attempts import Kept, Unreadable
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.browsing.parts import dated

_Index: TypeAlias = QModelIndex | QPersistentModelIndex
_Entry: TypeAlias = Kept | Unreadable
_Key: TypeAlias = float | str
_ROOT = QModelIndex()
COLUMNS = (
    "date",
    "exercise",
    "seed",
    "mode",
    "state",
    "points",
    "percent",
    "first_try",
    "hints",
    "minutes",
)
_TEXTS = ("date", "exercise", "mode", "state")
SORT_ROLE = Qt.ItemDataRole.UserRole


class AttemptsModel(QAbstractTableModel):
    """Attempts as they come in."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.entries: list[_Entry] = []

    def add(self, entries: Sequence[_Entry]) -> None:
        """More of them."""
        first = len(self.entries)
        self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
        self.entries += entries
        self.endInsertRows()

    def remove(self, entry: _Entry) -> None:
        """One less."""
        row = self.entries.index(entry)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self.entries[row]
        self.endRemoveRows()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._preferences.say(f"exercise_browse.column.{COLUMNS[section]}")
        return _aligned(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, column = self.entries[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(index.column())
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(entry, Unreadable):
            return self._preferences.tell(entry.problem)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(entry, column)
        return self._key(entry, column) if role == SORT_ROLE else None

    def _shown(self, entry: _Entry, column: str) -> str:
        say, number = self._preferences.say, self._preferences.number
        if isinstance(entry, Unreadable):
            words = {"exercise": entry.path.name, "state": say("exercise_browse.damaged")}
            return words.get(column, "")
        head, tally = entry.log.head, entry.tally
        make: dict[str, Callable[[], str]] = {
            "date": lambda: dated(head.started),
            "exercise": lambda: entry.title(self._preferences.locale),
            "seed": lambda: str(head.seed),
            "mode": lambda: say(f"exercise_browse.mode_in_short.{head.mode}"),
            "state": lambda: say(f"exercise_browse.{'handed_in' if entry.finished else 'open'}"),
            "points": lambda: say(
                "exercise_browse.points", points=number(round(tally.points, 2)), of=tally.of
            ),
            "percent": lambda: f"{round(100 * tally.share)}\u00a0%",
            "first_try": lambda: str(tally.first_try),
            "hints": lambda: str(tally.hints),
            "minutes": lambda: number(round(entry.minutes)),
        }
        return make[column]()

    def _key(self, entry: _Entry, column: str) -> _Key:
        if isinstance(entry, Unreadable):
            return self._shown(entry, column) if column in _TEXTS else -1.0
        head, tally = entry.log.head, entry.tally
        keys: dict[str, float] = {
            "seed": float(head.seed),
            "points": tally.points,
            "percent": tally.share,
            "first_try": float(tally.first_try),
            "hints": float(tally.hints),
            "minutes": entry.minutes,
        }
        if column == "date":
            return head.started.isoformat()
        return keys[column] if column in keys else self._shown(entry, column)


def _aligned(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if COLUMNS[column] in _TEXTS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class AttemptsOrder(QSortFilterProxyModel):
    """Sorted by the chosen column, and only those of one exercise where one is chosen."""

    def __init__(self, model: AttemptsModel) -> None:
        super().__init__()
        self._model = model
        self._exercise = ""
        self.setSortRole(SORT_ROLE)
        self.setSourceModel(model)

    def show_only(self, exercise: str) -> None:
        """Only the attempts at an exercise; "" for all."""
        self._exercise = exercise
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        entry = self._model.entries[row]
        if not self._exercise:
            return True
        return isinstance(entry, Kept) and entry.exercise == self._exercise

    def entry(self, index: QModelIndex) -> _Entry:
        """The attempt of a row."""
        return self._model.entries[self.mapToSource(index).row()]
