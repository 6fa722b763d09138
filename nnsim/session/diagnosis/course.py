"""The course of the loss over a run, taken in as the run goes on."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document
from nnsim.engine.trace import Trace


class LossCourse:
    """Mean losses of the epochs, and where the loss was no number any more.

    Iterations of a rule without a loss count for nothing.  ``not_finite`` is the first iteration,
    from 1, with a loss of NaN or infinity.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.not_finite: int | None = None
        # One number an epoch, and an epoch may be one iteration.
        self._means = array("d")
        self._ends = array("q")
        # Of the epoch that has not ended.
        self._sum, self._count = 0.0, 0

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean loss of every epoch that has ended, a copy."""
        return np.array(self._means)

    @property
    def ends(self) -> NDArray[np.int64]:
        """The last iteration of each of them, from 1, a copy."""
        return np.array(self._ends, dtype=np.int64)

    @property
    def epochs(self) -> int:
        """How many have ended."""
        return len(self._means)

    @property
    def recent(self) -> float:
        """Mean loss of the last whole epoch, or of what there is of the first one."""
        if self._means:
            return self._means[-1]
        return self._sum / self._count if self._count else math.nan

    def see(self, document: Document, trace: Trace, length: int) -> None:
        """Take in what the trace has beyond what was seen, up to ``length`` iterations."""
        starts = [0, *(change.iteration for change in document.changes), length]
        for start, stop in pairwise(starts):
            begin, end = max(start, self.seen), min(stop, length)
            if begin < end and document.settings_at(begin)[0].has_loss:
                self._take(trace, begin, end)
        self.seen = max(self.seen, length)

    def _take(self, trace: Trace, begin: int, end: int) -> None:
        losses = trace.column("loss")[begin:end].astype(np.float64)
        is_finite = np.isfinite(losses)
        if self.not_finite is None and not is_finite.all():
            self.not_finite = begin + int(np.argmin(is_finite)) + 1
        stops = np.flatnonzero(trace.column("epoch_ended")[begin:end]) + 1
        rest = losses
        with np.errstate(over="ignore", invalid="ignore"):
            if len(stops):
                starts = np.concatenate([[0], stops[:-1]])
                sums, counts = np.add.reduceat(losses[: stops[-1]], starts), stops - starts
                sums[0] += self._sum
                counts[0] += self._count
                self._means.extend((sums / counts).tolist())
                self._ends.extend((begin + stops).tolist())
                self._sum, self._count = 0.0, 0
                rest = losses[stops[-1] :]
            self._sum += float(rest.sum())
        self._count += len(rest)

    def forget(self, trace: Trace, length: int) -> None:
        """Forget everything after ``length`` iterations, of which the trace still knows."""
        if length >= self.seen:
            return
        kept = int(np.searchsorted(self.ends, length, side="right"))
        del self._means[kept:], self._ends[kept:]
        open_ = trace.column("loss")[self._ends[-1] if kept else 0 : length].astype(np.float64)
        self._sum, self._count = float(open_.sum()), len(open_)
        if self.not_finite is not None and self.not_finite > length:
            self.not_finite = None
        self.seen = length
