"""What stands in the menus: built when the window is on screen, so that it is there sooner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nnsim.core.messages import Message
from nnsim.ui.shell.diagnosing import DiagnosisCommands
from nnsim.ui.shell.diagram import DiagramCommands
from nnsim.ui.shell.editing import UndoCommands
from nnsim.ui.shell.exercise_browsing import BrowsingCommands
from nnsim.ui.shell.exercising import ExerciseCommands
from nnsim.ui.shell.experimenting import ExperimentCommands
from nnsim.ui.shell.exporting import ExportCommands, Source
from nnsim.ui.shell.filing import FileCommands
from nnsim.ui.shell.helping import HelpCommands
from nnsim.ui.shell.making import MakingCommands
from nnsim.ui.shell.progress_bar import ExportBar
from nnsim.ui.shell.viewing import ViewCommands

if TYPE_CHECKING:
    from nnsim.ui.shell.window import MainWindow


class MenuCommands(QObject):
    """The commands of all menus but Run, which the transport bar shows too."""

    def __init__(self, window: MainWindow, tell: Callable[[Message], None]) -> None:
        super().__init__(window)
        self._window = window
        actions, preferences = window.commands, window.preferences
        workspace, menus = window.workspace, window.menus
        self.export_bar = ExportBar(preferences)
        UndoCommands(workspace, actions, preferences, self)
        drawing = DiagramCommands(window.canvas, actions, self)
        filing = FileCommands(window, actions, window.projects, preferences)
        viewing = ViewCommands(window, actions, window.docks, preferences)
        self.exporting = ExportCommands(
            window, workspace, actions, window.projects, preferences, self.export_bar, tell
        )
        self.helping = HelpCommands(window, actions, preferences)
        self.exercising = ExerciseCommands(window)
        self.making = MakingCommands(window, self.exercising)
        BrowsingCommands(window, self.exercising)
        self.diagnosing = DiagnosisCommands(window)
        self.experimenting = ExperimentCommands(window)
        menus.build(actions)
        for part in (drawing, filing, viewing, self.helping, self.exercising):
            part.fill(menus)
        self.exporting.fill(menus, self._pictures)
        menus.fill("level", window.running.level_actions)

    def _pictures(self) -> list[Source]:
        """What can be taken home as a picture: the canvas, and every panel that offers one."""
        window = self._window
        widgets = {"shell.canvas": window.canvas, **window.docks.by_title()}
        return [
            (window.preferences.say(key), widget.picture)
            for key, widget in widgets.items()
            if hasattr(widget, "picture")
        ]
