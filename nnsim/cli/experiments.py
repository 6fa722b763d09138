"""``nnsim kfold``, ``nnsim bias-variance``, ``nnsim race``: experiments without a screen."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnsim.cli.experiment_arguments import MAX_VALUE, READ_VALUE, whole_numbers
from nnsim.cli.projects import open_project
from nnsim.core.files import replacing
from nnsim.core.messages import NnsimError
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.examples import EXAMPLES
from nnsim.export.experiments import REPORT_FORMATS, ReportFormat, report_pieces
from nnsim.language import text
from nnsim.session.experiments.pool import Progress, workers
from nnsim.session.experiments.report import Report
from nnsim.session.experiments.request import (
    FIXED_BY,
    Choices,
    Kind,
    Request,
    Source,
    perform,
)


def run(arguments: argparse.Namespace, locale: str) -> int:
    """Run the experiment and print or write its report; returns the exit status."""
    kind: Kind = arguments.command
    source = None
    if kind == "bias-variance" and arguments.statistical:
        kind = "statistical"
    else:
        source = _source(arguments.data, locale)
    request = Request(kind, source, _choices(kind, arguments))
    with workers(arguments.workers or 1) as executor, _progress() as tell:
        report, origin = perform(request, executor, tell)
    _write(report, origin, arguments, locale)
    return 0


def _source(word: str, locale: str) -> Source:
    """A project, a data set or an example."""
    if not Path(word).exists():
        if word in DATA_SETS:
            return Source(word)
        if word not in EXAMPLES and Path(word).suffix == "":
            known = ", ".join([*DATA_SETS, *EXAMPLES])
            raise NnsimError.of("cli.no_data", word=word, known=known)
    return Source(word, open_project(word, locale))


def _choices(kind: Kind, arguments: argparse.Namespace) -> Choices:
    """What was typed.  Raises NnsimError ``cli.varied_too`` where one option defeats another."""
    names = {field.name for field in dataclasses.fields(Choices)}
    given = {name: value for name, value in vars(arguments).items() if name in names}
    if given.get("scaling") is not None:
        given["scaling"] = Method(given["scaling"])
    if given.get("order") is not None:
        given["order"] = Order(given["order"])
    varied = given.get("vary")
    fixed = varied if kind == "race" else FIXED_BY.get(varied or "")
    if fixed is not None and given[fixed] is not None:
        raise NnsimError.of("cli.varied_too", option=f"--{fixed}", value=varied)
    if kind == "race":
        read_one = READ_VALUE[arguments.vary]
        given["values"] = tuple(read_one(word) for word in arguments.values.split(","))
    elif kind == "bias-variance" and arguments.values is not None:
        most = MAX_VALUE[varied or "hidden_units"]
        given["values"] = whole_numbers(most)(arguments.values)
    return Choices(**given)


# -- output --------------------------------------------------------------------------------------


def _write(
    report: Report, run: Mapping[str, Any], arguments: argparse.Namespace, locale: str
) -> None:
    output = None if arguments.output in (None, "-") else Path(arguments.output)
    ending = output.suffix.lower().removeprefix(".") if output else ""
    named: ReportFormat | None = next((each for each in REPORT_FORMATS if each == ending), None)
    pieces = report_pieces(report, run, arguments.format or named or "md", locale)
    if output is None:
        sys.stdout.writelines(pieces)
        return
    with (
        replacing(output) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.writelines(pieces)
    print(text("cli.picture_written", locale, path=str(output)))


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Tells a person how many trainings are done; a file or a pipe is told nothing."""
    if not sys.stderr.isatty():
        yield None
        return

    def tell(done: int, total: int) -> bool:
        print(f"\r{done}/{total}", end="", file=sys.stderr, flush=True)
        return True

    try:
        yield tell
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
