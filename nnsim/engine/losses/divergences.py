"""Kullback-Leibler divergences that codes are held to: penalties, which need no targets."""

from __future__ import annotations

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.losses.base import Loss, LossSpec


class NormalDivergence(Loss):
    """KL(N(μ, σ²) ‖ N(0, 1)) = (μ² + σ² - 1 - ln σ²) / 2, summed over the units of a code.

    y holds μ and below it log σ², (2 units, batch); the addends are (units, batch).  Derivatives: μ
    and (σ² - 1) / 2.  A mean is taken over samples.  Source: Kingma and Welling 2014, appendix B.
    """

    name = "kl_normal"
    per_sample = True
    has_targets = False

    def terms(self, y: Array, t: Array) -> Array:
        mean, log_variance = self._parts(y)
        # e^x - 1 - x with the digits that e^x - 1 would lose near 0.
        return 0.5 * (mean * mean + (np.expm1(log_variance) - log_variance))

    def gradient(self, y: Array, t: Array) -> Array:
        mean, log_variance = self._parts(y)
        return np.concatenate([mean, 0.5 * np.expm1(log_variance)])

    def _parts(self, y: Array) -> tuple[Array, Array]:
        if len(y) % 2:
            raise ValueError(f"{self.name} needs as many μ as log σ², not {len(y)} values together")
        half = len(y) // 2
        return y[:half], y[half:]


class SparsityDivergence(Loss):
    """KL(Bernoulli(ρ) ‖ Bernoulli(ρ̂)) = ρ ln(ρ/ρ̂) + (1-ρ) ln((1-ρ)/(1-ρ̂)), an addend a unit.

    ρ̂ is the mean of the activations y of a unit over the batch, between 0 and 1; the addends are
    (units, 1).  Derivative w.r.t. each of the n activations: ((1-ρ)/(1-ρ̂) - ρ/ρ̂) / n.  A mean
    is taken over units.  Source: Ng 2011, Sparse autoencoder (CS294A lecture notes), section 3.
    """

    name = "kl_bernoulli"
    has_targets = False
    has_samples = False

    def __init__(self, spec: LossSpec) -> None:
        """Raises ValueError for a ρ that is not between 0 and 1."""
        super().__init__(spec)
        if not 0.0 < spec.rho < 1.0:
            raise ValueError("the mean activation rho of a sparse code is between 0 and 1")

    def terms(self, y: Array, t: Array) -> Array:
        rho, found = self.spec.rho, y.mean(axis=-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            on = rho * np.log(rho / found)
            return on + (1.0 - rho) * np.log((1.0 - rho) / (1.0 - found))

    def gradient(self, y: Array, t: Array) -> Array:
        rho, found = self.spec.rho, y.mean(axis=-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = ((1.0 - rho) / (1.0 - found) - rho / found) / y.shape[-1]
        return np.broadcast_to(slope, y.shape)

    def count(self, y: Array) -> int:
        """Units."""
        return int(y.shape[0])
