"""Tasks on workers: same order, same numbers, progress, giving up."""

import os
import sys
import time
from concurrent.futures import Executor, Future

import pytest

from nnsim.core.messages import NnsimError
from nnsim.session.experiments.pool import (
    LOCAL,
    ExperimentCancelled,
    cluster,
    run_tasks,
    task_seeds,
    workers,
)
from tests.support.experiment_tasks import blas_threads, die, process, refuse, sleep, slow_square


class Lines(Executor):
    """An executor of another make, as a cluster's is; it does the last task first."""

    def __init__(self):
        self.waiting = []

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.waiting.append((future, fn, args))
        if len(self.waiting) == 3:
            for later, function, given in reversed(self.waiting):
                later.set_result(function(*given))
        return future


@pytest.fixture(scope="module")
def pool():
    with workers(2) as executor:
        yield executor


def test_results_stand_in_the_order_of_the_tasks(pool):
    # The first takes longest.
    assert run_tasks(slow_square, [3, 2, 1], pool) == [9, 4, 1]
    assert run_tasks(slow_square, [3, 2, 1]) == [9, 4, 1]


def test_any_executor_will_do():
    assert run_tasks(slow_square, [3, 2, 1], Lines()) == [9, 4, 1]


def test_a_worker_has_one_blas_thread(pool):
    assert run_tasks(blas_threads, [0], pool) == ["1"]


def test_one_worker_is_this_process():
    with workers(1) as executor:
        assert executor is None
    assert run_tasks(process, [0]) == [os.getpid()]


@pytest.mark.parametrize("count", [1, 2])
def test_progress_counts_the_tasks_that_are_done(count, pool):
    told = []
    run_tasks(slow_square, [1, 2, 3], pool if count == 2 else None, lambda *at: not told.append(at))
    assert told == sorted(told)
    assert told[-1] == (3, 3)
    assert count == 2 or told == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("count", [1, 2])
def test_it_is_given_up_when_progress_says_so(count, pool):
    done = []

    def first_only(number, total):
        done.append(number)
        return number == 0

    with pytest.raises(ExperimentCancelled):
        run_tasks(slow_square, list(range(9)), pool if count == 2 else None, first_only)
    *before, last = done
    assert set(before) == {0}
    assert 1 <= last < 9


def test_given_up_in_the_middle_of_long_tasks_it_ends_at_once():
    begun = time.monotonic()
    with pytest.raises(ExperimentCancelled), workers(2) as executor:
        run_tasks(sleep, [600.0] * 4, executor, lambda done, total: time.monotonic() < begun + 0.5)
    assert time.monotonic() - begun < 30


def test_what_a_task_refuses_is_told(pool):
    with pytest.raises(NnsimError) as caught:
        run_tasks(refuse, ["a"], pool)
    assert caught.value.messages[0].params == {"name": "a"}


def test_a_worker_that_is_killed_is_told():
    with pytest.raises(NnsimError, match="worker_died"), workers(2) as executor:
        run_tasks(die, [1], executor)


class TestCluster:
    """An optional extra; where it is not installed, only that is tested."""

    def test_the_same_results_in_the_same_order(self):
        pytest.importorskip("distributed")
        with cluster(LOCAL, 2) as executor:
            assert run_tasks(slow_square, [3, 2, 1], executor) == [9, 4, 1]
            assert run_tasks(blas_threads, [0], executor) == ["1"]
            assert run_tasks(process, [0], executor) != [os.getpid()]

    def test_what_a_task_refuses_is_told(self):
        pytest.importorskip("distributed")
        with cluster(LOCAL, 1) as executor, pytest.raises(NnsimError) as caught:
            run_tasks(refuse, ["a"], executor)
        assert caught.value.messages[0].params == {"name": "a"}

    def test_a_worker_that_is_killed_is_told(self):
        pytest.importorskip("distributed")
        with pytest.raises(NnsimError, match="worker_died"), cluster(LOCAL, 1) as executor:
            run_tasks(die, [1], executor)

    def test_nobody_answers(self):
        pytest.importorskip("distributed")
        with (
            pytest.raises(NnsimError, match=r"experiment\.no_cluster"),
            cluster("tcp://127.0.0.1:1", 1),
        ):
            pass

    def test_without_dask_it_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(NnsimError, match=r"experiment\.no_dask"), cluster(LOCAL, 1):
            pass


class TestSeeds:
    def test_differ_and_come_from_the_first(self):
        assert len(set(task_seeds(0, 100))) == 100
        assert task_seeds(0, 3) == task_seeds(0, 3) != task_seeds(1, 3)

    def test_the_first_ones_are_the_same_however_many_there_are(self):
        assert task_seeds(7, 5)[:3] == task_seeds(7, 3)
