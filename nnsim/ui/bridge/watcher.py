"""The doctor at work beside the window: a little at a time, for whoever wants to know."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from nnsim.session.diagnosis import Doctor, Report
from nnsim.ui.bridge.workspace import Workspace

# A run that goes on is looked at this often, in milliseconds, and each time for so many seconds.
_PAUSE, _BREAK = 120, 30
_SECONDS = 0.004


class Watcher(QObject):
    """Looks at the run of a workspace whenever it has gone on or was edited.

    ``reported()``: ``report`` says something else than before.  However long the run is, the window
    waits for a few milliseconds at a time.
    """

    reported = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._doctor = Doctor(workspace.session)
        self._session = workspace.session
        self.report: Report | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        workspace.document_changed.connect(self._edited)
        workspace.computed_changed.connect(self._gone_on)
        self._timer.start(0)

    def _edited(self) -> None:
        # What was said of the former document holds no longer: the new one is looked at first.
        self._timer.start(0)

    def _gone_on(self) -> None:
        if not self._timer.isActive():
            self._timer.start(_PAUSE)

    def look_now(self) -> Report | None:
        """Look to the end at what there is, however long it takes."""
        self._look(float("inf"))
        return self.report

    def _look(self, seconds: float = _SECONDS) -> None:
        session = self._workspace.session
        if session is not self._session:
            self._session, self._doctor = session, Doctor(session)
        before = self.report
        self.report = self._doctor.look(seconds)
        if self.report is not None and not self.report.is_whole:
            self._timer.start(_BREAK)
        if not _is_same(before, self.report):
            self.reported.emit()


def watcher_of(workspace: Workspace) -> Watcher:
    """The one that watches this workspace, beginning now if nobody has asked before."""
    found = workspace.findChild(Watcher)
    return Watcher(workspace) if found is None else found


def _is_same(before: Report | None, now: Report | None) -> bool:
    return _what_is_said(before) == _what_is_said(now)


def _what_is_said(report: Report | None) -> object:
    if report is None:
        return None
    # By identity: documents are values that share what did not change.
    document = None if report.findings is None else id(report.findings.document)
    return report.iterations, report.diagnoses, report.is_whole, document
