"""Running a document: its learner through time, with the changes made in the middle of the run."""

from __future__ import annotations

from nnsim.document.compiling import make_learner, make_watch
from nnsim.document.model import Change, Document
from nnsim.engine.learners import NetworkLearner, Snapshot, Verdict, Watch
from nnsim.engine.record import Metrics, Recorder


class Runner:
    """The learner of a document; changes come into force at their iteration.

    Raises NnsimError, as ``make_learner`` does, for a document that cannot run.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._changes = {change.iteration: change for change in document.changes}
        self.learner: NetworkLearner = make_learner(document)
        self._segment = 0
        self._watch: Watch | None = None

    @property
    def iteration(self) -> int:
        """Iterations done."""
        return self.learner.iteration

    @property
    def verdict(self) -> Verdict | None:
        """What the run has come to since it is watched; None while that is open."""
        return self._watch.verdict if self._watch else None

    def watch(self) -> None:
        """Watch the run from here on for convergence, endless repetition and non-finite numbers."""
        self._watch = make_watch(self.learner, self._document.settings_at(self._segment)[0])

    def upcoming(self) -> tuple[int, ...]:
        """Row numbers of the samples that the next iteration learns from."""
        iteration = self.learner.iteration
        changed = iteration in self._changes
        batch = (make_learner(self._document, iteration) if changed else self.learner).batch
        return tuple(int(row) for row in self.learner.feed.peek(batch))

    def iterate(self, recorder: Recorder | None = None) -> Metrics:
        """One iteration, after the changes that come into force before it."""
        change = self._changes.get(self.learner.iteration)
        if change is not None:
            self._enter(change)
        metrics = self.learner.iterate(recorder)
        if self._watch is not None:
            self._watch.see(self.learner, metrics)
        return metrics

    def snapshot(self) -> Snapshot:
        """The state after the iterations done."""
        return self.learner.snapshot()

    def jump(self, snapshot: Snapshot) -> None:
        """Go to a snapshot, back or forth; no longer watched, for a watch must see every step."""
        segment = max((i for i in self._changes if i < snapshot.iteration), default=0)
        if segment != self._segment:
            self._use_settings(segment)
        self.learner.restore(snapshot)
        self._watch = None

    def _enter(self, change: Change) -> None:
        snapshot = self.learner.snapshot()
        self._use_settings(change.iteration)
        self.learner.restore(snapshot)
        plan = self.learner.plan
        for edit in change.parameters:
            plan.views[edit.name][edit.index] = plan.numbers([edit.value])[0]
        if self._watch is not None:
            # What was seen under other settings proves nothing about what follows.
            self.watch()

    def _use_settings(self, iteration: int) -> None:
        self.learner = make_learner(self._document, iteration)
        self._segment = iteration
