"""The figures of a run as series of points: per iteration, and per epoch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document, Training
from nnsim.document.preparation import prepared
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import Evaluations, PartName

Floats = NDArray[np.float64]
#: What is plotted: the loss, or how many outputs miss their target.
What: TypeAlias = Literal["loss", "wrong"]
#: Against what: iterations or epochs.
Per: TypeAlias = Literal["iteration", "epoch"]
#: By what a part of the samples is judged.
Figure: TypeAlias = Literal["loss", "metric"]


@dataclass(frozen=True, eq=False)
class Series:
    """Points of a plot: ``x`` iterations or epochs, ``y`` the figures, of the same length.

    ``last`` is the last iteration each point stands for; ``broken`` the indices of points that
    are results but not finite.  Points of iterations without a loss are NaN and not broken.
    """

    x: Floats
    y: Floats
    last: NDArray[np.int64]
    broken: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.x)

    def index_of(self, iteration: int) -> int | None:
        """The point an iteration belongs to, None where it has none yet."""
        index = int(np.searchsorted(self.last, iteration))
        return index if index < len(self.last) else None


def segments(document: Document) -> Iterator[tuple[int, Training]]:
    """Iterations after which settings come into force, from 0, with those settings."""
    yield 0, document.training
    for change in document.changes:
        yield change.iteration, document.settings_at(change.iteration)[0]


def any_loss(document: Document) -> bool:
    """Whether any part of the run has a loss."""
    return any(training.has_loss for _, training in segments(document))


def evaluated(
    document: Document, evaluations: Evaluations, part: PartName, figure: Figure, per: Per
) -> Series:
    """How a part of the samples was judged over time; without points where it has no samples.

    The first point, at 0, is the network before anything was learnt.
    """
    y = evaluations.column(part, figure)
    last = evaluations.iterations
    if not len(prepared(document).rows_of(part)):
        y, last = y[:0], last[:0]
    x = last if per == "iteration" else evaluations.epochs[: len(last)]
    return Series(x.astype(np.float64), y, last, np.flatnonzero(~np.isfinite(y)))


def thinned(found: Series, most: int) -> Series:
    """At most about ``most`` points of a series, the same ones each time.

    The first and the last stay, and the lowest and the highest of each stretch, so that peaks and
    the width of noise are still to be seen.
    """
    if len(found) <= most:
        return found
    edges = np.linspace(0, len(found), max(most // 2, 1) + 1).astype(np.int64)
    chosen = {0, len(found) - 1}
    # What is not finite is the lowest of its stretch: that a run went astray is seen too.
    heights = np.where(np.isfinite(found.y), found.y, -np.inf)
    for start, stop in itertools.pairwise(edges):
        stretch = heights[start:stop]
        chosen |= {int(start + stretch.argmin()), int(start + stretch.argmax())}
    rows = np.array(sorted(chosen))
    broken = np.flatnonzero(np.isin(rows, found.broken))
    return Series(found.x[rows], found.y[rows], found.last[rows], broken)


def series(document: Document, trace: Trace, length: int, what: What, per: Per) -> Series:
    """The series of the first ``length`` iterations of the document's trace."""
    y = trace.column(what)[:length].astype(np.float64)
    missing = np.zeros(length, dtype=np.bool_)
    if what == "loss":
        for start, training in segments(document):
            missing[start:] = not training.has_loss
    if per == "iteration":
        iterations = np.arange(1, length + 1)
        broken = np.flatnonzero(~np.isfinite(y) & ~missing)
        return Series(iterations.astype(np.float64), y, iterations, broken)
    ends = np.flatnonzero(trace.column("epoch_ended")[:length])
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    epochs = trace.column("epoch")[ends].astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.add.reduceat(y[: ends[-1] + 1], starts) if len(ends) else np.zeros(0)
    figures = sums / (ends + 1 - starts) if what == "loss" else sums
    broken = np.flatnonzero(~np.isfinite(figures) & ~missing[ends])
    return Series(epochs, figures, ends + 1, broken)
