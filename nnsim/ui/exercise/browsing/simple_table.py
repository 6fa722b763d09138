"""A table of words that is only read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.browsing.parts import dress_table, give_rest

_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SimpleTable(QTableWidget):
    """Rows of words under headings; ``stretched`` is the column that takes the room left over."""

    def __init__(
        self, name: str, headings: Sequence[str], stretched: int, preferences: Preferences
    ) -> None:
        super().__init__(0, len(headings))
        self.setObjectName(name)
        self._heads = [QTableWidgetItem(words) for words in headings]
        for column, head in enumerate(self._heads):
            self.setHorizontalHeaderItem(column, head)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        dress_table(self, preferences)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.horizontalHeader().setDefaultAlignment(side)
        self._stretched = stretched

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows in place of the former ones."""
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, words in enumerate(row):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if _NUMBER.fullmatch(words):
                    item.setTextAlignment(_RIGHT)
                    self._heads[column].setTextAlignment(_RIGHT)
                self.setItem(number, column, item)
        self.resizeColumnsToContents()
        give_rest(self, self._stretched)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        give_rest(self, self._stretched)

    def rows(self) -> list[list[str]]:
        """What is shown."""
        columns = range(self.columnCount())
        return [
            [item.text() if (item := self.item(row, c)) else "" for c in columns]
            for row in range(self.rowCount())
        ]
