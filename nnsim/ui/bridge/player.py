"""Playing: steps at a chosen speed, and running to the end without freezing the window."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace

MIN_SPEED, MAX_SPEED = 0.25, 60.0
# Work on the window's own thread comes in slices this long, so that a frame is never late.
_SLICE_SECONDS = 0.008
# Views are told of a run's progress this often.
_SHOW_SECONDS = 1 / 30


class Player(QObject):
    """Plays the steps of a workspace.

    ``state_changed()``: playing, running or neither.  ``finished()``: a run came to a verdict or
    its limit.
    """

    state_changed = Signal()
    finished = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.level = Level.NEURON
        self._speed = 2.0
        self._play = QTimer(self)
        self._play.timeout.connect(self._play_step)
        self._run = QTimer(self)
        self._run.timeout.connect(self._run_slice)
        self._last: int | None = None
        self._shown_at = self._computed_for = 0.0
        workspace.document_changed.connect(self.pause)

    @property
    def is_playing(self) -> bool:
        """Whether steps follow by themselves."""
        return self._play.isActive()

    @property
    def is_running(self) -> bool:
        """Whether a run to the end is under way."""
        return self._run.isActive()

    @property
    def speed(self) -> float:
        """Steps a second while playing."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Play so many steps a second, within the limits."""
        self._speed = min(max(speed, MIN_SPEED), MAX_SPEED)
        if self.is_playing:
            self._play.setInterval(round(1000 / self._speed))

    def play(self) -> None:
        """Step on and on, ``level`` at a time, from here to the verdict and no further."""
        if self._workspace.session.is_ready and not self.is_playing:
            self._run.stop()
            self._play.start(round(1000 / self._speed))
            self.state_changed.emit()

    def run(self, iterations: int | None = None) -> None:
        """Compute until a verdict or the limit, or so many iterations more; stands at the last."""
        session = self._workspace.session
        if not session.is_ready or self.is_running:
            return
        self._play.stop()
        self._last = None if iterations is None else session.computed + iterations
        self._shown_at, self._computed_for = time.perf_counter(), 0.0
        self._run.start(0)
        self.state_changed.emit()

    def pause(self) -> None:
        """Stop playing or running; what is computed stays."""
        if self.is_playing or self.is_running:
            self._play.stop()
            self._run.stop()
            self.state_changed.emit()

    def _play_step(self) -> None:
        self._workspace.step(self.level)
        session = self._workspace.session
        verdict = session.verdict
        if verdict and session.completed >= verdict.iteration:
            self.pause()
            self.finished.emit()

    def _run_slice(self) -> None:
        session = self._workspace.session
        start = time.perf_counter()
        end = start + _SLICE_SECONDS
        limit = self._limit()
        while time.perf_counter() < end and session.computed < limit and not self._has_verdict():
            session.compute()
        now = time.perf_counter()
        self._computed_for += now - start
        done = session.computed >= limit or self._has_verdict()
        # Where painting takes long it is done less often: half of the time goes to the run.
        shown_for = now - self._shown_at
        if done or (shown_for > _SHOW_SECONDS and self._computed_for >= shown_for / 2):
            self._shown_at, self._computed_for = now, 0.0
            self._workspace.go_to(session.computed)
        if done:
            self.pause()
            self.finished.emit()

    def _limit(self) -> int:
        session = self._workspace.session
        if self._last is not None:
            return self._last
        return session.document.settings_at(session.computed)[0].limit

    def _has_verdict(self) -> bool:
        # Asked for a number of iterations, a run goes on past its verdict.
        return self._last is None and self._workspace.session.verdict is not None
