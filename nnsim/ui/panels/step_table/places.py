"""Which iteration and which sample stands in which row of the step table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Place:
    """Where a row stands: its iteration from 1, the place of its sample in the batch from 0, and
    how many samples the batch has."""

    iteration: int
    sample: int
    batch: int


class Places:
    """Rows of the iterations: one for each sample of the batch of each."""

    def __init__(self) -> None:
        self.iterations = 0
        # Rows up to the end of each iteration; None while every batch is one sample.
        self._ends: NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        if self._ends is None or not self.iterations:
            return self.iterations
        return int(self._ends[self.iterations - 1])

    def kept(self, iterations: int) -> Places:
        """The places of the first so many iterations, or of all if there are fewer."""
        places = Places()
        places.iterations = min(iterations, self.iterations)
        places._ends = None if self._ends is None else self._ends[: places.iterations]
        return places

    def grown(self, batch: NDArray[np.generic]) -> Places:
        """The places for these sizes of the batches of all iterations."""
        places = Places()
        places.iterations = len(batch)
        if self._ends is not None or (batch[self.iterations :] != 1).any():
            places._ends = np.cumsum(batch, dtype=np.int64)
        return places

    def place(self, row: int) -> Place:
        """Where a row stands."""
        if self._ends is None:
            return Place(row + 1, 0, 1)
        at = int(np.searchsorted(self._ends, row, side="right"))
        start = int(self._ends[at - 1]) if at else 0
        return Place(at + 1, row - start, int(self._ends[at]) - start)

    def rows_of(self, iteration: int) -> range:
        """The rows of an iteration; none where it is not computed."""
        if not 1 <= iteration <= self.iterations:
            return range(0)
        if self._ends is None:
            return range(iteration - 1, iteration)
        start = int(self._ends[iteration - 2]) if iteration > 1 else 0
        return range(start, int(self._ends[iteration - 1]))
