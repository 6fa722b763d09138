"""Work beside the window: a process that is asked how far it is, and can be given up at once."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.core.messages import Message
from nnsim.ui.experiments.process import Work, lead

_POLL_MILLISECONDS = 40
# Taking leave of workers is a matter of a tenth of a second, and a process that was killed is gone
# within a moment.
_LONGEST_LEAVE, _LONGEST_GOODBYE = 3.0, 2.0


class Job(QObject):
    """One piece of work, which deletes itself when it is over.

    ``progressed(done, total)`` trainings; then one of ``found(result)`` and ``refused(messages)``,
    a tuple of Message.  After ``give_up`` nothing is told any more.
    """

    progressed = Signal(int, int)
    found = Signal(object)
    refused = Signal(object)

    def __init__(self, work: Work, argument: object, processes: int, parent: QObject) -> None:
        super().__init__(parent)
        self._work = (work, argument, processes)
        self._began = time.monotonic()
        self._share = 0.0
        self._has_begun = self._is_over = False
        # Where it was given up: until when it may take its leave.
        self._left_at: float | None = None
        # Not forked: a copy of a process with threads and a window may hang.
        context = multiprocessing.get_context("spawn")
        self._talk, theirs = context.Pipe()
        lifeline, self._held = context.Pipe(duplex=False)
        self._process = context.Process(target=lead, args=(theirs, lifeline))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._process.start()
        theirs.close()
        lifeline.close()
        self._timer.start(_POLL_MILLISECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return not self._is_over and self._left_at is None

    @property
    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self._process.exitcode is not None

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float | None:
        """About how many seconds it will take; None where that cannot be told yet."""
        return self.elapsed * (1 / self._share - 1) if self._share else None

    def give_up(self) -> None:
        """End it, whatever it does; nobody has to wait for that.

        One that leads workers takes leave of them, or their locks would stay behind; where that
        takes long, and where there are none, it is killed.
        """
        if not self.is_running:
            return
        self._timer.stop()
        leads_workers = self._has_begun and self._work[2] > 1
        if leads_workers:
            with suppress(OSError):
                self._talk.send(("stop",))
        else:
            self._process.kill()
        self._left_at = time.monotonic() + _LONGEST_LEAVE
        self._timer.timeout.disconnect()
        self._timer.timeout.connect(self._see_off)
        self._see_off()

    def _see_off(self) -> None:
        """Look whether a process that was given up is gone."""
        if self._left_at is not None and time.monotonic() > self._left_at:
            self._process.kill()
            self._process.join(_LONGEST_GOODBYE)
        if self.has_ended:
            self._part()
        else:
            self._timer.start(_POLL_MILLISECONDS)

    def _part(self) -> None:
        """The process is done, or dead: so are its workers when it is gone."""
        self._timer.stop()
        self._process.join(_LONGEST_GOODBYE)
        self._talk.close()
        self._held.close()
        self._is_over = True
        self.deleteLater()

    def _poll(self) -> None:
        try:
            while self.is_running and self._talk.poll():
                self._hear(*self._talk.recv())
        except (EOFError, OSError):
            self._end(self.refused, (Message("experiment.worker_died"),))

    def _hear(self, kind: str, *told: Any) -> None:
        if kind == "ready":
            # Only now: a pipe holds little, and would keep the window waiting for its reader.
            self._talk.send(self._work)
            self._has_begun = True
        elif kind == "progress":
            done, total = told
            self._share = done / total if total else 0.0
            self.progressed.emit(done, total)
        else:
            self._end(self.found if kind == "found" else self.refused, told[0])

    def _end(self, signal: Any, told: object) -> None:
        self._part()
        signal.emit(told)
