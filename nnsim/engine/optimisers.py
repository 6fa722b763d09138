"""Optimisers: from the gradient to the change of the parameters."""

from __future__ import annotations

import numpy as np

from nnsim.engine.layout import Array


class GradientDescent:
    """Δ = -α ∇L.  Plain gradient descent; with batches it is SGD."""

    name = "gradient_descent"

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def change(self, gradient: Array, out: Array) -> None:
        """Writes Δ into ``out``; any part of the parameter vector may be given."""
        np.multiply(gradient, -self.learning_rate, out=out)
