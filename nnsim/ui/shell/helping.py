"""The commands of the Help menu; the sheet of keys is made from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.canvas.keys import KEY_HELP
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.menus import Menus

if TYPE_CHECKING:
    from nnsim.ui.shell.dialogs.help import KeyGroup

#: Keys that belong to no action: key names as Qt writes them, and what they do.
_OTHER_KEYS = (("Space", "keys.space"), ("PgDown", "keys.page_down"), ("PgUp", "keys.page_up"))


class HelpCommands(QObject):
    """Keyboard sheet, what nnsim is, about."""

    def __init__(self, window: QMainWindow, actions: Actions, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._preferences = preferences
        self._menus: Menus | None = None
        actions.add("keys", self._show_keys, ("F1",))
        actions.add("what_is", self._show_what_is)
        actions.add("about", self._show_about)

    def fill(self, menus: Menus) -> None:
        """Take the keys from these menus."""
        self._menus = menus

    def _show_what_is(self) -> None:
        from nnsim.ui.shell.dialogs.help import what_is_dialog

        what_is_dialog(self._window, self._preferences).open()

    def _show_about(self) -> None:
        from nnsim.ui.shell.dialogs.help import about_dialog

        about_dialog(self._window, self._preferences).open()

    def _show_keys(self) -> None:
        from nnsim.ui.shell.dialogs.help import keys_dialog

        keys_dialog(self._window, self._preferences, self.groups()).open()

    def groups(self) -> list[KeyGroup]:
        """All keys by menu, and those of the canvas that are in none."""
        assert self._menus is not None
        keys_of = {self._actions[name]: self._actions.keys(name) for name in self._actions}
        groups: list[KeyGroup] = []
        for menu in self._menus.titles().values():
            rows = [
                (_keys(keys), _plain(action.text()))
                for action in _actions_of(menu)
                if (keys := keys_of.get(action, []))
            ]
            if rows:
                groups.append((_plain(menu.title()), rows))
        say = self._preferences.say
        rows = [(_keys([QKeySequence(keys)]), say(key)) for keys, key in (*KEY_HELP, *_OTHER_KEYS)]
        groups.append((say("keys.on_canvas"), rows))
        return groups


def _actions_of(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            yield from _actions_of(submenu)
        elif not action.isSeparator():
            yield action


def _keys(shortcuts: Sequence[QKeySequence]) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return "  ·  ".join(shortcut.toString(native) for shortcut in shortcuts)


def _plain(text: str) -> str:
    text = text.partition("\t")[0]
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")
