"""The parts of a node that can be pointed at, where they stand, and which numbers they show."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from nnsim.document.model import Document, Node
from nnsim.engine.record import Quantity
from nnsim.session.frame import STEPPED
from nnsim.ui.canvas.geometry import NEURON_RADIUS, UNIT_RADIUS, Form, Geometry
from nnsim.ui.canvas.own_loop import loop_label
from nnsim.ui.canvas.readings import NodeReading, Readings

What = Literal[
    "value",
    "sum",
    "delta",
    "bias",
    "own",
    "predicted",
    "target",
    "error",
    "term",
    "name",
    "caption",
]

# What the parts of a unit show.
_KINDS: dict[str, str] = {"value": "a", "sum": "z", "delta": "dz"}
_LINE = 18.0
_OUTPUT_WIDTH = 96.0
#: From a body to what stands beside it.
OUTPUT_GAP = 16.0
# The addend of the loss stands behind the error it is made from.
_OUTPUT_LINES = {"predicted": 0, "target": 1, "error": 2, "term": 2}
_PIECES_IN_A_LINE = 3
# Below a unit of a layer there is room for the biases of so many pieces.
_PIECES_BELOW_A_UNIT = 2
# Numbers of a neuron with a heat map, so low that they leave its middle free.
_RIM_TOP, _RIM_HEIGHT = 20.0, 17.0


class Part(NamedTuple):
    """A part of a node.  ``row`` is a unit, or for sums, deltas and biases a row of the weights.

    "own" is the arrow of a recurrent layer to itself.
    """

    what: What
    row: int = 0


@dataclass(frozen=True)
class Layout:
    """Where the parts of a node stand, relative to its middle.

    ``is_mapped``: its units show heat maps, and their numbers stand at the rim.
    """

    geometry: Geometry
    pieces: int
    is_input: bool
    is_mapped: bool = False

    @classmethod
    def of(cls, node: Node, geometry: Geometry, is_mapped: bool = False) -> Layout:
        """The layout of a node."""
        pieces = 1 if node.is_input else node.rows // node.units
        return cls(geometry, pieces, node.is_input, is_mapped)

    @functools.cached_property
    def middles(self) -> list[QPointF]:
        """Middles of the units."""
        return [QPointF(x, y) for x, y in self.geometry.units.tolist()]

    @property
    def shows_biases(self) -> bool:
        """Whether there is room for the biases."""
        form = self.geometry.form
        if self.is_input or form is Form.BLOCK:
            return False
        return form is Form.NEURON or self.pieces <= _PIECES_BELOW_A_UNIT

    @functools.cached_property
    def name(self) -> QRectF:
        """The name, above."""
        return QRectF(-80, self.geometry.body.top() - 24, 160, 20)

    @functools.cached_property
    def caption(self) -> QRectF:
        """Units and activation, below layers."""
        return QRectF(-90, self.geometry.body.bottom() + 3, 180, _LINE)

    @functools.cached_property
    def _kept(self) -> dict[tuple[str, int], QRectF]:
        """Rectangles asked for so far: painting asks for the same again and again."""
        return {}

    def value(self, unit: int) -> QRectF:
        """The activation of a unit, or the value of an input."""
        found = self._kept.get(("value", unit))
        if found is None:
            found = self._kept["value", unit] = self._value(unit)
        return found

    def _value(self, unit: int) -> QRectF:
        form = self.geometry.form
        if form is Form.NEURON:
            if self.is_mapped:
                return QRectF(1, _RIM_TOP, NEURON_RADIUS, _RIM_HEIGHT)
            return QRectF(2, -3, NEURON_RADIUS - 6, 24)
        if form is Form.UNITS:
            middle = self.middles[unit]
            if self.is_mapped:
                return QRectF(middle.x() - UNIT_RADIUS, middle.y() + 9, 2 * UNIT_RADIUS, 14)
            # As wide as the circle is where the number's upper edge stands.
            half = UNIT_RADIUS - 5
            return QRectF(middle.x() - half, middle.y() - 17, 2 * half, 20)
        return self.geometry.unit_rect(unit)

    def sum(self, unit: int) -> QRectF:
        """The sum of a unit, before the activation."""
        found = self._kept.get(("sum", unit))
        if found is None:
            found = self._kept["sum", unit] = self._sum(unit)
        return found

    def _sum(self, unit: int) -> QRectF:
        if self.geometry.form is Form.NEURON:
            if self.is_mapped:
                return QRectF(-1 - NEURON_RADIUS, _RIM_TOP, NEURON_RADIUS, _RIM_HEIGHT)
            return QRectF(6 - NEURON_RADIUS, -3, NEURON_RADIUS - 8, 24)
        middle = self.middles[unit]
        if self.is_mapped:
            return QRectF(middle.x() - UNIT_RADIUS, middle.y() - 23, 2 * UNIT_RADIUS, 13)
        return QRectF(middle.x() - UNIT_RADIUS + 3, middle.y() + 3, 2 * UNIT_RADIUS - 6, 14)

    def bias(self, row: int) -> QRectF:
        """The bias of a row, below its unit; the pieces of a maxout unit side by side."""
        found = self._kept.get(("bias", row))
        if found is None:
            found = self._kept["bias", row] = self._bias(row)
        return found

    def _bias(self, row: int) -> QRectF:
        unit, piece = divmod(row, self.pieces)
        if self.geometry.form is Form.NEURON:
            width = 76.0 if self.pieces == 1 else 62.0
            line, column = divmod(piece, _PIECES_IN_A_LINE)
            left = -width * min(self.pieces, _PIECES_IN_A_LINE) / 2
            top = NEURON_RADIUS + 4 + line * _LINE
            return QRectF(left + column * width, top, width, _LINE)
        middle = self.middles[unit]
        width = 2 * (UNIT_RADIUS + 8) / self.pieces
        left = middle.x() - UNIT_RADIUS - 8 + piece * width
        return QRectF(left, middle.y() + UNIT_RADIUS + 1, width, 15)

    def delta(self, row: int) -> QRectF:
        """The gradient δ of a row: beside the bias of a neuron, in the unit of a layer."""
        if self.geometry.form is Form.NEURON:
            side = self.bias(min(self.pieces, _PIECES_IN_A_LINE) - 1)
            return QRectF(side.right(), side.top() + _LINE * (row % self.pieces), 80, _LINE)
        return self.sum(row // self.pieces)

    def output(self, unit: int, line: int) -> QRectF:
        """A line beside an output neuron: 0 prediction, 1 target, 2 error."""
        y = self.middles[unit].y()
        left = self.geometry.body.right() + OUTPUT_GAP
        return QRectF(left, y + (line - 1.5) * _LINE, _OUTPUT_WIDTH, _LINE)

    def parts(self, node: Node, has_output: bool, shows_deltas: bool) -> list[tuple[Part, QRectF]]:
        """Every part and its rectangle; what lies on top comes first."""
        form = self.geometry.form
        found: list[tuple[Part, QRectF]] = [(Part("name"), self.name)]
        if form is Form.BLOCK:
            return [*found, (Part("caption"), self.caption)]
        if self.shows_biases:
            found += [(Part("bias", row), self.bias(row)) for row in range(node.rows)]
        for unit in range(node.units):
            if has_output:
                lines: tuple[What, ...] = ("predicted", "target", "error")
                found += [(Part(w, unit), self.output(unit, k)) for k, w in enumerate(lines)]
            if shows_deltas:
                rows = range(unit * self.pieces, (unit + 1) * self.pieces)
                found += [(Part("delta", row), self.delta(row)) for row in rows]
            if not self.is_input:
                half = self.sum(unit)
                if form is Form.NEURON:
                    half = QRectF(-NEURON_RADIUS, -NEURON_RADIUS, NEURON_RADIUS, 2 * NEURON_RADIUS)
                found.append((Part("sum", unit * self.pieces), half))
            found.append((Part("value", unit), self.geometry.unit_rect(unit)))
        if form in (Form.UNITS, Form.INPUTS):
            found.append((Part("caption"), self.caption))
        return found

    def rect(self, part: Part) -> QRectF:
        """Where a part stands."""
        if part.what in _OUTPUT_LINES:
            return self.output(part.row, _OUTPUT_LINES[part.what])
        if self.geometry.form is Form.BLOCK and part.what in ("sum", "delta"):
            return self.geometry.unit_rect(part.row // self.pieces)
        if self.geometry.form is Form.BLOCK and part.what == "bias":
            return QRectF(self.caption)
        places = {
            "value": lambda: self.value(part.row),
            "sum": lambda: self.sum(part.row // self.pieces),
            "delta": lambda: self.delta(part.row),
            "bias": lambda: self.bias(part.row),
            "name": lambda: self.name,
            "caption": lambda: self.caption,
            "own": lambda: loop_label(self.geometry),
        }
        return QRectF(places[part.what]())


def quantity_of(part: Part, node: Node, readings: Readings) -> Quantity | None:
    """The number a part shows, as it stands at this moment; None for name and caption."""
    sample = readings.frame.sample if readings.frame else 0
    step = readings.frame.step_of(node.id) if readings.frame else None
    if part.what == "predicted":
        return Quantity("a", node.id, part.row, sample=sample)
    kind = _KINDS.get(part.what)
    if kind is not None:
        if step is not None and not node.is_input:
            kind = STEPPED[kind]
        return Quantity(kind, node.id, part.row, sample=sample, step=step)
    if part.what == "own":
        return _own_weight(node, readings)
    if part.what == "bias":
        after = Quantity("b+", node.id, part.row)
        frame = readings.frame
        return after if frame and frame.is_shown(after) else Quantity("b", node.id, part.row)
    if part.what in ("target", "error"):
        output = readings.node(node).output
        if output is not None:
            kind = "t" if part.what == "target" else "e"
            return Quantity(kind, row=output.first + part.row, sample=sample)
    return None


def _own_weight(node: Node, readings: Readings) -> Quantity | None:
    """The strongest weight a recurrent layer sees itself through: the others stand in a table."""
    frame = readings.frame
    u = node.recurrent if frame is None else frame.parameter(f"u:{node.id}")
    place = np.unravel_index(int(np.nan_to_num(np.abs(u)).argmax()), u.shape)
    row, column = (int(index) for index in place)
    after = Quantity("u+", node.id, row, column)
    return after if frame and frame.is_shown(after) else Quantity("u", node.id, row, column)


def part_of(quantity: Quantity, node: Node, reading: NodeReading) -> Part | None:
    """The part of a node that shows a number, or None where the node does not show it."""
    if quantity.kind in ("t", "e", "y", "l"):
        output = reading.output
        unit = -1 if output is None else quantity.row - output.first
        if not 0 <= unit < node.units:
            return None
        names: dict[str, What] = {"t": "target", "y": "predicted", "l": "term"}
        return Part(names.get(quantity.kind, "error"), unit)
    if quantity.owner != node.id:
        return None
    parameter = quantity.parameter
    if parameter is not None:
        return Part("own") if parameter.kind == "u" else Part("bias", quantity.row)
    kinds: dict[str, What] = {
        "a": "value",
        "da": "value",
        "h": "value",
        "dh": "value",
        "z": "sum",
        "s": "sum",
        "dz": "delta",
        "ds": "delta",
    }
    what = kinds.get(quantity.kind)
    return None if what is None else Part(what, quantity.row)


def parameter_of(quantity: Quantity) -> Quantity | None:
    """The start value ("w", "u" or "b") behind a number about a parameter; else None."""
    if quantity.kind == "p":
        return replace(quantity, kind="w", sample=0)
    return quantity.parameter


def column_name(document: Document, node: Node, unit: int) -> str:
    """The column of the data that feeds a unit of an input node; "" where there is none."""
    before = 0
    for other in document.inputs:
        if other.id == node.id:
            break
        before += other.columns
    names = document.data.input_names
    if node.steps > 1:
        # A column for each time step: none of them is the name of the unit.
        return ""
    return names[before + unit] if before + unit < len(names) else ""
