"""The doctor at work beside the window, for whoever wants to know what it says."""

from __future__ import annotations

import threading
import time
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.session.diagnosis import Doctor, Report, Task
from nnsim.session.diagnosis.examination import Examination
from nnsim.ui.bridge.garbage import garbage
from nnsim.ui.bridge.workspace import Workspace

# Milliseconds: a run that goes on is looked at this often at most; an examination that is under way
# is asked for this often.
_PAUSE, _POLL = 150, 15
# Saying and showing what was found may take the window this share of its time while a run goes on.
_SHARE = 0.05


class _Work:
    """A task on a thread of its own, which knows nothing of the window."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.found: Examination | None = None
        self.error: BaseException | None = None
        self._is_held = True
        garbage.hold()
        self._thread = threading.Thread(target=self._run, name="examination", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.found = self.task.run()
        # It must not end here unseen.
        except BaseException as error:
            self.error = error

    @property
    def is_done(self) -> bool:
        """Whether it has come to its end."""
        return not self._thread.is_alive()

    def let_go(self) -> None:
        """Wait for its end; garbage is collected as before."""
        self._thread.join()
        if self._is_held:
            self._is_held = False
            garbage.release()


class Watcher(QObject):
    """Looks at the run of a workspace whenever it has gone on or was edited.

    ``reported()``: ``report`` says something else than before.  States are examined on a thread, so
    that neither the window nor a training waits for it.
    """

    reported = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._session = workspace.session
        self._doctor = Doctor(workspace.session)
        self.report: Report | None = None
        self._work: list[_Work] = []
        self._is_due = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        workspace.document_changed.connect(self._edited)
        workspace.computed_changed.connect(self._gone_on)
        workspace.turns.rested.connect(self._rested)
        self.destroyed.connect(partial(_let_go, self._work))
        self._timer.start(0)

    def _edited(self) -> None:
        # What was said of the former document holds no longer: the new one is looked at first.
        self._timer.start(0)

    def _gone_on(self) -> None:
        if self._is_due:
            self._is_due = False
            self._workspace.turns.ask(self._look)
        elif not self._timer.isActive():
            self._timer.start(_PAUSE)

    def _rested(self) -> None:
        if self._is_due:
            self._is_due = False
            self._timer.start(0)

    def look_now(self) -> Report | None:
        """Look to the end at what there is, however long it takes."""
        self._follow()
        self._take()
        self._doctor.look()
        self._tell()
        return self.report

    def _follow(self) -> None:
        session = self._workspace.session
        if session is not self._session:
            self._session, self._doctor = session, Doctor(session)

    def _tick(self) -> None:
        if self._workspace.turns.one_by_one:
            # With the next picture, while Python is the window's alone.
            self._is_due = True
        else:
            self._look()

    def _look(self) -> None:
        if self._work and not self._work[0].is_done:
            self._timer.start(_POLL)
            return
        self._follow()
        self._take()
        begun, before = time.perf_counter(), self.report
        self._tell()
        took = time.perf_counter() - begun
        task = self._doctor.next_task()
        if task is not None:
            self._work.append(_Work(task))
        now = self.report
        if task is not None or (now is not None and not now.is_whole):
            is_growing = (
                before is not None and now is not None and before.iterations != now.iterations
            )
            rest = max(_PAUSE, round(1000 * took / _SHARE)) if is_growing else _POLL
            self._timer.start(rest)

    def _take(self) -> None:
        """Take what the thread has found; raises what ended it against its will."""
        for work in self._work:
            work.let_go()
        done, self._work[:] = list(self._work), []
        for work in done:
            if work.error is not None:
                raise work.error
            assert work.found is not None
            self._doctor.accept(work.task, work.found)

    def _tell(self) -> None:
        before, self.report = self.report, self._doctor.report()
        if _what_is_said(before) != _what_is_said(self.report):
            self.reported.emit()


def watcher_of(workspace: Workspace) -> Watcher:
    """The one that watches this workspace, beginning now if nobody has asked before."""
    found = workspace.findChild(Watcher)
    return Watcher(workspace) if found is None else found


def _let_go(work: list[_Work], _: object = None) -> None:
    for each in work:
        each.let_go()


def _what_is_said(report: Report | None) -> object:
    if report is None:
        return None
    # By identity: documents are values that share what did not change.
    document = None if report.findings is None else id(report.findings.document)
    return report.iterations, report.diagnoses, report.is_whole, document
