"""What keeps parameters and gradients small: penalties on weights, clipping of gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Call


@dataclass(frozen=True)
class PenaltySpec:
    """L1 and L2 penalties, added to the loss: l1 Σ|w| + l2 Σ w².

    ``half`` puts 1/2 before l2, whose gradient is then l2 w, as in PyTorch's weight_decay; else it
    is 2 l2 w, as in Keras.  ``biases``: vectors (biases, gains, offsets) count too, not only
    matrices and kernels.  They are not divided by the number of samples.
    """

    l1: float = 0.0
    l2: float = 0.0
    half: bool = True
    biases: bool = False

    def __bool__(self) -> bool:
        return self.l1 != 0 or self.l2 != 0


class Penalty:
    """A penalty over a vector of parameters."""

    def __init__(self, spec: PenaltySpec, parameters: Array, weights: Array) -> None:
        """``weights``, shape of ``parameters``: 1 for weights, 0 for biases and other vectors."""
        self.spec = spec
        self._parameters = parameters
        counted = np.ones_like(weights) if spec.biases else weights
        factor = spec.l2 if spec.half else 2.0 * spec.l2
        dtype = parameters.dtype
        self._counted = np.asarray(counted, dtype)
        self._l1 = self._counted * np.array(spec.l1, dtype)
        self._l2 = self._counted * np.array(factor, dtype)
        #: its gradient, written by the calls
        self.gradient = np.zeros_like(parameters)
        self._signs = np.zeros_like(parameters)

    def values(self) -> tuple[float, float]:
        """The terms l1 Σ|w| and l2 Σ w² (with its 1/2)."""
        w = self._parameters * self._counted
        factor = 0.5 * self.spec.l2 if self.spec.half else self.spec.l2
        return float(self.spec.l1 * np.abs(w).sum()), float(factor * (w * w).sum())

    def calls(self, gradient: Array) -> list[Call]:
        """What adds the penalty's gradient; that of |w| is 0 at 0."""
        calls: list[Call] = [partial(np.multiply, self._parameters, self._l2, self.gradient)]
        if self.spec.l1:
            calls += [
                partial(np.sign, self._parameters, self._signs),
                partial(np.multiply, self._signs, self._l1, self._signs),
                partial(np.add, self.gradient, self._signs, self.gradient),
            ]
        return [*calls, partial(np.add, gradient, self.gradient, gradient)]


@dataclass(frozen=True)
class ClippingSpec:
    """Clipping of gradients: first each by ``value``, then all by their common ``norm``.

    By value: what is beyond ±value becomes ±value.  By norm: where ‖g‖, over all that is learnt
    together, is more than ``norm``, g is multiplied by norm / (‖g‖ + epsilon); PyTorch's epsilon is
    1e-6, that of the paper 0.  None: not.  Source: Pascanu et al. 2013, algorithm 1.
    """

    value: float | None = None
    norm: float | None = None
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for a limit that is not positive."""
        if any(limit is not None and not limit > 0 for limit in (self.value, self.norm)):
            raise ValueError("gradients are clipped at something greater than 0")

    def __bool__(self) -> bool:
        return self.value is not None or self.norm is not None


class Clipping:
    """Clips a vector in place; ``norm`` is what it was before clipping by norm."""

    def __init__(self, spec: ClippingSpec) -> None:
        self.spec = spec
        self.norm = math.nan

    def calls(self, gradient: Array) -> list[Call]:
        """What clips this vector."""
        calls: list[Call] = []
        if self.spec.value is not None:
            limit = np.array(self.spec.value, gradient.dtype)
            calls += [
                partial(np.minimum, gradient, limit, out=gradient),
                partial(np.maximum, gradient, -limit, out=gradient),
            ]
        if self.spec.norm is not None:
            calls.append(partial(self._by_norm, gradient))
        return calls

    def _by_norm(self, gradient: Array) -> None:
        limit = self.spec.norm
        assert limit is not None
        self.norm = norm_of(gradient)
        if self.norm > limit:
            factor = limit / (self.norm + self.spec.epsilon)
            np.multiply(gradient, np.array(factor, gradient.dtype), out=gradient)


def norm_of(vector: Array) -> float:
    """‖vector‖₂, also where the squares overflow and the norm does not."""
    norm = math.sqrt(float(vector.dot(vector)))
    if math.isinf(norm):
        largest = float(np.abs(vector).max())
        if math.isfinite(largest):
            scaled = vector / largest
            norm = largest * math.sqrt(float(scaled.dot(scaled)))
    return norm
