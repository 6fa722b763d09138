"""Races: one setting takes several values, everything else is the same, and all run as long."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Literal, Protocol, get_args

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.randoms import generator
from nnsim.data.splitting import Order, split
from nnsim.session.experiments.lesson import (
    LENGTH,
    Course,
    Lesson,
    Network,
    every_epoch,
    rows_of,
    take,
)
from nnsim.session.experiments.pool import Progress, run_tasks, task_seeds
from nnsim.session.experiments.report import Cell, Report, Sheet, figure_told
from nnsim.session.experiments.samples import Figures, Samples

Varied = Literal["optimiser", "activation", "loss", "rate", "initialiser", "batch"]
VARIED: tuple[Varied, ...] = get_args(Varied)
#: Settings whose values are numbers; those of all others are names.
NUMBERS: tuple[Varied, ...] = ("rate", "batch")
COLUMNS = (
    "value",
    "epoch",
    "training_loss",
    "validation_loss",
    "training_metric",
    "validation_metric",
)
SUMMARY = (
    "value",
    "reached",
    "training_loss",
    "training_metric",
    "validation_metric",
    "test_metric",
)
#: Without a target, it is this share of the best that any of them came to.
NEAR = 0.95


class Variable(Network, Protocol):
    """A network of which single settings can be changed."""

    def with_value(self, samples: Samples, varied: str, value: str | float) -> Network:
        """The same with another value; another loss comes with the output that goes with it."""


def race(
    samples: Samples,
    network: Variable,
    varied: Varied,
    values: Sequence[str | float],
    seed: int = 0,
    order: Order = Order.SHUFFLED,
    target: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """Loss and metric of every value, epoch by epoch, and who reached the target when.

    All start from the same parameters (for initialisers: from the same seed) and see the same
    samples in the same order; the parts are 70-15-15.  ``target``: of the metric on the validation
    part; None: 95 % of the best that any came to.  Raises NnsimError ``experiment.twice``,
    ``experiment.no_validation``, and as ``split``, ``Network.begin`` and ``with_value``.
    """
    if len(set(values)) < len(values) or not values:
        raise NnsimError.of("experiment.twice")
    parts = split(len(samples), generator(seed), order=order, labels=samples.labels)
    if not len(parts.validation):
        raise NnsimError.of("experiment.no_validation")
    (own,) = task_seeds(seed, 1)
    runners = [network.with_value(samples, varied, value) for value in values]
    lessons = [
        Lesson(runner, samples, rows_of(parts), own, every_epoch(runner)) for runner in runners
    ]
    found = run_tasks(take, lessons, executor, progress)
    return _report(samples, varied, [str(value) for value in values], found, target)


def _report(
    samples: Samples,
    varied: Varied,
    names: list[str],
    found: Sequence[Course],
    target: float | None,
) -> Report:
    if target is None:
        best = max((_best(laps) for laps in found), default=math.nan)
        target = NEAR * best if best > 0 else best
    rows = tuple(
        (name, epoch, *_cells(lap))
        for name, laps in zip(names, found, strict=True)
        for epoch, lap in enumerate(laps)
    )
    reached = {name: _reached(laps, target) for name, laps in zip(names, found, strict=True)}
    summary: list[tuple[Cell, ...]] = [
        (
            name,
            reached[name],
            training.loss,
            training.metric,
            validation.metric,
            test.metric,
        )
        for name, (*_, (training, validation, test)) in zip(names, found, strict=True)
    ]
    # Who came first stands first; among equals, the order they were named in.
    summary.sort(key=lambda row: math.inf if row[1] is None else float(row[1]))
    figures: dict[str, Cell] = {"target": target}
    for row in summary:
        figures |= {f"reached.{row[0]}": row[1], f"test_metric.{row[0]}": row[-1]}
    return Report(
        kind="race",
        conventions={
            "varied": varied,
            "metric": samples.metric,
            "loss": "mean",
            "start": "the same seed for all; epoch 0 is the start",
            "parts": "70-15-15",
            "length": LENGTH,
            "scaling": "fitted on the training part alone",
            "reached": "first epoch at which the validation metric is at least the target",
        },
        columns=COLUMNS,
        rows=rows,
        figures=figures,
        sentences=tuple(_sentences(samples, varied, target, summary)),
        summary=Sheet(SUMMARY, tuple(summary)),
    )


def _cells(lap: tuple[Figures, ...]) -> tuple[Cell, ...]:
    first, second, _ = lap
    return first.loss, second.loss, first.metric, second.metric


def _reached(laps: Course, target: float) -> int | None:
    """The first epoch at which the target was reached, 0 for the start; None where it never was."""
    metrics = [validation.metric for _, validation, _ in laps]
    return next((epoch for epoch, metric in enumerate(metrics) if metric >= target), None)


def _best(laps: Course) -> float:
    metrics = [validation.metric for _, validation, _ in laps]
    return -math.inf if np.isnan(metrics).all() else float(np.nanmax(metrics))


def _sentences(
    samples: Samples, varied: Varied, target: float, summary: Sequence[tuple[Cell, ...]]
) -> Iterator[Message]:
    metric = Message(f"experiment.metric.{samples.metric}")
    least = figure_told(samples.metric, target)
    yield Message("experiment.race_target", {"metric": metric, "target": least})
    first = summary[0]
    if first[1] is None:
        yield Message("experiment.race_nobody")
    else:
        winners = [runner_name(varied, str(row[0])) for row in summary if row[1] == first[1]]
        yield Message("experiment.race_first", {"values": _listed(winners), "epoch": first[1]})
    for name, _, loss, *_ in summary:
        if not math.isfinite(float(loss or 0)):
            told = {"value": runner_name(varied, str(name))}
            yield Message("experiment.race_diverged", told)


def runner_name(varied: str, value: str) -> Message:
    """What people are told of the runner that has this value of the setting that varies.

    Files name it by the value itself, as the options of the command do.
    """
    if varied in NUMBERS:
        setting = Message(f"experiments.field.{varied}")
        return Message("experiment.race_number", {"setting": setting, "value": float(value)})
    return Message(f"experiments.{varied}.{value}")


def _listed(names: Sequence[Message]) -> Message:
    """Several names as one; not with commas between, for a number may have one."""
    first, *others = names
    if not others:
        return first
    return Message("experiment.race_and", {"first": first, "others": _listed(others)})
