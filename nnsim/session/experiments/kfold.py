"""k-fold cross-validation: every sample is tested once, by a network that has not seen it."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from nnsim.core.messages import Message
from nnsim.core.randoms import generator
from nnsim.data.dataset import Labels
from nnsim.data.scaling import Method
from nnsim.data.splitting import Order, folds, split
from nnsim.session.experiments.pool import Progress, run_tasks, task_seeds
from nnsim.session.experiments.report import Cell, Report, spread_of
from nnsim.session.experiments.samples import Figures, Samples, judged, parts_of
from nnsim.session.experiments.training import Setup

_NO_ROWS: Labels = np.zeros(0, dtype=np.int64)
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


@dataclass(frozen=True, eq=False)
class FoldTask:
    """One training of a cross-validation, with all it needs."""

    samples: Samples
    setup: Setup
    scaling: Method
    seed: int
    training: Labels
    validation: Labels
    test: Labels


def run_fold(task: FoldTask) -> tuple[Figures, Figures, Figures]:
    """Train on the training part alone; how it does there, on the validation and the test part."""
    setup = task.setup
    rows = (task.training, task.validation, task.test)
    parts = parts_of(task.samples, setup.loss, task.scaling, *rows)
    plan = setup.plan(task.seed)
    training = parts[0]
    learner = setup.learner(plan, training.inputs, training.targets, task.seed)
    learner.train(setup.iterations(len(training.inputs)))
    first, second, third = (judged(plan, part) for part in parts)
    return first, second, third


def kfold(
    samples: Samples,
    setup: Setup,
    k: int = 5,
    seed: int = 0,
    order: Order = Order.SHUFFLED,
    scaling: Method = Method.STANDARD,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """k runs, each tested on another fold, and beside them one hold-out split, 70-15-15.

    The folds come from ``seed``; start values and order of the samples, in each run, from a seed of
    its own, which the report names.  Raises NnsimError as ``folds``, ``split`` and ``parts_of``.
    """
    runs = folds(len(samples), k, generator(seed), order, samples.labels)
    held = split(len(samples), generator(seed), order=order, labels=samples.labels)
    *seeds, last = task_seeds(seed, k + 1)
    tasks = [
        FoldTask(samples, setup, scaling, own, run.training, _NO_ROWS, run.test)
        for own, run in zip(seeds, runs, strict=True)
    ]
    tasks.append(FoldTask(samples, setup, scaling, last, held.training, held.validation, held.test))
    found = run_tasks(run_fold, tasks, executor, progress)
    rows = tuple(
        _row(number, task, figures)
        for number, (task, figures) in enumerate(zip(tasks, found, strict=True), start=1)
    )
    holdout = ("holdout", None, *rows[-1][2:])
    return _report(samples, (*rows[:-1], holdout))


def _row(
    number: int, task: FoldTask, figures: tuple[Figures, Figures, Figures]
) -> tuple[Cell, ...]:
    training, validation, test = figures
    return (
        "fold",
        number,
        task.seed,
        len(task.training),
        len(task.validation),
        len(task.test),
        training.loss,
        test.loss if len(task.test) else None,
        training.metric,
        validation.metric if len(task.validation) else None,
        test.metric if len(task.test) else None,
    )


def _report(samples: Samples, rows: tuple[tuple[Cell, ...], ...]) -> Report:
    *tested, holdout = (row[-1] for row in rows)
    found = spread_of([float(metric) for metric in tested if metric is not None])
    metric = Message(f"experiment.metric.{samples.metric}")
    mean = {
        "metric": metric,
        "k": len(tested),
        "mean": found.mean,
        "population": found.population,
        "sample": found.sample,
    }
    sentences = [Message("experiment.kfold_mean", mean)]
    if holdout is not None:  # of a handful of samples none may be left for testing
        held = {"metric": metric, "value": holdout}
        sentences.append(Message("experiment.kfold_holdout", held))
    return Report(
        kind="kfold",
        conventions={
            "metric": samples.metric,
            "standard_deviation": "population: divided by k; sample: divided by k - 1",
            "scaling": "fitted on the training part of each run alone",
            "loss": "mean",
            "holdout": "70-15-15",
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
    )
