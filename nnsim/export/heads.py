"""The head of a machine-readable trace: everything needed to run it again, as JSON.

Written before the numbers of CSV and JSON Lines files, and read back by ``nnsim verify``.  A head
that is read is untrusted: every field is validated, arrays must have the shapes that the diagram
asks for, and nothing in it is executed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nnsim import __version__
from nnsim.core.messages import NnsimError
from nnsim.document.head import arrays_of, document_of, fits, head_of
from nnsim.document.mistakes import field_errors
from nnsim.document.model import Document, Floats, frozen_array
from nnsim.session.table import Group

VERSION = 1
Mark = Literal[".", ","]


class Head(BaseModel):
    """What may stand in the head of a trace.

    ``decimal`` is the decimal mark of the numbers; ``columns`` the chosen groups of columns.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    nnsim_trace: Literal[1]
    made_with: str = Field(max_length=100)
    decimal: Mark
    columns: list[Literal[tuple(str(group) for group in Group)]] = Field(  # type: ignore[valid-type]
        min_length=1, max_length=len(Group)
    )
    document: dict[str, Any]
    arrays: dict[str, Any] = Field(max_length=120_000)

    @property
    def groups(self) -> frozenset[Group]:
        """The chosen groups of columns."""
        return frozenset(Group(name) for name in self.columns)


def make_head(document: Document, groups: frozenset[Group], mark: Mark) -> dict[str, Any]:
    """The head of a trace of this document."""
    return {
        "nnsim_trace": VERSION,
        "made_with": __version__,
        "decimal": mark,
        "columns": [str(group) for group in Group if group in groups],
        "document": head_of(document),
        "arrays": {
            name.removesuffix(".npy"): values.tolist() for name, values in arrays_of(document)
        },
    }


def head_lines(head: dict[str, Any]) -> list[str]:
    """The head as JSON over several short lines: one for each field, of the document too."""
    lines: list[str] = []
    for name, value in head.items():
        if name in ("document", "arrays"):
            fields = [f" {_json(inner)}: {_json(kept)}" for inner, kept in value.items()]
            lines.append(f"{_json(name)}: {{\n" + ",\n".join(fields) + "}")
        else:
            lines.append(f"{_json(name)}: {_json(value)}")
    return ("{" + ",\n".join(lines) + "}").split("\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_head(text: str, path: Path) -> tuple[Head, Document]:
    """The head in a text and the document it holds; ``path`` is named in messages.

    Raises NnsimError: ``verify.no_head``, ``verify.newer``, and those of a project file.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NnsimError.of("verify.no_head", path=str(path)) from error
    if not isinstance(raw, dict) or "nnsim_trace" not in raw:
        raise NnsimError.of("verify.no_head", path=str(path))
    version = raw["nnsim_trace"]
    if isinstance(version, int) and version > VERSION:
        raise NnsimError.of("verify.newer", path=str(path), version=version, known=VERSION)
    try:
        head = Head.model_validate(raw)
    except ValidationError as error:
        raise field_errors(error, path) from error
    arrays = _InlineArrays(head.arrays, path)
    document = document_of(head.document, arrays, path)
    arrays.require_all_used()
    return head, document


class _InlineArrays:
    """Arrays written as nested lists, each checked for its shape before it is converted."""

    def __init__(self, lists: dict[str, Any], path: Path) -> None:
        self._lists = lists
        self._unused = set(lists)
        self._path = path

    def get(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        name = name.removesuffix(".npy")
        self._unused.discard(name)
        values = _array(self._lists.get(name), shape)
        if values is None or not fits(values, shape):
            raise self._error(name)
        return values

    def require_all_used(self) -> None:
        """Raises NnsimError where there is an array that belongs to nothing."""
        if self._unused:
            raise self._error(min(self._unused)[:100])

    def _error(self, name: str) -> NnsimError:
        return NnsimError.of("file.array", path=str(self._path), name=name)


def _array(values: object, shape: tuple[int | None, ...]) -> Floats | None:
    """Nested lists as an array, or None where they are not rows of equally many numbers."""
    if not isinstance(values, list):
        return None
    if len(shape) == 1:
        if not all(type(value) in (int, float) for value in values):
            return None
        try:
            return frozen_array(values)
        except OverflowError:  # a whole number beyond all floats
            return None
    rows = [_array(row, shape[1:]) for row in values]
    if any(row is None or len(row) != shape[1] for row in rows):
        return None
    return frozen_array(np.array(rows, dtype=np.float64).reshape(len(rows), shape[1] or 0))
