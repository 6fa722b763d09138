"""What all learners share: the three phases, snapshots and replay."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import FeedState
from nnsim.engine.record import Metrics, Recorder


@dataclass(frozen=True)
class Snapshot:
    """A learner's whole state between two iterations; never modified.

    ``state`` is what there is beside the parameters: moments of optimisers, running means, chains,
    states of random generators.
    """

    iteration: int
    parameters: Array
    feed: FeedState | None
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        arrays = [value for value in self.state.values() if isinstance(value, np.ndarray)]
        return int(self.parameters.nbytes + sum(array.nbytes for array in arrays))


class Learner(ABC):
    """Runs iterations: predict, error, adjust.

    Restoring a snapshot and running again gives bit-identical numbers.
    """

    def __init__(self) -> None:
        self.iteration = 0

    def iterate(self, recorder: Recorder | None = None) -> Metrics:
        """One iteration; the recorder, if there is one, is told every quantity."""
        # NaN and infinity are results here: recorded, shown, and a reason to stop.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self.predict(recorder)
            loss = self.error(recorder)
            self.adjust(recorder)
        self.iteration += 1
        return self.finish(loss, recorder)

    @abstractmethod
    def predict(self, recorder: Recorder | None) -> None:
        """Take the next samples and see what comes out."""

    @abstractmethod
    def error(self, recorder: Recorder | None) -> float:
        """Compare that with what should; returns the loss (NaN for learners without one)."""

    @abstractmethod
    def adjust(self, recorder: Recorder | None) -> None:
        """Change the parameters."""

    @abstractmethod
    def finish(self, loss: float, recorder: Recorder | None) -> Metrics:
        """The figures of the iteration; what was sampled is gone past."""

    @property
    @abstractmethod
    def params(self) -> Mapping[str, Array]:
        """What is learnt, by name."""

    @property
    @abstractmethod
    def state(self) -> Mapping[str, Any]:
        """What else decides how it goes on, by name: arrays and states of generators."""

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """The state, to come back to."""

    @abstractmethod
    def restore(self, snapshot: Snapshot) -> None:
        """Go back (or forward) to a snapshot of this learner, or of one with other settings."""

    def state_key(self) -> Hashable | None:
        """What alone decides all that follows, or None where that can never repeat (chance)."""
        return None


def frozen(values: Array) -> Array:
    """A read-only copy."""
    kept = values.copy()
    kept.flags.writeable = False
    return kept
