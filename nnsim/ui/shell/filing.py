"""The commands of the File menu that concern projects."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QMainWindow

from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.menus import Menus
from nnsim.ui.shell.projects import Projects


class _Choosing(Protocol):
    """A dialog in which a document is chosen."""

    def exec(self) -> int: ...

    def document(self) -> Document: ...

    def deleteLater(self) -> None: ...


class FileCommands(QObject):
    """New, open, recent, save, quit."""

    def __init__(
        self, window: QMainWindow, actions: Actions, projects: Projects, preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._preferences = preferences
        standard = QKeySequence.StandardKey
        actions.add("new", self.new, (standard.New,))
        actions.add("open", projects.open, (standard.Open,))
        actions.add("examples", self.examples)
        actions.add("save", projects.save, (standard.Save,))
        actions.add("save_as", projects.save_as, ("Ctrl+Shift+S",))
        actions.add("quit", window.close, ("Ctrl+Q",))

    def new(self) -> None:
        """Start another project from a template or an example."""
        from nnsim.ui.shell.dialogs.new import NewDialog

        self._projects.start(lambda: self._chosen(NewDialog(self._preferences, self._window)))

    def examples(self) -> None:
        """Look through the examples and open one."""
        from nnsim.ui.gallery.dialog import GalleryDialog

        self._projects.start(lambda: self._chosen(GalleryDialog(self._preferences, self._window)))

    def _chosen(self, dialog: _Choosing) -> Document | None:
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        document = dialog.document() if accepted else None
        dialog.deleteLater()
        return document

    def fill(self, menus: Menus) -> None:
        """Keep the submenu of recent files up to date."""
        self._projects.recent_changed.connect(lambda: self._fill_recent(menus))
        self._preferences.language_changed.connect(lambda: self._fill_recent(menus))
        self._fill_recent(menus)

    def _fill_recent(self, menus: Menus) -> None:
        entries = []
        for number, path in enumerate(self._projects.recent, start=1):
            name = path.name.replace("&", "&&")
            folder = str(path.parent).replace("&", "&&")
            action = QAction(f"&{number % 10} {name}  —  {folder}", menus["recent"])
            action.triggered.connect(lambda _=False, path=path: self._open_recent(path))
            entries.append(action)
        if entries:
            line = QAction(menus["recent"])
            line.setSeparator(True)
            clear = QAction(self._preferences.say("projects.clear_recent"), menus["recent"])
            clear.triggered.connect(self._projects.forget_all)
            entries += [line, clear]
        menus.fill("recent", entries)

    def _open_recent(self, path: Path) -> None:
        self._projects.open_recent(path)
