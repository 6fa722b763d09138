"""The left side of an exercise: its diagram, held where it gives nothing away, and open panels."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QTabWidget, QVBoxLayout, QWidget

from nnsim.exercises.tracing import TraceSheet
from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.exercise.moments import Moment, Moments
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.show_me import ShowMe
from nnsim.ui.exercise.spotlight import Spotlight
from nnsim.ui.exercise.still_canvas import StillCanvas
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.running import RunCommands
from nnsim.ui.shell.transport import TransportBar

#: What an exercise may leave open, and the panels that belong to it: module, class, title.
_PANELS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "formula": (("formula", "FormulaPanel", "formula.title"),),
    "settings": (
        ("settings", "TrainingPanel", "training.title"),
        ("inspector", "InspectorPanel", "inspector.title"),
    ),
    "data": (("data_table", "DataPanel", "data_table.title"),),
    "plots": (
        ("plane", "StillPlanePanel", "plane.title"),
        ("loss", "LossPanel", "loss_panel.title"),
        ("activation", "ActivationPanel", "activation_panel.title"),
    ),
}
_NOTE_SIZE = 0.9
_CANVAS_SHARE, _PANELS_SHARE = 3, 2


class ExerciseStage(QWidget):
    """The document of an exercise in a workspace of its own, with what the exercise leaves open."""

    def __init__(self, run: ExerciseRun, trace: TraceSheet, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("exercise_stage")
        self._run = run
        self._preferences = preferences
        self._open = run.attempt.variant.exercise.open_controls
        self.workspace = Workspace(trace.document, self)
        self.player = Player(self.workspace, self)
        self.moments = Moments(run, trace)
        self.canvas = self._make_canvas()
        self.spotlight = Spotlight(self.canvas.diagram)
        self.show_me = ShowMe(run, self.moments, self.workspace, self.player, self)
        self._titles: list[str] = []
        self._tabs = QTabWidget()
        self._note = QLabel()
        self._note.setObjectName("exercise_canvas_note")
        self._note.setWordWrap(True)
        self._build()
        run.moved.connect(self.stand)
        run.marked.connect(self.stand)
        run.finished.connect(self.stand)
        self.workspace.settled.connect(self._light)
        self.show_me.ended.connect(self.stand)
        for signal in (
            preferences.language_changed,
            preferences.zoom_changed,
            preferences.theme_changed,
        ):
            signal.connect(self._say)
        self._say()
        self.stand()

    # -- building --------------------------------------------------------------------------------

    def _make_canvas(self) -> Canvas:
        kind = Canvas if "canvas" in self._open else StillCanvas
        return kind(self.workspace, self._preferences)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        if "stepping" in self._open:
            layout.addWidget(self._transport())
        panels = QSplitter(Qt.Orientation.Vertical)
        panels.setObjectName("exercise_stage_split")
        panels.addWidget(self.canvas)
        self._fill_tabs()
        if self._titles:
            panels.addWidget(self._tabs)
            panels.setSizes([_CANVAS_SHARE * 100, _PANELS_SHARE * 100])
        panels.setChildrenCollapsible(False)
        layout.addWidget(panels, 1)
        layout.addWidget(self._note)

    def _transport(self) -> QWidget:
        actions = Actions(self._preferences, self)
        commands = RunCommands(self.workspace, self.player, self._preferences, actions, self)
        return TransportBar(self.workspace, self.player, commands, actions, self._preferences)

    def _fill_tabs(self) -> None:
        for control, panels in _PANELS.items():
            for name, class_name, title in panels if control in self._open else ():
                module = importlib.import_module(f"nnsim.ui.panels.{name}")
                panel = getattr(module, class_name)(self.workspace, self._preferences)
                self._tabs.addTab(panel, "")
                self._titles.append(title)

    # -- where the canvas stands -----------------------------------------------------------------

    def stand(self) -> None:
        """Show the moment before the current cell, or the first that is still to be found out."""
        if self.show_me.is_playing:
            return
        cell = self._run.cell
        if "stepping" not in self._open or self._run.is_finished:
            self._go_to(self.moments.stand(cell))
        numbers = self._run.sheet.quantities(cell.key)[1]
        if numbers:
            self.workspace.select(numbers[0])
        self._light()
        self._say()

    def _go_to(self, moment: Moment) -> None:
        position = self.workspace.session.position
        if (position.iteration, position.done) != moment:
            self.workspace.go_to(*moment)

    def _light(self) -> None:
        """Light what the current cell depends on, where the canvas shows its iteration."""
        frame, key = self.workspace.frame, self._run.current
        iteration, numbers = self._run.sheet.quantities(key)
        if frame is None or self.workspace.session.position.iteration != iteration:
            self.spotlight.clear()
            return
        asked = [n for n in numbers if not frame.is_shown(n)] if self._run.cell.asked else []
        cited = [n for n in self._run.sheet.depends_on(key) if frame.is_shown(n)]
        self.spotlight.show_numbers(cited, asked)

    # -- words -----------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._preferences.say
        for number, title in enumerate(self._titles):
            self._tabs.setTabText(number, say(title))
        self._note.setText(self._words())
        self._note.setStyleSheet(f"color: {self._preferences.theme.muted}; padding: 2px 6px;")
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _NOTE_SIZE)
        self._note.setFont(font)
        self._light()

    def _words(self) -> str:
        say = self._preferences.say
        if self._run.is_finished:
            return say("exercise_room.canvas_finished")
        if "stepping" in self._open:
            return say("exercise_room.canvas_stepping")
        cell, moments = self._run.cell, self.moments
        if not moments.knows(cell.key):
            return say("exercise_room.canvas_elsewhere")
        stand = moments.stand(cell)
        if stand < moments.wanted(cell):
            waits = "canvas_waits_for_end" if self._run.attempt.mode == "at_end" else "canvas_waits"
            return say(f"exercise_room.{waits}", iteration=stand.iteration)
        key = "finished" if moments.is_settled(cell) else "before"
        return say(f"exercise_room.canvas_{key}")
