"""The axis of the values of a heat map: its bins, how far it goes, where a value lies on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.core.ranges import step_up
from nnsim.engine.histograms import (
    BINS,
    BINS_A_DECADE,
    LEAST_DECADE,
    LEAST_EXPONENT,
    MOST_DECADE,
    Histogram,
    Magnitudes,
    edges,
)

Floats = NDArray[np.float64]
#: How values are spread, or their sizes.
Spread: TypeAlias = Histogram | Magnitudes

_SIDE = np.where(np.arange(BINS) < BINS // 2, -1.0, 1.0)
# Powers of ten that an axis has at first: those of most updates.
_FIRST_DECADES = (-4, -1)


class ValueAxis(ABC):
    """Grows with what is taken in and never shrinks while a run goes on.

    ``share`` is how far the axis of the shares of one iteration goes, in steps of 1, 2, 5.
    """

    #: Whether places on the plot's axis are powers of ten.
    is_log = False

    def __init__(self) -> None:
        self.share = 0.0

    @abstractmethod
    def take_in(self, found: Sequence[Spread]) -> None:
        """Widen the axis so that all of these lie on it."""

    @property
    @abstractmethod
    def key(self) -> object:
        """The same as long as the bins are the same."""

    @property
    @abstractmethod
    def home(self) -> tuple[float, float]:
        """From where to where on the plot's axis it is shown."""

    @abstractmethod
    def places(self) -> Floats:
        """The edges of the bins on the plot's axis, ascending, shape (bins + 1,)."""

    @abstractmethod
    def counts(self, found: Spread) -> NDArray[np.int64]:
        """How many values lie in each bin, shape (bins,)."""

    @abstractmethod
    def signs(self) -> Floats:
        """The sign of the values in each bin, ±1, shape (bins,)."""

    def shares(self, found: Spread) -> Floats:
        """The share of all values that lies in each bin, shape (bins,)."""
        return self.counts(found) / max(found.total, 1)

    def values(self, places: Floats) -> Floats:
        """The values at places of the plot's axis."""
        return np.power(10.0, places) if self.is_log else places

    def row_at(self, place: float) -> int | None:
        """The bin that a place of the plot's axis lies in, None outside of it."""
        ends = self.places()
        row = int(np.searchsorted(ends, place, side="right")) - 1
        return row if 0 <= row < len(ends) - 1 else None

    def take_in_shares(self, found: Floats) -> None:
        """Widen the axis of shares so that these lie on it."""
        self.share = max(self.share, step_up(max(float(found.max()), 0.01)))


class Reach(ValueAxis):
    """Values to ``value`` on both sides of 0, in steps of 1, 2, 5.

    The bins lie between -2^exponent and 2^exponent, which is no nearer than ``value``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.exponent: int | None = None
        self.value = 0.0

    def take_in(self, found: Sequence[Spread]) -> None:
        """Widen the axis so that all histograms lie on it."""
        filled = [each for each in found if isinstance(each, Histogram) and each.total]
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

    @property
    def key(self) -> object:
        return self.exponent

    @property
    def home(self) -> tuple[float, float]:
        return -self.value, self.value

    def places(self) -> Floats:
        """The edges of the bins, which are values."""
        return edges(self.exponent or 0)

    def counts(self, found: Spread) -> NDArray[np.int64]:
        """Those of a histogram that lies on the axis."""
        assert isinstance(found, Histogram)
        return found.widened(max(self.exponent or 0, found.exponent)).counts

    def signs(self) -> Floats:
        """Below 0 and above."""
        return _SIDE


class Decades(ValueAxis):
    """Sizes from 10^``low`` to 10^``high``, whole powers of ten; places are powers."""

    is_log = True

    def __init__(self) -> None:
        super().__init__()
        self.low, self.high = _FIRST_DECADES

    def take_in(self, found: Sequence[Spread]) -> None:
        """Widen the axis so that all sizes lie on it."""
        for each in found:
            assert isinstance(each, Magnitudes)
            filled = np.flatnonzero(each.counts)
            if filled.size:
                first, last = int(filled[0]), int(filled[-1])
                self.low = min(self.low, LEAST_DECADE + first // BINS_A_DECADE)
                self.high = max(self.high, LEAST_DECADE + last // BINS_A_DECADE + 1)

    @property
    def key(self) -> object:
        return self.low, self.high

    @property
    def home(self) -> tuple[float, float]:
        return float(self.low), float(self.high)

    def places(self) -> Floats:
        """The powers of ten at the edges of the bins."""
        return np.linspace(self.low, self.high, (self.high - self.low) * BINS_A_DECADE + 1)

    def counts(self, found: Spread) -> NDArray[np.int64]:
        """Those of the bins that lie on the axis."""
        assert isinstance(found, Magnitudes)
        assert LEAST_DECADE <= self.low < self.high <= MOST_DECADE
        first = (self.low - LEAST_DECADE) * BINS_A_DECADE
        return found.counts[first : (self.high - LEAST_DECADE) * BINS_A_DECADE]

    def signs(self) -> Floats:
        """Sizes have none: all as if above 0."""
        return np.ones((self.high - self.low) * BINS_A_DECADE)
