"""What a plan computes, as a value."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
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
    data's targets.
    """

    name: str
    outputs: tuple[str, ...]
    loss: LossSpec = LossSpec()  # noqa: RUF009 (frozen)
    weight: float = 1.0
    parameters: frozenset[str] | None = None
    target: float | None = None


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
        """The dense layers."""
        return tuple(spec for spec in self.nodes if isinstance(spec, LayerSpec))

    @functools.cached_property
    def recurrent(self) -> Mapping[str, SimpleRecurrentSpec]:
        """The simple recurrent layers, by node."""
        return {spec.node: spec for spec in self.nodes if isinstance(spec, SimpleRecurrentSpec)}

    @functools.cached_property
    def learning(self) -> tuple[LayerSpec | SimpleRecurrentSpec, ...]:
        """Dense and simple recurrent layers, sources first."""
        return tuple(n for n in self.nodes if isinstance(n, LayerSpec | SimpleRecurrentSpec))

    def steps(self, node: str) -> int:
        """Time steps that a recurrent layer goes through or a sequence has; 1 of all else."""
        layer = self.recurrent.get(node)
        shape = self.shapes[layer.sources[0].node if layer is not None else node]
        return shape[0] if len(shape) == 2 else 1

    @functools.cached_property
    def held_for_a_sample(self) -> int:
        """About how many numbers a workspace of these layers holds for each sample."""
        held = sum(2 * (layer.rows + layer.units) for layer in self.layers)
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
