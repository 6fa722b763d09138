"""The doctor: watches a session's run and says what is wrong with it, or that nothing is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnsim.document.model import LAYER_RULES, Document
from nnsim.engine.learners import Snapshot
from nnsim.session.diagnosis.course import LossCourse
from nnsim.session.diagnosis.diagnosis import Diagnoses
from nnsim.session.diagnosis.examination import Examination, Examiner
from nnsim.session.diagnosis.figures import MOST_LOSS
from nnsim.session.diagnosis.findings import Findings
from nnsim.session.diagnosis.rules import diagnoses
from nnsim.session.outcome import not_finite_since
from nnsim.session.running import Runner
from nnsim.session.session import Session
from nnsim.session.versions import valid_iterations

# States are examined at equal distances, at most so many of a run besides its start; a longer run
# is examined at twice the distance.
_MOST_EXAMINED = 64
_SMALLEST_STRIDE = 16
# Iterations whose losses are taken in for one report.
_STRETCH = 200_000


@dataclass(frozen=True, eq=False)
class Report:
    """What was found out about the first ``iterations`` iterations.

    ``is_whole`` is False where not all of it has been looked at yet.  ``findings`` is None before
    anything has been, and where the network learns by no gradient.
    """

    iterations: int
    diagnoses: Diagnoses = ()
    findings: Findings | None = None
    is_whole: bool = True

    @property
    def alarms(self) -> Diagnoses:
        """The diagnoses that something should be done about."""
        return tuple(each for each in self.diagnoses if each.is_alarm)


class Task:
    """A state to examine; ``run`` may be called on any thread, one task at a time.

    It is that after ``iteration`` iterations, run on to from the snapshot.
    """

    def __init__(
        self,
        document: Document,
        snapshot: Snapshot,
        iteration: int,
        examiner: Examiner | None,
        era: object,
    ) -> None:
        self.snapshot = snapshot
        self.iteration = iteration
        self.examiner = examiner
        self.era = era
        self._document = document

    def run(self) -> Examination:
        """Examine it, with an examiner made for it where there is none that fits."""
        if self.examiner is None:
            self.examiner = Examiner(self._document, self.iteration)
        return self.examiner.examine(self._state())

    def _state(self) -> Snapshot:
        if self.snapshot.iteration == self.iteration:
            return self.snapshot
        runner = Runner(self._document)
        runner.jump(self.snapshot)
        with np.errstate(all="ignore"):
            runner.skip_to(self.iteration)
        return runner.snapshot()


class Doctor:
    """Looks at a session again and again.

    What it says depends on the document and on how far its run has come, and not on when or how
    often it looked.  It never changes the session.  ``look`` does it all at once; who has no time
    for that runs the tasks elsewhere and asks for a ``report`` in between.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._begin(session.document)

    def _begin(self, document: Document) -> None:
        self._document = document
        self._examinations: dict[int, Examination] = {}
        # Another one as soon as tasks that were handed out mean nothing any more.
        self._era = object()
        self._examiner: Examiner | None = None
        self._course = LossCourse()

    def look(self) -> Report | None:
        """Look at all there is; None where the document cannot run."""
        report = self.report()
        while report is not None and not report.is_whole:
            task = self.next_task()
            if task is not None:
                self.accept(task, task.run())
            report = self.report()
        return report

    def next_task(self) -> Task | None:
        """What is to be examined next: the start first, then the latest state, then the others."""
        if not self._can_look():
            return None
        due = self._next_due(self._session.computed)
        if due is None:
            return None
        snapshot, iteration = due
        settings = self._document.settings_at(iteration)
        fits = self._examiner is not None and self._examiner.settings == settings
        examiner = self._examiner if fits else None
        return Task(self._document, snapshot, iteration, examiner, self._era)

    def accept(self, task: Task, examination: Examination) -> None:
        """Take what a task has found, unless an edit has made it void meanwhile."""
        if task.era is self._era:
            self._examiner = task.examiner
            self._examinations[examination.iteration] = examination

    def report(self) -> Report | None:
        """What can be said now; None where the document cannot run."""
        session = self._session
        if not session.is_ready:
            self._begin(session.document)
            return None
        computed = session.computed
        if not self._can_look():
            return Report(computed)
        end = min(self._course.seen + _STRETCH, computed)
        self._course.see(self._document, session.trace, end)
        is_whole = end == computed and self._next_due(computed) is None
        if self._examiner is None:
            return Report(computed, is_whole=False)
        findings = self._findings(computed, self._examiner)
        return Report(computed, diagnoses(findings), findings, is_whole)

    def _can_look(self) -> bool:
        """Whether the session runs by gradients; what an edit has left of it is kept."""
        session = self._session
        if not session.is_ready:
            return False
        self._follow(session.document)
        return session.document.settings_at(session.computed)[0].rule not in LAYER_RULES

    def _follow(self, document: Document) -> None:
        """Keep of what was found what an edit has left of the run."""
        if document is self._document:
            return
        valid = valid_iterations(self._document, document)
        if valid == 0:
            self._begin(document)
            return
        self._document = document
        if valid is None:
            return
        self._era = object()
        self._course.forget(self._session.trace, valid)
        self._examinations = {i: e for i, e in self._examinations.items() if i <= valid}

    # -- looking ---------------------------------------------------------------------------------

    def _next_due(self, computed: int) -> tuple[Snapshot, int] | None:
        """A state that is to be examined and has not been, and the snapshot on the way to it.

        The start comes first, then the state from which the loss burst, then the latest one.
        """
        trace = self._session.trace
        stride = _stride(computed)
        burst = self._burst(computed)
        if burst is not None and burst - 1 not in self._examinations:
            return trace.nearest(burst - 1), burst - 1
        for iteration in (0, *range(computed - computed % stride, 0, -stride)):
            if iteration not in self._examinations:
                snapshot = trace.nearest(iteration)
                # A trace of a large network keeps fewer states.
                if snapshot.iteration == iteration:
                    return snapshot, iteration
        return None

    def _burst(self, computed: int) -> int | None:
        """The first iteration whose loss was no number or many times that of the start values.

        None without one, before the start is examined, and where no layer is recurrent.
        """
        start = self._examinations.get(0)
        if start is None or not start.in_time or self._examiner is None:
            return None
        guess = self._examiner.guess
        first = max(start.loss, 0.0 if guess is None else guess.loss)
        losses = self._session.trace.column("loss")[:computed].astype(np.float64)
        # NaN is no more within the limit than infinity.
        beyond = np.flatnonzero(~(losses <= MOST_LOSS * first))
        found = int(beyond[0]) + 1 if len(beyond) else None
        not_finite = self._not_finite()
        return min((each for each in (found, not_finite) if each is not None), default=None)

    def _findings(self, computed: int, examiner: Examiner) -> Findings:
        stride = _stride(computed)
        # Those in between are of a time when the run was shorter.
        burst = self._burst(computed)
        kept = None if burst is None else burst - 1
        self._examinations = {
            i: e for i, e in self._examinations.items() if i % stride == 0 or i == kept
        }
        seen = [self._examinations[i] for i in sorted(self._examinations)]
        epochs = self._session.trace.column("epoch")
        return Findings(
            self._document,
            examiner,
            seen,
            self._course,
            computed,
            lambda iteration: int(epochs[iteration - 1]) if iteration <= len(epochs) else 1,
            self._not_finite(),
            burst,
        )

    def _not_finite(self) -> int | None:
        """The first iteration that left a loss or a parameter that is no number."""
        since = not_finite_since(self._session.verdict)
        return self._course.not_finite if since is None else since


def _stride(computed: int) -> int:
    stride = _SMALLEST_STRIDE
    while computed // stride > _MOST_EXAMINED:
        stride *= 2
    return stride
