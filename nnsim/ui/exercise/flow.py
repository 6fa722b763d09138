"""Widgets in a line, and in the next one where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """Lays widgets out as words in a paragraph, each as large as it wants to be."""

    def __init__(self, parent: QWidget, spacing: int) -> None:
        super().__init__(parent)
        self.setContentsMargins(QMargins(0, 0, 0, 0))
        self._items: list[QLayoutItem] = []
        self._gap = spacing

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, is_trial=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.sizeHint())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, is_trial: bool) -> int:
        """Place every widget; returns how high they are together."""
        x, y, line = rect.x(), rect.y(), 0
        rows: list[list[tuple[QLayoutItem, int, QSize]]] = [[]]
        heights = []
        for item in self._shown():
            size = item.sizeHint()
            if rows[-1] and x + size.width() > rect.x() + rect.width():
                heights.append(line)
                rows.append([])
                x, line = rect.x(), 0
            rows[-1].append((item, x, size))
            x += size.width() + self._gap
            line = max(line, size.height())
        heights.append(line)
        for row, height in zip(rows, heights, strict=True):
            for item, left, size in row if not is_trial else ():
                # In the middle of their line, where they are not of one height.
                top = y + (height - size.height()) // 2
                item.setGeometry(QRect(QPoint(left, top), size))
            y += height + self._gap
        return y - self._gap - rect.y()
