"""The cells of a table file, CSV or XLSX, as texts with their places; nothing is repaired."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from nnsim.core.files import reason_of
from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import exact_text
from nnsim.data.limits import MAX_COLUMNS, MAX_PROBLEMS_SHOWN, MAX_ROWS, MAX_UNPACKED

_SPREADSHEETS = (".xlsx", ".xlsm")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Sheet:
    """Headings and cells of a table file.

    ``rows`` holds as many cells a row as there are headings, stripped, "" where there is nothing;
    ``numbers`` are the numbers of these rows in the file, counted from 1.
    """

    name: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, place: int) -> tuple[str, ...]:
        """The cells of a column."""
        return tuple(row[place] for row in self.rows)


def read_sheet(path: Path, worksheet: str | None = None) -> Sheet:
    """The cells of a CSV file (any ending) or of a worksheet of an XLSX file, the first by default.

    The first row are the headings.  The separator of a CSV file is found from them: semicolon, tab
    or comma.  Lines with nothing on them are passed over.  Raises NnsimError ``csv.unreadable``,
    ``csv.quotes``, ``csv.empty``, ``csv.too_large``, ``sheet.unreadable``, ``sheet.damaged``,
    ``sheet.too_large``, ``sheet.no_worksheet``, ``sheet.heading_missing``, ``sheet.heading_twice``
    or one ``csv.row_length`` for each of the first rows of another length.
    """
    is_spreadsheet = path.suffix.lower() in _SPREADSHEETS
    lines = _spreadsheet_lines(path, worksheet) if is_spreadsheet else _csv_lines(path)
    sheet = _checked_sheet(path, lines)
    problems: list[Message] = []
    for place, name in enumerate(sheet.names):
        if not name:
            problems.append(Message("sheet.heading_missing", {"number": place + 1}))
        elif name in sheet.names[:place]:
            problems.append(Message("sheet.heading_twice", {"name": name, "number": place + 1}))
    if problems:
        raise NnsimError(*problems[:MAX_PROBLEMS_SHOWN])
    return sheet


def worksheets(path: Path) -> tuple[str, ...]:
    """Names of the worksheets of an XLSX file.

    Raises NnsimError ``sheet.unreadable``, ``sheet.damaged`` or ``sheet.too_large``.
    """
    book = _open_book(path)
    try:
        return tuple(sheet.title for sheet in book.worksheets)
    finally:
        book.close()


def _csv_lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines of a CSV file as cells, each with its number in the file, headings first.

    Raises NnsimError ``csv.unreadable`` or ``csv.quotes``.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NnsimError.of("csv.unreadable", path=str(path), reason=reason_of(error)) from error
    except UnicodeDecodeError as error:
        reason = Message("reason.not_utf8")
        raise NnsimError.of("csv.unreadable", path=str(path), reason=reason) from error
    # What stands in quotation marks parts no cells.
    heading = _QUOTED.sub("", text).split("\n", 1)[0]
    separator = next((mark for mark in ";\t" if mark in heading), ",")
    # Strict: a quotation mark that is never closed would take all that follows into one cell.
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            # Only lines with nothing on them are passed over; empty cells are missing values.
            if row:
                lines.append((reader.line_num, row))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NnsimError.of("csv.quotes", path=str(path), row=begins) from error
    return lines


def _require_size(path: Path, lines: list[tuple[int, list[str]]]) -> None:
    """Raises NnsimError ``csv.empty`` or ``csv.too_large``."""
    if len(lines) < 2:
        raise NnsimError.of("csv.empty", path=str(path))
    if len(lines) - 1 > MAX_ROWS or len(lines[0][1]) > MAX_COLUMNS:
        raise NnsimError.of("csv.too_large", rows=MAX_ROWS, columns=MAX_COLUMNS)


def _checked_sheet(path: Path, lines: list[tuple[int, list[str]]]) -> Sheet:
    _require_size(path, lines)
    names = tuple(" ".join(name.split()) for name in lines[0][1])
    body = lines[1:]
    problems = [
        Message("csv.row_length", {"row": number, "found": len(row), "n": len(names)})
        for number, row in body
        if len(row) != len(names)
    ]
    if problems:
        raise NnsimError(*problems[:MAX_PROBLEMS_SHOWN])
    rows = tuple(tuple(cell.strip() for cell in row) for _, row in body)
    return Sheet(path.name, names, rows, tuple(number for number, _ in body))


def _open_book(path: Path) -> Any:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise NnsimError.of("sheet.too_large", path=str(path), n=MAX_UNPACKED // 1_000_000)
        with warnings.catch_warnings():
            # What openpyxl does not know (menus of a cell, styles) has no numbers in it.
            warnings.simplefilter("ignore")
            # From memory: openpyxl would leave a file open that it cannot read to its end.
            content = io.BytesIO(path.read_bytes())
            return load_workbook(content, read_only=True, data_only=True)
    except OSError as error:
        raise NnsimError.of("sheet.unreadable", path=str(path), reason=reason_of(error)) from error
    except NnsimError:
        raise
    except Exception as error:  # a foreign file can break openpyxl in any of its parts
        raise NnsimError.of("sheet.damaged", path=str(path)) from error


def _spreadsheet_lines(path: Path, worksheet: str | None) -> list[tuple[int, list[str]]]:
    book = _open_book(path)
    try:
        titles = [sheet.title for sheet in book.worksheets]
        if not titles or (worksheet is not None and worksheet not in titles):
            raise NnsimError.of("sheet.no_worksheet", path=str(path), name=worksheet or "")
        sheet = book[worksheet or titles[0]]
        # The size a file says it has may be wrong.
        sheet.reset_dimensions()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _rectangle(sheet.iter_rows(values_only=True))
    except NnsimError:
        raise
    except Exception as error:  # rows are parsed while they are read
        raise NnsimError.of("sheet.damaged", path=str(path)) from error
    finally:
        book.close()


def _rectangle(rows: Iterable[tuple[object, ...]]) -> list[tuple[int, list[str]]]:
    """Rows with something in them, as wide as the widest, headings first."""
    lines: list[tuple[int, list[str]]] = []
    for number, row in enumerate(rows, start=1):
        cells = [_as_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append((number, cells))
        if len(lines) > MAX_ROWS + 1 or len(cells) > MAX_COLUMNS:
            raise NnsimError.of("csv.too_large", rows=MAX_ROWS, columns=MAX_COLUMNS)
    width = max((len(cells) for _, cells in lines), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in lines]


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return exact_text(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell).strip()
