"""Work beside the window: told of, refused, given up, and lost."""

import os
import time

import pytest
from PySide6.QtCore import QObject

from nnsim.core.messages import NnsimError
from nnsim.ui.experiments.job import Job
from tests.support.experiment_tasks import process, sleep_for_ever, square_all


@pytest.fixture
def job(qapp):
    """``job(work, argument, processes)`` begins one."""
    owner, jobs = QObject(), []

    def job(work, argument=None, processes=1):
        jobs.append(Job(work, argument, processes, owner))
        return jobs[-1]

    yield job
    for each in jobs:
        each.give_up()
    owner.deleteLater()


@pytest.mark.parametrize("processes", [1, 2])
def test_what_was_found_comes_back(qtbot, job, processes):
    begun = job(square_all, [1, 2, 3], processes)
    told = []
    begun.progressed.connect(lambda *numbers: told.append(numbers))
    with qtbot.waitSignal(begun.found, timeout=30_000) as found:
        pass
    assert found.args == [[1, 4, 9]]
    assert told[-1] == (3, 3)
    assert not begun.is_running


def test_it_runs_in_a_process_of_its_own(qtbot, job):
    begun = job(lead_process)
    with qtbot.waitSignal(begun.found, timeout=30_000) as found:
        pass
    assert found.args[0] != os.getpid()


def lead_process(_argument, _executor, _progress):
    return process(0)


def refuse(_argument, _executor, _progress):
    raise NnsimError.of("experiment.twice")


def test_what_it_refuses_is_told(qtbot, job):
    begun = job(refuse)
    with qtbot.waitSignal(begun.refused, timeout=30_000) as refused:
        pass
    assert [message.code for message in refused.args[0]] == ["experiment.twice"]


@pytest.mark.parametrize("processes", [1, 2])
def test_given_up_it_ends_at_once(qtbot, job, processes):
    begun = job(sleep_for_ever, None, processes)
    with qtbot.waitSignal(begun.progressed, timeout=30_000):
        pass
    start = time.monotonic()
    begun.give_up()
    assert time.monotonic() - start < 0.5
    assert not begun.is_running
    qtbot.waitUntil(lambda: begun.has_ended, timeout=10_000)


def test_given_up_before_it_has_begun(qtbot, job):
    begun = job(sleep_for_ever, None, 2)
    begun.give_up()
    qtbot.waitUntil(lambda: begun.has_ended, timeout=10_000)


def test_workers_are_taken_leave_of(qtbot, job):
    """Their locks would stay behind until the program ends, which then complains."""
    begun = job(sleep_for_ever, None, 2)
    with qtbot.waitSignal(begun.progressed, timeout=30_000):
        pass
    begun.give_up()
    qtbot.waitUntil(lambda: begun.has_ended, timeout=10_000)
    # It was not killed.
    assert begun._process.exitcode == 0


def test_a_process_that_is_killed_is_told(qtbot, job):
    begun = job(sleep_for_ever)
    with qtbot.waitSignal(begun.progressed, timeout=30_000):
        pass
    with qtbot.waitSignal(begun.refused, timeout=30_000) as refused:
        begun._process.kill()
    assert [message.code for message in refused.args[0]] == ["experiment.worker_died"]


def test_time_left_is_told_once_something_is_done(qtbot, job):
    begun = job(sleep_for_ever)
    assert begun.left is None
    with qtbot.waitSignal(begun.progressed, timeout=30_000):
        pass
    # A third of the work is done.
    assert begun.left == pytest.approx(2 * begun.elapsed, rel=0.2)
