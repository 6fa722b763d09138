"""Which nodes are computed together, and where their parameters and values lie.

Neurons that see the same sources through the same activation are rows of one matrix, however they
were drawn: a diagram of single neurons runs like one of layers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnsim.engine.layout import Place, Shape
from nnsim.engine.ops.base import NodeSpec, OperationSpec
from nnsim.engine.ops.dense import LayerSpec
from nnsim.engine.plan.spec import PlanSpec


class Group(NamedTuple):
    """Nodes computed by one operation, and the sources they all have, in order.

    ``members`` is empty for the input nodes that lie side by side.
    """

    nodes: tuple[str, ...]
    members: tuple[NodeSpec, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def dense(self) -> tuple[LayerSpec, ...]:
        """The members, where they are dense layers; else none."""
        return tuple(member for member in self.members if isinstance(member, LayerSpec))

    @property
    def alone(self) -> OperationSpec | None:
        """The only member, where it is an operation of its own."""
        member = self.members[0] if self.members else None
        return member if isinstance(member, OperationSpec) else None


def grouped(spec: PlanSpec) -> tuple[Group, ...]:
    """All nodes in groups, those of the inputs first, in an order in which sources come first."""
    groups: list[list[NodeSpec]] = []
    sources: list[tuple[str, ...]] = []
    open_groups: dict[object, int] = {}
    order = {node: k for k, node in enumerate(spec.shapes)}
    ties = {node.tied_to for node in spec.nodes} | {n.node for n in spec.nodes if n.tied_to}
    for layer in spec.nodes:
        nodes = tuple(source.node for source in layer.sources)
        if _may_join(layer, ties):
            assert isinstance(layer, LayerSpec)
            nodes = tuple(sorted(nodes, key=order.__getitem__))
            key = (nodes, layer.activation)
            if key in open_groups:
                groups[open_groups[key]].append(layer)
                continue
            open_groups[key] = len(groups)
        groups.append([layer])
        sources.append(nodes)
    return (
        *_inputs(spec),
        *(
            Group(tuple(member.node for member in members), tuple(members), seen)
            for members, seen in zip(groups, sources, strict=True)
        ),
    )


def _may_join(layer: NodeSpec, ties: set[str]) -> bool:
    nodes = [source.node for source in layer.sources]
    return (
        isinstance(layer, LayerSpec)
        and layer.activation.name != "softmax"
        and layer.node not in ties
        and len(set(nodes)) == len(nodes)
    )


def _inputs(spec: PlanSpec) -> list[Group]:
    flat = tuple(node for node, _ in spec.sizes if len(spec.shapes[node]) == 1)
    shaped = [Group((node,)) for node, _ in spec.sizes if len(spec.shapes[node]) > 1]
    return [Group(flat), *shaped] if flat else shaped


class Parameters(NamedTuple):
    """Where every parameter lies in the flat vector, and the matrix [W | b] of each dense group.

    ``blocks`` has an entry a group, None where it is not dense.
    """

    size: int
    places: dict[str, Place]
    blocks: tuple[Place | None, ...]


def laid_out(spec: PlanSpec, groups: Sequence[Group]) -> Parameters:
    """The layout of the parameters."""
    places: dict[str, Place] = {}
    blocks: list[Place | None] = []
    owners: dict[str, Place] = {}
    end = 0
    for group in groups:
        block: Place | None = None
        if group.dense and group.dense[0].tied_to:
            block = owners[group.dense[0].tied_to]
        elif group.dense:
            block = _dense_block(spec, group, end, places)
            owners[group.nodes[0]] = block
            end = block.stop
        else:
            for member in group.members:
                if not member.tied_to:
                    end = _place_one_by_one(spec, member, end, places)
        blocks.append(block)
    return Parameters(end, places, tuple(blocks))


def _dense_block(spec: PlanSpec, group: Group, start: int, places: dict[str, Place]) -> Place:
    """[W | b] column by column: so Wᵀ is one piece, and a product with it needs no copy."""
    rows = sum(layer.rows for layer in group.dense)
    columns = sum(spec.units[node] for node in group.sources)
    shape = (columns + 1, rows)
    stop = start + rows * (columns + 1)
    top = 0
    spans = _columns_of(spec, group)
    for layer in group.dense:
        own = slice(top, top + layer.rows)
        top += layer.rows
        # A node may be a source twice, through two connections: each finds a place of its own.
        seen: dict[str, int] = {}
        for connection, node in layer.sources:
            seen[node] = nth = seen.get(node, -1) + 1
            part = (spans[node][nth], own)
            places[f"w:{connection}"] = Place(start, stop, shape, part, is_turned=True)
        places[f"b:{layer.node}"] = Place(start, stop, shape, (columns, own))
    return Place(start, stop, shape, is_turned=True)


def _columns_of(spec: PlanSpec, group: Group) -> dict[str, list[slice]]:
    """The columns of the matrix that see each source; of one that is there twice, both."""
    starts = [0, *itertools.accumulate(spec.units[node] for node in group.sources)]
    spans: dict[str, list[slice]] = {}
    for node, (first, last) in zip(group.sources, itertools.pairwise(starts), strict=True):
        spans.setdefault(node, []).append(slice(first, last))
    return spans


def _place_one_by_one(
    spec: PlanSpec, member: NodeSpec, start: int, places: dict[str, Place]
) -> int:
    shapes: dict[str, Shape] = member.parameters([spec.shapes[s.node] for s in member.sources])
    for name, shape in shapes.items():
        stop = start + int(np.prod(shape))
        places[name] = Place(start, stop, shape)
        start = stop
    return start


class Values(NamedTuple):
    """Where the values of every node lie: a stretch of rows a group, and one of ones below it.

    ``starts`` and ``sizes`` have an entry a group; ``rows`` counts all.  Below them come the
    pre-activations of dense groups, ``sum_rows``, at ``sum_places``; ``sum_starts`` count from the
    first of them.  With ``is_apart`` the first group, the inputs, lies in an array of its own, from
    row 0, and is not counted.
    """

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    rows: int
    places: dict[str, Place]
    group_of: dict[str, int]
    sum_places: dict[str, Place]
    sum_starts: tuple[int, ...]
    sum_rows: int
    is_apart: bool

    def is_in_first(self, node: str) -> bool:
        """Whether it lies in the array of the inputs."""
        return self.is_apart and self.group_of[node] == 0


def values_of(spec: PlanSpec, groups: Sequence[Group]) -> Values:
    """The layout of the values, by "a:node", and of the sums, by "z:node"."""
    starts, sizes, sum_starts = [], [], []
    places: dict[str, Place] = {}
    sums: dict[str, Place] = {}
    group_of: dict[str, int] = {}
    row = sum_row = 0
    is_apart = _reads_samples_whole(spec, groups)
    for number, group in enumerate(groups):
        starts.append(row)
        sum_starts.append(sum_row)
        for node in group.nodes:
            group_of[node] = number
            places[f"a:{node}"] = Place(row, row + spec.units[node], spec.shapes[node])
            row += spec.units[node]
        for layer in group.dense:
            sums[f"z:{layer.node}"] = Place(sum_row, sum_row + layer.rows, (layer.rows,))
            sum_row += layer.rows
        sizes.append(row - starts[-1])
        row = 0 if number == 0 and is_apart else row + 1
    return Values(
        tuple(starts),
        tuple(sizes),
        row,
        places,
        group_of,
        {name: place.moved(row) for name, place in sums.items()},
        tuple(sum_starts),
        sum_row,
        is_apart,
    )


def _reads_samples_whole(spec: PlanSpec, groups: Sequence[Group]) -> bool:
    """Whether only dense layers read the inputs: then a sample's values may lie side by side.

    A product is as fast either way, and putting in a batch is many times faster.
    """
    inputs = {node for node, _ in spec.sizes}
    return (
        len(inputs) > 0
        and set(groups[0].nodes) == inputs
        and all(
            isinstance(layer, LayerSpec) or not any(s.node in inputs for s in layer.sources)
            for layer in spec.nodes
        )
    )
