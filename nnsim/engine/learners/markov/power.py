"""The distribution over the states of a chain, followed step by step."""

from __future__ import annotations

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.markov.chain import MarkovChain
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.record import Metrics, Recorder


class PowerIteration(StandaloneLearner):
    """π ← πA, again and again: the stationary distribution where the chain converges to one.

    predict: πA; error: how far that is from π, Σ|πA - π|, which is the loss; adjust: π ← πA.  It
    is done where that is at most ``tolerance``.  Every iteration is an epoch.  Where a closed class
    has a period p above 1 the loss need not go to 0: π comes back every p steps; where there are
    several closed classes, what it comes to depends on the start.  ``chain`` tells both beforehand.
    Parameter: "pi" (1, states).  ``wrong`` counts the probabilities that still move by more than
    the tolerance.

    Recorded: "a:pi" and "y" (π and πA, (1, states)), "p:pi" (π_i A_ij, the products of the sum,
    (1, next states, states)), "e" (πA - π), "L".

    Source: von Mises and Pollaczek-Geiringer 1929.
    """

    def __init__(self, chain: MarkovChain, start: Array, tolerance: float = 1e-12) -> None:
        """``start``: a distribution, (states,).  Raises ValueError where it is none."""
        start = np.asarray(start, np.float64)
        if start.shape != (chain.states,) or (start < 0).any() or abs(start.sum() - 1) > 1e-9:
            raise ValueError("the start is a distribution over the states")
        super().__init__({"pi": start[np.newaxis]})
        self.chain = chain
        self.tolerance = tolerance
        self._next = self.params["pi"]

    @property
    def distribution(self) -> Array:
        """π now, a view of shape (states,)."""
        return self.params["pi"][0]

    @property
    def is_done(self) -> bool:
        now = self.params["pi"]
        return bool(np.abs(now @ self.chain.matrix - now).sum() <= self.tolerance)

    def predict(self, recorder: Recorder | None) -> None:
        now = self.params["pi"]
        self._next = now @ self.chain.matrix
        if recorder is not None:
            self.put_parameters(recorder)
            recorder.put("a:pi", now)
            recorder.put("y", self._next)
            recorder.put("p:pi", (now[0][:, np.newaxis] * self.chain.matrix).T[np.newaxis])

    def error(self, recorder: Recorder | None) -> float:
        np.subtract(self._next, self.params["pi"], out=self.change_views["pi"])
        if recorder is not None:
            recorder.put("e", self.change_views["pi"])
        return float(np.abs(self.change).sum())

    def adjust(self, recorder: Recorder | None) -> None:
        self.params["pi"][...] = self._next

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        wrong = int((np.abs(self.change) > self.tolerance).sum())
        return self.metrics(recorder, loss, (0,), wrong, self.iteration, True)
