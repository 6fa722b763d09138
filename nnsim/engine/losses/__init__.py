"""Losses and penalties, each with its gradient beside it, by name."""

from nnsim.engine.losses.base import REDUCTIONS, Loss, LossSpec
from nnsim.engine.losses.classification import (
    BinaryCrossEntropy,
    BinaryCrossEntropyFromLogits,
    CrossEntropy,
    CrossEntropyFromLogits,
    Hinge,
    MulticlassHinge,
)
from nnsim.engine.losses.divergences import NormalDivergence, SparsityDivergence
from nnsim.engine.losses.regression import (
    Huber,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
)

_LOSSES: dict[str, type[Loss]] = {
    loss.name: loss
    for loss in (
        MeanAbsoluteError,
        MeanSquaredError,
        MeanAbsolutePercentageError,
        Huber,
        CrossEntropy,
        CrossEntropyFromLogits,
        BinaryCrossEntropy,
        BinaryCrossEntropyFromLogits,
        Hinge,
        MulticlassHinge,
        NormalDivergence,
        SparsityDivergence,
    )
}

LOSSES: tuple[str, ...] = tuple(_LOSSES)


def loss_class(name: str) -> type[Loss]:
    """The class of that name.  Raises KeyError for an unknown name."""
    return _LOSSES[name]


def make_loss(spec: LossSpec) -> Loss:
    """The loss a spec names.  Raises KeyError for an unknown name."""
    return _LOSSES[spec.name](spec)


__all__ = ["LOSSES", "REDUCTIONS", "Loss", "LossSpec", "loss_class", "make_loss"]
