"""Exporting a trace: the one way in for the command line, the window and worker processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, TypeAlias, get_args

from nnsim.core.files import replacing
from nnsim.core.messages import Message, NnsimError
from nnsim.document.compiling import plan_spec
from nnsim.document.model import Document
from nnsim.document.naming import is_single_neuron
from nnsim.export.heads import Mark
from nnsim.export.job import Job
from nnsim.export.machine import csv_pieces, jsonl_pieces
from nnsim.export.reading import html_pieces, latex_pieces, markdown_pieces
from nnsim.export.running import Extent, TraceRun
from nnsim.export.workbook import write_workbook
from nnsim.session.table import (
    Group,
    TableStyle,
    columns_for,
    default_groups,
)

Format: TypeAlias = Literal["csv", "jsonl", "xlsx", "md", "latex", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
#: The ending of a file of each format.
SUFFIXES: dict[Format, str] = {
    "csv": ".csv",
    "jsonl": ".jsonl",
    "xlsx": ".xlsx",
    "md": ".md",
    "latex": ".tex",
    "html": ".html",
}
_TEXT: dict[Format, Callable[[Job], Iterator[str]]] = {
    "csv": csv_pieces,
    "jsonl": jsonl_pieces,
    "md": markdown_pieces,
    "latex": latex_pieces,
    "html": html_pieces,
}
_READ_BY_PEOPLE: frozenset[Format] = frozenset({"md", "latex", "html"})
# Iterations between two reports of progress: some milliseconds of work.
_REPORT_EVERY = 256


@dataclass(frozen=True)
class Options:
    """What can be chosen about an export; every default is a sensible one.

    ``groups``: the columns (by default those of ``default_groups``).  ``style``: "course" or
    "numbers" for the formats that people read; by default that of the course for a single neuron.
    ``mark``: decimal mark of a CSV; with "," its cells are separated by ";".
    """

    extent: Extent = field(default_factory=Extent)
    locale: str = "en"
    groups: frozenset[Group] | None = None
    style: TableStyle | None = None
    mark: Mark = "."


@dataclass(frozen=True)
class Progress:
    """How far an export is: iterations written, and how many there will be at most."""

    done: int
    total: int


@dataclass(frozen=True)
class Result:
    """What was written, and what the run came to."""

    iterations: int
    rows: int
    outcome: Message


class ExportCancelled(Exception):
    """The person who asked for the export no longer wants it; nothing was written."""


def export_trace(
    document: Document,
    path: Path,
    format: Format = "md",
    options: Options | None = None,
    progress: Callable[[Progress], bool] | None = None,
) -> Result:
    """Write the trace of a document's run to a file, whole or not at all.

    ``progress`` is called now and then; when it returns False the export is given up.
    Raises ExportCancelled then, and NnsimError for a document that cannot run, for a file that
    cannot be written and for more rows or columns than the format can hold.
    """
    steps = exporting(document, path, format, options)
    while True:
        try:
            report = next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        if progress is not None and not progress(report):
            steps.close()
            raise ExportCancelled


def exporting(
    document: Document, path: Path, format: Format = "md", options: Options | None = None
) -> Generator[Progress, None, Result]:
    """The same in steps: yields Progress, returns the Result; closing it leaves no file behind."""
    job = make_job(document, format, options or Options())
    with replacing(path) as temporary:
        if format == "xlsx":
            yield from _reported(job, write_workbook(job, temporary))
        else:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                yield from _reported(job, _written(job, format, file))
    return Result(job.run.iterations, job.run.rows, job.run.outcome)


def printing(
    document: Document, file: IO[str], format: Format = "md", options: Options | None = None
) -> Result:
    """Write the trace to an open text file, such as standard output.

    Raises NnsimError ``export.needs_file`` for a format that is no text.
    """
    if format not in _TEXT:
        raise NnsimError.of("export.needs_file", format=format.upper())
    job = make_job(document, format, options or Options())
    for _ in _written(job, format, file):
        pass
    return Result(job.run.iterations, job.run.rows, job.run.outcome)


def format_of(path: Path) -> Format | None:
    """The format whose ending a file name has; None where it is no such ending."""
    ending = path.suffix.lower()
    return next((name for name, suffix in SUFFIXES.items() if suffix == ending), None)


def make_job(document: Document, format: Format, options: Options) -> Job:
    """What a writer of this format is given.  Raises NnsimError where nothing can run."""
    run = TraceRun(document, options.extent)
    spec = plan_spec(document, document.training, document.conventions)
    style = options.style if format in _READ_BY_PEOPLE else "numbers"
    if style is None:
        style = "course" if is_single_neuron(spec) else "numbers"
    groups = options.groups
    if groups is None:
        groups = default_groups(document, style)
    columns = columns_for(document, spec, groups, style)
    return Job(document, spec, groups, style, columns, run, options.locale, options.mark)


def _written(job: Job, format: Format, file: IO[str]) -> Iterator[None]:
    for piece in _TEXT[format](job):
        file.write(piece)
        yield


def _reported(job: Job, steps: Iterator[None]) -> Iterator[Progress]:
    reported = 0
    for _ in steps:
        if job.run.iterations >= reported + _REPORT_EVERY:
            reported = job.run.iterations
            yield Progress(reported, job.run.total)
