"""The sheet of an exercise as a Qt model: given cells, entries, marks; it never marks anything."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from nnsim.core.numbers import as_float, joined
from nnsim.exercises.answers import Answer
from nnsim.exercises.marking import Verdict
from nnsim.exercises.sheet import Block, Cell, Heading
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.panels.step_table.header import LATEX_ROLE

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class SheetModel(QAbstractTableModel):
    """Cells of one table of a sheet by row and column.

    Display and edit roles are what stands in a cell and what was typed into it; the accessible
    text says in words what colour and sign show.
    """

    def __init__(self, run: ExerciseRun, block: Block, preferences: Preferences) -> None:
        super().__init__(run)
        self._run = run
        self._block = block
        self._preferences = preferences
        self._sheet = run.sheet
        #: keys of the cells that the current one is worked out from
        self.sources: frozenset[str] = frozenset()
        run.marked.connect(self._all_changed)
        run.moved.connect(self._moved)
        preferences.language_changed.connect(self._all_changed)
        self._moved()

    def _all_changed(self) -> None:
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def _moved(self) -> None:
        before = self.sources
        self.sources = frozenset(self._sheet.sources(self._run.current))
        if self.sources != before:
            self._all_changed()

    # -- shape -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._block.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._block.columns)

    def cell(self, index: Index) -> Cell | None:
        """The cell at an index; None where there is none."""
        return self.at(index.row(), index.column())

    def at(self, row: int, column: int) -> Cell | None:
        """The cell at a place of the table; None where there is none."""
        block = self._block
        if not (0 <= row < len(block.rows) and 0 <= column < len(block.columns)):
            return None
        return self._sheet.at(block.rows[row], block.columns[column])

    def holds(self, key: str) -> bool:
        """Whether a cell is in this table."""
        cell = self._sheet.by_key[key]
        return cell.row in self._block.rows and cell.column in self._block.columns

    def index_of(self, key: str) -> QModelIndex:
        """The index of a cell of this table."""
        cell, block = self._sheet.by_key[key], self._block
        return self.index(cell.row - block.rows.start, cell.column - block.columns.start)

    @property
    def has_row_headings(self) -> bool:
        """Whether rows have a name that no column of their own says already."""
        return self._block.names_rows

    @property
    def is_list(self) -> bool:
        """Whether there is a number a row."""
        return len(self._block.columns) == 1

    @property
    def title(self) -> str:
        """What stands above the table; "" where nothing does."""
        title = self._block.title
        return "" if title is None else self._preferences.tell(title)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        cell = self.cell(index)
        if cell is not None and cell.asked and not self._run.attempt.is_locked(cell.key):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    # -- what stands there -----------------------------------------------------------------------

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.cell(index)
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(cell)
        if role == Qt.ItemDataRole.EditRole:
            return self._run.entry(cell.key)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.words(cell)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        cell = self.cell(index)
        if cell is None or role != Qt.ItemDataRole.EditRole:
            return False
        self._run.enter(cell.key, str(value))
        return True

    def text(self, cell: Cell) -> str:
        """What stands in a cell: what is given, or what was typed."""
        if not cell.asked:
            return self.answer_text(cell)
        if self._run.attempt.is_shown(cell.key):
            answer = self._run.mark_of(cell.key).answer
            return "" if answer is None else self._typed(cell, answer)
        entry = self._run.entry(cell.key)
        return self._label(cell, entry) if cell.kind == "choice" else entry

    def _typed(self, cell: Cell, answer: Answer) -> str:
        if answer.choice:
            return self._label(cell, answer.choice)
        return answer.text(self._preferences.mark)

    def answer_text(self, cell: Cell) -> str:
        """The right answer, with as many decimals as are asked for."""
        return self.written(cell, self._sheet.expected(cell.key))

    def written(self, cell: Cell, answer: Answer) -> str:
        """An answer as it would be written into a cell."""
        mark = self._preferences.mark
        if answer.choice:
            return self._label(cell, answer.choice)
        if answer.unchanged and cell.dashes:
            return "-"
        if cell.decimals is None or not cell.asked:
            return Answer(answer.numbers).text(mark, self._preferences.digits)
        decimals = [f"{as_float(n):.{cell.decimals}f}".replace(".", mark) for n in answer.numbers]
        return joined(decimals, mark)

    def solution(self, cell: Cell) -> str:
        """The right answer where it stands beside what was typed; "" elsewhere."""
        if cell.asked and self._run.shows_answer(cell.key):
            return self.answer_text(cell)
        return ""

    def widest(self, cell: Cell) -> str:
        """About the longest text that will stand in a cell, so that columns keep their widths."""
        if cell.kind == "choice":
            return max((self._label(cell, o.code) for o in cell.options), key=len, default="")
        if not cell.asked:
            return self.text(cell)
        mark = self._preferences.mark
        number = "-0" if cell.legal else f"-0{mark}5" if cell.decimals is None else "-0" + mark
        number += "0" * (cell.decimals or 0)
        return joined([number] * max(cell.size, 1), mark)

    def _label(self, cell: Cell, code: str) -> str:
        for option in cell.options:
            if option.code == code:
                return self._preferences.tell(option.label)
        return code

    # -- words -----------------------------------------------------------------------------------

    def verdict(self, cell: Cell) -> Verdict | None:
        """The verdict that colour and sign show; None for a given cell."""
        return self._run.mark_of(cell.key).verdict if cell.asked else None

    def words(self, cell: Cell) -> str:
        """A cell in words: where it is, what stands there, how it was marked."""
        say, verdict = self._preferences.say, self.verdict(cell)
        text = self.text(cell) or say("exercise_room.blank")
        state = say(f"exercise_room.verdict.{verdict or 'given'}")
        return say("exercise_room.cell", where=self.name(cell), text=text, state=state)

    def name(self, cell: Cell) -> str:
        """Where a cell is: its row and column, or the row alone in a list."""
        tell = self._preferences.tell
        row = tell(self._sheet.rows[cell.row].words)
        if self._sheet.is_in_list(cell):
            return row
        column = tell(self._sheet.columns[cell.column].words)
        return self._preferences.say("exercise_room.place", row=row, column=column)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        is_column = orientation == Qt.Orientation.Horizontal
        headings: tuple[Heading, ...] = self._sheet.columns if is_column else self._sheet.rows
        shown = self._block.columns if is_column else self._block.rows
        heading = headings[shown[section]]
        if role == LATEX_ROLE:
            return heading.latex
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._preferences.tell(heading.words)
        return None


def interval_text(low: float, high: float, mark: str, decimals: int) -> str:
    """An accepted interval as people write it, with so many decimals."""
    ends = [f"{end:.{decimals}f}".replace(".", mark) for end in (low, high)]
    return "[" + ("; " if mark == "," else ", ").join(ends) + "]"
