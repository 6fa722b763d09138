"""The restricted Boltzmann machine itself: energies, probabilities, exact likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnsim.engine.activations import Sigmoid
from nnsim.engine.layout import Array
from nnsim.engine.learners.boltzmann.enumeration import MOST_UNITS, all_states, log_sum_exp

_SIGMOID = Sigmoid()


@dataclass(frozen=True, eq=False)
class RestrictedMachine:
    """Binary units in two layers, links only between the layers: E(v, h) = -hᵀWv - bᵀv - cᵀh.

    ``weights`` W has shape (hidden, visible), ``visible_biases`` b (visible,), ``hidden_biases`` c
    (hidden,).  They are looked at, not copied.  States v have shape (samples, visible), states h
    (samples, hidden).  p(v, h) = e^-E(v, h) / Z.  Source: Smolensky 1986; Hinton 2002.
    """

    weights: Array
    visible_biases: Array
    hidden_biases: Array

    def energy(self, v: Array, h: Array) -> Array:
        """E(v, h), shape (samples,)."""
        linked = ((h @ self.weights) * v).sum(axis=1)
        return -linked - v @ self.visible_biases - h @ self.hidden_biases

    def free_energy(self, v: Array) -> Array:
        """F(v) = -bᵀv - Σ_j ln(1 + e^(c_j + W_j v)), so that p(v) = e^-F(v) / Z; (samples,)."""
        sums = v @ self.weights.T + self.hidden_biases
        return -(v @ self.visible_biases) - np.logaddexp(0.0, sums).sum(axis=1)

    def hidden_free_energy(self, h: Array) -> Array:
        """F(h) = -cᵀh - Σ_i ln(1 + e^(b_i + hᵀW_i)), so that p(h) = e^-F(h) / Z; (samples,)."""
        sums = h @ self.weights + self.visible_biases
        return -(h @ self.hidden_biases) - np.logaddexp(0.0, sums).sum(axis=1)

    def hidden_probabilities(self, v: Array) -> Array:
        """p(h_j = 1 | v) = σ(c_j + W_j v), shape (samples, hidden)."""
        return _SIGMOID.forward(v @ self.weights.T + self.hidden_biases)

    def visible_probabilities(self, h: Array) -> Array:
        """p(v_i = 1 | h) = σ(b_i + hᵀW_i), shape (samples, visible)."""
        return _SIGMOID.forward(h @ self.weights + self.visible_biases)

    def log_partition(self) -> float:
        """ln Z = ln ΣΣ e^-E(v, h), by going through all states of the smaller layer.

        Raises ValueError where both layers have more than 20 units.
        """
        hidden, visible = self.weights.shape
        if min(hidden, visible) > MOST_UNITS:
            raise ValueError(f"one layer must have at most {MOST_UNITS} units to sum exactly")
        if hidden < visible:
            return log_sum_exp(-self.hidden_free_energy(all_states(hidden)))
        return log_sum_exp(-self.free_energy(all_states(visible)))

    def log_likelihood(self, v: Array) -> Array:
        """ln p(v) = -F(v) - ln Z, shape (samples,); raises as ``log_partition`` does."""
        return -self.free_energy(v) - self.log_partition()

    def log_likelihood_gradient(self, v: Array) -> tuple[Array, Array, Array]:
        """Gradient of the mean ln p(v) w.r.t. W, b and c: what contrastive divergence estimates.

        Raises ValueError where there are more than 20 visible units.
        """
        states = all_states(self.weights.shape[1])
        model = np.exp(-self.free_energy(states) - self.log_partition())
        h, h_model = self.hidden_probabilities(v), self.hidden_probabilities(states)
        share = 1.0 / len(v)
        return (
            share * (h.T @ v) - (h_model * model[:, np.newaxis]).T @ states,
            share * v.sum(axis=0) - model @ states,
            share * h.sum(axis=0) - model @ h_model,
        )
