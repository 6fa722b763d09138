"""The other end of a job: a process of its own, without Qt, that leads workers where asked to."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from multiprocessing.connection import Connection, wait
from typing import Any

from nnsim.core.workers import begin_worker

#: Work for a job: an argument, an executor (None: this process alone), progress; the result.
Work = Callable[[Any, "Executor | None", Callable[[int, int], bool]], Any]


def lead(talk: Connection, lifeline: Connection) -> None:
    """Ask for the work, do it, and hand the result back.

    Told are ("ready",), ("progress", done, total), then ("found", result) or
    ("refused", messages).  Anything heard after the work gives it up wherever it stands, and takes
    leave of the workers.  The process ends with ``lifeline``, too, and its workers with it.
    """
    begin_worker(lifeline)
    # NumPy comes after the number of its threads is set.
    from nnsim.core.messages import NnsimError
    from nnsim.session.experiments.pool import workers

    def tell(done: int, total: int) -> bool:
        talk.send(("progress", done, total))
        return True

    talk.send(("ready",))
    work, argument, count = talk.recv()
    # Ctrl-C was for the parent to answer; now an interrupt is how the work is given up.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_interrupt_when_heard, args=(talk,), daemon=True).start()
    try:
        with workers(count) as executor:
            found = work(argument, executor, tell)
    except KeyboardInterrupt:
        return
    except NnsimError as error:
        talk.send(("refused", error.messages))
    else:
        talk.send(("found", found))


def _interrupt_when_heard(talk: Connection) -> None:
    wait([talk])
    _thread.interrupt_main()
