"""Figures that tell how good predictions are, and that nothing is learnt from.

Here arrays have samples first, as people and data have them: predictions y and targets t are
(samples, outputs), classes are whole numbers 0 … K-1, (samples,).  Sources: Fawcett 2006 for those
of classification, the course (section 9) for MAE, MSE and MAPE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array

Classes = NDArray[np.int64]


# -- classes -------------------------------------------------------------------------------------


def classes_of(values: Array, threshold: float = 0.5) -> Classes:
    """The class that targets or predictions (samples, outputs) say, (samples,).

    With several outputs the largest, the first in a tie; with one 1 where it is at least
    ``threshold`` (1/2 for probabilities, 0 for logits and for targets of -1 and 1), else 0.
    """
    if values.shape[1] == 1:
        return (values[:, 0] >= threshold).astype(np.int64)
    return values.argmax(axis=1).astype(np.int64)


def accuracy(found: Classes, wanted: Classes) -> float:
    """The share of samples whose class was found; NaN of no samples."""
    return float((found == wanted).mean()) if len(found) else float("nan")


def top_k_accuracy(y: Array, wanted: Classes, k: int) -> float:
    """The share of samples whose class is among the k largest of the outputs y.

    A class is among them where fewer than k others are larger, or equal and before it: so with
    k = 1 it is ``accuracy``.  NaN of no samples.  Raises ValueError for k < 1.
    """
    if k < 1:
        raise ValueError(f"the best {k} are no classes")
    if not len(y):
        return float("nan")
    own = np.take_along_axis(y, wanted[:, np.newaxis], axis=1)
    before = np.arange(y.shape[1]) < wanted[:, np.newaxis]
    ahead = (y > own) | ((y == own) & before)
    # What compares with nothing is not among the best.
    return float(((ahead.sum(axis=1) < k) & ~np.isnan(own[:, 0])).mean())


def confusion_matrix(found: Classes, wanted: Classes, classes: int) -> Classes:
    """How many samples of class i (row) were taken for class j (column), (classes, classes)."""
    counts = np.bincount(wanted * classes + found, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


@dataclass(frozen=True, eq=False)
class ClassFigures:
    """Figures of each class, (classes,), from a confusion matrix.

    ``precision``: of those taken for the class, the share that is of it; ``recall``: of those of
    the class, the share that was taken for it; ``f1``: their harmonic mean; ``support``: samples of
    the class.  Where nothing is to be divided by they are ``undefined``.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Classes

    @property
    def macro(self) -> tuple[float, float, float]:
        """Means of precision, recall and F1 over the classes, each counting the same."""
        figures = (self.precision, self.recall, self.f1)
        return tuple(float(each.mean()) for each in figures)  # type: ignore[return-value]

    @property
    def weighted(self) -> tuple[float, float, float]:
        """The same means, each class counting by its samples; NaN of no samples."""
        total = self.support.sum()
        if total == 0:
            return (float("nan"),) * 3
        figures = (self.precision, self.recall, self.f1)
        return tuple(float(each @ self.support / total) for each in figures)  # type: ignore[return-value]


def class_figures(matrix: Classes, undefined: float = 0.0) -> ClassFigures:
    """Precision, recall and F1 of each class of a confusion matrix."""
    right = np.diagonal(matrix).astype(np.float64)
    taken, support = matrix.sum(axis=0), matrix.sum(axis=1)
    return ClassFigures(
        precision=_share(right, taken, undefined),
        recall=_share(right, support, undefined),
        f1=_share(2.0 * right, taken + support, undefined),
        support=support,
    )


def _share(part: Array, whole: Array, undefined: float) -> Array:
    found = np.full(part.shape, undefined)
    np.divide(part, whole, out=found, where=whole != 0)
    return found


# -- values --------------------------------------------------------------------------------------


def mean_absolute_error(y: Array, t: Array) -> float:
    """MAE = 1/n Σ |t - y| over samples and outputs."""
    return float(np.abs(t - y).mean())


def mean_squared_error(y: Array, t: Array) -> float:
    """MSE = 1/n Σ (t - y)² over samples and outputs."""
    return float(np.square(t - y).mean())


def mean_absolute_percentage_error(y: Array, t: Array) -> float:
    """MAPE = 100/n Σ |t - y| / |t|; infinite or NaN where a target is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(100.0 * (np.abs(t - y) / np.abs(t)).mean())


def r_squared(y: Array, t: Array) -> float:
    """R² = 1 - Σ (t - y)² / Σ (t - mean of t)², the mean of those of the outputs.

    1 is perfect, 0 as good as always saying the mean.  Of targets that are all the same it is 1
    where each is met and else NaN, for there is nothing to explain; of no samples NaN.
    """
    if not len(t):
        return float("nan")
    left = np.square(t - y).sum(axis=0)
    spread = np.square(t - t.mean(axis=0)).sum(axis=0)
    share = _share(left, spread, float("nan"))
    share = np.where((spread == 0) & (left == 0), 0.0, share)
    return float(1.0 - share.mean())


#: Metrics of values by name.
METRICS: Mapping[str, Callable[[Array, Array], float]] = {
    "mae": mean_absolute_error,
    "mse": mean_squared_error,
    "mape": mean_absolute_percentage_error,
    "r2": r_squared,
}
