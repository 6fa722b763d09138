"""A document being run: the trace so far, a position in it, and stepping both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

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
from nnsim.session.front import Front
from nnsim.session.training import Goal, Trainer
from nnsim.session.versions import valid_iterations
from nnsim.session.walk import Level, Walk, walk_of

if TYPE_CHECKING:
    from nnsim.session.runs import Runs

# The course rule may stay at a pattern for ever, and shuffled it cannot be proved to.
_LONGEST_PASS = 5_000


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
        self._runs: Runs | None = None
        self._failure: BaseException | None = None
        self._open(document)

    # -- the document ----------------------------------------------------------------------------

    def _open(self, document: Document) -> None:
        self.document = document
        self.problems: tuple[Problem, ...] = check(document)
        self.position = Position()
        self._forget_plans()
        self._front = Front(document) if self.is_ready else None

    @property
    def is_ready(self) -> bool:
        """Whether the document can run; ``problems`` says why not."""
        return not any(problem.severity == "error" for problem in self.problems)

    def set_document(self, document: Document, keep_run: bool = True) -> None:
        """Go on with an edited document.

        What the edit does not touch of the trace stays: all of it after moving a node, the part
        before a change made in the middle of the run, nothing after new start values.  A training
        under way is halted, unless the edit is none of its business.  A run that ends so is among
        ``runs``, unless ``keep_run`` says otherwise.
        """
        valid = valid_iterations(self.document, document)
        if valid is None and self._front is not None:
            self.document = document
            self.problems = check(document)
            self._front.adopt(document)
            self._forget_plans()
            return
        was_training = self.trainer is not None
        self.halt()
        if keep_run:
            seen = self.position.iteration if was_training else self.computed
            self._keep_run(valid, seen)
        position = self.position
        if self._front is None or not valid:
            self._open(document)
            if self.is_ready and position.iteration == 1:
                self._stay_at(position)
            return
        at_end = position.done >= len(self._walk(position.iteration))
        self.document = document
        self.problems = check(document)
        if not self.is_ready:
            self._open(document)
            return
        self._forget_plans()
        self._front.truncate(document, valid)
        if position.iteration == valid and at_end:
            # Changed at the end of an iteration: what is shown next starts from the change.
            self.position = Position(valid + 1, 0)
        elif position.iteration > valid + 1:
            self.position = Position(valid + 1, 0)
        else:
            self._stay_at(position)

    def _keep_run(self, valid: int | None, seen: int) -> None:
        """Keep the curves of the run, where of the ``seen`` iterations only ``valid`` are good."""
        from nnsim.session.runs import FEWEST_LOST, run_of

        if self._front is not None and seen - (valid or 0) >= FEWEST_LOST:
            front = self._front
            run = run_of(self.document, front.trace, front.evaluations, front.verdict)
            self.runs.keep(run)

    def _forget_plans(self) -> None:
        self._specs: dict[tuple[object, object], PlanSpec] = {}
        self._walked: tuple[int, int, Walk] | None = None

    def _stay_at(self, position: Position) -> None:
        """The same position, as far as the edited document has it."""
        length = len(self._walk(position.iteration)) if position.done else 0
        self.position = Position(position.iteration, min(position.done, length))

    @property
    def runs(self) -> Runs:
        """Runs that edits have put an end to."""
        if self._runs is None:
            # Not sooner: a first window does not wait for it.
            from nnsim.session.runs import Runs

            self._runs = Runs()
        return self._runs

    # -- computing -------------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """The trace.  Raises NnsimError where the document cannot run."""
        return self._require_front().trace

    @property
    def verdict(self) -> Verdict | None:
        """What the run has come to, once that is known."""
        return None if self._front is None else self._front.verdict

    @property
    def evaluations(self) -> Evaluations:
        """How good the network was, epoch by epoch.  Raises NnsimError as ``trace``."""
        return self._require_front().evaluations

    @property
    def computed(self) -> int:
        """Iterations computed so far."""
        return 0 if self._front is None else len(self._front.trace)

    def compute(self, record: bool = False) -> Metrics:
        """Compute the next iteration.  Raises NnsimError where the document cannot run."""
        front = self._require_front()
        self.halt()
        return front.compute(record)

    def run(self, limit: int | None = None) -> Iterator[Metrics]:
        """Compute on until a verdict or a limit (default: that of the settings), one at a time.

        The caller decides how many to take at once, so a window stays alive.
        """
        training, _ = self.document.settings_at(self.computed)
        last = training.limit if limit is None else limit
        while self.computed < last and self.verdict is None:
            yield self.compute()

    # -- training beside the window --------------------------------------------------------------

    def train(self, goal: Goal) -> None:
        """Compute towards a goal on a thread; ``keep_up`` brings in what that has done.

        Whatever needs the next iteration at once halts it.  Raises NnsimError where the document
        cannot run.
        """
        front = self._require_front()
        self.halt()
        if not front.has_reached(goal):
            front.train(goal)

    def has_reached(self, goal: Goal) -> bool:
        """Whether a goal asks for no more than is computed."""
        return self._require_front().has_reached(goal)

    @property
    def trainer(self) -> Trainer | None:
        """The training under way."""
        return None if self._front is None else self._front.trainer

    @property
    def recorded(self) -> int | None:
        """The latest iteration that a training left a record of, which is shown at once."""
        return None if self._front is None else self._front.recorded

    def keep_up(self) -> None:
        """Bring in what a training has done.

        Raises what the training met with, if anything ended it against its will.
        """
        if self._front is not None:
            self._failure = self._front.keep_up() or self._failure
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def halt(self) -> None:
        """Stop a training after the iteration under way; what it has done is brought in.

        What it met with is raised by the next ``keep_up``: who halts it has other things to do.
        """
        if self._front is not None:
            self._failure = self._front.halt() or self._failure

    def _require_front(self) -> Front:
        if self._front is None:
            raise NnsimError(*(p.message for p in self.problems if p.severity == "error"))
        return self._front

    # -- records ---------------------------------------------------------------------------------

    def record(self, iteration: int) -> Record:
        """Everything iteration ``iteration`` (from 1) left behind; computed up to it if need be."""
        if iteration < 1:
            raise IndexError(iteration)
        front = self._require_front()
        while self.computed < iteration:
            self.compute(record=self.computed + 1 == iteration)
        return front.replay.record(iteration)

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
        return self._front.upcoming

    def records(self, first: int, last: int) -> Iterator[Record]:
        """The records of a stretch of iterations, in one pass of replay; what is shown stays."""
        while self.computed < last:
            self.compute()
        yield from self._require_front().replay.records(first, last)

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
        batch = int(self.trace.column("batch")[iteration - 1])
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
        spec = self.spec_at(iteration)
        if spec.updates:
            in_turn = training.generator_forward != "shared"
            return walk_of(spec, batch, "rivals_in_turn" if in_turn else "rivals")
        during = conventions.update_timing == "during"
        return walk_of(spec, batch, "gradient_during" if during else "gradient")

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

    def goal_of(self, level: Level, steps: int, done: int | None = None) -> Goal:
        """What is to be computed for so many steps of whole iterations, or of epochs.

        They begin at the position, or after ``done`` iterations.  A verdict found before does not
        stop them where they begin after it.
        """
        if done is None:
            iteration, moments = self.position
            done = iteration if moments >= len(self._walk(iteration)) else iteration - 1
        past = self.verdict is not None and self.verdict.iteration <= done
        if level is not Level.EPOCH:
            return Goal(done + steps, None, past)
        longest = self._longest(done + 1)
        return Goal(done + steps * longest, self.trace.epochs_after(done) + steps, past)

    def _longest(self, first: int) -> int:
        """How many iterations a step of an epoch takes at most that begins with ``first``."""
        samples = len(prepared(self.document).training_rows)
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
