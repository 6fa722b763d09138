"""The moments of an iteration: the order in which its numbers are walked through.

The engine computes a whole iteration at once; a walk only says in which order a person looks at
what was recorded: product by product, neuron by neuron, layer by layer, phase by phase.  Through a
recurrent layer it goes step by step in time, and each time step ends like a layer.
"""

from __future__ import annotations

import bisect
import enum
import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.plan import LayerSpec, PlanSpec
from nnsim.engine.record import Quantity


class Level(enum.IntEnum):
    """How far one step goes.

    SAMPLE ends with the prediction of each sample of a batch; where a batch is one sample, with
    the iteration.  UPDATE ends with what each of two networks learns; where there is one network,
    with the iteration.
    """

    PRODUCT = 0
    NEURON = 1
    LAYER = 2
    PHASE = 3
    SAMPLE = 4
    UPDATE = 5
    ITERATION = 6
    EPOCH = 7


class Phase(enum.Enum):
    """The three phases of training, as the course names them."""

    PREDICT = "predict"
    ERROR = "error"
    ADJUST = "adjust"


#: "layer": rules of a single layer (predict, error, new parameters); "gradient": backpropagation;
#: "gradient_during": each layer is updated before the error goes on to the layer below; "rivals":
#: first one network learns and then the other, from the same prediction; "rivals_in_turn": each
#: from one of its own.
Style: TypeAlias = Literal["layer", "gradient", "gradient_during", "rivals", "rivals_in_turn"]
_Key: TypeAlias = tuple[str, str, int, int, int | None]


class Moment(NamedTuple):
    """One number comes about: which, in which phase and node, and which levels end with it."""

    phase: Phase
    quantity: Quantity
    node: str
    ends: frozenset[Level] = frozenset({Level.PRODUCT})


class Block:
    """Moments that are alike for each of ``times`` samples; ``end`` levels end with the block."""

    def __init__(self, template: Iterable[Moment], times: int, end: Iterable[Level] = ()) -> None:
        self.template = tuple(template)
        self.times = times
        self.end = frozenset(end)

    def __len__(self) -> int:
        return len(self.template) * self.times

    def __getitem__(self, index: int) -> Moment:
        sample, offset = divmod(index, len(self.template))
        moment = self.template[offset]
        if sample:
            moment = moment._replace(quantity=replace(moment.quantity, sample=sample))
        if index == len(self) - 1 and self.end:
            moment = moment._replace(ends=moment.ends | self.end)
        return moment

    @functools.cached_property
    def places(self) -> dict[_Key, int]:
        """Offset in the template of each quantity."""
        return {_key(moment.quantity): k for k, moment in enumerate(self.template)}

    @functools.cached_property
    def _ending(self) -> dict[Level, list[int]]:
        return {
            level: [k for k, moment in enumerate(self.template) if level in moment.ends]
            for level in Level
        }

    def first_end(self, level: Level, index: int) -> int | None:
        """The first moment at or after ``index`` with which ``level`` ends."""
        sample, offset = divmod(index, len(self.template))
        offsets = self._ending[level]
        at = bisect.bisect_left(offsets, offset)
        if at < len(offsets):
            return sample * len(self.template) + offsets[at]
        if offsets and sample + 1 < self.times:
            return (sample + 1) * len(self.template) + offsets[0]
        return len(self) - 1 if level in self.end else None

    def last_end(self, level: Level, index: int) -> int | None:
        """The last moment at or before ``index`` with which ``level`` ends."""
        if index == len(self) - 1 and level in self.end:
            return index
        sample, offset = divmod(index, len(self.template))
        offsets = self._ending[level]
        at = bisect.bisect_right(offsets, offset)
        if at:
            return sample * len(self.template) + offsets[at - 1]
        return (sample - 1) * len(self.template) + offsets[-1] if offsets and sample else None


class Walk:
    """All moments of an iteration over ``batch`` samples, numbered from 0."""

    def __init__(self, spec: PlanSpec, batch: int, style: Style) -> None:
        self.batch = batch
        if style in ("rivals", "rivals_in_turn"):
            # Most networks are one.
            from nnsim.session.rival_walk import rival_blocks

            blocks = rival_blocks(spec, batch, style == "rivals_in_turn")
        else:
            blocks = [Block(predict_moments(spec, batch), batch, {Level.PHASE})]
            blocks += _blocks_of_errors(spec, batch, style)
            blocks += _adjust(spec, batch, style)
        blocks[-1].end |= frozenset(Level) - {Level.EPOCH}
        self._blocks = blocks
        self._starts = [0]
        for block in blocks:
            self._starts.append(self._starts[-1] + len(block))

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: int) -> Moment:
        number = self._block_at(index)
        return self._blocks[number][index - self._starts[number]]

    def __iter__(self) -> Iterator[Moment]:
        return (self[index] for index in range(len(self)))

    def _block_at(self, index: int) -> int:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return bisect.bisect_right(self._starts, index) - 1

    def next_end(self, level: Level, done: int) -> int:
        """How many moments are done after one step of ``level`` on from ``done`` of them.

        A level that ends later than this iteration (the epoch) stops at its end, ``len(walk)``.
        """
        if done >= len(self):
            return len(self)
        first = self._block_at(done)
        for number in range(first, len(self._blocks)):
            start = self._starts[number]
            found = self._blocks[number].first_end(level, max(done - start, 0))
            if found is not None:
                return start + found + 1
        return len(self)

    def previous_end(self, level: Level, done: int) -> int:
        """How many moments are done after one step of ``level`` back from ``done``; 0: none."""
        if done < 2:
            return 0
        last = self._block_at(done - 2)
        for number in range(last, -1, -1):
            start = self._starts[number]
            block = self._blocks[number]
            found = block.last_end(level, min(done - 2 - start, len(block) - 1))
            if found is not None:
                return start + found + 1
        return 0

    def index_of(self, quantity: Quantity) -> int | None:
        """The moment at which a quantity comes about; None for what is there from the start."""
        key = _key(quantity)
        for start, block in zip(self._starts, self._blocks, strict=False):
            offset = block.places.get(key)
            if offset is not None:
                sample = quantity.sample if block.times > 1 else 0
                return start + sample * len(block.template) + offset
        return None


@functools.lru_cache(maxsize=16)
def walk_of(spec: PlanSpec, batch: int, style: Style) -> Walk:
    """The walk of a plan, made once."""
    return Walk(spec, batch, style)


def _key(quantity: Quantity) -> _Key:
    return quantity.kind, quantity.owner, quantity.row, quantity.column, quantity.step


def ends_with(*levels: Level) -> frozenset[Level]:
    return frozenset({Level.PRODUCT, *levels})


def predict_moments(spec: PlanSpec, batch: int) -> Iterator[Moment]:
    """Products, sum and activation of each neuron of each layer, for one sample."""
    for layer in spec.learning:
        if isinstance(layer, SimpleRecurrentSpec):
            yield from _states(spec, layer, batch)
            continue
        # The activations of a softmax need the sums of the whole layer.
        together = layer.activation.name == "softmax"
        pieces = layer.rows // layer.units
        for unit in range(layer.units):
            for row in range(unit * pieces, (unit + 1) * pieces):
                yield from _weights(spec, layer, row, "p", Phase.PREDICT)
                yield Moment(Phase.PREDICT, Quantity("z", layer.node, row), layer.node)
            if not together:
                yield _activation(spec, layer, unit, batch)
        if together:
            for unit in range(layer.units):
                yield _activation(spec, layer, unit, batch)


def _activation(spec: PlanSpec, layer: LayerSpec, unit: int, batch: int) -> Moment:
    ends = _layer_ends(spec, layer, unit, batch)
    return Moment(Phase.PREDICT, Quantity("a", layer.node, unit), layer.node, ends)


def _states(spec: PlanSpec, layer: SimpleRecurrentSpec, batch: int) -> Iterator[Moment]:
    """Sum and state of each unit at each time step, for one sample."""
    node, steps = layer.node, spec.steps(layer.node)
    for step in range(steps):
        for unit in range(layer.units):
            yield Moment(Phase.PREDICT, Quantity("s", node, unit, step=step), node)
            # Only the last state ends the sample.
            ends = _layer_ends(spec, layer, unit, batch if step == steps - 1 else 1)
            yield Moment(Phase.PREDICT, Quantity("h", node, unit, step=step), node, ends)


def _layer_ends(
    spec: PlanSpec, layer: LayerSpec | SimpleRecurrentSpec, unit: int, batch: int
) -> frozenset[Level]:
    """What ends with the activation of a unit."""
    ends = {Level.NEURON}
    if unit == layer.units - 1:
        ends.add(Level.LAYER)
        if batch > 1 and layer is spec.learning[-1]:
            ends.add(Level.SAMPLE)
    return ends_with(*ends)


def _weights(
    spec: PlanSpec, layer: LayerSpec | SimpleRecurrentSpec, row: int, kind: str, phase: Phase
) -> Iterator[Moment]:
    shapes = spec.shapes
    for source in layer.sources:
        # Of a sequence, the values of one time step.
        for column in range(shapes[source.node][-1]):
            yield Moment(phase, Quantity(kind, source.connection, row, column), layer.node)


def _blocks_of_errors(spec: PlanSpec, batch: int, style: Style) -> list[Block]:
    if style == "layer":
        return [Block(error_moments(spec), batch, {Level.PHASE})]
    return [
        Block(error_moments(spec), batch),
        Block([Moment(Phase.ERROR, Quantity("L"), "")], 1, {Level.PHASE}),
    ]


def error_moments(spec: PlanSpec) -> Iterator[Moment]:
    """The error of every output, for one sample."""
    units = spec.units
    row = 0
    for node in spec.outputs:
        for unit in range(units[node]):
            last = unit == units[node] - 1
            ends = ends_with(Level.NEURON, Level.LAYER) if last else ends_with(Level.NEURON)
            yield Moment(Phase.ERROR, Quantity("e", row=row), node, ends)
            row += 1


def _adjust(spec: PlanSpec, batch: int, style: Style) -> list[Block]:
    if style == "layer":
        return [Block(parameter_moments(spec, layer, "w+", "b+"), 1) for layer in spec.layers]
    blocks = []
    for layer in reversed(spec.learning):
        if isinstance(layer, SimpleRecurrentSpec):
            blocks += [
                _deltas(layer, "ds", batch, step)
                for step in reversed(range(spec.steps(layer.node)))
            ]
        else:
            blocks.append(_deltas(layer, "dz", batch))
        blocks.append(Block(parameter_moments(spec, layer, "gw", "gb"), 1))
        if style == "gradient_during":
            blocks.append(Block(parameter_moments(spec, layer, "w+", "b+"), 1))
    if style == "gradient":
        blocks += [Block(parameter_moments(spec, layer, "w+", "b+"), 1) for layer in spec.learning]
    return blocks


def _deltas(
    layer: LayerSpec | SimpleRecurrentSpec, kind: str, batch: int, step: int | None = None
) -> Block:
    """δ of every neuron of a layer, sample after sample; of a recurrent one, at one time step."""
    node = layer.node
    template = [
        Moment(Phase.ADJUST, Quantity(kind, node, row, step=step), node, ends_with(Level.NEURON))
        for row in range(layer.rows)
    ]
    return Block(template, batch, {Level.LAYER})


def parameter_moments(
    spec: PlanSpec, layer: LayerSpec | SimpleRecurrentSpec, weight: str, bias: str
) -> Iterator[Moment]:
    """Weights and bias of each neuron of a layer, in one kind of quantity."""
    for row in range(layer.rows):
        yield from _weights(spec, layer, row, weight, Phase.ADJUST)
        if isinstance(layer, SimpleRecurrentSpec):
            own = weight.replace("w", "u")
            for column in range(layer.units):
                quantity = Quantity(own, layer.node, row, column)
                yield Moment(Phase.ADJUST, quantity, layer.node)
        last = row == layer.rows - 1
        ends = ends_with(Level.NEURON, Level.LAYER) if last else ends_with(Level.NEURON)
        yield Moment(Phase.ADJUST, Quantity(bias, layer.node, row), layer.node, ends)
