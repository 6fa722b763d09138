"""The figures of a run as series of points: per iteration, and per epoch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document, Training
from nnsim.document.preparation import prepared
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import Evaluations, PartName

Floats = NDArray[np.float64]
#: What is plotted: the loss, how many outputs miss their target, or, of two networks that learn in
#: turn, the loss of the second.
What: TypeAlias = Literal["loss", "wrong", "second_loss"]
#: Against what: iterations or epochs.
Per: TypeAlias = Literal["iteration", "epoch"]
#: By what a part of the samples is judged.
Figure: TypeAlias = Literal["loss", "metric"]

# So many steps of an average are taken at a time.
_STEPS = 64


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

    def until(self, iterations: int) -> Series:
        """The points that stand for the first so many iterations."""
        count = int(np.searchsorted(self.last, iterations, side="right"))
        broken = self.broken[self.broken < count]
        return Series(self.x[:count], self.y[:count], self.last[:count], broken)

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


def smoothed(found: Series, strength: float) -> Series:
    """A series as its exponential moving average, s_k = β s_(k-1) + (1 - β) y_k.

    ``strength`` is the β of points that follow each other by 1; where they stand d apart (on
    average) it is βᵈ, so that a curve of few points is not smoothed over a longer time.  Divided by
    1 - βᵏ, as Adam's averages are (Kingma & Ba 2015), so that it starts at y_1 and not at 0.  What
    is not finite stays as it is and has no part in the average.
    """
    if not 0.0 <= strength < 1.0:
        raise ValueError(f"{strength} is no strength of smoothing")
    if not strength or len(found) < 2:
        return found
    strength = strength ** (float(found.x[-1] - found.x[0]) / (len(found) - 1))
    is_finite = np.isfinite(found.y)
    with np.errstate(over="ignore", invalid="ignore"):
        sums = _moving(np.where(is_finite, found.y, 0.0), strength)
        weights = _moving(is_finite.astype(np.float64), strength)
        averages = np.divide(sums, weights, out=found.y.copy(), where=is_finite)
    return replace(found, y=averages)


def _moving(values: Floats, strength: float) -> Floats:
    """s_k = β s_(k-1) + (1 - β) v_k with s_0 = 0, many steps at a time."""
    rows = -(-len(values) // _STEPS)
    padded = np.zeros(rows * _STEPS)
    padded[: len(values)] = values
    powers = strength ** np.arange(_STEPS + 1)
    lags = np.subtract.outer(np.arange(_STEPS), np.arange(_STEPS))
    weights = np.where(lags >= 0, powers[np.abs(lags)], 0.0) * (1.0 - strength)
    found = padded.reshape(rows, _STEPS) @ weights.T
    last = 0.0
    for row in found:
        row += powers[1:] * last
        last = row[-1]
    return np.asarray(found.ravel()[: len(values)])


def averaged(found: Series, most: int) -> Series:
    """At most ``most`` points of a series, each the mean of a stretch, at the end of the stretch.

    What is not finite has no part in it.  Smoothing may go on from these, and not from
    ``thinned``: half-way between the lowest and the highest is no mean.
    """
    if len(found) <= most:
        return found
    edges = np.linspace(0, len(found), most + 1).astype(np.int64)
    is_finite = np.isfinite(found.y)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        sums = np.add.reduceat(np.where(is_finite, found.y, 0.0), edges[:-1])
        means = sums / np.add.reduceat(is_finite.astype(np.float64), edges[:-1])
    ends = edges[1:] - 1
    return Series(found.x[ends], means, found.last[ends], np.flatnonzero(~np.isfinite(means)))


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
    figures = sums if what == "wrong" else sums / (ends + 1 - starts)
    broken = np.flatnonzero(~np.isfinite(figures) & ~missing[ends])
    return Series(epochs, figures, ends + 1, broken)
