"""Losses of classification: cross-entropies of probabilities and of logits, and hinges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from nnsim.engine.activations import Sigmoid
from nnsim.engine.layout import Array
from nnsim.engine.losses.base import Loss


class CrossEntropy(Loss):
    """-Σ_j t_j ln y_j for each sample, y a distribution; derivative -t / y."""

    name = "cross_entropy"
    per_sample = True
    has_classes = True
    decides = "largest"
    fuses_with = "softmax"

    def terms(self, y: Array, t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            # A class that is not wanted adds nothing, even where its probability is 0 (0 ln 0 = 0).
            return np.where(t == 0, 0.0, -t * np.log(y))

    def gradient(self, y: Array, t: Array) -> Array:
        found = np.subtract(0, t)
        with np.errstate(divide="ignore"):
            return np.divide(found, y, out=found, where=t != 0)

    def backward_calls(self, y: Array, t: Array, out: Array) -> list[Callable[[], object]]:
        """Without new arrays; who runs them lets what is divided by 0 be infinite."""
        zero, scale = np.zeros((), t.dtype), np.array(self.scale(y), y.dtype)
        return [
            partial(np.subtract, zero, t, out),
            partial(_divide_wanted, out, y, t),
            partial(np.multiply, out, scale, out),
        ]

    def sum_calls(self, y: Array, t: Array, dz: Array) -> list[Callable[[], object]]:
        """dz = y Σt - t for each sample."""
        total = np.zeros_like(t[0])
        return [
            partial(np.add.reduce, t, 0, None, total),
            partial(np.multiply, y, total, dz),
            partial(np.subtract, dz, t, dz),
        ]

    def sum_terms(self, z: Array, t: Array) -> Array:
        return _from_logits(z, t)


def _divide_wanted(found: Array, y: Array, t: Array) -> None:
    """-t / y in place of -t, where t is not 0."""
    # To look at each one takes NumPy longer than all the rest, and 0 / y is 0 anyway.
    if np.minimum.reduce(y, None) > 0:
        np.divide(found, y, found)
    else:
        np.divide(found, y, found, where=t != 0)


class CrossEntropyFromLogits(Loss):
    """Cross-entropy of softmax(y): Σ_j t_j (ln Σ_k e^y_k - y_j); derivative softmax(y) Σt - t.

    The largest y is taken off first, so that nothing overflows and no probability rounds to 0.
    """

    name = "cross_entropy_from_logits"
    per_sample = True
    has_classes = True
    decides = "largest"

    def terms(self, y: Array, t: Array) -> Array:
        return _from_logits(y, t)

    def gradient(self, y: Array, t: Array) -> Array:
        shifted = np.exp(y - y.max(axis=0, keepdims=True))
        share = shifted / shifted.sum(axis=0, keepdims=True)
        return share * t.sum(axis=0, keepdims=True) - t


class BinaryCrossEntropy(Loss):
    """-(t ln y + (1 - t) ln(1 - y)) for each output; derivative (y - t) / (y (1 - y))."""

    name = "binary_cross_entropy"
    has_classes = True
    fuses_with = "sigmoid"

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

    def sum_calls(self, y: Array, t: Array, dz: Array) -> list[Callable[[], object]]:
        """dz = y - t."""
        return [partial(np.subtract, y, t, dz)]

    def sum_terms(self, z: Array, t: Array) -> Array:
        return _binary_from_logits(z, t)


class BinaryCrossEntropyFromLogits(Loss):
    """Binary cross-entropy of σ(y): max(y, 0) - t y + ln(1 + e^-|y|); derivative σ(y) - t."""

    name = "binary_cross_entropy_from_logits"
    has_classes = True
    decides = "logit"

    def terms(self, y: Array, t: Array) -> Array:
        return _binary_from_logits(y, t)

    def gradient(self, y: Array, t: Array) -> Array:
        return _SIGMOID.forward(y) - t


class Hinge(Loss):
    """max(0, 1 - t y) with t = -1 or 1; derivative -t where 1 - t y > 0, else 0."""

    name = "hinge"
    has_classes = True
    decides = "sign"

    def terms(self, y: Array, t: Array) -> Array:
        return np.maximum(0.0, 1.0 - t * y)

    def gradient(self, y: Array, t: Array) -> Array:
        return np.where(1.0 - t * y > 0, -t, 0.0)


class MulticlassHinge(Loss):
    """max(0, 1 + max_{j≠c} y_j - y_c) for each sample, c the class with the largest target.

    Where it is positive the derivative is -1 for y_c and 1 for the largest other (the first in a
    tie), else 0.  Source: Crammer and Singer 2001, section 3.
    """

    name = "multiclass_hinge"
    per_sample = True
    has_classes = True
    decides = "largest"

    def terms(self, y: Array, t: Array) -> Array:
        wanted, rival = self._wanted_and_rival(y, t)
        return np.maximum(0.0, 1.0 + _at(y, rival) - _at(y, wanted))

    def gradient(self, y: Array, t: Array) -> Array:
        wanted, rival = self._wanted_and_rival(y, t)
        is_short = (1.0 + _at(y, rival) - _at(y, wanted) > 0).astype(y.dtype)
        found = np.zeros_like(y)
        np.put_along_axis(found, rival, is_short, axis=0)
        np.put_along_axis(found, wanted, -is_short, axis=0)
        return found

    def _wanted_and_rival(self, y: Array, t: Array) -> tuple[Array, Array]:
        """Rows of the class of each sample and of the best other one, (1, batch)."""
        if len(y) < 2:
            raise ValueError(f"{self.name} needs an output for each of at least two classes")
        wanted = t.argmax(axis=0)[np.newaxis]
        others = y.copy()
        np.put_along_axis(others, wanted, -np.inf, axis=0)
        return wanted, others.argmax(axis=0)[np.newaxis]


def _from_logits(z: Array, t: Array) -> Array:
    shifted = z - z.max(axis=0, keepdims=True)
    logarithm = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return np.where(t == 0, 0.0, -t * logarithm)


def _binary_from_logits(z: Array, t: Array) -> Array:
    return np.asarray(np.maximum(z, 0.0) - t * z + np.log1p(np.exp(-np.abs(z))))


def _at(y: Array, rows: Array) -> Array:
    return np.take_along_axis(y, rows, axis=0)


_SIGMOID = Sigmoid()
