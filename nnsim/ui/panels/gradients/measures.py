"""What the gradients panel can show of every layer, and on which axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnsim.session.history import Inside

Floats = NDArray[np.float64]

# Room above and below the curves, in shares of what they span.
_MARGIN = 0.06


class Measure(NamedTuple):
    """A figure of a layer.  ``is_share``: between 0 and 1, on a plain axis; else a norm, on a
    logarithmic one.  ``needs_gradient``: only learning by a gradient has it.  ``in_time``: it is
    drawn over the time steps of a recurrent layer, and not over the iterations."""

    name: str
    of: Callable[[Inside], Floats]
    is_share: bool = False
    needs_gradient: bool = False
    in_time: bool = False


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("gradient", lambda point: point.gradients, needs_gradient=True),
        Measure("delta", lambda point: point.deltas, needs_gradient=True),
        Measure("update", lambda point: point.updates),
        Measure("dead", lambda point: 100 * point.dead, is_share=True),
        Measure("saturated", lambda point: 100 * point.saturated, is_share=True),
        Measure("in_time", lambda point: point.gradients, needs_gradient=True, in_time=True),
    )
}


class Heights:
    """Where values stand on the axis; on a logarithmic one it grows by whole decades.

    What is exactly 0 has no logarithm: it stands on a line of its own at the lower edge.
    """

    def __init__(self, is_log: bool) -> None:
        self.is_log = is_log
        self._low, self._high = (math.inf, -math.inf) if is_log else (0.0, 100.0)

    def take_in(self, values: Iterable[Floats]) -> None:
        """Widen the axis so that these values stand on it."""
        if not self.is_log:
            return
        for array in values:
            positive = array[np.isfinite(array) & (array > 0)]
            if positive.size:
                self._low = min(self._low, math.floor(math.log10(positive.min())))
                self._high = max(self._high, math.ceil(math.log10(positive.max())))

    @property
    def range(self) -> tuple[float, float]:
        """Both ends of the axis, as logarithms where it is logarithmic."""
        low, high = (self._low, self._high) if self._low <= self._high else (-1.0, 0.0)
        high = max(high, low + 1)
        margin = _MARGIN * (high - low)
        return low - margin, high + margin

    def of(self, values: Floats) -> Floats:
        """The heights of values; NaN for what has none."""
        if not self.is_log:
            return values
        low, high = self.range
        zero = low + _MARGIN / 3 * (high - low)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        return np.where(values == 0, zero, np.where(np.isfinite(logs), logs, np.nan))


class Astray(NamedTuple):
    """From which iteration on a run is not finite; unless ``is_first`` at the latest.

    Between two iterations that are looked at there may be others.
    """

    iteration: int
    is_first: bool


class Courses(NamedTuple):
    """A measure over the run: ``x`` iterations, ``y`` shape (points, layers)."""

    x: Floats
    y: Floats

    @classmethod
    def of(cls, points: Sequence[Inside], measure: Measure, layers: int) -> Courses:
        """Those of some points."""
        y = [measure.of(point) for point in points]
        iterations = np.array([float(point.iteration) for point in points])
        return cls(iterations, np.array(y).reshape(len(points), layers))

    @property
    def zeros(self) -> int:
        """How many figures are exactly 0."""
        return int((self.y == 0).sum())

    def gone_astray(self, known: int | None) -> Astray | None:
        """Since when figures are infinite, None where all are finite.

        ``known``: the iteration at which the run itself was found to be, if it was.  NaN is no
        figure, unless there was one before.
        """
        was_there = np.logical_or.accumulate(np.isfinite(self.y), axis=0)
        astray = np.isinf(self.y) | (np.isnan(self.y) & was_there)
        rows = astray.any(axis=1)
        if not rows.any():
            return None
        row = int(rows.argmax())
        seen = int(self.x[row])
        if known is not None and known <= seen:
            return Astray(known, is_first=True)
        before = int(self.x[row - 1]) if row else 0
        return Astray(seen, is_first=seen == before + 1)
