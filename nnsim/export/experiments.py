"""Reports of experiments: Markdown for people; CSV and JSON Lines with all digits.

CSV and JSON Lines begin with a head that holds everything needed to run the experiment again, and
close with an ``end`` object that holds what the whole came to.  A CSV has both in lines that begin
with "#": ``pandas.read_csv(file, comment="#")`` passes over them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, get_args

from nnsim import __version__
from nnsim.core.numbers import format_number
from nnsim.export.heads import head_lines
from nnsim.export.machine import csv_heading, csv_separator, csv_text, json_text
from nnsim.language import decimal_mark, has_text, message_text, text
from nnsim.language.escaping import markdown
from nnsim.session.experiments.race import runner_name
from nnsim.session.experiments.report import Cell, Report

ReportFormat: TypeAlias = Literal["md", "csv", "jsonl"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
VERSION = 1
_DIGITS = 4


def report_pieces(
    report: Report, run: Mapping[str, Any], format: ReportFormat, locale: str
) -> Iterator[str]:
    """The report as text, piece by piece.

    ``run`` says how it came about, as values that JSON can hold: "data", "settings", and "command"
    where a command makes it again.
    """
    if format == "md":
        return _markdown(report, run, locale)
    head = {
        "nnsim_experiment": VERSION,
        "made_with": __version__,
        "kind": report.kind,
        **run,
        "conventions": dict(report.conventions),
        "columns": list(report.columns),
    }
    return _csv(report, head) if format == "csv" else _jsonl(report, head)


def _csv(report: Report, head: dict[str, Any]) -> Iterator[str]:
    yield "".join(f"# {line}\n" for line in head_lines(head))
    separator = csv_separator(".")
    yield csv_heading(list(report.columns), separator)
    for row in report.rows:
        yield separator.join(_csv_cell(cell) for cell in row) + "\n"
    yield f"# {_end(report)}\n"


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return json.dumps(cell, ensure_ascii=False)
    return csv_text([] if cell is None else [cell], ".")


def _jsonl(report: Report, head: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(head, ensure_ascii=False, allow_nan=False) + "\n"
    for row in report.rows:
        yield _object(dict(zip(report.columns, row, strict=True))) + "\n"
    yield _end(report) + "\n"


def _end(report: Report) -> str:
    return f'{{"end": {_object({"rows": len(report.rows), **report.figures})}}}'


def _object(cells: Mapping[str, Cell]) -> str:
    pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_json(cell)}" for key, cell in cells.items())
    return "{" + ", ".join(pairs) + "}"


def _json(cell: Cell) -> str:
    if isinstance(cell, str):
        return json.dumps(cell, ensure_ascii=False)
    return json_text([] if cell is None else [cell])


def shown_table(report: Report, locale: str) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of the report's table, or of its summary, for people."""
    columns, rows = report.summary or report.table
    # What has no heading is for programs alone.
    shown = [place for place, key in enumerate(columns) if has_text(f"experiment.column.{key}")]
    metric = report.conventions.get("metric", "")
    named = text(f"experiment.metric.{metric}", locale) if metric else ""
    headings = [
        text(f"experiment.column.{columns[place]}", locale, metric=named) for place in shown
    ]
    # In Spanish the metric comes first: "Exactitud de prueba".
    headings = [
        heading[0].upper() + heading[1:] if named and heading.startswith(named) else heading
        for heading in headings
    ]
    varied = report.conventions.get("varied", "")
    percent = {key for key in columns if metric == "accuracy" and key.endswith("_metric")}

    def cell(key: str, value: Cell) -> str:
        if key in percent and isinstance(value, float) and math.isfinite(value):
            return text("experiment.percent", locale, value=_shown(key, 100 * value, "", locale))
        return _shown(key, value, varied, locale)

    return headings, [[cell(columns[k], row[k]) for k in shown] for row in rows]


def _markdown(report: Report, run: Mapping[str, Any], locale: str) -> Iterator[str]:
    title = text(f"experiment.title.{report.kind}", locale)
    name = run["data"]["name"]
    yield f"# {title}: {markdown(name)}\n\n"
    if "command" in run:
        yield f"    {run['command']}\n\n"
    headings, rows = shown_table(report, locale)
    yield _line(headings) + _line(["---"] * len(headings), filler="")
    for row in rows:
        yield _line([markdown(cell) for cell in row])
    yield "\n"
    for message in report.sentences:
        yield f"{message_text(message, locale)}\n"


def _line(cells: list[str], filler: str = " ") -> str:
    return f"|{filler}" + f"{filler}|{filler}".join(cells) + f"{filler}|\n"


def _shown(key: str, cell: Cell, varied: str, locale: str) -> str:
    if key == "sweet_spot":
        return "◄" if cell else ""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        if key == "value" and varied:
            return message_text(runner_name(varied, cell), locale)
        return text(f"experiment.cell.{cell}", locale) if key == "run" else cell
    digits = 12 if isinstance(cell, int) else _DIGITS
    return format_number(cell, decimal_mark(locale), digits)
