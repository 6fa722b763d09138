"""Prediction explained: inputs, products, sums and activations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nnsim.core.messages import Message
from nnsim.core.numbers import as_float
from nnsim.engine.ops.settling import settled
from nnsim.engine.record import Quantity
from nnsim.explain import recurrent
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import Expression, Known, Product, Sum
from nnsim.explain.functions import applied
from nnsim.explain.wiring import Layer


def activation(context: Context, quantity: Quantity) -> Draft:
    """a = f(z)."""
    if context.wiring.is_recurrent(quantity.owner):
        return recurrent.handed_on(context, quantity)
    layer = context.layer(quantity.owner)
    formula = applied(context, layer, quantity.row, quantity.sample)
    title = Message(
        "explain.title.a",
        {
            "neuron": context.names.unit_title(quantity.owner, quantity.row),
            "sample": context.of_sample(quantity.sample),
        },
    )
    return Draft(title, formula.expression, formula.between, note=formula.note)


def product(context: Context, quantity: Quantity) -> Draft:
    """x w, one addend of a sum."""
    source = context.wiring.source_of[quantity.owner]
    ends = context.names.weight_ends(quantity.owner, quantity.row, quantity.column)
    title = Message("explain.title.p", {**ends, "sample": context.of_sample(quantity.sample)})
    expression = Product(
        context.activation(source, quantity.column, quantity.sample),
        context.known(Quantity("w", quantity.owner, quantity.row, quantity.column)),
    )
    return Draft(title, expression)


class _Incoming(Sum):
    """Σ x w + b of a row, settled where the engine settles it."""

    def __init__(self, context: Context, layer: Layer, row: int, sample: int) -> None:
        self._context, self._row, self._sample = context, row, sample
        self._sources = context.wiring.inputs_of(layer)
        self._bias = context.known(Quantity("b", layer.node, row))
        self._settles = context.spec.arithmetic == "settled"
        count = sum(units for _, units in self._sources) + 1
        # The bias is always shown, and the last input before it.
        super().__init__(count, self._term, tail=2)

    def _term(self, k: int) -> Expression:
        for source, units in self._sources:
            if k < units:
                weight = Quantity("w", source.connection, self._row, k)
                x = self._context.activation(source.node, k, self._sample)
                return Product(x, self._context.known(weight))
            k -= units
        return self._bias

    def quantities(self) -> Iterator[Quantity]:
        # As the addends give them, but hundreds of them without making the addends.
        for source, units in self._sources:
            for k in range(units):
                yield Quantity("a", source.node, k, sample=self._sample)
                yield Quantity("w", source.connection, self._row, k)
        yield self._bias.quantity

    def value(self) -> Any:
        total = self.unsettled()
        if not self._settles:
            return total
        size = sum(abs(self._term(k).value()) for k in range(self.count))
        # A number, and not an array of none.
        return settled(total, size, self.count)[()]

    def unsettled(self) -> Any:
        """The sum as float64 gives it."""
        return super().value()


def weighted_sum(context: Context, quantity: Quantity) -> Draft:
    """z = Σ x w + b."""
    layer = context.layer(quantity.owner)
    expression = _Incoming(context, layer, quantity.row, quantity.sample)
    title = Message(
        "explain.title.z",
        {
            "neuron": context.names.row_title(quantity.owner, quantity.row),
            "sample": context.of_sample(quantity.sample),
        },
    )
    return Draft(title, expression, note=_zero_note(context, quantity, expression))


def _zero_note(context: Context, quantity: Quantity, expression: _Incoming) -> Message | None:
    """Said where a sum is 0 on paper and would not be with bare float64."""
    if context.record.value(quantity) != 0:
        return None
    dust = 0.0
    for part in expression.parts():
        numbers = [as_float(leaf.number) for leaf in part.parts() if isinstance(leaf, Known)]
        dust += numbers[0] * numbers[1] if numbers else as_float(part.value())
    if dust == 0:
        return None
    code = "exact_zero" if context.is_exact else "settled_zero"
    return Message(f"explain.note.{code}", {"dust": dust})
