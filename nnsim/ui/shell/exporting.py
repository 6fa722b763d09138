"""The commands that take things home: the trace as a table, canvas and plots as pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from nnsim.core.messages import Message, NnsimError
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.pictures import PICTURE_SUFFIXES, Picture, copy_picture, save_picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.menus import Menus
from nnsim.ui.shell.progress_bar import ExportBar
from nnsim.ui.shell.projects import Projects

if TYPE_CHECKING:
    from nnsim.export import Result
    from nnsim.ui.shell.export_job import ExportJob

#: Name of a picture in the menus, and what gives it; None while there is none.
Source = tuple[str, Callable[[], Picture | None]]


class ExportCommands(QObject):
    """Adds its actions; ``tell(message)`` is called with what was written."""

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        actions: Actions,
        projects: Projects,
        preferences: Preferences,
        bar: ExportBar,
        tell: Callable[[Message], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._actions = actions
        self._projects = projects
        self._preferences = preferences
        self._bar = bar
        self._tell = tell
        self._job: ExportJob | None = None
        actions.add("export_trace", self.export_trace, ("Ctrl+E",))
        bar.cancelled.connect(self._cancel)
        workspace.document_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        possible = self._workspace.session.is_ready and self._job is None
        self._actions["export_trace"].setEnabled(possible)

    # -- the trace -------------------------------------------------------------------------------

    def export_trace(self) -> None:
        """Ask what to export and where to, and do it."""
        from nnsim.export import SUFFIXES
        from nnsim.ui.shell.dialogs.export import ExportDialog
        from nnsim.ui.shell.export_job import ExportJob

        dialog = ExportDialog(self._workspace.session, self._preferences, self._window)
        accepted = dialog.exec() == ExportDialog.DialogCode.Accepted
        format, options = dialog.format, dialog.options()
        dialog.deleteLater()
        if not accepted:
            return
        suffix = SUFFIXES[format]
        path = choose_to_save(
            self._window,
            self._preferences,
            self._projects.folder() / f"{self._projects.name()}{suffix}",
            f"export_dialog.format.{format}",
            (suffix,),
        )
        if path is None:
            return
        job = ExportJob(self._workspace.document, path, format, options, self)
        job.progressed.connect(lambda done, total: self._progressed(path, done, total))
        job.written.connect(lambda result: self._written(path, result))
        job.failed.connect(lambda messages: self._ended(*messages))
        job.cancelled.connect(lambda: self._ended())
        self._job = job
        self._refresh()
        job.start()

    def _progressed(self, path: Path, done: int, total: int) -> None:
        if self._bar.isHidden():
            self._bar.begin(path.name)
        self._bar.show_progress(done, total)

    def _written(self, path: Path, result: Result) -> None:
        self._ended()
        params = {"path": str(path), "n": result.iterations, "outcome": result.outcome}
        self._tell(Message("export_dialog.written", params))

    def _ended(self, *refusals: Message) -> None:
        self._bar.hide()
        if self._job is not None:
            self._job.deleteLater()
            self._job = None
        self._refresh()
        if refusals:
            self._workspace.refuse(*refusals)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def abandon(self) -> None:
        """Give up an export because the window closes."""
        if self._job is not None:
            self._job.abandon()
            self._ended()

    # -- pictures --------------------------------------------------------------------------------

    def fill(self, menus: Menus, sources: Callable[[], list[Source]]) -> None:
        """Offer these pictures in the menus, as they are when a menu opens."""
        self._sources = sources
        for name, act in (("export_picture", self._save), ("copy_picture", self._copy)):
            menu = menus[name]

            def refill(name: str = name, act: Callable[[Picture], None] = act) -> None:
                menus.fill(name, [self._entry(source, act) for source in self._sources()])

            menu.aboutToShow.connect(refill)
            self._preferences.language_changed.connect(refill)
            refill()

    def _entry(self, source: Source, act: Callable[[Picture], None]) -> QAction:
        words, make = source
        action = QAction(words, self._window)

        def make_and_act() -> None:
            picture = make()
            if picture is not None:
                act(picture)

        action.triggered.connect(make_and_act)
        return action

    def _save(self, picture: Picture) -> None:
        path = choose_to_save(
            self._window,
            self._preferences,
            self._projects.folder() / f"{picture.name}{PICTURE_SUFFIXES[0]}",
            "files.picture",
            PICTURE_SUFFIXES,
        )
        if path is None:
            return
        try:
            save_picture(picture, path)
        except NnsimError as error:
            self._workspace.refuse(*error.messages)
        else:
            self._tell(Message("projects.saved", {"path": str(path)}))

    def _copy(self, picture: Picture) -> None:
        copy_picture(picture)
        self._tell(Message("files.copied"))
