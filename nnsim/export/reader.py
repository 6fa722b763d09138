"""Reading an exported trace line by line.  Files are untrusted: sizes are bounded."""

from __future__ import annotations

import contextlib
import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from nnsim.core.files import reason_of
from nnsim.core.messages import NnsimError
from nnsim.export.heads import read_head
from nnsim.export.machine import csv_separator

MAX_LINE_MB = 256
_NOT_FINITE = ("nan", "inf", "-inf")


@contextlib.contextmanager
def open_trace(path: Path) -> Iterator[TraceReader]:
    """The trace in a file, its head read and checked.

    Raises NnsimError ``file.not_found``, ``file.cannot_read``, ``verify.not_utf8``,
    ``verify.no_head`` and those of the head.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            first = file.read(1)
            if first not in ("#", "{"):
                raise NnsimError.of("verify.no_head", path=str(path))
            file.seek(0)
            yield (_CsvReader if first == "#" else _JsonlReader)(path, file)
    except FileNotFoundError as error:
        raise NnsimError.of("file.not_found", path=str(path)) from error
    except OSError as error:
        raise NnsimError.of("file.cannot_read", path=str(path), reason=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise NnsimError.of("verify.not_utf8", path=str(path)) from error


class TraceReader(ABC):
    """Head, rows and end of a trace.

    A row is a list of texts, one a column: a number with the head's decimal mark, or "" for none.
    What cannot be read gives a text that is no number, or another count of cells.
    """

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path = path
        self._file = file
        self.end: Any = None
        self.head, self.document = read_head(self._head_text(), path)

    @abstractmethod
    def _head_text(self) -> str:
        """The JSON of the head."""

    @abstractmethod
    def keys(self) -> list[str] | None:
        """The keys of the columns as the file has them; None where it ends before them."""

    @abstractmethod
    def rows(self) -> Iterator[list[str]]:
        """The rows up to the closing line, which is then in ``end``, or to the end of the file."""

    def goes_on(self) -> bool:
        """Whether there is anything but blank lines after the closing line."""
        return any(line.strip() for line in iter(self._line, ""))

    def _line(self) -> str:
        line = self._file.readline(MAX_LINE_MB * 2**20)
        if len(line) == MAX_LINE_MB * 2**20:
            raise NnsimError.of("verify.too_large", path=str(self._path), n=MAX_LINE_MB)
        return line


class _CsvReader(TraceReader):
    _next = ""

    def _head_text(self) -> str:
        lines, size = [], 0
        while (line := self._line()).startswith("#"):
            lines.append(line[1:])
            size += len(line)
            if size > MAX_LINE_MB * 2**20:
                raise NnsimError.of("verify.too_large", path=str(self._path), n=MAX_LINE_MB)
        self._next = line
        return "".join(lines)

    def _cells(self, line: str) -> list[str]:
        try:
            line = line.rstrip("\r\n")
            return next(csv.reader([line], delimiter=csv_separator(self.head.decimal)), [])
        except csv.Error:
            return []

    def keys(self) -> list[str] | None:
        return self._cells(self._next) if self._next else None

    def rows(self) -> Iterator[list[str]]:
        while line := self._line():
            if line.startswith("#"):
                self.end = _plain_json(line[1:])
                return
            yield self._cells(line)


class _Digits(str):
    """A number of a JSON file, as it is written there."""


class _JsonlReader(TraceReader):
    _keys: tuple[str, ...] = ()
    _next = ""

    def _head_text(self) -> str:
        return self._line()

    def keys(self) -> list[str] | None:
        self._next = self._line()
        if not self._next or _is_end(_row(self._next)):
            return None
        self._keys = tuple(_row(self._next))
        return list(self._keys)

    def rows(self) -> Iterator[list[str]]:
        line = self._next
        while line:
            row = _row(line)
            if _is_end(row):
                self.end = _plain_json(line)
                return
            fits = tuple(row) == self._keys
            yield [_text(value) for value in row.values()] if fits else []
            line = self._line()


def _row(line: str) -> dict[str, Any]:
    """The object in a line; empty where it is none, or has a key twice."""
    try:
        row = json.loads(
            line,
            parse_float=_Digits,
            parse_int=_Digits,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _is_end(row: dict[str, Any]) -> bool:
    # No column has this key: all but the counts have a point in theirs.
    return list(row) == ["end"]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, _Digits) or value in _NOT_FINITE:
        return str(value)
    return json.dumps(value)


def _plain_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()
