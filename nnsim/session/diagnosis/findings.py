"""All that the rules look at: examinations, the course of the loss, and what guessing would get."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.document.model import Document
from nnsim.engine.layout import Array
from nnsim.engine.losses import LossSpec
from nnsim.engine.plan import PlanSpec
from nnsim.session.diagnosis.course import LossCourse
from nnsim.session.diagnosis.examination import Examination, Examiner

# Classes are as good as even where the best guess is this near to ln K.
_EVEN = 0.01


@dataclass(frozen=True, eq=False)
class Findings:
    """What is known of a run after ``iterations`` iterations.

    ``examinations`` are in order, that of the start values first; ``epoch_of(iteration)`` tells
    the epoch an iteration (from 1) belongs to.  ``not_finite`` is the first iteration that left a
    loss or a parameter of NaN or infinity.
    """

    document: Document
    examiner: Examiner
    examinations: Sequence[Examination]
    course: LossCourse
    iterations: int
    epoch_of: Callable[[int], int]
    guess: Guess | None
    not_finite: int | None = None

    @property
    def start(self) -> Examination:
        """The start values."""
        return self.examinations[0]

    @property
    def last(self) -> Examination:
        """The latest state that was examined."""
        return self.examinations[-1]

    def streak(self, holds: Callable[[Examination], bool]) -> Sequence[Examination]:
        """The examinations up to the latest through which something has held without a break."""
        count = len(self.examinations)
        first = next((k for k in range(count, 0, -1) if not holds(self.examinations[k - 1])), 0)
        return self.examinations[first:]

    def epochs_since(self, iteration: int) -> int:
        """Whole epochs that have begun and ended since the state after an iteration."""
        started = int(np.searchsorted(self.course.ends, iteration)) if iteration else -1
        return max(self.course.epochs - 1 - started, 0)

    @property
    def plateau(self) -> int:
        """How many of the last epochs in a row stayed at the loss of guessing; 0: none."""
        if self.guess is None:
            return 0
        is_near = np.abs(self.course.means - self.guess.loss) < self.guess.near
        away = np.flatnonzero(~is_near)
        return len(is_near) - (int(away[-1]) + 1 if len(away) else 0)

    @property
    def first_loss(self) -> float:
        """What the loss is compared with: that of the start values, or of guessing if larger."""
        guessed = self.guess.loss if self.guess is not None else 0.0
        return max(self.start.loss, guessed) if math.isfinite(self.start.loss) else guessed


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
