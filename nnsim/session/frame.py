"""What can be seen at a position: the numbers that have come about, and no others."""

from __future__ import annotations

import bisect
import functools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnsim.core.numbers import Number
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity, Record
from nnsim.session.walk import Moment, Phase, Walk

# Quantities that come about together with one that has a moment of its own.
_TOGETHER = {"dw": "w+", "du": "u+", "db": "b+", "l": "e", "da": "dz", "dh": "ds"}
_AT_START = ("w", "u", "b", "t")
#: What the values of a dense layer are called in a recurrent one, where each time step has its own.
STEPPED = {"a": "h", "da": "dh", "z": "s", "dz": "ds"}


def output_of(spec: PlanSpec, quantity: Quantity) -> Quantity:
    """The activation behind an output ("y") of a plan.  Raises KeyError beyond the last one."""
    row = quantity.row
    for node in spec.outputs:
        units = spec.units[node]
        if row < units:
            return replace(quantity, kind="a", owner=node, row=row)
        row -= units
    raise KeyError(quantity)


@dataclass(frozen=True, eq=False)
class Frame:
    """The record of an iteration, of which the first ``done`` moments of its walk are shown."""

    spec: PlanSpec
    record: Record
    walk: Walk
    done: int

    @functools.cached_property
    def last(self) -> Moment | None:
        """The moment shown last; None at the start of the iteration."""
        return self.walk[self.done - 1] if self.done else None

    @property
    def upcoming(self) -> Moment | None:
        """The moment that comes next; None at the end of the iteration."""
        return self.walk[self.done] if self.done < len(self.walk) else None

    @property
    def phase(self) -> Phase | None:
        """The phase of the last moment; None at the start."""
        return self.last.phase if self.last else None

    @functools.cached_property
    def sample(self) -> int:
        """Place in the batch of the sample that is looked at."""
        return self.last.quantity.sample if self.last else 0

    @functools.cached_property
    def is_complete(self) -> bool:
        """Whether the whole iteration is shown."""
        return self.done >= len(self.walk)

    def has(self, quantity: Quantity) -> bool:
        """Whether the iteration has such a quantity at all, shown yet or not."""
        if quantity.name not in self.record:
            return False
        shape = (
            self._product_shape(quantity.owner)
            if quantity.kind == "p"
            else (self.record.array(quantity.name).shape)
        )
        try:
            index = quantity.index(len(shape))
        except IndexError:
            return False
        return all(0 <= i < n for i, n in zip(index, shape, strict=True))

    def _product_shape(self, connection: str) -> tuple[int, ...]:
        """(batch, rows, inputs); the products of a whole batch are not made for it."""
        samples = len(self.record.array(f"a:{self.record.sources[connection]}"))
        return samples, *self.record.array(f"w:{connection}").shape

    def is_shown(self, quantity: Quantity) -> bool:
        """Whether the quantity has come about by now."""
        return self.shown_from(quantity) <= self.done

    def shown_from(self, quantity: Quantity) -> int:
        """How many moments of the walk it takes until the quantity has come about."""
        if quantity.kind in _AT_START:
            return 0
        parameter = quantity.parameter if "." in quantity.kind else None
        if parameter is not None:
            # What an optimiser makes is there with the new value it makes it for; what it found,
            # from the start.
            if "-." in quantity.kind:
                return 0
            quantity = replace(parameter, kind=f"{parameter.kind}+")
        if quantity.kind == "norm":
            # That of all gradients, the last of which is the bias nearest to the inputs.
            first = self.spec.learning[0]
            quantity = Quantity("gb", first.node, first.rows - 1)
        kind, at, mark = quantity.kind.partition("@")
        if at and kind in ("da", "dL"):
            quantity = replace(quantity, kind=f"dz{at}{mark}")
        elif at and self.walk.index_of(quantity) is None:
            # What else the second network left is there with its loss.
            quantity = Quantity(f"L{at}{mark}")
        elif kind == "l" and quantity.owner:
            quantity = replace(quantity, kind="L", row=0)
        if quantity.kind == "y":
            quantity = self.output(quantity)
        if self.spec.recurrent:
            quantity = self.stepped(quantity)
        if quantity.kind in _TOGETHER:
            row = self._first_row(quantity) if quantity.kind == "da" else quantity.row
            quantity = replace(quantity, kind=_TOGETHER[quantity.kind], row=row)
        index = self.walk.index_of(quantity)
        if index is None and quantity.kind == "L":
            # The loss of a rule has no moment of its own: it is there with the last error.
            index = self.walk.index_of(Quantity("e", row=self.spec.output_count - 1))
        # Inputs, and what this kind of iteration has no moment for, are there from the start.
        return 0 if index is None else index + 1

    def stepped(self, quantity: Quantity) -> Quantity:
        """What a recurrent layer hands on, "a" and "da", as its state at the step it is of."""
        kind = quantity.kind
        if kind not in ("a", "da") or quantity.owner not in self.spec.recurrent:
            return quantity
        last = self.spec.steps(quantity.owner) - 1
        step = last if quantity.step is None else quantity.step
        return replace(quantity, kind=STEPPED[kind], step=step)

    def at_step(self, quantity: Quantity) -> Quantity:
        """What a dense layer has ("a", "z", "da", "dz") as a recurrent one has it: at a time step.

        It is the one looked at.
        """
        node, kind = quantity.owner, STEPPED.get(quantity.kind)
        if kind is None or node not in self.spec.recurrent or quantity.step is not None:
            return quantity
        return replace(quantity, kind=kind, step=self.step_of(node))

    def step_of(self, node: str) -> int | None:
        """The time step of a recurrent layer or a sequence that is looked at, from 0.

        It is that of the moment shown last; where that has none, the last one, and at the start of
        the iteration the first.  None where the node has no time steps.
        """
        steps = self.spec.steps(node)
        if node not in self.spec.recurrent and steps == 1:
            return None
        shown = self.last.quantity.step if self.last else 0
        return steps - 1 if shown is None else min(shown, steps - 1)

    def _first_row(self, quantity: Quantity) -> int:
        """The row of z that a unit begins with: units of a maxout layer have several."""
        for layer in self.spec.layers:
            if layer.node == quantity.owner:
                return quantity.row * (layer.rows // layer.units)
        return quantity.row

    def value(self, quantity: Quantity) -> Number | None:
        """The number, or None where it has not come about yet or does not exist."""
        if not self.has(quantity) or not self.is_shown(quantity):
            return None
        return self.record.value(quantity)

    def output(self, quantity: Quantity) -> Quantity:
        """The activation behind an output ("y"): the same number, addressed by its neuron."""
        return output_of(self.spec, quantity)

    def parameter(self, name: str) -> NDArray[np.float64]:
        """The values of a parameter ("w:c1", "b:n3") as they stand at this moment, as floats.

        Read-only: several views ask for the same ones, and share them.
        """
        found = self._parameters.get(name)
        if found is None:
            found = self._parameters[name] = self._standing(name)
            found.setflags(write=False)
        return found

    @functools.cached_property
    def _parameters(self) -> dict[str, NDArray[np.float64]]:
        """Those asked for already; a frame never changes."""
        return {}

    def _standing(self, name: str) -> NDArray[np.float64]:
        kind, _, owner = name.partition(":")
        after = self.record.arrays[f"{kind}+:{owner}"]
        if self.is_complete:
            return after.astype(np.float64)
        before = self.record.arrays[name]
        shown = self.shown_of(f"{kind}+", owner, before.shape)
        if shown.all():
            return after.astype(np.float64)
        if not shown.any():
            return before.astype(np.float64)
        return np.where(shown, after, before).astype(np.float64)

    def shown_of(self, kind: str, owner: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Which numbers of a quantity of shape (rows,) or (rows, columns) have come about.

        They are those of the sample looked at, where the quantity has samples.
        """
        if self.is_complete:
            return _all_shown(shape)
        size = math.prod(shape)
        columns = shape[1] if len(shape) > 1 else 1
        is_stepped = owner in self.spec.recurrent and kind in STEPPED.values()
        sample, step = self.sample, self.step_of(owner) if is_stepped else None

        def is_shown(place: int) -> bool:
            row, column = divmod(place, columns)
            if step is None:
                return self.is_shown(Quantity(kind, owner, row, column, sample))
            return self.is_shown(Quantity(kind, owner, row, column, sample, step=step))

        # A walk goes through an array row by row, so what is shown of it is its beginning.
        if is_shown(size - 1):
            return _all_shown(shape)
        if not is_shown(0):
            return np.zeros(shape, dtype=np.bool_)
        count = bisect.bisect_left(range(size), True, key=lambda place: not is_shown(place))
        return (np.arange(size) < count).reshape(shape)

    def values(self, kind: str, node: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Values "a", "z" or "dz" of a node and which of them are shown, shape (rows,).

        They are those of the sample looked at, and of the time step where the node has several.
        """
        if node in self.spec.recurrent:
            kind = STEPPED.get(kind, kind)
        kind, node = self.standing_for(kind, node)
        name = f"{kind}:{node}"
        if name not in self.record:
            return np.zeros(0), np.zeros(0, dtype=np.bool_)
        row = self.record.arrays[name][self.sample]
        if row.ndim > 1:
            row = row[self.step_of(node)]
        return row.astype(np.float64), self.shown_of(kind, node, row.shape)

    def ordinary(self, quantity: Quantity) -> Quantity:
        """The quantity as an ordinary network has it, without the mark of an update, and of the
        layer of the diagram that it is a second look of."""
        kind = quantity.kind.partition("@")[0]
        tied = self.spec.tied.get(quantity.owner)
        if tied is None and kind == quantity.kind:
            return quantity
        return replace(quantity, kind=kind, owner=tied.tied_to if tied else quantity.owner)

    def standing_for(self, kind: str, node: str) -> tuple[str, str]:
        """Kind and owner under which values of a node stand at this moment.

        Where two networks learn in turn, its δ bears the name of the update it is learnt by; its
        values are those of the real or the generated sample, and of the prediction looked at last.
        """
        spec = self.spec
        if not spec.updates:
            return kind, node
        if kind in ("da", "dz"):
            return f"{kind}@{spec.update_of(f'b:{node}')}", node
        if self.last is None:
            return kind, node
        quantity = self.last.quantity
        _, _, mark = quantity.kind.partition("@")
        is_second = mark == spec.updates[1] or (
            self.last.phase is Phase.ADJUST
            and spec.update_of(quantity.name.replace("+", "").removeprefix("g")) == spec.updates[1]
        )
        if is_second and f"{kind}@{spec.updates[1]}:{node}" in self.record:
            kind = f"{kind}@{spec.updates[1]}"
        if is_second or quantity.owner in spec.tied:
            node = spec.twins.get(node, node)
        return kind, node


@functools.lru_cache(maxsize=256)
def _all_shown(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """True everywhere, read-only."""
    shown = np.ones(shape, dtype=np.bool_)
    shown.setflags(write=False)
    return shown
