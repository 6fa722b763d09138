"""Activation functions, each with its derivative beside it.

``forward(z)`` gives the activations a of the pre-activations z, ``backward(z, a, da)`` the
gradient w.r.t. z from the gradient da w.r.t. a.  The units are the first axis: z has shape
(rows, …) and a (units, …); rows = units except for maxout, which has several pieces a unit.
Arrays may be floats or hold exact fractions (dtype object) where ``exact`` is true.  With ``out``
the result is written there, without a new array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array
from nnsim.engine.special import normal_density, normal_distribution


class Activation:
    """An element-wise activation; subclasses give f and f'."""

    name: str
    #: True where fractions stay fractions, so that sums can be exact.
    exact = False
    #: True where each unit has a value and a slope of its own.
    elementwise = True
    #: True where f' can be had from a alone: then a whole network's are computed at once.
    slope_from_value = False
    #: the NumPy function that f is, where it is just one
    ufunc: np.ufunc | None = None
    pieces = 1

    def forward(self, z: Array, out: Array | None = None) -> Array:
        """a = f(z), element by element, same shape as z."""
        raise NotImplementedError

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """f'(z), element by element, same shape as z; a = f(z) is given where it saves work."""
        raise NotImplementedError

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        """Gradient w.r.t. z, shape of z: dL/dz = dL/da * f'(z).  Inputs are not modified."""
        return np.multiply(da, self.derivative(z, a), out=out)

    def forward_calls(self, z: Array, a: Array) -> list[Callable[[], object]]:
        """What writing f(z) into ``a`` calls, with these arrays bound."""
        return [partial(self.forward if self.ufunc is None else self.ufunc, z, a)]

    def slope_calls(self, a: Array, slope: Array) -> list[Callable[[], object]]:
        """What writing f'(z) of several layers at once calls, where it can be had from a.

        Both are the same rows of two arrays, rows of ones between the layers included.
        """
        return [partial(self.derivative, a, a, slope)]

    def backward_calls(
        self, z: Array, a: Array, da: Array, dz: Array
    ) -> list[Callable[[], object]]:
        """What writing the gradient into ``dz`` calls; it shares no memory with the others."""
        if not self.elementwise:
            return [partial(self.backward, z, a, da, dz)]
        # Without an array in between, which for feature maps would cost more than the arithmetic.
        return [partial(self.derivative, z, a, dz), partial(np.multiply, da, dz, dz)]


def _put(values: Array, out: Array | None) -> Array:
    if out is None:
        return values
    out[...] = values
    return out


class Identity(Activation):
    """f(z) = z."""

    name = "identity"
    exact = True
    slope_from_value = True
    ufunc = np.positive

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return np.positive(z, out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return _put(np.ones_like(a), out)

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        return np.positive(da, out=out)


class Step(Activation):
    """f(z) = 1 where z >= 0 (or z > 0, by convention), else 0.  McCulloch and Pitts, 1943.

    The derivative is 0 wherever it exists, and is taken as 0 at the jump too.
    """

    name = "step"
    exact = True
    slope_from_value = True

    def __init__(self, one_at_zero: bool = True) -> None:
        self.one_at_zero = one_at_zero

    def forward(self, z: Array, out: Array | None = None) -> Array:
        fires = z >= 0 if self.one_at_zero else z > 0
        # By way of whole numbers: an array of objects would hold True and False.
        return _put(fires.astype(np.int64).astype(z.dtype), out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return _put(np.zeros_like(a), out)


class Sigmoid(Activation):
    """f(z) = 1 / (1 + e^-z); f' = f (1 - f)."""

    name = "sigmoid"
    slope_from_value = True

    def forward(self, z: Array, out: Array | None = None) -> Array:
        # Where e^-z overflows to infinity, 1/inf is 0 as it should be.
        with np.errstate(over="ignore"):
            grown = np.exp(np.negative(z, out=out), out=out)
        np.add(grown, _ONE, out=grown)
        return np.divide(_ONE, grown, out=grown)

    def forward_calls(self, z: Array, a: Array) -> list[Callable[[], object]]:
        """The four functions it consists of; who runs them lets e^-z overflow to infinity."""
        one = np.array(1.0, a.dtype)
        return [
            partial(np.negative, z, a),
            partial(np.exp, a, a),
            partial(np.add, a, one, a),
            partial(np.divide, one, a, a),
        ]

    def slope_calls(self, a: Array, slope: Array) -> list[Callable[[], object]]:
        one = np.array(1.0, a.dtype)
        return [partial(np.subtract, one, a, slope), partial(np.multiply, a, slope, slope)]

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return np.multiply(a, 1.0 - a, out=out)


class Tanh(Activation):
    """f(z) = tanh z; f' = 1 - f²."""

    name = "tanh"
    slope_from_value = True
    ufunc = np.tanh

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return np.tanh(z, out=out)

    def slope_calls(self, a: Array, slope: Array) -> list[Callable[[], object]]:
        one = np.array(1.0, a.dtype)
        return [partial(np.multiply, a, a, slope), partial(np.subtract, one, slope, slope)]

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        squared = np.multiply(a, a, out=out)
        return np.subtract(_ONE, squared, out=squared)


class ReLU(Activation):
    """f(z) = max(0, z); f' = 1 where z > 0, else 0 (0 at the kink)."""

    name = "relu"
    exact = True
    slope_from_value = True

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return np.maximum(z, 0, out=out)

    def slope_calls(self, a: Array, slope: Array) -> list[Callable[[], object]]:
        if a.dtype == object or a.size < _LARGE:
            return super().slope_calls(a, slope)
        # For many numbers NumPy is faster comparing than finding signs, and against an array.
        is_on = np.zeros(a.shape, np.bool_)
        return [partial(np.greater, a, np.zeros_like(a), is_on), partial(np.copyto, slope, is_on)]

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        # a is never negative: its sign is 1 where z > 0, else 0.
        return np.sign(a, out=out)

    def forward_calls(self, z: Array, a: Array) -> list[Callable[[], object]]:
        """Large maps against zeros: for NumPy 3 times as fast as against the number."""
        if z.ndim < 3 and z.dtype != object:
            return [partial(np.maximum, z, np.zeros_like(z), out=a)]
        if z.ndim < 3 or not (z.flags.c_contiguous and a.flags.c_contiguous):
            return super().forward_calls(z, a)
        flat = z.reshape(len(z), -1)
        zeros = np.zeros_like(flat[0])
        return [partial(np.maximum, flat, zeros, out=a.reshape(flat.shape))]

    def backward_calls(
        self, z: Array, a: Array, da: Array, dz: Array
    ) -> list[Callable[[], object]]:
        """By a comparison, which NumPy has faster than signs."""
        if z.dtype == object:
            return super().backward_calls(z, a, da, dz)
        return [partial(np.greater, a, 0, dz), partial(np.multiply, da, dz, dz)]


class LeakyReLU(Activation):
    """f(z) = max(slope z, z) with slope 0.1 in the course; f' = 1 where z > 0, else slope."""

    name = "leaky_relu"

    def __init__(self, slope: float = 0.1) -> None:
        self.slope = slope

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return _put(np.where(z > 0, z, self.slope * z), out)

    def forward_calls(self, z: Array, a: Array) -> list[Callable[[], object]]:
        """max(slope z, z), without new arrays."""
        if not 0 <= self.slope <= 1:
            return super().forward_calls(z, a)
        slope = np.array(self.slope, z.dtype)
        return [partial(np.multiply, z, slope, a), partial(np.maximum, z, a, out=a)]

    def backward_calls(
        self, z: Array, a: Array, da: Array, dz: Array
    ) -> list[Callable[[], object]]:
        """f' as the larger of z > 0 and the slope."""
        if not 0 <= self.slope <= 1:
            return super().backward_calls(z, a, da, dz)
        is_on = np.zeros(z.shape, np.bool_)
        slopes = np.full_like(z, self.slope)
        return [
            partial(np.greater, z, np.zeros_like(z), is_on),
            partial(np.copyto, dz, is_on),
            partial(np.maximum, dz, slopes, out=dz),
            partial(np.multiply, da, dz, dz),
        ]

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return _put(np.where(z > 0, 1.0, self.slope), out)


class ELU(Activation):
    """f(z) = z where z >= 0, else α (e^z - 1); f' = 1 where z >= 0, else f + α.

    Source: Clevert et al. 2016, eq. 15.
    """

    name = "elu"

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return _put(np.where(z >= 0, z, self.alpha * np.expm1(np.minimum(z, 0.0))), out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return _put(np.where(z >= 0, 1.0, a + self.alpha), out)


class Softplus(Activation):
    """f(z) = ln(1 + e^z); f' = 1 / (1 + e^-z).  Source: Dugas et al. 2001, eq. 4."""

    name = "softplus"

    def forward(self, z: Array, out: Array | None = None) -> Array:
        # ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|): nothing overflows.
        return np.add(np.maximum(z, 0.0), np.log1p(np.exp(-np.abs(z))), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return _SIGMOID.forward(z, out)


class SiLU(Activation):
    """f(z) = z σ(z), the swish; f' = σ + z σ (1 - σ).  Source: Elfwing et al. 2018, eq. 6, 7."""

    name = "silu"

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return np.multiply(z, _SIGMOID.forward(z), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        s = _SIGMOID.forward(z)
        return np.multiply(s, 1.0 + z * (1.0 - s), out=out)


class GELU(Activation):
    """f(z) = z Φ(z), Φ the normal distribution function; f' = Φ + z φ(z).

    Source: Hendrycks and Gimpel 2016, section 2, the exact form.
    """

    name = "gelu"

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return np.multiply(z, normal_distribution(z), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        # Φ is there already, as a / z; below the smallest normal number that would be dust.
        is_tiny = np.abs(z) < np.finfo(z.dtype).tiny
        below = np.where(is_tiny, 0.5, a / np.where(is_tiny, 1.0, z))
        return np.add(below, z * normal_density(z), out=out)


class Softmax(Activation):
    """f(z)_j = e^z_j / Σ_k e^z_k over the units of the layer (the channels of a feature map).

    Not element-wise: ``derivative`` is the diagonal ∂a_j/∂z_j = a_j (1 - a_j), which is what a
    curve of one unit shows; ``backward`` uses the whole Jacobian ∂a_j/∂z_k = a_j (δ_jk - a_k).
    """

    name = "softmax"
    elementwise = False

    def forward(self, z: Array, out: Array | None = None) -> Array:
        shifted = np.exp(z - z.max(axis=0, keepdims=True))
        return np.divide(shifted, shifted.sum(axis=0, keepdims=True), out=out)

    def forward_calls(self, z: Array, a: Array) -> list[Callable[[], object]]:
        """Without new arrays."""
        if z.dtype == object:
            return super().forward_calls(z, a)
        largest, total = np.zeros_like(a[0]), np.zeros_like(a[0])
        return [
            partial(np.maximum.reduce, z, 0, None, largest),
            partial(np.subtract, z, largest, a),
            partial(np.exp, a, a),
            partial(np.add.reduce, a, 0, None, total),
            partial(np.divide, a, total, a),
        ]

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return np.multiply(a, 1.0 - a, out=out)

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        return np.multiply(a, da - (da * a).sum(axis=0, keepdims=True), out=out)


class Maxout(Activation):
    """f(z)_j = max over the pieces p of z_jp; each piece has weights and a bias of its own.

    z has shape (units * pieces, …), the pieces of a unit one after the other.  The gradient goes
    to the winning piece; in a tie the first wins.  Source: Goodfellow et al. 2013, eq. 1.
    """

    name = "maxout"
    exact = True
    elementwise = False

    def __init__(self, pieces: int = 2) -> None:
        self.pieces = pieces

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return _put(self._grouped(z).max(axis=1), out)

    def winners(self, z: Array) -> NDArray[np.int64]:
        """Index of the winning piece of each unit, shape (units, …)."""
        return self._grouped(z).argmax(axis=1)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        won = np.zeros(self._grouped(z).shape, dtype=np.int64)
        np.put_along_axis(won, self.winners(z)[:, np.newaxis], 1, axis=1)
        return _put(won.reshape(z.shape).astype(z.dtype), out)

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        return np.multiply(np.repeat(da, self.pieces, axis=0), self.derivative(z, a), out=out)

    def _grouped(self, z: Array) -> Array:
        return z.reshape(-1, self.pieces, *z.shape[1:])


# Numbers from which on it pays to find slopes in two calls.
_LARGE = 1024
_ONE = np.array(1.0, dtype=np.float32)
_SIGMOID = Sigmoid()


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
    "softplus": lambda spec: Softplus(),
    "silu": lambda spec: SiLU(),
    "gelu": lambda spec: GELU(),
    "softmax": lambda spec: Softmax(),
    "maxout": lambda spec: Maxout(spec.pieces),
}

ACTIVATIONS: tuple[str, ...] = tuple(_MAKERS)


def make_activation(spec: ActivationSpec) -> Activation:
    """The activation a spec names.  Raises KeyError for an unknown name."""
    return _MAKERS[spec.name](spec)
