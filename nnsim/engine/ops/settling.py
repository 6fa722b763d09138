"""Sums that are nothing but rounding error, as 0.1 + 0.2 - 0.3 is, become 0, as on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnsim.engine.layout import Array

# A float sum of n terms is off by at most about n ulp of the terms; twice that is still dust.
_DUST = 2.0 * np.finfo(np.float64).eps
# Dust this large would need addends of millions; above it no sum is looked at more closely.
_SMALL = 1e-6


def settled(z: Array, size: Array, terms: int) -> Array:
    """The sums z, with 0 in place of those that are nothing but rounding error.

    ``size`` are the sums of the sizes of their ``terms`` addends.  A sum that overflowed stays.
    """
    dust = np.minimum(_DUST * terms * size, _SMALL)
    return np.where(np.isfinite(size) & (np.abs(z) <= dust), 0.0, z)


def has_dust(z: Array) -> bool:
    """Whether any of these sums is so small that ``settled`` has to look at it."""
    return Dust(z).is_there()


class Dust:
    """Looks at the same sums again and again, without new arrays."""

    def __init__(self, z: Array) -> None:
        self._z = z
        self._size = np.zeros_like(z)
        self._is_small = np.zeros(z.shape, np.bool_)
        self._limit = np.array(_SMALL, z.dtype)

    def is_there(self) -> bool:
        """Whether any sum is so small that ``settled`` has to look at it; 0 is 0 already."""
        np.abs(self._z, self._size)
        np.less_equal(self._size, self._limit, self._is_small)
        small = int(np.count_nonzero(self._is_small))
        return small > 0 and small > self._size.size - int(np.count_nonzero(self._size))


def settling(z: Array, calls: Sequence[Callable[[], object]]) -> Callable[[], None]:
    """A call that settles the sums z of layers that have been run without.

    Most sums are no dust, so one look at all of them does; where there is some, ``calls`` run these
    layers again, each settled before the next one sees it.
    """
    dust = Dust(z)

    def settle() -> None:
        if dust.is_there():
            for call in calls:
                call()

    return settle
