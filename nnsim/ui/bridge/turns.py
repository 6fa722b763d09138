"""Views draw in turns: all of them at once at rest, one after another while a run goes on."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal


class Turns(QObject):
    """Has views draw soon, each once however often it asks until then.

    At rest all draw before the next paint, so that a step is painted once.  While ``one_by_one`` is
    set each draws and is painted in turns of the event loop of their own, and only when nothing
    else is to be done: what a person does waits for one of them and not for all.

    ``rested()``: from now on all draw at once.
    """

    rested = Signal()
    _wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_one_by_one = False
        # And whether it counts as one that has asked.
        self._waiting: dict[Callable[[], None], bool] = {}
        self._paint: Callable[[], None] | None = None
        #: how many have asked, and how many have had their turn, since the beginning
        self.asked = self.served = 0
        self._counts = False
        self._is_under_way = False
        # Qt takes what is posted before it paints.
        self._wanted.connect(self._take_all, Qt.ConnectionType.QueuedConnection)
        # And one without an interval after whatever else there is.
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._take_next)

    @property
    def one_by_one(self) -> bool:
        """Whether a run goes on, and each waits for its turn."""
        return self._is_one_by_one

    @one_by_one.setter
    def one_by_one(self, one_by_one: bool) -> None:
        was_one_by_one, self._is_one_by_one = self._is_one_by_one, one_by_one
        if was_one_by_one and not one_by_one:
            self.rested.emit()
        if self._waiting or self._paint:
            self._set_out()

    def ask(self, draw: Callable[[], None]) -> None:
        """Have this method of a widget called soon; of one that is gone by then it is not."""
        if draw not in self._waiting:
            self._waiting[draw] = True
            self.asked += 1
        self._set_out()

    def ask_next(self, draw: Callable[[], None]) -> None:
        """Have it called before all that wait: the rest of what is being drawn."""
        # Whoever draws has had its turn when the rest has.
        self._waiting = {draw: self._counts} | self._waiting
        self._counts = False
        self._set_out()

    def follow(self, draw: Callable[[], None]) -> None:
        """Have it called now at rest, and in its turn while a run goes on."""
        if self._is_one_by_one:
            self.ask(draw)
        else:
            draw()

    def paint(self, paint: Callable[[], None]) -> None:
        """Have what is drawn by now painted before anybody draws again, in a turn of its own."""
        self._paint = paint
        self._set_out()

    def _set_out(self) -> None:
        if self._is_one_by_one:
            if not self._next.isActive():
                self._next.start()
        elif not self._is_under_way:
            self._is_under_way = True
            self._next.stop()
            self._wanted.emit()

    def _take_all(self) -> None:
        self._is_under_way = False
        if self._is_one_by_one:
            self._set_out()
            return
        try:
            for draw in list(self._waiting):
                self._serve(draw)
        finally:
            # One that fails takes no turn from others.
            if self._waiting:
                self._set_out()
        self._do_paint()

    def _take_next(self) -> None:
        try:
            if self._paint is not None:
                self._do_paint()
            elif self._waiting:
                self._serve(next(iter(self._waiting)))
        finally:
            if self._waiting or self._paint:
                self._set_out()

    def _serve(self, draw: Callable[[], None]) -> None:
        self._counts = self._waiting.pop(draw)
        try:
            if shiboken6.isValid(getattr(draw, "__self__", self)):
                draw()
        finally:
            self.served += self._counts
            self._counts = False

    def _do_paint(self) -> None:
        paint, self._paint = self._paint, None
        if paint is not None:
            paint()
