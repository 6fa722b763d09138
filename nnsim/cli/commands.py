"""What each command does.  A command returns its exit status."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnsim.cli.projects import open_project
from nnsim.cli.screen import paint_unseen
from nnsim.core.messages import Message, NnsimError
from nnsim.document.examples import EXAMPLES
from nnsim.export import (
    Extent,
    Format,
    Options,
    export_trace,
    format_of,
    printing,
    verify,
)
from nnsim.language import message_text, text

_DIFFERS = 1


def trace(arguments: argparse.Namespace, locale: str) -> int:
    """The trace of a project, to a file or printed."""
    document = open_project(arguments.project, locale)
    output = None if arguments.output in (None, "-") else Path(arguments.output)
    format: Format = arguments.format or (output and format_of(output)) or "md"
    options = Options(
        extent=Extent(arguments.iterations, arguments.until_converged),
        locale=locale,
        groups=arguments.columns,
        style=arguments.table,
        mark="," if arguments.decimal == "comma" else ".",
    )
    if output is None:
        printing(document, sys.stdout, format, options)
        return 0
    result = export_trace(document, output, format, options)
    outcome = message_text(result.outcome, locale)
    print(text("cli.written", locale, path=str(output), n=result.rows, outcome=outcome))
    return 0


def examples(arguments: argparse.Namespace, locale: str) -> int:
    """The shipped examples: id, title, what it is about."""
    width = max(map(len, EXAMPLES))
    for example in EXAMPLES:
        title = text(f"example.{example}.title", locale)
        about = text(f"example.{example}.about", locale)
        print(f"{example:<{width}}  {title}\n{'':<{width}}  {about}")
    return 0


def verify_file(arguments: argparse.Namespace, locale: str) -> int:
    """Run an exported trace again and compare it."""
    result = verify(Path(arguments.file))
    if result.difference is not None:
        raise Differs(result.difference)
    print(text("verify.ok", locale, path=arguments.file, rows=result.rows, numbers=result.numbers))
    return 0


class Differs(Exception):
    """A trace is not what its head gives; the message says where."""

    status = _DIFFERS

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def picture(arguments: argparse.Namespace, locale: str) -> int:
    """The diagram of a project as a picture.  The only command that needs Qt."""
    document = open_project(arguments.project, locale)
    # No window is opened, so no screen is asked for either.
    paint_unseen()
    try:
        from nnsim.ui.picture import save_project_picture
    except ImportError as error:
        if (error.name or "").startswith("nnsim"):
            raise
        raise NnsimError.of("cli.no_qt", reason=str(error)) from error
    save_project_picture(
        document,
        Path(arguments.output),
        arguments.theme or "light",
        locale,
        arguments.iteration,
    )
    print(text("cli.picture_written", locale, path=arguments.output))
    return 0


def exercise(arguments: argparse.Namespace, locale: str) -> int:
    """Exercises; imported only here, since they bring much with them."""
    from nnsim.cli.exercise import run

    return run(arguments, locale)


def experiment(arguments: argparse.Namespace, locale: str) -> int:
    """Folds, sweeps and races; imported only here, as exercises are."""
    from nnsim.cli.experiments import run

    return run(arguments, locale)


def train(arguments: argparse.Namespace, locale: str) -> int:
    """One training, epoch by epoch; imported only here, as exercises are."""
    from nnsim.cli.training import run

    return run(arguments, locale)


def landscape(arguments: argparse.Namespace, locale: str) -> int:
    """The loss over two weights; imported only here, as exercises are."""
    from nnsim.cli.landscape import run

    return run(arguments, locale)


RUN = {
    "trace": trace,
    "train": train,
    "examples": examples,
    "verify": verify_file,
    "picture": picture,
    "exercise": exercise,
    "kfold": experiment,
    "bias-variance": experiment,
    "race": experiment,
    "landscape": landscape,
}
