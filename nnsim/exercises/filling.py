"""Numbers put into the text of a statement, where it names them: ``{weights}``.

An exercise file reaches no attribute of anything: what names nothing that is given stays as it is
written, and so does every brace that belongs to no name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nnsim.core.numbers import format_number, joined

_NAMED = re.compile(r"\{([^\W\d]\w*)((?:\.\d{1,5})*)(?::(list|rows))?\}")


def filled(text: str, given: Mapping[str, Any], mark: str) -> str:
    """``{name}`` is filled with what is given, ``{name.2.1}`` with a part of it, counted from 1.

    ``{name:list}`` writes the numbers of a list one after the other, without brackets;
    ``{name:rows}`` the rows of a matrix one below the other.  ``mark`` is the decimal mark.
    """

    def fill(found: re.Match[str]) -> str:
        value = _place(found, given)
        return found[0] if value is None else _in_form(value, found[3], mark)

    return _NAMED.sub(fill, text)


def unfilled(text: str, given: Mapping[str, Any]) -> list[str]:
    """What looks like the name of a number in a text and names nothing that is given.

    A single letter in braces is as likely a power, e^{x}, or a set.
    """
    found = (m[0] for m in _NAMED.finditer(text) if len(m[1]) > 1 and _place(m, given) is None)
    return list(dict.fromkeys(found))


def _place(found: re.Match[str], given: Mapping[str, Any]) -> Any:
    value = given.get(found[1])
    for step in found[2].split(".")[1:]:
        value = _part(value, int(step))
    return value


def _part(value: Any, place: int) -> Any:
    """The part of a list at a place, counted from 1; None where there is none."""
    if not isinstance(value, list | tuple):
        return None
    return value[place - 1] if 1 <= place <= len(value) else None


def _in_form(value: Any, form: str | None, mark: str) -> str:
    if form is None or not isinstance(value, Sequence) or isinstance(value, str):
        return written(value, mark)
    between = "\n" if form == "rows" else "; " if mark == "," else ", "
    return between.join(written(part, mark) for part in value)


def written(value: Any, mark: str) -> str:
    """A given number, vector or matrix as text: "0.5", "(0.5, 1)", "((1, 2), (3, 4))"."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, Sequence):
        parts = [written(part, mark) for part in value]
        return joined(parts, mark) if len(parts) != 1 else f"({parts[0]})"
    return format_number(value, mark, digits=10)
