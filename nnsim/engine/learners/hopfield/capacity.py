"""How many patterns a network holds."""

from __future__ import annotations

import numpy as np

from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.hopfield.hebbian import HebbianLearner
from nnsim.engine.learners.hopfield.recall import Recall


def stable_share(
    units: int, patterns: int, random: np.random.Generator, sweeps: int = 20
) -> tuple[float, float]:
    """Random patterns stored, then recalled from themselves.

    Returns the share of units that would stay in the first step, and the mean overlap 1/N Σ ξ_i s_i
    with what recall comes to (at most ``sweeps`` sweeps).  Below about 0.138 patterns per unit the
    overlap stays near 1; above, recall falls away from the patterns.
    Source: Hopfield 1982; Amit, Gutfreund and Sompolinsky 1985 (0.138).
    """
    stored = random.choice((-1.0, 1.0), size=(patterns, units))
    learner = HebbianLearner(stored, Feed(patterns), patterns)
    learner.iterate()
    overlaps = []
    for pattern in stored:
        recall = Recall(learner.weights, pattern, Feed(units))
        for _ in range(sweeps * units):
            if recall.iterate().wrong == 0:
                break
        overlaps.append(float(recall.pattern @ pattern) / units)
    return 1.0 - float(learner.unstable().sum()) / stored.size, float(np.mean(overlaps))
