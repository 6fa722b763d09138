"""What one gets who does not look at the inputs: the loss to be better than."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.losses import LossSpec
from nnsim.engine.plan import PlanSpec

# Classes are as good as even where the best guess is this near to ln K.
_EVEN = 0.01


@dataclass(frozen=True)
class Guess:
    """The loss of one who gives the same answer to every sample, the best there is.

    With K classes that are equally frequent it is ln K, and ``classes`` is K; else ``classes`` is
    0.  A loss less than ``near`` away is no better.
    """

    loss: float
    classes: int = 0
    near: float = 0.0


def guess_of(spec: PlanSpec, targets: Array) -> Guess | None:
    """What guessing gets, for losses that are means; None where nobody has worked it out.

    Cross-entropies: the entropy of the shares of the classes; squared error: the variance.
    """
    loss = spec.loss
    if loss.reduction != "mean" or not len(targets):
        return None
    if loss.name == "mse":
        return Guess(float(targets.var(axis=0).mean()) * (0.5 if loss.half else 1.0))
    if loss.name not in ("cross_entropy", "binary_cross_entropy") or not _are_shares(targets, loss):
        return None
    shares = targets.mean(axis=0)
    if loss.name == "cross_entropy":
        entropy, classes = _entropy(shares).sum(), len(shares)
    else:
        entropy, classes = (_entropy(shares) + _entropy(1 - shares)).mean(), 2
    is_even = abs(entropy - math.log(classes)) < _EVEN
    return Guess(float(entropy), classes if is_even else 0, near=0.02)


def _are_shares(targets: Array, loss: LossSpec) -> bool:
    """Whether targets are probabilities; those of a distribution add up to 1."""
    sums = targets.sum(axis=1)
    is_whole = loss.name == "binary_cross_entropy" or bool(np.allclose(sums, 1))
    return is_whole and targets.min() >= 0 and targets.max() <= 1


def _entropy(shares: Array) -> Array:
    return -shares * np.log(np.where(shares > 0, shares, 1.0))
