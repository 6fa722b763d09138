"""Show-me: the work on a cell, product by product, on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nnsim.session import Level
from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.exercise.moments import Moment, Moments
from nnsim.ui.exercise.run import ExerciseRun

_STEPS_A_SECOND = 1.5


class ShowMe(QObject):
    """Plays the moments of the current cell, and stops at its number.

    ``ended()``: it has come to its end, or was broken off.
    """

    ended = Signal()

    def __init__(
        self,
        run: ExerciseRun,
        moments: Moments,
        workspace: Workspace,
        player: Player,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._run = run
        self._moments = moments
        self._workspace = workspace
        self._player = player
        self._last: Moment | None = None
        self._level = player.level
        workspace.position_changed.connect(self._follow)
        run.moved.connect(self._break_off)
        player.state_changed.connect(self._paused)

    @property
    def is_playing(self) -> bool:
        """Whether the canvas is walking through the moments of a cell."""
        return self._last is not None

    @property
    def is_possible(self) -> bool:
        """Whether nothing else would be given away: all that comes before is done."""
        limit, cell = self._moments.limit(), self._run.cell
        if not cell.asked or not self._moments.knows(cell.key):
            return False
        return limit is None or self._moments.before(cell.key) <= limit

    def play(self) -> None:
        """Walk through the current cell, from where the work on its neuron begins."""
        key = self._run.current
        self._level = self._player.level
        self._workspace.go_to(*self._moments.begin(key))
        self._last = self._moments.after(key)
        self._player.level = Level.PRODUCT
        self._player.set_speed(_STEPS_A_SECOND)
        self._player.play(self._last)

    def _follow(self) -> None:
        position = self._workspace.session.position
        if self._last is not None and (position.iteration, position.done) >= self._last:
            self._player.pause()

    def _paused(self) -> None:
        if self._last is not None and not self._player.is_playing:
            # The number that was shown stays to be looked at; the next cell moves on.
            self._last = None
            self._player.level = self._level

    def _break_off(self) -> None:
        if self._last is not None:
            self._player.pause()
            self._last = None
            self.ended.emit()
