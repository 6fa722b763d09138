"""Work that is done in slices, so that a dialog lives meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

_SLICE_SECONDS = 0.012


class Slices(QObject):
    """Takes results from an iterator whenever the event loop has nothing else to do.

    ``came(results)``: a list of what a slice brought; ``ended()``: there is nothing more.
    """

    came = Signal(object)
    ended = Signal()

    def __init__(self, work: Iterator[object], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._slice)
        self._timer.start(0)

    def stop(self) -> None:
        """Do no more."""
        self._timer.stop()

    def _slice(self) -> None:
        results: list[object] = []
        until = time.perf_counter() + _SLICE_SECONDS
        for result in self._work:
            results.append(result)
            if time.perf_counter() > until:
                self.came.emit(results)
                return
        self._timer.stop()
        if results:
            self.came.emit(results)
        self.ended.emit()
