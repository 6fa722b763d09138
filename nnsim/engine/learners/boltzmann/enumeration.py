"""Exact sums over all states of a small machine."""

from __future__ import annotations

import numpy as np

from nnsim.engine.layout import Array

#: Beyond this many units the states are too many to go through.
MOST_UNITS = 20


def all_states(units: int) -> Array:
    """All 2^units binary states, shape (2^units, units); the last unit changes fastest.

    Raises ValueError for more than ``MOST_UNITS`` units.
    """
    if units > MOST_UNITS:
        raise ValueError(f"2^{units} states are too many to enumerate; {MOST_UNITS} units are most")
    numbers = np.arange(2**units)[:, np.newaxis]
    return (numbers >> np.arange(units - 1, -1, -1) & 1).astype(np.float64)


def log_sum_exp(values: Array) -> float:
    """ln Σ e^v, also where the e^v overflow."""
    largest = float(values.max())
    if not np.isfinite(largest):
        return largest
    return largest + float(np.log(np.exp(values - largest).sum()))
