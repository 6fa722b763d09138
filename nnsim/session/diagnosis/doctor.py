"""The doctor: watches a session's run and says what is wrong with it, or that nothing is."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

from nnsim.document.model import LAYER_RULES, Conventions, Document, Training
from nnsim.engine.learners import Snapshot, VerdictKind
from nnsim.session.diagnosis.course import LossCourse
from nnsim.session.diagnosis.diagnosis import Diagnoses
from nnsim.session.diagnosis.examination import Examination, Examiner, training_samples
from nnsim.session.diagnosis.findings import Findings, Guess, guess_of
from nnsim.session.diagnosis.rules import diagnoses
from nnsim.session.session import Session
from nnsim.session.versions import valid_iterations

# States are examined at equal distances, at most so many of a run besides its start; a longer run
# is examined at twice the distance.
_MOST_EXAMINED = 64
_SMALLEST_STRIDE = 16
# Iterations whose losses are taken in at once.
_STRETCH = 20_000


@dataclass(frozen=True, eq=False)
class Report:
    """What was found out about the first ``iterations`` iterations.

    ``findings`` is None where the network learns by no gradient.  ``is_whole`` is False where there
    was not the time to look at all of it.
    """

    iterations: int
    diagnoses: Diagnoses = ()
    findings: Findings | None = None
    is_whole: bool = True

    @property
    def alarms(self) -> Diagnoses:
        """The diagnoses that something should be done about."""
        return tuple(each for each in self.diagnoses if each.is_alarm)


class Doctor:
    """Looks at a session again and again, as much at a time as there is time for.

    What it says depends on the document and on how far its run has come, and not on when or how
    often it looked.  It never changes the session.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._begin(session.document)

    def _begin(self, document: Document) -> None:
        self._document = document
        self._examinations: dict[int, Examination] = {}
        self._under_way: Generator[None, None, Examination] | None = None
        self._examiner: Examiner | None = None
        self._settings: tuple[Training, Conventions] | None = None
        self._guess: Guess | None = None
        self._course = LossCourse()

    def look(self, seconds: float = float("inf")) -> Report | None:
        """Look on for about so long, at least at one thing; None where the document cannot run."""
        session = self._session
        if not session.is_ready:
            self._begin(session.document)
            return None
        self._follow(session.document)
        computed = session.computed
        if session.document.settings_at(computed)[0].rule in LAYER_RULES:
            return Report(computed)
        end = time.perf_counter() + seconds
        is_whole = self._take_in(computed, end)
        while not self._examine_on(computed) and time.perf_counter() < end:
            pass
        is_whole = is_whole and self._next_due(computed) is None
        findings = self._findings(computed)
        return Report(computed, diagnoses(findings), findings, is_whole)

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
        self._under_way = None
        self._course.forget(self._session.trace, valid)
        self._examinations = {i: e for i, e in self._examinations.items() if i <= valid}

    # -- looking ---------------------------------------------------------------------------------

    def _take_in(self, computed: int, end: float) -> bool:
        """Take in losses; True where they are all known."""
        trace, course = self._session.trace, self._course
        while course.seen < computed:
            course.see(self._document, trace, min(course.seen + _STRETCH, computed))
            if time.perf_counter() > end:
                break
        return course.seen == computed

    def _next_due(self, computed: int) -> Snapshot | None:
        """The first state that is to be examined and has not been."""
        trace = self._session.trace
        for iteration in range(0, computed + 1, _stride(computed)):
            if iteration not in self._examinations:
                snapshot = trace.nearest(iteration)
                # A trace of a large network keeps fewer states.
                if snapshot.iteration == iteration:
                    return snapshot
        return None

    def _examine_on(self, computed: int) -> bool:
        """Do a bit of what is to be done; True where nothing is left."""
        if self._under_way is None:
            snapshot = self._next_due(computed)
            if snapshot is None:
                return True
            examiner = self._examiner_at(snapshot.iteration)
            self._under_way = examiner.examine(snapshot)
        try:
            next(self._under_way)
        except StopIteration as done:
            examination: Examination = done.value
            self._examinations[examination.iteration] = examination
            self._under_way = None
        return False

    def _examiner_at(self, iteration: int) -> Examiner:
        """One that computes with the settings in force after an iteration."""
        settings = self._document.settings_at(iteration)
        if self._examiner is None or settings != self._settings:
            self._examiner, self._settings = Examiner(self._document, iteration), settings
            self._guess = guess_of(self._examiner.spec, training_samples(self._document)[1])
        return self._examiner

    def _findings(self, computed: int) -> Findings:
        examiner = self._examiner_at(computed)
        stride = _stride(computed)
        # Those in between are of a time when the run was shorter.
        self._examinations = {i: e for i, e in self._examinations.items() if i % stride == 0}
        seen = [self._examinations[i] for i in sorted(self._examinations)]
        epochs = self._session.trace.column("epoch")
        return Findings(
            self._document,
            examiner,
            seen,
            self._course,
            computed,
            lambda iteration: int(epochs[iteration - 1]) if iteration <= len(epochs) else 1,
            self._guess,
            self._not_finite(),
        )

    def _not_finite(self) -> int | None:
        """The first iteration that left a loss or a parameter that is no number."""
        verdict = self._session.verdict
        if verdict is not None and verdict.kind is VerdictKind.NOT_FINITE:
            return verdict.iteration
        return self._course.not_finite


def _stride(computed: int) -> int:
    stride = _SMALLEST_STRIDE
    while computed // stride > _MOST_EXAMINED:
        stride *= 2
    return stride
