"""The front of a run: where its next iteration is computed, at once or on a thread."""

from __future__ import annotations

from nnsim.document.model import Document
from nnsim.engine.learners import Verdict
from nnsim.engine.record import Metrics
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import Evaluations
from nnsim.session.replay import Replay
from nnsim.session.running import Runner
from nnsim.session.training import Goal, Stretch, Trainer, Wanted

# After an edit in the past the run is watched again from its start, if that is not too long ago.
_WATCHED_AGAIN = 5_000


class Front:
    """Computes the run of a document; what it has come to is in ``trace``,
    ``evaluations`` and ``replay``.

    Raises NnsimError for a document that cannot run.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._runner = Runner(document)
        self._runner.watch()
        self.trace = Trace(self._runner.snapshot())
        self._evaluations: Evaluations | None = None
        self.replay = Replay(document, self.trace)
        self.verdict: Verdict | None = None
        #: the latest iteration that a training left a record of
        self.recorded: int | None = None
        self._trainer: Trainer | None = None
        self._upcoming: tuple[int, ...] = ()

    @property
    def evaluations(self) -> Evaluations:
        """How good the network was, epoch by epoch, from the start on."""
        if self._evaluations is None:
            # The start is judged when somebody asks or an epoch ends: a first window does neither.
            self._evaluations = Evaluations(Runner(self._document).evaluate(epoch=0))
        return self._evaluations

    # -- the document ----------------------------------------------------------------------------

    def adopt(self, document: Document) -> None:
        """Go on with another version of the document, whose run is the same; training goes on."""
        self._document = document
        self._runner.adopt(document)
        self.replay.use(document)

    def truncate(self, document: Document, length: int) -> None:
        """Go on with a document whose run is the same for so many iterations; not in training."""
        self._document = document
        self.trace.truncate(length)
        self.evaluations.truncate(length)
        self.replay.use(document)
        self.replay.forget_after(length)
        self.recorded = None
        self._return_to(len(self.trace))

    def _return_to(self, length: int) -> None:
        """A runner of the present document that has done ``length`` iterations of the trace."""
        # A change right after the last iteration has been made too: what was found before it says
        # nothing about what follows.
        earlier = (c.iteration for c in self._document.changes if c.iteration <= length)
        watched_from = max(earlier, default=0)
        if length - watched_from > _WATCHED_AGAIN:
            watched_from = length
        self._runner = runner = Runner(self._document)
        if watched_from:
            runner.jump(self.trace.nearest(watched_from))
        runner.skip_to(watched_from)
        runner.watch()
        while runner.iteration < length:
            runner.iterate()
        self.verdict = runner.verdict

    # -- computing -------------------------------------------------------------------------------

    def compute(self, record: bool = False) -> Metrics:
        """Compute the next iteration; not in training."""
        runner = self._runner
        recorder = self.replay.new_record() if record else None
        metrics = runner.iterate(recorder)
        self.trace.append(metrics)
        if self.trace.wants_snapshot(metrics.iteration):
            self.trace.keep(runner.snapshot())
        if metrics.epoch_ended and self.evaluations.wants(metrics.epoch):
            self.evaluations.append(runner.evaluate(metrics.epoch))
        self.verdict = self.verdict or runner.verdict
        if recorder is not None:
            recorder.metrics = metrics
            self.replay.remember(recorder)
        return metrics

    @property
    def upcoming(self) -> tuple[int, ...]:
        """Row numbers of the samples that the iteration after the computed ones learns from."""
        return self._runner.upcoming() if self._trainer is None else self._upcoming

    # -- on a thread -----------------------------------------------------------------------------

    def has_reached(self, goal: Goal) -> bool:
        """Whether a goal asks for no more than is computed."""
        return goal.is_reached(len(self.trace), self.trace.epochs, self.verdict)

    @property
    def trainer(self) -> Trainer | None:
        """The training under way."""
        return self._trainer

    def train(self, goal: Goal) -> None:
        """Begin to compute towards a goal on a thread; not in training, and not there yet."""
        self.recorded = None
        self._upcoming = self._runner.upcoming()
        wanted = Wanted(self.trace.wants_snapshot, self.evaluations.wants, self.replay.new_record)
        self._trainer = Trainer(self._runner, goal, wanted)
        self._trainer.start()

    def keep_up(self) -> BaseException | None:
        """Bring in what the training has done; returns what ended it against its will."""
        trainer = self._trainer
        if trainer is None:
            return None
        # Asked before: what it does after that is brought in the next time.
        is_done = trainer.is_done
        for stretch in trainer.take():
            self.absorb(stretch)
        return self._take_back(trainer) if is_done else None

    def halt(self) -> BaseException | None:
        """Stop the training after the iteration under way, and do as ``keep_up``."""
        if self._trainer is not None:
            self._trainer.stop()
        return self.keep_up()

    def _take_back(self, trainer: Trainer) -> BaseException | None:
        self._trainer = None
        if trainer.error is not None:
            # Half an iteration done is no state to go on from.
            self._return_to(len(self.trace))
        return trainer.error

    def absorb(self, stretch: Stretch) -> None:
        """Make the iterations of a stretch part of the trace, as if computed one by one.

        Raises ValueError for one that does not follow what is computed.
        """
        trace = self.trace
        if stretch.first != len(trace):
            raise ValueError(f"{stretch.first} iterations before a stretch, {len(trace)} computed")
        trace.extend(stretch.rows)
        for snapshot in stretch.snapshots:
            if trace.wants_snapshot(snapshot.iteration):
                trace.keep(snapshot)
        for evaluation in stretch.evaluations:
            if self.evaluations.wants(evaluation.epoch):
                self.evaluations.append(evaluation)
        self.verdict = self.verdict or stretch.verdict
        self._upcoming = stretch.upcoming
        if stretch.record is not None:
            self.replay.remember(stretch.record)
            self.recorded = len(trace)
