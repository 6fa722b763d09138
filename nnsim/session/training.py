"""Training beside the window: iterations on a thread of their own, handed over in stretches.

The thread owns the runner while it trains and touches nothing else; what it has done waits in a
queue until the session takes it.  No object of the window's ever comes here: the last reference to
one must not go on this thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from nnsim.engine.learners import Snapshot, Verdict
from nnsim.engine.record import Metrics, Record
from nnsim.engine.trace import Rows, rows_of
from nnsim.session.evaluation import Evaluation
from nnsim.session.running import Runner

# A stretch takes about this long, so that a halt is never far; one iteration may take longer.
_STRETCH_SECONDS = 0.004
# What waits to be taken, in bytes; then the thread waits, too, for a window that does not come.
_MOST_WAITING = 2**26
_WAIT_SECONDS = 0.005
# One that is held waits so long at most, for a window that has forgotten it; and only where more
# than so many iterations make a stretch: longer ones are NumPy's, which runs beside Python.
_HELD_SECONDS, _SHORT = 0.25, 4


class Goal(NamedTuple):
    """Where a training stops: at whatever it comes to first.

    ``iterations`` and ``epochs`` are those done since the start of the run, not of the training.
    With ``past_verdict`` it goes on past the verdict of the watch.
    """

    iterations: int
    epochs: int | None = None
    past_verdict: bool = False

    def is_reached(self, iterations: int, epochs: int, verdict: Verdict | None) -> bool:
        """Whether a run that has come so far needs to go no further."""
        return (
            iterations >= self.iterations
            or (self.epochs is not None and epochs >= self.epochs)
            or (verdict is not None and not self.past_verdict)
        )


class Wanted(NamedTuple):
    """What a session keeps of a run; asked on the thread, so each only looks at a number.

    ``snapshot(iteration)`` and ``evaluation(epoch)``: whether the state after it, or how good it
    is, may be worth keeping; ``record()``: an empty record.
    """

    snapshot: Callable[[int], bool]
    evaluation: Callable[[int], bool]
    record: Callable[[], Record]


class Stretch(NamedTuple):
    """What some iterations that follow each other left behind.

    ``first`` iterations were done before it.  ``record`` is that of its last iteration, if one was
    taken; ``upcoming`` are the row numbers that the iteration after it learns from.
    """

    first: int
    rows: Rows
    snapshots: tuple[Snapshot, ...]
    evaluations: tuple[Evaluation, ...]
    verdict: Verdict | None
    record: Record | None
    upcoming: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """About what it takes in memory, without its record."""
        return self.rows.nbytes + sum(snapshot.nbytes for snapshot in self.snapshots)


class Trainer:
    """Runs a runner towards a goal on a thread, until that is reached or it is stopped.

    Nobody else may touch the runner before ``stop`` has returned or ``is_done`` is true.
    """

    def __init__(self, runner: Runner, goal: Goal, wanted: Wanted) -> None:
        self.runner = runner
        #: what ended the thread against its will; to be asked for when it is done
        self.error: BaseException | None = None
        self._goal = goal
        self._wanted = wanted
        self._stop = threading.Event()
        self._free = threading.Event()
        self._free.set()
        self._are_short = True
        # The first stretch has a record: somebody is waiting to see something.
        self._wants_record = True
        self._lock = threading.Lock()
        self._waiting: list[Stretch] = []
        self._waiting_bytes = 0
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)

    # -- for the session -------------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the iteration under way, and wait for that."""
        self._stop.set()
        self._free.set()
        self._thread.join()

    def wait(self, seconds: float) -> None:
        """Wait for its end, so long at most."""
        self._thread.join(seconds)

    @property
    def is_done(self) -> bool:
        """Whether the thread has come to its end; what it did may still wait to be taken."""
        return not self._thread.is_alive()

    def ask_record(self) -> None:
        """Have the next stretch end with a record."""
        self._wants_record = True

    def hold(self) -> None:
        """Have it wait after the iteration under way, so that Python is the window's alone.

        Two threads that both want Python take twice as long each.  A quarter of a second at most;
        not where iterations are so long that NumPy computes most of the time.
        """
        self._free.clear()

    def go_on(self) -> None:
        """Wait no longer."""
        self._free.set()

    def take(self) -> list[Stretch]:
        """The stretches done and not taken yet, in order."""
        with self._lock:
            taken, self._waiting = self._waiting, []
            self._waiting_bytes = 0
        return taken

    # -- on the thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._is_over():
            self._hand_over(self._next_stretch())
            while self._waiting_bytes > _MOST_WAITING and not self._stop.wait(_WAIT_SECONDS):
                pass

    def _is_over(self) -> bool:
        runner = self.runner
        return (
            self.error is not None
            or self._stop.is_set()
            or self._goal.is_reached(runner.iteration, runner.epochs, runner.verdict)
        )

    def _next_stretch(self) -> Stretch:
        runner, first = self.runner, self.runner.iteration
        metrics: list[Metrics] = []
        snapshots: list[Snapshot] = []
        evaluations: list[Evaluation] = []
        record: Record | None = None
        end = time.perf_counter() + _STRETCH_SECONDS
        is_last = False
        try:
            while not (is_last or self._is_over()):
                if self._are_short and not self._free.is_set():
                    end += self._give_way()
                    continue
                is_last = time.perf_counter() >= end or self._is_next_the_goal()
                if is_last and self._wants_record:
                    record = self._wanted.record()
                found = runner.iterate(record)
                metrics.append(found)
                if self._wanted.snapshot(found.iteration):
                    snapshots.append(runner.snapshot())
                if found.epoch_ended and self._wanted.evaluation(found.epoch):
                    evaluations.append(runner.evaluate(found.epoch))
        # Whatever it is, it is for the window to tell: it must not end here unseen.
        except BaseException as error:
            self.error, record = error, None
        self._are_short = len(metrics) > _SHORT
        if record is not None:
            record.metrics = metrics[-1]
            self._wants_record = False
        return Stretch(
            first,
            rows_of(metrics),
            tuple(snapshots),
            tuple(evaluations),
            runner.verdict,
            record,
            () if self.error else runner.upcoming(),
        )

    def _give_way(self) -> float:
        """Wait as long as it is held; returns the seconds."""
        start = time.perf_counter()
        self._free.wait(_HELD_SECONDS)
        self._free.set()
        return time.perf_counter() - start

    def _is_next_the_goal(self) -> bool:
        return self.runner.iteration + 1 == self._goal.iterations

    def _hand_over(self, stretch: Stretch) -> None:
        with self._lock:
            self._waiting.append(stretch)
            self._waiting_bytes += stretch.nbytes
