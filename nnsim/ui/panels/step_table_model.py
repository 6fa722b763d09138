"""The trace as a Qt model: a row for each sample of each computed iteration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from nnsim.engine.record import Quantity, Record
from nnsim.session.cells import COUNTS
from nnsim.session.frame import Frame
from nnsim.session.table import Cell, Column, Group, quantity_column
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.step_table_header import EXTRA_ROLE, GROUP_ROLE, LATEX_ROLE
from nnsim.ui.panels.step_table_records import RecordStore

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_NOTHING = Cell()
_ROWS_KNOWN = 512
# The rules that change something only where the output is wrong.
_RULES_OF_FEW_CHANGES = ("course", "perceptron")


@dataclass(frozen=True)
class Place:
    """Where a row stands: its iteration from 1, the place of its sample in the batch from 0, and
    how many samples the batch has."""

    iteration: int
    sample: int
    batch: int


@dataclass(frozen=True, eq=False)
class Row:
    """What is known about a row: its place; its record (None: to be fetched); the frame that says
    how much of it is shown (None: all); whether its rule changes something only after a miss."""

    place: Place
    record: Record | None
    partly: Frame | None
    few_changes: bool


class StepTableModel(QAbstractTableModel):
    """Cells of the columns that are shown; numbers that have not come about are blank.

    A record that is not here yet leaves its row blank and is remembered in ``missed``.  A selected
    quantity without a column of its own gets one at the right end for as long as it is selected.
    ``changed()``: what was read of the cells before no longer holds.  ``extra_changed(number)``:
    the same of the column at the right end alone.
    """

    changed = Signal()
    extra_changed = Signal(int)

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._preferences = preferences
        self.store = RecordStore(self)
        self._chosen: tuple[Column, ...] = ()
        self._extra: Column | None = None
        self._extra_of: tuple[object, ...] = ()
        #: the chosen columns, and after them that of the selected quantity if it has no other
        self.columns: tuple[Column, ...] = ()
        self.has_captions = False
        self.missed = False
        self._known: dict[int, Row] = {}
        self._outputs: dict[int, int] = {}
        self.store.arrived.connect(lambda *_: self._known.clear())
        self._rows = 0
        self._iterations = 0
        #: rows up to the end of each iteration; None while every batch is one sample
        self._ends: NDArray[np.int64] | None = None
        # The frame that went furthest: what of its iteration has not come about stays hidden.
        self._furthest: Frame | None = None
        self._at: dict[tuple[str, str, int, int], list[tuple[int, int]]] = {}

    # -- contents --------------------------------------------------------------------------------

    def set_columns(self, columns: Sequence[Column], has_captions: bool) -> None:
        """Show other columns.  The iteration stands beside the rows and is no column."""
        shown = tuple(_on_screen(c) for c in columns if c.group is not Group.ITERATION)
        if (shown, has_captions) == (self._chosen, self.has_captions):
            self.show_selected()
            return
        self.beginResetModel()
        self._extra, self._extra_of = None, ()
        self._chosen = self.columns = shown
        self.has_captions = has_captions
        outputs = [k for k, column in enumerate(shown) if column.group is Group.OUTPUTS]
        self._outputs = {column: output for output, column in enumerate(outputs)}
        self._at = {}
        for number, column in enumerate(shown):
            for part, quantity in enumerate(column.quantities):
                self._at.setdefault(_key(quantity), []).append((number, part))
        self.endResetModel()
        self.changed.emit()
        self.show_selected()

    def show_selected(self) -> None:
        """Give the selected quantity a column at the right end if no chosen column shows it."""
        quantity, frame = self._selected(), self._workspace.frame
        if quantity is None or frame is None or _key(quantity) in self._at:
            self._put_extra(None, ())
            return
        document = self._workspace.document
        known = (_key(quantity), document, frame.spec)
        same = len(self._extra_of) == len(known) and self._extra_of[0] == known[0]
        # Compared by identity: to compare documents number by number would take too long.
        if not same or any(a is not b for a, b in zip(self._extra_of[1:], known[1:], strict=True)):
            self._put_extra(_on_screen(quantity_column(document, frame.spec, quantity)), known)

    def _put_extra(self, column: Column | None, known: tuple[object, ...]) -> None:
        before, self._extra_of = self._extra, known
        if column == before:
            return
        number = len(self._chosen)
        columns = self._chosen if column is None else (*self._chosen, column)
        if before is None:
            self.beginInsertColumns(_NOWHERE, number, number)
            self.columns, self._extra = columns, column
            self.endInsertColumns()
        elif column is None:
            self.beginRemoveColumns(_NOWHERE, number, number)
            self.columns, self._extra = columns, None
            self.endRemoveColumns()
        else:
            self.columns, self._extra = columns, column
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, number, number)
        self.extra_changed.emit(number)

    def is_selected(self, quantity: Quantity) -> bool:
        """Whether this very quantity is selected."""
        return self._workspace.selection == quantity

    def is_extra(self, column: int) -> bool:
        """Whether a column is there for the selected quantity alone."""
        return self._extra is not None and column == len(self._chosen)

    def forget(self, valid: int | None) -> None:
        """The document changed; iterations after ``valid`` are no longer what they were."""
        self._known.clear()
        self.store.use(self._workspace.session, valid)
        if valid is None:
            return
        self.changed.emit()
        if self._furthest is not None and _iteration(self._furthest) > valid:
            self._furthest = None
        kept = min(valid, self._iterations)
        self._set_rows(kept, self._ends[kept - 1] if self._ends is not None and kept else kept)
        if self._ends is not None:
            self._ends = self._ends[:kept]

    def sync(self) -> None:
        """Have a row for all that is computed."""
        session, frame = self._workspace.session, self._workspace.frame
        self._known.clear()
        if frame is not None:
            self._note(frame)
        self.show_selected()
        computed = session.computed
        if computed == self._iterations:
            return
        batch = session.trace.column("batch") if computed else np.zeros(0, dtype=np.int64)
        new = batch[min(self._iterations, computed) :]
        if self._ends is not None or (new != 1).any():
            self._ends = np.cumsum(batch, dtype=np.int64)
        self._set_rows(computed, int(self._ends[-1]) if self._ends is not None else computed)

    def _set_rows(self, iterations: int, rows: int) -> None:
        rows = int(rows)
        before, self._iterations = self._rows, iterations
        if rows > before:
            self.beginInsertRows(_NOWHERE, before, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < before:
            self.beginRemoveRows(_NOWHERE, rows, before - 1)
            self._rows = rows
            self.endRemoveRows()

    def _note(self, frame: Frame) -> None:
        self.store.put(_iteration(frame), frame.record)
        furthest = self._furthest
        if furthest is None or (_iteration(frame), frame.done) >= (
            _iteration(furthest),
            furthest.done,
        ):
            self._furthest = frame

    # -- places ----------------------------------------------------------------------------------

    def place(self, row: int) -> Place:
        """Where a row stands."""
        if self._ends is None:
            return Place(row + 1, 0, 1)
        at = int(np.searchsorted(self._ends, row, side="right"))
        start = int(self._ends[at - 1]) if at else 0
        return Place(at + 1, row - start, int(self._ends[at]) - start)

    def rows_of(self, iteration: int) -> range:
        """The rows of an iteration; none where it is not computed."""
        if not 1 <= iteration <= self._iterations:
            return range(0)
        if self._ends is None:
            return range(iteration - 1, iteration)
        start = int(self._ends[iteration - 2]) if iteration > 1 else 0
        return range(start, int(self._ends[iteration - 1]))

    @property
    def iterations(self) -> int:
        """How many iterations have rows."""
        return self._iterations

    @property
    def reached(self) -> int:
        """Iterations that have been seen to their end."""
        if self._furthest is None:
            return 0
        return _iteration(self._furthest) - (not self._furthest.is_complete)

    @property
    def current_row(self) -> int | None:
        """The row of the sample that is looked at."""
        frame = self._workspace.frame
        if frame is None:
            return None
        rows = self.rows_of(self._workspace.session.position.iteration)
        return rows[min(frame.sample, len(rows) - 1)] if rows else None

    # -- cells -----------------------------------------------------------------------------------

    def row(self, row: int) -> Row:
        """What is known about a row; kept until the position changes or a record arrives."""
        known = self._known.get(row)
        if known is None:
            place = self.place(row)
            record = self.store.get(place.iteration)
            if record is None:
                self.missed = True
            frame = self.partly(place.iteration)
            rule = self._workspace.document.settings_at(place.iteration - 1)[0].rule
            known = Row(place, record, frame, rule in _RULES_OF_FEW_CHANGES)
            if len(self._known) > _ROWS_KNOWN:
                self._known.clear()
            if record is not None:
                self._known[row] = known
        return known

    def load(self, row: int) -> None:
        """Have the record of a row here, even if it has to be replayed."""
        place = self.place(row)
        if self.store.get(place.iteration) is None:
            self.store.put(place.iteration, self._workspace.session.record(place.iteration))
            self._known.pop(row, None)

    def partly(self, iteration: int) -> Frame | None:
        """The frame that says how much of an iteration is shown; None where all of it is."""
        frame, furthest = self._workspace.frame, self._furthest
        if self._workspace.session.position.iteration != iteration:
            frame = furthest if furthest and _iteration(furthest) == iteration else None
        return None if frame is None or frame.is_complete else frame

    def cell(self, row: int, column: int) -> Cell | None:
        """What stands in a cell as far as it has come about; None where it has to be fetched."""
        known = self.row(row)
        if known.record is None:
            return None
        cell = self.columns[column].cell(known.record, known.place.sample)
        if known.partly is None or all(map(known.partly.is_shown, cell.quantities)):
            return cell
        return _NOTHING

    def is_changed(self, row: int, column: int, cell: Cell) -> bool:
        """Whether a cell shows a change worth emphasis: a rule changes few of its parameters."""
        if self.columns[column].group is not Group.AFTER or cell.unchanged or not cell.numbers:
            return False
        return self.row(row).few_changes

    def is_miss(self, row: int, column: int) -> bool:
        """Whether a cell shows an output that a rule has to put right."""
        output, known = self._outputs.get(column), self.row(row)
        if output is None or known.record is None or not known.few_changes:
            return False
        arrays, sample = known.record.arrays, known.place.sample
        return bool(arrays["y"][sample, output] != arrays["t"][sample, output])

    def selected_cell(self) -> tuple[int, list[tuple[int, int]]]:
        """The row of the selected quantity, and its columns with the part of the cell; -1: none."""
        quantity = self._selected()
        if quantity is None:
            return -1, []
        rows = self.rows_of(self._workspace.session.position.iteration)
        found = self._at.get(_key(quantity), [])
        if self._extra is not None and _key(self._extra.quantities[0]) == _key(quantity):
            found = [(len(self._chosen), 0)]
        if not found or not rows:
            return -1, []
        place = self.columns[found[0][0]].place
        sample = {"first": 0, "last": len(rows) - 1}.get(place, quantity.sample)
        return rows[min(sample, len(rows) - 1)], found

    def _selected(self) -> Quantity | None:
        """The selected quantity as columns address it; None where the iteration has none such."""
        frame, quantity = self._workspace.frame, self._workspace.selection
        if frame is None or quantity is None or not frame.has(replace(quantity, sample=0)):
            return None
        return frame.output(quantity) if quantity.kind == "y" else quantity

    def ends_epoch(self, row: int) -> bool:
        """Whether an epoch ends with this row."""
        place = self.place(row)
        if place.sample < place.batch - 1:
            return False
        return bool(self._workspace.session.trace.column("epoch_ended")[place.iteration - 1])

    # -- QAbstractTableModel -----------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def text(self, cell: Cell) -> str:
        """A cell in the language of the person."""
        return cell.text(self._preferences.mark, self._preferences.digits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            cell = self.cell(index.row(), index.column())
            return "" if cell is None else self.text(cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            cell = self.cell(index.row(), index.column())
            return cell.exact(self._preferences.mark) if cell is not None else None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            if role != Qt.ItemDataRole.DisplayRole:
                return None
            place = self.place(section)
            return str(place.iteration) if place.sample == 0 else "·"
        if section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == LATEX_ROLE:
            return column.latex
        if role == EXTRA_ROLE:
            return self.is_extra(section)
        if role == GROUP_ROLE:
            # A count is its own heading.
            if not self.has_captions or column.group in COUNTS:
                return None
            if self.is_extra(section):
                # Where the others have no captions it brings none: the rows would jump.
                has_others = any(c.group not in COUNTS for c in self._chosen)
                return self._preferences.say("step_table.selected") if has_others else None
            return self._preferences.say(f"column_group.{column.group}")
        heading = self._preferences.tell(column.heading)
        if role == Qt.ItemDataRole.ToolTipRole and self.is_extra(section):
            return self._preferences.say("step_table.selected_tip", name=heading)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return heading
        return None


def _on_screen(column: Column) -> Column:
    """On screen "-" stands for an unchanged parameter in every table."""
    return replace(column, dashes=column.dashes or column.group is Group.AFTER)


def _key(quantity: Quantity) -> tuple[str, str, int, int]:
    return quantity.kind, quantity.owner, quantity.row, quantity.column


def _iteration(frame: Frame) -> int:
    assert frame.record.metrics is not None
    return frame.record.metrics.iteration
