"""CSV and JSON Lines: traces for programs, with all digits, that can be verified.

Both begin with the head (``heads``) and close with an ``end`` object, so that a file that was cut
off is noticed.  Numbers are the shortest decimals that read back as the same float; what a row
does not have is an empty cell or null.  A CSV has its head and end in lines that begin with "#":
``pandas.read_csv(file, comment="#")`` passes over them.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, exact_text
from nnsim.export.heads import head_lines, make_head
from nnsim.export.job import Job
from nnsim.export.running import TraceRun


def csv_pieces(job: Job) -> Iterator[str]:
    """The CSV line by line; separated by ";" where the decimal mark is ","."""
    head = make_head(job.document, job.groups, job.mark)
    yield "".join(f"# {line}\n" for line in head_lines(head))
    separator = csv_separator(job.mark)
    yield csv_heading([column.key for column in job.columns], separator)
    for record, sample in job.rows():
        cells = (column.numbers(record, sample) for column in job.columns)
        yield separator.join(csv_text(numbers, job.mark) for numbers in cells) + "\n"
    yield f"# {json.dumps(end_of(job.run))}\n"


def csv_separator(mark: str) -> str:
    """What stands between the cells of a CSV with this decimal mark."""
    return ";" if mark == "," else ","


def csv_text(numbers: Sequence[Number], mark: str) -> str:
    """One cell of a CSV."""
    return exact_text(numbers[0], mark) if numbers else ""


def csv_heading(keys: list[str], separator: str) -> str:
    """The line with the keys of the columns."""
    line = io.StringIO()
    # All quoted: a "#" in the name of a neuron would else begin a comment.
    csv.writer(line, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(keys)
    return line.getvalue()


def jsonl_pieces(job: Job) -> Iterator[str]:
    """The JSON Lines: the head, one object a row, the end."""
    head = make_head(job.document, job.groups, ".")
    yield json.dumps(head, ensure_ascii=False, allow_nan=False) + "\n"
    keys = [json.dumps(column.key, ensure_ascii=False) for column in job.columns]
    for record, sample in job.rows():
        cells = (column.numbers(record, sample) for column in job.columns)
        pairs = (f"{key}: {json_text(numbers)}" for key, numbers in zip(keys, cells, strict=True))
        yield "{" + ", ".join(pairs) + "}\n"
    yield json.dumps(end_of(job.run)) + "\n"


def json_text(numbers: Sequence[Number]) -> str:
    """One value of a row: a number, null, or as text "nan", "inf", "-inf" (no numbers in JSON)."""
    if not numbers:
        return "null"
    digits = exact_text(numbers[0])
    return digits if math.isfinite(numbers[0]) else f'"{digits}"'


def end_of(run: TraceRun) -> dict[str, Any]:
    """The closing object: how many iterations and rows, and what the run came to."""
    outcome = _outcome(run.outcome)
    return {"end": {"iterations": run.iterations, "rows": run.rows, "outcome": outcome}}


def _outcome(message: Message) -> dict[str, Any]:
    kind = message.code.removeprefix("verdict.")
    kept = {
        name: message.params[name] for name in ("iteration", "same_as") if name in message.params
    }
    return {"kind": "open" if kind == "open_rule" else kind, **kept}
