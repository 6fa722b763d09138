"""Activation functions, each with its derivative beside it, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnsim.engine.activations.base import Activation
from nnsim.engine.activations.grouped import Maxout, Softmax
from nnsim.engine.activations.pointwise import (
    ELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Step,
    Tanh,
)
from nnsim.engine.activations.smooth import GELU, SiLU, Softplus


@dataclass(frozen=True)
class ActivationSpec:
    """An activation by name, with the parameters it may need."""

    name: str
    slope: float = 0.1
    alpha: float = 1.0
    pieces: int = 2
    one_at_zero: bool = True

    @property
    def rows_per_unit(self) -> int:
        """Sums that one activation is made from: the pieces of maxout, else 1."""
        return self.pieces if self.name == "maxout" else 1


_MAKERS: dict[str, Callable[[ActivationSpec], Activation]] = {
    "step": lambda spec: Step(spec.one_at_zero),
    "identity": lambda spec: Identity(),
    "sigmoid": lambda spec: Sigmoid(),
    "tanh": lambda spec: Tanh(),
    "relu": lambda spec: ReLU(),
    "leaky_relu": lambda spec: LeakyReLU(spec.slope),
    "elu": lambda spec: ELU(spec.alpha),
    "softplus": lambda spec: Softplus(),
    "silu": lambda spec: SiLU(),
    "gelu": lambda spec: GELU(),
    "softmax": lambda spec: Softmax(),
    "maxout": lambda spec: Maxout(spec.pieces),
}

ACTIVATIONS: tuple[str, ...] = tuple(_MAKERS)


def make_activation(spec: ActivationSpec) -> Activation:
    """The activation a spec names.  Raises KeyError for an unknown name."""
    return _MAKERS[spec.name](spec)


__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "Activation",
    "ActivationSpec",
    "Identity",
    "LeakyReLU",
    "Maxout",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "Tanh",
    "make_activation",
]
