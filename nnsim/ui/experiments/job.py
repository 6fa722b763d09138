"""Work beside the window: a process that is asked how far it is, and can be given up at once."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.core.messages import Message
from nnsim.ui.experiments.process import Work, lead

_POLL_MILLISECONDS = 40
# A process that was killed is gone within a moment; nobody waits for longer.
_LONGEST_GOODBYE = 2.0


class Job(QObject):
    """One piece of work.

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
        return self._timer.isActive()

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
        """End it at once, whatever it does."""
        if self.is_running:
            self._timer.stop()
            self._process.kill()
            self._part()

    def _part(self) -> None:
        """The process is done, or dead: so are its workers when it is gone."""
        self._process.join(_LONGEST_GOODBYE)
        self._talk.close()
        self._held.close()

    def _poll(self) -> None:
        try:
            while self._timer.isActive() and self._talk.poll():
                self._hear(*self._talk.recv())
        except (EOFError, OSError):
            self._end(self.refused, (Message("experiment.worker_died"),))

    def _hear(self, kind: str, *told: Any) -> None:
        if kind == "ready":
            # Only now: a pipe holds little, and would keep the window waiting for its reader.
            self._talk.send(self._work)
        elif kind == "progress":
            done, total = told
            self._share = done / total if total else 0.0
            self.progressed.emit(done, total)
        else:
            self._end(self.found if kind == "found" else self.refused, told[0])

    def _end(self, signal: Any, told: object) -> None:
        self._timer.stop()
        self._part()
        signal.emit(told)
