"""The records behind the rows of the step table: those in sight are fetched, a few are kept."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.engine.record import Record
from nnsim.session import Session

# A slice of replay on the window's own thread, so that scrolling stays smooth.
_SLICE_SECONDS = 0.006
# While a person drags the scroll bar, rows are asked for that are gone again at once.
_WAIT_MS = 15
_KEPT_BYTES = 64 * 2**20
_MOST_KEPT, _FEWEST_KEPT = 4096, 48
# Replay starts at a snapshot, so a few rows more on either side cost little and are wanted next.
_AHEAD = 32


class RecordStore(QObject):
    """Keeps records, and replays the stretch of iterations that is wanted, a slice at a time.

    ``arrived(first, last)``: records of these iterations have come.
    """

    arrived = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._kept: OrderedDict[int, Record] = OrderedDict()
        self._capacity = _MOST_KEPT
        self._wanted: tuple[int, int] | None = None
        self._coming: Iterator[Record] | None = None
        self._stretch = (0, -1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fetch)

    def use(self, session: Session, valid: int | None) -> None:
        """Fetch from this session; what is kept of later iterations than ``valid`` is forgotten.

        None: all of it is still valid.
        """
        self._session = session
        self._coming = None
        if valid is not None:
            self._kept = OrderedDict((i, r) for i, r in self._kept.items() if i <= valid)
            self._capacity = _MOST_KEPT

    def get(self, iteration: int) -> Record | None:
        """The record of an iteration, if it is here."""
        record = self._kept.get(iteration)
        if record is not None:
            self._kept.move_to_end(iteration)
        return record

    def put(self, iteration: int, record: Record) -> None:
        """Keep a record that is at hand anyway."""
        if not self._kept:
            size = sum(values.nbytes for values in record.arrays.values())
            self._capacity = min(max(_KEPT_BYTES // max(size, 1), _FEWEST_KEPT), _MOST_KEPT)
        self._kept[iteration] = record
        self._kept.move_to_end(iteration)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def want(self, first: int, last: int, ahead: int = _AHEAD) -> None:
        """These iterations are in sight: fetch what is missing, and of ``ahead`` around them."""
        last = min(last, first + self._capacity - 1)
        ahead = min(ahead, (self._capacity - (last - first)) // 2)
        first, last = max(first - ahead, 1), last + ahead
        if self._session is not None:
            last = min(last, self._session.computed)
        missing = [i for i in range(first, last + 1) if i not in self._kept]
        if not missing:
            self._wanted = None
            return
        self._wanted = (missing[0], missing[-1])
        if not self._timer.isActive():
            self._timer.start(0 if self._coming is not None else _WAIT_MS)

    def fetch(self) -> None:
        """Fetch at once what can be had in one slice of what is wanted."""
        self._timer.stop()
        self._fetch()

    def _fetch(self) -> None:
        if self._wanted is None or self._session is None or not self._session.is_ready:
            return
        first, last = self._wanted
        last = min(last, self._session.computed)
        if first > last:
            return
        if self._coming is None or not self._stretch[0] <= first <= last <= self._stretch[1]:
            self._coming = self._session.records(first, last)
            self._stretch = (first, last)
        end = time.perf_counter() + _SLICE_SECONDS
        got: list[int] = []
        for record in self._coming:
            assert record.metrics is not None
            self.put(record.metrics.iteration, record)
            got.append(record.metrics.iteration)
            if time.perf_counter() > end:
                break
        if not got or got[-1] >= last:
            self._coming = None
            self._wanted = None
        else:
            self._stretch = (got[-1] + 1, self._stretch[1])
            self._wanted = (got[-1] + 1, last)
            self._timer.start(0)
        if got:
            self.arrived.emit(got[0], got[-1])
