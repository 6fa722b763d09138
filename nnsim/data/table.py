"""A table of samples: input columns, target columns, one row a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnsim.core.files import replacing
from nnsim.core.numbers import exact_text

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """Samples as a value: inputs (rows, input columns), targets (rows, target columns), read-only.

    Compared by identity: versions of a document share what did not change.
    """

    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    inputs: Floats
    targets: Floats

    def __post_init__(self) -> None:
        for name, values, columns in (
            ("inputs", self.inputs, len(self.input_names)),
            ("targets", self.targets, len(self.target_names)),
        ):
            array = np.array(values, dtype=np.float64).reshape(-1, columns)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if len(self.inputs) != len(self.targets):
            raise ValueError("inputs and targets have different numbers of rows")

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, inputs first."""
        return self.input_names + self.target_names

    @property
    def values(self) -> Floats:
        """All columns side by side, inputs first."""
        return np.hstack([self.inputs, self.targets])

    def with_values(self, values: Floats) -> Table:
        """The same columns with other rows."""
        split = len(self.input_names)
        return Table(self.input_names, self.target_names, values[:, :split], values[:, split:])

    def with_cell(self, row: int, column: int, value: float) -> Table:
        """One cell changed; columns count inputs first."""
        values = self.values
        values[row, column] = value
        return self.with_values(values)


def gate_table(outputs: Sequence[float]) -> Table:
    """The truth table of two inputs, rows 00, 01, 10, 11, with these outputs."""
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
    return Table(("x1", "x2"), ("y",), inputs, np.array(outputs, dtype=np.float64)[:, np.newaxis])


def write_csv(table: Table, path: Path, mark: str = ".") -> None:
    """The table as CSV, with the given decimal mark; the separator is ";" where the mark is ",".

    Where there is no number, NaN, the cell is empty.
    """
    import csv  # not sooner: a start does not wait for it

    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";" if mark == "," else ",")
        writer.writerow(table.names)
        for row in table.values.tolist():
            writer.writerow(["" if math.isnan(value) else exact_text(value, mark) for value in row])
