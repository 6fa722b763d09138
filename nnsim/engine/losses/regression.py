"""Losses of regression, as the course writes them (section 9), and Huber's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.losses.base import Loss, LossSpec


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


class Huber(Loss):
    """e²/2 where |e| <= δ, else δ (|e| - δ/2), e = y - t; derivative e, cut off at ±δ.

    Source: Huber 1964, section 2.
    """

    name = "huber"

    def __init__(self, spec: LossSpec) -> None:
        """Raises ValueError for a δ that is not positive."""
        super().__init__(spec)
        if not spec.delta > 0:
            raise ValueError("the delta of Huber's loss is positive")

    def terms(self, y: Array, t: Array) -> Array:
        size, delta = np.abs(y - t), self.spec.delta
        near = np.minimum(size, delta)
        # With n = min(|e|, δ): n²/2 is the parabola, and n (|e| - n) what the line is above it.
        return near * (size - 0.5 * near)

    def gradient(self, y: Array, t: Array) -> Array:
        return np.clip(y - t, -self.spec.delta, self.spec.delta)
