"""All that the rules look at: examinations and the course of the loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnsim.document.model import Document
from nnsim.session.diagnosis.course import LossCourse
from nnsim.session.diagnosis.examination import Examination, Examiner
from nnsim.session.diagnosis.guessing import Guess


@dataclass(frozen=True, eq=False)
class Findings:
    """What is known of a run after ``iterations`` iterations.

    ``examinations`` are in order, that of the start values first; ``epoch_of(iteration)`` tells
    the epoch an iteration (from 1) belongs to.  ``not_finite`` is the first iteration that left a
    loss or a parameter of NaN or infinity; ``burst`` the first one whose loss was no number or
    many times the first one, looked for where there are recurrent layers.
    """

    document: Document
    examiner: Examiner
    examinations: Sequence[Examination]
    course: LossCourse
    iterations: int
    epoch_of: Callable[[int], int]
    not_finite: int | None = None
    burst: int | None = None

    @property
    def guess(self) -> Guess | None:
        """What guessing gets."""
        return self.examiner.guess

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
