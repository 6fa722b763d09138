"""Histograms over a run as one heat map: a column an iteration, a row a bin, all on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.histograms import all_magnitudes, together
from nnsim.session.history import Inside
from nnsim.ui.panels.weights.axes import Spread, ValueAxis

Floats = NDArray[np.float64]
#: What is spread: the weights after an update, what the update added to them, or its size.
What: TypeAlias = Literal["weights", "updates", "sizes"]
WHATS: tuple[What, ...] = ("weights", "updates", "sizes")

#: The share of the values from which on a bin has its full colour.
FULL = 0.2


def spread(point: Inside, what: What, layer: int | None) -> Spread:
    """How a layer's values are spread at a point; those of all layers where it is None."""
    if what == "sizes":
        return all_magnitudes(point.sizes) if layer is None else point.sizes[layer]
    of_layers = point.weights if what == "weights" else point.changes
    return together(of_layers) if layer is None else of_layers[layer]


class HeatMap(NamedTuple):
    """Shares of values, shape (bins, points), the lowest bin first; and where each column lies.

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


def intensities(found: Floats, signs: Floats) -> Floats:
    """Shares, shape (bins,) or (bins, columns), as what colours are looked up by: from -1 to 1.

    ``signs`` are those of the values of each bin, shape (bins,).  Intensities go with the root of
    the share: so a few weights far out are still to be seen.
    """
    strength = np.sqrt(np.minimum(found / FULL, 1.0))
    return strength * (signs if found.ndim == 1 else signs[:, np.newaxis])


class Columns:
    """What is spread at points and its shares, each found once: most points stay for long."""

    def __init__(self, what: What, layer: int | None) -> None:
        self._what, self._layer = what, layer
        self._key: object = None
        self._spreads: dict[Inside, Spread] = {}
        self._shares: dict[Inside, Floats] = {}

    def take_in(self, points: Sequence[Inside]) -> list[Spread]:
        """Have these points as columns; what is spread at those that were none before."""
        before = self._spreads
        fresh = {
            point: spread(point, self._what, self._layer) for point in points if point not in before
        }
        self._spreads = {point: fresh.get(point) or before[point] for point in points}
        return list(fresh.values())

    def shares(self, points: Sequence[Inside], axis: ValueAxis) -> list[Floats]:
        """The shares of these points, taken in before, in the bins of an axis."""
        before = self._shares if axis.key == self._key else {}
        self._key = axis.key
        self._shares = {
            point: before[point] if point in before else axis.shares(self._spreads[point])
            for point in points
        }
        return list(self._shares.values())
