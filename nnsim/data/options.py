"""A data set that can be made by name: what it is called, what can be chosen, how it is made."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nnsim.core.messages import Message, NnsimError
from nnsim.data.dataset import Dataset
from nnsim.data.limits import MAX_MADE

OptionValue = int | float | bool | str

#: Options that, multiplied, say how much is made.
_SIZES = ("count", "steps", "features", "longest")


class Task(StrEnum):
    """What a data set asks of a network."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    SEQUENCES = "sequences"
    SAMPLES = "samples"


@dataclass(frozen=True)
class Option:
    """One choice: a whole number, a number, yes or no, or one of ``choices``, as the default is.

    ``usual`` is the largest value that makes sense in most lessons; larger ones up to ``high`` are
    allowed.
    """

    name: str
    default: OptionValue
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    usual: float | None = None

    @property
    def _title(self) -> Message:
        return Message(f"data_set.option.{self.name}")

    def checked(self, value: OptionValue) -> OptionValue:
        """The value, if it is of the kind and in the range of this option.

        Raises NnsimError ``data_set.choice``, ``data_set.whole_number`` or ``data_set.range``.
        """
        if self.choices:
            if value not in self.choices:
                raise NnsimError.of(
                    "data_set.choice",
                    option=self._title,
                    value=str(value),
                    choices=", ".join(self.choices),
                )
            return value
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise NnsimError.of(
                    "data_set.choice", option=self._title, value=str(value), choices="true, false"
                )
            return value
        number = _number(value)
        if number is None or not self.low <= number <= self.high:
            raise NnsimError.of(
                "data_set.range",
                option=self._title,
                value=str(value) if number is None else number,
                low=float(self.low),
                high=float(self.high),
            )
        if not isinstance(self.default, int):
            return number
        if number != int(number):
            raise NnsimError.of("data_set.whole_number", option=self._title, value=number)
        return int(number)


def _number(value: OptionValue) -> float | None:
    if isinstance(value, bool | str):
        return None
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class SetSpec:
    """A data set by name.  ``make`` takes a generator and the options by name."""

    name: str
    task: Task
    make: Callable[..., Dataset]
    options: tuple[Option, ...] = ()

    @property
    def _title(self) -> Message:
        return Message(f"data_set.title.{self.name}")

    def chosen(self, options: Mapping[str, OptionValue]) -> dict[str, Any]:
        """Every option with its value, the default where none is given.

        Raises NnsimError ``data_set.unknown_option``, ``data_set.too_large`` and as
        ``Option.checked``.
        """
        known = {option.name: option for option in self.options}
        for name in options:
            if name not in known:
                raise NnsimError.of("data_set.unknown_option", option=name, name=self._title)
        chosen: dict[str, Any] = {
            name: option.checked(options.get(name, option.default))
            for name, option in known.items()
        }
        if math.prod(chosen.get(name, 1) for name in _SIZES) > MAX_MADE:
            raise NnsimError.of("data_set.too_large", n=MAX_MADE)
        return chosen


def count_option(default: int, low: int = 1) -> Option:
    """How many samples are made."""
    return Option("count", default, low, 100_000)
