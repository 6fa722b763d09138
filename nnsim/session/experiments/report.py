"""What an experiment found: settings to run it again, a table, figures, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.core.messages import Message

Cell: TypeAlias = "int | float | str | None"


class Sheet(NamedTuple):
    """A table: keys of its columns, and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, key: str) -> tuple[Cell, ...]:
        """The cells of one column, from top to bottom."""
        place = self.columns.index(key)
        return tuple(row[place] for row in self.rows)

    def where(self, **wanted: Cell) -> Sheet:
        """The rows that have these cells in the columns of these keys."""
        places = {self.columns.index(key): cell for key, cell in wanted.items()}
        rows = (r for r in self.rows if all(r[k] == cell for k, cell in places.items()))
        return Sheet(self.columns, tuple(rows))

    def values(self, key: str) -> NDArray[np.float64]:
        """The numbers of one column, NaN where there is nothing, (rows,)."""
        return np.array([nan if cell is None else cell for cell in self.column(key)], np.float64)


@dataclass(frozen=True)
class Report:
    """The result of an experiment, as a value without words.

    ``kind``: "kfold", "bias_variance_course", "bias_variance_statistical" or "race".
    ``conventions``: what its figures mean, by name.  ``columns``: keys of the table's columns, of
    which ``rows`` hold the cells, None where there is nothing.  ``figures``: what the whole comes
    to, by name.  ``sentences``: the same for people, who see ``summary`` in place of a table that
    is too long to be read.  ``sheets``: what pictures of the result are drawn from, by name.
    """

    kind: str
    conventions: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figures: Mapping[str, Cell]
    sentences: tuple[Message, ...] = ()
    summary: Sheet | None = None
    sheets: Mapping[str, Sheet] = field(default_factory=dict)

    @property
    def table(self) -> Sheet:
        """Columns and rows together."""
        return Sheet(self.columns, self.rows)

    def column(self, key: str) -> tuple[Cell, ...]:
        """The cells of one column, from top to bottom."""
        return self.table.column(key)

    def numbers(self, key: str) -> tuple[float, ...]:
        """The numbers of one column; what is missing is left out."""
        return tuple(float(cell) for cell in self.column(key) if isinstance(cell, int | float))


def figure_told(metric: str, value: float) -> Message | float:
    """A figure of a metric as sentences have it: of an accuracy in percent, R² as it is."""
    if metric == "accuracy":
        return Message("experiment.percent", {"value": 100 * value})
    return value


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviations of some numbers.

    ``population`` divides by n, ``sample`` by n - 1 (NaN of a single number).
    """

    mean: float
    population: float
    sample: float


def spread_of(values: Sequence[float]) -> Spread:
    """Mean and both standard deviations."""
    numbers = np.array(values, dtype=np.float64)
    if len(numbers) < 2:
        return Spread(float(numbers.mean()), 0.0, float("nan"))
    return Spread(float(numbers.mean()), float(numbers.std()), float(numbers.std(ddof=1)))


def lowest(values: Sequence[float]) -> int | None:
    """The place of the lowest number, the first where several are equal; None without any."""
    numbers = np.array(values, dtype=np.float64)
    return None if np.isnan(numbers).all() else int(np.nanargmin(numbers))
