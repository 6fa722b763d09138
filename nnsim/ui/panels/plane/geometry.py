"""Lines, half planes and contours, as points to draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.session.probing import Affine

Floats = NDArray[np.float64]

# Where the edges of a cell begin and end: below, right, above, left.
_FROM_ROW, _TO_ROW = np.array([[0, 0, 1, 0], [0, 1, 1, 1]])
_FROM_COLUMN, _TO_COLUMN = np.array([[0, 1, 0, 0], [1, 1, 1, 0]])


def unit_normal(line: Affine) -> tuple[Floats, float] | None:
    """The line w·x + b = 0 as n·x + d = 0 with |n| = 1; None where w = 0 or not finite."""
    largest = float(np.abs(line.weights).max())
    if not (np.isfinite(largest) and largest > 0 and np.isfinite(line.bias)):
        return None
    # Divided by the largest weight first: squares of large weights would overflow.
    scaled = line.weights / largest
    length = float(np.hypot(*scaled))
    return scaled / length, line.bias / largest / length


def foot(line: Affine, point: Floats) -> Floats | None:
    """The point of the line that is nearest to ``point``, shape (2,)."""
    found = unit_normal(line)
    if found is None:
        return None
    normal, offset = found
    nearest: Floats = point - (normal @ point + offset) * normal
    return nearest if np.isfinite(nearest).all() else None


def segment(line: Affine, low: Floats, high: Floats) -> Floats | None:
    """The part of the line through a rectangle, a bit longer, shape (2, 2); None if it misses."""
    middle, reach = (low + high) / 2, float(np.hypot(*(high - low)))
    nearest = foot(line, middle)
    found = unit_normal(line)
    if nearest is None or found is None or np.hypot(*(nearest - middle)) > reach:
        return None
    along = np.array([-found[0][1], found[0][0]])
    return np.array([nearest - reach * along, nearest + reach * along])


def half_plane(line: Affine, low: Floats, high: Floats) -> Floats:
    """Corners of the part of a rectangle where w·x + b >= 0, shape (corners, 2); maybe none."""
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    # Halves, so that the difference of two huge sums does not overflow.
    sums = line(corners) / 2
    kept: list[Floats] = []
    for k in range(4):
        here, there = sums[k], sums[(k + 1) % 4]
        if here >= 0:
            kept.append(corners[k])
        if (here >= 0) != (there >= 0):
            share = here / (here - there)
            kept.append(corners[k] + share * (corners[(k + 1) % 4] - corners[k]))
    area = np.array(kept).reshape(-1, 2)
    return area[np.isfinite(area).all(axis=1)]


def contour(values: Floats, level: float, low: Floats, high: Floats) -> Floats:
    """Where a grid of values crosses a level: end points of segments, shape (2 × segments, 2).

    ``values`` has shape (rows, columns) and holds the middles of equal cells of the rectangle,
    lowest row first.  Marching squares (Lorensen and Cline 1987, in two dimensions) with linear
    interpolation along the edges.
    """
    rows, columns = values.shape
    xs = low[0] + (high[0] - low[0]) * (np.arange(columns) + 0.5) / columns
    ys = low[1] + (high[1] - low[1]) * (np.arange(rows) + 0.5) / rows
    inside = values > level
    along = inside[:, :-1] != inside[:, 1:]
    upward = inside[:-1] != inside[1:]
    # Edges of each cell, anticlockwise: below, right, above, left.
    crossed = (along[:-1], upward[:, 1:], along[1:], upward[:, :-1])
    cell_y, cell_x = np.nonzero(crossed[0] | crossed[1] | crossed[2])
    if not len(cell_y):
        return np.zeros((0, 2))
    edges = np.stack([edge[cell_y, cell_x] for edge in crossed], axis=-1)
    first, last = edges.argmax(axis=1), 3 - edges[:, ::-1].argmax(axis=1)
    saddles = edges.all(axis=1)
    if saddles.any():
        # Four crossings: below with right and above with left.
        last[saddles] = 1
        cell_y, cell_x = (np.concatenate([cell, cell[saddles]]) for cell in (cell_y, cell_x))
        first, last = (
            np.concatenate([edge, np.full(saddles.sum(), other)])
            for edge, other in ((first, 2), (last, 3))
        )
    y, x, edge = np.repeat(cell_y, 2), np.repeat(cell_x, 2), np.stack([first, last], axis=1).ravel()
    found = _crossing(values, level, xs, ys, y, x, edge)
    whole = np.isfinite(found).all(axis=1).reshape(-1, 2).all(axis=1)
    return found if whole.all() else found[np.repeat(whole, 2)]


def _crossing(
    values: Floats,
    level: float,
    xs: Floats,
    ys: Floats,
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    edge: NDArray[np.int64],
) -> Floats:
    """The point at which an edge of each cell crosses the level, shape (cells, 2)."""
    from_row, to_row = row + _FROM_ROW[edge], row + _TO_ROW[edge]
    from_column, to_column = column + _FROM_COLUMN[edge], column + _TO_COLUMN[edge]
    a, b = values[from_row, from_column], values[to_row, to_column]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        share = np.clip((level - a) / (b - a), 0.0, 1.0)
    x = xs[from_column] + share * (xs[to_column] - xs[from_column])
    y = ys[from_row] + share * (ys[to_row] - ys[from_row])
    return np.column_stack([x, y])
