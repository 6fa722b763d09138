"""Histograms over a run as one heat map: a column an iteration, a row a bin, all on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.core.ranges import step_up
from nnsim.engine.histograms import BINS, LEAST_EXPONENT, Histogram, together
from nnsim.session.history import Inside

Floats = NDArray[np.float64]
#: What is spread: the weights after an update, or what the update added to them.
What: TypeAlias = Literal["weights", "updates"]
WHATS: tuple[What, ...] = ("weights", "updates")

#: The share of the values from which on a bin has its full colour.
FULL = 0.2
_SIDE = np.where(np.arange(BINS) < BINS // 2, -1.0, 1.0)


def spread(point: Inside, what: What, layer: int | None) -> Histogram:
    """The histogram of a layer's weights or updates at a point; of all layers where it is None."""
    of_layers = point.weights if what == "weights" else point.changes
    return together(of_layers) if layer is None else of_layers[layer]


def shares(found: Histogram, exponent: int) -> Floats:
    """Share of the values in each bin from -2^exponent to 2^exponent, shape (BINS,)."""
    counts = found.widened(max(exponent, found.exponent)).counts
    return counts / max(found.total, 1)


class HeatMap(NamedTuple):
    """Shares of values, shape (BINS, points), the lowest bin first; and where each column lies.

    ``edges``, (points + 1,), are the iterations between columns: half-way between two points.
    """

    shares: Floats
    edges: Floats

    @classmethod
    def of(cls, points: Sequence[Inside], columns: Sequence[Floats]) -> HeatMap:
        """That of some points, one or more, and the shares of each."""
        x = np.array([float(point.iteration) for point in points])
        middles = (x[1:] + x[:-1]) / 2
        edges = np.concatenate([[x[0] - 0.5], middles, [x[-1] + 0.5]])
        return cls(np.column_stack(columns), edges)

    def evenly(self, columns: int) -> Floats:
        """The map with ``columns`` columns of the same width, each as the point it lies on."""
        middles = np.linspace(self.edges[0], self.edges[-1], columns, endpoint=False)
        middles += (self.edges[-1] - self.edges[0]) / (2 * columns)
        at = np.searchsorted(self.edges, middles, side="right") - 1
        return self.shares[:, np.clip(at, 0, self.shares.shape[1] - 1)]


def intensities(found: Floats) -> Floats:
    """Shares as what colours are looked up by: 0 … 1 above 0 and 0 … -1 below.

    They go with the root of the share: so a few weights far out are still to be seen.
    """
    strength = np.sqrt(np.minimum(found / FULL, 1.0))
    sides = _SIDE if found.ndim == 1 else _SIDE[:, np.newaxis]
    return strength * sides


class Columns:
    """Histograms of points and their shares, each found once: most points stay for a long time."""

    def __init__(self, what: What, layer: int | None) -> None:
        self._what, self._layer = what, layer
        self._exponent = 0
        self._histograms: dict[Inside, Histogram] = {}
        self._shares: dict[Inside, Floats] = {}

    def take_in(self, points: Sequence[Inside]) -> list[Histogram]:
        """Have these points as columns; the histograms of those that were none before."""
        before = self._histograms
        fresh = {
            point: spread(point, self._what, self._layer) for point in points if point not in before
        }
        self._histograms = {point: fresh.get(point) or before[point] for point in points}
        return list(fresh.values())

    def shares(self, points: Sequence[Inside], exponent: int) -> list[Floats]:
        """The shares of these points, taken in before, from -2^exponent to 2^exponent."""
        before = self._shares if exponent == self._exponent else {}
        self._exponent = exponent
        self._shares = {
            point: before[point] if point in before else shares(self._histograms[point], exponent)
            for point in points
        }
        return list(self._shares.values())


class Reach:
    """How far the axes go: values to ``value`` on both sides of 0, shares of one iteration to
    ``share``.  Both grow in steps of 1, 2, 5 and never shrink while the run goes on.

    The bins lie between -2^exponent and 2^exponent, which is no nearer than ``value``.
    """

    def __init__(self) -> None:
        self.exponent: int | None = None
        self.value = 0.0
        self.share = 0.0

    def take_in(self, found: Sequence[Histogram]) -> None:
        """Widen the axis of values so that all histograms lie on it."""
        filled = [each for each in found if each.total]
        largest = max((each.exponent for each in filled), default=LEAST_EXPONENT)
        # All weights 0: an axis of plain numbers.
        wanted = 0 if largest == LEAST_EXPONENT else largest
        if self.exponent is None or wanted > self.exponent:
            self.exponent = wanted
            self.value = 0.0
        reach = max((each.reach for each in filled if each.exponent >= self.exponent), default=0.0)
        # Values that reach less far than half the bins have narrower ones, which fit in.
        reach = max(reach, 2.0 ** (self.exponent - 1))
        self.value = max(self.value, min(step_up(reach), 2.0**self.exponent))

    def take_in_shares(self, found: Floats) -> None:
        """Widen the axis of shares so that these lie on it."""
        self.share = max(self.share, step_up(max(float(found.max()), 0.01)))
