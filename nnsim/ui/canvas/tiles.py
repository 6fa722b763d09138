"""Where the heat maps of the units of a large layer stand: square tiles in its block."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF

from nnsim.ui.canvas.geometry import Form, Geometry

#: Layers with more units show no maps: a tile would be a few pixels wide.
MAX_TILES = 64
_MARGIN = 8.0
#: From the edge of its place to a tile.
TILE_GAP = 1.5


def tiled(geometry: Geometry) -> Geometry:
    """A block whose units are square tiles, row by row; the body and the ends of lines stay.

    Other forms stay as they are, and so do blocks with more units than MAX_TILES.
    """
    units = len(geometry.units)
    if geometry.form is not Form.BLOCK or units > MAX_TILES:
        return geometry
    room = geometry.body.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    columns = min(range(1, units + 1), key=lambda n: -_edge(room, n, math.ceil(units / n)))
    rows = math.ceil(units / columns)
    edge = _edge(room, columns, rows)
    where = QRectF(0, 0, columns * edge, rows * edge)
    where.moveCenter(room.center())
    row, column = np.divmod(np.arange(units), columns)
    middles = np.column_stack(
        [where.left() + (column + 0.5) * edge, where.top() + (row + 0.5) * edge]
    )
    middles.flags.writeable = False
    return geometry._replace(units=middles, grid=(rows, columns), map=where)


def _edge(room: QRectF, columns: int, rows: int) -> float:
    return min(room.width() / columns, room.height() / rows)
