"""Is the gradient right?  Backpropagation against central finite differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnsim.core.randoms import restore_state, state_of
from nnsim.engine.layout import Array
from nnsim.engine.plan import Plan

#: About the cube root of the float64 spacing: where the error of the formula and of rounding meet.
_STEP = 6e-6
_SMALLEST = 1e-4


@dataclass(frozen=True)
class GradientCheck:
    """Both gradients, flat as the plan's parameters, and how far they are apart.

    ``errors`` are relative, element by element: |g - d| / max(|g|, |d|, 1e-4).  The last keeps the
    rounding error of a difference from counting where the gradient is practically 0.
    """

    analytic: Array
    numeric: Array
    errors: Array

    @property
    def largest(self) -> float:
        """The largest relative error; NaN where a gradient is."""
        return float(self.errors.max(initial=0.0))


def check_gradient(plan: Plan, inputs: Array, targets: Array, step: float = _STEP) -> GradientCheck:
    """Compare the gradient of the loss with central finite differences.

    For each parameter θ_k:  ∂L/∂θ_k ≈ (L(θ + h_k) - L(θ - h_k)) / 2h_k, with h_k = step ·
    max(1, |θ_k|); its error falls with h², that of rounding grows with 1/h.  ``inputs`` has shape
    (batch, input units), ``targets`` (batch, outputs).  Near the kink of an activation or a loss
    the two differ by right.  Noise and masks are the same in every run.  The plan's parameters and
    state are as before when this returns; its gradient is that of this batch.  Raises ValueError
    for a plan in exact arithmetic, which has no limits.

    Source: Press et al., Numerical Recipes (3rd ed. 2007), section 5.7.
    """
    if plan.is_exact:
        raise ValueError("differences need float64, and this plan computes with fractions")
    workspace = plan.workspace(len(inputs))
    workspace.load(plan.numbers(inputs), plan.numbers(targets))

    state, drawn_from = plan.state.copy(), state_of(plan.random)

    def loss() -> float:
        # Every run starts from the same state: what it leaves there is for the next iteration.
        # And it draws the same numbers: differences would be of different networks.
        plan.state[...] = state
        restore_state(plan.random, drawn_from)
        workspace.forward()
        return workspace.loss()

    loss()
    workspace.backward()
    analytic = plan.gradient.copy()
    numeric = np.zeros_like(analytic)
    for k, value in enumerate(plan.parameters.tolist()):
        h = step * max(1.0, abs(value))
        above, below = value + h, value - h
        plan.parameters[k] = above
        upper = loss()
        plan.parameters[k] = below
        # What was added and taken away is not exactly h: divide by what it was.
        numeric[k] = (upper - loss()) / (above - below)
        plan.parameters[k] = value
    loss()
    plan.state[...] = state
    size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), _SMALLEST)
    return GradientCheck(analytic, numeric, np.abs(analytic - numeric) / size)
