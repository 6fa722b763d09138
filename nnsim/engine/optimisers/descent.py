"""Steps down the gradient: plain, and with a velocity."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import DTypeLike

from nnsim.engine.layout import Array
from nnsim.engine.ops.base import Call
from nnsim.engine.optimisers.base import Optimiser, OptimiserSpec


class GradientDescent(Optimiser):
    """Δ = -α g.  Over all samples gradient descent, over batches SGD."""

    spares_gradient = True

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        return [partial(np.multiply, gradient, self._factor, change)]


class Momentum(Optimiser):
    """u = μ u + g, Δ = -α u; or, summing steps, u = μ u - α g, Δ = u.  Polyak 1964, eq. 9."""

    keeps = ("u",)
    made_with = ("momentum", "velocity")
    spares_gradient = True

    def __init__(self, spec: OptimiserSpec, size: int, dtype: DTypeLike) -> None:
        super().__init__(spec, size, dtype)
        self._momentum = self._scalar(spec.momentum)

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        u = self._kept("u")[part]
        if self.spec.velocity == "gradients":
            return [
                partial(np.multiply, u, self._momentum, u),
                partial(np.add, u, gradient, u),
                partial(np.multiply, u, self._factor, change),
            ]
        return [*self._sum_steps(u, gradient, change), partial(np.positive, u, change)]

    def _sum_steps(self, u: Array, gradient: Array, change: Array) -> list[Call]:
        """u = μ u - α g; the step itself is in ``change``."""
        return [
            partial(np.multiply, gradient, self._factor, change),
            partial(np.multiply, u, self._momentum, u),
            partial(np.add, u, change, u),
        ]


class Nesterov(Momentum):
    """The gradient is followed as if the velocity had already been: Δ = -α (g + μ u).

    Summing steps it is Δ = μ u - α g.  Both with the new u.  Source: Sutskever et al. 2013, eq. 3
    and 4, in the variables of Bengio et al. 2013, eq. 7.
    """

    spares_gradient = False

    def calls(
        self, parameters: Array, gradient: Array, change: Array, part: slice = slice(None)
    ) -> list[Call]:
        u = self._kept("u")[part]
        if self.spec.velocity == "gradients":
            return [
                partial(np.multiply, u, self._momentum, u),
                partial(np.add, u, gradient, u),
                partial(np.multiply, u, self._momentum, change),
                partial(np.add, change, gradient, change),
                partial(np.multiply, change, self._factor, change),
            ]
        ahead = np.empty_like(u)
        return [
            *self._sum_steps(u, gradient, change),
            partial(np.multiply, u, self._momentum, ahead),
            partial(np.add, change, ahead, change),
        ]
