"""``nnsim kfold``, ``nnsim bias-variance``, ``nnsim race``: experiments without a screen."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from nnsim.cli.experiment_arguments import MAX_VALUE, READ_VALUE, whole_numbers
from nnsim.cli.projects import open_project
from nnsim.cli.reports import progress_told, write_report
from nnsim.core.messages import NnsimError
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.examples import EXAMPLES
from nnsim.session.experiments.pool import cluster, workers
from nnsim.session.experiments.request import (
    FIXED_BY,
    Choices,
    Kind,
    Request,
    Source,
    perform,
)

# Before the name of an example.
_EXAMPLE = "example:"


def run(arguments: argparse.Namespace, locale: str) -> int:
    """Run the experiment and print or write its report; returns the exit status."""
    kind: Kind = arguments.command
    source = None
    if kind == "bias-variance" and arguments.statistical:
        kind = "statistical"
    else:
        source = _source(arguments.data, locale)
    request = Request(kind, source, _choices(kind, arguments))
    count = arguments.workers or 1
    place = cluster(arguments.cluster, count) if arguments.cluster else workers(count)
    with place as executor, progress_told() as tell:
        report, origin = perform(request, executor, tell)
    write_report(report, origin, arguments, locale)
    return 0


def _source(word: str, locale: str) -> Source:
    """A project, a data set or an example; "example:iris" is one whose name a data set has, too."""
    if word.startswith(_EXAMPLE):
        example = word.removeprefix(_EXAMPLE)
        if example not in EXAMPLES:
            raise NnsimError.of("cli.no_project", word=example, examples=", ".join(EXAMPLES))
        return Source(word, open_project(example, locale))
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
