"""Kernels: inner products in a space that need not be visited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Array


@dataclass(frozen=True)
class KernelSpec:
    """A kernel by name: "linear" xᵀz, "polynomial" (γ xᵀz + r)^d, "rbf" e^(-γ ‖x - z‖²).

    ``gamma`` is γ, ``degree`` d, ``constant`` r; names the kernel has no use for are ignored.
    """

    name: str = "rbf"
    gamma: float = 1.0
    degree: int = 3
    constant: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown name, or γ or d that make no kernel."""
        if self.name not in KERNELS:
            raise ValueError(f"{self.name!r} is none of {', '.join(KERNELS)}")
        if not self.gamma > 0:
            raise ValueError("gamma must be greater than 0")
        if self.degree < 1:
            raise ValueError("the degree must be at least 1")


def kernel_matrix(spec: KernelSpec, x: Array, z: Array) -> Array:
    """k(x_i, z_j) for rows of x and z, shape (rows of x, rows of z)."""
    return _KERNELS[spec.name](spec, x, z)


def _linear(spec: KernelSpec, x: Array, z: Array) -> Array:
    return x @ z.T


def _polynomial(spec: KernelSpec, x: Array, z: Array) -> Array:
    return (spec.gamma * (x @ z.T) + spec.constant) ** spec.degree


def _rbf(spec: KernelSpec, x: Array, z: Array) -> Array:
    squares = (x * x).sum(axis=1)[:, np.newaxis] + (z * z).sum(axis=1)
    # Rounding can put the distance of a point to itself below 0.
    return np.exp(-spec.gamma * np.maximum(squares - 2.0 * (x @ z.T), 0.0))


_KERNELS: dict[str, Callable[[KernelSpec, Array, Array], Array]] = {
    "linear": _linear,
    "polynomial": _polynomial,
    "rbf": _rbf,
}

KERNELS: tuple[str, ...] = tuple(_KERNELS)
