"""Which samples come next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnsim.core.randoms import generator, restore_state, state_of


class FeedState(NamedTuple):
    """Where a feed is; ``random`` is None where the order is the given one."""

    epoch: int
    place: int
    order: NDArray[np.int64]
    random: Mapping[str, Any] | None


class Feed:
    """Walks over ``count`` samples in the given order, or shuffled anew each epoch from a seed.

    They are the samples 0 … ``count`` - 1, or those of ``rows`` where only a part is learnt from.
    The last batch of an epoch is short where the batch size does not divide the count.
    """

    def __init__(
        self,
        count: int,
        shuffled: bool = False,
        seed: int = 0,
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        """Raises ValueError where there is no sample, or not ``count`` of ``rows``."""
        if rows is not None and len(rows) != count:
            raise ValueError("there must be as many rows as samples")
        if count < 1:
            raise ValueError("a feed needs at least one sample")
        self.count = count
        self.epoch = 1
        self.place = 0
        self._given = np.arange(count) if rows is None else rows
        self._random = generator(seed) if shuffled else None
        self._order = self._next_order()

    @property
    def is_shuffled(self) -> bool:
        """Whether the order is drawn anew each epoch."""
        return self._random is not None

    def peek(self, batch: int) -> NDArray[np.int64]:
        """Row numbers of the next batch, without taking it."""
        return self._order[self.place : self.place + batch]

    def take(self, batch: int) -> bool:
        """Go past the next batch; True where that ended the epoch."""
        self.place += batch
        if self.place < self.count:
            return False
        self.epoch += 1
        self.place = 0
        self._order = self._next_order()
        return True

    def state(self) -> FeedState:
        """Everything that decides which samples come."""
        random = None if self._random is None else state_of(self._random)
        return FeedState(self.epoch, self.place, self._order, random)

    def restore(self, state: FeedState) -> None:
        """Go back to a state of this feed."""
        self.epoch, self.place, self._order = state.epoch, state.place, state.order
        if self._random is not None and state.random is not None:
            restore_state(self._random, state.random)

    def _next_order(self) -> NDArray[np.int64]:
        if self._random is None:
            # One array for all epochs: every snapshot holds the order it was taken in.
            return self._given
        return self._random.permutation(self._given)
