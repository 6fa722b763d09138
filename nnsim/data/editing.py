"""A table of samples from another: rows and columns added, taken away, renamed, pasted.

Nothing given is modified.  Columns count inputs first; rows and columns count from 0, but in
messages from 1, as people see them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import exact_text, parse_number
from nnsim.data.limits import MAX_COLUMNS, MAX_PROBLEMS_SHOWN, MAX_ROWS
from nnsim.data.table import Floats, Table

MAX_COLUMN_NAME_LENGTH = 40


def with_new_rows(table: Table, at: int, count: int = 1) -> Table:
    """``count`` rows of zeros put in before row ``at``.

    Raises NnsimError ``data_table.too_many_rows``.
    """
    _require_rows(len(table) + count)
    zeros = np.zeros((count, len(table.names)))
    return table.with_values(np.insert(table.values, at, zeros, axis=0))


def with_samples(table: Table, inputs: Floats, targets: Floats) -> Table:
    """The table with more samples after the last: shapes (samples, inputs), (samples, targets).

    Raises NnsimError ``data_table.too_many_rows``.
    """
    _require_rows(len(table) + len(inputs))
    return table.with_values(np.vstack([table.values, np.hstack([inputs, targets])]))


def without_rows(table: Table, rows: Collection[int]) -> Table:
    """The table without these rows; the same table where none of them is in it."""
    kept = np.ones(len(table), dtype=np.bool_)
    kept[[row for row in rows if 0 <= row < len(table)]] = False
    return table if kept.all() else table.with_values(table.values[kept])


def with_columns(table: Table, inputs: int, targets: int) -> Table:
    """The table with so many columns of each kind: the last ones go, new ones hold zeros.

    Raises NnsimError ``data_table.too_many_columns``.
    """
    if (inputs, targets) == (len(table.input_names), len(table.target_names)):
        return table
    if inputs + targets > MAX_COLUMNS:
        raise NnsimError.of("data_table.too_many_columns", n=MAX_COLUMNS)
    input_names, input_values = _fitted(table.input_names, table.inputs, inputs, "x", table.names)
    target_names, target_values = _fitted(
        table.target_names, table.targets, targets, "y", (*table.names, *input_names)
    )
    return Table(input_names, target_names, input_values, target_values)


def _fitted(
    names: Sequence[str], values: Floats, count: int, letter: str, taken: Sequence[str]
) -> tuple[tuple[str, ...], Floats]:
    fitted = list(names[:count])
    number = len(fitted)
    while len(fitted) < count:
        number += 1
        name = f"{letter}{number}"
        if name not in taken and name not in fitted:
            fitted.append(name)
    missing = max(count - values.shape[1], 0)
    zeros = np.zeros((len(values), missing))
    return tuple(fitted), np.hstack([values[:, :count], zeros])


def without_column(table: Table, column: int) -> Table:
    """The table without a column.

    Raises NnsimError ``data_table.last_input`` or ``data_table.last_target`` for the only one of
    its kind.
    """
    split = len(table.input_names)
    is_input = column < split
    if is_input and split == 1:
        raise NnsimError.of("data_table.last_input")
    if not is_input and len(table.target_names) == 1:
        raise NnsimError.of("data_table.last_target")
    values = np.delete(table.values, column, axis=1)
    names = [name for k, name in enumerate(table.names) if k != column]
    split -= is_input
    return Table(tuple(names[:split]), tuple(names[split:]), values[:, :split], values[:, split:])


def renamed(table: Table, column: int, name: str) -> Table:
    """The table with a column of another name; the same table where it has that name already.

    Raises NnsimError ``data_table.name_length`` or ``data_table.name_taken``.
    """
    return _with_names(table, {column: name})


def _with_names(table: Table, new: dict[int, str]) -> Table:
    tidy = {column: " ".join(name.split()) for column, name in new.items()}
    names = tuple(tidy.get(k, name) for k, name in enumerate(table.names))
    if names == table.names:
        return table
    for name in tidy.values():
        if not name or len(name) > MAX_COLUMN_NAME_LENGTH:
            raise NnsimError.of("data_table.name_length", n=MAX_COLUMN_NAME_LENGTH)
        if names.count(name) > 1:
            raise NnsimError.of("data_table.name_taken", name=name)
    split = len(table.input_names)
    return Table(names[:split], names[split:], table.inputs, table.targets)


def pasted(table: Table, row: int, column: int, text: str) -> Table:
    """A block of numbers, as a spreadsheet copies it, put in from this cell on.

    Cells stand apart by tabs (or semicolons), rows by line ends; rows below the last are added.  A
    first line without any number renames the columns.  Raises NnsimError
    ``data_table.nothing_to_paste``, ``data_table.too_wide``, ``data_table.too_many_rows`` or one
    ``data_table.pasted_cell`` for each of the first cells that are no numbers.
    """
    lines = _cells(text)
    width = max(map(len, lines), default=0)
    if not width:
        raise NnsimError.of("data_table.nothing_to_paste")
    if column + width > len(table.names):
        raise NnsimError.of(
            "data_table.too_wide",
            found=width,
            n=len(table.names) - column,
            name=table.names[column],
        )
    heading = lines[0] if not any(map(_is_number, lines[0])) else None
    body = lines[1:] if heading else lines
    end = row + len(body)
    _require_rows(end)
    values = table.values
    if end > len(values):
        values = np.vstack([values, np.zeros((end - len(values), values.shape[1]))])
    problems: list[Message] = []
    for number, cells in enumerate(body, start=row):
        for place, cell in enumerate(cells, start=column):
            try:
                values[number, place] = parse_number(cell)
            except NnsimError:
                where = {"row": number + 1, "column": table.names[place], "text": cell.strip()}
                code = "data_table.pasted_cell" if cell.strip() else "data_table.pasted_gap"
                problems.append(Message(code, where))
        if len(problems) >= MAX_PROBLEMS_SHOWN:
            break
    if problems:
        raise NnsimError(*problems[:MAX_PROBLEMS_SHOWN])
    result = table.with_values(values)
    return _with_names(result, dict(enumerate(heading, start=column))) if heading else result


def _cells(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    separator = "\t" if "\t" in text else ";"
    return [line.split(separator) for line in lines] if text.strip() else []


def _is_number(cell: str) -> bool:
    try:
        parse_number(cell)
    except NnsimError:
        return False
    return True


def _require_rows(count: int) -> None:
    if count > MAX_ROWS:
        raise NnsimError.of("data_table.too_many_rows", n=MAX_ROWS)


def as_lines(values: Floats, mark: str) -> str:
    """Numbers as a spreadsheet pastes them: tabs between cells, a line end after each row."""
    return "".join(
        "\t".join(exact_text(number, mark) for number in row) + "\n" for row in values.tolist()
    )
