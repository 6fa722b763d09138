"""The trace as columns: the few figures every iteration keeps, and snapshots to come back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.engine.learners.base import Snapshot
from nnsim.engine.record import Metrics

#: The figures of several iterations, one row each, (iterations,).
Rows: TypeAlias = NDArray[np.void]

_ROW = np.dtype(
    [
        ("epoch", np.int64),
        ("sample", np.int64),
        ("batch", np.int64),
        ("loss", np.float64),
        ("wrong", np.int64),
        ("changed", np.bool_),
        ("epoch_ended", np.bool_),
        ("second_loss", np.float64),
    ]
)

# About what all snapshots of a trace may take, and what one takes beside its parameters.
_SNAPSHOT_BYTES = 32 * 2**20
_BYTES_AROUND = 1_000


def rows_of(metrics: Sequence[Metrics]) -> Rows:
    """What a trace keeps of some iterations."""
    return np.array(
        [
            (
                m.epoch,
                m.samples[0],
                len(m.samples),
                m.loss,
                m.wrong,
                m.changed,
                m.epoch_ended,
                m.second_loss,
            )
            for m in metrics
        ],
        dtype=_ROW,
    )


class Trace:
    """Columns over iterations 1 … len(trace), and a bounded store of snapshots.

    ``column("loss")`` and the others have one entry an iteration; "sample" is the first sample of
    the batch.  Everything else an iteration left behind is found again by replay.
    """

    def __init__(
        self, start: Snapshot, snapshot_bytes: int = _SNAPSHOT_BYTES, stride: int = 16
    ) -> None:
        """``snapshot_bytes`` is about what all snapshots together may take."""
        self._rows: NDArray[np.void] = np.zeros(256, dtype=_ROW)
        self._length = 0
        one = _BYTES_AROUND + start.nbytes
        self._max_snapshots = min(max(snapshot_bytes // one, 64), 8192)
        self._stride = stride
        self._snapshots = {start.iteration: start}

    def __len__(self) -> int:
        return self._length

    def append(self, metrics: Metrics) -> None:
        """Add the figures of the next iteration."""
        self.extend(rows_of((metrics,)))

    def extend(self, rows: Rows) -> None:
        """Add the figures of the next iterations."""
        length = self._length + len(rows)
        if length > len(self._rows):
            room = np.zeros(max(length, 2 * len(self._rows)) - len(self._rows), dtype=_ROW)
            self._rows = np.concatenate([self._rows, room])
        self._rows[self._length : length] = rows
        self._length = length

    def column(self, name: str) -> NDArray[np.generic]:
        """One column, a read-only copy-free view of shape (len(trace),)."""
        view = self._rows[name][: self._length]
        view.flags.writeable = False
        return view

    @property
    def stride(self) -> int:
        """The states after multiples of so many iterations are kept; it only ever doubles."""
        return self._stride

    @property
    def epochs(self) -> int:
        """How many epochs have come to their end."""
        return self.epochs_after(self._length)

    def epochs_after(self, iterations: int) -> int:
        """How many epochs had come to their end after so many of the iterations."""
        if not iterations:
            return 0
        last = self._rows[iterations - 1]
        return int(last["epoch"]) - (0 if last["epoch_ended"] else 1)

    def wants_snapshot(self, iteration: int) -> bool:
        """Whether the state after this iteration is worth keeping."""
        return iteration % self._stride == 0

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; when there are too many, every second one goes."""
        self._snapshots[snapshot.iteration] = snapshot
        if len(self._snapshots) > self._max_snapshots:
            self._stride *= 2
            self._snapshots = {
                iteration: kept
                for iteration, kept in self._snapshots.items()
                if iteration % self._stride == 0
            }

    def nearest(self, iteration: int) -> Snapshot:
        """The latest snapshot at or before the state after ``iteration``."""
        step = iteration - iteration % self._stride
        while step not in self._snapshots:
            step -= self._stride
        return self._snapshots[step]

    def truncate(self, length: int) -> None:
        """Forget everything after ``length`` iterations."""
        self._length = min(length, self._length)
        self._snapshots = {i: kept for i, kept in self._snapshots.items() if i <= length}
