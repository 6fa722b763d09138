"""The numbers of the loss panel as a table to take home."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnsim.data import Table
from nnsim.session.evaluation import metric_of
from nnsim.session.series import Per, evaluated, series
from nnsim.session.session import Session
from nnsim.ui.panels.loss.lines import (
    Line,
    Shown,
    former_lines,
    generator_lines,
    judged_parts,
    part_lines,
)


def table_of(session: Session, length: int, what: Shown, per: Per) -> Table:
    """The figures of the first ``length`` iterations, and those of the former runs that are shown.

    Of the metric each row is an evaluation; else an iteration or epoch with its loss and errors,
    and, where the samples are divided, with how each part was judged after it.
    """
    own = _own(session, length, what, per)
    document = session.document
    lines = former_lines(session.runs, document, what, per)
    if what != "metric":
        second = generator_lines(document, session.trace, what, per, length)
        lines = [*part_lines(document, session.evaluations, what, per, length), *second, *lines]
    return with_lines(own, lines, what, per)


def with_lines(table: Table, lines: Sequence[Line], what: Shown, per: Per) -> Table:
    """The table with a column for each line: "loss_validation", "run1_loss", "run2_validation".

    Further rows are for what was judged before anything was learnt, 0, and for longer runs; NaN
    stands where there is no figure.
    """
    for line in lines:
        known = table.inputs[:, 0].astype(np.int64)
        rows = np.union1d(known, line.series.last)
        inputs = np.full((len(rows), 2), np.nan)
        targets = np.full((len(rows), table.targets.shape[1] + 1), np.nan)
        here, there = np.searchsorted(rows, known), np.searchsorted(rows, line.series.last)
        if per == "epoch":
            inputs[there, 1] = line.series.x
        inputs[rows == 0, 1] = 0
        inputs[here], targets[here, :-1] = table.inputs, table.targets
        inputs[:, 0], targets[there, -1] = rows, line.series.y
        name = f"run{line.number}_{line.part or what}" if line.run else f"{what}_{line.part}"
        table = Table(table.input_names, (*table.target_names, name), inputs, targets)
    return table


def _own(session: Session, length: int, what: Shown, per: Per) -> Table:
    """The figures of the present run."""
    document = session.document
    if what == "metric":
        parts, metric = judged_parts(document, what), metric_of(document)
        found = [
            evaluated(document, session.evaluations, part, "metric", per).until(length)
            for part in parts
        ]
        places = np.column_stack([found[0].last, session.evaluations.epochs[: len(found[0])]])
        names = tuple(f"{metric}_{part}" for part in parts)
        columns = [line.y for line in found]
        return Table(("iteration", "epoch"), names, places.astype(float), np.column_stack(columns))
    loss = series(document, session.trace, length, "loss", per)
    wrong = series(document, session.trace, length, "wrong", per)
    epochs = session.trace.column("epoch")[loss.last - 1].astype(np.float64)
    names = ("loss", "wrong") if per == "iteration" else ("mean_loss", "wrong")
    return Table(
        ("iteration", "epoch"),
        names,
        np.column_stack([loss.last, epochs]).astype(np.float64),
        np.column_stack([loss.y, wrong.y]),
    )
