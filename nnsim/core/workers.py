"""What a worker process does first; loads nothing heavy, for NumPy must come after it."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import connection

from nnsim.core.threads import use_one_blas_thread

_GIVEN_UP = 1


def begin_worker(lifeline: connection.Connection) -> None:
    """One BLAS thread; Ctrl-C is for the parent to answer; the process ends with ``lifeline``.

    That is a pipe whose other end the parent holds: when it closes it, or is killed, the worker
    ends in the middle of whatever it does.  So it is for work that only hands back its result.
    (An event would not do: setting it waits for its sleepers, also for those that were killed.)
    """
    use_one_blas_thread()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: connection.Connection) -> None:
    connection.wait([lifeline])
    os._exit(_GIVEN_UP)
