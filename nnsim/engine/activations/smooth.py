"""Smooth relatives of ReLU."""

from __future__ import annotations

import numpy as np

from nnsim.engine.activations.base import Activation
from nnsim.engine.activations.pointwise import Sigmoid
from nnsim.engine.layout import Array
from nnsim.engine.special import normal_density, normal_distribution


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


_SIGMOID = Sigmoid()
