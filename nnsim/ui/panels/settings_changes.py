"""The changes made in the middle of the run: when, what, from which value to which."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message
from nnsim.document.changes import ParameterChange, SettingChange, changes_of, without_change
from nnsim.document.naming import row_name, unit_name
from nnsim.engine.record import Quantity
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace

# Codes in the catalogue of values that are no words.
_CODES = {">=": "ge", ">": "gt"}


def value_words(preferences: Preferences, name: str, value: object) -> str:
    """A value of a setting or convention as a person reads it."""
    if isinstance(value, bool):
        return preferences.say("answer.yes" if value else "answer.no")
    if isinstance(value, str):
        return preferences.say(f"{name}.{_CODES.get(value, value)}")
    assert isinstance(value, int | float)
    return preferences.number(value, 15)


class ChangesList(QWidget):
    """One line a change; go to where it was made, or take it back."""

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._preferences = preferences
        self._changes: list[SettingChange | ParameterChange] = []
        self._title = QLabel()
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._list = QListWidget()
        self._list.setObjectName("changes_list")
        self._list.setWordWrap(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemActivated.connect(self._go)
        self._list.currentRowChanged.connect(self._refresh_buttons)
        self._go_button = QPushButton()
        self._go_button.setObjectName("changes_go")
        self._go_button.clicked.connect(self._go)
        self._remove_button = QPushButton()
        self._remove_button.setObjectName("changes_remove")
        self._remove_button.clicked.connect(self._remove)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self._list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)
        buttons = QHBoxLayout()
        buttons.addWidget(self._go_button)
        buttons.addWidget(self._remove_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 10)
        layout.addWidget(self._title)
        layout.addWidget(self._list)
        layout.addLayout(buttons)
        preferences.language_changed.connect(self.refresh)
        preferences.zoom_changed.connect(self._size)
        self._size()
        self.refresh()

    def refresh(self) -> None:
        """Show the changes of the document as it is now."""
        say = self._preferences.say
        self._title.setText(say("training.changes"))
        self._list.setAccessibleName(say("training.changes"))
        self._go_button.setText(say("training.go"))
        self._go_button.setToolTip(say("training.go_tip"))
        self._remove_button.setText(say("training.remove"))
        self._remove_button.setToolTip(say("training.remove_tip"))
        row = self._list.currentRow()
        self._changes = list(changes_of(self._workspace.document))
        self._list.clear()
        for change in self._changes:
            QListWidgetItem(self._words(change), self._list)
        self._list.setCurrentRow(min(max(row, 0), len(self._changes) - 1))
        self._refresh_buttons()
        self.setVisible(bool(self._changes))

    def _refresh_buttons(self) -> None:
        chosen = 0 <= self._list.currentRow() < len(self._changes)
        self._go_button.setEnabled(chosen and self._workspace.session.is_ready)
        self._remove_button.setEnabled(chosen)

    def _words(self, change: SettingChange | ParameterChange) -> str:
        if isinstance(change, SettingChange):
            words = "setting" if change.part == "training" else "convention"
            what: Message | str = Message(f"{words}.{change.name}")
            before = value_words(self._preferences, change.name, change.before)
            after = value_words(self._preferences, change.name, change.after)
        else:
            what = self._parameter(change)
            before = self._before(change)
            after = self._preferences.number(change.edit.value)
        params = {"n": change.iteration, "what": what, "before": before, "after": after}
        return self._preferences.say("training.change" if before else "training.set", **params)

    def _parameter(self, change: ParameterChange) -> Message:
        document = self._workspace.document
        kind, _, owner = change.edit.name.partition(":")
        index = change.edit.index
        if kind == "b":
            return Message("column.b", {"name": row_name(document, owner, index[0])})
        connection = document.connection(owner)
        params = {
            "name": row_name(document, connection.target, index[0]),
            "source": unit_name(document, connection.source, index[1]),
        }
        return Message("column.w", params)

    def _before(self, change: ParameterChange) -> str:
        """The value that training had come to; "" where the run has not come so far."""
        session = self._workspace.session
        if session.computed < change.iteration:
            return ""
        kind, _, owner = change.edit.name.partition(":")
        quantity = Quantity(f"{kind}+", owner, *change.edit.index)
        return self._preferences.number(session.record(change.iteration).value(quantity))

    def _go(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._changes):
            self._workspace.go_to(self._changes[row].iteration)

    def _remove(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._changes):
            change = self._changes[row]
            label = self._preferences.say("training.remove_undo")
            self._workspace.edit(lambda document: without_change(document, change), label)

    def _size(self) -> None:
        self._list.setFixedHeight(round(110 * self._preferences.zoom))
