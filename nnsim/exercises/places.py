"""Where in an exercise file something stands: the line of a field, and its name for a person."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

#: Steps into the tables of a file: names of fields, and places in lists counted from 0.
Place: TypeAlias = Sequence[str | int]

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
# What can hide a bracket, a quote or the end of a line.
_PIECE = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)' + r"|'''.*?(?:'''|\Z)" + r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'[^'\n]*'?|#[^\n]*|[\[\]{}]|\n",
    re.DOTALL,
)


def name_of(place: Place, table: Mapping[str, Any]) -> str:
    """The place as it is said: "document.connections.c4.weights".

    Members of a list have their id, or else their number from 1.  Steps that are none of the file
    are left out, but for the last, which may be the field that is missing.
    """
    names: list[str] = []
    value: Any = table
    for number, step in enumerate(place):
        is_last = number == len(place) - 1
        if isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
            named = value.get("id") if isinstance(value, dict) else None
            names.append(named if isinstance(named, str) else str(step + 1))
        elif isinstance(value, dict) and step in value:
            value = value[step]
            names.append(str(step))
        elif is_last and isinstance(value, dict):
            names.append(str(step))
    return ".".join(names)


def line_of(text: str, place: Place) -> int:
    """The line, from 1, of the nearest of a field, the table it belongs to, and the first line."""
    best, depth = 1, 0
    for line, path in _places(text):
        common = 0
        while common < min(len(path), len(place)) and path[common] == place[common]:
            common += 1
        if common == len(path) and common > depth:
            best, depth = line, common
    return best


@functools.lru_cache(maxsize=1)
def _places(text: str) -> list[tuple[int, tuple[str | int, ...]]]:
    """Each header of a table and each field with its line."""
    found: list[tuple[int, tuple[str | int, ...]]] = []
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header is not None:
            table = _table(header[2].split("."), header[1] == "[[", counts)
            found.append((number, table))
        elif key is not None:
            found.append((number, (*table, *key[1].split("."))))
    return found


def _table(
    steps: Sequence[str], is_member: bool, counts: dict[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    """The path of a table; what stands below a list of tables belongs to its last member."""
    path: tuple[str | int, ...] = ()
    for number, step in enumerate(steps):
        path = (*path, step)
        if is_member and number == len(steps) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _statements(text: str) -> list[tuple[int, str]]:
    """The first line of each field and each header, with its number."""
    starts, line, depth = [0], 1, 0
    lines = [1]
    for piece in _PIECE.finditer(text):
        what = piece[0]
        if what == "\n":
            line += 1
            if depth == 0:
                starts.append(piece.end())
                lines.append(line)
        elif what in "[{":
            depth += 1
        elif what in "]}":
            depth = max(depth - 1, 0)
        else:
            line += what.count("\n")
    found = []
    for number, start in zip(lines, starts, strict=True):
        end = text.find("\n", start)
        found.append((number, text[start:] if end < 0 else text[start:end]))
    return found
