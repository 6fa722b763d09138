"""Optimisers: from the gradient to the change Δ of the parameters.

Formulas write g for the gradient, α for the learning rate, t for the step, from 1.  Every optimiser
works on flat vectors in a few calls; sums of its past are allocated when the first change is made.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Call


@dataclass(frozen=True)
class OptimiserSpec:
    """An optimiser by name, its settings and conventions; the defaults are PyTorch's.

    ``momentum``: μ of "momentum" and "nesterov".  ``velocity`` says what it sums: "gradients" (u =
    μ u + g, Δ = -α u: PyTorch) or "steps" (u = μ u - α g, Δ = u: Polyak, Keras); they differ where
    the learning rate changes.  ``decay``: ρ of "rmsprop".  ``beta1``, ``beta2``: of "adam" and
    "adamw".  ``epsilon`` and its place: "outside" the root (√v + ε: PyTorch, Kingma's algorithm 1),
    "inside" (√(v + ε)), or for Adam "uncorrected" (√v + ε before the correction: Kingma's section
    2, TensorFlow); None takes PyTorch's value.  ``initial_sum``: where the sums of "adagrad" begin.
    ``weight_decay``: λ of "adamw", Δ gets -α λ w; ``decays_biases`` whether vectors do as well.
    """

    name: str = "gradient_descent"
    learning_rate: float = 0.01
    momentum: float = 0.9
    velocity: str = "gradients"
    decay: float = 0.99
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float | None = None
    epsilon_place: str = "outside"
    initial_sum: float = 0.0
    weight_decay: float = 0.01
    decays_biases: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown name or convention."""
        places = ("outside", "inside", "uncorrected")
        for value, known in (
            (self.name, OPTIMISERS),
            (self.velocity, ("gradients", "steps")),
            (self.epsilon_place, places if self.name in ("adam", "adamw") else places[:2]),
        ):
            if value not in known:
                raise ValueError(f"{value!r} is none of {', '.join(known)}")


class Optimiser(ABC):
    """Turns gradients into changes.

    ``calls`` gives what a step consists of, with its vectors bound; before they are called,
    ``begin`` sets the learning rate of the step.
    """

    #: names of the vectors it keeps
    keeps: tuple[str, ...] = ()
    #: True where a step depends on how many there were
    counts = False
    #: True where ``change`` may be the gradient's own memory
    spares_gradient = False

    def __init__(self, spec: OptimiserSpec, size: int, dtype: DTypeLike) -> None:
        """``size``: how many numbers are learnt."""
        self.spec = spec
        self.step = 0
        self._size, self._dtype = size, np.dtype(dtype)
        self._rate = math.nan
        self._vectors: dict[str, Array] = {}
        # 0-d arrays: NumPy takes them faster than Python's floats, and of its own precision.
        self._factor = self._scalar(0.0)

    def _scalar(self, value: float) -> Array:
        return np.array(value, dtype=self._dtype)

    def _kept(self, name: str) -> Array:
        """A vector it keeps, all 0 (or what it begins with) until the first step."""
        found = self._vectors.get(name)
        if found is None:
            found = self._vectors[name] = np.full(self._size, self._initial(name), self._dtype)
        return found

    def _initial(self, name: str) -> float:
        return 0.0

    def begin(self, rate: float) -> None:
        """The next step is made with this learning rate."""
        if self.counts:
            self.step += 1
        if rate != self._rate or self.counts:
            self._rate = rate
            self._prepare(rate)

    def _prepare(self, rate: float) -> None:
        self._factor[...] = -rate

    @abstractmethod
    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        """What writes Δ into ``change``.

        All three are the vectors of all it learns, or the same ``part`` of them.
        """

    def internals(self) -> Mapping[str, Array]:
        """What the last step was made of: flat vectors by the prefix they are recorded under."""
        return {}

    def state(self) -> dict[str, Any]:
        """All that decides how it goes on; its arrays are its own and will change."""
        found: dict[str, Any] = {"step": self.step} if self.counts else {}
        return found | {name: self._kept(name) for name in self.keeps}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state of this optimiser; what is missing or does not fit begins anew."""
        self.step = int(state.get("step", 0))
        self._rate = math.nan
        for name in self.keeps:
            kept = state.get(name)
            fits = isinstance(kept, np.ndarray) and kept.shape == (self._size,)
            self._kept(name)[...] = kept if fits else self._initial(name)


class GradientDescent(Optimiser):
    """Δ = -α g.  Over all samples gradient descent, over batches SGD."""

    spares_gradient = True

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        return [partial(np.multiply, gradient, self._factor, change)]


class Momentum(Optimiser):
    """u = μ u + g, Δ = -α u; or, summing steps, u = μ u - α g, Δ = u.  Polyak 1964, eq. 9."""

    keeps = ("u",)
    spares_gradient = True

    def __init__(self, spec: OptimiserSpec, size: int, dtype: DTypeLike) -> None:
        super().__init__(spec, size, dtype)
        self._momentum = self._scalar(spec.momentum)

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        u = self._kept("u")[part]
        if self.spec.velocity == "gradients":
            return [
                partial(np.multiply, u, self._momentum, u),
                partial(np.add, u, gradient, u),
                partial(np.multiply, u, self._factor, change),
            ]
        return [*self._sum_steps(u, gradient, change), partial(np.positive, u, change)]

    def _sum_steps(self, u: Array, gradient: Array, change: Array) -> list[Call]:
        """u = μ u - α g; the step itself is in ``change``."""
        return [
            partial(np.multiply, gradient, self._factor, change),
            partial(np.multiply, u, self._momentum, u),
            partial(np.add, u, change, u),
        ]

    def internals(self) -> Mapping[str, Array]:
        return {"u.": self._kept("u")}


class Nesterov(Momentum):
    """The gradient is followed as if the velocity had already been: Δ = -α (g + μ u).

    Summing steps it is Δ = μ u - α g.  Both with the new u.  Source: Sutskever et al. 2013, eq. 3
    and 4, in the variables of Bengio et al. 2013, eq. 7.
    """

    spares_gradient = False

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        u = self._kept("u")[part]
        if self.spec.velocity == "gradients":
            return [
                partial(np.multiply, u, self._momentum, u),
                partial(np.add, u, gradient, u),
                partial(np.multiply, u, self._momentum, change),
                partial(np.add, change, gradient, change),
                partial(np.multiply, change, self._factor, change),
            ]
        ahead = np.empty_like(u)
        return [
            *self._sum_steps(u, gradient, change),
            partial(np.multiply, u, self._momentum, ahead),
            partial(np.add, change, ahead, change),
        ]


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

    def internals(self) -> Mapping[str, Array]:
        return {"s.": self._kept("s")}


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
        """(1 - β) times the sum, a new vector."""
        return self._kept(name) * self._scalar(1.0 - self.rates()[name])

    def state(self) -> dict[str, Any]:
        return super().state() | {"rates": dict(self.rates())}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        # Another β, the same average.
        for name, was in state.get("rates", {}).items():
            rate = self.rates().get(name)
            if rate is not None and rate != was:
                self._kept(name)[...] *= (1.0 - was) / (1.0 - rate)


class RMSprop(_Averaging):
    """v = ρ v + (1 - ρ) g², Δ = -α g / (√v + ε).  Source: Tieleman and Hinton 2012, lecture 6.5."""

    keeps = ("v",)

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

    def internals(self) -> Mapping[str, Array]:
        return {"v.": self.average("v")}


class Adam(_Averaging):
    """m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ).

    Δ = -α m̂ / (√v̂ + ε), exactly, in nine calls.  Source: Kingma and Ba 2015, algorithm 1.
    """

    keeps = ("m", "v")
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
        m, v = self.average("m"), self.average("v")
        return {
            "m.": m,
            "v.": v,
            "m^.": m / self._scalar(first),
            "v^.": v / self._scalar(second),
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
        shrunk = {} if self._shrunk is None else {"decay.": self._shrunk}
        return {**super().internals(), **shrunk}


_OPTIMISERS: dict[str, type[Optimiser]] = {
    "gradient_descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}

OPTIMISERS: tuple[str, ...] = tuple(_OPTIMISERS)


def make_optimiser(
    spec: OptimiserSpec, size: int, dtype: DTypeLike, weights: Array | None = None
) -> Optimiser:
    """The optimiser a spec names, for vectors of this size.

    ``weights``, (size,), is 1 for weights and 0 for biases and other vectors.
    """
    if spec.name == "adamw":
        return AdamW(spec, size, dtype, None if spec.decays_biases else weights)
    return _OPTIMISERS[spec.name](spec, size, dtype)
