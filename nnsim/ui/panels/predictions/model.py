"""Predictions as a Qt model: sorted, filtered, numbers written when they are seen."""

from __future__ import annotations

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
from PySide6.QtGui import QImage

from nnsim.core.numbers import exact_text
from nnsim.data import Table
from nnsim.engine.classes import NO_CLASS
from nnsim.session.predictions import Predictions
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.predictions.columns import (
    Column,
    columns_of,
    order_of,
    picture_side,
    values_of,
)
from nnsim.ui.panels.step_table import GROUP_ROLE

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_DIGITS = 5
# No number of so many digits is wider.
_WIDEST = "-0.00000e-00"
_ARROWS = {Qt.SortOrder.AscendingOrder: "▲", Qt.SortOrder.DescendingOrder: "▼"}


class PredictionsModel(QAbstractTableModel):
    """One row a sample of some predictions.

    Rows come in the order of ``sort``, in that of the table at first; ``choose`` says which of them
    are shown.  It is told of new predictions by ``show``.  ``samples_changed()``: the same columns
    hold other samples.
    """

    samples_changed = Signal()

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.data_table = Table(("x1",), ("y",), np.zeros((0, 1)), np.zeros((0, 1)))
        self.predictions: Predictions | None = None
        self.columns: tuple[Column, ...] = ()
        self.side: int | None = None
        self._order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._sorted: tuple[Column, Qt.SortOrder] | None = None
        self._only_wrong = False
        self._cell: tuple[int, int] | None = None
        self._pictures: dict[int, QImage] = {}

    # -- what is shown ---------------------------------------------------------------------------

    def show(
        self, data: Table, predictions: Predictions | None, are_sequences: bool = False
    ) -> None:
        """Show predictions for samples of a table; None shows nothing."""
        columns: tuple[Column, ...] = ()
        if predictions is not None:
            columns = columns_of(data, predictions, are_sequences)
        has_other_samples = data is not self.data_table
        if has_other_samples:
            self._pictures.clear()
        self.side = picture_side(data, are_sequences)
        is_other = columns != self.columns
        if is_other and self._sorted is not None and self._sorted[0] not in columns:
            self._sorted = None
        before = len(self._order)
        if is_other:
            self.beginResetModel()
        self.data_table, self.predictions, self.columns = data, predictions, columns
        self._arrange(is_other, before)
        if has_other_samples and not is_other:
            self.samples_changed.emit()

    def choose(self, only_wrong: bool = False, cell: tuple[int, int] | None = None) -> None:
        """Show only samples of the wrong class, or only those of a class taken for another.

        ``cell`` is (wanted class, found class).
        """
        if (only_wrong, cell) != (self._only_wrong, self._cell):
            self._only_wrong, self._cell = only_wrong, cell
            self._arrange(False, len(self._order))

    def _arrange(self, is_reset: bool, before: int) -> None:
        """Find the rows anew; Qt hears of it as of little as there is."""
        order = self._found_order()
        is_same_order = np.array_equal(order, self._order)
        if is_reset:
            self._order = order
            self.endResetModel()
        elif len(order) < before:
            self.beginRemoveRows(_NOWHERE, len(order), before - 1)
            self._order = order
            self.endRemoveRows()
        elif len(order) > before:
            self.beginInsertRows(_NOWHERE, before, len(order) - 1)
            self._order = order
            self.endInsertRows()
        self._order = order
        if len(order) and self.columns:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(order) - 1, len(self.columns) - 1)
            )
            if not is_same_order:
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(order) - 1)

    def _found_order(self) -> NDArray[np.int64]:
        predictions = self.predictions
        if predictions is None:
            return np.zeros(0, dtype=np.int64)
        chosen = np.ones(len(predictions), dtype=np.bool_)
        if self._only_wrong and predictions.has_classes:
            chosen &= predictions.is_wrong
        if self._cell is not None and predictions.has_classes:
            wanted, found = self._cell
            chosen &= predictions.wanted_classes == wanted
            chosen &= predictions.found_classes == found
        places = np.flatnonzero(chosen)
        if self._sorted is None:
            return places
        column, order = self._sorted
        values = values_of(column, self.data_table, predictions)[places]
        return places[order_of(values, order == Qt.SortOrder.DescendingOrder)]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Rows in the order of a column from now on; -1 is the order of the table."""
        self._sorted = (self.columns[column], order) if 0 <= column < len(self.columns) else None
        self._arrange(False, len(self._order))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(len(self.columns) - 1, 0))

    @property
    def sorting(self) -> tuple[int, Qt.SortOrder] | None:
        """The column that rows are sorted by and how; None: they come as in the table."""
        if self._sorted is None:
            return None
        return self.columns.index(self._sorted[0]), self._sorted[1]

    @property
    def shown(self) -> NDArray[np.int64]:
        """Row numbers in the table of samples, in the order in which they are shown."""
        if self.predictions is None:
            return np.zeros(0, dtype=np.int64)
        return self.predictions.rows[self._order]

    def chosen_predictions(self) -> Predictions:
        """The predictions that are shown, in the order in which they are.

        There must be some predictions.
        """
        assert self.predictions is not None
        return self.predictions.take(self._order)

    def sample_at(self, row: int) -> int:
        """The row number in the table of samples of a row."""
        assert self.predictions is not None
        return int(self.predictions.rows[self._order[row]])

    def row_of(self, sample: int | None) -> int | None:
        """The row in which a sample is shown, if it is."""
        if sample is None:
            return None
        found = np.flatnonzero(self.shown == sample)
        return int(found[0]) if len(found) else None

    # -- cells -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def is_wrong(self, row: int) -> bool:
        """Whether the sample of a row is taken for another class than its own."""
        return self.predictions is not None and bool(self.predictions.is_wrong[self._order[row]])

    def picture(self, row: int) -> QImage | None:
        """The inputs of a row as a grey picture, a byte a pixel; None where they are none."""
        if self.side is None:
            return None
        sample = self.sample_at(row)
        if sample not in self._pictures:
            largest = float(self.data_table.inputs.max()) or 1.0
            pixels = (self.data_table.inputs[sample] / largest * 255).astype(np.uint8)
            side = self.side
            image = QImage(pixels.tobytes(), side, side, side, QImage.Format.Format_Alpha8)
            self._pictures[sample] = image.copy()
        return self._pictures[sample]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), self.columns[index.column()])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), self.columns[index.column()], exact=True)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def text(self, row: int, column: Column, exact: bool = False) -> str:
        """What stands in a cell; with all digits where it is asked for ``exact``."""
        predictions, place = self.predictions, int(self._order[row])
        assert predictions is not None
        if column.kind == "picture":
            return ""
        if column.kind in ("wanted_class", "found"):
            is_found = column.kind == "found"
            number = (predictions.found_classes if is_found else predictions.wanted_classes)[place]
            if number == NO_CLASS:
                return self._preferences.say("predictions.no_class")
            mark = ("✗ " if predictions.is_wrong[place] else "✓ ") if is_found else ""
            return mark + predictions.classes[number]
        value = self._number(column, place)
        if exact:
            return exact_text(value, self._preferences.mark)
        return self._preferences.number(value, min(_DIGITS, self._preferences.digits))

    def widest(self, column: Column) -> list[str]:
        """Texts the widest of which is as wide as any that a column can come to hold."""
        predictions = self.predictions
        if predictions is None or column.kind == "picture":
            return []
        if column.kind in ("wanted_class", "found"):
            none = self._preferences.say("predictions.no_class")
            return [none, *(f"✗ {name}" for name in predictions.classes)]
        if column.kind in ("input", "wanted"):
            values = values_of(column, self.data_table, predictions)
            if (values == np.rint(values)).all() and (np.abs(values) < 10**_DIGITS).all():
                ends = (values.min(initial=0), values.max(initial=0))
                return [self._preferences.number(float(value), _DIGITS) for value in ends]
        return [_WIDEST]

    def _number(self, column: Column, place: int) -> float:
        predictions = self.predictions
        assert predictions is not None
        if column.kind == "input":
            return float(self.data_table.inputs[predictions.rows[place], column.index])
        if column.kind == "wanted":
            return float(predictions.wanted[place, column.index])
        if column.kind == "output":
            return float(predictions.predicted[place, column.index])
        return float(predictions.errors[place])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole and section < len(self._order):
                return str(self.sample_at(section) + 1)
            return None
        if section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == GROUP_ROLE:
            group = column.group
            # Where there are no classes, what the outputs give is what is predicted.
            if group == "outputs" and self.predictions and not self.predictions.has_classes:
                group = "predicted"
            return self._preferences.say(f"predictions.{group}") if group else None
        if role == Qt.ItemDataRole.DisplayRole:
            words = self._heading(column)
            if self._sorted is not None and self._sorted[0] == column:
                words = f"{words} {_ARROWS[self._sorted[1]]}"
            return words
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._preferences.say(f"predictions.tip_{column.kind}", name=column.name)
        return None

    def _heading(self, column: Column) -> str:
        say = self._preferences.say
        if column.kind == "error":
            several = len(self.data_table.target_names) > 1
            return say("predictions.errors" if several else "predictions.error")
        if column.kind in ("wanted_class", "found"):
            return say("predictions.class")
        return say("predictions.picture") if column.kind == "picture" else column.name
