"""Races: one setting takes several values, everything else is the same, and all run as long."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.randoms import generator
from nnsim.data.scaling import Method
from nnsim.data.splitting import Order, split
from nnsim.session.experiments.pool import Progress, run_tasks, task_seeds
from nnsim.session.experiments.report import Cell, Report, Summary
from nnsim.session.experiments.samples import Figures, Part, Samples, judged, parts_of
from nnsim.session.experiments.training import Setup

Varied = Literal["optimiser", "activation", "loss", "rate", "initialiser", "batch"]
VARIED: tuple[Varied, ...] = get_args(Varied)
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


@dataclass(frozen=True, eq=False)
class RaceTask:
    """One runner."""

    setup: Setup
    seed: int
    training: Part
    validation: Part
    test: Part


@dataclass(frozen=True)
class Lap:
    """How a runner does on training and validation part after so many epochs."""

    training: Figures
    validation: Figures


def run_race(task: RaceTask) -> tuple[tuple[Lap, ...], Figures]:
    """A lap for the start and one after every epoch; at the end, how it does on the test part."""
    setup, training = task.setup, task.training
    plan = setup.plan(task.seed)
    learner = setup.learner(plan, training.inputs, training.targets, task.seed)
    laps = [Lap(judged(plan, training), judged(plan, task.validation))]
    for _ in range(setup.epochs):
        learner.train(setup.iterations(len(training.inputs), 1))
        laps.append(Lap(judged(plan, training), judged(plan, task.validation)))
    return tuple(laps), judged(plan, task.test)


def with_value(setup: Setup, samples: Samples, varied: Varied, value: str | float) -> Setup:
    """The setup with another value; another loss comes with the output that goes with it.

    Raises NnsimError ``experiment.loss``.
    """
    if varied == "loss":
        return replace(setup, loss=str(value), output=samples.output_for(str(value)))
    changed: dict[str, Any] = {varied: value}
    return replace(setup, **changed)


def race(
    samples: Samples,
    setup: Setup,
    varied: Varied,
    values: Sequence[str | float],
    seed: int = 0,
    order: Order = Order.SHUFFLED,
    scaling: Method = Method.STANDARD,
    target: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """Loss and metric of every value, epoch by epoch, and who reached the target when.

    All start from the same parameters (for initialisers: from the same seed) and see the same
    samples in the same order; the parts are 70-15-15.  ``target``: of the metric on the validation
    part; None: 95 % of the best that any came to.  Raises NnsimError ``experiment.twice``,
    ``experiment.no_validation``, and as ``split``, ``parts_of`` and ``with_value``.
    """
    if len(set(values)) < len(values) or not values:
        raise NnsimError.of("experiment.twice")
    parts = split(len(samples), generator(seed), order=order, labels=samples.labels)
    if not len(parts.validation):
        raise NnsimError.of("experiment.no_validation")
    (own,) = task_seeds(seed, 1)
    tasks = []
    for value in values:
        runner = with_value(setup, samples, varied, value)
        rows = (parts.training, parts.validation, parts.test)
        tasks.append(RaceTask(runner, own, *parts_of(samples, runner.loss, scaling, *rows)))
    found = run_tasks(run_race, tasks, executor, progress)
    return _report(samples, varied, [str(value) for value in values], found, target)


def _report(
    samples: Samples,
    varied: Varied,
    names: list[str],
    found: list[tuple[tuple[Lap, ...], Figures]],
    target: float | None,
) -> Report:
    if target is None:
        best = max((_best(laps) for laps, _ in found), default=math.nan)
        target = NEAR * best if best > 0 else best
    rows = tuple(
        (name, epoch, *_cells(lap))
        for name, (laps, _) in zip(names, found, strict=True)
        for epoch, lap in enumerate(laps)
    )
    reached = {name: _reached(laps, target) for name, (laps, _) in zip(names, found, strict=True)}
    summary: list[tuple[Cell, ...]] = [
        (
            name,
            reached[name],
            laps[-1].training.loss,
            laps[-1].training.metric,
            laps[-1].validation.metric,
            test.metric,
        )
        for name, (laps, test) in zip(names, found, strict=True)
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
            "scaling": "fitted on the training part alone",
            "reached": "first epoch at which the validation metric is at least the target",
        },
        columns=COLUMNS,
        rows=rows,
        figures=figures,
        sentences=tuple(_sentences(samples, target, summary)),
        summary=Summary(SUMMARY, tuple(summary)),
    )


def _cells(lap: Lap) -> tuple[Cell, ...]:
    first, second = lap.training, lap.validation
    return first.loss, second.loss, first.metric, second.metric


def _reached(laps: Sequence[Lap], target: float) -> int | None:
    """The first epoch at which the target was reached, 0 for the start; None where it never was."""
    metrics = [lap.validation.metric for lap in laps]
    return next((epoch for epoch, metric in enumerate(metrics) if metric >= target), None)


def _best(laps: Sequence[Lap]) -> float:
    metrics = [lap.validation.metric for lap in laps]
    return -math.inf if np.isnan(metrics).all() else float(np.nanmax(metrics))


def _sentences(
    samples: Samples, target: float, summary: Sequence[tuple[Cell, ...]]
) -> Iterator[Message]:
    metric = Message(f"experiment.metric.{samples.metric}")
    yield Message("experiment.race_target", {"metric": metric, "target": target})
    first = summary[0]
    if first[1] is None:
        yield Message("experiment.race_nobody")
    else:
        winners = ", ".join(str(row[0]) for row in summary if row[1] == first[1])
        yield Message("experiment.race_first", {"values": winners, "epoch": first[1]})
    for name, _, loss, *_ in summary:
        if not math.isfinite(float(loss or 0)):
            yield Message("experiment.race_diverged", {"value": name})
