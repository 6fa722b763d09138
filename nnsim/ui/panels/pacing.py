"""Drawing what changes often no more often than it is worth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

# Drawing may take this share of the time: the rest is for the run and for what a person does.
_SHARE = 1 / 8


class Pace(QObject):
    """Has a widget drawn when something has changed, at most ``most`` times a second.

    A widget that is not seen is not drawn: it asks for ``catch_up`` when it is shown.  Where
    drawing takes long it is done less often, so that the window stays alive.
    """

    def __init__(self, widget: QWidget, draw: Callable[[], None], most: float = 30.0) -> None:
        super().__init__(widget)
        self._widget = widget
        self._draw = draw
        self._seconds_between = 1.0 / most
        self._is_stale = True
        self._free_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._due)

    def ask(self) -> None:
        """Something has changed: draw soon, once however often this is asked meanwhile."""
        self._is_stale = True
        if self._widget.isVisible() and not self._timer.isActive():
            left = self._free_at - time.perf_counter()
            self._timer.start(max(math.ceil(left * 1000), 0))

    def catch_up(self) -> None:
        """Draw now what has changed since it was drawn."""
        self._timer.stop()
        if self._is_stale:
            self._is_stale = False
            start = time.perf_counter()
            self._draw()
            end = time.perf_counter()
            self._free_at = end + max(self._seconds_between, (end - start) / _SHARE)

    def _due(self) -> None:
        if self._widget.isVisible():
            self.catch_up()
