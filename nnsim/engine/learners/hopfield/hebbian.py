"""Storing patterns: Hebb's rule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.ops.settling import has_dust, settled
from nnsim.engine.record import Metrics, Recorder


def fields(weights: Array, states: Array) -> Array:
    """h = W s, what decides each unit's next state; ``states`` and result (rows, units).

    A field that is only rounding error is 0: which way a unit goes must not depend on it.
    """
    sums = states @ weights.T
    if not has_dust(sums):
        return sums
    return settled(sums, np.abs(states) @ np.abs(weights).T, weights.shape[1])


def energy(weights: Array, states: Array) -> Array:
    """E(s) = -½ sᵀWs, shape (rows,)."""
    return -0.5 * ((states @ weights) * states).sum(axis=1)


class HebbianLearner(StandaloneLearner):
    """Stores patterns ξ of -1 and 1: W += ξξᵀ without its diagonal.

    There is no factor 1/N, as in 1982: sums of whole numbers are exact, so a field that is 0 is 0
    on the screen as on paper.

    predict: the fields h = Wξ of the pattern; error: units whose field does not point where the
    pattern does, h_i ξ_i <= 0 (the pattern would not stay), whose share is the loss; adjust: Hebb's
    rule.  Every pattern is stored in the first epoch; later epochs look without storing, so one
    sees what the patterns stored after one have done to it.  Parameter: "w:s" (units, units);
    ``wrong`` counts the units that would not stay.

    Recorded: "a:s" (the pattern, (batch, units)), "z:s" (fields), "stable:s" (h_i ξ_i), "E:s" (its
    energy, (batch, 1)).

    Sources: Hebb 1949; Hopfield 1982.
    """

    def __init__(self, patterns: Array, feed: Feed, batch: int = 1) -> None:
        """``patterns``: (patterns, units).  Raises ValueError for values but -1 and 1."""
        patterns = np.asarray(patterns, np.float64)
        if not np.isin(patterns, (-1.0, 1.0)).all():
            raise ValueError("patterns consist of -1 and 1")
        units = patterns.shape[1]
        super().__init__({"w:s": np.zeros((units, units))}, feed=feed)
        self.patterns = patterns
        self.batch = batch
        self._feed = feed
        self._rows = feed.peek(batch)
        self._stable = np.zeros((0, units))

    @property
    def weights(self) -> Array:
        """W, a view."""
        return self.params["w:s"]

    def unstable(self) -> NDArray[np.int64]:
        """Of each pattern, how many units would not stay as they are, shape (patterns,)."""
        held = fields(self.weights, self.patterns) * self.patterns
        return (held <= 0).sum(axis=1)

    def predict(self, recorder: Recorder | None) -> None:
        self._rows = self._feed.peek(self.batch)
        patterns = self.patterns[self._rows]
        field = fields(self.weights, patterns)
        self._stable = field * patterns
        if recorder is not None:
            self.put_parameters(recorder)
            recorder.put("a:s", patterns)
            recorder.put("z:s", field)
            recorder.put("stable:s", self._stable)
            recorder.put("E:s", energy(self.weights, patterns)[:, np.newaxis])

    def error(self, recorder: Recorder | None) -> float:
        return float((self._stable <= 0).mean())

    def adjust(self, recorder: Recorder | None) -> None:
        self.change[...] = 0.0
        if self._feed.epoch > 1:
            return
        patterns = self.patterns[self._rows]
        change = self.change_views["w:s"]
        np.matmul(patterns.T, patterns, out=change)
        np.fill_diagonal(change, 0.0)
        self.apply_change()

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        wrong = int((self._stable <= 0).sum())
        epoch, rows = self._feed.epoch, self._rows
        ended = self._feed.take(len(rows))
        return self.metrics(recorder, loss, tuple(rows.tolist()), wrong, epoch, ended)
