"""nnsim: opens the window, or does one job without a screen."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from nnsim.core.threads import use_one_blas_thread


def main(words: Sequence[str] | None = None) -> int:
    """The whole program; ``words`` are the arguments, by default those it was started with.

    Returns the exit status.
    """
    if hasattr(sys, "frozen"):
        # First: a worker process of a frozen program starts here too.
        import multiprocessing

        multiprocessing.freeze_support()
    use_one_blas_thread()
    words = sys.argv[1:] if words is None else words
    # After this NumPy may be imported.
    from nnsim import cli

    return _open_window(words) if cli.wants_window(words) else cli.main(words)


def _open_window(words: Sequence[str]) -> int:
    from nnsim import cli
    from nnsim.core.messages import Message
    from nnsim.language import system_locale

    if not cli.has_screen():
        return cli.refuse([Message("cli.no_screen")], system_locale())
    # Nothing is garbage yet, and looking for it would take a tenth of the start.  The window turns
    # the search on again when it is there.
    gc.disable()
    try:
        from nnsim.app import main as open_window

        return open_window(words)
    except ImportError as error:
        if (error.name or "").startswith("nnsim"):
            raise
        return cli.refuse([Message("cli.no_qt", {"reason": str(error)})], system_locale())


if __name__ == "__main__":
    sys.exit(main())
