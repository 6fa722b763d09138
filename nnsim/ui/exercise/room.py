"""The room of an exercise: its diagram beside its panel, in place of the person's own canvas."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from nnsim.exercises.attempt import Attempt
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.panel import ExercisePanel
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.stage import ExerciseStage
from nnsim.ui.shell.message_bar import MessageBar

# What the window around would do with these keys belongs to the person's own project.
_KEPT_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_STAGE_SHARE, _STAGE_SHARE_NARROW = 45, 34
_NARROW = 760
_WIDEST_FORM = 980


class ExerciseRoom(QWidget):
    """Everything an attempt is worked on with."""

    def __init__(self, attempt: Attempt, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("exercise_room")
        self._preferences = preferences
        self.run = ExerciseRun(attempt, preferences, self)
        self.messages = MessageBar(preferences)
        self.stage: ExerciseStage | None = None
        self._split: QSplitter | None = None
        self._is_shared = False
        trace = attempt.variant.trace
        if trace is not None:
            self.stage = ExerciseStage(self.run, trace, preferences)
            self.stage.workspace.refused.connect(self.messages.tell)
        may_show = None if self.stage is None else self.may_show
        self.panel = ExercisePanel(self.run, preferences, may_show)
        self.run.refused.connect(self.messages.tell)
        self.run.marked.connect(self.messages.clear)
        self._lay_out()
        for signal in (
            preferences.language_changed,
            preferences.theme_changed,
            preferences.zoom_changed,
        ):
            signal.connect(self.panel.say)

    def may_show(self) -> bool:
        """Whether the current cell can be shown now without giving another away."""
        return self.stage is not None and self.stage.show_me.is_possible

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.messages)
        if self.stage is None:
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self.panel, 20)
            row.addStretch(1)
            self._widen()
            self._preferences.zoom_changed.connect(self._widen)
            layout.addLayout(row, 1)
            return
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("exercise_split")
        split.addWidget(self.stage)
        split.addWidget(self.panel)
        split.setStretchFactor(0, _STAGE_SHARE)
        split.setStretchFactor(1, 100 - _STAGE_SHARE)
        self._split = split
        split.setCollapsible(1, False)
        layout.addWidget(split, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._split is not None and not self._is_shared:
            self._is_shared = True
            # Letters that are large for the window: the sheet needs more of it.
            is_narrow = self.width() < _NARROW * self._preferences.zoom
            share = _STAGE_SHARE_NARROW if is_narrow else _STAGE_SHARE
            self._split.setSizes([self.width() * share // 100, self.width() * (100 - share) // 100])

    def _widen(self) -> None:
        self.panel.setMaximumWidth(round(_WIDEST_FORM * self._preferences.zoom))

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _KEPT_KEYS
        ):
            event.accept()
            return True
        return super().event(event)

    # -- commands --------------------------------------------------------------------------------

    def hint(self) -> None:
        """Take the next hint on the current cell."""
        if self.run.can_hint:
            self.run.take_hint()

    def show_me(self) -> None:
        """Play the work on the current cell on the canvas; it costs what its value does."""
        if self.stage is not None and self.run.can_hint and self.may_show():
            self.run.take_value()
            self.stage.show_me.play()

    def settle(self) -> None:
        """What was typed and not yet entered is entered, as in a spreadsheet."""
        if self.panel.sheet.is_editing:
            self.panel.sheet.take_keyboard()

    def leave(self) -> None:
        """Stop what goes on, before the room is taken away."""
        self.settle()
        if self.stage is not None:
            self.stage.player.pause()
