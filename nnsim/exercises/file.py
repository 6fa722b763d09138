"""The exercise file read: TOML that a person can read and edit; nothing in it is ever executed.

Mistakes are named by line and field.  ``file_writing`` writes it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from nnsim.core.files import read_bytes
from nnsim.core.messages import Message, NnsimError
from nnsim.document.head import VERSION, document_of, fits
from nnsim.document.mistakes import places_in
from nnsim.document.model import Document, Floats, frozen_array
from nnsim.document.templates import arranged
from nnsim.engine.activations import ActivationSpec
from nnsim.exercises.drawing import OF_DOCUMENTS, Range
from nnsim.exercises.exercise import Compared, Exercise, FormTask, TraceTask
from nnsim.exercises.places import Place, line_of, name_of
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.schema import ComparedPart, DocumentHere, ExercisePart
from nnsim.session.cells import Group

SUFFIX = ".toml"
MAX_BYTES = 4 * 1024 * 1024
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


def load(path: Path) -> Exercise:
    """Read an exercise.

    Raises NnsimError: ``file.not_found``, ``file.cannot_read``, ``file.over_limit``,
    ``exercise.not_toml`` with the line, ``exercise.not_an_exercise``, ``file.newer``, or one
    ``exercise.field`` for each of the first mistakes, with its line and place.
    """
    path = Path(path)
    return loads(read_bytes(path, MAX_BYTES), path)


def read(path: Path) -> Exercise:
    """An exercise as its file says, whose sheet has not been made to see whether it can be.

    For files that are known to be sound: making a sheet may import what takes its time.
    Raises as ``load``.
    """
    path = Path(path)
    return _read(read_bytes(path, MAX_BYTES), path)[0]


def loads(content: bytes, path: Path) -> Exercise:
    """An exercise from the bytes of its file; ``path`` is named in messages."""
    exercise, source = _read(content, path)
    _require_sound(exercise, source)
    return exercise


def _read(content: bytes, path: Path) -> tuple[Exercise, _Source]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NnsimError.of("exercise.not_utf8", path=str(path), line=line) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _AT_LINE.search(str(error))
        if place is None:
            raise NnsimError.of("exercise.not_toml_at_end", path=str(path)) from error
        at, column = place.groups()
        raise NnsimError.of("exercise.not_toml", path=str(path), line=at, column=column) from error
    if table.get("format") != "nnsim-exercise":
        raise NnsimError.of("exercise.not_an_exercise", path=str(path))
    version = table.get("version")
    if isinstance(version, int) and version > 1:
        raise NnsimError.of("file.newer", path=str(path), version=version, known=1)
    source = _Source(path, text, table)
    try:
        part = ExercisePart.model_validate(table)
    except ValidationError as error:
        raise NnsimError(*(source.mistake(*found) for found in places_in(error))) from error
    return _exercise_of(part, source), source


@dataclass(frozen=True)
class _Source:
    """A file, its text, and what is in it."""

    path: Path
    text: str
    table: Mapping[str, Any]

    def mistake(self, place: Place, reason: Message) -> Message:
        """A message with line and name of a field that is not as it should be."""
        if not place:
            return Message("exercise.whole", {"path": str(self.path), "reason": reason})
        where = {"line": line_of(self.text, place), "place": name_of(place, self.table)}
        return Message("exercise.field", {"path": str(self.path), **where, "reason": reason})


def _exercise_of(part: ExercisePart, source: _Source) -> Exercise:
    marking = part.marking
    costs = tuple(marking.hint_costs)
    assert len(costs) == 4
    vary = {
        name: Range(tuple(r.choices or ()), r.low or 0.0, r.high or 0.0, r.step or 1.0)
        for name, r in part.vary.items()
    }
    return Exercise(
        part.id,
        part.title.by_locale(),
        part.statement.by_locale(),
        _task_of(part, source),
        part.group,
        part.order,
        tuple(part.requires),
        marking.mode,
        marking.hints,
        costs,
        frozenset(part.open_controls),
        vary,
        part.source,
    )


def _task_of(part: ExercisePart, source: _Source) -> TraceTask | FormTask:
    if part.form is not None:
        marking = part.marking
        return FormTask(part.form.kind, part.form.given, marking.decimals, marking.tolerance)
    trace = part.trace
    assert trace is not None
    assert part.document is not None
    if trace.last is not None and trace.last < trace.first:
        reason = Message("field.at_least", {"limit": trace.first})
        raise NnsimError(source.mistake(("trace", "last"), reason))
    if trace.rows is not None and trace.rows[0] > trace.rows[1]:
        raise NnsimError(source.mistake(("trace", "rows"), Message("field.order")))
    question = TraceQuestion(
        trace.first,
        trace.last,
        trace.until,
        frozenset(map(Group, trace.shown)),
        frozenset(map(Group, trace.asked)),
        frozenset(trace.cells),
        None if trace.nodes is None else frozenset(trace.nodes),
        tuple(trace.without),
        tuple(trace.given),
        trace.layout,
        part.marking.decimals,
        part.marking.tolerance,
    )
    rows = None if trace.rows is None else (trace.rows[0], trace.rows[1])
    return TraceTask(
        _document_of(part.document, source),
        question,
        rows,
        None if trace.compared is None else _compared_of(trace.compared),
        tuple(trace.questions),
    )


def _compared_of(part: ComparedPart) -> Compared:
    activation = part.activation
    spec = None if activation is None else ActivationSpec(**activation.model_dump())
    return Compared(part.update_timing, spec)


class _InlineArrays:
    """Arrays of a document that are written in its file, by the names of ``.nnsim`` members."""

    def __init__(self, part: DocumentHere, source: _Source) -> None:
        self._source = source
        self._lists: dict[str, tuple[Any, Place]] = {
            "data/inputs.npy": (part.data.inputs, ("data", "inputs")),
            "data/targets.npy": (part.data.targets, ("data", "targets")),
        }
        for number, node in enumerate(part.nodes):
            self._lists[f"biases/{node.id}.npy"] = node.bias, ("nodes", number, "bias")
        for number, c in enumerate(part.connections):
            self._lists[f"weights/{c.id}.npy"] = c.weights, ("connections", number, "weights")

    def get(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        numbers, place = self._lists[name]
        try:
            values = np.array(numbers, dtype=np.float64)
        except ValueError as error:
            raise self._misfit(place, shape) from error
        if not fits(values, shape):
            raise self._misfit(place, shape)
        return frozen_array(values)

    def _misfit(self, place: Place, shape: tuple[int | None, ...]) -> NnsimError:
        wanted = " × ".join("n" if size is None else str(size) for size in shape)
        reason = Message("field.shape", {"shape": wanted})
        return NnsimError(self._source.mistake(("document", *place), reason))


def _document_of(part: DocumentHere, source: _Source) -> Document:
    nodes = [node.model_dump(exclude={"bias"}) for node in part.nodes]
    placed = all(node["x"] is not None and node["y"] is not None for node in nodes)
    for node in nodes:
        node["x"], node["y"] = node["x"] or 0.0, node["y"] or 0.0
    ids = [n.id for n in part.nodes] + [c.id for c in part.connections]
    head = {
        "format": "nnsim",
        "version": VERSION,
        "made_with": "",
        "title": part.title,
        "notes": "",
        "nodes": nodes,
        "connections": [c.model_dump(exclude={"weights"}) for c in part.connections],
        "data": part.data.model_dump(include={"input_names", "target_names"}),
        "split": part.split.model_dump(),
        "scaling": part.scaling.model_dump(),
        "training": part.training.model_dump(),
        "conventions": part.conventions.model_dump(),
        "changes": [],
        "next_id": max((int(i[1:]) for i in ids), default=0) + 1,
    }
    document = document_of(head, _InlineArrays(part, source), source.path)
    return document if placed else arranged(document)


def _require_sound(exercise: Exercise, source: _Source) -> None:
    """What the schema cannot say: the sheet can be made, and only what there is varies."""
    task = exercise.task
    known = OF_DOCUMENTS if isinstance(task, TraceTask) else tuple(task.given)
    for name in exercise.vary:
        if name not in known:
            reason = Message("field.choice", {"expected": ", ".join(known)})
            raise NnsimError(source.mistake(("vary", name), reason))
    try:
        sheet = exercise.variant().sheet
    except NnsimError as error:
        raise NnsimError(
            *(
                Message("exercise.cannot_be_made", {"path": str(source.path), "reason": message})
                for message in error.messages
            )
        ) from error
    if isinstance(task, TraceTask):
        unknown = task.question.cells - set(sheet.by_key)
        if unknown:
            reason = Message("exercise.no_such_cell", {"cell": min(unknown)})
            raise NnsimError(source.mistake(("trace", "cells"), reason))
