"""A trace as it goes on from a person's own numbers: what error carried forward means.

Every number is computed by its own explanation, from a record in which the person's numbers stand
in place of the engine's.  So a carried number and the formula that a hint shows are one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from nnsim.core.numbers import Number
from nnsim.document.compiling import plan_spec
from nnsim.document.model import Conventions, Training
from nnsim.engine.record import Quantity, Record
from nnsim.explain import explain
from nnsim.explain.explanation import Explanation
from nnsim.explain.style import NumberStyle
from nnsim.session import Session

#: A number of a run: iteration (from 1) and address.
Place: TypeAlias = tuple[int, Quantity]
Settings: TypeAlias = tuple[Training, Conventions]

_PLAIN = NumberStyle()
# Formulas leave out what can be asked for in between: a sum is written with a and w, and not with
# the products.  Kind of the result -> kind of what lies between.
_BETWEEN = {"z": "p", "L": "l", "dz": "da"}


class Carrying:
    """The numbers of a run that follow from ``own`` numbers of a person.

    ``own`` gives the number at a place, or None for "unchanged" (a new parameter that is the old
    one).  Numbers that no own number has a part in are the engine's.
    """

    def __init__(self, session: Session, own: Mapping[Place, Number | None]) -> None:
        self._session = session
        self._own = dict(own)
        self._first = min((iteration for iteration, _ in own), default=0)
        self._kinds = {(iteration, quantity.kind) for iteration, quantity in own}
        self._found: dict[Place, Number] = {}
        self._ready_to = 0

    def value(self, iteration: int, quantity: Quantity) -> Number:
        """The person's own number, or else what follows from their numbers."""
        place = iteration, self._address(iteration, quantity)
        if place in self._own:
            own = self._own[place]
            return self._before(*place) if own is None else own
        return self.recomputed(*place)

    def recomputed(self, iteration: int, quantity: Quantity) -> Number:
        """What a number is by its formula, whatever the person wrote in its place."""
        place = iteration, self._address(iteration, quantity)
        if not self._own or iteration < self._first:
            return self._engine(*place)
        self._prepare(iteration)
        if place not in self._found:
            self._found[place] = self._computed(*place)
        return self._found[place]

    def settings(self, iteration: int) -> Settings:
        """Training and conventions in force in an iteration."""
        return self._session.document.settings_at(iteration - 1)

    def explanation(
        self,
        iteration: int,
        quantity: Quantity,
        style: NumberStyle = _PLAIN,
        changed: Callable[[Settings], Settings] | None = None,
    ) -> Explanation:
        """How a number comes about from the person's own.

        With ``changed`` other settings than those in force are taken: what a mistaken convention
        would give.
        """
        quantity = self._address(iteration, quantity)
        settings, spec = self.settings(iteration), self._session.spec_at(iteration)
        if changed is not None:
            settings = changed(settings)
            spec = replace(plan_spec(self._session.document, *settings), arithmetic=spec.arithmetic)

        def look_up(other: Quantity) -> Number:
            if other == quantity:
                engine = self._engine(iteration, quantity)
                return engine if changed else self.recomputed(iteration, quantity)
            return self.value(iteration, other)

        record = _OwnRecord(self._session.record(iteration), look_up)
        return explain(self._session.document, spec, record, quantity, style, settings)

    # -- computing -------------------------------------------------------------------------------

    def _engine(self, iteration: int, quantity: Quantity) -> Number:
        return self._session.record(iteration).value(quantity)

    def _address(self, iteration: int, quantity: Quantity) -> Quantity:
        """Outputs are addressed as the activations of their neurons."""
        if quantity.kind != "y":
            return quantity
        spec, row = self._session.spec_at(iteration), quantity.row
        for node in spec.outputs:
            if row < spec.units[node]:
                return replace(quantity, kind="a", owner=node, row=row)
            row -= spec.units[node]
        raise KeyError(quantity)

    def _prepare(self, iteration: int) -> None:
        """New parameters of the iterations before, in order: a long trace is no deep recursion."""
        while self._ready_to < iteration - 1:
            self._ready_to += 1
            if self._ready_to >= self._first:
                for quantity in self.parameters(self._ready_to, "+"):
                    self.value(self._ready_to, quantity)

    def parameters(self, iteration: int, suffix: str = "") -> list[Quantity]:
        """Weights and biases of an iteration, before it or (suffix "+") after it."""
        found = []
        units = self._session.spec_at(iteration).units
        for layer in self._session.spec_at(iteration).layers:
            for row in range(layer.rows):
                for source in layer.sources:
                    for column in range(units[source.node]):
                        found.append(Quantity(f"w{suffix}", source.connection, row, column))
                found.append(Quantity(f"b{suffix}", layer.node, row))
        return found

    def _before(self, iteration: int, quantity: Quantity) -> Number:
        kind = quantity.kind.rstrip("+")
        return self.value(iteration, replace(quantity, kind=kind))

    def _computed(self, iteration: int, quantity: Quantity) -> Number:
        engine = self._engine(iteration, quantity)
        if quantity.kind in ("w", "b"):
            if iteration == 1 or self._is_set(iteration, quantity):
                return engine
            return self.value(iteration - 1, replace(quantity, kind=f"{quantity.kind}+"))
        plain = self._explained(iteration, quantity, self._session.record(iteration))
        if plain.expression is None:
            return engine  # given: it comes from the data
        number = engine
        if any(self.value(iteration, q) != self._engine(iteration, q) for q in plain.terms):
            own = _OwnRecord(
                self._session.record(iteration),
                lambda q: engine if q == quantity else self.value(iteration, q),
            )
            number = self._explained(iteration, quantity, own).expected
        return self._with_between(iteration, quantity, number)

    def _explained(self, iteration: int, quantity: Quantity, record: Record) -> Explanation:
        session, settings = self._session, self.settings(iteration)
        spec = session.spec_at(iteration)
        return explain(session.document, spec, record, quantity, _PLAIN, settings)

    def _is_set(self, iteration: int, quantity: Quantity) -> bool:
        """Whether a parameter was given its value by hand right before an iteration."""
        return any(
            change.iteration == iteration - 1
            and any(
                e.name == quantity.name and e.index == quantity.index(len(e.index))
                for e in change.parameters
            )
            for change in self._session.document.changes
        )

    def between(self, iteration: int, quantity: Quantity) -> list[Quantity]:
        """The numbers on the way to ``quantity`` that its formula leaves out."""
        kind = _BETWEEN.get(quantity.kind)
        session, record = self._session, self._session.record(iteration)
        if kind == "l":
            samples, outputs = record.arrays["l"].shape
            places = itertools.product(range(samples), range(outputs))
            return [Quantity("l", row=row, sample=sample) for sample, row in places]
        layers = {layer.node: layer for layer in session.spec_at(iteration).layers}
        layer = layers.get(quantity.owner)
        if kind is None or layer is None:
            return []
        row, sample = quantity.row, quantity.sample
        if kind == "p":
            units = session.spec_at(iteration).units
            return [
                Quantity("p", source.connection, row, column, sample)
                for source in layer.sources
                for column in range(units[source.node])
            ]
        # Every ∂L/∂a of a softmax layer has a part in every δ, and its formula says so.
        if layer.activation.name == "softmax":
            return []
        return [Quantity("da", layer.node, row // (layer.rows // layer.units), sample=sample)]

    def _with_between(self, iteration: int, quantity: Quantity, number: Number) -> Number:
        """The number with what the person wrote for a step that its formula leaves out."""
        if (iteration, _BETWEEN.get(quantity.kind, "")) not in self._kinds:
            return number
        parts = self.between(iteration, quantity)
        if not any((iteration, part) in self._own for part in parts):
            return number
        own = sum(self.value(iteration, part) for part in parts)
        computed = sum(self.recomputed(iteration, part) for part in parts)
        if quantity.kind == "z":
            return number + (own - computed)
        # The loss and δ are a factor times what lies before them.
        return number * own / computed if computed != 0 else number


class _OwnRecord(Record):
    """A record in which single numbers are looked up elsewhere."""

    def __init__(self, base: Record, look_up: Callable[[Quantity], Number]) -> None:
        super().__init__(base.sources, base.metrics)
        self.arrays = base.arrays
        self._look_up = look_up

    def value(self, quantity: Quantity) -> Number:
        return self._look_up(quantity)
