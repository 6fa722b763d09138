"""The trace as a Qt model: a row for each sample of each computed iteration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
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
from nnsim.session.table import Cell, Column, Group
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.step_table.columns import ShownColumns, on_screen
from nnsim.ui.panels.step_table.header import EXTRA_ROLE, GROUP_ROLE, LATEX_ROLE
from nnsim.ui.panels.step_table.places import Place, Places
from nnsim.ui.panels.step_table.records import RecordStore
from nnsim.ui.panels.step_table.seen import Seen, iteration_of

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_NOTHING = Cell()
_ROWS_KNOWN, _CELLS_KNOWN = 512, 8192
# A step of more moments than this is taken to change every row of its iteration.
_MOMENTS_LOOKED_AT = 256
# The rules that change something only where the output is wrong.
_RULES_OF_FEW_CHANGES = ("course", "perceptron")


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

    A record that is not here yet leaves its row blank and is remembered in ``missed``.  The extra
    column at the right end is told about in ``ShownColumns``.
    ``changed()``: what was read of the cells before no longer holds.  ``extra_changed(number)``:
    the same of the extra column alone, which came, went or shows another quantity.
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
        self._shown = ShownColumns()
        self._places = Places()
        self._seen = Seen()
        self.missed = False
        self._known: dict[int, Row] = {}
        self._shown_from: dict[tuple[int, int], int] = {}
        self.changed.connect(self._shown_from.clear)
        self.extra_changed.connect(self._forget_column)
        self.store.arrived.connect(lambda *_: self._known.clear())

    # -- contents --------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[Column, ...]:
        """The chosen columns, and after them the extra one if there is one."""
        return self._shown.all

    @property
    def has_captions(self) -> bool:
        """Whether the columns bear captions of what they have in common."""
        return self._shown.has_captions

    def set_columns(self, columns: Sequence[Column], has_captions: bool) -> None:
        """Show other columns.  The iteration stands beside the rows and is no column."""
        chosen = tuple(on_screen(c) for c in columns if c.group is not Group.ITERATION)
        if (chosen, has_captions) != (self._shown.chosen, self._shown.has_captions):
            self.beginResetModel()
            self._shown.choose(chosen, has_captions)
            self.endResetModel()
            self.changed.emit()
        self.show_selected()

    def show_selected(self) -> None:
        """Give the selected quantity the extra column if no chosen column shows it."""
        document, frame = self._workspace.document, self._workspace.frame
        self._put_extra(self._shown.wanted_extra(document, frame, self._selected()))

    def _put_extra(self, column: Column | None) -> None:
        shown, before = self._shown, self._shown.extra
        if column is before or column == before:
            return
        number = len(shown.chosen)
        if before is None:
            self.beginInsertColumns(_NOWHERE, number, number)
            shown.set_extra(column)
            self.endInsertColumns()
        elif column is None:
            self.beginRemoveColumns(_NOWHERE, number, number)
            shown.set_extra(None)
            self.endRemoveColumns()
        else:
            # Without headerDataChanged: a view answers that by laying out all of its table.
            shown.set_extra(column)
        self.extra_changed.emit(number)

    def _forget_column(self, column: int) -> None:
        for key in [key for key in self._shown_from if key[1] == column]:
            del self._shown_from[key]

    def is_selected(self, quantity: Quantity) -> bool:
        """Whether this very quantity is selected."""
        return self._workspace.selection == quantity

    def is_extra(self, column: int) -> bool:
        """Whether a column is the extra one."""
        return self._shown.is_extra(column)

    def forget(self, valid: int | None) -> None:
        """The document changed; iterations after ``valid`` are no longer what they were."""
        self._known.clear()
        self.store.use(self._workspace.session, valid)
        if valid is None:
            return
        self.changed.emit()
        self._seen.forget(valid)
        self._set_places(self._places.kept(valid))

    def drop_extra(self) -> None:
        """Another project: its table begins without an extra column."""
        self._put_extra(None)

    def sync(self) -> None:
        """Have a row for all that is computed."""
        session, frame = self._workspace.session, self._workspace.frame
        self._known.clear()
        if frame is not None:
            self.store.put(iteration_of(frame), frame.record)
            self._seen.note(frame)
        self.show_selected()
        computed = session.computed
        if computed != self._places.iterations:
            batch = session.trace.column("batch") if computed else np.zeros(0, dtype=np.int64)
            self._set_places(self._places.grown(batch))

    def _set_places(self, places: Places) -> None:
        before, rows = self._places.rows, places.rows
        if rows > before:
            self.beginInsertRows(_NOWHERE, before, rows - 1)
            self._places = places
            self.endInsertRows()
        elif rows < before:
            self.beginRemoveRows(_NOWHERE, rows, before - 1)
            self._places = places
            self.endRemoveRows()
        else:
            self._places = places

    # -- places ----------------------------------------------------------------------------------

    def place(self, row: int) -> Place:
        """Where a row stands."""
        return self._places.place(row)

    def rows_of(self, iteration: int) -> range:
        """The rows of an iteration; none where it is not computed."""
        return self._places.rows_of(iteration)

    @property
    def iterations(self) -> int:
        """How many iterations have rows."""
        return self._places.iterations

    @property
    def frame(self) -> Frame | None:
        """What can be seen at the position."""
        return self._workspace.frame

    @property
    def reached(self) -> int:
        """Iterations that have been seen to their end."""
        return self._seen.reached

    @property
    def current_row(self) -> int | None:
        """The row of the sample that is looked at."""
        frame = self._workspace.frame
        if frame is None:
            return None
        rows = self.rows_of(self._workspace.session.position.iteration)
        return rows[min(frame.sample, len(rows) - 1)] if rows else None

    def cells_between(
        self, before: Frame, after: Frame, columns: Iterable[int]
    ) -> list[tuple[int, int]]:
        """Cells (row, column) of these columns that come or go between two frames of the iteration
        that is looked at."""
        all_rows = self.rows_of(iteration_of(after))
        rows: Iterable[int] = all_rows
        first, last = sorted((before.done, after.done))
        if len(all_rows) > 1 and last - first <= _MOMENTS_LOOKED_AT:
            # What belongs to the whole iteration stands in its last row.
            samples = {len(all_rows) - 1} | {
                after.walk[k].quantity.sample for k in range(first, last)
            }
            rows = {all_rows[min(sample, len(all_rows) - 1)] for sample in samples}
        columns = list(columns)
        return [
            (row, column)
            for row in rows
            for column in columns
            if first < self.shown_from(row, column, after) <= last
        ]

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
        return self._seen.partly(iteration, self._workspace.frame)

    def whole_cell(self, row: int, column: int) -> Cell | None:
        """What stands in a cell once all of it has come about; None where it has to be fetched."""
        known = self.row(row)
        if known.record is None:
            return None
        return self.columns[column].cell(known.record, known.place.sample)

    def cell(self, row: int, column: int) -> Cell | None:
        """What stands in a cell as far as it has come about; None where it has to be fetched."""
        return self.whole_cell(row, column) if self.is_shown(row, column) else _NOTHING

    def is_shown(self, row: int, column: int) -> bool:
        """Whether all that a cell shows has come about."""
        partly = self.row(row).partly
        return partly is None or self.shown_from(row, column, partly) <= partly.done

    def shown_from(self, row: int, column: int, frame: Frame) -> int:
        """How many moments of its iteration it takes until a cell is shown; ``frame``: any."""
        key = (row, column)
        found = self._shown_from.get(key)
        if found is None:
            cell = self.whole_cell(row, column)
            if cell is None:
                return 0
            if len(self._shown_from) >= _CELLS_KNOWN:
                self._shown_from.clear()
            found = max(map(frame.shown_from, cell.quantities), default=0)
            self._shown_from[key] = found
        return found

    def is_changed(self, row: int, column: int, cell: Cell) -> bool:
        """Whether a cell shows a change worth emphasis: a rule changes few of its parameters."""
        if self.columns[column].group is not Group.AFTER or cell.unchanged or not cell.numbers:
            return False
        return self.row(row).few_changes

    def is_miss(self, row: int, column: int) -> bool:
        """Whether a cell shows an output that a rule has to put right."""
        output, known = self._shown.output(column), self.row(row)
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
        found = self._shown.find(quantity)
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
        return 0 if parent.isValid() else self._places.rows

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
                has_others = any(c.group not in COUNTS for c in self._shown.chosen)
                return self._preferences.say("step_table.extra") if has_others else None
            return self._preferences.say(f"column_group.{column.group}")
        heading = self._preferences.tell(column.heading)
        if role == Qt.ItemDataRole.ToolTipRole and self.is_extra(section):
            return self._preferences.say("step_table.extra_tip", name=heading)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return heading
        return None
