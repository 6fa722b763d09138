"""Prints a line for each measure.

``python -m tests.support.speed``: all; with "torch" only those that need PyTorch, with "others"
only the others.  More arguments: only those whose name contains one of them.
"""

from __future__ import annotations

import os
import sys

# Before NumPy is imported: a second thread would make one side of a ratio wait for the other.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def main(arguments: list[str]) -> None:
    """Print the lines asked for."""
    from tests.support.speed.measures import MEASURES

    which, *names = arguments or [""]
    for measure in MEASURES:
        is_torch = measure.needs == "torch"
        if which in ("torch", "others") and is_torch != (which == "torch"):
            continue
        if names and not any(name in measure.name for name in names):
            continue
        print(measure.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
