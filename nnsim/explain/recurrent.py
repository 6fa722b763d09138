"""Recurrent layers explained, step by step: s_t = Σ w x_t + Σ u h_{t-1} + b and h_t = f(s_t)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnsim.core.messages import Message
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import Expression, Product, Sum
from nnsim.explain.functions import applied
from nnsim.explain.wiring import Layer


def title_of(context: Context, quantity: Quantity) -> Message:
    """What a number of a recurrent layer is, and at which time step."""
    step = quantity.step
    if step is None:
        step = context.wiring.steps(quantity.owner) - 1
    params: dict[str, object] = {
        "neuron": context.names.row_title(quantity.owner, quantity.row),
        "step": step + 1,
        "sample": context.of_sample(quantity.sample),
    }
    return Message(f"explain.title.{quantity.kind}", params)


def as_state(context: Context, quantity: Quantity, kind: str) -> Quantity:
    """What a layer hands on as its state (or the gradient of it) at the step it is of."""
    last = context.wiring.steps(quantity.owner) - 1
    return replace(quantity, kind=kind, step=last if quantity.step is None else quantity.step)


class _Incoming(Sum):
    """Σ x w + Σ h u + b of a row at a time step; before the first step there is no state."""

    def __init__(self, context: Context, layer: Layer, quantity: Quantity) -> None:
        assert quantity.step is not None
        self._context, self._layer = context, layer
        self._row, self._sample, self._step = quantity.row, quantity.sample, quantity.step
        self._pairs = list(self._found())
        # The bias is always shown, and the last addend before it.
        super().__init__(len(self._pairs) + 1, self._term, tail=2)

    def _found(self) -> Iterator[tuple[Quantity, Quantity]]:
        sample = self._sample
        for source, values in self._context.wiring.inputs_of(self._layer):
            for k in range(values):
                x = Quantity("a", source.node, k, sample=sample, step=self._step)
                yield x, Quantity("w", source.connection, self._row, k)
        if self._step > 0:
            node = self._layer.node
            for k in range(self._layer.units):
                h = Quantity("h", node, k, sample=sample, step=self._step - 1)
                yield h, Quantity("u", node, self._row, k)

    def _term(self, k: int) -> Expression:
        known = self._context.known
        if k == len(self._pairs):
            return known(Quantity("b", self._layer.node, self._row))
        value, weight = self._pairs[k]
        return Product(known(value), known(weight))


def weighted_sum(context: Context, quantity: Quantity) -> Draft:
    """s = Σ x w + Σ h u + b, h of the step before."""
    layer = context.layer(quantity.owner)
    note = Message("explain.note.no_state_before") if quantity.step == 0 else None
    return Draft(title_of(context, quantity), _Incoming(context, layer, quantity), note=note)


def state(context: Context, quantity: Quantity) -> Draft:
    """h = f(s)."""
    layer = context.layer(quantity.owner)
    formula = applied(context, layer, quantity.row, quantity.sample, quantity.step)
    return Draft(
        title_of(context, quantity), formula.expression, formula.between, note=formula.note
    )


def handed_on(context: Context, quantity: Quantity) -> Draft:
    """What the layer hands on: the state of the step, or of the last one."""
    draft = state(context, as_state(context, quantity, "h"))
    return replace(draft, title=title_of(context, quantity))
