"""The activations of the course that look at one sum: bounded, or straight in pieces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from nnsim.engine.activations.base import Activation, put
from nnsim.engine.layout import Array


class Identity(Activation):
    """f(z) = z."""

    name = "identity"
    exact = True
    slope_from_value = True
    ufunc = np.positive

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return np.positive(z, out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return put(np.ones_like(a), out)

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        return np.positive(da, out=out)

    def backward_calls(
        self, z: Array, a: Array, da: Array, dz: Array
    ) -> list[Callable[[], object]]:
        return [partial(np.positive, da, dz)]


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
        return put(fires.astype(np.int64).astype(z.dtype), out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return put(np.zeros_like(a), out)


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
        return [partial(np.square, a, slope), partial(np.subtract, one, slope, slope)]

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
        return put(np.where(z > 0, z, self.slope * z), out)

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
        return put(np.where(z > 0, 1.0, self.slope), out)


class ELU(Activation):
    """f(z) = z where z >= 0, else α (e^z - 1); f' = 1 where z >= 0, else f + α.

    Source: Clevert et al. 2016, eq. 15.
    """

    name = "elu"

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, z: Array, out: Array | None = None) -> Array:
        return put(np.where(z >= 0, z, self.alpha * np.expm1(np.minimum(z, 0.0))), out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        return put(np.where(z >= 0, 1.0, a + self.alpha), out)


# Numbers from which on it pays to find slopes in two calls.
_LARGE = 1024
_ONE = np.array(1.0, dtype=np.float32)
