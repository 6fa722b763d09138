"""Typing a number into a cell: a bad entry keeps the editor open until it is right or given up."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import parse_number
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.data_table_model import DataModel

Index = QModelIndex | QPersistentModelIndex


class NumberEdit(QLineEdit):
    """A field for a number, typed as 0.5, 0,5 or 1/2."""

    def __init__(self, preferences: Preferences, may_be_empty: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data_cell_editor")
        self._preferences = preferences
        self._may_be_empty = may_be_empty
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrame(False)
        self.textEdited.connect(lambda: self.show_problem(None))
        self.show_problem(None)

    @property
    def problem(self) -> Message | None:
        """Why what stands there is no number; None where it is one, or nothing was typed."""
        if self._may_be_empty and not self.text().strip():
            return None
        try:
            parse_number(self.text())
        except NnsimError as error:
            return error.messages[0]
        return None

    def show_problem(self, problem: Message | None) -> None:
        """Frame the field as wrong, or as being typed into."""
        theme = self._preferences.theme
        color = theme.wrong if problem else theme.accent
        self.setStyleSheet(f"border: 2px solid {color}; background: {theme.surface}; padding: 0;")
        self.setToolTip(self._preferences.tell(problem) if problem else "")


class DataDelegate(QStyledItemDelegate):
    """Paints the cells in the colours of the theme, and edits them."""

    def __init__(self, preferences: Preferences, model: DataModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, model = self._preferences.theme, self._model
        row, column = index.row(), index.column()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            ground = theme.mixed("accent", 0.25)
        elif row == model.current:
            ground = theme.color("accent_soft")
        else:
            ground = theme.color("background" if model.is_target(column) else "surface")
        painter.fillRect(rect, ground)
        painter.setPen(theme.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        begins_targets = column + 1 == len(model.table.input_names)
        painter.setPen(theme.color("muted" if begins_targets else "border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        if (row, column) == model.selected:
            painter.fillRect(rect, theme.color("accent"))
            painter.setPen(theme.color("on_accent"))
        else:
            painter.setPen(theme.color("text"))
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text:
            painter.setFont(option.font)
            inner = rect.adjusted(3, 0, -3, 0)
            text = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, text)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        return NumberEdit(self._preferences, self._model.is_new_row(index.row()), parent)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, NumberEdit)
        # A number that is being typed stays when the table changes around it.
        if not editor.isModified():
            editor.setText(index.data(Qt.ItemDataRole.EditRole) or "")
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, NumberEdit)
        text = editor.text()
        if editor.problem is None and editor.isModified() and text.strip():
            model.setData(index, text, Qt.ItemDataRole.EditRole)
