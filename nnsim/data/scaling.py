"""Scaling as a step of its own: fitted on the training part, seen, and undone exactly.

scaled = (value - offset) / factor, column by column.  Nothing in nnsim scales unless a Scaling is
asked for, and its numbers can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnsim.core.messages import NnsimError
from nnsim.data.dataset import Dataset, Labels
from nnsim.data.table import Floats


class Method(StrEnum):
    """How a column is scaled."""

    NONE = "none"
    MIN_MAX = "min_max"
    STANDARD = "standard"


@dataclass(frozen=True)
class ColumnScaling:
    """What is done to one column.

    ``smallest``, ``largest``, ``mean`` and ``deviation`` (σ with 1/n, not 1/(n - 1)) are those of
    the samples it was fitted on, and may overflow where nothing is scaled by them;
    scaled = (value - offset) / factor.
    """

    method: Method
    smallest: float
    largest: float
    mean: float
    deviation: float
    offset: float
    factor: float

    @property
    def is_constant(self) -> bool:
        """Whether every sample had the same value: it is only moved, as there is no width."""
        return self.smallest == self.largest


@dataclass(frozen=True)
class Scaling:
    """One step for each column; a single one stands for all columns alike."""

    columns: tuple[ColumnScaling, ...]

    def apply(self, values: NDArray[Any]) -> Floats:
        """Scaled values, of the same shape: (samples, columns), or any shape if scaled alike.

        Values outside what the scaling was fitted on go outside its range; they are not clipped.
        """
        return (np.asarray(values, dtype=np.float64) - self._offsets(values)) / self._factors()

    def invert(self, scaled: NDArray[Any]) -> Floats:
        """The values that ``apply`` scaled, up to the last digit of float64."""
        return np.asarray(scaled, dtype=np.float64) * self._factors() + self._offsets(scaled)

    def _offsets(self, values: NDArray[Any]) -> Floats:
        if len(self.columns) not in (1, np.shape(values)[-1]):
            raise ValueError("the scaling was fitted on another number of columns")
        return np.array([column.offset for column in self.columns])

    def _factors(self) -> Floats:
        return np.array([column.factor for column in self.columns])


def fit_scaling(
    training: NDArray[Any],
    methods: Method | Sequence[Method],
    low: float = 0.0,
    high: float = 1.0,
) -> Scaling:
    """A scaling for each column of the training samples, shape (samples, columns).

    ``min_max`` takes the smallest value to ``low`` and the largest to ``high``; ``standard`` takes
    the mean to 0 and σ to 1; ``none`` leaves a column alone.  One method serves all columns.  A
    constant column is moved to ``low`` or 0 and not stretched.  Raises NnsimError
    ``scaling.no_samples``, ``scaling.range``, ``scaling.not_finite`` or ``scaling.too_wide``.
    """
    values = np.asarray(training, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError("columns are scaled in samples of shape (samples, columns)")
    _require_fit(values, low, high)
    chosen = [methods] * values.shape[1] if isinstance(methods, Method) else list(methods)
    if len(chosen) != values.shape[1]:
        raise ValueError("there must be one method, or one for each column")
    pairs = zip(values.T, chosen, strict=True)
    return Scaling(
        tuple(
            _fit(k, column, method, low, high) for k, (column, method) in enumerate(pairs, start=1)
        )
    )


def fit_common_scaling(
    training: NDArray[Any], method: Method, low: float = 0.0, high: float = 1.0
) -> Scaling:
    """One scaling for all values alike, for samples of any shape such as images.

    Raises NnsimError as ``fit_scaling``.
    """
    values = np.asarray(training, dtype=np.float64)
    _require_fit(values.reshape(len(values), -1) if values.size else values, low, high)
    return Scaling((_fit(1, values.ravel(), method, low, high),))


def scaled_inputs(
    dataset: Dataset, training: Labels, method: Method, alike: bool = False
) -> tuple[Dataset, Scaling]:
    """The data set with its inputs scaled, and the scaling, fitted on the training rows alone.

    Each value of a sample is a column of its own, or, with ``alike``, all have one scale, as the
    pixels of an image should.  Raises NnsimError as ``fit_scaling``.
    """
    scaling = _fitted(dataset.flat_inputs[training], method, alike)
    return dataset.with_inputs(scaling.apply(dataset.flat_inputs)), scaling


def scaled_targets(
    dataset: Dataset, training: Labels, method: Method, alike: bool = False
) -> tuple[Dataset, Scaling]:
    """As ``scaled_inputs``, for the targets; ``Scaling.invert`` turns predictions back."""
    scaling = _fitted(dataset.flat_targets[training], method, alike)
    return dataset.with_targets(scaling.apply(dataset.flat_targets)), scaling


def _fitted(values: NDArray[Any], method: Method, alike: bool) -> Scaling:
    return fit_common_scaling(values, method) if alike else fit_scaling(values, method)


def _require_fit(values: Floats, low: float, high: float) -> None:
    if not values.size:
        raise NnsimError.of("scaling.no_samples")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise NnsimError.of("scaling.range", low=float(low), high=float(high))
    finite = np.isfinite(values)
    if not finite.all():
        row, column = np.argwhere(~finite)[0].tolist()
        raise NnsimError.of("scaling.not_finite", row=row + 1, column=column + 1)


def _fit(number: int, column: Floats, method: Method, low: float, high: float) -> ColumnScaling:
    smallest, largest = float(column.min()), float(column.max())
    with np.errstate(over="ignore", invalid="ignore"):
        if smallest == largest:
            # Summing many equal numbers would leave dust in the mean and a deviation of 1e-17.
            mean, deviation = smallest, 0.0
        else:
            mean, deviation = float(column.mean()), float(column.std())
        width = largest - smallest
    if method is not Method.NONE and not np.isfinite([mean, deviation, width]).all():
        raise NnsimError.of("scaling.too_wide", column=number)
    offset, factor = 0.0, 1.0
    if method is Method.STANDARD:
        offset, factor = mean, deviation or 1.0
    elif method is Method.MIN_MAX:
        factor = (width / (high - low)) or 1.0
        offset = smallest - low * factor
    return ColumnScaling(method, smallest, largest, mean, deviation, offset, factor)
