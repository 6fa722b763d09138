"""Views draw in turns: all of them at once at rest, one after another while a run goes on."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal


class Turns(QObject):
    """Has views draw soon, each once however often it asks until then.

    At rest all draw before the next paint, so that a step is painted once.  While ``one_by_one`` is
    set each has a turn of the event loop for itself and is painted in it: what a person does comes
    in between, and waits for one view and not for all of them.
    """

    _wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.one_by_one = False
        self._waiting: dict[Callable[[], None], None] = {}
        #: how many have asked, and how many have had their turn, since the beginning
        self.asked = self.served = 0
        self._is_under_way = False
        # Qt takes what is posted before it paints.
        self._wanted.connect(self._due, Qt.ConnectionType.QueuedConnection)

    def ask(self, draw: Callable[[], None]) -> None:
        """Have this method of a widget called soon; of one that is gone by then it is not."""
        if draw not in self._waiting:
            self._waiting[draw] = None
            self.asked += 1
        if not self._is_under_way:
            self._is_under_way = True
            self._wanted.emit()

    def follow(self, draw: Callable[[], None]) -> None:
        """Have it called now at rest, and in its turn while a run goes on."""
        if self.one_by_one:
            self.ask(draw)
        else:
            draw()

    def _due(self) -> None:
        self._is_under_way = False
        try:
            for draw in list(self._waiting)[: 1 if self.one_by_one else None]:
                del self._waiting[draw]
                self.served += 1
                if shiboken6.isValid(getattr(draw, "__self__", self)):
                    draw()
        finally:
            if self._waiting:
                self._is_under_way = True
                # After what this one has to paint; and one that fails takes no turn from others.
                QTimer.singleShot(0, self, self._due)
