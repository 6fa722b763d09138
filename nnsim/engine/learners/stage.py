"""Batches laid ready, so that putting one in is one copy."""

from __future__ import annotations

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.ops.base import Call
from nnsim.engine.plan import Workspace

# Numbers that are laid ready at a time: they should stay in the processor's cache.
_NUMBERS = 2**18


class Stage:
    """Full batches of a feed, next one first.

    ``stacked`` holds targets and below them inputs, (outputs + input values, samples).
    """

    def __init__(self, stacked: Array, feed: Feed, batch: int) -> None:
        self._stacked = stacked
        self._feed = feed
        self._batch = batch
        self._loads: list[Call] = []
        self._offset = -1
        self._workspace: Workspace | None = None
        self._staged: Array | None = None

    def loads(self, workspace: Workspace, most: int) -> list[Call]:
        """Calls that put in the next batches, at most so many; the feed stays where it is.

        All of them must have been called before this is called again.
        """
        if self._feed.is_shuffled:
            return self._gathered(workspace, most)
        place = self._feed.place
        offset = place % self._batch
        if self._workspace is not workspace or self._offset != offset:
            self._loads = self._calls(workspace, self._stacked[:, offset:])
            self._offset, self._workspace = offset, workspace
        first = place // self._batch
        return self._loads[first : first + most]

    def _calls(self, workspace: Workspace, columns: Array) -> list[Call]:
        count = columns.shape[1] // self._batch
        return [
            workspace.load_call(columns[:, k * self._batch : (k + 1) * self._batch])
            for k in range(count)
        ]

    def _gathered(self, workspace: Workspace, most: int) -> list[Call]:
        """The order is drawn: the samples are brought together first."""
        if self._staged is None or self._workspace is not workspace:
            held = max(_NUMBERS // (len(self._stacked) * self._batch), 1)
            held = min(held, self._feed.count // self._batch)
            self._staged = np.zeros((len(self._stacked), held * self._batch), self._stacked.dtype)
            self._loads = self._calls(workspace, self._staged)
            self._workspace = workspace
        count = min(most, len(self._loads))
        rows = self._feed.peek(count * self._batch)
        # "clip" spares the check of every row number, and with it a copy.
        self._stacked.take(rows, 1, self._staged[:, : len(rows)], "clip")
        return self._loads[:count]
