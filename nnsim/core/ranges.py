"""Calm ranges for axes and colours: they grow in steps and leave a margin."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

#: The farthest an axis goes: sums and differences of its ends stay finite.
MOST = 1e300


def step_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 … that is at least ``value``; axes grow along these.

    They end at MOST.  Raises ValueError for a value that is not finite and positive.
    """
    if not (math.isfinite(value) and value > 0):
        raise ValueError(value)
    if value >= MOST:
        return MOST
    power = 10.0 ** math.floor(math.log10(value))
    for factor in (1.0, 2.0, 5.0, 10.0):
        # A hair of slack, so that 0.2 is a step although 2 · 0.1 is a little more.
        if factor * power >= value * (1 - 1e-9):
            return float(f"{factor * power:.12g}")
    return 10.0 * power


def span(values: Iterable[float], margin: float = 0.15, least: float = 1.0) -> tuple[float, float]:
    """A calm range around the finite values, with a margin on both sides."""
    finite = np.array([value for value in values if math.isfinite(value)])
    if not finite.size:
        return -least / 2, least / 2
    low, high = float(finite.min()), float(finite.max())
    if high - low < 1e-9 * max(abs(low), abs(high), least):
        half = max(abs(low) * 0.5, least / 2)
        return low - half, high + half
    return low - margin * (high - low), high + margin * (high - low)
