"""k-fold cross-validation: every sample is tested once, by a network that has not seen it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from nnsim.core.messages import Message
from nnsim.core.randoms import generator
from nnsim.data.splitting import Order, folds, split
from nnsim.session.experiments.lesson import (
    LENGTH,
    NO_ROWS,
    Course,
    Lesson,
    Network,
    every_epoch,
    rows_of,
    take,
)
from nnsim.session.experiments.pool import Progress, run_tasks, task_seeds
from nnsim.session.experiments.report import Cell, Report, Sheet, figure_told, spread_of
from nnsim.session.experiments.samples import Samples

COLUMNS = (
    "run",
    "fold",
    "seed",
    "training_samples",
    "validation_samples",
    "test_samples",
    "training_loss",
    "test_loss",
    "training_metric",
    "validation_metric",
    "test_metric",
)
#: Of the sheet "curves": every run, epoch by epoch; epoch 0 is the start.
CURVES = (
    "run",
    "fold",
    "epoch",
    "training_loss",
    "validation_loss",
    "test_loss",
    "training_metric",
    "validation_metric",
    "test_metric",
)
#: Of the sheet "parts": in which part of a run each sample is, numbered from 1.
PARTS = ("run", "fold", "sample", "part")


def kfold(
    samples: Samples,
    network: Network,
    k: int = 5,
    seed: int = 0,
    order: Order = Order.SHUFFLED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """k runs, each tested on another fold, and beside them one hold-out split, 70-15-15.

    The folds come from ``seed``; start values and order of the samples, in each run, from a seed of
    its own, which the report names.  Raises NnsimError as ``folds``, ``split`` and
    ``Network.begin``.
    """
    runs = folds(len(samples), k, generator(seed), order, samples.labels)
    held = split(len(samples), generator(seed), order=order, labels=samples.labels)
    *seeds, last = task_seeds(seed, k + 1)
    at = every_epoch(network)
    lessons = [
        Lesson(network, samples, (run.training, NO_ROWS, run.test), own, at)
        for own, run in zip(seeds, runs, strict=True)
    ]
    lessons.append(Lesson(network, samples, rows_of(held), last, at))
    found = run_tasks(take, lessons, executor, progress)
    names: list[tuple[Cell, ...]] = [("fold", number) for number in range(1, k + 1)]
    names.append(("holdout", None))
    rows = tuple(
        (*name, *_row(lesson, course))
        for name, lesson, course in zip(names, lessons, found, strict=True)
    )
    sheets = {
        "curves": Sheet(CURVES, tuple(_curves(names, lessons, found))),
        "parts": Sheet(PARTS, tuple(_parts(names, lessons))),
    }
    return _report(samples, rows, sheets)


def _row(lesson: Lesson, course: Course) -> tuple[Cell, ...]:
    training, validation, test = course[-1]
    sizes = [len(rows) for rows in lesson.rows]
    return (
        lesson.seed,
        *sizes,
        training.loss,
        test.loss if sizes[2] else None,
        training.metric,
        validation.metric if sizes[1] else None,
        test.metric if sizes[2] else None,
    )


def _curves(
    names: Sequence[tuple[Cell, ...]], lessons: Sequence[Lesson], found: Sequence[Course]
) -> Iterator[tuple[Cell, ...]]:
    for name, lesson, course in zip(names, lessons, found, strict=True):
        has = [len(rows) > 0 for rows in lesson.rows]
        for epoch, figures in zip(lesson.at, course, strict=True):
            losses = (
                each.loss if there else None for each, there in zip(figures, has, strict=True)
            )
            metrics = (
                each.metric if there else None for each, there in zip(figures, has, strict=True)
            )
            yield (*name, epoch, *losses, *metrics)


def _parts(
    names: Sequence[tuple[Cell, ...]], lessons: Sequence[Lesson]
) -> Iterator[tuple[Cell, ...]]:
    for name, lesson in zip(names, lessons, strict=True):
        of_sample = {
            row: part
            for part, rows in zip(("training", "validation", "test"), lesson.rows, strict=True)
            for row in rows.tolist()
        }
        for row in sorted(of_sample):
            yield (*name, row + 1, of_sample[row])


def _report(
    samples: Samples, rows: tuple[tuple[Cell, ...], ...], sheets: dict[str, Sheet]
) -> Report:
    *tested, holdout = (row[-1] for row in rows)
    found = spread_of([float(metric) for metric in tested if metric is not None])
    metric = Message(f"experiment.metric.{samples.metric}")
    mean = {
        "metric": metric,
        "k": len(tested),
        "mean": figure_told(samples.metric, found.mean),
        "population": figure_told(samples.metric, found.population),
        "sample": figure_told(samples.metric, found.sample),
    }
    sentences = [Message("experiment.kfold_mean", mean)]
    if holdout is not None:  # of a handful of samples none may be left for testing
        held = {"metric": metric, "value": figure_told(samples.metric, float(holdout))}
        sentences.append(Message("experiment.kfold_holdout", held))
    return Report(
        kind="kfold",
        conventions={
            "metric": samples.metric,
            "standard_deviation": "population: divided by k; sample: divided by k - 1",
            "scaling": "fitted on the training part of each run alone",
            "loss": "mean",
            "holdout": "70-15-15",
            "length": LENGTH,
        },
        columns=COLUMNS,
        rows=rows,
        figures={
            "mean": found.mean,
            "sd_population": found.population,
            "sd_sample": found.sample,
            "holdout": holdout,
        },
        sentences=tuple(sentences),
        sheets=sheets,
    )
