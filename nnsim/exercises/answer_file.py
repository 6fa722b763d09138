"""Answers in a CSV file with the columns ``cell`` and ``answer``, as ``nnsim exercise show`` makes
it to be filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from nnsim.core.files import read_bytes
from nnsim.core.messages import NnsimError
from nnsim.exercises.sheet import Sheet
from nnsim.exercises.writing import written

COLUMNS = ("cell", "answer")
MAX_BYTES = 4 * 1024 * 1024


def answer_lines(sheet: Sheet, locale: str, is_solved: bool) -> Iterator[str]:
    """The lines of a file of answers: blank, or solved.

    The decimal mark is the point whatever the language; both are read.
    """
    for row in (COLUMNS, *_rows(sheet, locale, is_solved)):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(row)
        yield buffer.getvalue()


def _rows(sheet: Sheet, locale: str, is_solved: bool) -> Iterator[tuple[str, str]]:
    for cell in sheet.asked:
        expected = sheet.expected(cell.key)
        # Of an option the code: it is the same in every language.
        answer = expected.choice or written(cell, expected, locale, ".")
        yield cell.key, answer if is_solved else ""


def read_answers(path: Path, sheet: Sheet) -> dict[str, str]:
    """The entries of a file of answers, by key of the cell.

    Cells are separated by commas or by semicolons, as the first line has it.
    Raises NnsimError ``file.…``, ``answers.heading``, or with the line ``answers.fields``,
    ``answers.unknown_cell`` and ``answers.twice``.
    """
    path = Path(path)
    try:
        content = read_bytes(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise NnsimError.of("exercise.not_utf8", path=str(path), line=line) from error
    first = content.splitlines()[0] if content.strip() else ""
    reader = csv.reader(io.StringIO(content), delimiter=";" if ";" in first else ",")
    try:
        return _entries(reader, path, sheet)
    except csv.Error as error:
        at = reader.line_num
        raise NnsimError.of("answers.fields", path=str(path), line=at, found=0) from error


def _entries(reader: Iterator[list[str]], path: Path, sheet: Sheet) -> dict[str, str]:
    heading = next(reader, [])
    if [name.strip().casefold() for name in heading] != list(COLUMNS):
        raise NnsimError.of("answers.heading", path=str(path), columns=", ".join(COLUMNS))
    known = {cell.key for cell in sheet.asked}
    entries: dict[str, str] = {}
    for line, row in enumerate(reader, 2):
        if not any(field.strip() for field in row):
            continue
        if len(row) != len(COLUMNS):
            raise NnsimError.of("answers.fields", path=str(path), line=line, found=len(row))
        key = row[0].strip()
        if key not in known:
            raise NnsimError.of("answers.unknown_cell", path=str(path), line=line, cell=key[:60])
        if key in entries:
            raise NnsimError.of("answers.twice", path=str(path), line=line, cell=key)
        entries[key] = row[1]
    return entries
