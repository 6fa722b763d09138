"""Learning a Markov chain: transitions are counted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.markov.chain import MarkovChain
from nnsim.engine.learners.standalone import StandaloneLearner
from nnsim.engine.record import Metrics, Recorder


def transitions(walks: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """All pairs (state, next state) of some walks, shape (transitions, 2).

    From the end of a walk to the beginning of the next there is none.
    """
    pairs = [pair for walk in walks for pair in itertools.pairwise(walk)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


class CountingLearner(StandaloneLearner):
    """Estimates A_ij = (n_ij + s) / (n_i + s · states) from transitions, n_ij of them from i to j.

    predict: the probabilities A_i of what follows each state of the batch; error: -ln A_ij of what
    did follow, averaged (infinite for what was held impossible); adjust: n_ij += 1.  Without
    smoothing, s = 0, this is the estimate of greatest likelihood; a state that was never left then
    has no distribution yet, and its row is even.  Every transition is counted in the first epoch;
    later epochs look again without counting, so the loss becomes that of what was learnt.
    Parameters: "n", the counts, and "A", both (states, states).  ``wrong`` counts transitions whose
    next state was not the likeliest (the first of them where several are).

    Recorded: "a:state" and "t" (state and next state, one-hot, (batch, states)), "y" (A_i of the
    batch, (batch, states)), "l" (-ln A_ij, (batch, 1)), "L" (their mean).

    Source: Markov 1913; smoothing: Laplace 1814, Lidstone 1920.
    """

    def __init__(
        self,
        pairs: NDArray[np.int64],
        states: int,
        feed: Feed,
        batch: int = 1,
        smoothing: float = 0.0,
    ) -> None:
        """``pairs``: (transitions, 2), states from 0.

        Raises ValueError for a state that does not exist, or smoothing below 0.
        """
        pairs = np.asarray(pairs, dtype=np.int64)
        if len(pairs) and not (pairs.min() >= 0 and pairs.max() < states):
            raise ValueError(f"states are numbered from 0 to {states - 1}")
        if smoothing < 0:
            raise ValueError("smoothing is 0 or more")
        super().__init__(
            {"n": np.zeros((states, states)), "A": np.full((states, states), 1.0 / states)},
            feed=feed,
        )
        self.pairs = pairs
        self.batch = batch
        self.smoothing = smoothing
        self._feed = feed
        self._rows = feed.peek(batch)
        self._prediction = np.zeros((0, states))

    @property
    def chain(self) -> MarkovChain:
        """The chain as it is known now."""
        return MarkovChain(self.params["A"])

    def predict(self, recorder: Recorder | None) -> None:
        self._rows = self._feed.peek(self.batch)
        pairs = self.pairs[self._rows]
        self._prediction = self.params["A"][pairs[:, 0]]
        if recorder is not None:
            one_hot = np.eye(len(self.params["A"]))
            self.put_parameters(recorder)
            recorder.put("a:state", one_hot[pairs[:, 0]])
            recorder.put("t", one_hot[pairs[:, 1]])
            recorder.put("y", self._prediction)

    def error(self, recorder: Recorder | None) -> float:
        followed = self.pairs[self._rows, 1]
        surprise = -np.log(self._prediction[np.arange(len(followed)), followed])
        if recorder is not None:
            recorder.put("l", surprise[:, np.newaxis])
        return math.fsum(surprise) / len(surprise)

    def adjust(self, recorder: Recorder | None) -> None:
        self.change[...] = 0.0
        if self._feed.epoch > 1:
            return
        pairs = self.pairs[self._rows]
        counts = self.params["n"]
        np.add.at(self.change_views["n"], (pairs[:, 0], pairs[:, 1]), 1.0)
        counts += self.change_views["n"]
        known = self.params["A"]
        for state in np.unique(pairs[:, 0]):
            now = counts[state] + self.smoothing
            now = now / now.sum()
            self.change_views["A"][state] = now - known[state]
            known[state] = now

    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        likeliest = self._prediction.argmax(axis=1)
        wrong = int((likeliest != self.pairs[self._rows, 1]).sum())
        epoch, rows = self._feed.epoch, self._rows
        ended = self._feed.take(len(rows))
        return self.metrics(recorder, loss, tuple(rows.tolist()), wrong, epoch, ended)


def perplexity(matrix: Array, pairs: NDArray[np.int64]) -> float:
    """e^(mean of -ln A_ij): as many equally likely next states would be as surprising.

    Infinite where a transition was held impossible.
    """
    with np.errstate(divide="ignore"):
        return float(np.exp(-np.log(matrix[pairs[:, 0], pairs[:, 1]]).mean()))
