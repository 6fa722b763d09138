"""Activation functions, each with its derivative beside it.

``forward(z)`` gives the activations a of the pre-activations z, ``backward(z, a, da)`` the
gradient w.r.t. z from the gradient da w.r.t. a.  Shapes are (batch, rows) for z and
(batch, units) for a; rows = units except for maxout, which has several pieces a unit.  Arrays may
be float64 or hold exact fractions (dtype object) where ``exact`` is true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


class Activation:
    """An element-wise activation; subclasses give f and f'."""

    name: str
    #: True where fractions stay fractions, so that sums can be exact.
    exact = False
    pieces = 1

    def forward(self, z: Array) -> Array:
        """a = f(z), element by element, same shape as z."""
        raise NotImplementedError

    def derivative(self, z: Array, a: Array) -> Array:
        """f'(z), element by element, same shape as z; a = f(z) is given where it saves work."""
        raise NotImplementedError

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        """Gradient w.r.t. z, shape of z: dL/dz = dL/da * f'(z).  Inputs are not modified."""
        return da * self.derivative(z, a)


class Identity(Activation):
    """f(z) = z."""

    name = "identity"
    exact = True

    def forward(self, z: Array) -> Array:
        return z.copy()

    def derivative(self, z: Array, a: Array) -> Array:
        return np.ones_like(z)


class Step(Activation):
    """f(z) = 1 where z >= 0 (or z > 0, by convention), else 0.  McCulloch and Pitts, 1943.

    The derivative is 0 wherever it exists, and is taken as 0 at the jump too.
    """

    name = "step"
    exact = True

    def __init__(self, one_at_zero: bool = True) -> None:
        self.one_at_zero = one_at_zero

    def forward(self, z: Array) -> Array:
        fires = z >= 0 if self.one_at_zero else z > 0
        return fires.astype(np.int64).astype(z.dtype)

    def derivative(self, z: Array, a: Array) -> Array:
        return np.zeros_like(z)


class Sigmoid(Activation):
    """f(z) = 1 / (1 + e^-z); f' = f (1 - f)."""

    name = "sigmoid"

    def forward(self, z: Array) -> Array:
        # e^-|z| never overflows; for negative z, e^z / (1 + e^z) is the same number.
        small = np.exp(-np.abs(z))
        return np.where(z >= 0, 1.0, small) / (1.0 + small)

    def derivative(self, z: Array, a: Array) -> Array:
        return a * (1.0 - a)


class Tanh(Activation):
    """f(z) = tanh z; f' = 1 - f²."""

    name = "tanh"

    def forward(self, z: Array) -> Array:
        return np.tanh(z)

    def derivative(self, z: Array, a: Array) -> Array:
        return 1.0 - a * a


class ReLU(Activation):
    """f(z) = max(0, z); f' = 1 where z > 0, else 0 (0 at the kink)."""

    name = "relu"
    exact = True

    def forward(self, z: Array) -> Array:
        return np.where(z > 0, z, z * 0)

    def derivative(self, z: Array, a: Array) -> Array:
        return (z > 0).astype(np.int64).astype(z.dtype)


class LeakyReLU(Activation):
    """f(z) = max(slope z, z) with slope 0.1 in the course; f' = 1 where z > 0, else slope."""

    name = "leaky_relu"

    def __init__(self, slope: float = 0.1) -> None:
        self.slope = slope

    def forward(self, z: Array) -> Array:
        return np.where(z > 0, z, self.slope * z)

    def derivative(self, z: Array, a: Array) -> Array:
        return np.where(z > 0, 1.0, self.slope)


class ELU(Activation):
    """f(z) = z where z >= 0, else α (e^z - 1); f' = 1 where z >= 0, else f + α.

    Source: Clevert et al. 2016, eq. 15.
    """

    name = "elu"

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, z: Array) -> Array:
        return np.where(z >= 0, z, self.alpha * np.expm1(np.minimum(z, 0.0)))

    def derivative(self, z: Array, a: Array) -> Array:
        return np.where(z >= 0, 1.0, a + self.alpha)


class Softmax(Activation):
    """f(z)_j = e^z_j / Σ_k e^z_k over the units of the layer.

    Not element-wise: ``derivative`` is the diagonal ∂a_j/∂z_j = a_j (1 - a_j), which is what a
    curve of one unit shows; ``backward`` uses the whole Jacobian ∂a_j/∂z_k = a_j (δ_jk - a_k).
    """

    name = "softmax"

    def forward(self, z: Array) -> Array:
        shifted = np.exp(z - z.max(axis=-1, keepdims=True))
        return shifted / shifted.sum(axis=-1, keepdims=True)

    def derivative(self, z: Array, a: Array) -> Array:
        return a * (1.0 - a)

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        return a * (da - (da * a).sum(axis=-1, keepdims=True))


class Maxout(Activation):
    """f(z)_j = max over the pieces p of z_jp; each piece has weights and a bias of its own.

    z has shape (batch, units * pieces), the pieces of a unit side by side.  The gradient goes to
    the winning piece; in a tie the first wins.  Source: Goodfellow et al. 2013, eq. 1.
    """

    name = "maxout"
    exact = True

    def __init__(self, pieces: int = 2) -> None:
        self.pieces = pieces

    def forward(self, z: Array) -> Array:
        return self._grouped(z).max(axis=-1)

    def winners(self, z: Array) -> NDArray[np.int64]:
        """Index of the winning piece of each unit, shape (batch, units)."""
        return self._grouped(z).argmax(axis=-1)

    def derivative(self, z: Array, a: Array) -> Array:
        won = np.zeros(self._grouped(z).shape, dtype=np.int64)
        np.put_along_axis(won, self.winners(z)[..., np.newaxis], 1, axis=-1)
        return won.reshape(z.shape).astype(z.dtype)

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        return np.repeat(da, self.pieces, axis=-1) * self.derivative(z, a)

    def _grouped(self, z: Array) -> Array:
        return z.reshape(*z.shape[:-1], -1, self.pieces)


@dataclass(frozen=True)
class ActivationSpec:
    """An activation by name, with the parameters it may need."""

    name: str
    slope: float = 0.1
    alpha: float = 1.0
    pieces: int = 2
    one_at_zero: bool = True


_MAKERS: dict[str, Callable[[ActivationSpec], Activation]] = {
    "step": lambda spec: Step(spec.one_at_zero),
    "identity": lambda spec: Identity(),
    "sigmoid": lambda spec: Sigmoid(),
    "tanh": lambda spec: Tanh(),
    "relu": lambda spec: ReLU(),
    "leaky_relu": lambda spec: LeakyReLU(spec.slope),
    "elu": lambda spec: ELU(spec.alpha),
    "softmax": lambda spec: Softmax(),
    "maxout": lambda spec: Maxout(spec.pieces),
}

ACTIVATIONS: tuple[str, ...] = tuple(_MAKERS)


def make_activation(spec: ActivationSpec) -> Activation:
    """The activation a spec names.  Raises KeyError for an unknown name."""
    return _MAKERS[spec.name](spec)
