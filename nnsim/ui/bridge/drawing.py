"""What a widget shows, drawn in its turn and only while it is seen."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nnsim.ui.bridge.turns import Turns

# While a run goes on, drawing of one widget may take this share of the time.
_SHARE = 1 / 8


class Drawing(QObject):
    """Has a widget drawn when something has changed, once however much does.

    A widget that is not seen is not drawn: it asks for ``catch_up`` when it is shown.  At rest all
    are drawn before the next paint.  While a run goes on, one whose drawing takes long leaves some
    of the pictures out, and is drawn when the run has come to rest.
    """

    def __init__(self, widget: QWidget, turns: Turns, draw: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._turns = turns
        self._draw = draw
        self._free_at = 0.0
        self.is_stale = True
        turns.rested.connect(self._rested)

    def ask(self) -> None:
        """Something has changed: draw in the next turn."""
        self.is_stale = True
        is_busy = self._turns.one_by_one and time.perf_counter() < self._free_at
        if self._widget.isVisible() and not is_busy:
            self._turns.ask(self._take_turn)

    def catch_up(self) -> None:
        """Draw now what has changed since it was drawn."""
        if self.is_stale:
            self.is_stale = False
            # Not what others take of the time: nobody is helped by waiting for them twice.
            start = time.thread_time()
            self._draw()
            took = time.thread_time() - start
            self._free_at = time.perf_counter() + took / _SHARE

    def _take_turn(self) -> None:
        if self._widget.isVisible():
            self.catch_up()

    def _rested(self) -> None:
        if self.is_stale:
            self.ask()
