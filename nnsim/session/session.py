"""A document being run: the trace so far, a position in it, and stepping both ways."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from nnsim.core.messages import NnsimError
from nnsim.document.checks import Problem, check
from nnsim.document.compiling import plan_spec
from nnsim.document.model import LAYER_RULES, Document
from nnsim.document.preparation import prepared
from nnsim.engine.learners import Verdict
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Metrics, Record
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import Evaluations
from nnsim.session.frame import Frame
from nnsim.session.running import Runner
from nnsim.session.runs import FEWEST_LOST, Runs, run_of
from nnsim.session.versions import valid_iterations
from nnsim.session.walk import Level, Walk, walk_of

# Records kept ready: a table on screen shows fewer rows, and a record of a small net is small.
_RECORDS_KEPT = 256
# The course rule may stay at a pattern for ever, and shuffled it cannot be proved to.
_LONGEST_PASS = 5_000
# After an edit in the past the run is watched again from its start, if that is not too long ago.
_WATCHED_AGAIN = 5_000


class Position(NamedTuple):
    """Where a person looks: iteration (from 1), and how many of its moments are done (from 0)."""

    iteration: int = 1
    done: int = 0


class Session:
    """Runs a document and walks its trace.

    The engine always computes whole iterations; the position says how much of the current one is
    shown.  Looking never changes the trace: records of the past come from the nearest snapshot by
    replay, with a learner of their own.
    """

    def __init__(self, document: Document) -> None:
        #: runs that edits have put an end to
        self.runs = Runs()
        self._open(document)

    # -- the document ----------------------------------------------------------------------------

    def _open(self, document: Document) -> None:
        self.document = document
        self.problems: tuple[Problem, ...] = check(document)
        self.position = Position()
        self.verdict: Verdict | None = None
        self._records: OrderedDict[int, Record] = OrderedDict()
        self._specs: dict[tuple[object, object], PlanSpec] = {}
        self._walked: tuple[int, int, Walk] | None = None
        self._replayer: Runner | None = None
        self._front: Runner | None = None
        self._trace: Trace | None = None
        self._evaluations: Evaluations | None = None
        if self.is_ready:
            self._front = Runner(document)
            self._front.watch()
            self._trace = Trace(self._front.snapshot())
            self._evaluations = Evaluations(self._front.evaluate(epoch=0))

    @property
    def is_ready(self) -> bool:
        """Whether the document can run; ``problems`` says why not."""
        return not any(problem.severity == "error" for problem in self.problems)

    def set_document(self, document: Document) -> None:
        """Go on with an edited document.

        What the edit does not touch of the trace stays: all of it after moving a node, the part
        before a change made in the middle of the run, nothing after new start values.
        """
        valid = valid_iterations(self.document, document)
        self._keep_run(valid)
        position = self.position
        if self._trace is None or valid == 0:
            self._open(document)
            if self.is_ready and position.iteration == 1 and self._trace is not None:
                self._stay_at(position)
            return
        at_end = position.done >= len(self._walk(position.iteration))
        self.document = document
        self.problems = check(document)
        if not self.is_ready:
            self._open(document)
            return
        self._replayer = None
        self._specs.clear()
        self._walked = None
        if valid is None:
            self._front_to(self.computed)
            return
        self._truncate(valid)
        if position.iteration == valid and at_end:
            # Changed at the end of an iteration: what is shown next starts from the change.
            self.position = Position(valid + 1, 0)
        elif position.iteration > valid + 1:
            self.position = Position(valid + 1, 0)
        else:
            self._stay_at(position)

    def _keep_run(self, valid: int | None) -> None:
        """Keep the curves of the run, where of its iterations only ``valid`` are still good."""
        if self._trace is not None and valid is not None and self.computed - valid >= FEWEST_LOST:
            run = run_of(self.document, self._trace, self.evaluations, self.verdict)
            self.runs.keep(run)

    def _stay_at(self, position: Position) -> None:
        """The same position, as far as the edited document has it."""
        length = len(self._walk(position.iteration)) if position.done else 0
        self.position = Position(position.iteration, min(position.done, length))

    def _truncate(self, length: int) -> None:
        trace = self._require_trace()
        trace.truncate(length)
        self.evaluations.truncate(length)
        self._records = OrderedDict((i, r) for i, r in self._records.items() if i <= length)
        self._front_to(len(trace))

    def _front_to(self, length: int) -> None:
        """A runner of the present document that has done ``length`` iterations of the trace."""
        trace = self._require_trace()
        # A change right after the last iteration has been made too: what was found before it says
        # nothing about what follows.
        earlier = (c.iteration for c in self.document.changes if c.iteration <= length)
        watched_from = max(earlier, default=0)
        if length - watched_from > _WATCHED_AGAIN:
            watched_from = length
        self._front = front = Runner(self.document)
        if watched_from:
            front.jump(trace.nearest(watched_from))
        while front.iteration < watched_from:
            front.iterate()
        front.watch()
        while front.iteration < length:
            front.iterate()
        self.verdict = front.verdict

    # -- computing -------------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """The trace.  Raises NnsimError where the document cannot run."""
        return self._require_trace()

    @property
    def evaluations(self) -> Evaluations:
        """How good the network was, epoch by epoch.  Raises NnsimError as ``trace``."""
        self._require_trace()
        assert self._evaluations is not None
        return self._evaluations

    @property
    def computed(self) -> int:
        """Iterations computed so far."""
        return 0 if self._trace is None else len(self._trace)

    def compute(self, record: bool = False) -> Metrics:
        """Compute the next iteration.  Raises NnsimError where the document cannot run."""
        trace = self._require_trace()
        assert self._front is not None
        recorder = self._new_record() if record else None
        metrics = self._front.iterate(recorder)
        trace.append(metrics)
        if trace.wants_snapshot(metrics.iteration):
            trace.keep(self._front.snapshot())
        if metrics.epoch_ended and self.evaluations.wants(metrics.epoch):
            self.evaluations.append(self._front.evaluate(metrics.epoch))
        self.verdict = self.verdict or self._front.verdict
        if recorder is not None:
            recorder.metrics = metrics
            self._remember(metrics.iteration, recorder)
        return metrics

    def run(self, limit: int | None = None) -> Iterator[Metrics]:
        """Compute on until a verdict or a limit (default: that of the settings), one at a time.

        The caller decides how many to take at once, so a window stays alive.
        """
        training, _ = self.document.settings_at(self.computed)
        last = training.limit if limit is None else limit
        while self.computed < last and self.verdict is None:
            yield self.compute()

    def _require_trace(self) -> Trace:
        if self._trace is None:
            raise NnsimError(*(p.message for p in self.problems if p.severity == "error"))
        return self._trace

    # -- records ---------------------------------------------------------------------------------

    def record(self, iteration: int) -> Record:
        """Everything iteration ``iteration`` (from 1) left behind; computed up to it if need be."""
        if iteration < 1:
            raise IndexError(iteration)
        while self.computed < iteration:
            self.compute(record=self.computed + 1 == iteration)
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        return self._replay(iteration)

    def samples_of(self, iteration: int) -> tuple[int, ...]:
        """Row numbers (from 0) of the samples an iteration learns from.

        That of the iteration after the computed ones is known too, and nothing is computed for it.
        Raises IndexError for a later one.
        """
        if iteration <= self.computed:
            metrics = self.record(iteration).metrics
            assert metrics is not None
            return metrics.samples
        if self._front is None or iteration > self.computed + 1:
            raise IndexError(iteration)
        return self._front.upcoming()

    def records(self, first: int, last: int) -> Iterator[Record]:
        """The records of a stretch of iterations, in one pass of replay; what is shown stays."""
        while self.computed < last:
            self.compute()
        runner = Runner(self.document)
        runner.jump(self._require_trace().nearest(first - 1))
        while runner.iteration < last:
            record = self._new_record()
            record.metrics = runner.iterate(record)
            if record.metrics.iteration >= first:
                yield record

    def _replay(self, iteration: int) -> Record:
        snapshot = self._require_trace().nearest(iteration - 1)
        runner = self._replayer
        if runner is None:
            runner = self._replayer = Runner(self.document)
        if not snapshot.iteration <= runner.iteration < iteration:
            runner.jump(snapshot)
        # Everything on the way is recorded too: neighbours are what is looked at next.
        while runner.iteration < iteration:
            record = self._new_record()
            record.metrics = runner.iterate(record)
            self._remember(runner.iteration, record)
        return self._records[iteration]

    def _new_record(self) -> Record:
        return Record(sources={c.id: c.source for c in self.document.connections})

    def _remember(self, iteration: int, record: Record) -> None:
        self._records[iteration] = record
        self._records.move_to_end(iteration)
        while len(self._records) > _RECORDS_KEPT:
            self._records.popitem(last=False)

    # -- walking ---------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """What can be seen at the present position.  Raises NnsimError where nothing can run."""
        position = self.position
        record = self.record(position.iteration)
        return Frame(self.spec_at(position.iteration), record, self.walk, position.done)

    @property
    def walk(self) -> Walk:
        """The moments of the iteration at the present position."""
        return self._walk(self.position.iteration)

    def spec_at(self, iteration: int) -> PlanSpec:
        """The plan of an iteration: settings may have changed in the middle of the run."""
        settings = self.document.settings_at(iteration - 1)
        if settings not in self._specs:
            self._specs[settings] = plan_spec(self.document, *settings)
        return self._specs[settings]

    def walk_ahead(self) -> Walk:
        """The moments of the iteration after the present one, for which nothing is computed."""
        iteration = self.position.iteration + 1
        return self._walk_over(iteration, len(self.samples_of(iteration)))

    def _walk(self, iteration: int) -> Walk:
        while self.computed < iteration:
            self.compute(record=self.computed + 1 == iteration)
        batch = int(self._require_trace().column("batch")[iteration - 1])
        return self._walk_over(iteration, batch)

    def _walk_over(self, iteration: int, batch: int) -> Walk:
        # A step asks again and again for the same one, and plans are long to tell apart.
        if self._walked is None or self._walked[:2] != (iteration, batch):
            self._walked = iteration, batch, self._found_walk(iteration, batch)
        return self._walked[2]

    def _found_walk(self, iteration: int, batch: int) -> Walk:
        training, conventions = self.document.settings_at(iteration - 1)
        if training.rule in LAYER_RULES:
            return walk_of(self.spec_at(iteration), batch, "layer")
        during = conventions.update_timing == "during"
        return walk_of(self.spec_at(iteration), batch, "gradient_during" if during else "gradient")

    @property
    def completed(self) -> int:
        """Iterations wholly done at the position: edits made now come into force after them."""
        if not self.is_ready or self.position.done == 0:
            return self.position.iteration - 1
        at_end = self.position.done >= len(self.walk)
        return self.position.iteration if at_end else self.position.iteration - 1

    def forward(self, level: Level) -> None:
        """One step on; at the end of an iteration, into the next one."""
        iteration, done = self.position.iteration, self.position.done
        if done >= len(self._walk(iteration)):
            iteration, done = iteration + 1, 0
        if level is Level.EPOCH:
            self._end_of_epoch(iteration)
        else:
            self.position = Position(iteration, self._walk(iteration).next_end(level, done))

    def _end_of_epoch(self, iteration: int) -> None:
        """To the end of the epoch, or as far as ``_longest`` where it never ends (course rule)."""
        first = iteration
        while True:
            while self.computed < iteration:
                self.compute()
            ended = self.trace.column("epoch_ended")[iteration - 1]
            if ended or iteration - first + 1 >= self._longest(first):
                self.position = Position(iteration, len(self._walk(iteration)))
                return
            iteration += 1

    def _longest(self, first: int) -> int:
        """How many iterations a step of an epoch takes at most that begins with ``first``."""
        samples = len(prepared(self.document).split.training)
        if self.document.settings_at(first - 1)[0].rule != "course":
            return samples
        verdict = self.verdict
        if verdict is not None and verdict.same_as is not None:
            repeated = slice(verdict.same_as, verdict.iteration)
            if not self.trace.column("epoch_ended")[repeated].any():
                # No pass ends in what repeats: up to its proof, and then once round it.
                length = verdict.iteration - verdict.same_as
                return max(verdict.iteration - first + 1, length)
        return _LONGEST_PASS + samples

    def back(self, level: Level) -> None:
        """One step back; from the first moment of an iteration, to the end of the one before."""
        iteration, done = self.position.iteration, self.position.done
        if level is Level.EPOCH:
            self._back_an_epoch()
            return
        if done == 0 and iteration > 1:
            iteration -= 1
            done = len(self._walk(iteration))
        earlier = self._walk(iteration).previous_end(level, done)
        if earlier == 0 and iteration > 1:
            # The end of the iteration before shows the same numbers as the start of this one.
            iteration -= 1
            earlier = len(self._walk(iteration))
        self.position = Position(iteration, earlier)

    def _back_an_epoch(self) -> None:
        ended = self.trace.column("epoch_ended")
        iteration = min(self.position.iteration - 1, len(ended))
        while iteration > 0 and not ended[iteration - 1]:
            iteration -= 1
        done = len(self._walk(iteration)) if iteration else 0
        self.position = Position(max(iteration, 1), done)

    def go_to(self, iteration: int, done: int | None = None) -> None:
        """Stand in an iteration, by default at its end; it is computed if need be."""
        iteration = max(iteration, 1)
        length = len(self._walk(iteration))
        self.position = Position(iteration, length if done is None else min(max(done, 0), length))

    def reset(self) -> None:
        """Back to the very start; nothing computed is lost."""
        self.position = Position()
