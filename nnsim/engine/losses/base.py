"""What losses share.

``terms(y, t)`` are the addends before any sum, last axis the batch; ``gradient(y, t)`` the
derivatives w.r.t. y of their sum, shape of y, (outputs, batch).  ``Loss.scale`` is the factor the
conventions put in front: 1/n for a mean, 1 for a sum, and 1/2 where that convention is on (squared
error only).  y are predictions, t targets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from nnsim.engine.layout import Array

REDUCTIONS = ("mean", "sum", "weighted_mean")


@dataclass(frozen=True)
class LossSpec:
    """A loss by name and its conventions.

    ``reduction``: "mean" divides the sum of the addends by their number (by that of the samples
    where the addends of a sample belong together), "sum" does not; "weighted_mean" divides by the
    sum of the weights in place of the number, as PyTorch's and scikit-learn's weighted losses do,
    while "mean" with weights is what Keras does.  ``half`` puts 1/2 before the squared error.

    ``class_weights`` multiply the addends of a sample by the weight of its class: that of the
    largest target; with a single output the first where the target is 0 or -1, else the second.
    With ``sample_weights`` each sample has a weight of its own, which comes with the batch; with
    both, their product counts.

    ``delta`` is where Huber's loss goes from a parabola to a line, ``rho`` the mean activation that
    a sparse code should have.
    """

    name: str = "mse"
    reduction: str = "mean"
    half: bool = False
    class_weights: tuple[float, ...] = ()
    sample_weights: bool = False
    delta: float = 1.0
    rho: float = 0.05

    @property
    def is_weighted(self) -> bool:
        """Whether the addends of different samples may count differently."""
        return bool(self.class_weights) or self.sample_weights


class Loss:
    """A loss over (outputs, batch) arrays."""

    name: str
    #: True where the addends of one sample belong together (a distribution): then the mean is
    #: taken over samples and not over outputs.
    per_sample = False
    #: True where the convention "1/2 before the squared error" applies.
    halves = False
    #: False for penalties, which look at y alone
    has_targets = True
    #: True where a target says the class of a sample
    has_classes = False
    #: False where the samples of a batch have no addends of their own
    has_samples = True
    #: When an output misses its target: "half" (at least 1/2 away), "sign" (another sign than the
    #: target), "logit" (its sign says another answer than the target 0 or 1), "largest" (the
    #: largest output of the sample is that of another class).
    decides = "half"
    #: the activation below it with which it goes to the sums in one: see ``sum_calls``
    fuses_with = ""

    def __init__(self, spec: LossSpec) -> None:
        """Raises ValueError for conventions that this loss cannot follow."""
        self.spec = spec
        if spec.reduction not in REDUCTIONS:
            raise ValueError(f"{spec.reduction!r} is no reduction")
        if spec.class_weights and not self.has_classes:
            raise ValueError(f"{spec.name} knows no classes that could have weights")
        if (spec.is_weighted or spec.reduction == "weighted_mean") and not self.has_samples:
            raise ValueError(f"{spec.name} looks at the batch as a whole, not at single samples")

    def terms(self, y: Array, t: Array) -> Array:
        """The addends, shape (outputs, batch); (1, batch) where a sample has only one."""
        raise NotImplementedError

    def gradient(self, y: Array, t: Array) -> Array:
        """Derivative of the sum of the addends w.r.t. each prediction, shape (outputs, batch)."""
        raise NotImplementedError

    def count(self, y: Array) -> int:
        """What a mean divides by: values, or samples where ``per_sample`` is true."""
        return y.shape[-1] if self.per_sample else y.size

    def scale(self, y: Array) -> float:
        """The factor before the sum of the addends.

        For the weighted mean the sum of the weights still has to divide it.
        """
        factor = 0.5 if self.halves and self.spec.half else 1.0
        if self.spec.reduction == "mean":
            return factor / self.count(y)
        if self.spec.reduction == "weighted_mean":
            return factor * y.shape[-1] / self.count(y)
        return factor

    def value(self, y: Array, t: Array) -> float:
        """L, a scalar, where all samples count the same."""
        return float(self._even_scale(y) * self.terms(y, t).sum())

    def _even_scale(self, y: Array) -> float:
        is_mean = self.spec.reduction == "weighted_mean"
        return self.scale(y) / y.shape[-1] if is_mean else self.scale(y)

    def backward(self, y: Array, t: Array, out: Array | None = None) -> Array:
        """dL/dy, shape (outputs, batch), conventions included; written to ``out`` if given.

        Where all samples count the same.
        """
        return np.multiply(self.gradient(y, t), self._even_scale(y), out=out)

    def backward_calls(self, y: Array, t: Array, out: Array) -> list[Callable[[], object]]:
        """What writes ``gradient`` times ``scale`` into ``out``, with these arrays bound."""
        return [partial(self._write, y, t, self.scale(y), out)]

    def _write(self, y: Array, t: Array, scale: float, out: Array) -> None:
        np.multiply(self.gradient(y, t), scale, out=out)

    def sum_calls(self, y: Array, t: Array, dz: Array) -> list[Callable[[], object]]:
        """What writes the derivative w.r.t. the sums of the layer below, of ``fuses_with``.

        Without ``scale``.  By way of dL/dy it would divide by probabilities that may be 0.
        """
        raise NotImplementedError

    def sum_terms(self, z: Array, t: Array) -> Array:
        """The addends of y = ``fuses_with``(z), from the sums z: finite where z is."""
        raise NotImplementedError
