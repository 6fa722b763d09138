"""Reports of experiments and trainings: printed or written, with progress for those who wait."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnsim.core.files import replacing
from nnsim.export.experiments import REPORT_FORMATS, ReportFormat, report_pieces
from nnsim.language import text
from nnsim.session.experiments.pool import Progress
from nnsim.session.experiments.report import Report


def command_line(command: str, word: str, settings: Mapping[str, object], *switches: str) -> str:
    """What makes the report again, as it is typed: settings are options with a value."""
    options = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    return shlex.join(["nnsim", command, word, *options, *switches])


def write_report(
    report: Report, run: Mapping[str, Any], arguments: argparse.Namespace, locale: str
) -> None:
    """Print the report, or write it to the file that was named."""
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
def progress_told() -> Iterator[Progress | None]:
    """Tells a person how many trainings are done; a file or a pipe is told nothing."""
    if not sys.stderr.isatty():
        yield None
        return

    def tell(done: int, total: int) -> bool:
        of = f"/{total}" if total else ""
        print(f"\r{done}{of}", end="", file=sys.stderr, flush=True)
        return True

    try:
        yield tell
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
