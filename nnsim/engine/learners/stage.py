"""Batches laid ready, so that putting one in is one copy."""

from __future__ import annotations

from functools import partial

import numpy as np

from nnsim.engine.layout import Array
from nnsim.engine.learners.feed import Feed
from nnsim.engine.ops.base import Call
from nnsim.engine.plan import Workspace

# Numbers that are laid ready at a time: they should stay in the processor's cache.
_NUMBERS = 2**15


class Stage:
    """Full batches of a feed, next one first; inputs and targets as learners have them."""

    def __init__(
        self,
        inputs: Array,
        targets: Array,
        feed: Feed,
        batch: int,
        weights: Array | None = None,
    ) -> None:
        self._inputs, self._targets, self._weights = inputs, targets, weights
        self._feed = feed
        self._batch = batch
        # For one workspace at a time: that of full batches.
        self._workspace: Workspace | None = None
        self._loads: list[Call] = []
        self._samples: Array = inputs[:0]
        self._staged: Array = inputs[:0]
        self._rows: Array = np.zeros(0, np.int64)

    def loads(self, workspace: Workspace, most: int) -> list[Call]:
        """Calls that put in the next batches, at most so many; the feed stays where it is.

        All of them must have been called before this is called again.
        """
        first = workspace.first
        if self._weights is None and first is not None and first.whole is not None:
            return self._laid_ready(workspace, first.whole, most)
        batches = self._feed.peek(most * self._batch).reshape(most, self._batch)
        if self._weights is not None or first is None or first.samples is None:
            return [partial(self._put, workspace, rows) for rows in batches]
        if self._workspace is not workspace:
            ones = np.ones_like(self._inputs[:, :1])
            self._staged = np.concatenate([self._inputs, ones], axis=1)
            self._loads = []
            self._workspace = workspace
        columns = self._targets.T
        return [partial(self._take, rows, first.samples, columns, first.t) for rows in batches]

    def _put(self, workspace: Workspace, rows: Array) -> None:
        weights = None if self._weights is None else self._weights[rows]
        workspace.load(self._inputs[rows], self._targets[rows], weights)

    def _take(self, rows: Array, samples: Array, columns: Array, t: Array) -> None:
        # "clip" spares the check of every row number, and with it a copy.
        self._staged.take(rows, 0, samples, "clip")
        columns.take(rows, 1, t, "clip")

    def _laid_ready(self, workspace: Workspace, whole: Array, most: int) -> list[Call]:
        """The numbers of several batches are brought together, as the workspace has them."""
        if self._workspace is not workspace:
            ones = np.ones_like(self._inputs[:, :1])
            self._samples = np.concatenate([self._targets, self._inputs, ones], axis=1)
            held = max(_NUMBERS // whole.size, 1)
            held = min(held, self._feed.count // self._batch)
            self._staged = np.zeros((held * self._batch, len(whole)), whole.dtype)
            batches = np.split(self._staged, held)
            self._loads = [partial(np.copyto, whole, batch.T) for batch in batches]
            self._rows = np.zeros(0, np.int64)
            self._workspace = workspace
        count = min(most, len(self._loads))
        rows = self._feed.peek(count * self._batch)
        # What is there already need not be brought again: small sets in their given order.
        if self._feed.is_shuffled or not np.array_equal(rows, self._rows):
            # "clip" spares the check of every row number, and with it a copy.
            self._samples.take(rows, 0, self._staged[: len(rows)], "clip")
            self._rows = rows
        return self._loads[:count]
