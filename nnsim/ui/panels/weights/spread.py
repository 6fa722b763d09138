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
    def of(cls, points: Sequence[Inside], found: Sequence[Histogram], exponent: int) -> HeatMap:
        """That of the histograms of some points, one or more."""
        x = np.array([float(point.iteration) for point in points])
        middles = (x[1:] + x[:-1]) / 2
        edges = np.concatenate([[x[0] - 0.5], middles, [x[-1] + 0.5]])
        columns = [shares(each, exponent) for each in found]
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


class Reach:
    """How far the axes go: values from -2^exponent to 2^exponent, shares of one iteration to
    ``share``.  Both grow in steps and never shrink while the run goes on."""

    def __init__(self) -> None:
        self.exponent: int | None = None
        self.share = 0.0

    def take_in(self, found: Sequence[Histogram]) -> None:
        """Widen the axis of values so that all histograms lie on it."""
        largest = max((each.exponent for each in found if each.total), default=LEAST_EXPONENT)
        # All weights 0: an axis of plain numbers.
        wanted = 0 if largest == LEAST_EXPONENT else largest
        self.exponent = wanted if self.exponent is None else max(self.exponent, wanted)

    def take_in_shares(self, found: Floats) -> None:
        """Widen the axis of shares so that these lie on it."""
        self.share = max(self.share, step_up(max(float(found.max()), 0.01)))
