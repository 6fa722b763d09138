"""Undo and redo, with what they undo."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.actions import Actions


class UndoCommands(QObject):
    """Follows the undo stack of the workspace."""

    def __init__(
        self, workspace: Workspace, actions: Actions, preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._stack = stack = workspace.undo_stack
        self._workspace = workspace
        self._actions = actions
        self._preferences = preferences
        standard = QKeySequence.StandardKey
        actions.add("undo", stack.undo, (standard.Undo,))
        actions.add("redo", stack.redo, ("Ctrl+Shift+Z", "Ctrl+Y"))
        stack.indexChanged.connect(self._refresh)
        preferences.language_changed.connect(self._say_again)
        self._refresh()

    def _say_again(self) -> None:
        self._workspace.say_again(self._preferences.say)
        self._refresh()

    def _refresh(self) -> None:
        stack = self._stack
        if not shiboken6.isValid(stack):
            # A stack says once more that it is empty while it is being destroyed.
            return
        for name, possible, what in (
            ("undo", stack.canUndo(), stack.undoText()),
            ("redo", stack.canRedo(), stack.redoText()),
        ):
            self._actions[name].setEnabled(possible)
            # A label may hold "&", which in a menu would underline the next letter.
            self._actions.set_params(name, **({"what": what.replace("&", "&&")} if what else {}))
