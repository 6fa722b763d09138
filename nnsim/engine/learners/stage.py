"""Batches laid ready, so that putting one in is one copy."""

from __future__ import annotations

from functools import partial

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.ops.base import Call
from nnsim.engine.plan import Workspace

# Batches with more numbers are fetched one by one: their samples are long enough to copy well.
_SMALL = 2**12
# Numbers that are laid ready at a time: they should stay in the processor's cache.
_NUMBERS = 2**15


class Stage:
    """Full batches of a feed, next one first.

    ``samples`` has shape (samples, numbers of each), as ``Workspace.load_samples`` takes them.
    """

    def __init__(self, samples: Array, feed: Feed, batch: int) -> None:
        self._samples = samples
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
        if not self._feed.is_shuffled:
            return self._in_order(workspace, most)
        into = workspace.samples
        if into is not None and self._batch * self._samples.shape[1] > _SMALL:
            rows = self._feed.peek(most * self._batch).reshape(most, self._batch)
            # "clip" spares the check of every row number, and with it a copy.
            return [partial(self._samples.take, some, 0, into, "clip") for some in rows]
        return self._gathered(workspace, most)

    def _in_order(self, workspace: Workspace, most: int) -> list[Call]:
        place = self._feed.place
        offset = place % self._batch
        if self._workspace is not workspace or self._offset != offset:
            self._loads = self._calls(workspace, self._samples[offset:])
            self._offset, self._workspace = offset, workspace
        first = place // self._batch
        return self._loads[first : first + most]

    def _calls(self, workspace: Workspace, samples: Array) -> list[Call]:
        batches = [
            samples[k * self._batch : (k + 1) * self._batch]
            for k in range(len(samples) // self._batch)
        ]
        into = workspace.samples
        if into is None:
            return [partial(workspace.load_samples, some) for some in batches]
        return [partial(np.copyto, into, some) for some in batches]

    def _gathered(self, workspace: Workspace, most: int) -> list[Call]:
        """The order is drawn: the samples of several batches are brought together first."""
        if self._staged is None or self._workspace is not workspace:
            width = self._samples.shape[1]
            held = max(_NUMBERS // (width * self._batch), 1)
            held = min(held, self._feed.count // self._batch)
            self._staged = np.zeros((held * self._batch, width), self._samples.dtype)
            self._loads = self._calls(workspace, self._staged)
            self._workspace = workspace
        count = min(most, len(self._loads))
        rows = self._feed.peek(count * self._batch)
        self._samples.take(rows, 0, self._staged[: len(rows)], "clip")
        return self._loads[:count]
