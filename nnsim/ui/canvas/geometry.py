"""Where things are: the outlines of nodes and the lines between them, in scene units.

Everything here is relative to the middle of a node unless it says otherwise; a unit is a pixel at
100 %.
"""

from __future__ import annotations

import enum
import functools
import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from nnsim.document.model import Floats, Node

GRID = 20.0
NEURON_RADIUS = 42.0
UNIT_RADIUS = 24.0
#: Larger layers collapse into a block with a heat map.
MAX_DRAWN_UNITS = 8
#: Connections with more lines are shown as a heat map of their weight matrix.
MAX_DRAWN_LINES = 1500
PORT_RADIUS = 7.0

_INPUT_SIZE = (64.0, 52.0)
_CELL_HEIGHT = 44.0
_CELL_PITCH = 52.0
_UNIT_PITCH = 70.0
_FRAME_MARGIN = 12.0
# Below each unit of a layer there is room for its bias.
_BIAS_ROOM = 16.0
_BLOCK_WIDTH = 104.0
_BLOCK_MARGIN = 12.0
_LOOP_POINTS = 25


class Form(enum.Enum):
    """How a node is drawn."""

    INPUT = "input"
    INPUTS = "inputs"
    NEURON = "neuron"
    UNITS = "units"
    BLOCK = "block"


class Geometry(NamedTuple):
    """The outline of a node.

    ``units``: middles of its units, shape (units, 2); ``outs``: where lines leave, (units, 2);
    ``ins``: where lines arrive, (rows, 2); ``grid``: rows and columns of the heat map of a block,
    which fills ``map``.
    """

    form: Form
    body: QRectF
    units: Floats
    outs: Floats
    ins: Floats
    grid: tuple[int, int]
    map: QRectF

    @property
    def left_port(self) -> QPointF:
        """Where connections to the whole node are dropped."""
        return QPointF(self.body.left(), 0.0)

    @property
    def right_port(self) -> QPointF:
        """Where connections from the whole node start."""
        return QPointF(self.body.right(), 0.0)

    def unit_radius(self) -> float:
        """Radius of what is round about a unit."""
        return NEURON_RADIUS if self.form is Form.NEURON else UNIT_RADIUS

    def unit_rect(self, unit: int) -> QRectF:
        """The rectangle around one unit."""
        x, y = self.units[unit]
        if self.form is Form.BLOCK:
            rows, columns = self.grid
            width, height = self.map.width() / columns, self.map.height() / rows
        elif self.form in (Form.INPUT, Form.INPUTS):
            width = _INPUT_SIZE[0]
            height = _INPUT_SIZE[1] if self.form is Form.INPUT else _CELL_HEIGHT
        else:
            width = height = 2 * self.unit_radius()
        return QRectF(x - width / 2, y - height / 2, width, height)

    def nearest_unit(self, x: float, y: float) -> int:
        """The unit whose middle is nearest to a point."""
        return int(((self.units - (x, y)) ** 2).sum(axis=1).argmin())


def geometry_of(node: Node) -> Geometry:
    """The outline of a node; nodes of the same size share one.

    What goes through time steps has a frame, however few its units: its caption says how many.
    """
    is_framed = node.is_recurrent or node.steps > 1
    return _geometry(node.is_input, node.units, node.rows, is_framed)


@functools.lru_cache(maxsize=256)
def _geometry(is_input: bool, units: int, rows: int, is_framed: bool) -> Geometry:
    if units > MAX_DRAWN_UNITS:
        return _block(is_input, units, rows)
    if is_input:
        pitch, height = _CELL_PITCH, _CELL_HEIGHT
        form = Form.INPUT if units == 1 and not is_framed else Form.INPUTS
    else:
        pitch, height = _UNIT_PITCH, 2 * UNIT_RADIUS
        form = Form.NEURON if units == 1 and not is_framed else Form.UNITS
    middles = np.zeros((units, 2))
    middles[:, 1] = (np.arange(units) - (units - 1) / 2) * pitch
    if form is Form.NEURON:
        body = QRectF(-NEURON_RADIUS, -NEURON_RADIUS, 2 * NEURON_RADIUS, 2 * NEURON_RADIUS)
    elif form is Form.INPUT:
        width, height = _INPUT_SIZE
        body = QRectF(-width / 2, -height / 2, width, height)
    else:
        width = (_INPUT_SIZE[0] if is_input else 2 * UNIT_RADIUS) + 2 * _FRAME_MARGIN
        top = middles[0, 1] - height / 2 - _FRAME_MARGIN
        bottom = middles[-1, 1] + height / 2 + (_FRAME_MARGIN if is_input else _BIAS_ROOM + 6)
        body = QRectF(-width / 2, top, width, bottom - top)
    return _with_ends(form, body, middles, rows, (units, 1), body, 2 * UNIT_RADIUS)


def _block(is_input: bool, units: int, rows: int) -> Geometry:
    edge = math.isqrt(units)
    if is_input and edge * edge == units:
        # As many inputs as a square has pixels are most often an image.
        grid = (edge, edge)
        height: float = _BLOCK_WIDTH - 2 * _BLOCK_MARGIN
    else:
        down = min(units, max(16, math.ceil(math.sqrt(2 * units))))
        grid = (down, math.ceil(units / down))
        height = min(max(9.0 * down, 130.0), 230.0)
    heat = QRectF(
        _BLOCK_MARGIN - _BLOCK_WIDTH / 2, -height / 2, _BLOCK_WIDTH - 2 * _BLOCK_MARGIN, height
    )
    if grid[1] == 1:
        heat = QRectF(-14, -height / 2, 28, height)
    row, column = np.divmod(np.arange(units), grid[1])
    middles = np.empty((units, 2))
    middles[:, 0] = heat.left() + (column + 0.5) * heat.width() / grid[1]
    middles[:, 1] = heat.top() + (row + 0.5) * heat.height() / grid[0]
    side = (_BLOCK_WIDTH - heat.width()) / 2
    body = heat.adjusted(-side, -_BLOCK_MARGIN, side, _BLOCK_MARGIN)
    return _with_ends(Form.BLOCK, body, middles, rows, grid, heat, heat.height() / grid[0])


def _with_ends(
    form: Form,
    body: QRectF,
    middles: Floats,
    rows: int,
    grid: tuple[int, int],
    heat: QRectF,
    height: float,
) -> Geometry:
    units = len(middles)
    outs = middles.copy()
    outs[:, 0] = body.right()
    pieces = rows // units
    ins = np.repeat(middles, max(pieces, 1), axis=0)[: rows or 0]
    ins[:, 0] = body.left()
    if pieces > 1:
        # The pieces of a maxout unit arrive one below the other.
        ins[:, 1] += np.tile((np.arange(pieces) / (pieces - 1) - 0.5) * height * 0.5, units)
    if form is Form.NEURON and pieces > 1:
        # On the circle, not on its bounding square.
        ins[:, 0] = -np.sqrt(NEURON_RADIUS**2 - ins[:, 1] ** 2)
    for array in (middles, outs, ins):
        array.flags.writeable = False
    return Geometry(form, body, middles, outs, ins, grid, heat)


def line_points(
    source: Geometry, at: tuple[float, float], target: Geometry, to: tuple[float, float]
) -> Floats:
    """Every line from one node to another, shape (rows, units, points, 2), in the scene.

    A line has two points where the target stands to the right of the source; one that leads back
    goes around in a curve of many.
    """
    return way_points(source, at, source.outs, target, to, target.ins)


def way_points(
    source: Geometry,
    at: tuple[float, float],
    leaving: Floats,
    target: Geometry,
    to: tuple[float, float],
    coming: Floats,
) -> Floats:
    """Lines from places of one node to places of another, as ``line_points``.

    ``leaving`` and ``coming``, (lines, 2), count from the middles of the nodes.
    """
    outs, ins = leaving + at, coming + to
    shape = (len(ins), len(outs), 2)
    start = np.broadcast_to(outs[np.newaxis, :, :], shape)
    end = np.broadcast_to(ins[:, np.newaxis, :], shape)
    if to[0] + target.body.left() >= at[0] + source.body.right() + 8:
        return np.stack([start, end], axis=2)
    return _loops(start, end, source, target, at, to)


def _loops(
    start: Floats,
    end: Floats,
    source: Geometry,
    target: Geometry,
    at: tuple[float, float],
    to: tuple[float, float],
) -> Floats:
    """Cubic curves from the right side of the source around to the left side of the target."""
    tall = max(source.body.height(), target.body.height())
    # Nodes at about the same height are passed above; else the way between them is free.
    bulge = tall + 60 if abs(at[1] - to[1]) < tall + 40 else 0.0
    reach = 70 + 0.25 * abs(at[0] - to[0])
    first = start + np.array((reach, -bulge))
    second = end + np.array((-reach, -bulge))
    t = np.linspace(0, 1, _LOOP_POINTS)[:, np.newaxis]
    curves: Floats = (
        (1 - t) ** 3 * start[:, :, np.newaxis, :]
        + 3 * (1 - t) ** 2 * t * first[:, :, np.newaxis, :]
        + 3 * (1 - t) * t**2 * second[:, :, np.newaxis, :]
        + t**3 * end[:, :, np.newaxis, :]
    )
    return curves


def nearest_line(points: Floats, x: float, y: float) -> tuple[int, float]:
    """Index of the line nearest to a point, and its distance; ``points``: (lines, points, 2)."""
    start, end = points[:, :-1], points[:, 1:]
    along = end - start
    there = np.array((x, y)) - start
    length = np.maximum((along**2).sum(axis=-1), 1e-12)
    share = np.clip((there * along).sum(axis=-1) / length, 0.0, 1.0)
    away = np.hypot(
        there[..., 0] - share * along[..., 0], there[..., 1] - share * along[..., 1]
    ).min(axis=1)
    best = int(away.argmin())
    return best, float(away[best])


def point_along(points: Floats, share: float) -> QPointF:
    """The point at a share of the way along one line, shape (points, 2)."""
    place = share * (len(points) - 1)
    at = min(int(place), len(points) - 2)
    x, y = points[at] + (place - at) * (points[at + 1] - points[at])
    return QPointF(float(x), float(y))


def snapped(value: float, grid: float = GRID) -> float:
    """The nearest multiple of the grid."""
    return math.floor(value / grid + 0.5) * grid
