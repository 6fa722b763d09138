"""The sheet as it will be: blank cells open, the others filled; a click changes one."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from nnsim.exercises.sheet import Heading, Sheet
from nnsim.exercises.writing import written
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.exercise.row_headings import RowHeadings
from nnsim.ui.panels.step_table.header import LATEX_ROLE, GroupedHeader

_KEY = Qt.ItemDataRole.UserRole
_BLANK = "____"
_LINE = 1.7


class Preview(QTableWidget):
    """Shows a sheet; ``toggled(key)``: a cell that may be blank was clicked, or Space pressed."""

    toggled = Signal(str)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("making_preview")
        self._preferences = preferences
        use_flat_bars(self, preferences)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setToolTip(preferences.say("making_dialog.preview_tip"))
        self.setHorizontalHeader(GroupedHeader(self, preferences))
        self._rows = RowHeadings(self, preferences)
        self.setVerticalHeader(self._rows)
        self.cellClicked.connect(self._toggle)

    def show_sheet(self, sheet: Sheet, may_be_blank: frozenset[str]) -> None:
        """Show a sheet; the cells of these keys can be made blank or given by a click."""
        theme = self._preferences.theme
        at = self.currentRow(), self.currentColumn()
        self.clear()
        self.setRowCount(len(sheet.rows))
        self.setColumnCount(len(sheet.columns))
        for number, heading in enumerate(sheet.columns):
            self.setHorizontalHeaderItem(number, self._heading(heading))
        for number, heading in enumerate(sheet.rows):
            self.setVerticalHeaderItem(number, self._heading(heading))
        self.verticalHeader().setVisible(sheet.names_rows)
        for cell in sheet.cells:
            answer = written(cell, sheet.expected(cell.key), self._preferences.locale)
            item = QTableWidgetItem(_BLANK if cell.asked else answer)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            item.setData(_KEY, cell.key)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags if cell.key in may_be_blank else Qt.ItemFlag.ItemIsSelectable)
            item.setForeground(QBrush(theme.color("accent" if cell.asked else "text")))
            if cell.asked:
                item.setToolTip(answer)
            self.setItem(cell.row, cell.column, item)
        self.resizeColumnsToContents()
        line = round(_LINE * self.fontMetrics().height())
        self._rows.fit(0, self.width() // 2)
        for row in range(self.rowCount()):
            self.setRowHeight(row, max(line, math.ceil(self._rows.wanted_height(row))))
        if at[0] >= 0:
            self.setCurrentCell(*at)

    def _heading(self, heading: Heading) -> QTableWidgetItem:
        item = QTableWidgetItem(self._preferences.tell(heading.words))
        item.setData(LATEX_ROLE, heading.latex)
        return item

    def _toggle(self, row: int, column: int) -> None:
        item = self.item(row, column)
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.toggled.emit(item.data(_KEY))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._toggle(self.currentRow(), self.currentColumn())
        else:
            super().keyPressEvent(event)

    def rect_of(self, key: str) -> QRect:
        """Where a cell is on the viewport."""
        for row in range(self.rowCount()):
            for column in range(self.columnCount()):
                item = self.item(row, column)
                if item is not None and item.data(_KEY) == key:
                    return self.visualItemRect(item)
        raise KeyError(key)
