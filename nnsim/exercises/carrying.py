"""A trace as it goes on from a person's own numbers: what error carried forward means.

Every number is computed by its own explanation, from a record in which the person's numbers stand
in place of the engine's.  So a carried number and the formula that a hint shows are one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from nnsim.core.numbers import Number
from nnsim.document.compiling import plan_spec
from nnsim.document.model import Conventions, Training
from nnsim.document.optimisers import INTERNALS, KEPT, begins_anew, optimiser_of
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity, Record
from nnsim.explain import explain
from nnsim.explain.backward import Slopes
from nnsim.explain.context import Context
from nnsim.explain.explanation import Explanation, evaluate
from nnsim.explain.losses import factor_of_loss
from nnsim.explain.style import NumberStyle
from nnsim.session import Session
from nnsim.session.frame import output_of

#: A number of a run: iteration (from 1) and address.
Place: TypeAlias = tuple[int, Quantity]
Settings: TypeAlias = tuple[Training, Conventions]

_PLAIN = NumberStyle()
#: Numbers kept of a run: those of dozens of changed entries on a large sheet.
_MOST_KEPT = 50_000
# Formulas leave out what can be asked for in between: a sum is written with a and w, and not with
# the products.  Kind of the result -> kinds of what lies between, at once or further back.
_BETWEEN = {"z": ("p",), "l": ("e",), "L": ("l", "e"), "da": ("e",), "dz": ("da", "e")}
# Losses whose addend is made of e = t - y and not of y alone.
_OF_ERRORS = frozenset({"mse", "mae", "mape"})


@dataclass
class Kept:
    """What one ``Carrying`` leaves for the next over the same run: nobody's numbers change it.

    ``terms``: what a number is computed from under certain settings, None where it is given.
    ``numbers``: what its formula gives for certain values of these terms; where one entry of a
    sheet has changed, those of most cells are here.  ``specs``: plans of other settings.
    """

    terms: dict[tuple[Place, Settings], tuple[Quantity, ...] | None] = field(default_factory=dict)
    numbers: dict[tuple[Place, Settings, tuple[Number, ...]], Number] = field(default_factory=dict)
    specs: dict[tuple[Settings, str], PlanSpec] = field(default_factory=dict)


class Carrying:
    """The numbers of a run that follow from ``own`` numbers of a person.

    ``own`` gives the number at a place, or None for "unchanged" (a new parameter that is the old
    one).  Numbers that no own number has a part in are the engine's.  ``kept`` is shared by all
    that go over the same run.
    """

    def __init__(self, session: Session, own: Mapping[Place, Number | None], kept: Kept) -> None:
        self._session = session
        self._kept = kept
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
        self, iteration: int, quantity: Quantity, style: NumberStyle = _PLAIN
    ) -> Explanation:
        """How a number comes about from the person's own."""
        quantity = self._address(iteration, quantity)

        def look_up(other: Quantity) -> Number:
            look = self.recomputed if other == quantity else self.value
            return look(iteration, other)

        record = _OwnRecord(self._session.record(iteration), look_up)
        settings, spec = self.settings(iteration), self._session.spec_at(iteration)
        return explain(self._session.document, spec, record, quantity, style, settings)

    def under(
        self, iteration: int, quantity: Quantity, changed: Callable[[Settings], Settings]
    ) -> Number:
        """What a number would be under other settings: what a mistaken convention gives."""
        quantity = self._address(iteration, quantity)
        return self._formula(iteration, quantity, changed(self.settings(iteration)))

    # -- computing -------------------------------------------------------------------------------

    def _engine(self, iteration: int, quantity: Quantity) -> Number:
        return self._session.record(iteration).value(quantity)

    def _address(self, iteration: int, quantity: Quantity) -> Quantity:
        """Outputs are addressed as the activations of their neurons."""
        if quantity.kind != "y":
            return quantity
        return output_of(self._session.spec_at(iteration), quantity)

    def _prepare(self, iteration: int) -> None:
        """New parameters of the iterations before, in order: a long trace is no deep recursion."""
        while self._ready_to < iteration - 1:
            self._ready_to += 1
            if self._ready_to >= self._first:
                for quantity in self._handed_on(self._ready_to):
                    self.value(self._ready_to, quantity)

    def _handed_on(self, iteration: int) -> Iterator[Quantity]:
        """All that the next iteration starts from."""
        yield from self.parameters(iteration, "+")
        internals = INTERNALS[optimiser_of(self.settings(iteration)[0])]
        for prefix in (name for name in internals if name in KEPT):
            for quantity in self.parameters(iteration):
                yield replace(quantity, kind=f"{prefix}.{quantity.kind}")

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
        if "-." in quantity.kind:
            if begins_anew(self._session.document, iteration):
                return engine
            return self.value(iteration - 1, left_by(quantity))
        if self._is_from_between(iteration, quantity):
            return self._from_between(iteration, quantity)
        return self._formula(iteration, quantity, self.settings(iteration))

    def _formula(self, iteration: int, quantity: Quantity, settings: Settings) -> Number:
        """What the formula of a number gives with the person's own; the engine's where it is given.

        Where all its terms are the engine's, so is the number, to the last bit.
        """
        engine = self._engine(iteration, quantity)
        terms = self.terms(iteration, quantity, settings)
        if terms is None:
            return engine
        values = tuple(self.value(iteration, q) for q in terms)
        if settings == self.settings(iteration) and all(
            v == self._engine(iteration, q) for v, q in zip(values, terms, strict=True)
        ):
            return engine
        known, place = self._kept.numbers, ((iteration, quantity), settings, values)
        if place not in known:
            if len(known) >= _MOST_KEPT:
                known.clear()
            record = self._own_record(iteration, {quantity: engine})
            known[place] = self._explained(iteration, quantity, record, settings).expected
        return known[place]

    def terms(
        self, iteration: int, quantity: Quantity, settings: Settings | None = None
    ) -> tuple[Quantity, ...] | None:
        """What the formula of a number is made of; None where it is given and not computed."""
        settings = self.settings(iteration) if settings is None else settings
        known, place = self._kept.terms, ((iteration, quantity), settings)
        if place not in known:
            record = self._session.record(iteration)
            made = self._explained(iteration, quantity, record, settings)
            known[place] = None if made.expression is None else made.terms
        return known[place]

    def _explained(
        self, iteration: int, quantity: Quantity, record: Record, settings: Settings
    ) -> Explanation:
        spec = self._spec(iteration, settings)
        return explain(self._session.document, spec, record, quantity, _PLAIN, settings)

    def _spec(self, iteration: int, settings: Settings) -> PlanSpec:
        own = self._session.spec_at(iteration)
        if settings == self.settings(iteration):
            return own
        known, place = self._kept.specs, (settings, own.arithmetic)
        if place not in known:
            made = plan_spec(self._session.document, *settings)
            known[place] = replace(made, arithmetic=own.arithmetic)
        return known[place]

    def _own_record(self, iteration: int, instead: Mapping[Quantity, Number]) -> Record:
        """The record of an iteration with the person's numbers; ``instead`` stands before them."""

        def look_up(quantity: Quantity) -> Number:
            return instead[quantity] if quantity in instead else self.value(iteration, quantity)

        return _OwnRecord(self._session.record(iteration), look_up)

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

    # -- what formulas leave out -----------------------------------------------------------------

    def between(self, iteration: int, quantity: Quantity) -> list[Quantity]:
        """The numbers on the way to ``quantity`` that its formula leaves out."""
        spec, row, sample = self._session.spec_at(iteration), quantity.row, quantity.sample
        if quantity.kind == "L":
            samples, outputs = self._session.record(iteration).arrays["l"].shape
            places = itertools.product(range(samples), range(outputs))
            return [Quantity("l", row=row, sample=sample) for sample, row in places]
        if quantity.kind == "l":
            return [Quantity("e", row=row, sample=sample)] if self._has_errors(iteration) else []
        if quantity.kind == "da":
            start = _first_output(spec, quantity.owner)
            if start is None or not self._has_errors(iteration):
                return []
            return [Quantity("e", row=start + row, sample=sample)]
        if quantity.kind not in ("z", "dz"):
            return []
        layer = next(layer for layer in spec.layers if layer.node == quantity.owner)
        if quantity.kind == "z":
            return [
                Quantity("p", source.connection, row, column, sample)
                for source in layer.sources
                for column in range(spec.units[source.node])
            ]
        # Every ∂L/∂a of a softmax layer has a part in every δ, and its formula says so.
        if layer.activation.name == "softmax":
            return []
        return [Quantity("da", layer.node, row // (layer.rows // layer.units), sample=sample)]

    def _has_errors(self, iteration: int) -> bool:
        """Whether the loss is made of the errors t - y, though its formulas say t and y."""
        # In the delta rule they say e.
        is_made = self._session.spec_at(iteration).loss.name in _OF_ERRORS
        return is_made and self.settings(iteration)[0].rule != "delta"

    def _is_from_between(self, iteration: int, quantity: Quantity) -> bool:
        """Whether the person wrote a number that the formula of this one leaves out."""
        kinds = _BETWEEN.get(quantity.kind, ())
        if not any((iteration, kind) in self._kinds for kind in kinds):
            return False
        return any(
            (iteration, part) in self._own or self._is_from_between(iteration, part)
            for part in self.between(iteration, quantity)
        )

    def _from_between(self, iteration: int, quantity: Quantity) -> Number:
        """The number with what the person wrote for a step that its formula leaves out."""
        settings = self.settings(iteration)
        parts = self.between(iteration, quantity)
        values = [self.value(iteration, part) for part in parts]
        if quantity.kind == "z":
            # As the engine sums it, and what the person's products add to that.
            number = self._formula(iteration, quantity, settings)
            computed = [self.recomputed(iteration, part) for part in parts]
            return number + sum(own - other for own, other in zip(values, computed, strict=True))
        if quantity.kind in ("l", "da"):
            # Made of e = t - y: with the person's e, y is t - e.
            (error,) = parts
            target = self._engine(iteration, replace(error, kind="t"))
            output = self._address(iteration, replace(error, kind="y"))
            engine = self._engine(iteration, quantity)
            instead = {quantity: engine, output: target - values[0]}
            record = self._own_record(iteration, instead)
            return self._explained(iteration, quantity, record, settings).expected
        spec, record = self._session.spec_at(iteration), self._own_record(iteration, {})
        context = Context(self._session.document, spec, record, _PLAIN, *settings)
        if quantity.kind == "L":
            factor, total = factor_of_loss(context), sum(values)
            return total if factor is None else total * evaluate(factor)
        layer = context.layer(quantity.owner)
        return evaluate(Slopes(context, layer, quantity.row, quantity.sample).chain())


def left_by(found: Quantity) -> Quantity:
    """What an optimiser found in an iteration, as the one before left it: "m.w" of "m-.w"."""
    return replace(found, kind=found.kind.replace("-.", "."))


def _first_output(spec: PlanSpec, node: str) -> int | None:
    """The column of y that a node's outputs begin at; None where it is no output."""
    start = 0
    for output in spec.outputs:
        if output == node:
            return start
        start += spec.units[output]
    return None


class _OwnRecord(Record):
    """A record in which single numbers are looked up elsewhere."""

    def __init__(self, base: Record, look_up: Callable[[Quantity], Number]) -> None:
        super().__init__(base.sources, base.metrics)
        self.arrays = base.arrays
        self._look_up = look_up

    def value(self, quantity: Quantity) -> Number:
        return self._look_up(quantity)
