"""One training from beginning to end, told epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnsim.core.messages import Message
from nnsim.document.edits import set_training
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.learners import Verdict, VerdictKind
from nnsim.session.evaluation import PARTS, Evaluation, metric_of
from nnsim.session.experiments.lesson import longest_epoch
from nnsim.session.experiments.pool import ExperimentCancelled, Progress
from nnsim.session.experiments.report import Cell, Report, Sheet
from nnsim.session.outcome import outcome_message
from nnsim.session.running import Runner

COLUMNS = (
    "epoch",
    "iteration",
    "epoch_loss",
    *(f"{part}_{what}" for what in ("loss", "metric") for part in PARTS),
)
# People are shown about so many rows.
_READABLE = 25
# Ends a run whatever was asked for: there is nothing more to come.
_FINAL = (VerdictKind.NOT_FINITE, VerdictKind.REPEATS)


@dataclass(frozen=True)
class Until:
    """When a training ends.

    ``epochs``: after so many; ``target_loss``: when the mean loss of an epoch is at most this, in
    place of the project's own; ``verdict``: when its watch finds that it has come to an end.
    Without any of them as a run in the window does: at a verdict or at the project's limit.
    """

    epochs: int | None = None
    target_loss: float | None = None
    verdict: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing was asked for."""
        return self == Until()


def train(document: Document, until: Until, progress: Progress | None = None) -> Report:
    """Train the project and tell how each part does at the start and after every epoch.

    ``progress`` is told the epochs done and asked for (0 where that is open).  Raises NnsimError
    where the document cannot run; ExperimentCancelled.
    """
    if until.target_loss is not None:
        training, _ = document.settings_at(0)
        document = set_training(document, replace(training, target_loss=until.target_loss))
    runner = Runner(document)
    runner.watch()
    rows = []
    for row in _epochs(document, runner, until):
        rows.append(row)
        if progress is not None and not progress(len(rows) - 1, until.epochs or 0):
            raise ExperimentCancelled
    return _report(document, runner, tuple(rows))


def _epochs(document: Document, runner: Runner, until: Until) -> Iterator[tuple[Cell, ...]]:
    limit = document.training.limit if until.epochs is None else None
    has_loss = document.training.has_loss
    yield _row(document, runner.evaluate(0), None)
    epoch = 0
    losses: list[float] = []
    while not _is_over(runner, until, epoch, limit):
        metrics = runner.iterate()
        losses.append(metrics.loss)
        if metrics.epoch_ended:
            epoch = metrics.epoch
            mean = math.fsum(losses) / len(losses) if has_loss else None
            yield _row(document, runner.evaluate(epoch), mean)
            losses = []
        elif len(losses) > longest_epoch(runner.learner):
            return


def _is_over(runner: Runner, until: Until, epoch: int, limit: int | None) -> bool:
    verdict = runner.verdict
    if verdict is not None and _ends(verdict, until):
        return True
    if limit is not None and runner.iteration >= limit:
        return True
    return until.epochs is not None and epoch >= until.epochs


def _ends(verdict: Verdict, until: Until) -> bool:
    if verdict.kind in _FINAL or until.verdict or until.is_open:
        return True
    return until.target_loss is not None and verdict.kind is VerdictKind.LOSS_REACHED


def _row(document: Document, found: Evaluation, mean: float | None) -> tuple[Cell, ...]:
    known = prepared(document)
    cells: list[Cell] = [
        getattr(getattr(found, part), what) if len(known.rows_of(part)) else None
        for what in ("loss", "metric")
        for part in PARTS
    ]
    return (found.epoch, found.iteration, mean, *cells)


def _report(document: Document, runner: Runner, rows: tuple[tuple[Cell, ...], ...]) -> Report:
    outcome = outcome_message(document, runner.verdict, runner.iteration)
    _, conventions = document.settings_at(0)
    verdict = runner.verdict
    return Report(
        kind="training",
        conventions={
            "metric": metric_of(document),
            "epoch": "0 is the start",
            "epoch_loss": "mean of the losses of the epoch's iterations, as trained",
            "loss": "mean of a sample after the epoch, without penalties",
            "loss_reduction": conventions.loss_reduction,
            "loss_half": str(conventions.loss_half).lower(),
        },
        columns=COLUMNS,
        rows=rows,
        figures={
            "verdict": None if verdict is None else str(verdict.kind.value),
            "iterations": runner.iteration,
        },
        sentences=(outcome, *_unfinished(rows, runner)),
        summary=_readable(rows),
    )


def _unfinished(rows: tuple[tuple[Cell, ...], ...], runner: Runner) -> Iterator[Message]:
    if rows[-1][1] != runner.iteration:
        yield Message("experiment.unfinished_epoch", {"n": runner.iteration})


def _readable(rows: tuple[tuple[Cell, ...], ...]) -> Sheet:
    """Evenly chosen rows with the first and the last, without columns that are empty."""
    stride = -(-len(rows) // _READABLE)
    chosen = rows[::stride]
    chosen = chosen if chosen[-1] == rows[-1] else (*chosen, rows[-1])
    filled = [k for k in range(len(COLUMNS)) if any(row[k] is not None for row in rows)]
    return Sheet(
        tuple(COLUMNS[k] for k in filled), tuple(tuple(row[k] for k in filled) for row in chosen)
    )
