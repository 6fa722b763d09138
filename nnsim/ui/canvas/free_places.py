"""Where there is room for something new."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF

from nnsim.ui.canvas.geometry import GRID, snapped


def nearest_free(at: QPointF, rects: Sequence[QRectF], taken: Sequence[QRectF]) -> QPointF:
    """The point of the grid nearest to ``at`` where ``rects``, moved there, meet none of ``taken``.

    ``rects`` are relative to the point.
    """
    start = QPointF(snapped(at.x()), snapped(at.y()))
    best: tuple[float, QPointF] | None = None
    # A ring of the grid is nowhere nearer than its number, so the search may end there.
    for ring in itertools.count():
        if best is not None and best[0] <= ring:
            return best[1]
        for column, row in _ring(ring):
            away = math.hypot(column, row)
            place = start + QPointF(column * GRID, row * GRID)
            if (best is None or away < best[0]) and _is_free(place, rects, taken):
                best = (away, place)
    raise AssertionError("a finite diagram leaves room somewhere")


def _ring(number: int) -> Iterator[tuple[int, int]]:
    """The points of the grid this many steps away, across or down; below and right first."""
    span = range(number, -number - 1, -1)
    return (
        (column, row) for row in span for column in span if max(abs(column), abs(row)) == number
    )


def _is_free(place: QPointF, rects: Sequence[QRectF], taken: Sequence[QRectF]) -> bool:
    return not any(rect.translated(place).intersects(other) for rect in rects for other in taken)
