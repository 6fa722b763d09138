"""The exercise file written: TOML that a person can read and edit.  Writing is atomic."""

from __future__ import annotations

import dataclasses
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnsim.core.files import replacing
from nnsim.document.head import head_of
from nnsim.document.model import Document
from nnsim.engine.activations import ActivationSpec
from nnsim.exercises.drawing import Range
from nnsim.exercises.exercise import Compared, Exercise, FormTask, TraceTask
from nnsim.session.cells import Group

_WIDTH = 100
_LARGEST_WHOLE = 1e15
_OPENS = re.compile(r"\s*(?:[\w-]+ = )?\[")
_CLOSES = re.compile(r"\s*\],?")


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
        "hint_costs": list(exercise.hint_costs),
    }
    if asked.tolerance is not None:
        table["marking"]["tolerance"] = asked.tolerance
    if isinstance(task, FormTask):
        table["form"] = {"kind": task.kind, "given": dict(task.given)}
    else:
        table["trace"] = _trace_table(task)
        table["document"] = _in_short(_document_table(task.document))
    table["marking"] = _in_short(table["marking"])
    vary = {name: _in_short(_range_table(numbers)) for name, numbers in exercise.vary.items()}
    return table | ({"vary": vary} if vary else {})


def _in_short(value: Any) -> Any:
    """Whole numbers as a person writes them: 1, and not 1.0."""
    if isinstance(value, dict):
        return {name: _in_short(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_in_short(part) for part in value]
    if not isinstance(value, float) or not value.is_integer() or abs(value) >= _LARGEST_WHOLE:
        return value
    return value if value == 0 and math.copysign(1, value) < 0 else int(value)


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
    return {"activation": _activation_table(compared.activation)}


def _activation_table(activation: ActivationSpec) -> dict[str, Any]:
    """The name, and of the parameters those that are not as usual."""
    usual = dataclasses.asdict(ActivationSpec(activation.name))
    table = dataclasses.asdict(activation)
    del table["one_at_zero"]
    return {name: v for name, v in table.items() if name == "name" or v != usual[name]}


def _document_table(document: Document) -> dict[str, Any]:
    head = head_of(document)
    for node, made in zip(document.nodes, head["nodes"], strict=True):
        if node.is_input:
            del made["activation"]
        else:
            made["activation"] = _activation_table(node.activation)
            made["bias"] = node.bias.tolist()
    for connection, made in zip(document.connections, head["connections"], strict=True):
        made["weights"] = connection.weights.tolist()
    data = document.data
    head["data"] |= {"inputs": data.inputs.tolist(), "targets": data.targets.tolist()}
    fields = {field.name for field in dataclasses.fields(Document)}
    kept = fields - {"notes", "changes", "next_id"}
    return {name: value for name, value in head.items() if name in kept}
