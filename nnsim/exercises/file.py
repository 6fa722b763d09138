"""The exercise file: TOML that a person can read and edit; nothing in it is ever executed.

Mistakes are named by line (of TOML itself) or by field.  Writing is atomic.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from nnsim.core.files import read_bytes, replacing
from nnsim.core.messages import Message, NnsimError
from nnsim.document.file import document_of, fits, head_of
from nnsim.document.mistakes import field_errors
from nnsim.document.model import Document, Floats, frozen_array
from nnsim.document.templates import arranged
from nnsim.engine.activations import ActivationSpec
from nnsim.exercises.drawing import OF_DOCUMENTS, Range
from nnsim.exercises.exercise import Compared, Exercise, FormTask, TraceTask
from nnsim.exercises.question import TraceQuestion
from nnsim.exercises.schema import ComparedPart, DocumentHere, ExercisePart
from nnsim.session.cells import Group

SUFFIX = ".toml"
MAX_BYTES = 4 * 1024 * 1024
_WIDTH = 100
_OPENS = re.compile(r"\s*(?:[\w-]+ = )?\[")
_CLOSES = re.compile(r"\s*\],?")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


def load(path: Path) -> Exercise:
    """Read an exercise.

    Raises NnsimError: ``file.not_found``, ``file.cannot_read``, ``file.over_limit``,
    ``exercise.not_toml`` with the line, ``exercise.not_an_exercise``, ``file.newer``, or one
    ``file.field`` for each of the first mistakes, with its place.
    """
    path = Path(path)
    exercise = read(path)
    _require_sound(exercise, path)
    return exercise


def read(path: Path) -> Exercise:
    """An exercise as its file says, whose sheet has not been made to see whether it can be.

    For files that are known to be sound: making a sheet may import what takes its time.
    Raises as ``load``.
    """
    path = Path(path)
    return _read(read_bytes(path, MAX_BYTES), path)


def loads(content: bytes, path: Path) -> Exercise:
    """An exercise from the bytes of its file; ``path`` is named in messages."""
    exercise = _read(content, path)
    _require_sound(exercise, path)
    return exercise


def _read(content: bytes, path: Path) -> Exercise:
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
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
    try:
        part = ExercisePart.model_validate(table)
    except ValidationError as error:
        raise field_errors(error, path) from error
    return _exercise_of(part, path)


def _exercise_of(part: ExercisePart, path: Path) -> Exercise:
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
        _task_of(part, path),
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


def _task_of(part: ExercisePart, path: Path) -> TraceTask | FormTask:
    if part.form is not None:
        marking = part.marking
        return FormTask(part.form.kind, part.form.given, marking.decimals, marking.tolerance)
    trace = part.trace
    assert trace is not None
    assert part.document is not None
    if trace.last is not None and trace.last < trace.first:
        raise _mistake(path, "trace.last", Message("field.at_least", {"limit": trace.first}))
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
        _document_of(part.document, path),
        question,
        rows,
        None if trace.compared is None else _compared_of(trace.compared),
        tuple(trace.questions),
    )


def _compared_of(part: ComparedPart) -> Compared:
    activation = part.activation
    spec = None if activation is None else ActivationSpec(**activation.model_dump())
    return Compared(part.update_timing, spec)


def _mistake(path: Path, place: str, reason: Message) -> NnsimError:
    return NnsimError.of("file.field", path=str(path), place=place, reason=reason)


class _InlineArrays:
    """Arrays of a document that are written in its file, by the names of ``.nnsim`` members."""

    def __init__(self, part: DocumentHere, path: Path) -> None:
        self._path = path
        self._lists: dict[str, Any] = {
            "data/inputs.npy": part.data.inputs,
            "data/targets.npy": part.data.targets,
        }
        self._lists |= {f"biases/{node.id}.npy": node.bias for node in part.nodes}
        self._lists |= {f"weights/{c.id}.npy": c.weights for c in part.connections}

    def get(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        place = name.removesuffix(".npy").replace("/", ".")
        try:
            values = np.array(self._lists[name], dtype=np.float64)
        except ValueError as error:
            raise self._misfit(place, shape) from error
        if not fits(values, shape):
            raise self._misfit(place, shape)
        return frozen_array(values)

    def _misfit(self, place: str, shape: tuple[int | None, ...]) -> NnsimError:
        wanted = " × ".join("n" if size is None else str(size) for size in shape)
        return _mistake(self._path, f"document.{place}", Message("field.shape", {"shape": wanted}))


def _document_of(part: DocumentHere, path: Path) -> Document:
    nodes = [node.model_dump(exclude={"bias"}) for node in part.nodes]
    placed = all(node["x"] is not None and node["y"] is not None for node in nodes)
    for node in nodes:
        node["x"], node["y"] = node["x"] or 0.0, node["y"] or 0.0
    ids = [n.id for n in part.nodes] + [c.id for c in part.connections]
    head = {
        "format": "nnsim",
        "version": 1,
        "made_with": "",
        "title": part.title,
        "notes": "",
        "nodes": nodes,
        "connections": [c.model_dump(exclude={"weights"}) for c in part.connections],
        "data": part.data.model_dump(include={"input_names", "target_names"}),
        "training": part.training.model_dump(),
        "conventions": part.conventions.model_dump(),
        "changes": [],
        "next_id": max((int(i[1:]) for i in ids), default=0) + 1,
    }
    document = document_of(head, _InlineArrays(part, path), path)
    return document if placed else arranged(document)


def _require_sound(exercise: Exercise, path: Path) -> None:
    """What the schema cannot say: the sheet can be made, and only what there is varies."""
    task = exercise.task
    known = OF_DOCUMENTS if isinstance(task, TraceTask) else tuple(task.given)
    for name in exercise.vary:
        if name not in known:
            reason = Message("field.choice", {"expected": ", ".join(known)})
            raise _mistake(path, f"vary.{name}", reason)
    try:
        sheet = exercise.variant().sheet
    except NnsimError as error:
        raise NnsimError(
            *(
                Message("exercise.cannot_be_made", {"path": str(path), "reason": message})
                for message in error.messages
            )
        ) from error
    if isinstance(task, TraceTask):
        unknown = task.question.cells - set(sheet.by_key)
        if unknown:
            reason = Message("exercise.no_such_cell", {"cell": min(unknown)})
            raise _mistake(path, "trace.cells", reason)


# -- writing -------------------------------------------------------------------------------------


def save(exercise: Exercise, path: Path) -> None:
    """Write an exercise; an existing file is replaced only when the new one is whole.

    Raises NnsimError ``file.cannot_write``.
    """
    with replacing(path) as temporary:
        temporary.write_text(dumps(exercise), encoding="utf-8")


def dumps(exercise: Exercise) -> str:
    """The exercise as the text of its file."""
    import tomli_w

    table = _table_of(exercise)
    long = tomli_w.dumps(table, multiline_strings=True)
    short = _with_short_lists(long)
    # Only the look of the file may differ: what stands in a text is left to the longer form.
    return short if tomllib.loads(short) == table else long


def _with_short_lists(text: str) -> str:
    """Lists of a line each where they fit: tomli_w writes every number on a line of its own."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        if not _CLOSES.fullmatch(line):
            continue
        for back in range(len(lines) - 2, -1, -1):
            opening = lines[back]
            if not _OPENS.fullmatch(opening):
                if _CLOSES.fullmatch(opening) or opening.startswith("["):
                    break
                continue
            inner = " ".join(part.strip() for part in lines[back + 1 : -1]).removesuffix(",")
            joined = f"{opening}{inner}{line.strip()}"
            if len(joined) <= _WIDTH:
                lines[back:] = [joined]
            break
    return "\n".join(lines) + "\n"


def _table_of(exercise: Exercise) -> dict[str, Any]:
    task = exercise.task
    asked = task.question if isinstance(task, TraceTask) else task
    table: dict[str, Any] = {"format": "nnsim-exercise", "version": 1, "id": exercise.id}
    if exercise.group:
        table["group"] = exercise.group
    if exercise.order:
        table["order"] = exercise.order
    if exercise.requires:
        table["requires"] = list(exercise.requires)
    if exercise.open_controls:
        table["open_controls"] = sorted(exercise.open_controls)
    if exercise.source:
        table["source"] = exercise.source
    table["title"] = _in_order(exercise.title)
    table["statement"] = _in_order(exercise.statement)
    table["marking"] = {
        "mode": exercise.mode,
        "decimals": asked.decimals,
        "hints": exercise.hints,
        "hint_costs": [float(cost) for cost in exercise.hint_costs],
    }
    if asked.tolerance is not None:
        table["marking"]["tolerance"] = asked.tolerance
    if isinstance(task, FormTask):
        table["form"] = {"kind": task.kind, "given": dict(task.given)}
    else:
        table["trace"] = _trace_table(task)
        table["document"] = _document_table(task.document)
    vary = {name: _range_table(numbers) for name, numbers in exercise.vary.items()}
    return table | ({"vary": vary} if vary else {})


def _in_order(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts by locale, Spanish first whatever the order they came in."""
    return {locale: texts[locale] for locale in sorted(texts, reverse=True)}


def _range_table(numbers: Range) -> dict[str, Any]:
    if numbers.choices:
        return {"choices": list(numbers.choices)}
    return {"low": numbers.low, "high": numbers.high, "step": numbers.step}


def _trace_table(task: TraceTask) -> dict[str, Any]:
    question = task.question
    table: dict[str, Any] = {"first": question.first}
    if question.last is None:
        table["until"] = question.until
    else:
        table["last"] = question.last
    table["shown"] = [str(group) for group in Group if group in question.shown]
    table["asked"] = [str(group) for group in Group if group in question.asked]
    if question.cells:
        table["cells"] = sorted(question.cells)
    if question.nodes is not None:
        table["nodes"] = sorted(question.nodes)
    if question.without:
        table["without"] = list(question.without)
    if question.given:
        table["given"] = list(question.given)
    table["layout"] = question.layout
    if task.rows is not None:
        table["rows"] = list(task.rows)
    if task.questions:
        table["questions"] = list(task.questions)
    if task.compared is not None:
        table["compared"] = _compared_table(task.compared)
    return table


def _compared_table(compared: Compared) -> dict[str, Any]:
    if compared.activation is None:
        return {"update_timing": compared.update_timing}
    activation = dataclasses.asdict(compared.activation)
    return {"activation": {k: v for k, v in activation.items() if k != "one_at_zero"}}


def _document_table(document: Document) -> dict[str, Any]:
    head = head_of(document)
    for node, made in zip(document.nodes, head["nodes"], strict=True):
        if node.is_input:
            del made["activation"]
        else:
            made["bias"] = node.bias.tolist()
    for connection, made in zip(document.connections, head["connections"], strict=True):
        made["weights"] = connection.weights.tolist()
    data = document.data
    head["data"] |= {"inputs": data.inputs.tolist(), "targets": data.targets.tolist()}
    fields = {field.name for field in dataclasses.fields(Document)}
    kept = fields - {"notes", "changes", "next_id"}
    return {name: value for name, value in head.items() if name in kept}
