"""Running a document: its learner through time, with the changes made in the middle of the run."""

from __future__ import annotations

import math

from nnsim.document.compiling import make_learner, make_watch
from nnsim.document.model import Change, Document
from nnsim.engine.learners import NetworkLearner, Snapshot, Verdict, VerdictKind, Watch
from nnsim.engine.record import Metrics, Recorder
from nnsim.session.evaluation import Evaluation, Evaluator, PartFigures


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
        self._patience: Patience | None = None
        self._evaluator: Evaluator | None = None
        # Of the iterations done: early stopping and the evaluation of an epoch both ask for it.
        self._validation: PartFigures | None = None

    @property
    def iteration(self) -> int:
        """Iterations done."""
        return self.learner.iteration

    @property
    def verdict(self) -> Verdict | None:
        """What the run has come to since it is watched; None while that is open."""
        found = self._watch.verdict if self._watch else None
        return found or (self._patience.verdict if self._patience else None)

    @property
    def epochs(self) -> int:
        """Epochs that have come to their end."""
        return self.learner.feed.epoch - 1

    def adopt(self, document: Document) -> None:
        """Go on with another version of the document, whose run is the same: names, places."""
        self._document = document

    def watch(self) -> None:
        """Watch the run from here on for convergence, endless repetition and non-finite numbers."""
        training = self._document.settings_at(self._segment)[0]
        self._watch = make_watch(self.learner, training)
        is_patient = training.patience and training.has_loss
        self._patience = Patience(training.patience) if is_patient else None

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
        self._validation = None
        metrics = self.learner.iterate(recorder)
        if self._watch is not None:
            self._watch.see(self.learner, metrics)
        if self._patience is not None and metrics.epoch_ended:
            self._patience.see(metrics.iteration, self._validated().loss)
        return metrics

    def evaluate(self, epoch: int) -> Evaluation:
        """How good the network is on each part after the iterations done, which end ``epoch``."""
        judge, validation = self._judge(), self._validated()
        training, test = judge.figures("training"), judge.figures("test")
        return Evaluation(self.learner.iteration, epoch, training, validation, test)

    def _validated(self) -> PartFigures:
        if self._validation is None:
            self._validation = self._judge().figures("validation")
        return self._validation

    def _judge(self) -> Evaluator:
        if self._evaluator is None:
            self._evaluator = Evaluator(self._document, self.learner.plan)
        return self._evaluator

    def skip_to(self, iteration: int) -> None:
        """Go on as fast as possible, if it is not there yet; what is skipped is not watched."""
        self._validation = None
        while self.iteration < iteration:
            change = self._changes.get(self.iteration)
            if change is not None:
                self._enter(change)
            later = (i for i in self._changes if self.iteration < i < iteration)
            self.learner.train(min(later, default=iteration) - self.iteration)

    def snapshot(self) -> Snapshot:
        """The state after the iterations done."""
        return self.learner.snapshot()

    def jump(self, snapshot: Snapshot) -> None:
        """Go to a snapshot, back or forth; no longer watched, for a watch must see every step."""
        segment = max((i for i in self._changes if i < snapshot.iteration), default=0)
        if segment != self._segment:
            self._use_settings(segment)
        self.learner.restore(snapshot)
        self._validation = None
        self._watch = self._patience = None

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
        self._evaluator = None
        self._segment = iteration


class Patience:
    """Early stopping: gives up where the validation loss has not become smaller for some epochs.

    Source: Prechelt 1998, "Early stopping - but when?", the class UP with any rise counting.
    """

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._smallest = math.inf
        self._best = 0
        self._waited = 0
        self.verdict: Verdict | None = None

    def see(self, iteration: int, loss: float) -> None:
        """Look at the validation loss at the end of an epoch; NaN, of no samples, says nothing."""
        if self.verdict is not None or math.isnan(loss):
            return
        if loss < self._smallest:
            self._smallest, self._best, self._waited = loss, iteration, 0
            return
        self._waited += 1
        if self._waited >= self._epochs:
            self.verdict = Verdict(VerdictKind.EARLY_STOPPING, iteration, self._best)
