"""The menu bar: which actions stand in which menu, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.actions import Actions

SEPARATOR = "-"
#: Menus and submenus by name; ">name" is a submenu, "-" a line, any other an action.
MENUS: Mapping[str, Sequence[str]] = {
    "file": (
        "new",
        "open",
        ">recent",
        "examples",
        "-",
        "save",
        "save_as",
        "-",
        "export_trace",
        ">export_picture",
        ">copy_picture",
        "-",
        "quit",
    ),
    "edit": (
        "undo",
        "redo",
        "-",
        "cut",
        "copy",
        "paste",
        "duplicate",
        "delete",
        "-",
        "select_all",
    ),
    "diagram": ("type_new", "-", "connect", "rename", "edit_value", "-", ">align"),
    "run": (
        "forward",
        "back",
        "play",
        "run",
        "run_epochs",
        "reset",
        "-",
        ">level",
        "faster",
        "slower",
        "-",
        "experiments",
    ),
    "view": (
        ">panels",
        ">layout",
        "-",
        "fit",
        "zoom_in",
        "zoom_out",
        "zoom_normal",
        "-",
        ">zoom",
        ">digits",
        ">maps",
        "-",
        ">language",
        ">theme",
        "-",
        "full_screen",
    ),
    "exercises": (
        "exercise_catalogue",
        ">shipped",
        "exercise_open",
        "exercise_resume",
        "exercise_attempts",
        "-",
        "exercise_hint",
        "exercise_show_me",
        "exercise_finish",
        "exercise_again",
        "exercise_variant",
        "-",
        "exercise_leave",
        "-",
        "make_exercise",
        "change_exercise",
        "hand_out",
        "class_results",
    ),
    "help": ("keys", "what_is", "-", "about"),
}
TOP = ("file", "edit", "diagram", "run", "exercises", "view", "help")


class Menus(QObject):
    """The menu bar, which is there at once, and the menus, which ``build`` puts together."""

    def __init__(self, window: QMainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._menus: dict[str, QMenu] = {}
        for name in TOP:
            window.menuBar().addMenu(self._menu(name))
        preferences.language_changed.connect(self._say)
        self._say()

    def build(self, actions: Actions) -> None:
        """Put the actions in their menus."""
        for name in TOP:
            self._extend(name, actions)
        self._say()

    def _menu(self, name: str) -> QMenu:
        if name not in self._menus:
            menu = QMenu(self._window)
            menu.setObjectName(f"menu_{name}")
            menu.setToolTipsVisible(False)
            self._menus[name] = menu
        return self._menus[name]

    def __getitem__(self, name: str) -> QMenu:
        return self._menus[name]

    def _extend(self, name: str, actions: Actions) -> None:
        menu = self._menu(name)
        for entry in MENUS[name]:
            if entry == SEPARATOR:
                menu.addSeparator()
            elif entry.startswith(">"):
                menu.addMenu(self._menu(entry[1:]))
            else:
                menu.addAction(actions[entry])

    def fill(self, name: str, actions: Sequence[QAction]) -> None:
        """Put these actions in a submenu, in place of what was there."""
        menu = self._menus[name]
        menu.clear()
        menu.addActions(actions)
        menu.setEnabled(bool(actions))

    def all(self) -> Mapping[str, QMenu]:
        """Every menu and submenu by name."""
        return dict(self._menus)

    def titles(self) -> Mapping[str, QMenu]:
        """The menus of the menu bar by name, in order."""
        return {name: self._menus[name] for name in TOP}

    def _say(self) -> None:
        for name, menu in self._menus.items():
            menu.setTitle(self._preferences.say(f"menu.{name}"))
