"""``nnsim landscape``: the loss over two weights after a run, and the path that led there."""

from __future__ import annotations

import argparse
from collections import deque
from dataclasses import replace

from nnsim.cli.projects import open_project
from nnsim.cli.reports import command_line, progress_told, write_report
from nnsim.core.messages import NnsimError
from nnsim.document.model import Document
from nnsim.document.naming import parameter_name
from nnsim.session import Session
from nnsim.session.experiments.landscape import (
    SIDE,
    Weight,
    landscape,
    most_moved,
    survey,
    weights_of,
)
from nnsim.session.experiments.pool import workers

# So many weights are named to whoever asked for one that there is not.
_MOST_NAMED = 12


def run(arguments: argparse.Namespace, locale: str) -> int:
    """Run the project, then print or write its landscape; returns the exit status."""
    word = arguments.project
    document = open_project(word, locale)
    session = Session(document)
    session.trace  # noqa: B018 (raises where the document cannot run)
    # As far as asked for, whatever a verdict says; else as a run in the window goes.
    if arguments.iterations is None:
        deque(session.run(), maxlen=0)
    else:
        while session.computed < arguments.iterations:
            session.compute()
    if session.computed:
        session.go_to(session.computed)
    first, second = _chosen(session, arguments.first, arguments.second)
    side = arguments.side or SIDE
    terrain = survey(session, first, second, arguments.reach, side)
    with workers(arguments.workers or 1) as executor, progress_told() as tell:
        report, origin = landscape(terrain, executor, tell)
    settings = {
        "iterations": terrain.iteration,
        "first": str(first),
        "second": str(second),
        "side": side,
    }
    if arguments.reach is not None:
        settings["reach"] = arguments.reach
    if arguments.path:
        path = report.sheets["path"]
        report = replace(report, columns=path.columns, rows=path.rows)
    switches = ["--path"] if arguments.path else []
    command = command_line("landscape", word, settings, *switches)
    write_report(report, {"command": command, **origin}, arguments, locale)
    return 0


def _chosen(session: Session, first: str | None, second: str | None) -> tuple[Weight, Weight]:
    """The two weights asked for; in place of one that is not, those that moved most.

    Raises NnsimError ``cli.no_weight`` and ``experiment.no_weights``.
    """
    document = session.document
    moved = most_moved(session)
    if moved is None:
        raise NnsimError.of("experiment.no_weights")
    given = [word and weight_called(document, word) for word in (first, second)]
    left = [each for each in moved if each not in given]
    one, other = (each or left.pop(0) for each in given)
    return one, other


def weight_called(document: Document, word: str) -> Weight:
    """The weight or bias with this name: "w N1 ← x1", "w N1 <- x1", "b N1" or its key "b:n1[0]".

    Raises NnsimError ``cli.no_weight``, which names some.
    """
    wanted = _plain(word)
    names: dict[str, None] = {}
    for weight in weights_of(document):
        name = parameter_name(document, weight.name, weight.place)
        if wanted in (_plain(name), _plain(str(weight))):
            return weight
        names[name] = None
    listed = list(names)
    known = ", ".join(listed[:_MOST_NAMED]) + (", …" if len(listed) > _MOST_NAMED else "")
    raise NnsimError.of("cli.no_weight", word=word, known=known)


def _plain(name: str) -> str:
    """A name as it is compared: without spaces, the arrow as it is typed."""
    return "".join(name.split()).replace("←", "<-")
