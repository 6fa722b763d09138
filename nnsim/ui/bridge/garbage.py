"""Garbage is collected on the window's thread alone while another thread computes.

Python looks for garbage on whichever thread has just allocated, and a Qt object that goes on
another thread than its own takes the program with it.
"""

from __future__ import annotations

import gc
import time

# Everything is looked through this often at most: it may take longer than a frame.
_WHOLE_SECONDS = 30.0
_WHOLE = 2


class Garbage:
    """Automatic collection, which the whole program shares: held back while anybody needs that."""

    def __init__(self) -> None:
        self._holders = 0
        self._was_automatic = False
        self._looked_at = 0.0

    def hold(self) -> None:
        """Collect nothing but in ``tidy`` from now on."""
        if not self._holders:
            self._was_automatic = gc.isenabled()
            self._looked_at = time.perf_counter()
            gc.disable()
        self._holders += 1

    def release(self) -> None:
        """As before ``hold``, when nobody else needs it."""
        self._holders -= 1
        if not self._holders and self._was_automatic:
            gc.enable()

    def tidy(self) -> None:
        """Collect as much as Python would by now; to be called on the window's thread."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [g for g in range(_WHOLE + 1) if thresholds[g] and counts[g] > thresholds[g]]
        if not due:
            return
        now = time.perf_counter()
        generation = max(due)
        if generation == _WHOLE:
            if now - self._looked_at < _WHOLE_SECONDS:
                generation -= 1
            else:
                self._looked_at = now
        gc.collect(generation)


#: that of the program
garbage = Garbage()
