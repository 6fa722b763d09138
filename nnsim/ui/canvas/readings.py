"""What the canvas shows of a moment: for each node and connection, what has come about.

Readings are made from the document and the frame; they hold plain arrays and know no painting.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Connection, Document, Floats, Node
from nnsim.engine.learners import missed
from nnsim.engine.record import Quantity
from nnsim.session.frame import STEPPED, Frame

Bools = NDArray[np.bool_]
#: What a recurrent layer has of a time step, as what a dense layer has.
_UNSTEPPED = {stepped: kind for kind, stepped in STEPPED.items()}

# Losses for targets that are classes.
_OF_CLASSES = frozenset({"cross_entropy", "binary_cross_entropy", "hinge"})


class Numbers(NamedTuple):
    """Numbers and which of them have come about, same shape.  Empty arrays where there are none."""

    values: Floats
    shown: Bools

    @property
    def drawn(self) -> tuple[bytes, bytes]:
        """What is seen of them: numbers that have not come about are not."""
        values = self.values if self.shown.all() else np.where(self.shown, self.values, 0.0)
        return values.tobytes(), self.shown.tobytes()

    def at(self, index: int) -> float | None:
        """The number, or None where it has not come about."""
        if index < len(self.values) and self.shown[index]:
            return float(self.values[index])
        return None


NOTHING = Numbers(np.zeros(0), np.zeros(0, dtype=np.bool_))


class OutputReading(NamedTuple):
    """What an output neuron should have said.

    ``right``: per unit True, False, or None where it is not decided (not predicted yet, one of
    several classes that was neither predicted nor wanted, or no class at all but a number to come
    near to).  ``terms`` are the addends of the loss, where there is one.
    """

    first: int
    targets: Floats
    errors: Numbers
    terms: Numbers
    right: tuple[bool | None, ...]


@dataclass(frozen=True, eq=False)
class NodeReading:
    """The numbers of a node, and which of them came about with the last step.

    ``lit`` holds a mask for each kind of quantity ("z", "a", "dz", "gb", "b+") that did; what a
    recurrent layer has of a time step goes by the same names.  ``step`` (from 0) is the one looked
    at of ``steps``.
    """

    activations: Numbers
    sums: Numbers
    deltas: Numbers
    bias: Floats
    bias_before: Floats
    bias_fresh: Bools
    lit: dict[str, Bools]
    output: OutputReading | None
    step: int = 0
    steps: int = 1

    @functools.cached_property
    def drawn(self) -> tuple[object, ...]:
        """All that is seen of it: equal for two readings that look the same."""
        output = self.output
        return (
            *(self.activations.drawn, self.sums.drawn, self.deltas.drawn),
            *(self.bias.tobytes(), self.bias_fresh.tobytes(), self.step, self.steps),
            *((kind, mask.tobytes()) for kind, mask in self.lit.items()),
            None
            if output is None
            else (output.targets.tobytes(), output.errors.drawn, output.terms.drawn, output.right),
        )

    def is_lit(self, row: int, *kinds: str) -> bool:
        """Whether one of these numbers of a row came about with the last step."""
        for kind in kinds:
            mask = self.lit.get(kind)
            if mask is not None and row < len(mask) and mask[row]:
                return True
        return False

    def is_any_lit(self, *kinds: str) -> bool:
        """Whether one of these numbers of any row came about with the last step."""
        return any(kind in self.lit and bool(self.lit[kind].any()) for kind in kinds)


class LinkReading(NamedTuple):
    """The weights of a connection.

    ``fresh``: changed in this iteration, by now; ``lit``: what came about with the last step and
    lights its line; ``flowing``: lines along which something is being added up; ``kind``: what the
    numbers on lit lines are ("p", "gw" or "w+"); ``row``: the row whose products or gradients are
    being gone through.
    """

    weights: Floats
    before: Floats
    fresh: Bools
    lit: Bools | None = None
    flowing: Bools | None = None
    kind: str = ""
    row: int | None = None


class Readings:
    """The readings of one moment.  ``previous`` is how many moments were shown before the step."""

    def __init__(
        self, document: Document, frame: Frame | None, previous: int | None = None
    ) -> None:
        self.document = document
        self.frame = frame
        self._before: Frame | None = None
        if frame is not None and previous is not None and previous < frame.done:
            self._before = replace(frame, done=previous)
        self._nodes: dict[str, NodeReading] = {}
        self._links: dict[str, LinkReading] = {}

    @property
    def last(self) -> Quantity | None:
        """The number that came about last."""
        moment = self.frame.last if self.frame else None
        return moment.quantity if moment else None

    def node(self, node: Node) -> NodeReading:
        """The numbers of a node."""
        if node.id not in self._nodes:
            self._nodes[node.id] = self._read_node(node)
        return self._nodes[node.id]

    def link(self, connection: Connection) -> LinkReading:
        """The weights of a connection."""
        if connection.id not in self._links:
            self._links[connection.id] = self._read_link(connection)
        return self._links[connection.id]

    # -- nodes -----------------------------------------------------------------------------------

    def _read_node(self, node: Node) -> NodeReading:
        frame = self.frame
        if frame is None:
            fresh = np.zeros(len(node.bias), dtype=np.bool_)
            return NodeReading(NOTHING, NOTHING, NOTHING, node.bias, node.bias, fresh, {}, None)
        activations = Numbers(*frame.values("a", node.id))
        step = frame.step_of(node.id)
        steps = (0, 1) if step is None else (step, frame.spec.steps(node.id))
        if node.is_input:
            none = np.zeros(0)
            empty = np.zeros(0, dtype=np.bool_)
            return NodeReading(activations, NOTHING, NOTHING, none, none, empty, {}, None, *steps)
        before = np.asarray(frame.record.arrays[f"b:{node.id}"], dtype=np.float64)
        bias = frame.parameter(f"b:{node.id}")
        return NodeReading(
            activations,
            Numbers(*frame.values("z", node.id)),
            Numbers(*frame.values("dz", node.id)),
            bias,
            before,
            _differ(bias, before),
            self._lit_of_node(node),
            self._output(node, activations),
            *steps,
        )

    def _lit_of_node(self, node: Node) -> dict[str, Bools]:
        last = self.last
        if last is None:
            return {}
        if last.kind == "e":
            rows = self._output_rows(node)
            if rows is None:
                return {}
            count = self.frame.spec.output_count if self.frame else 0
            return {"e": self._just_shown(last, (count,))[rows]}
        assert self.frame is not None
        plain = self.frame.ordinary(last)
        if plain.owner != node.id:
            return {}
        rows_of = node.units if plain.kind == "a" else node.rows
        kind = _UNSTEPPED.get(plain.kind, plain.kind)
        return {kind: self._just_shown(last, (rows_of,))}

    def _just_shown(self, last: Quantity, shape: tuple[int, ...]) -> Bools:
        """Which numbers like ``last`` came about with the last step: it alone after a step back."""
        assert self.frame is not None
        if self._before is None:
            mask = np.zeros(shape, dtype=np.bool_)
            mask[(last.row, last.column)[: len(shape)]] = True
            return mask
        shown = self.frame.shown_of(last.kind, last.owner, shape)
        # The frame before may have looked at an earlier sample: then all that is shown is new.
        if self._before.sample != self.frame.sample:
            return shown
        if last.step is not None and self._before.step_of(last.owner) != last.step:
            # So it may have at an earlier time step.
            return shown
        mask = shown & ~self._before.shown_of(last.kind, last.owner, shape)
        return mask

    def _output_rows(self, node: Node) -> slice | None:
        assert self.frame is not None
        spec = self.frame.spec
        first = 0
        for output in spec.outputs:
            units = spec.units[output]
            if output == node.id:
                return slice(first, first + units)
            first += units
        return None

    def _output(self, node: Node, activations: Numbers) -> OutputReading | None:
        frame = self.frame
        rows = None if frame is None else self._output_rows(node)
        if frame is None or rows is None:
            return None
        record, sample = frame.record, frame.sample
        targets = record.arrays["t"].astype(np.float64)
        errors = record.arrays["e"].astype(np.float64)[sample, rows]
        shown = frame.shown_of("e", "", (frame.spec.output_count,))[rows]
        loss = frame.spec.loss.name
        wrong = missed(record.arrays["y"].astype(np.float64), targets, loss)[sample, rows]
        kind, owner = frame.standing_for("a", node.id)
        if owner != node.id:
            return self._of_generated(rows, is_second=kind != "a")
        wanted = targets[sample, rows]
        decides = self._decides(node, loss, rows)
        of_classes = loss == "cross_entropy" and frame.spec.output_count > 1
        right = tuple(
            None
            if not decides
            or not activations.shown[k]
            or (of_classes and not wrong[k] and wanted[k] != wanted.max())
            else not wrong[k]
            for k in range(len(wrong))
        )
        terms = NOTHING
        if "l" in record:
            terms = Numbers(record.arrays["l"].astype(np.float64)[sample, rows], shown)
        return OutputReading(rows.start, wanted, Numbers(errors, shown), terms, right)

    def _of_generated(self, rows: slice, is_second: bool) -> OutputReading:
        """What D should say of the generated sample that is looked at: 0, and to fool it, 1."""
        count = rows.stop - rows.start
        wanted = np.full(count, 1.0 if is_second else 0.0)
        errors = Numbers(np.zeros(count), np.zeros(count, dtype=np.bool_))
        return OutputReading(rows.start, wanted, errors, NOTHING, (None,) * count)

    def _decides(self, node: Node, loss: str, rows: slice) -> bool:
        """Whether an output says yes or no, so that it can be right or wrong."""
        if loss in _OF_CLASSES or node.activation.name == "step":
            return True
        targets = self.document.data.targets[:, rows]
        is_share = node.activation.name in ("sigmoid", "softmax")
        return is_share and bool(((targets == 0) | (targets == 1)).all())

    # -- connections -----------------------------------------------------------------------------

    def _read_link(self, connection: Connection) -> LinkReading:
        frame = self.frame
        if frame is None or self.document.node(connection.target).is_input:
            # Through that into an input samples go as they are.
            fresh = np.zeros(connection.weights.shape, dtype=np.bool_)
            return LinkReading(connection.weights, connection.weights, fresh)
        name = f"w:{connection.id}"
        before = np.asarray(frame.record.arrays[name], dtype=np.float64)
        weights = frame.parameter(name)
        reading = LinkReading(weights, before, _differ(weights, before))
        last = self.last
        if last is None:
            return reading
        shape = weights.shape
        if last.owner == connection.id:
            row = last.row if last.kind in ("p", "gw") else None
            lit = self._just_shown(last, shape)
            return reading._replace(lit=lit, kind=last.kind, row=row)
        return self._flow(reading, connection, last)

    def _flow(self, reading: LinkReading, connection: Connection, last: Quantity) -> LinkReading:
        """Lines that carry something although the number that came about is not theirs."""
        shape = reading.weights.shape
        assert self.frame is not None
        assert self.frame.last is not None
        plain = self.frame.ordinary(last)
        if connection.target == self.frame.last.node:
            if plain.kind in ("z", "s"):
                return reading._replace(flowing=self._rows(last, shape), kind="p", row=last.row)
            if plain.kind in ("a", "h"):
                # The products stay beside their lines until the next neuron begins.
                pieces = max(shape[0] // self.document.node(plain.owner).units, 1)
                return reading._replace(kind="p", row=last.row * pieces)
            if last.kind in ("p", "gw", "gb"):
                # Several connections lead into one neuron: all show what it adds up.
                return reading._replace(kind=last.kind.replace("gb", "gw"), row=last.row)
        if plain.kind in ("dz", "ds") and connection.source == plain.owner:
            just = self._just_shown(last, (self.document.node(plain.owner).rows,))
            lit = np.zeros(shape, dtype=np.bool_)
            lit[:, just.reshape(shape[1], -1).any(axis=1)] = True
            return reading._replace(flowing=lit)
        return reading

    def _rows(self, last: Quantity, shape: tuple[int, ...]) -> Bools:
        just = self._just_shown(last, (shape[0],))
        return np.repeat(just[:, np.newaxis], shape[1], axis=1)

    # -- single numbers --------------------------------------------------------------------------

    def number(self, quantity: Quantity) -> float | None:
        """A number that has come about, else None."""
        if self.frame is None:
            return None
        value = self.frame.value(quantity)
        return None if value is None else float(value)


def _differ(after: Floats, before: Floats) -> Bools:
    differ: Bools = after != before
    if differ.any():
        # NaN differs from itself, but a parameter that stays NaN has not changed.
        differ &= ~(np.isnan(after) & np.isnan(before))
    return differ
