"""Timing two things in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

#: Does so many runs.
Runs = Callable[[int], object]

_SLICE = 0.004
_ROUNDS = 25
_LONG = 0.1
_FEW_ROUNDS = 5


@dataclass(frozen=True)
class Measure:
    """A ratio and its goal.

    ``sides`` makes the two that are timed, (numerator, denominator); ``at_least``: the ratio should
    reach the goal and not stay below it.  ``needs``: a package without which it is not measured.
    """

    name: str
    goal: float
    sides: Callable[[], tuple[Runs, Runs]]
    at_least: bool = False
    needs: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether the package it needs is installed."""
        return not self.needs or find_spec(self.needs) is not None

    def ratio(self) -> float:
        """The ratio of the medians."""
        return ratio(*self.sides())

    def is_reached(self, ratio: float) -> bool:
        """Whether that is as good as the goal; the goals have two digits, so does the ratio."""
        found = round(ratio, 2)
        return found >= self.goal if self.at_least else found <= self.goal

    def line(self) -> str:
        """What, ratio reached, goal, and "ok" or "short"; or that it is not measured."""
        goal = f"{'at least' if self.at_least else 'at most'} {self.goal:g}"
        if not self.is_possible:
            return f"{self.name:58} {'-':>8}  {goal:14} not measured ({self.needs} is missing)"
        found = self.ratio()
        said = "ok" if self.is_reached(found) else "short"
        return f"{self.name:58} {found:8.2f}  {goal:14} {said}"


def ratio(numerator: Runs, denominator: Runs) -> float:
    """Median time of a run of the one over that of the other."""
    counts = [_count(side) for side in (numerator, denominator)]
    seconds: tuple[list[float], list[float]] = ([], [])
    # What takes long for once is timed a few times only.
    slowest = max(
        _timed(side, count) for side, count in zip((numerator, denominator), counts, strict=True)
    )
    for _ in range(_ROUNDS if slowest < _LONG else _FEW_ROUNDS):
        for side, count, found in zip((numerator, denominator), counts, seconds, strict=True):
            found.append(_timed(side, count) / count)
    above, below = (statistics.median(found) for found in seconds)
    return above / below


def _count(side: Runs) -> int:
    """How many runs fill a slice of time."""
    side(1)
    count = 1
    while (seconds := _timed(side, count)) < _SLICE / 4 and count < 10**6:
        count *= 4
    return max(math.ceil(count * _SLICE / max(seconds, 1e-9)), 1)


def _timed(side: Runs, count: int) -> float:
    start = time.process_time()
    side(count)
    return time.process_time() - start
