"""Weights and biases as a small table: what they are, how they start, where they stand now."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import QTableView, QWidget

from nnsim.core.numbers import format_number, parse_number
from nnsim.document.model import Document
from nnsim.document.naming import row_name, unit_name
from nnsim.engine.record import Quantity
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.number_cells import Index, NumberDelegate, NumberEdit

_NAME, _START, _NOW = range(3)
_COLUMNS = ("parameter", "start", "now")
_ALL_DIGITS = 15


@dataclass(frozen=True, eq=False)
class _Block:
    """The values of one parameter: its name in the plan and its start values."""

    name: str
    start: NDArray[np.float64]

    def index(self, place: int) -> tuple[int, ...]:
        return tuple(int(i) for i in np.unravel_index(place, self.start.shape))


class ParameterModel(QAbstractTableModel):
    """Parameters of the chosen nodes and connections, one value a row.

    ``typed(rows, column, value)``: a number was typed for these rows.
    """

    typed = Signal(object, int, float)

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._preferences = preferences
        self._blocks: list[_Block] = []
        self._starts: list[int] = [0]
        self._now: dict[str, NDArray[np.float64]] = {}
        self._marked: int | None = None
        #: rows that a typed number goes to as well, if one of them is typed into
        self.chosen_rows: frozenset[int] = frozenset()

    # -- what is shown ---------------------------------------------------------------------------

    def show(self, ids: Iterable[str]) -> None:
        """Show the parameters of these nodes (bias and weights coming in) and connections."""
        blocks = list(_blocks(self._workspace.document, frozenset(ids)))
        self._now.clear()
        same = [(b.name, b.start.shape) for b in blocks] == [
            (b.name, b.start.shape) for b in self._blocks
        ]
        if same:
            self._blocks = blocks
            self.refresh()
            return
        self.beginResetModel()
        self._blocks = blocks
        self._starts = [0]
        for block in blocks:
            self._starts.append(self._starts[-1] + block.start.size)
        self._marked = None
        self.endResetModel()

    def refresh(self) -> None:
        """Other names, colours or start values, the same rows."""
        self._now.clear()
        if self._blocks:
            self._repaint(range(self.rowCount()))

    def move(self) -> None:
        """Another moment: of the numbers that stand now, some are others."""
        before, self._now = self._now, {}
        for start, block in zip(self._starts, self._blocks, strict=False):
            former, now = before.get(block.name), self._values(block.name)
            if former is None or now is None or former.shape != now.shape:
                if former is not now:
                    self._repaint(range(start, start + block.start.size))
                continue
            changed = np.flatnonzero((former != now) & ~(np.isnan(former) & np.isnan(now)))
            if changed.size:
                self._repaint(range(start + int(changed[0]), start + int(changed[-1]) + 1))

    def _repaint(self, rows: range) -> None:
        self.dataChanged.emit(self.index(rows[0], _NAME), self.index(rows[-1], _NOW))

    def mark(self, quantity: Quantity | None) -> int | None:
        """Mark the row of a selected quantity; returns it, or None where it is not shown."""
        former, self._marked = self._marked, self._row_of(quantity)
        if former != self._marked:
            for row in (former, self._marked):
                if row is not None:
                    self._repaint(range(row, row + 1))
        return self._marked

    def _row_of(self, quantity: Quantity | None) -> int | None:
        parameter = None if quantity is None else quantity.parameter
        if parameter is None:
            return None
        for start, block in zip(self._starts, self._blocks, strict=False):
            if block.name == parameter.name:
                shape = block.start.shape
                return start + int(np.ravel_multi_index(parameter.index(len(shape)), shape))
        return None

    def place(self, row: int) -> tuple[str, tuple[int, ...]]:
        """Name and index of the parameter in a row."""
        block, index = self._at(row)
        return block.name, index

    def _at(self, row: int) -> tuple[_Block, tuple[int, ...]]:
        number = bisect.bisect_right(self._starts, row) - 1
        block = self._blocks[number]
        return block, block.index(row - self._starts[number])

    def quantity(self, row: int) -> Quantity:
        """The recorded number in a row, after the update where that has come about."""
        name, index = self.place(row)
        kind, _, owner = name.partition(":")
        after = Quantity(f"{kind}+", owner, *index)
        frame = self._workspace.frame
        if frame is not None and frame.has(after) and frame.is_shown(after):
            return after
        return Quantity(kind, owner, *index)

    def value(self, row: int, column: int) -> float | None:
        """A number of the table; None for what stands now where nothing can run."""
        block, index = self._at(row)
        if column == _START:
            return float(block.start[index])
        values = self._values(block.name)
        return None if values is None else float(values[index])

    def _values(self, name: str) -> NDArray[np.float64] | None:
        """What a parameter is now; None where nothing can run."""
        frame = self._workspace.frame
        if frame is None or name not in frame.record:
            return None
        if name not in self._now:
            self._now[name] = frame.parameter(name)
        return self._now[name]

    # -- the Qt model ----------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else self._starts[-1] if self._blocks else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == _NAME:
                return self._name(row)
            return self._preferences.number(self.value(row, column))
        if role == Qt.ItemDataRole.EditRole and column != _NAME:
            value = self.value(row, column)
            mark = self._preferences.mark
            return "" if value is None else format_number(value, mark, _ALL_DIGITS)
        if role == Qt.ItemDataRole.TextAlignmentRole and column != _NAME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        theme = self._preferences.theme
        if role == Qt.ItemDataRole.BackgroundRole and row == self._marked:
            return QBrush(theme.color("accent_soft"))
        if role == Qt.ItemDataRole.ForegroundRole and column != _NAME:
            return QBrush(theme.signed(self.value(row, column) or 0.0))
        return None

    def _name(self, row: int) -> str:
        document = self._workspace.document
        name, index = self.place(row)
        kind, _, owner = name.partition(":")
        if kind == "b":
            return self._preferences.say("column.b", name=row_name(document, owner, index[0]))
        if kind == "u":
            target, source = (unit_name(document, owner, unit) for unit in index)
            return self._preferences.say("column.u", name=target, source=source)
        connection = document.connection(owner)
        return self._preferences.say(
            "column.w",
            name=row_name(document, connection.target, index[0]),
            source=unit_name(document, connection.source, index[1]),
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._preferences.say(f"inspector.column.{_COLUMNS[section]}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._preferences.say(f"inspector.column_tip.{_COLUMNS[section]}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == _NAME or self.value(index.row(), index.column()) is None:
            return flags
        return flags | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() == _NAME:
            return False
        row = index.row()
        rows = self.chosen_rows if row in self.chosen_rows else frozenset({row})
        number = parse_number(str(value))
        if any(self.value(other, index.column()) != number for other in rows):
            self.typed.emit(rows, index.column(), number)
        return True

    @staticmethod
    def is_start(column: int) -> bool:
        """Whether a column holds start values."""
        return column == _START


def _blocks(document: Document, ids: frozenset[str]) -> Iterator[_Block]:
    listed: set[str] = set()
    for node in document.nodes:
        if node.id in ids and not node.is_input:
            for connection in document.incoming(node.id):
                listed.add(connection.id)
                yield _Block(f"w:{connection.id}", connection.weights)
            if node.is_recurrent:
                yield _Block(f"u:{node.id}", node.recurrent)
            yield _Block(f"b:{node.id}", node.bias)
    for connection in document.connections:
        if connection.id in ids and connection.id not in listed:
            yield _Block(f"w:{connection.id}", connection.weights)


class _Delegate(NumberDelegate):
    """Edits a number; a bad entry keeps the editor open and says why."""

    editor_name = "inspector_cell_editor"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if (
            isinstance(watched, NumberEdit)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in keys
            and watched.problem is not None
        ):
            watched.show_problem(watched.problem)
            return True
        return super().eventFilter(watched, event)


class ParameterTable(QTableView):
    """The table; several rows chosen together get a typed number together."""

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_table")
        self._workspace = workspace
        self._preferences = preferences
        use_flat_bars(self, preferences)
        self.parameters = ParameterModel(workspace, preferences, self)
        self.setModel(self.parameters)
        self.setItemDelegate(_Delegate(preferences, self))
        self.verticalHeader().hide()
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectItems)
        triggers = QTableView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        header = self.horizontalHeader()
        header.setSectionResizeMode(_NAME, header.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.selectionModel().selectionChanged.connect(self._chosen)
        self.clicked.connect(self._clicked)
        preferences.zoom_changed.connect(self._size)
        self._size()

    def show_parameters(self, ids: Iterable[str]) -> None:
        """Show the parameters of these nodes and connections."""
        self.parameters.show(ids)

    def mark(self, quantity: Quantity | None) -> None:
        """Mark the row of a selected number and bring it into view."""
        row = self.parameters.mark(quantity)
        if row is not None and not self.hasFocus():
            self.scrollTo(self.parameters.index(row, _NOW))

    def say(self) -> None:
        """Say names and numbers again."""
        self.parameters.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_COLUMNS) - 1)
        self.parameters.refresh()
        self.setAccessibleName(self._preferences.say("inspector.parameters"))

    def _chosen(self) -> None:
        self.parameters.chosen_rows = frozenset(i.row() for i in self.selectedIndexes())

    def _clicked(self, index: QModelIndex) -> None:
        self._workspace.select(self.parameters.quantity(index.row()))

    def _size(self) -> None:
        height = self.fontMetrics().height()
        self.verticalHeader().setDefaultSectionSize(round(height * 1.5))
        width = self.fontMetrics().horizontalAdvance("-0,123456")
        for column in (_START, _NOW):
            self.setColumnWidth(column, round(width * 1.15))
