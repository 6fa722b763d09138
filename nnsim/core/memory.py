"""Memory for large arrays that come and go."""

from __future__ import annotations

import numpy as np

_LARGE = 2**24


def keep_freed_memory() -> None:
    """What large arrays leave behind is used again, not given back to the system.

    The C library of Linux gives the memory of a large array back at once, and every page of the
    next one is fetched anew, which may take ten times as long as filling it.  Having freed one
    piece as large as this, which is never touched, it keeps smaller ones for what comes after.
    Elsewhere nothing happens.  Source: mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
    """
    np.empty(_LARGE, np.uint8)
