"""Bias and variance as the course defines them, against how much a network can or may learn.

bias = error on the training set; variance = error on the test set - error on the training set
(course, section 13).  They are not the statistical bias² and variance: see ``decomposition``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.randoms import generator
from nnsim.session.experiments.lesson import LENGTH, Lesson, Network, take
from nnsim.session.experiments.pool import Progress, run_tasks, task_seeds
from nnsim.session.experiments.report import Cell, Report, Sheet, lowest, spread_of
from nnsim.session.experiments.samples import Figures, Samples
from nnsim.session.experiments.training import Setup

Against = Literal["hidden_units", "epochs", "training_size"]
AGAINST: tuple[Against, ...] = get_args(Against)
COLUMNS = (
    "value",
    "bias_course",
    "variance_course",
    "training_error",
    "test_error",
    "training_sd",
    "test_sd",
    "sweet_spot",
)


#: Of the sheet "runs": every training by itself.
RUNS = ("value", "seed", "training_error", "test_error")


def bias_variance(
    samples: Samples,
    network: Network,
    against: Against,
    values: Sequence[int],
    size: int,
    noise: float = 0.0,
    repeats: int = 5,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """Training and test error for each of the values, means over ``repeats`` seeds.

    ``against``: units in every hidden layer (of a ``Setup``), epochs, or samples to learn from.
    ``size``: samples
    to learn from otherwise; all others are the test set.  ``noise``: the share of samples, for
    learning and for testing, whose class is drawn anew among all (with noise in training alone the
    test error could be the smaller one).  Every seed has its own samples to learn from, classes
    drawn and start values, the same for all values.  Raises NnsimError ``experiment.order``,
    ``experiment.size``, ``experiment.no_hidden`` or ``experiment.noise``.
    """
    steps = tuple(values)
    _require(samples, network, against, steps, size, noise)
    seeds = task_seeds(seed, repeats)
    lessons = [
        lesson
        for own in seeds
        for lesson in _lessons(samples, network, against, steps, size, noise, own)
    ]
    found = run_tasks(take, lessons, executor, progress)
    # One lesson a seed that is judged at every value, or one a value that is judged at its end.
    pairs = [(figures[0], figures[1]) for course in found for figures in course]
    by_value = [pairs[k :: len(steps)] for k in range(len(steps))]
    return _report(samples, against, steps, seeds, by_value)


def _lessons(
    samples: Samples,
    network: Network,
    against: Against,
    values: tuple[int, ...],
    size: int,
    noise: float,
    seed: int,
) -> list[Lesson]:
    random = generator(seed)
    rows = random.permutation(len(samples))
    known = _noisy(samples, noise, random)
    # Larger training sets hold the smaller ones; the test set is the same for all.
    most = max(values) if against == "training_size" else size
    end = (network.epochs,)

    def lesson(network: Network, count: int, epochs: tuple[int, ...]) -> Lesson:
        return Lesson(network, known, (rows[:count], rows[most:]), seed, epochs)

    if against == "epochs":
        return [lesson(network, size, values)]
    if against == "training_size":
        return [lesson(network, count, end) for count in values]
    assert isinstance(network, Setup)
    inputs, *hidden, outputs = network.layers
    return [
        lesson(replace(network, layers=(inputs, *[n] * len(hidden), outputs)), size, end)
        for n in values
    ]


def _noisy(samples: Samples, noise: float, random: np.random.Generator) -> Samples:
    if samples.labels is None or not noise:
        return samples
    labels = samples.labels.copy()
    drawn = random.random(len(labels)) < noise
    labels[drawn] = random.integers(0, max(2, samples.targets.shape[1]), int(drawn.sum()))
    return samples.with_labels(labels)


def _require(
    samples: Samples,
    network: Network,
    against: Against,
    values: tuple[int, ...],
    size: int,
    noise: float,
) -> None:
    if not values or any(a >= b for a, b in pairwise(values)):
        raise NnsimError.of("experiment.order")
    most = max(values) if against == "training_size" else size
    if most >= len(samples):
        raise NnsimError.of("experiment.size", size=most, n=len(samples))
    if against == "hidden_units" and not (isinstance(network, Setup) and len(network.layers) > 2):
        raise NnsimError.of("experiment.no_hidden")
    if noise and not samples.has_classes:
        raise NnsimError.of("experiment.noise", name=samples.name)


def _report(
    samples: Samples,
    against: Against,
    values: tuple[int, ...],
    seeds: tuple[int, ...],
    by_value: list[list[tuple[Figures, Figures]]],
) -> Report:
    training = [spread_of([first.error for first, _ in pairs]) for pairs in by_value]
    test = [spread_of([second.error for _, second in pairs]) for pairs in by_value]
    best = lowest([each.mean for each in test])
    rows: list[tuple[Cell, ...]] = [
        (
            value,
            own.mean,
            other.mean - own.mean,
            own.mean,
            other.mean,
            own.population,
            other.population,
            int(place == best),
        )
        for place, (value, own, other) in enumerate(zip(values, training, test, strict=True))
    ]
    runs = tuple(
        (value, seed, first.error, second.error)
        for value, pairs in zip(values, by_value, strict=True)
        for seed, (first, second) in zip(seeds, pairs, strict=True)
    )
    sentences = [Message("experiment.course_definitions")]
    if best is not None:
        sentences.append(
            Message(
                "experiment.sweet_spot",
                {
                    "against": Message(f"experiment.against.{against}"),
                    "value": str(values[best]),
                    "error": test[best].mean,
                },
            )
        )
    return Report(
        kind="bias_variance_course",
        conventions={
            "bias_course": "error on the training set",
            "variance_course": "error on the test set - error on the training set",
            "error": "share of wrong classes" if samples.has_classes else "mean squared error",
            "standard_deviation": "population, over the seeds",
            "scaling": "fitted on the training part of each run alone",
            "length": LENGTH,
            "sweet_spot": "lowest test error",
        },
        columns=COLUMNS,
        rows=tuple(rows),
        figures={} if best is None else {"sweet_spot": values[best], "test_error": test[best].mean},
        sentences=tuple(sentences),
        sheets={"runs": Sheet(RUNS, runs)},
    )
