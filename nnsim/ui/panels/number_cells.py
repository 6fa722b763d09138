"""Typing a number into a cell: a bad entry keeps the editor open until it is right or given up."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import parse_number
from nnsim.ui.bridge.preferences import Preferences

Index = QModelIndex | QPersistentModelIndex


class NumberEdit(QLineEdit):
    """A field for a number, typed as 0.5, 0,5 or 1/2."""

    def __init__(self, preferences: Preferences, may_be_empty: bool, parent: QWidget) -> None:
        super().__init__(parent)
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


class NumberDelegate(QStyledItemDelegate):
    """Edits numbers in a ``NumberEdit``, which is called ``editor_name``."""

    editor_name = "cell_editor"

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences = preferences

    def may_be_empty(self, index: Index) -> bool:
        """Whether a cell may be left without a number."""
        return False

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = NumberEdit(self._preferences, self.may_be_empty(index), parent)
        editor.setObjectName(self.editor_name)
        return editor

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
