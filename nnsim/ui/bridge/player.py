"""Playing: steps at a chosen speed, or training beside the window as fast as the computer can."""

from __future__ import annotations

import enum
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from nnsim.core.messages import NnsimError
from nnsim.session import Goal, Level, Session
from nnsim.ui.bridge.garbage import garbage
from nnsim.ui.bridge.pace import SHOW_SECONDS, Pace, Rate
from nnsim.ui.bridge.workspace import Workspace

MIN_SPEED, MAX_SPEED = 0.25, 1024.0
#: Above every number of steps a second: as fast as the computer can.
FULL_SPEED = math.inf
# While a thread computes, it is looked after this often.
_LOOK_MILLISECONDS = 8
# A step that is computed within this time is shown in the same turn.
_PATIENCE = 0.004
# Steps that need no training are made on the window's own thread, for so long at a time.
_SLICE_SECONDS = 0.008


class _Mode(enum.Enum):
    PLAY = "play"
    RUN = "run"


class _Holding:
    """What a player holds while it plays: collection of garbage, and a thread that trains."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def take(self, session: Session) -> None:
        """Hold garbage back, for the sake of this session's training."""
        self._session = session
        garbage.hold()

    def let_go(self) -> None:
        """Stop the training and let garbage be collected again; nothing where nothing is held."""
        session, self._session = self._session, None
        if session is not None:
            session.halt()
            garbage.release()


class Player(QObject):
    """Plays the steps of a workspace, or trains on and on.

    Whole iterations and epochs are computed on a thread.  An edit does not stop what plays: it
    comes into force where the run is seen to stand, and the run goes on from there.

    ``state_changed()``: playing, running or neither.  ``finished()``: it came to a verdict or to
    where it was to go.  ``progressed()``: a training has come further.
    """

    state_changed = Signal()
    finished = Signal()
    progressed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session: Session = workspace.session
        self._level = Level.NEURON
        self._speed = 2.0
        self._mode: _Mode | None = None
        # Of a run that was not told how far to go, None: until the limit, which may be edited.
        self._goal: Goal | None = None
        self._until: tuple[int, int] | None = None
        self._steps = 0
        self._stepped_at = 0.0
        self._is_showing = False
        self._is_edited = False
        self._pace = Pace(self, workspace.turns)
        self._pace.shown.connect(self._go_on)
        self._rate = Rate()
        self._holding = holding = _Holding()
        # One that is thrown away in the middle, with its exercise or its window, leaves nothing.
        # By a function of its own: a method's object would be gone with the player.
        self.destroyed.connect(lambda: holding.let_go())
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        workspace.document_changed.connect(self._edited)
        workspace.position_changed.connect(self._moved)

    # -- what is going on ------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether steps follow by themselves."""
        return self._mode is _Mode.PLAY

    @property
    def is_running(self) -> bool:
        """Whether a run to the end is under way."""
        return self._mode is _Mode.RUN

    @property
    def is_training(self) -> bool:
        """Whether iterations are computed one after another, as fast as possible."""
        return self.is_running or (
            self.is_playing and self._speed == FULL_SPEED and self._level >= Level.ITERATION
        )

    @property
    def level(self) -> Level:
        """How far one step goes."""
        return self._level

    @level.setter
    def level(self, level: Level) -> None:
        self._level = level
        self._change_pace()

    @property
    def speed(self) -> float:
        """Steps a second while playing; ``FULL_SPEED``: as many as the computer can."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Play so many steps a second, within the limits; more than the largest is full speed."""
        self._speed = FULL_SPEED if speed > MAX_SPEED else max(speed, MIN_SPEED)
        self._change_pace()

    @property
    def rate(self) -> float | None:
        """Iterations a second of the training under way, once that is known."""
        return self._rate.per_second

    @property
    def goal(self) -> Goal:
        """Where the training under way stops at the latest."""
        if self._goal is not None:
            return self._goal
        session = self._workspace.session
        return Goal(session.document.settings_at(session.computed)[0].limit)

    # -- commands --------------------------------------------------------------------------------

    def play(self, until: tuple[int, int] | None = None) -> None:
        """Step on and on, ``level`` at a time, from here to where ``run`` goes and no further.

        Nor further than the position ``until``.  Where it stands there already it has come to its
        end at once: nothing is computed, and ``finished`` tells.
        """
        if not self._workspace.session.is_ready or self.is_playing:
            return
        self._until, self._goal = until, None
        if self._is_at_end():
            self.pause()
            self.finished.emit()
        else:
            self._begin(_Mode.PLAY, None)

    def run(self, iterations: int | None = None, epochs: int | None = None) -> None:
        """Train until a verdict or the limit, or so many iterations or epochs; stands at the last.

        Asked for iterations, it goes on past a verdict; asked for epochs, past one it had before.
        """
        session = self._workspace.session
        if not session.is_ready or self.is_running:
            return
        goal = None
        if iterations is not None:
            goal = Goal(session.computed + iterations, past_verdict=True)
        elif epochs is not None:
            goal = session.goal_of(Level.EPOCH, epochs, session.computed)
        self._begin(_Mode.RUN, goal)

    def pause(self) -> None:
        """Stop playing or running at once; what is computed stays, and is shown."""
        self._end(stay=False)

    def _begin(self, mode: _Mode, goal: Goal | None) -> None:
        self._end(stay=True, tell=False)
        self._mode, self._goal, self._session = mode, goal, self._workspace.session
        self._holding.take(self._session)
        self._rate.clear()
        self._change_pace()
        self.state_changed.emit()

    def _end(self, stay: bool, tell: bool = True) -> None:
        """``stay``: the position stays what it is, else a training ends where it has come to."""
        if self._mode is None:
            return
        was_training = self.is_training
        self._timer.stop()
        self._mode = None
        self._workspace.turns.one_by_one = False
        self._holding.let_go()
        if was_training and not stay and self._is_same():
            self._workspace.go_to(self._session.computed)
        self._bring_in()
        if tell:
            self.state_changed.emit()

    def _is_same(self) -> bool:
        """Whether the project is still the one that was begun with, and can run."""
        return self._workspace.session is self._session and self._session.is_ready

    # -- time ------------------------------------------------------------------------------------

    def _change_pace(self) -> None:
        if self._mode is None:
            return
        if not self.is_training:
            # At full speed until now, perhaps: from here on step by step.
            self._session.halt()
        self._workspace.turns.one_by_one = self.is_training
        self._steps, self._stepped_at = 0, time.perf_counter()
        self._pace.reset()
        self._start_timer()

    def _start_timer(self) -> None:
        seconds = max(1 / self._speed, SHOW_SECONDS)
        self._timer.start(_LOOK_MILLISECONDS if self.is_training else round(1000 * seconds))

    def _tick(self) -> None:
        garbage.tidy()
        if not self._bring_in():
            self._end(stay=True)
        elif self.is_training:
            self._train()
        elif self._pace.is_due:
            self._play()

    def _bring_in(self) -> bool:
        """Take what the thread has done; False where it failed, which is told."""
        try:
            self._session.keep_up()
        except NnsimError as error:
            self._workspace.refuse(*error.messages)
            return False
        except BaseException:
            # For whoever looks after mishaps.
            if self._mode is not None:
                self._end(stay=True)
            raise
        return True

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """The position moves for the sake of what plays, and views show it."""
        self._pace.begin()
        self._is_showing = True
        trainer = self._session.trainer
        if trainer is not None:
            trainer.hold()
        try:
            yield
        finally:
            self._is_showing = False

    def _go_on(self) -> None:
        trainer = self._session.trainer
        if trainer is not None:
            trainer.go_on()

    # -- training --------------------------------------------------------------------------------

    def _train(self) -> None:
        session, goal = self._session, self.goal
        trainer = session.trainer
        if trainer is None:
            if session.has_reached(goal):
                self._finish()
                return
            session.train(goal)
            trainer = session.trainer
        self._rate.see(session.computed)
        if not self._pace.is_due or trainer is None:
            return
        recorded = session.recorded
        if recorded is not None and recorded > session.position.iteration:
            with self._shown():
                self._workspace.go_to(recorded)
            self.progressed.emit()
        else:
            trainer.ask_record()

    def _finish(self) -> None:
        # Its end is shown whole, as at rest.
        self._workspace.turns.one_by_one = False
        with self._shown():
            self._workspace.go_to(self._session.computed)
        self._end(stay=True)
        self.finished.emit()

    # -- stepping --------------------------------------------------------------------------------

    def _play(self) -> None:
        self._steps = self._steps or self._owed()
        if self._level >= Level.ITERATION and not self._is_computed():
            self._timer.start(_LOOK_MILLISECONDS)
            return
        self._start_timer()
        steps, self._steps = self._steps, 0
        with self._shown():
            has_ended = self._walk(steps)
        if has_ended:
            self._end(stay=True)
            self.finished.emit()

    def _owed(self) -> int:
        """How many steps are due: several at a time only where there are more than pictures."""
        now = time.perf_counter()
        elapsed, self._stepped_at = now - self._stepped_at, now
        if self._speed * SHOW_SECONDS <= 1:
            return 1
        # A window that was held up for long does not leap.
        seconds = min(elapsed, 4 * SHOW_SECONDS)
        return max(round(seconds * self._speed), 1) if self._speed < FULL_SPEED else 2**31

    def _is_computed(self) -> bool:
        """Whether the steps that are due need no more training; it is under way if they do."""
        session = self._session
        goal = session.goal_of(self._level, self._steps)
        if self._level is Level.ITERATION and self._until is None:
            goal = goal._replace(iterations=min(goal.iterations, self.goal.iterations))
        if session.has_reached(goal):
            return True
        if session.trainer is None:
            session.train(goal)
            trainer = session.trainer
            if trainer is not None:
                trainer.wait(_PATIENCE)
                self._bring_in()
        return session.has_reached(goal)

    def _walk(self, steps: int) -> bool:
        """Make the steps, as many as there is time for; True where the end is reached."""
        session = self._session
        end = time.perf_counter() + _SLICE_SECONDS
        for made in range(steps):
            if made and self._is_at_end():
                self._workspace.go_to(*session.position)
                break
            if made == steps - 1 or time.perf_counter() > end:
                self._workspace.step(self._level)
                break
            session.forward(self._level)
        return self._is_at_end()

    def _is_at_end(self) -> bool:
        session = self._workspace.session
        verdict = session.verdict
        if self._until is not None and session.position >= self._until:
            return True
        if verdict is not None and session.completed >= verdict.iteration:
            return True
        # Shown a part of a run, one is shown all of it.
        return self._until is None and session.completed >= self.goal.iterations

    # -- what else happens -----------------------------------------------------------------------

    def _edited(self) -> None:
        self._is_edited = True
        if self._mode is not None and not self._is_same():
            self._end(stay=True)

    def _moved(self) -> None:
        is_edit, self._is_edited = self._is_edited, False
        if self.is_running and not self._is_showing and not is_edit:
            # Somebody looks elsewhere: that is to be seen, and not what comes next.
            self._end(stay=True)
