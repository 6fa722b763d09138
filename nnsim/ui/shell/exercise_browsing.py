"""The commands that look for exercises and attempts, hand out, and collect results of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from nnsim.core.messages import NnsimError
from nnsim.ui.shell.exercising import ExerciseCommands, attempts_folder

if TYPE_CHECKING:
    from nnsim.exercises.exercise import Exercise
    from nnsim.ui.shell.window import MainWindow


class BrowsingCommands(QObject):
    """Opens the dialogs and does what was chosen in them.

    Their rooms are imported when somebody opens one: a start waits for nothing of them.
    """

    def __init__(self, window: MainWindow, exercising: ExerciseCommands) -> None:
        super().__init__(window)
        self._window = window
        self._exercising = exercising
        actions = window.commands
        actions.add("exercise_catalogue", self.catalogue, ("Ctrl+Shift+E",))
        actions.add("exercise_attempts", self.attempts)
        actions.add("hand_out", self.hand_out)
        actions.add("class_results", self.class_results)

    def catalogue(self) -> None:
        """Choose an exercise; begin it, or go on with it."""
        from nnsim.ui.exercise.browsing.catalogue import Begin, CatalogueDialog, GoOn

        exercises = self._exercises()
        if not exercises:
            return
        # While an exercise is solved, its solution is not for printing.
        folder = None if self._exercising.is_open else self._window.projects.folder()
        preferences = self._window.preferences
        dialog = CatalogueDialog(exercises, attempts_folder(), folder, preferences, self._window)
        self._show(dialog)
        if isinstance(dialog.choice, Begin):
            self._exercising.open_exercise(dialog.choice.variant, dialog.choice.mode)
        elif isinstance(dialog.choice, GoOn):
            self._exercising.resume(dialog.choice.path)

    def attempts(self) -> None:
        """Look through the attempts; go on with one, or look at it again."""
        from nnsim.ui.exercise.browsing.attempts import AttemptsDialog

        room = self._exercising.room
        dialog = AttemptsDialog(
            attempts_folder(),
            self._window.projects.folder(),
            self._window.preferences,
            None if room is None else room.run.attempt,
            self._window,
        )
        self._show(dialog)
        if dialog.choice is not None:
            self._exercising.resume(dialog.choice)

    def hand_out(self) -> None:
        """Write sheets and solutions."""
        from nnsim.ui.exercise.browsing.handout import HandoutDialog

        exercises = self._exercises()
        if exercises:
            window = self._window
            folder = window.projects.folder()
            self._show(HandoutDialog(exercises, folder, window.preferences, window))

    def class_results(self) -> None:
        """Bring the attempts of a class together."""
        from nnsim.ui.exercise.browsing.results import ResultsDialog

        self._show(ResultsDialog(self._window.preferences, self._window))

    def _show(self, dialog: QDialog) -> None:
        dialog.exec()
        dialog.deleteLater()

    def _exercises(self) -> tuple[Exercise, ...]:
        from nnsim.exercises.bank import exercises

        try:
            return exercises()
        except NnsimError as error:
            self._window.messages.tell(error.messages)
            return ()
