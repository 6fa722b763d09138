"""Tasks that another process can import."""

import os
import signal
import time

from nnsim.core.messages import NnsimError
from nnsim.session.experiments.pool import run_tasks


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def slow_square(number: int) -> int:
    time.sleep(0.02 * number)
    return number * number


def blas_threads(_task: int) -> str:
    return os.environ["OPENBLAS_NUM_THREADS"]


def process(_task: int) -> int:
    return os.getpid()


def refuse(name: str) -> None:
    raise NnsimError.of("experiment.no_targets", name=name)


def die(_task: int) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def square_all(numbers, executor, progress):
    return run_tasks(slow_square, numbers, executor, progress)


def sleep_for_ever(_argument, executor, progress):
    progress(1, 3)
    return run_tasks(sleep, [600.0] * 2, executor, None)
