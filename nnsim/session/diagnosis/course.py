"""The course of the loss over a run, taken in as the run goes on."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise

import numpy as np

from nnsim.document.model import LAYER_RULES, Document
from nnsim.engine.trace import Trace


class LossCourse:
    """Mean losses of the epochs, and where the loss was no number any more.

    ``means[k]`` is the mean of the epoch that ended with iteration ``ends[k]``.  Iterations of a
    rule without a loss count for nothing.  ``not_finite`` is the first iteration, from 1, with a
    loss of NaN or infinity.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.means: list[float] = []
        self.ends: list[int] = []
        self.latest = math.nan
        self.not_finite: int | None = None
        self._open: list[float] = []

    def see(self, document: Document, trace: Trace, length: int) -> None:
        """Take in what the trace has beyond what was seen, up to ``length`` iterations."""
        starts = [0, *(change.iteration for change in document.changes), length]
        for start, stop in pairwise(starts):
            begin, end = max(start, self.seen), min(stop, length)
            if begin < end:
                has_loss = _has_loss(document, begin)
                self._take(trace, begin, end, has_loss)
        self.seen = max(self.seen, length)

    def forget(self, trace: Trace, length: int) -> None:
        """Forget everything after ``length`` iterations, of which the trace still knows."""
        if length >= self.seen:
            return
        kept = bisect_right(self.ends, length)
        del self.means[kept:], self.ends[kept:]
        start = self.ends[-1] if kept else 0
        losses = trace.column("loss")[start:length].astype(np.float64)
        self._open = losses.tolist()
        self.latest = float(trace.column("loss")[length - 1]) if length else math.nan
        if self.not_finite is not None and self.not_finite > length:
            self.not_finite = None
        self.seen = length

    def _take(self, trace: Trace, begin: int, end: int, has_loss: bool) -> None:
        if not has_loss:
            self._open.clear()
            return
        losses = trace.column("loss")[begin:end].astype(np.float64)
        ended = trace.column("epoch_ended")[begin:end]
        if self.not_finite is None and not np.isfinite(losses).all():
            self.not_finite = begin + int(np.argmin(np.isfinite(losses))) + 1
        self.latest = float(losses[-1])
        start = 0
        for stop in (np.flatnonzero(ended) + 1).tolist():
            self._open += losses[start:stop].tolist()
            self.means.append(_mean(self._open))
            self.ends.append(begin + stop)
            self._open.clear()
            start = stop
        self._open += losses[start:].tolist()

    @property
    def recent(self) -> float:
        """Mean loss of the last whole epoch, or of what there is of the first one."""
        return self.means[-1] if self.means else _mean(self._open)


def _mean(losses: list[float]) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean(losses)) if losses else math.nan


def _has_loss(document: Document, iteration: int) -> bool:
    rule = document.settings_at(iteration)[0].rule
    return rule not in LAYER_RULES or rule == "delta"
