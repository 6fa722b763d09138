"""A stroke on the plane: the samples it puts down, or those it wipes away."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnsim.core.randoms import generator

Floats = NDArray[np.float64]

# Painted numbers are rounded to this share of the visible range: a table of short numbers.
_GRAIN = 1 / 400
#: A spray reaches so many pixels around the mouse, and puts a sample down each so many pixels.
SPRAY_RADIUS, SPRAY_PITCH = 16.0, 7.0
#: What is wiped away lies within so many pixels of the mouse.
WIPE_RADIUS = 14.0


class Stroke:
    """From pressing the button to letting it go.

    Places are in plot coordinates; ``pixel`` is the size of a pixel there, (x, y).  ``visible`` is
    the size of what is seen.  The spray is drawn from ``seed``.
    """

    def __init__(self, wipes: bool, pixel: Floats, visible: Floats, seed: int) -> None:
        self.wipes = wipes
        self._pixel = pixel
        self._decimals = [_decimals(size) for size in visible.tolist()]
        self._random = generator(seed)
        self._last: Floats | None = None
        self._points: list[Floats] = []
        self._wiped: set[int] = set()

    @property
    def points(self) -> Floats:
        """Places of the samples put down so far, shape (samples, 2)."""
        return np.array(self._points).reshape(-1, 2)

    @property
    def wiped(self) -> frozenset[int]:
        """Row numbers of the samples wiped away so far."""
        return frozenset(self._wiped)

    def put(self, place: Floats) -> bool:
        """The mouse is here: one sample at the first place, then a spray; whether one was put."""
        if self._last is None:
            self._last = place
            self._points.append(self._rounded(place))
            return True
        way = float(np.hypot(*((place - self._last) / self._pixel)))
        count = int(way // SPRAY_PITCH)
        for step in range(1, count + 1):
            middle = self._last + (place - self._last) * (step * SPRAY_PITCH / way)
            self._points.append(self._rounded(middle + self._scatter()))
        if count:
            self._last = self._last + (place - self._last) * (count * SPRAY_PITCH / way)
        return count > 0

    def wipe(self, place: Floats, points: Floats, rows: NDArray[np.int64]) -> bool:
        """The mouse is here: the samples under it go; whether there were any.

        ``points``: places of all samples, shape (samples, 2); ``rows``: those that are drawn.
        """
        if not len(rows):
            return False
        away = np.hypot(*((points[rows] - place) / self._pixel).T)
        found = set(rows[away <= WIPE_RADIUS].tolist()) - self._wiped
        self._wiped |= found
        return bool(found)

    def _scatter(self) -> Floats:
        """A place in the disc of the spray, every part of it as likely."""
        radius = SPRAY_RADIUS * math.sqrt(self._random.uniform())
        angle = self._random.uniform(0, 2 * math.pi)
        return radius * np.array([math.cos(angle), math.sin(angle)]) * self._pixel

    def _rounded(self, place: Floats) -> Floats:
        return np.array([round(x, n) for x, n in zip(place.tolist(), self._decimals, strict=True)])


def _decimals(size: float) -> int:
    return max(0, math.ceil(-math.log10(size * _GRAIN))) if size > 0 else 0
