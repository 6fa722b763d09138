"""Tasks on workers: the same results in the same order, wherever they were computed.

A task is a value and its function stands in a module, so that another process can import it.  What
a task draws comes from a seed of its own.  Any ``concurrent.futures.Executor`` will do: a pool of
processes, or a dask cluster by ``Client.get_executor()``.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.core.workers import begin_worker

Task = TypeVar("Task")
Found = TypeVar("Found")

#: Told how many tasks are done, and of how many; False gives the experiment up.
Progress = Callable[[int, int], bool]
# Seconds after which ``progress`` is asked again where no task has come to its end.
_ASK_EVERY = 0.1
# Seconds that a cluster has to answer in.
_LONGEST_GREETING = 10
MAX_WORKERS = 61  # what Windows can wait for at once


class ExperimentCancelled(Exception):
    """The person who asked for the experiment no longer wants it."""


def task_seeds(seed: int, count: int) -> tuple[int, ...]:
    """Seeds of so many tasks, independent of each other, 0 … 2³² - 1.

    The first ones are the same however many there are.
    """
    children = np.random.SeedSequence(seed).spawn(count)
    return tuple(int(child.generate_state(1)[0]) for child in children)


def run_tasks(
    function: Callable[[Task], Found],
    tasks: Sequence[Task],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Found]:
    """What ``function`` finds for each task, in the order of the tasks.

    Without an executor they run here, one after the other.  ``progress`` is told before the first
    and after each of them, and where others do the work also while waiting.  Raises
    ExperimentCancelled when ``progress`` says so, NnsimError ``experiment.worker_died`` where a
    worker process was ended, and whatever a task raises; tasks that have not begun are then
    dropped.
    """
    _tell(progress, 0, len(tasks))
    if executor is None:
        found = []
        for done, task in enumerate(tasks, start=1):
            found.append(function(task))
            _tell(progress, done, len(tasks))
        return found
    futures: list[Future[Found]] = []
    try:
        futures += [executor.submit(function, task) for task in tasks]
        waiting = set(futures)
        while waiting:
            ended, waiting = wait(waiting, _ASK_EVERY, FIRST_COMPLETED)
            for future in ended:
                future.result()
            _tell(progress, len(tasks) - len(waiting), len(tasks))
    except BrokenProcessPool as error:
        raise NnsimError.of("experiment.worker_died") from error
    finally:
        # What ``workers`` made drops its tasks when it ends.  Cancelled here as well, they would be
        # found in a state that the thread of a dying pool does not expect.
        for future in () if isinstance(executor, _Workers) else futures:
            future.cancel()
    return [future.result() for future in futures]


class _Workers(ProcessPoolExecutor):
    """A pool that ``workers`` made, and ends."""

    def let_go(self) -> None:
        """Hand nothing on to workers that are gone.

        A Python before 3.11.7, as in Debian 12, else waits for ever for a task that is larger than
        a pipe (https://github.com/python/cpython/issues/94777).  Later ones do the same themselves,
        in a thread that must not be anticipated.
        """
        handed_on = getattr(self, "_call_queue", None)
        if handed_on is not None and sys.version_info < (3, 11, 7):
            handed_on._reader.close()


@contextmanager
def workers(count: int) -> Iterator[Executor | None]:
    """An executor of so many processes; None, which is this process, for one.

    Each worker has one BLAS thread.  Where the block raises, the workers end at once, whatever they
    are doing.
    """
    if count == 1:
        yield None
        return
    # Not forked: a copy of a process with threads and a window may hang.
    context = multiprocessing.get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    pool = _Workers(
        min(count, MAX_WORKERS), context, initializer=begin_worker, initargs=(lifeline,)
    )
    try:
        yield pool
    except BaseException:
        # Nobody waits for trainings whose results nobody will see.
        held.close()
        pool.let_go()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        held.close()
        lifeline.close()


#: In place of an address: a cluster of processes on this machine, for as long as it is needed.
LOCAL = "local"


@contextmanager
def cluster(address: str, count: int) -> Iterator[Executor]:
    """The executor of a dask cluster at an address, or of ``count`` processes for LOCAL.

    Raises NnsimError ``experiment.no_dask`` where the extra "cluster" is not installed,
    ``experiment.no_cluster`` where nobody answers at the address, and ``experiment.worker_died``.
    """
    try:
        from distributed import Client, LocalCluster
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise NnsimError.of("experiment.no_dask") from error
    with ExitStack() as stack:
        at: object = address
        if address == LOCAL:
            at = stack.enter_context(
                LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None)
            )
        try:
            client = stack.enter_context(Client(at, timeout=_LONGEST_GREETING))
        except (OSError, ValueError) as error:
            raise NnsimError.of("experiment.no_cluster", address=address) from error
        try:
            yield client.get_executor()
        except KilledWorker as error:
            raise NnsimError.of("experiment.worker_died") from error


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and not progress(done, total):
        raise ExperimentCancelled
