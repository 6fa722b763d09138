"""Operations bound to their arrays, for one batch size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.layout import Array
from nnsim.engine.losses import make_loss
from nnsim.engine.ops.base import Bound, Call, Mode, NodeSpec, Operation, OperationSpec, Port
from nnsim.engine.ops.dense import Dense, Inlet
from nnsim.engine.ops.objective import Objective
from nnsim.engine.plan.arrays import LONG, Arrays, First, Parts
from nnsim.engine.plan.grouping import Group
from nnsim.engine.plan.spec import ObjectiveSpec, PlanSpec, names_of
from nnsim.engine.plan.stacking import Stack, stacks_of


@dataclass(eq=False)
class Binding:
    """All that runs: operations in order, what is done for several at once, objectives."""

    arrays: Arrays
    operations: list[Operation] = field(default_factory=list)
    slopes: list[Call] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)
    objectives: list[tuple[ObjectiveSpec, Objective]] = field(default_factory=list)
    #: gradients that several readers add to, and of parameters that several nodes share
    summed: list[Array] = field(default_factory=list)


def bind(parts: Parts, batch: int, mode: Mode, input_gradients: bool) -> Binding:
    """Make the arrays for a batch and bind every operation to them."""
    return _Binder(parts, batch, mode, input_gradients).bound()


class _Binder:
    def __init__(self, parts: Parts, batch: int, mode: Mode, input_gradients: bool) -> None:
        self._parts = parts
        self._spec, self._values = parts.spec, parts.values
        self._batch = batch
        self._mode = mode
        rows, sums = parts.values.rows, parts.values.sum_rows
        dtype = parts.dtype
        outputs = parts.spec.output_count
        values = np.zeros((rows + sums + outputs, batch), dtype)
        gradients = np.zeros((rows + sums, batch), dtype)
        a, z, t = np.split(values, (rows, rows + sums))
        first = self._first_rows(t)
        if first is not None and first.whole is not None:
            values, t = values[: rows + sums], first.t
        for number, (start, size) in enumerate(
            zip(parts.values.starts, parts.values.sizes, strict=True)
        ):
            if number or first is None:
                a[start + size] = 1
        self._arrays = Arrays(
            values=values,
            gradients=gradients,
            a=a,
            da=gradients[:rows],
            z=z,
            dz=gradients[rows:],
            slope=np.zeros((rows, batch), dtype),
            t=t,
            weights=np.ones(batch, dtype),
            first=first,
        )
        self._shared = self._shared_groups()
        self._ports = [self._port(k, input_gradients) for k in range(len(parts.groups))]
        self._tied = {layer.tied_to for layer in parts.spec.nodes if layer.tied_to}

    def bound(self) -> Binding:
        binding = Binding(self._arrays)
        slopes, binding.slopes = self._make_slopes()
        own_weights: dict[int, Dense] = {}
        for number, group in enumerate(self._parts.groups):
            if group.dense:
                layer = self._dense(number, group, slopes.get(number))
                binding.operations.append(layer)
                if not self._is_tied(group.dense[0]):
                    own_weights[number] = layer
            elif group.alone is not None:
                binding.operations.append(self._operation(group.alone))
        binding.stacks = stacks_of(self._parts, self._arrays, own_weights)
        for spec in self._spec.named_objectives:
            binding.objectives.append((spec, self._objective(spec)))
        self._fuse(binding)
        binding.summed = [port.da for port in self._ports if port.is_shared and port.da is not None]
        for number, group in enumerate(self._parts.groups):
            for member in group.members:
                if member.node in self._tied:
                    binding.summed += self._gradients_of(number, member)
        return binding

    def _first_rows(self, t: Array) -> First | None:
        """Inputs, where they lie apart; ``t`` is where else targets lie."""
        values, outputs = self._parts.values, self._spec.output_count
        if not values.is_apart:
            return None
        dtype, size = self._parts.dtype, values.sizes[0]
        da = np.zeros((size, self._batch), dtype)
        if size < LONG:
            whole = np.zeros((outputs + size + 1, self._batch), dtype)
            whole[-1] = 1
            return First(whole[:outputs], whole[outputs:], da, whole=whole)
        # Products are as fast with it, or faster, and whole samples are copied many times faster.
        samples = np.ones((self._batch, size + 1), dtype)
        return First(t, samples.T, da, samples=samples)

    # -- ports -----------------------------------------------------------------------------------

    def _shared_groups(self) -> set[int]:
        """Groups whose gradient is a sum: not read by exactly one reader, and all of it."""
        readers: dict[int, int] = {}
        partly: set[int] = set()
        for reader in self._readers():
            read: dict[int, int] = {}
            for node in reader:
                group = self._values.group_of[node]
                read[group] = read.get(group, 0) + self._spec.units[node]
            for group, size in read.items():
                readers[group] = readers.get(group, 0) + 1
                if size != self._values.sizes[group]:
                    partly.add(group)
        return partly | {group for group, count in readers.items() if count != 1}

    def _readers(self) -> Iterable[Sequence[str]]:
        for group in self._parts.groups:
            # A source read twice by one reader adds its two parts up as well.
            yield from (
                [group.sources]
                if len(set(group.sources)) == len(group.sources)
                else [[node] for node in group.sources]
            )
        for objective in self._spec.named_objectives:
            yield objective.outputs

    def _port(self, number: int, input_gradients: bool) -> Port:
        group = self._parts.groups[number]
        start, size = self._values.starts[number], self._values.sizes[number]
        shape = self._spec.shapes[group.nodes[0]] if len(group.nodes) == 1 else (size,)
        wants = bool(group.members) or input_gradients
        a, da = self._arrays.a, self._arrays.da
        if number == 0 and self._arrays.first is not None:
            a, da = self._arrays.first.a, self._arrays.first.da
        return Port(
            group.nodes[0],
            a[start : start + size].reshape(*shape, self._batch),
            da[start : start + size].reshape(*shape, self._batch) if wants else None,
            a[start : start + size + 1],
            number in self._shared,
        )

    def _port_of(self, node: str) -> Port:
        """The port of one node, also where it lies in a group."""
        number = self._values.group_of[node]
        port = self._ports[number]
        if len(self._parts.groups[number].nodes) == 1:
            return port
        first, last = self._rows_in(node)
        da = None if port.da is None else port.da[first:last]
        return Port(node, port.a[first:last], da, port.rows[first : last + 1], port.is_shared)

    def _rows_in(self, node: str) -> tuple[int, int]:
        """First row and last + 1 of a node within its group."""
        place = self._values.places[f"a:{node}"]
        start = self._values.starts[self._values.group_of[node]]
        return place.start - start, place.stop - start

    # -- operations ------------------------------------------------------------------------------

    def _stretches(self, nodes: Sequence[str]) -> list[tuple[Port, int, int]]:
        """The rows of these nodes, neighbours in one group put together."""
        found: list[tuple[Port, int, int]] = []
        for node in nodes:
            port = self._ports[self._values.group_of[node]]
            first, last = self._rows_in(node)
            if found and found[-1][0] is port and found[-1][2] == first:
                found[-1] = (port, found[-1][1], last)
            else:
                found.append((port, first, last))
        return found

    def _make_slopes(self) -> tuple[dict[int, Array], list[Call]]:
        """Slopes by group, and the calls that compute them, those of neighbours in one."""
        found: dict[int, Array] = {}
        runs: list[tuple[ActivationSpec, int, int]] = []
        for number, group in enumerate(self._parts.groups):
            spec = group.dense[0].activation if group.dense else None
            if spec is None or spec.name in ("identity", "step"):
                continue
            if not make_activation(spec).slope_from_value or self._parts.dtype == object:
                continue
            start = self._values.starts[number]
            stop = start + self._values.sizes[number]
            found[number] = self._arrays.slope[start:stop]
            if runs and runs[-1][0] == spec and runs[-1][2] == start - 1:
                runs[-1] = (spec, runs[-1][1], stop)
            else:
                runs.append((spec, start, stop))
        calls: list[Call] = []
        for activation, start, stop in runs:
            a, slope = self._arrays.a[start:stop], self._arrays.slope[start:stop]
            calls += make_activation(activation).slope_calls(a, slope)
        return found, calls

    def _dense(self, number: int, group: Group, slope: Array | None) -> Dense:
        block = self._parts.places.blocks[number]
        assert block is not None
        first = self._values.sum_starts[number]
        sums = slice(first, first + sum(layer.rows for layer in group.dense))
        return Dense(
            group.nodes,
            Inlet(self._stretches(group.sources)),
            self._ports[number],
            block.view(self._parts.parameters),
            block.view(self._parts.gradient),
            self._arrays.z[sums],
            self._arrays.dz[sums],
            make_activation(group.dense[0].activation),
            slope,
            settles=self._spec.arithmetic == "settled",
            adds=self._is_tied(group.dense[0]),
        )

    def _is_tied(self, member: NodeSpec) -> bool:
        return bool(member.tied_to) or member.node in self._tied

    def _gradients_of(self, number: int, member: NodeSpec) -> list[Array]:
        block = self._parts.places.blocks[number]
        if block is not None:
            return [block.view(self._parts.gradient)]
        shapes = [self._spec.shapes[source.node] for source in member.sources]
        places = self._parts.places.places
        return [places[name].view(self._parts.gradient) for name in member.parameters(shapes)]

    def _operation(self, member: OperationSpec) -> Operation:
        parts = self._parts
        names = names_of(member, self._spec.shapes, self._spec)
        parameters = {n: p for n, p in names.items() if p in parts.places.places}
        places = parts.places.places
        return member.operation(
            Bound(
                sources=tuple(self._port_of(source.node) for source in member.sources),
                own=self._ports[self._values.group_of[member.node]],
                w={name: places[used].view(parts.parameters) for name, used in parameters.items()},
                g={name: places[used].view(parts.gradient) for name, used in parameters.items()},
                state={
                    name: parts.state_places[used].view(parts.state)
                    for name, used in names.items()
                    if used in parts.state_places
                },
                mode=self._mode,
                adds=self._is_tied(member),
                settles=self._spec.arithmetic == "settled",
            )
        )

    def _fuse(self, binding: Binding) -> None:
        """Layers that only a cross-entropy of their kind reads: exact and stable in one."""
        dense = {each.nodes: each for each in binding.operations if isinstance(each, Dense)}
        for spec, objective in binding.objectives:
            layer = dense.get(spec.outputs)
            is_alone = self._values.group_of[spec.outputs[0]] not in self._shared
            if layer is None or not is_alone or self._parts.dtype == object:
                continue
            if layer.activation.name == objective.loss.fuses_with:
                layer.fuse(objective)

    def _objective(self, spec: ObjectiveSpec) -> Objective:
        loss = make_loss(spec.loss)
        if loss.has_targets and spec.target is None:
            if not set(spec.outputs) <= set(self._spec.outputs):
                raise ValueError(f"the data has no targets for {spec.name}: {spec.outputs}")
            t = _rows_of(self._arrays.t, self._spec, spec.outputs)
        else:
            rows = sum(self._spec.units[node] for node in spec.outputs)
            t = np.full((rows, self._batch), spec.target or 0, self._parts.dtype)
        samples = self._arrays.weights if spec.loss.sample_weights else None
        return Objective(loss, self._stretches(spec.outputs), t, spec.weight, samples)


def _rows_of(t: Array, spec: PlanSpec, outputs: Sequence[str]) -> Array:
    """The rows of the targets that belong to these outputs; they must be neighbours."""
    names = list(spec.outputs)
    first = names.index(outputs[0])
    if tuple(names[first : first + len(outputs)]) != tuple(outputs):
        raise ValueError(f"an objective over {outputs} needs neighbouring outputs, in order")
    start = sum(spec.units[node] for node in names[:first])
    return t[start : start + sum(spec.units[node] for node in outputs)]
