"""Watching a run: has it converged, will it never end, has it gone astray?"""

from __future__ import annotations

import enum
import math
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.network import NetworkLearner
from nnsim.engine.learners.rules import DeltaRule, _Rule
from nnsim.engine.record import Metrics


class VerdictKind(enum.Enum):
    """Why a run may stop."""

    CLEAN_PASS = "clean_pass"
    LOSS_REACHED = "loss_reached"
    STATIONARY = "stationary"
    REPEATS = "repeats"
    EARLY_STOPPING = "early_stopping"
    NOT_FINITE = "not_finite"


class Verdict(NamedTuple):
    """What was found, and at which iteration.

    CLEAN_PASS: every pattern was right in a row without a change (rules).  LOSS_REACHED: the mean
    loss of an epoch is at most the target.  STATIONARY: no parameter moved by more than the
    tolerance over an epoch.  REPEATS: the state after ``iteration`` is the state after
    ``same_as``, so the run provably never ends.  EARLY_STOPPING: the loss of the validation part,
    smallest after ``same_as``, has not become smaller since.  NOT_FINITE: NaN or infinity.
    """

    kind: VerdictKind
    iteration: int
    same_as: int | None = None

    @property
    def converged(self) -> bool:
        """Whether the run came to a good end; one that is at rest may have learnt nothing."""
        return self.kind in (VerdictKind.CLEAN_PASS, VerdictKind.LOSS_REACHED)


class Watch:
    """Sees every iteration of a learner once, in order, and gives the first verdict.

    ``target_loss`` and ``tolerance`` apply to learners that have a loss.
    """

    def __init__(self, learner: NetworkLearner, target_loss: float, tolerance: float) -> None:
        self._target_loss = target_loss
        self._tolerance = tolerance
        self._ends_on_clean_pass = isinstance(learner, _Rule) and not isinstance(learner, DeltaRule)
        self._samples = learner.feed.count
        self._clean: set[int] = set()
        self._seen: dict[Hashable, int] = {}
        self._epoch_losses: list[float] = []
        self._epoch_start = learner.plan.parameters.copy()
        self._saw_epoch_start = learner.feed.place == 0
        self.verdict: Verdict | None = None
        self._remember(learner)

    def see(self, learner: NetworkLearner, metrics: Metrics) -> Verdict | None:
        """Look at the learner right after an iteration; returns the verdict, once there is one."""
        if self.verdict is None and not _is_finite(learner.plan.parameters):
            self.verdict = Verdict(VerdictKind.NOT_FINITE, metrics.iteration)
        elif self.verdict is None:
            self.verdict = (
                self._rule_verdict(learner, metrics)
                if self._ends_on_clean_pass
                else self._loss_verdict(learner, metrics)
            )
        return self.verdict

    def _rule_verdict(self, learner: NetworkLearner, metrics: Metrics) -> Verdict | None:
        if metrics.changed or metrics.wrong:
            self._clean.clear()
        else:
            self._clean.update(metrics.samples)
        if len(self._clean) == self._samples:
            return Verdict(VerdictKind.CLEAN_PASS, metrics.iteration)
        earlier = self._remember(learner)
        if earlier is not None:
            return Verdict(VerdictKind.REPEATS, metrics.iteration, earlier)
        return None

    def _remember(self, learner: NetworkLearner) -> int | None:
        key = learner.state_key() if self._ends_on_clean_pass else None
        if key is None:
            return None
        earlier = self._seen.setdefault(key, learner.iteration)
        return earlier if earlier != learner.iteration else None

    def _loss_verdict(self, learner: NetworkLearner, metrics: Metrics) -> Verdict | None:
        parameters = learner.plan.parameters
        if not math.isfinite(metrics.loss):
            return Verdict(VerdictKind.NOT_FINITE, metrics.iteration)
        self._epoch_losses.append(metrics.loss)
        if not metrics.epoch_ended:
            return None
        mean = math.fsum(self._epoch_losses) / len(self._epoch_losses)
        moved = float(np.abs(parameters - self._epoch_start).max(initial=0.0))
        self._epoch_losses.clear()
        self._epoch_start = parameters.copy()
        if not self._saw_epoch_start:
            # Watched from the middle of an epoch: its mean and its movement say nothing yet.
            self._saw_epoch_start = True
            return None
        if mean <= self._target_loss:
            return Verdict(VerdictKind.LOSS_REACHED, metrics.iteration)
        if moved <= self._tolerance:
            return Verdict(VerdictKind.STATIONARY, metrics.iteration)
        return None


def _is_finite(parameters: Array) -> bool:
    """Whether no parameter is NaN or infinite; fractions never are."""
    if parameters.dtype == object:
        return all(math.isfinite(p) for p in parameters.tolist() if isinstance(p, float))
    return bool(np.isfinite(parameters).all())
