"""Two networks that learn in turn, each seen as an ordinary one.

What the discriminator D makes of a generated sample is what a network noise - generator -
discriminator makes of it, and so is what the generator learns.  The formulas are those of ordinary
networks, over a record that gives each number where it stands: "z:n5" is that of the generated
sample, of the second prediction, with the weights that D has by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnsim.core.messages import Message
from nnsim.document.model import Training
from nnsim.engine.layout import Array
from nnsim.engine.plan import ObjectiveSpec, PlanSpec, Source
from nnsim.engine.record import Quantity, Record
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import sum_of

_OF_SAMPLES = ("a", "z", "da", "dz")


@dataclass(frozen=True)
class Side:
    """From where a number is looked at: the objective whose network it belongs to."""

    spec: PlanSpec
    objective: ObjectiveSpec
    in_turn: bool

    @property
    def is_generated(self) -> bool:
        """Whether the network is that over generated samples."""
        return self.objective.outputs != self.spec.outputs

    @property
    def is_second(self) -> bool:
        """Whether it is of the second prediction of an iteration."""
        return self.in_turn and self.objective.update == self.spec.updates[1]

    def placed(self, quantity: Quantity) -> Quantity:
        """Where the record has a quantity of the ordinary network."""
        kind, owner = quantity.kind, quantity.owner
        mark = f"@{self.objective.update}" if self.is_second else ""
        if kind in _OF_SAMPLES:
            if kind in ("da", "dz"):
                kind = f"{kind}@{self.objective.update}"
            else:
                kind += mark
            return replace(quantity, kind=kind, owner=self._owner(owner, kind))
        if kind == "y":
            return replace(quantity, kind=f"a{mark}", owner=self.objective.outputs[0])
        if kind in ("l", "L"):
            mark = f"@{self.objective.update}" if self._is_last else ""
            return replace(quantity, kind=f"{kind}{mark}", owner=self.objective.name)
        if kind in ("t", "e") and self.is_generated:
            return replace(quantity, owner=self.objective.name)
        if "." in kind or kind in ("step", "lr", "norm"):
            return replace(quantity, kind=f"{kind}@{self.objective.update}")
        parameter = f"{kind}:{owner}"
        if self.is_second and self.spec.update_of(parameter) == self.spec.updates[0]:
            return replace(quantity, kind=f"{kind}+")
        return quantity

    @property
    def _is_last(self) -> bool:
        return self.objective.update == self.spec.updates[1]

    def _owner(self, owner: str, kind: str) -> str:
        if not self.is_generated:
            return owner
        if owner in self.spec.outputs and kind.startswith("d"):
            return self.objective.outputs[self.spec.outputs.index(owner)]
        return self.spec.twins.get(owner, owner)

    def network(self) -> PlanSpec:
        """The ordinary network: of the real samples, or from the noise on."""
        spec = self.spec
        if not self.is_generated:
            return replace(spec, objectives=())
        renamed = {node: twin for node, twin in spec.twins.items() if twin not in spec.tied}
        layers = tuple(
            replace(
                layer,
                sources=tuple(Source(c, renamed.get(node, node)) for c, node in layer.sources),
            )
            for layer in spec.layers
        )
        drawn = tuple((node.node, spec.units[node.node]) for node in spec.nodes if not node.sources)
        return replace(spec, sizes=drawn, nodes=layers, objectives=())


class SideRecord(Record):
    """A record as an ordinary network would have left it."""

    def __init__(self, record: Record, side: Side, sources: Mapping[str, str]) -> None:
        super().__init__(sources, record.metrics)
        self.side = side
        self.arrays = _Placed(record.arrays, side)

    def value(self, quantity: Quantity) -> float:
        if quantity.kind == "p":
            weight = self.arrays[f"w:{quantity.owner}"][quantity.row, quantity.column]
            inputs = self.arrays[f"a:{self.sources[quantity.owner]}"]
            return float(weight * inputs[quantity.sample, quantity.column])
        values = self.arrays[quantity.name]
        return float(values[quantity.index(values.ndim)])


class _Placed(Mapping[str, Array]):
    def __init__(self, arrays: Mapping[str, Array], side: Side) -> None:
        self._arrays, self._side = arrays, side

    def __getitem__(self, name: str) -> Array:
        kind, _, owner = name.partition(":")
        side = self._side
        if kind in ("t", "e") and side.is_generated:
            y = self["y"]
            t = np.full_like(y, side.objective.target or 0.0)
            return t if kind == "t" else t - y
        return self._arrays[side.placed(Quantity(kind, owner)).name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


def side_of(spec: PlanSpec, record: Record, quantity: Quantity) -> tuple[Side, Quantity]:
    """From where to look at a number, and which one of the ordinary network it is."""
    real, generated, fooling = spec.objectives
    kind, _, mark = quantity.kind.partition("@")
    owner = quantity.owner
    parameter = quantity.parameter
    in_turn = f"L@{spec.updates[1]}" in record and any(
        name.startswith(f"a@{spec.updates[1]}:") for name in record.arrays
    )
    if parameter is not None:
        update = spec.update_of(parameter.name)
        chosen = fooling if update == spec.updates[1] else real
    elif any(owner == node for node, _ in spec.inputs):
        chosen = real
    elif mark == spec.updates[1] or owner == fooling.name:
        chosen = fooling
    elif owner in spec.tied or owner == generated.name:
        chosen = generated
    else:
        is_made = owner in spec.twins.values() or (
            owner in spec.units and not spec.sees_data(owner)
        )
        chosen = generated if is_made else real
    if kind in ("l", "L"):
        owner = "" if owner in (real.name, generated.name, fooling.name) else owner
    if owner in spec.tied:
        owner = spec.tied[owner].tied_to
    return Side(spec, chosen, in_turn), replace(quantity, kind=kind, owner=owner)


def side_training(side: Side, training: Training) -> Training:
    """The settings with the learning rate of the network that learns."""
    if side.objective.update != side.spec.updates[1]:
        return training
    return replace(training, learning_rate=training.generator_rate)


def total_loss(context: Context, names: Sequence[str]) -> Draft:
    """L of the discriminator: what real samples cost it, and what generated ones."""
    parts = [context.known(Quantity("L", name)) for name in names]
    return Draft(Message("explain.title.discriminator_loss"), sum_of(*parts))


def has_no_part(spec: PlanSpec, quantity: Quantity) -> bool:
    """Whether a gradient w.r.t. a node is none of the update that it is named after."""
    kind, _, update = quantity.kind.partition("@")
    owner = quantity.owner
    if kind not in ("da", "dz"):
        return False
    outputs = [out for each in spec.objectives_of(update) for out in each.outputs]
    is_learnt = spec.update_of(f"b:{owner}") == update
    is_passed = update == spec.updates[1] or owner in spec.tied
    return owner not in spec.below(outputs) or not (is_learnt or is_passed)


def no_part(context: Context, quantity: Quantity) -> Draft:
    """A number that says nothing: no gradient of this loss is asked for there."""
    layer = context.names.unit_title(quantity.owner, quantity.row)
    names = {"neuron": layer, "sample": context.of_sample(quantity.sample)}
    kind = quantity.kind.partition("@")[0]
    return Draft(Message(f"explain.title.{kind}", names), note=Message("explain.note.no_part"))


def noise(context: Context, quantity: Quantity) -> Draft:
    """A number that was drawn."""
    names = {
        "input": context.names.unit_title(quantity.owner, quantity.row),
        "sample": context.of_sample(quantity.sample),
    }
    return Draft(Message("explain.title.input", names), note=Message("explain.note.drawn"))


def both_gradients(real: Draft, generated: Draft) -> Draft:
    """A gradient of the discriminator: that of the real samples and that of the generated ones."""
    note = Message("explain.note.both_looks")
    if real.expression is None or generated.expression is None:
        return replace(real, note=note)
    whole = sum_of(real.expression, generated.expression)
    return Draft(real.title, whole, note=note)
