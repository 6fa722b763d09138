"""Activations that look at several sums at once: softmax and maxout."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.activations.base import Activation, put
from nnsim.engine.layout import Array


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
        return put(self._grouped(z).max(axis=1), out)

    def winners(self, z: Array) -> NDArray[np.int64]:
        """Index of the winning piece of each unit, shape (units, …)."""
        return self._grouped(z).argmax(axis=1)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        won = np.zeros(self._grouped(z).shape, dtype=np.int64)
        np.put_along_axis(won, self.winners(z)[:, np.newaxis], 1, axis=1)
        return put(won.reshape(z.shape).astype(z.dtype), out)

    def backward(self, z: Array, a: Array, da: Array, out: Array | None = None) -> Array:
        return np.multiply(np.repeat(da, self.pieces, axis=0), self.derivative(z, a), out=out)

    def _grouped(self, z: Array) -> Array:
        return z.reshape(-1, self.pieces, *z.shape[1:])


# Numbers from which on it pays to find slopes in two calls.
