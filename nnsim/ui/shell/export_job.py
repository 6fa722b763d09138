"""Writing a trace without freezing the window: at once if short, else in a worker process."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import queue
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.core.messages import Message, NnsimError
from nnsim.document.model import Document
from nnsim.export import ExportCancelled, Format, Options, Progress, Result, exporting
from nnsim.ui.shell import export_worker

# What takes longer than this goes on in a process of its own.
_PATIENCE = 0.1
_POLL_MILLISECONDS = 60


class ExportJob(QObject):
    """One export.

    ``progressed(done, total)`` iterations; then one of ``written(result)``, ``failed(messages)``
    and ``cancelled()``.
    """

    progressed = Signal(int, int)
    written = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(
        self, document: Document, path: Path, format: Format, options: Options, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._arguments = (document, path, format, options)
        self._executor: concurrent.futures.ProcessPoolExecutor | None = None
        self._future: concurrent.futures.Future[Result] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)

    def start(self) -> None:
        """Begin; a short export is written when this returns."""
        self._guarded(self._try_directly)

    def cancel(self) -> None:
        """Give it up; no file is left behind."""
        if self._executor is not None:
            self._stop_event.set()

    def _try_directly(self) -> None:
        steps = exporting(*self._arguments)
        deadline = time.perf_counter() + _PATIENCE
        while time.perf_counter() < deadline:
            try:
                next(steps)
            except StopIteration as end:
                self.written.emit(end.value)
                return
        # Closed, it leaves no file; the worker begins anew.
        steps.close()
        self._start_worker()

    def _start_worker(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._progress = context.Queue()
        self._stop_event = context.Event()
        self._executor = concurrent.futures.ProcessPoolExecutor(
            max_workers=1,
            mp_context=context,
            initializer=export_worker.prepare,
            initargs=(self._progress, self._stop_event),
        )
        self._future = self._executor.submit(export_worker.export, *self._arguments)
        self.progressed.emit(0, 0)
        self._timer.start(_POLL_MILLISECONDS)

    def _poll(self) -> None:
        latest: Progress | None = None
        while True:
            try:
                latest = self._progress.get_nowait()
            except queue.Empty:
                break
        if latest is not None:
            self.progressed.emit(latest.done, latest.total)
        future = self._future
        if future is not None and future.done():
            self._finish()
            self._guarded(lambda: self.written.emit(future.result()))

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except ExportCancelled:
            self.cancelled.emit()
        except NnsimError as error:
            self.failed.emit(error.messages)
        except concurrent.futures.BrokenExecutor:
            self.failed.emit((Message("export_dialog.worker_died"),))

    def _finish(self) -> None:
        self._timer.stop()
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None

    def abandon(self) -> None:
        """End it because the window closes: the worker gives up and leaves no file."""
        executor = self._executor
        if executor is not None:
            self.cancel()
            self._finish()
            executor.shutdown(wait=True)
