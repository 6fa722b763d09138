"""Cells of the table of samples: painted in the colours of the theme, edited as numbers."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.data_table_model import DataModel
from nnsim.ui.panels.number_cells import Index, NumberDelegate


class DataDelegate(NumberDelegate):
    """Paints the cells in the colours of the theme, and edits them."""

    editor_name = "data_cell_editor"

    def __init__(self, preferences: Preferences, model: DataModel, parent: QWidget) -> None:
        super().__init__(preferences, parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, model = self._preferences.theme, self._model
        row, column = index.row(), index.column()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = (row, column) == model.selected
        if is_selected:
            ground = theme.color("accent")
        elif state & QStyle.StateFlag.State_Selected:
            ground = theme.mixed("accent", 0.25)
        elif row == model.current:
            ground = theme.color("accent_soft")
        else:
            ground = theme.color("background" if model.is_target(column) else "surface")
        painter.fillRect(rect, ground)
        if not is_selected:
            x, y, width, height = rect.x(), rect.y(), rect.width(), rect.height()
            begins_targets = column + 1 == len(model.table.input_names)
            border = theme.color("border")
            painter.fillRect(x, y + height - 1, width, 1, border)
            edge = theme.color("muted") if begins_targets else border
            painter.fillRect(x + width - 1, y, 1, height, edge)
        painter.setPen(theme.color("on_accent" if is_selected else "text"))
        text = model.data(index, Qt.ItemDataRole.DisplayRole)
        if text:
            painter.setFont(option.font)
            inner = rect.adjusted(3, 0, -3, 0)
            metrics: QFontMetrics = option.fontMetrics
            if metrics.horizontalAdvance(text) > inner.width():
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, text)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def may_be_empty(self, index: Index) -> bool:
        return self._model.is_new_row(index.row())
