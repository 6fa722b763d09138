"""Projects as files: new, open, save, recent files, and nothing lost without a question.

The dialogs are imported when a person is asked: a start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnsim.core.messages import Message, NnsimError
from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace

MAX_RECENT = 10
SUFFIX = ".nnsim"


class Projects(QObject):
    """Opens and saves the project of a workspace.

    ``recent_changed()``: other recent files.  ``told(message)``: something done that a person may
    want to know, a Message.
    """

    recent_changed = Signal()
    told = Signal(object)

    def __init__(self, workspace: Workspace, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._preferences = preferences
        self._window = window

    # -- another project -------------------------------------------------------------------------

    def start(self, make: Callable[[], Document | None]) -> bool:
        """Another project that is in no file yet; ``make`` gives None where a person thinks better
        of it.  What is unsaved in the present project is asked about."""
        document = make()
        if document is None or not self.may_leave():
            return False
        self._workspace.open(document)
        return True

    def open(self) -> bool:
        """Ask for a file and open it."""
        from nnsim.ui.bridge.file_dialogs import choose_to_open

        path = choose_to_open(
            self._window, self._preferences, self.folder(), "projects.filter", (SUFFIX,)
        )
        return path is not None and self.load(path)

    def open_recent(self, path: Path) -> bool:
        """Open a recent file; one that is gone leaves the list, and that is told."""
        if not path.is_file():
            self.forget(path)
            self._workspace.refuse(Message("projects.gone", {"path": str(path)}))
            return False
        return self.load(path)

    def load(self, path: Path) -> bool:
        """Open a file; a damaged or foreign one is told and changes nothing."""
        # Checking a file takes pydantic, which a first start does not need.
        from nnsim.document.file import load

        try:
            document = load(path)
        except NnsimError as error:
            self._workspace.refuse(*error.messages)
            return False
        if not self.may_leave():
            return False
        path = path.resolve()
        self._workspace.open(document, path)
        self._remember(path)
        return True

    # -- saving ----------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save where the project is kept, or ask where."""
        if self._workspace.path is None:
            return self.save_as()
        return self._write(self._workspace.path)

    def save_as(self) -> bool:
        """Ask for a file and save the project in it."""
        from nnsim.ui.bridge.file_dialogs import choose_to_save

        path = choose_to_save(
            self._window,
            self._preferences,
            self.folder() / f"{self.name()}{SUFFIX}",
            "projects.filter",
            (SUFFIX,),
        )
        return path is not None and self._write(path)

    def _write(self, path: Path) -> bool:
        from nnsim.document.file import save

        try:
            save(self._workspace.document, path)
        except NnsimError as error:
            self._workspace.refuse(*error.messages)
            return False
        path = path.resolve()
        self._workspace.saved_as(path)
        self._remember(path)
        self.told.emit(Message("projects.saved", {"path": str(path)}))
        return True

    def may_leave(self) -> bool:
        """Whether the present project may be left: it is saved, or a person says so."""
        if self._workspace.undo_stack.isClean():
            return True
        from nnsim.ui.shell.dialogs.questions import Answer, ask_to_save

        answer = ask_to_save(self._window, self._preferences, self.name())
        if answer is Answer.SAVE:
            return self.save()
        return answer is Answer.DISCARD

    # -- names and recent files ------------------------------------------------------------------

    def name(self) -> str:
        """What the project is called: its file, else its title, else "untitled"."""
        if self._workspace.path is not None:
            return self._workspace.path.stem
        title = " ".join(self._workspace.document.title.split())
        kept = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in title)[:80]
        return kept.strip(". ") or self._preferences.say("projects.untitled")

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened or saved, the latest first."""
        stored = self._preferences.settings.value("recent", [])
        # A list of one comes back from the settings file as a text.
        names = stored if isinstance(stored, list) else [stored]
        return tuple(Path(str(name)) for name in names if name)[:MAX_RECENT]

    def _remember(self, path: Path) -> None:
        self._store([path, *(other for other in self.recent if other != path)])

    def forget(self, path: Path) -> None:
        """Take a file off the list of recent files."""
        self._store([other for other in self.recent if other != path])

    def forget_all(self) -> None:
        """Empty the list of recent files."""
        self._store([])

    def _store(self, paths: list[Path]) -> None:
        self._preferences.settings.setValue("recent", [str(p) for p in paths[:MAX_RECENT]])
        self.recent_changed.emit()

    def folder(self) -> Path:
        """Where files are looked for and suggested: beside the project, else the latest one."""
        if self._workspace.path is not None:
            return self._workspace.path.parent
        return (
            self.recent[0].parent if self.recent and self.recent[0].parent.is_dir() else Path.home()
        )
