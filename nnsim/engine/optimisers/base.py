"""What optimisers share: settings, and steps as calls over flat vectors."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Call

#: "gradient_descent" is SGD as well, over batches.
NAMES = ("gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")


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
            (self.name, NAMES),
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
    #: settings they are made with: what was kept under others is no use
    made_with: tuple[str, ...] = ()
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

    def average(self, name: str) -> Array:
        """What is recorded of a vector it keeps, a new vector."""
        return self._kept(name).copy()

    def kept(self) -> Mapping[str, Array]:
        """What it keeps, by the prefix it is recorded under before a step; new vectors."""
        return {f"{name}-.": self.average(name) for name in self.keeps}

    def internals(self) -> Mapping[str, Array]:
        """What the last step was made of: new vectors by the prefix they are recorded under."""
        return {f"{name}.": self.average(name) for name in self.keeps}

    def state(self) -> dict[str, Any]:
        """All that decides how it goes on; its arrays are its own and will change."""
        found: dict[str, Any] = {"made_with": self._made_with()} if self.keeps else {}
        if self.counts:
            found["step"] = self.step
        return found | {name: self._kept(name) for name in self.keeps}

    def _made_with(self) -> dict[str, Any]:
        return {name: getattr(self.spec, name) for name in self.made_with}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state of this optimiser; what is missing or does not fit begins anew.

        So does all of it where the state was made with other settings: an average over two rates
        is not the one its formula, and the correction by 1 - βᵗ, speak of.
        """
        is_own = state.get("made_with") == self._made_with()
        self.step = int(state.get("step", 0)) if is_own else 0
        self._rate = math.nan
        for name in self.keeps:
            kept = state.get(name) if is_own else None
            fits = isinstance(kept, np.ndarray) and kept.shape == (self._size,)
            self._kept(name)[...] = kept if fits else self._initial(name)
