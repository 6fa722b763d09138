"""Some of many, evenly spaced."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def evenly_spaced(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` of the numbers 0 … ``count`` - 1, all where there are no more.

    They rise, and the first and the last are among them where there is more than one.
    """
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)
