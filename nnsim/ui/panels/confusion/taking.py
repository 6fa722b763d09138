"""Taking a confusion matrix home: as a picture and as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from nnsim.core.messages import Message, NnsimError
from nnsim.export.predictions import write_confusion
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.pictures import PICTURE_SUFFIXES, Picture, copy_picture, save_picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.confusion.matrix import MatrixView
from nnsim.ui.panels.plotting.panel import suggested_path


class MatrixMenu:
    """The menu of a matrix; ``picture`` makes the picture of it."""

    def __init__(
        self,
        view: MatrixView,
        workspace: Workspace,
        preferences: Preferences,
        picture: Callable[[], Picture],
    ) -> None:
        self._view = view
        self._workspace = workspace
        self._preferences = preferences
        self._picture = picture
        self._actions: dict[str, QAction] = {}
        jobs: dict[str, Callable[[], None]] = {
            "copy": lambda: copy_picture(picture()),
            "save": self._save_picture,
            "csv": self._save_table,
        }
        for name, job in jobs.items():
            action = QAction(view)
            action.setObjectName(f"plot_{name}")
            action.triggered.connect(lambda _=False, job=job: job())
            self._actions[name] = action
        self._actions["copy"].setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._actions["copy"].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        view.addActions(list(self._actions.values()))
        view.customContextMenuRequested.connect(self._open)

    def say(self) -> None:
        """Say the words of the menu again."""
        for name, action in self._actions.items():
            action.setText(self._preferences.say(f"plotting.{name}"))
            action.setToolTip(self._preferences.say(f"plotting.{name}_tip"))

    def action(self, name: str) -> QAction:
        """An action of the menu: "copy", "save" or "csv"."""
        return self._actions[name]

    def _open(self, place: QPoint) -> None:
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self._actions.values()))
        menu.popup(self._view.mapToGlobal(place))

    def _save_picture(self) -> None:
        if path := self._ask("files.picture", PICTURE_SUFFIXES):
            self._try(lambda: save_picture(self._picture(), path), path)

    def _save_table(self) -> None:
        scores, names = self._view.scores, self._view.names
        if scores is not None and (path := self._ask("plotting.csv_table", (".csv",))):
            mark = self._preferences.mark
            self._try(lambda: write_confusion(scores, names, path, mark), path)

    def _ask(self, filter_key: str, endings: tuple[str, ...]) -> Path | None:
        title = self._preferences.say("confusion.title")
        suggestion = suggested_path(self._workspace, title, endings[0])
        parent: QWidget = self._view
        return choose_to_save(parent, self._preferences, suggestion, filter_key, endings)

    def _try(self, save: Callable[[], None], path: Path) -> None:
        try:
            save()
        except NnsimError as error:
            self._workspace.refuse(*error.messages)
        else:
            self._workspace.told.emit(Message("projects.saved", {"path": str(path)}))
