"""The samples as a Qt model: what is shown, marked and typed; it never changes the document."""

from __future__ import annotations

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

from nnsim.core.numbers import exact_text, format_number
from nnsim.data import Table
from nnsim.data.limits import MAX_ROWS
from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.step_table import GROUP_ROLE

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_DIGITS = 10


class DataModel(QAbstractTableModel):
    """One row a sample, and an empty one below them that becomes a sample when it is filled in.

    ``typed(row, column, text)``: a person typed into a cell; whoever listens makes the edit.
    """

    typed = Signal(int, int, str)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.table = Table(("x1",), ("y",), np.zeros((0, 1)), np.zeros((0, 1)))
        #: rows of the batch that is being looked at, and the one of its sample that is
        self.batch: frozenset[int] = frozenset()
        self.current: int | None = None
        #: the cell of the selected quantity
        self.selected: tuple[int, int] | None = None

    def show(self, table: Table) -> None:
        """Show another table; where the shape is the same only the numbers are new."""
        old = self.table
        if (old.names, old.input_names) != (table.names, table.input_names):
            self.beginResetModel()
            self.table = table
            self.endResetModel()
            return
        before, after = _rows(old), _rows(table)
        # At the end, so that a cell which was just typed into the empty row stays where it is.
        if after > before:
            self.beginInsertRows(_NOWHERE, before, after - 1)
            self.table = table
            self.endInsertRows()
        elif after < before:
            self.beginRemoveRows(_NOWHERE, after, before - 1)
            self.table = table
            self.endRemoveRows()
        self.table = table
        self.dataChanged.emit(self.index(0, 0), self.index(after - 1, self.columnCount() - 1))

    def mark(
        self, frame: Frame | None, selection: Quantity | None, sample: int | None = None
    ) -> set[int]:
        """Mark the samples that the frame is about, or in their place the selected ``sample``.

        Returns the rows that look different now.
        """
        before = self.current, self.selected, self.batch
        samples = frame.record.metrics.samples if frame and frame.record.metrics else ()
        self.current = samples[frame.sample] if frame and samples else None
        if sample is not None:
            self.current = sample
        # Where every row is of the batch, marking all of them would say nothing.
        if len(samples) >= len(self.table):
            self.batch = frozenset()
        elif frozenset(samples) != self.batch:
            self.batch = frozenset(samples)
        self.selected = self._cell_of(frame, selection)
        changed = set(before[2] ^ self.batch)
        if before[0] != self.current:
            changed |= {row for row in (before[0], self.current) if row is not None}
        if before[1] != self.selected:
            changed |= {cell[0] for cell in (before[1], self.selected) if cell is not None}
        return changed

    def _cell_of(self, frame: Frame | None, quantity: Quantity | None) -> tuple[int, int] | None:
        if frame is None or quantity is None or frame.record.metrics is None:
            return None
        samples = frame.record.metrics.samples
        column = _column_of(frame, quantity)
        if column is None or quantity.sample >= len(samples):
            return None
        return samples[quantity.sample], column

    def quantity_at(self, frame: Frame | None, row: int, column: int) -> Quantity | None:
        """The recorded quantity that stands in a cell, if the frame is about its sample."""
        if frame is None or frame.record.metrics is None:
            return None
        samples = frame.record.metrics.samples
        if row not in samples:
            return None
        sample = samples.index(row)
        split = len(self.table.input_names)
        if column >= split:
            return Quantity("t", row=column - split, sample=sample)
        for node, units in frame.spec.inputs:
            if column < units:
                return Quantity("a", node, column, sample=sample)
            column -= units
        return None

    # -- QAbstractTableModel -----------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else _rows(self.table)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.table.names)

    def is_new_row(self, row: int) -> bool:
        """Whether this is the empty row below the samples."""
        return row >= len(self.table)

    def value(self, row: int, column: int) -> float:
        """The number in a cell."""
        split = len(self.table.input_names)
        if column < split:
            return float(self.table.inputs[row, column])
        return float(self.table.targets[row, column - split])

    def is_target(self, column: int) -> bool:
        """Whether a column holds targets."""
        return column >= len(self.table.input_names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.is_new_row(index.row()):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            value = self.value(index.row(), index.column())
            return format_number(value, self._preferences.mark, _DIGITS)
        if role in (Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return exact_text(self.value(index.row(), index.column()), self._preferences.mark)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.typed.emit(index.row(), index.column(), str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole:
                return "+" if self.is_new_row(section) else str(section + 1)
            if role == Qt.ItemDataRole.ToolTipRole and self.is_new_row(section):
                return self._preferences.say("data_table.new_row")
            return None
        if section >= len(self.table.names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.names[section]
        if role == GROUP_ROLE:
            kind = "targets" if self.is_target(section) else "inputs"
            return self._preferences.say(f"data_table.{kind}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._preferences.say("data_table.heading_tip", name=self.table.names[section])
        return None


def _rows(table: Table) -> int:
    """Rows on screen: the samples and the empty row below them."""
    return min(len(table) + 1, MAX_ROWS)


def _column_of(frame: Frame, quantity: Quantity) -> int | None:
    """The column of the data that a quantity comes from."""
    start = 0
    for node, units in frame.spec.inputs:
        if quantity.kind == "a" and quantity.owner == node:
            return start + (quantity.step or 0) * frame.spec.shapes[node][-1] + quantity.row
        start += units
    return start + quantity.row if quantity.kind == "t" else None
