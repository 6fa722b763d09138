"""A table of samples: input columns, target columns, one row a sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnsim.core.files import replacing
from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import exact_text, parse_number
from nnsim.data.limits import MAX_PROBLEMS_SHOWN

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


def read_csv(path: Path, target_count: int) -> Table:
    """A table from a CSV file with a heading row; the last ``target_count`` columns are targets.

    The separator is found from the heading (semicolon, tab or comma); numbers may have a decimal
    point or, where the separator is not a comma, a decimal comma.  Nothing is repaired in silence:
    Raises NnsimError ``csv.unreadable``, ``csv.empty``, ``csv.too_large``, ``csv.columns`` or one
    ``csv.cell`` for each of the first cells that are missing or no numbers, with row and column.
    """
    # Files are read when a person asks for one: the first window is there sooner without.
    from nnsim.data.sheets import csv_lines, require_size

    rows = csv_lines(path)
    require_size(path, rows)
    names, body = [name.strip() for name in rows[0][1]], rows[1:]
    if not 0 < target_count < len(names):
        raise NnsimError.of("csv.columns", found=len(names), targets=target_count)
    values = np.array(_numbers(names, body))
    split = len(names) - target_count
    return Table(tuple(names[:split]), tuple(names[split:]), values[:, :split], values[:, split:])


def _numbers(names: list[str], body: Iterable[tuple[int, list[str]]]) -> list[list[float]]:
    values: list[list[float]] = []
    problems: list[Message] = []
    for number, row in body:
        if len(row) != len(names):
            problems.append(
                Message("csv.row_length", {"row": number, "found": len(row), "n": len(names)})
            )
        numbers = []
        for name, cell in zip(names, row, strict=False):
            try:
                numbers.append(parse_number(cell))
            except NnsimError:
                place = {"row": number, "column": name, "text": cell.strip()}
                problems.append(Message("csv.cell" if cell.strip() else "csv.missing", place))
        values.append(numbers)
        if len(problems) >= MAX_PROBLEMS_SHOWN:
            break
    if problems:
        raise NnsimError(*problems[:MAX_PROBLEMS_SHOWN])
    return values


def write_csv(table: Table, path: Path, mark: str = ".") -> None:
    """The table as CSV, with the given decimal mark; the separator is ";" where the mark is ","."""
    import csv  # not sooner: a start does not wait for it

    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";" if mark == "," else ",")
        writer.writerow(table.names)
        for row in table.values.tolist():
            writer.writerow([exact_text(value, mark) for value in row])
