"""What a plan computes, as a value."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from nnsim.engine.layout import Shape
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.base import NodeSpec, OperationSpec
from nnsim.engine.ops.dense import LayerSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec


@dataclass(frozen=True)
class ObjectiveSpec:
    """A loss over some nodes, one of several that are added up, each with a weight.

    ``outputs``: nodes whose values it compares with their targets, or, for a loss without targets
    (a penalty on activations), any nodes.  ``parameters``: names of what is learnt from it; None:
    all that has a part in it.  ``target``: what every value is compared with, in place of the
    data's targets.  ``update``: the name of the update that learns from it, where several follow
    one another.
    """

    name: str
    outputs: tuple[str, ...]
    loss: LossSpec = LossSpec()  # noqa: RUF009 (frozen)
    weight: float = 1.0
    parameters: frozenset[str] | None = None
    target: float | None = None
    update: str = ""


@dataclass(frozen=True)
class PlanSpec:
    """What a plan computes.

    ``sizes``: ids of the input nodes and their units (or sizes: channels, rows, columns), in the
    order of the data's columns; ``nodes``: the others, in an order in which sources come first;
    ``outputs``: ids of the output layers, in the order of the target columns.  ``loss`` is that of
    all outputs together where no ``objectives`` are named.  ``arithmetic``: "exact" computes with
    fractions, "settled" with float64 in which a sum that is only rounding error is 0, "float64"
    and "float32" with bare floats.
    """

    sizes: tuple[tuple[str, int | Shape], ...]
    nodes: tuple[LayerSpec | OperationSpec, ...]
    outputs: tuple[str, ...]
    loss: LossSpec = LossSpec()  # noqa: RUF009 (frozen)
    arithmetic: str = "settled"
    objectives: tuple[ObjectiveSpec, ...] = ()

    @functools.cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """Sizes of a sample at every node.  Raises ValueError where sources do not fit."""
        shapes: dict[str, Shape] = {
            node: (size,) if isinstance(size, int) else tuple(size) for node, size in self.sizes
        }
        for spec in self.nodes:
            shapes[spec.node] = spec.shape([shapes[source.node] for source in spec.sources])
        return shapes

    @functools.cached_property
    def units(self) -> Mapping[str, int]:
        """How many values every node has for a sample."""
        return {node: int(np.prod(shape)) for node, shape in self.shapes.items()}

    @property
    def output_count(self) -> int:
        """Columns of y."""
        return sum(self.units[node] for node in self.outputs)

    @functools.cached_property
    def named_objectives(self) -> tuple[ObjectiveSpec, ...]:
        """The objectives, also where there is only the loss."""
        return self.objectives or (ObjectiveSpec("L", self.outputs, self.loss),)

    @functools.cached_property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """Ids of the input nodes and how many values each has, in the order of the data."""
        return tuple((node, self.units[node]) for node, _ in self.sizes)

    @functools.cached_property
    def draws(self) -> bool:
        """Whether some node draws random numbers while training."""
        return any(node.draws for node in self.nodes)

    @functools.cached_property
    def layers(self) -> tuple[LayerSpec, ...]:
        """The dense layers that have parameters of their own."""
        found = (spec for spec in self.nodes if isinstance(spec, LayerSpec))
        return tuple(layer for layer in found if not layer.tied_to)

    @functools.cached_property
    def twins(self) -> Mapping[str, str]:
        """Of every node the one that stands in its place where tied nodes look at something else.

        Of a node that is tied to another one it is that, keyed by the other; of what the other
        reads, what it reads itself.  The first of several that are tied to one counts.
        """
        by_id = {spec.node: spec for spec in self.nodes}
        found: dict[str, str] = {}
        for spec in self.nodes:
            if spec.tied_to:
                found.setdefault(spec.tied_to, spec.node)
                sources = zip(by_id[spec.tied_to].sources, spec.sources, strict=True)
                for one, other in sources:
                    if one.node != other.node:
                        found.setdefault(one.node, other.node)
        return found

    @functools.cached_property
    def tied(self) -> Mapping[str, LayerSpec]:
        """Dense layers that use the parameters of another one, by their own ids."""
        found = (spec for spec in self.nodes if isinstance(spec, LayerSpec))
        return {layer.node: layer for layer in found if layer.tied_to}

    @functools.cached_property
    def _of_data(self) -> frozenset[str]:
        found = {node for node, _ in self.sizes}
        for spec in self.nodes:
            if any(source.node in found for source in spec.sources):
                found.add(spec.node)
        return frozenset(found)

    def sees_data(self, node: str) -> bool:
        """Whether a node is an input or computed from one, and not from what is drawn alone."""
        return node in self._of_data

    def below(self, nodes: Iterable[str]) -> frozenset[str]:
        """All that these nodes are computed from, themselves among it."""
        found = set(nodes)
        for spec in reversed(self.nodes):
            if spec.node in found:
                found.update(source.node for source in spec.sources)
        return frozenset(found)

    @functools.cached_property
    def updates(self) -> tuple[str, ...]:
        """Names of the updates that follow one another, in order; none where there is one."""
        return tuple(dict.fromkeys(each.update for each in self.objectives if each.update))

    @property
    def judged(self) -> tuple[str, ...]:
        """Names of the objectives whose sum is the loss: those of the first update; none: all."""
        return tuple(e.name for e in self.objectives_of(self.updates[0])) if self.updates else ()

    def objectives_of(self, update: str) -> tuple[ObjectiveSpec, ...]:
        """The objectives that an update learns from."""
        return tuple(each for each in self.objectives if each.update == update)

    def update_of(self, parameter: str) -> str:
        """The name of the update that changes a parameter; "" where there is only one."""
        for objective in self.objectives:
            if objective.update and parameter in (objective.parameters or ()):
                return objective.update
        return ""

    @functools.cached_property
    def recurrent(self) -> Mapping[str, SimpleRecurrentSpec]:
        """The simple recurrent layers, by node."""
        return {spec.node: spec for spec in self.nodes if isinstance(spec, SimpleRecurrentSpec)}

    @functools.cached_property
    def learning(self) -> tuple[LayerSpec | SimpleRecurrentSpec, ...]:
        """Dense and simple recurrent layers with parameters of their own, sources first."""
        found = (n for n in self.nodes if isinstance(n, LayerSpec | SimpleRecurrentSpec))
        return tuple(layer for layer in found if not layer.tied_to)

    def steps(self, node: str) -> int:
        """Time steps that a recurrent layer goes through or a sequence has; 1 of all else."""
        layer = self.recurrent.get(node)
        shape = self.shapes[layer.sources[0].node if layer is not None else node]
        return shape[0] if len(shape) == 2 else 1

    @functools.cached_property
    def held_for_a_sample(self) -> int:
        """About how many numbers a workspace of these layers holds for each sample."""
        dense = [spec for spec in self.nodes if isinstance(spec, LayerSpec)]
        held = sum(2 * (layer.rows + layer.units) for layer in dense)
        for node, layer in self.recurrent.items():
            held += 5 * (layer.rows + layer.units) * self.steps(node)
        return held + sum(units for _, units in self.inputs)

    def parameter_shapes(self) -> dict[str, Shape]:
        """Names and shapes of the parameters, node by node; of tied nodes, once."""
        found: dict[str, Shape] = {}
        for layer, sources in self._untied():
            found |= layer.parameters(sources)
        return found

    def state_shapes(self) -> dict[str, Shape]:
        """Names and shapes of what is kept from one iteration to the next and not learnt."""
        found: dict[str, Shape] = {}
        for layer, sources in self._untied():
            found |= layer.state(sources)
        return found

    def _untied(self) -> Iterator[tuple[NodeSpec, list[Shape]]]:
        for spec in self.nodes:
            if not spec.tied_to:
                yield spec, [self.shapes[source.node] for source in spec.sources]


def names_of(layer: NodeSpec, shapes: Mapping[str, Shape], spec: PlanSpec) -> dict[str, str]:
    """A node's own names of parameters and state -> those they have in the plan.

    They differ where it is tied to another node.  Raises ValueError where the two do not fit.
    """
    sources = [shapes[source.node] for source in layer.sources]
    mine = [*layer.parameters(sources).items(), *layer.state(sources).items()]
    if not layer.tied_to:
        return {name: name for name, _ in mine}
    other = next(found for found in spec.nodes if found.node == layer.tied_to)
    sources = [shapes[source.node] for source in other.sources]
    theirs = [*other.parameters(sources).items(), *other.state(sources).items()]
    if [shape for _, shape in mine] != [shape for _, shape in theirs]:
        raise ValueError(f"{layer.node} cannot use the parameters of {other.node}: other shapes")
    return {name: used for (name, _), (used, _) in zip(mine, theirs, strict=True)}
