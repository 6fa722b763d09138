"""Histograms whose bins fit into one another, so that those of many moments can share an axis.

Values lie in equal bins on both sides of 0, sizes in equal parts of powers of ten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array

#: Bins of a histogram, half of them on either side of 0.
BINS = 64
_HALF = BINS // 2
_DOUBLINGS_OF_HALF = _HALF.bit_length() - 1
#: Values nearer to 0 than 2 to this power are as good as 0.
LEAST_EXPONENT = -40
#: Values farther out than 2 to this power lie on no axis: sums of its ends would be infinite.
MOST_EXPONENT = 990
#: Bins of each power of ten where sizes are counted, and the powers they lie between.
BINS_A_DECADE = 4
LEAST_DECADE, MOST_DECADE = -16, 12


class Histogram(NamedTuple):
    """How many values lie in each of ``BINS`` equal bins from -2^exponent to 2^exponent.

    A bin holds its lower edge and not its upper one, so 0 is the first of the upper half.
    ``astray`` counts the values that lie in no bin: NaN, infinite or beyond 2^``MOST_EXPONENT``.
    """

    counts: NDArray[np.int64]
    exponent: int
    astray: int = 0

    @property
    def total(self) -> int:
        """How many values lie in a bin."""
        return int(self.counts.sum())

    @property
    def reach(self) -> float:
        """How far from 0 the bins go that hold something; 0 where none does."""
        filled = np.flatnonzero(self.counts)
        if not filled.size:
            return 0.0
        outermost = max(_HALF - int(filled[0]), int(filled[-1]) + 1 - _HALF)
        return math.ldexp(outermost / _HALF, self.exponent)

    def widened(self, exponent: int) -> Histogram:
        """The very same values in bins from -2^exponent to 2^exponent, ``exponent`` not smaller.

        Exact: each of the wider bins holds whole bins of this one.
        """
        doublings = exponent - self.exponent
        if doublings == 0:
            return self
        assert doublings > 0
        merged = 2 ** min(doublings, _DOUBLINGS_OF_HALF)
        counts = np.zeros_like(self.counts)
        left = _HALF - _HALF // merged
        counts[left : BINS - left] = self.counts.reshape(-1, merged).sum(axis=1)
        return Histogram(counts, exponent, self.astray)


def histogram(arrays: Iterable[Array]) -> Histogram:
    """The histogram of all values of some arrays, on the narrowest range that holds them."""
    values = np.concatenate(
        [np.zeros(0), *(np.asarray(array, dtype=np.float64).ravel() for array in arrays)]
    )
    within = values[np.abs(values) < 2.0**MOST_EXPONENT]
    # frexp gives the power of two that is just larger.
    exponent = math.frexp(np.abs(within).max(initial=2.0 ** (LEAST_EXPONENT - 1)))[1]
    places = np.floor(np.ldexp(within, _DOUBLINGS_OF_HALF - exponent)).astype(np.int64) + _HALF
    return Histogram(np.bincount(places, minlength=BINS), exponent, len(values) - len(within))


def together(histograms: Iterable[Histogram]) -> Histogram:
    """The histogram of the values of several, on the widest of their ranges."""
    found = list(histograms)
    exponent = max((each.exponent for each in found), default=LEAST_EXPONENT)
    counts = [each.widened(exponent).counts for each in found]
    empty = np.zeros(BINS, dtype=np.int64)
    return Histogram(sum(counts, empty), exponent, sum(each.astray for each in found))


class Magnitudes(NamedTuple):
    """How many values have their size |v| in each of the bins between powers of ten.

    ``counts``, shape ((MOST_DECADE - LEAST_DECADE) * BINS_A_DECADE,): bin k holds sizes from
    10^(LEAST_DECADE + k / BINS_A_DECADE) on, below the next bin's.  ``zeros`` counts values that
    are 0 or smaller than all bins, ``astray`` those that are NaN, infinite or larger.
    """

    counts: NDArray[np.int64]
    zeros: int = 0
    astray: int = 0

    @property
    def total(self) -> int:
        """How many values are 0 or lie in a bin."""
        return int(self.counts.sum()) + self.zeros


_SIZES = (MOST_DECADE - LEAST_DECADE) * BINS_A_DECADE


def magnitudes(arrays: Iterable[Array]) -> Magnitudes:
    """The sizes of all values of some arrays, counted between powers of ten."""
    values = np.concatenate(
        [np.zeros(0), *(np.asarray(array, dtype=np.float64).ravel() for array in arrays)]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.floor((np.log10(np.abs(values)) - LEAST_DECADE) * BINS_A_DECADE)
    small, within = places < 0, (places >= 0) & (places < _SIZES)
    counts = np.bincount(places[within].astype(np.int64), minlength=_SIZES)
    zeros = int(np.count_nonzero(small))
    return Magnitudes(counts, zeros, len(values) - zeros - int(counts.sum()))


def all_magnitudes(found: Iterable[Magnitudes]) -> Magnitudes:
    """The sizes of the values of several."""
    parts = list(found)
    counts = sum((each.counts for each in parts), np.zeros(_SIZES, dtype=np.int64))
    return Magnitudes(counts, sum(e.zeros for e in parts), sum(e.astray for e in parts))


def edges(exponent: int) -> NDArray[np.float64]:
    """The edges of the bins from -2^exponent to 2^exponent, shape (BINS + 1,)."""
    return np.ldexp(np.linspace(-1.0, 1.0, BINS + 1), exponent)
