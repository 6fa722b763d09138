"""The commands of a run: step, back, play, run to the end, reset, level and speed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from nnsim.core.messages import Message
from nnsim.document.adversarial import adversaries_of
from nnsim.session import Level
from nnsim.session.outcome import decided_message
from nnsim.ui.bridge.player import FULL_SPEED, MAX_SPEED, Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.actions import Actions

_SPEED_FACTOR = 1.5
# In the order of their keys, Ctrl+1 and on: what few diagrams have comes last.
_LEVEL_KEYS = (*(level for level in Level if level is not Level.UPDATE), Level.UPDATE)


class RunCommands(QObject):
    """The actions of the Run menu and the transport bar.

    ``level_changed()``: steps of another size; ``levels_changed()``: there are others to choose
    from.  ``speed_changed()``.  ``ended(message)``: a run
    came to a verdict or to its limit, for a person to read.  ``busy_changed()``: it plays, runs or
    rests.
    """

    level_changed = Signal()
    levels_changed = Signal()
    speed_changed = Signal()
    ended = Signal(object)
    busy_changed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        player: Player,
        preferences: Preferences,
        actions: Actions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._player = player
        self._preferences = preferences
        self._actions = actions
        stored = str(preferences.settings.value("level", ""))
        names = {level.name.lower(): level for level in Level}
        player.level = names.get(stored, Level.NEURON)
        self._add()
        workspace.document_changed.connect(self._offer_levels)
        workspace.position_changed.connect(self._refresh)
        player.state_changed.connect(self._refresh)
        player.state_changed.connect(self.busy_changed)
        player.finished.connect(self._finished)
        self._offer_levels()
        self._refresh()

    def _add(self) -> None:
        add = self._actions.add
        add("reset", self.reset, ("Shift+F5",), icon="reset")
        add("back", self.back, ("F7", "Alt+Left"), icon="back")
        add("play", self.toggle_play, ("F5",), icon="play")
        add("forward", self.forward, ("F8", "Alt+Right"), icon="forward")
        add("run", self.toggle_run, ("F6",), icon="run")
        add("run_epochs", self.run_epochs, ("Shift+F6",))
        add("faster", lambda: self.set_speed(self._player.speed * _SPEED_FACTOR), ("Alt+Up",))
        add("slower", self._slow_down, ("Alt+Down",))
        self._levels = QActionGroup(self)
        for level in Level:
            word = level.name.lower()
            keys = (f"Ctrl+{_LEVEL_KEYS.index(level) + 1}",)
            action = self._actions.add(
                f"level_{word}", keys=keys, checkable=True, text=f"level.{word}"
            )
            action.setData(level)
            action.setChecked(level is self._player.level)
            self._levels.addAction(action)
        self._levels.triggered.connect(lambda action: self.set_level(action.data()))

    @property
    def levels(self) -> tuple[Level, ...]:
        """Those that differ in this project: networks are updated apart where there are two."""
        has_two = adversaries_of(self._workspace.document) is not None
        return tuple(level for level in Level if has_two or level is not Level.UPDATE)

    def _offer_levels(self) -> None:
        action, offered = self._actions["level_update"], Level.UPDATE in self.levels
        if action.isVisible() != offered:
            action.setVisible(offered)
            self.levels_changed.emit()
        if not offered and self.level is Level.UPDATE:
            self.set_level(Level.ITERATION)

    @property
    def level_actions(self) -> list[QAction]:
        """One action a level, for a menu."""
        return self._levels.actions()

    # -- commands --------------------------------------------------------------------------------

    @property
    def level(self) -> Level:
        """How far one step goes."""
        return self._player.level

    def set_level(self, level: Level) -> None:
        """Step so far from now on."""
        self._actions[f"level_{level.name.lower()}"].setChecked(True)
        if level is not self._player.level:
            self._player.level = level
            self._preferences.settings.setValue("level", level.name.lower())
            self.level_changed.emit()

    def set_speed(self, speed: float) -> None:
        """Play so many steps a second; more than the largest number is full speed."""
        self._player.set_speed(speed)
        self.speed_changed.emit()

    def _slow_down(self) -> None:
        speed = self._player.speed
        self.set_speed(MAX_SPEED if speed == FULL_SPEED else speed / _SPEED_FACTOR)

    def forward(self) -> None:
        """One step on."""
        self._player.pause()
        self._workspace.step(self.level)
        self._tell_verdict()

    def back(self) -> None:
        """One step back."""
        self._player.pause()
        self._workspace.step_back(self.level)

    def toggle_play(self) -> None:
        """Play, or pause what plays or runs."""
        if self._player.is_playing or self._player.is_running:
            self._player.pause()
        else:
            self._player.play()

    def toggle_run(self) -> None:
        """Run to the end; pressed again, stop there."""
        if self._player.is_running:
            self._player.pause()
        else:
            self._player.run()

    def run_epochs(self) -> None:
        """Run for a number of epochs, which is asked for."""
        # Not sooner: a start does not wait for it.
        from nnsim.ui.shell.dialogs.run_for import RunForDialog

        self._player.pause()
        parent = self.parent()
        assert isinstance(parent, QWidget)
        dialog = RunForDialog(self._preferences, parent)
        if dialog.exec() == RunForDialog.DialogCode.Accepted:
            self._player.run(epochs=dialog.epochs())
        dialog.deleteLater()

    def progress(self) -> str | None:
        """How far a training has come, in words; None where none is under way."""
        if self._player.is_playing and self.speed_hint:
            return self.speed_hint
        if not self._player.is_training:
            return None
        from nnsim.ui.shell.progress import progress_words

        return progress_words(self._workspace, self._player, self._preferences)

    @property
    def speed_hint(self) -> str:
        """Why full speed is no fast training with steps as small as now; else nothing."""
        if self._player.speed != FULL_SPEED or self.level >= Level.ITERATION:
            return ""
        say = self._preferences.say
        return str(
            say("progress.small_steps", iteration=say("level.iteration"), epoch=say("level.epoch"))
        )

    def reset(self) -> None:
        """Back to the very start."""
        self._player.pause()
        self._workspace.reset(self._preferences.say("action.reset.undo"))

    # -- what is going on ------------------------------------------------------------------------

    def _refresh(self) -> None:
        session, player = self._workspace.session, self._player
        ready = session.is_ready
        at_start = ready and session.position.iteration == 1 and session.position.done == 0
        busy = player.is_playing or player.is_running
        actions = self._actions
        for name in ("forward", "play"):
            actions[name].setEnabled(ready)
        for name in ("run", "run_epochs"):
            actions[name].setEnabled(ready)
        actions["back"].setEnabled(ready and not at_start)
        has_changes = bool(self._workspace.document.changes)
        actions["reset"].setEnabled(ready and (not at_start or has_changes))
        icon, words = ("pause", "action.pause") if busy else ("play", "action.play")
        if actions["play"].property("words") != words:
            actions["play"].setProperty("words", words)
            actions.set_icon("play", icon)
            actions.set_text("play", words)

    def _tell_verdict(self) -> None:
        session = self._workspace.session
        verdict = session.verdict
        position = session.position
        if verdict is not None and session.completed == verdict.iteration == position.iteration:
            self._finished()

    def _finished(self) -> None:
        self.ended.emit(self.verdict())

    def verdict(self) -> Message | None:
        """What the run has come to: its verdict, or that it met its limit; None while it is open.

        A verdict counts from the iteration on in which it was found, not before.
        """
        session = self._workspace.session
        if not session.is_ready:
            return None
        return decided_message(session.document, session.verdict, session.completed)
