"""The commands that make an exercise from the open project, or change one that was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt

from nnsim.core.messages import NnsimError
from nnsim.ui.bridge.file_dialogs import choose_to_open
from nnsim.ui.shell.exercising import ExerciseCommands

if TYPE_CHECKING:
    from nnsim.exercises.exercise import Exercise
    from nnsim.exercises.making import Draft
    from nnsim.ui.exercise.making import MakingDialog
    from nnsim.ui.shell.window import MainWindow


class MakingCommands(QObject):
    """Opens the dialog that makes exercises; while one is tried out, the dialog waits hidden."""

    def __init__(self, window: MainWindow, exercising: ExerciseCommands) -> None:
        super().__init__(window)
        self._window = window
        self._exercising = exercising
        self.dialog: MakingDialog | None = None
        self._is_waiting = False
        self._place = QPoint()
        window.commands.add("make_exercise", self.make)
        window.commands.add("change_exercise", self.change)
        exercising.left.connect(self._come_back)

    def make(self) -> bool:
        """An exercise from the project as it is; False where it cannot run, and it is told why."""
        # Imported when somebody makes one: a start waits for nothing of it.
        from nnsim.exercises.making import draft_of

        try:
            draft = draft_of(self._window.workspace.document, self._window.preferences.locale)
        except NnsimError as error:
            self._window.messages.tell(error.messages)
            return False
        has_changes = bool(self._window.workspace.document.changes)
        note = self._window.preferences.say("making_dialog.without_changes") if has_changes else ""
        self._open(draft, None, note)
        return True

    def change(self) -> bool:
        """Ask for an exercise file and open it to be changed."""
        from nnsim.exercises.file import SUFFIX, load
        from nnsim.exercises.making import draft_again

        window = self._window
        folder = window.projects.folder()
        path = choose_to_open(window, window.preferences, folder, "exercise_room.filter", (SUFFIX,))
        if path is None:
            return False
        try:
            draft = draft_again(load(path))
        except NnsimError as error:
            window.messages.tell(error.messages)
            return False
        self._open(draft, path)
        return True

    def _open(self, draft: Draft, path: Path | None, note: str = "") -> None:
        from nnsim.ui.exercise.making import MakingDialog

        if self.dialog is not None:
            self.dialog.close()
        window = self._window
        folder = window.projects.folder()
        dialog = MakingDialog(draft, window.preferences, folder, path, window, note)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.try_out.connect(self._try_out)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.show()

    def _closed(self) -> None:
        self.dialog = None
        self._is_waiting = False

    def _try_out(self, exercise: Exercise) -> None:
        if self.dialog is None or not self._exercising.try_out(exercise.variant()):
            return
        self._is_waiting = True
        self._place = self.dialog.pos()
        self.dialog.hide()

    def _come_back(self) -> None:
        if self.dialog is not None and self._is_waiting:
            self._is_waiting = False
            # Shown anew, a window is put by its contents and not by its frame, and would wander.
            self.dialog.move(self._place)
            self.dialog.show()
