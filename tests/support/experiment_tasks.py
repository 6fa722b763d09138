"""Tasks that another process can import."""

import os
import signal
import time

from nnsim.core.messages import NnsimError


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
