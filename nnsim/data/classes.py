"""What target values say of classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.data.dataset import Labels


def labels_of(targets: NDArray[np.float64]) -> Labels | None:
    """The classes that targets (samples, outputs) say, (samples,); None where they are values.

    They are classes where the only target is always 0 or 1, or where every sample has a single 1
    and else 0; -1 in the place of 0 says the same.
    """
    low = -1.0 if has_signs(targets) else 0.0
    if not len(targets) or not np.isin(targets, (low, 1.0)).all():
        return None
    if targets.shape[1] == 1:
        return (targets[:, 0] == 1).astype(np.int64)
    return targets.argmax(axis=1) if ((targets == 1).sum(axis=1) == 1).all() else None


def has_signs(targets: NDArray[np.float64]) -> bool:
    """Whether what is not of a class has the target -1, and not 0."""
    return bool((targets == -1).any())
