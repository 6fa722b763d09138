"""Where in the run of an exercise the canvas may stand without giving anything away."""

from __future__ import annotations

from typing import NamedTuple

from nnsim.exercises.sheet import Cell
from nnsim.exercises.tracing import TraceSheet
from nnsim.session import Level
from nnsim.session.frame import Frame
from nnsim.ui.exercise.run import ExerciseRun


class Moment(NamedTuple):
    """An iteration (from 1), and how many of its moments are done."""

    iteration: int
    done: int


class Moments:
    """The moments of the cells of a trace."""

    def __init__(self, run: ExerciseRun, sheet: TraceSheet) -> None:
        self._run = run
        self._sheet = sheet
        self._known: dict[str, tuple[Moment, Frame]] = {}

    def knows(self, key: str) -> bool:
        """Whether a cell is of the trace that is on the canvas, and no question on it."""
        return key in self._sheet.by_key

    def _of(self, key: str) -> tuple[Moment, Frame]:
        if key not in self._known:
            iteration, _ = self._sheet.quantities(key)
            frame = self._sheet.frame_before(key)
            self._known[key] = Moment(iteration, frame.done), frame
        return self._known[key]

    def before(self, key: str) -> Moment:
        """Right before the numbers of a cell come about."""
        return self._of(key)[0]

    def after(self, key: str) -> Moment:
        """When all the numbers of a cell have come about."""
        before, frame = self._of(key)
        numbers = self._sheet.quantities(key)[1]
        done = max((frame.shown_from(number) for number in numbers), default=0)
        return Moment(before.iteration, max(done, before.done))

    def begin(self, key: str) -> Moment:
        """When the work on the neuron begins that ends in a cell: where show-me starts."""
        before, frame = self._of(key)
        start = frame.walk.previous_end(Level.NEURON, before.done + 1)
        return Moment(before.iteration, min(start, before.done))

    def limit(self) -> Moment | None:
        """The first moment at which something comes about that is still to be found out; None
        where nothing is."""
        open_ones = (cell.key for cell in self._sheet.asked if self._run.is_open(cell))
        return min((self.before(key) for key in open_ones), default=None)

    def is_settled(self, cell: Cell) -> bool:
        """Whether a cell may be shown with its numbers, for nothing is left to find out in it."""
        return self._run.is_finished or (cell.asked and not self._run.is_open(cell))

    def wanted(self, cell: Cell) -> Moment:
        """Where a cell is best looked at: before its numbers come about, or after."""
        return self.after(cell.key) if self.is_settled(cell) else self.before(cell.key)

    def stand(self, cell: Cell) -> Moment:
        """Where the canvas stands for a cell: where it is wanted, but before all open ones."""
        limit = self.limit()
        if not self.knows(cell.key):
            return limit or self.after(self._sheet.cells[-1].key)
        wanted = self.wanted(cell)
        return wanted if limit is None else min(wanted, limit)
