"""A rate for each parameter, by the size of its gradients so far."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import DTypeLike

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Call
from nnsim.engine.optimisers.base import Optimiser, OptimiserSpec


class _Scaled(Optimiser):
    """Δ = factor · x / root, where root = √S + ε or √(S + ε) and S sums squares of gradients."""

    default_epsilon = 1e-8

    def __init__(self, spec: OptimiserSpec, size: int, dtype: DTypeLike) -> None:
        super().__init__(spec, size, dtype)
        self._given = self.default_epsilon if spec.epsilon is None else spec.epsilon
        self._epsilon = self._scalar(self._given)

    def _divide(self, x: Array, squares: Array, change: Array) -> list[Call]:
        if self.spec.epsilon_place == "inside":
            root: list[Call] = [
                partial(np.add, squares, self._epsilon, change),
                partial(np.sqrt, change, change),
            ]
        else:
            root = [
                partial(np.sqrt, squares, change),
                partial(np.add, change, self._epsilon, change),
            ]
        return [
            *root,
            partial(np.divide, x, change, change),
            partial(np.multiply, change, self._factor, change),
        ]


class Adagrad(_Scaled):
    """s = s + g², Δ = -α g / (√s + ε).  Source: Duchi et al. 2011, section 1.1."""

    keeps = ("s",)
    made_with = ("initial_sum",)
    default_epsilon = 1e-10

    def _initial(self, name: str) -> float:
        return self.spec.initial_sum

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        s = self._kept("s")[part]
        return [
            partial(np.multiply, gradient, gradient, change),
            partial(np.add, s, change, s),
            *self._divide(gradient, s, change),
        ]


def _add_squares(sums: Array, decay: Array, gradient: Array, change: Array) -> list[Call]:
    """S = decay · S + g²; ``change`` is overwritten."""
    return [
        partial(np.multiply, sums, decay, sums),
        partial(np.multiply, gradient, gradient, change),
        partial(np.add, sums, change, sums),
    ]


class _Averaging(_Scaled):
    """Keeps averages as plain sums: m / (1 - β) in place of m saves a call a step.

    ``rates`` says by which β each of them fades.
    """

    def __init__(self, spec: OptimiserSpec, size: int, dtype: DTypeLike) -> None:
        super().__init__(spec, size, dtype)
        self._fading = {name: self._scalar(rate) for name, rate in self.rates().items()}

    @abstractmethod
    def rates(self) -> Mapping[str, float]:
        """β by the name of the sum."""

    def average(self, name: str) -> Array:
        """(1 - β) times the sum."""
        return self._kept(name) * self._scalar(1.0 - self.rates()[name])


class RMSprop(_Averaging):
    """v = ρ v + (1 - ρ) g², Δ = -α g / (√v + ε).  Source: Tieleman and Hinton 2012, lecture 6.5."""

    keeps = ("v",)
    made_with = ("decay",)

    def rates(self) -> Mapping[str, float]:
        return {"v": self.spec.decay}

    def _prepare(self, rate: float) -> None:
        share = 1.0 - self.spec.decay
        inside = self.spec.epsilon_place == "inside"
        self._epsilon[...] = self._given / (share if inside else math.sqrt(share))
        self._factor[...] = -rate / math.sqrt(share)

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        v = self._kept("v")[part]
        return [
            *_add_squares(v, self._fading["v"], gradient, change),
            *self._divide(gradient, v, change),
        ]


class Adam(_Averaging):
    """m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ).

    Δ = -α m̂ / (√v̂ + ε), exactly, in nine calls.  Source: Kingma and Ba 2015, algorithm 1.
    """

    keeps = ("m", "v")
    made_with = ("beta1", "beta2")
    spares_gradient = True
    counts = True

    def rates(self) -> Mapping[str, float]:
        return {"m": self.spec.beta1, "v": self.spec.beta2}

    def _corrections(self) -> tuple[float, float]:
        """1 - β₁ᵗ and 1 - β₂ᵗ; before the first step as in the first."""
        t = max(self.step, 1)
        return 1.0 - self.spec.beta1**t, 1.0 - self.spec.beta2**t

    def _prepare(self, rate: float) -> None:
        first, second = self._corrections()
        share = 1.0 - self.spec.beta2
        # root = k · √(sum of squares): k goes into the other two numbers.
        k = math.sqrt(share / second)
        if self.spec.epsilon_place == "uncorrected":
            self._epsilon[...] = self._given / math.sqrt(share)
        else:
            self._epsilon[...] = self._given / (
                k if self.spec.epsilon_place == "outside" else k * k
            )
        self._factor[...] = -rate * (1.0 - self.spec.beta1) / first / k

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        m, v = self._kept("m")[part], self._kept("v")[part]
        return [
            partial(np.multiply, m, self._fading["m"], m),
            partial(np.add, m, gradient, m),
            *_add_squares(v, self._fading["v"], gradient, change),
            *self._divide(m, v, change),
        ]

    def internals(self) -> Mapping[str, Array]:
        first, second = self._corrections()
        found = super().internals()
        return {
            **found,
            "m^.": found["m."] / self._scalar(first),
            "v^.": found["v."] / self._scalar(second),
        }


class AdamW(Adam):
    """Adam, and beside it Δ gets -α λ w.  Source: Loshchilov and Hutter 2019, algorithm 2."""

    def __init__(
        self, spec: OptimiserSpec, size: int, dtype: DTypeLike, decayed: Array | None = None
    ) -> None:
        """``decayed``, (size,): 1 for what decays, 0 for what does not; None: all does."""
        super().__init__(spec, size, dtype)
        self._shrinking = self._scalar(0.0)
        self._decayed = None if decayed is None else decayed.astype(self._dtype)
        self._shrunk: Array | None = None

    def _prepare(self, rate: float) -> None:
        super()._prepare(rate)
        self._shrinking[...] = -rate * self.spec.weight_decay

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        if self._shrunk is None:
            self._shrunk = np.zeros(self._size, self._dtype)
        shrunk = self._shrunk[part]
        calls: list[Call] = [partial(np.multiply, parameters, self._shrinking, shrunk)]
        if self._decayed is not None:
            calls.append(partial(np.multiply, shrunk, self._decayed[part], shrunk))
        return [
            *super().calls(parameters, gradient, change, part),
            *calls,
            partial(np.add, change, shrunk, change),
        ]

    def internals(self) -> Mapping[str, Array]:
        shrunk = {} if self._shrunk is None else {"decay.": self._shrunk.copy()}
        return {**super().internals(), **shrunk}
