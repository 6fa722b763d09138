"""The statistical decomposition: expected test error = bias² + variance + noise, by resampling.

A polynomial is fitted by least squares to y = sin 2πx + ε, ε ~ N(0, σ²), again and again with
other noise.  At each x, with f the true curve and g the fits: bias² = (mean of g - f)², variance =
the mean of (g - mean of g)², noise = σ²; all are averaged over x.  The test error is measured on
its own, as the mean of (y - g)² with fresh noise in y, and must come out as their sum.  Source:
Geman, Bienenstock & Doursat 1992.  The course's bias and variance are others: see ``complexity``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnsim.core.messages import Message, NnsimError
from nnsim.core.randoms import generator
from nnsim.session.experiments.pool import Progress, run_tasks, task_seeds
from nnsim.session.experiments.report import Report, Sheet, lowest

Floats = NDArray[np.float64]
COLUMNS = (
    "degree",
    "bias_squared_statistical",
    "variance_statistical",
    "noise",
    "sum",
    "test_error",
    "training_error",
    "sweet_spot",
)
#: Of the sheet "fits": some of the fitted curves ("fit"), the mean of all ("mean"), and f ("true").
FITS = ("degree", "curve", "resample", "x", "y")
#: Of the sheet "points": the samples that those curves were fitted to, the same for every degree.
POINTS = ("resample", "x", "y")
#: Where fits and the true curve are compared: evenly from 0 to 1.
GRID = 401
#: So many fits of each degree are kept, at every fourth place.
DRAWN, _EVERY = 20, 4


@dataclass(frozen=True)
class DegreeTask:
    """Polynomials of one degree, fitted to so many samples of ``points`` points each."""

    degree: int
    points: int
    deviation: float
    resamples: int
    seed: int


@dataclass(frozen=True, eq=False)
class Decomposition:
    """What was found for one degree: means over x and, for the errors, over the resamples.

    ``fits`` (curves, places) and ``mean_fit`` (places,) are to be drawn.
    """

    bias_squared: float
    variance: float
    noise: float
    test_error: float
    training_error: float
    fits: Floats
    mean_fit: Floats

    @property
    def total(self) -> float:
        """bias² + variance + noise, which the test error should be."""
        return self.bias_squared + self.variance + self.noise


def true_curve(x: Floats) -> Floats:
    """f(x) = sin 2πx."""
    return np.sin(2 * np.pi * x)


def resampled(task: DegreeTask, random: np.random.Generator) -> tuple[Floats, Floats]:
    """x (points,) and y (resamples, points) of the samples.

    The noise of a seed is the same for every degree.
    """
    x = np.linspace(0, 1, task.points)
    return x, true_curve(x) + random.normal(0, task.deviation, (task.resamples, task.points))


def decompose(task: DegreeTask) -> Decomposition:
    """Fit and compare."""
    random = generator(task.seed)
    x, y = resampled(task, random)
    grid = np.linspace(0, 1, GRID)
    # Legendre polynomials span the same curves as 1, x, x², … and are well-conditioned.
    here = np.polynomial.legendre.legvander(2 * x - 1, task.degree)
    there = np.polynomial.legendre.legvander(2 * grid - 1, task.degree)
    coefficients = np.linalg.lstsq(here, y.T, rcond=None)[0]
    fits = (there @ coefficients).T
    fresh = true_curve(grid) + random.normal(0, task.deviation, fits.shape)
    mean = fits.mean(axis=0)
    return Decomposition(
        bias_squared=float(np.mean((mean - true_curve(grid)) ** 2)),
        variance=float(np.mean((fits - mean) ** 2)),
        noise=task.deviation**2,
        test_error=float(np.mean((fresh - fits) ** 2)),
        training_error=float(np.mean((y - (here @ coefficients).T) ** 2)),
        fits=fits[:DRAWN, ::_EVERY].copy(),
        mean_fit=mean[::_EVERY],
    )


def statistical(
    degrees: Sequence[int],
    points: int = 25,
    deviation: float = 0.3,
    resamples: int = 1000,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """The decomposition for polynomials of these degrees.

    Raises NnsimError ``experiment.order`` or ``experiment.degree``.
    """
    if not degrees or any(a >= b for a, b in pairwise(degrees)):
        raise NnsimError.of("experiment.order")
    if degrees[-1] >= points:
        raise NnsimError.of("experiment.degree", degree=degrees[-1], points=points)
    (own,) = task_seeds(seed, 1)
    tasks = [DegreeTask(degree, points, deviation, resamples, own) for degree in degrees]
    found = run_tasks(decompose, tasks, executor, progress)
    best = lowest([each.test_error for each in found])
    assert best is not None
    rows = tuple(
        (
            degree,
            each.bias_squared,
            each.variance,
            each.noise,
            each.total,
            each.test_error,
            each.training_error,
            int(place == best),
        )
        for place, (degree, each) in enumerate(zip(degrees, found, strict=True))
    )
    return Report(
        kind="bias_variance_statistical",
        conventions={
            "curve": "sin(2 pi x), x evenly from 0 to 1, the ends included",
            "bias_squared_statistical": "mean over x of (mean fit - true curve)^2",
            "variance_statistical": "mean over x of the variance of the fits (population)",
            "noise": "sigma^2",
            "test_error": f"measured with fresh noise at {GRID} points from 0 to 1",
            "sweet_spot": "lowest test error",
        },
        columns=COLUMNS,
        rows=rows,
        figures={"sweet_spot": degrees[best], "test_error": found[best].test_error},
        sentences=(
            Message("experiment.statistical_definitions"),
            Message(
                "experiment.sweet_spot",
                {
                    "against": Message("experiment.against.degree"),
                    "value": str(degrees[best]),
                    "error": found[best].test_error,
                },
            ),
        ),
        sheets={"fits": _fits(degrees, found), "points": _points(tasks[0])},
    )


def _fits(degrees: Sequence[int], found: Sequence[Decomposition]) -> Sheet:
    x = np.linspace(0, 1, GRID)[::_EVERY]
    curves: list[tuple[int | None, str, int | None, Floats]] = [(None, "true", None, true_curve(x))]
    for degree, each in zip(degrees, found, strict=True):
        curves.append((degree, "mean", None, each.mean_fit))
        curves += [(degree, "fit", k, fit) for k, fit in enumerate(each.fits, start=1)]
    rows = (
        (degree, curve, number, *place)
        for degree, curve, number, y in curves
        for place in zip(x.tolist(), y.tolist(), strict=True)
    )
    return Sheet(FITS, tuple(rows))


def _points(task: DegreeTask) -> Sheet:
    x, y = resampled(task, generator(task.seed))
    rows = (
        (number, *place)
        for number, sample in enumerate(y[:DRAWN], start=1)
        for place in zip(x.tolist(), sample.tolist(), strict=True)
    )
    return Sheet(POINTS, tuple(rows))
