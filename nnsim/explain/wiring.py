"""Where a quantity stands in a plan: its layer, its unit, what it is fed by and what it feeds."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TypeAlias

from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.plan import LayerSpec, PlanSpec, Source

#: What learns: a dense layer or a recurrent one.
Layer: TypeAlias = LayerSpec | SimpleRecurrentSpec


@dataclass(frozen=True)
class Feeding:
    """A connection that leads on from a node, and the layer it leads into."""

    connection: str
    layer: Layer


class Wiring:
    """The connections of a plan, ready to be looked up."""

    def __init__(self, spec: PlanSpec) -> None:
        self.spec = spec
        self.units = spec.units
        self.layers: dict[str, Layer] = {layer.node: layer for layer in spec.learning}
        self.inputs = dict(spec.inputs)
        self.source_of: dict[str, str] = {}
        self.target_of: dict[str, Layer] = {}
        self.fed: dict[str, list[Feeding]] = {node: [] for node in self.units}
        # The engine goes through the layers from the last to the first.
        for layer in reversed(spec.learning):
            for source in layer.sources:
                self.source_of[source.connection] = source.node
                self.target_of[source.connection] = layer
                self.fed[source.node].append(Feeding(source.connection, layer))
        self._output_starts: list[int] = []
        self._start_of: dict[str, int] = {}
        start = 0
        for node in spec.outputs:
            self._output_starts.append(start)
            self._start_of[node] = start
            start += self.units[node]
        self.output_count = start

    def is_input(self, node: str) -> bool:
        """Whether the node holds inputs."""
        return node in self.inputs

    def values(self, node: str) -> int:
        """How many values a node has; of a sequence, at each time step."""
        return self.spec.shapes[node][-1]

    def is_recurrent(self, node: str) -> bool:
        """Whether the node is a recurrent layer."""
        return node in self.spec.recurrent

    def steps(self, node: str) -> int:
        """Time steps of a recurrent layer or a sequence; 1 of all else."""
        return self.spec.steps(node)

    def is_output(self, node: str) -> bool:
        """Whether the node is an output layer."""
        return node in self._start_of

    def output_at(self, row: int) -> tuple[str, int]:
        """Node and unit of a column of y."""
        number = bisect.bisect_right(self._output_starts, row) - 1
        return self.spec.outputs[number], row - self._output_starts[number]

    def output_row(self, node: str, unit: int) -> int:
        """The column of y that holds a unit of an output layer."""
        return self._start_of[node] + unit

    def input_column(self, node: str, unit: int, step: int | None = None) -> int:
        """The column of the data that an input unit shows, of a sequence at a time step."""
        column = 0
        for name, units in self.spec.inputs:
            if name == node:
                return column + unit + (step or 0) * self.values(node)
            column += units
        raise KeyError(node)

    def unit_of(self, layer: Layer, row: int) -> int:
        """The unit that a row of a layer's weights belongs to."""
        return row // (layer.rows // layer.units)

    def pieces(self, layer: Layer) -> int:
        """Rows of each unit: 1, or more for maxout."""
        return layer.rows // layer.units

    def inputs_of(self, layer: Layer) -> list[tuple[Source, int]]:
        """The connections into a layer, each with the number of its columns."""
        return [(source, self.values(source.node)) for source in layer.sources]
