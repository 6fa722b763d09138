"""How the learning rate changes while a network learns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ScheduleSpec:
    """A schedule by name: what the learning rate is multiplied by.

    n counts the iterations, or with ``unit`` "epoch" the epochs, that are over.

    - "constant": 1
    - "step": factor^⌊n / every⌋
    - "exponential": factor^n
    - "cosine": from 1 to ``lowest`` along half a cosine, lowest + (1 - lowest) (1 + cos(π n /
      every)) / 2, and ``lowest`` once n passes ``every``.  Loshchilov and Hutter 2017, eq. 5

    Before them comes a warm-up of ``warm_up`` iterations (or, with ``warm_up_unit``, epochs) in
    which that is multiplied by a share that grows from ``warm_up_from`` to 1 in equal steps.
    """

    name: str = "constant"
    unit: str = "epoch"
    every: int = 10
    factor: float = 0.1
    lowest: float = 0.0
    warm_up: int = 0
    warm_up_unit: str = "iteration"
    warm_up_from: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown name or unit and for numbers that make no schedule."""
        if self.name not in _SHARES:
            raise ValueError(f"{self.name!r} is no schedule")
        if not {self.unit, self.warm_up_unit} <= {"iteration", "epoch"}:
            raise ValueError("a schedule counts iterations or epochs")
        if self.every < 1 or self.warm_up < 0:
            raise ValueError("a schedule cannot count to less than it begins with")

    @property
    def is_constant(self) -> bool:
        """Whether the learning rate always stays what it is."""
        return self.name == "constant" and self.warm_up == 0

    def share(self, iteration: int, epoch: int) -> float:
        """What the learning rate is multiplied by in this iteration of this epoch, from 1."""
        if self.is_constant:
            return 1.0
        over = {"iteration": iteration - 1, "epoch": epoch - 1}
        share = _SHARES[self.name](self, over[self.unit])
        warm = over[self.warm_up_unit]
        if warm < self.warm_up:
            share *= self.warm_up_from + (1.0 - self.warm_up_from) * warm / self.warm_up
        return share


def _cosine(spec: ScheduleSpec, n: int) -> float:
    wave = (1.0 + math.cos(math.pi * min(n, spec.every) / spec.every)) / 2.0
    return spec.lowest + (1.0 - spec.lowest) * wave


_SHARES: dict[str, Callable[[ScheduleSpec, int], float]] = {
    "constant": lambda spec, n: 1.0,
    "step": lambda spec, n: float(spec.factor ** (n // spec.every)),
    "exponential": lambda spec, n: float(spec.factor**n),
    "cosine": _cosine,
}

SCHEDULES: tuple[str, ...] = tuple(_SHARES)
