"""The linear combination of a layer: z = Σ_c a_c W_cᵀ + b."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnsim.engine.activations import Array

# A float sum of n terms is off by at most about n ulp of the terms; twice that is still dust.
_DUST = 2.0 * np.finfo(np.float64).eps
# Dust this large would need addends of millions; above it no sum is looked at more closely.
_SMALL = 1e-6


def settled(z: Array, size: Array, terms: int) -> Array:
    """The sums z, with 0 in place of those that are nothing but rounding error.

    ``size`` are the sums of the sizes of their ``terms`` addends.  A sum that overflowed stays.
    """
    dust = np.minimum(_DUST * terms * size, _SMALL)
    return np.where(np.isfinite(size) & (np.abs(z) <= dust), 0.0, z)


@dataclass(frozen=True)
class Incoming:
    """One connection into a layer, bound to its arrays.

    a: activations of the source, (batch, source units); da: their gradient, same shape, or None
    where the source is an input; w: weights, (rows, source units); gw: their gradient, same shape.
    """

    a: Array
    da: Array | None
    w: Array
    gw: Array


class Linear:
    """z = Σ_c a_c W_cᵀ + b, shape (batch, rows); b has shape (rows,).

    With ``settle`` a sum that is nothing but rounding error becomes 0, as on paper
    (0.1 + 0.2 - 0.3): no threshold or kink at 0 is decided by float dust.
    """

    def __init__(
        self,
        incoming: tuple[Incoming, ...],
        b: Array,
        gb: Array,
        z: Array,
        dz: Array,
        settle: bool = False,
    ) -> None:
        self.incoming = incoming
        self.b, self.gb, self.z, self.dz = b, gb, z, dz
        self._settle = settle
        self._part = np.empty_like(z)

    def forward(self) -> None:
        """Writes z."""
        first, *others = self.incoming
        np.dot(first.a, first.w.T, out=self.z)
        for other in others:
            np.dot(other.a, other.w.T, out=self._part)
            np.add(self.z, self._part, out=self.z)
        np.add(self.z, self.b, out=self.z)
        if self._settle:
            self._settle_dust()

    def _settle_dust(self) -> None:
        if not (np.abs(self.z) <= _SMALL).any():
            return
        size = np.abs(self.b) + sum(np.abs(i.a) @ np.abs(i.w).T for i in self.incoming)
        terms = 1 + sum(i.w.shape[1] for i in self.incoming)
        self.z[...] = settled(self.z, size, terms)

    def backward_parameters(self) -> None:
        """Writes dL/dW = dzᵀ a and dL/db = Σ_batch dz, from dz = dL/dz of shape (batch, rows)."""
        for connection in self.incoming:
            np.dot(self.dz.T, connection.a, out=connection.gw)
        self.dz.sum(axis=0, out=self.gb)

    def backward_inputs(self) -> None:
        """Adds dz W to the gradient of every source: a source may feed several layers."""
        for connection in self.incoming:
            if connection.da is not None:
                np.add(connection.da, np.dot(self.dz, connection.w), out=connection.da)
