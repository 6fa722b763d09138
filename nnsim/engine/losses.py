"""Losses, each with its gradient beside it, as the course writes them (section 9).

``terms(y, t)`` are the addends before any sum, shape (outputs, batch); ``gradient(y, t)`` their
derivatives w.r.t. y, same shape.  ``Loss.scale`` is the factor the conventions put in front:
1/n for a mean, 1 for a sum, and 1/2 where that convention is on (squared error only).
y are predictions, t targets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from nnsim.engine.layout import Array


@dataclass(frozen=True)
class LossSpec:
    """A loss by name and its conventions.

    ``reduction``: "mean" divides the sum by the number of addends, "sum" does not.  ``half`` puts
    1/2 before the squared error.
    """

    name: str = "mse"
    reduction: str = "mean"
    half: bool = False


class Loss:
    """A loss over (outputs, batch) arrays."""

    name: str
    #: True where the addends of one sample belong together (a distribution): then the mean is
    #: taken over samples and not over outputs.
    per_sample = False
    #: True where the convention "1/2 before the squared error" applies.
    halves = False

    def __init__(self, spec: LossSpec) -> None:
        self.spec = spec

    def terms(self, y: Array, t: Array) -> Array:
        """The addends, shape (outputs, batch)."""
        raise NotImplementedError

    def gradient(self, y: Array, t: Array) -> Array:
        """Derivative of each addend w.r.t. its prediction, shape (outputs, batch)."""
        raise NotImplementedError

    def count(self, y: Array) -> int:
        """What a mean divides by: values, or samples where ``per_sample`` is true."""
        return y.shape[-1] if self.per_sample else y.size

    def scale(self, y: Array) -> float:
        """The factor before the sum of the addends."""
        factor = 0.5 if self.halves and self.spec.half else 1.0
        return factor / self.count(y) if self.spec.reduction == "mean" else factor

    def value(self, y: Array, t: Array) -> float:
        """L, a scalar."""
        return float(self.scale(y) * self.terms(y, t).sum())

    def backward(self, y: Array, t: Array, out: Array | None = None) -> Array:
        """dL/dy, shape (outputs, batch), conventions included; written to ``out`` if given."""
        return np.multiply(self.gradient(y, t), self.scale(y), out=out)

    def backward_calls(self, y: Array, t: Array, out: Array) -> list[Callable[[], object]]:
        """What ``backward`` consists of, with these arrays bound."""
        return [partial(self.backward, y, t, out)]


class MeanAbsoluteError(Loss):
    """MAE = 1/n Σ |t - y|; derivative sign(y - t), 0 where they are equal."""

    name = "mae"

    def terms(self, y: Array, t: Array) -> Array:
        return np.abs(t - y)

    def gradient(self, y: Array, t: Array) -> Array:
        return np.sign(y - t)


class MeanSquaredError(Loss):
    """MSE = 1/n Σ (t - y)²; derivative 2 (y - t)."""

    name = "mse"
    halves = True

    def terms(self, y: Array, t: Array) -> Array:
        return (t - y) ** 2

    def gradient(self, y: Array, t: Array) -> Array:
        return 2.0 * (y - t)

    def backward_calls(self, y: Array, t: Array, out: Array) -> list[Callable[[], object]]:
        """Without new arrays: small networks learn by this loss most of all."""
        factor = np.array(2.0 * self.scale(y), dtype=y.dtype)
        return [partial(np.subtract, y, t, out), partial(np.multiply, out, factor, out)]


class MeanAbsolutePercentageError(Loss):
    """MAPE = 1/n Σ |t - y| / |t| · 100; derivative 100 sign(y - t) / |t|.

    Targets of 0 make it infinite, or NaN where the prediction is 0 too: that is the definition.
    """

    name = "mape"

    def terms(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return 100.0 * np.abs(t - y) / np.abs(t)

    def gradient(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return 100.0 * np.sign(y - t) / np.abs(t)


class CrossEntropy(Loss):
    """-Σ_j t_j ln y_j for each sample, y a distribution; derivative -t / y."""

    name = "cross_entropy"
    per_sample = True

    def terms(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            # A class that is not wanted adds nothing, even where its probability is 0 (0 ln 0 = 0).
            return np.where(t == 0, 0.0, -t * np.log(y))

    def gradient(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(t == 0, 0.0, -t / y)


class BinaryCrossEntropy(Loss):
    """-(t ln y + (1 - t) ln(1 - y)) for each output; derivative (y - t) / (y (1 - y))."""

    name = "binary_cross_entropy"

    def terms(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            yes = np.where(t == 0, 0.0, -t * np.log(y))
            no = np.where(t == 1, 0.0, -(1.0 - t) * np.log1p(-y))
        return yes + no

    def gradient(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            yes = np.where(t == 0, 0.0, -t / y)
            no = np.where(t == 1, 0.0, (1.0 - t) / (1.0 - y))
        return yes + no


class Hinge(Loss):
    """max(0, 1 - t y) with t = -1 or 1; derivative -t where 1 - t y > 0, else 0."""

    name = "hinge"

    def terms(self, y: Array, t: Array) -> Array:
        return np.maximum(0.0, 1.0 - t * y)

    def gradient(self, y: Array, t: Array) -> Array:
        return np.where(1.0 - t * y > 0, -t, 0.0)


_LOSSES: dict[str, type[Loss]] = {
    loss.name: loss
    for loss in (
        MeanAbsoluteError,
        MeanSquaredError,
        MeanAbsolutePercentageError,
        CrossEntropy,
        BinaryCrossEntropy,
        Hinge,
    )
}

LOSSES: tuple[str, ...] = tuple(_LOSSES)


def make_loss(spec: LossSpec) -> Loss:
    """The loss a spec names.  Raises KeyError for an unknown name."""
    return _LOSSES[spec.name](spec)
