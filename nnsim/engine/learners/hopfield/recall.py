"""Recalling a pattern from a part of it, one unit at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.hopfield.hebbian import energy, fields
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.record import Metrics, Recorder


class Recall(StandaloneLearner):
    """Asynchronous recall: unit i becomes the sign of its field h_i = W_i s (0: it stays).

    predict: the field of the next unit; error: the energy E(s), which is the loss; adjust: the unit
    follows its field.  The weights stay; what changes is the state, so the parameter is "s" (1,
    units).  With symmetric weights and no self-links no change raises the energy, so it comes to
    rest: it is done where no unit wants to change.  The feed goes over the units, in turn or
    shuffled; an epoch is a sweep over all units.  ``wrong`` counts units that want to.

    Recorded: "unit" (1, 1), "a:s" and "s+" (state before and after), "z:s" (fields of all units,
    (1, units)), "E" and "E+" (energy before and after, (1, 1)), "p:s" (the products W_ij s_j of the
    unit's field, (1, 1, units)).

    Source: Hopfield 1982.
    """

    def __init__(self, weights: Array, start: Array, feed: Feed) -> None:
        """``weights`` (units, units), looked at; ``start`` of -1 and 1, (units,).

        Raises ValueError for other states, weights that are not symmetric or have self-links, or a
        feed that does not go over the units.
        """
        start = np.asarray(start, np.float64)
        if not np.isin(start, (-1.0, 1.0)).all():
            raise ValueError("states are -1 and 1")
        if not np.array_equal(weights, weights.T) or np.asarray(weights).diagonal().any():
            raise ValueError("weights are symmetric, without self-links: else it need not rest")
        if feed.count != len(start) or len(weights) != len(start):
            raise ValueError("the weights and the feed have to fit the units")
        super().__init__({"s": start[np.newaxis]}, feed=feed)
        self.weights = weights
        self._feed = feed
        self._unit = 0
        self._field = 0.0

    @property
    def pattern(self) -> Array:
        """The state now, a view of shape (units,)."""
        return self.params["s"][0]

    @property
    def wanting(self) -> NDArray[np.int64]:
        """Units that would change if it were their turn."""
        return np.flatnonzero(fields(self.weights, self.params["s"])[0] * self.pattern < 0)

    @property
    def is_done(self) -> bool:
        return not len(self.wanting)

    def predict(self, recorder: Recorder | None) -> None:
        self._unit = int(self._feed.peek(1)[0])
        found = fields(self.weights, self.params["s"])
        self._field = float(found[0, self._unit])
        if recorder is not None:
            state = self.params["s"]
            self.put_parameters(recorder)
            recorder.put("unit", np.array([[self._unit]]))
            recorder.put("a:s", state)
            recorder.put("z:s", found)
            products = self.weights[self._unit] * self.pattern
            recorder.put("p:s", products[np.newaxis, np.newaxis])

    def error(self, recorder: Recorder | None) -> float:
        now = energy(self.weights, self.params["s"])
        if recorder is not None:
            recorder.put("E", now[:, np.newaxis])
        return float(now[0])

    def adjust(self, recorder: Recorder | None) -> None:
        self.change[...] = 0.0
        if self._field != 0:
            self.change[self._unit] = np.sign(self._field) - self.pattern[self._unit]
        self.apply_change()
        if recorder is not None:
            recorder.put("E+", energy(self.weights, self.params["s"])[:, np.newaxis])

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        epoch = self._feed.epoch
        ended = self._feed.take(1)
        return self.metrics(recorder, loss, (self._unit,), len(self.wanting), epoch, ended)
