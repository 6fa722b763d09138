"""Which input columns tell most about the targets: those that a picture of the data shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.data import Table
from nnsim.data.classes import labels_of

Floats = NDArray[np.float64]


def telling_columns(table: Table) -> tuple[int, int]:
    """The two input columns that tell most about the targets, the better one first.

    Of classes: the share of a column's variance that lies between them, η²; of values: the square
    of the correlation with the first target.  A single column is named twice.
    """
    labels = labels_of(table.targets)
    told = [
        _correlation(column, table.targets[:, 0])
        if labels is None
        else _between_classes(column, labels)
        for column in table.inputs.T
    ]
    best = sorted(range(len(told)), key=lambda k: -told[k])
    return best[0], best[1] if len(best) > 1 else best[0]


def _between_classes(column: Floats, labels: NDArray[np.int64]) -> float:
    """η² = Σ_c n_c (mean_c - mean)² / Σ (x - mean)²; 0 for a constant column."""
    whole = float(((column - column.mean()) ** 2).sum())
    if whole == 0:
        return 0.0
    groups = [column[labels == label] for label in np.unique(labels)]
    between = sum(len(group) * (group.mean() - column.mean()) ** 2 for group in groups)
    return float(between / whole)


def _correlation(column: Floats, values: Floats) -> float:
    """r², 0 where either is constant."""
    x, y = column - column.mean(), values - values.mean()
    scale = float((x @ x) * (y @ y))
    return float((x @ y) ** 2 / scale) if scale > 0 else 0.0
