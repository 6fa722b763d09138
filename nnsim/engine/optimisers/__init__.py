"""Optimisers: from the gradient to the change Δ of the parameters.

Formulas write g for the gradient, α for the learning rate, t for the step, from 1.  Every optimiser
works on flat vectors in a few calls; sums of its past are allocated when the first change is made.
"""

from __future__ import annotations

from numpy.typing import DTypeLike

from nnsim.engine.layout import Array
from nnsim.engine.optimisers.adaptive import Adagrad, Adam, AdamW, RMSprop
from nnsim.engine.optimisers.base import Optimiser, OptimiserSpec
from nnsim.engine.optimisers.descent import GradientDescent, Momentum, Nesterov

__all__ = ["OPTIMISERS", "Optimiser", "OptimiserSpec", "make_optimiser"]

_OPTIMISERS: dict[str, type[Optimiser]] = {
    "gradient_descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}

OPTIMISERS: tuple[str, ...] = tuple(_OPTIMISERS)


def make_optimiser(
    spec: OptimiserSpec, size: int, dtype: DTypeLike, weights: Array | None = None
) -> Optimiser:
    """The optimiser a spec names, for vectors of this size.

    ``weights``, (size,), is 1 for weights and 0 for biases and other vectors.
    """
    if spec.name == "adamw":
        return AdamW(spec, size, dtype, None if spec.decays_biases else weights)
    return _OPTIMISERS[spec.name](spec, size, dtype)
