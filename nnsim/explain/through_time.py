"""The way back through time explained.

∂L/∂h_t is what comes from above at that step and what comes back from the step after, Σ u δ_{t+1};
δ_t = ∂L/∂s_t = ∂L/∂h_t f'(s_t).  The same weights take part in every step, so their gradients are
sums over all steps of all samples.  Source: Werbos 1990.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nnsim.core.messages import Message
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import Expression, Known, Named, Product, Sum, sum_of
from nnsim.explain.feeding import fed
from nnsim.explain.functions import derivative
from nnsim.explain.losses import slope
from nnsim.explain.names import partial, time_step
from nnsim.explain.recurrent import as_state, title_of
from nnsim.explain.wiring import Layer

_SHOWN = 4


def handed_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂a of what the layer hands on, without what comes back through time."""
    expression, further = _from_above(context, as_state(context, quantity, "dh"))
    return Draft(title_of(context, quantity), expression, further=further)


def _from_above(context: Context, quantity: Quantity) -> tuple[Expression, tuple[str, ...]]:
    node, unit, sample = quantity.owner, quantity.row, quantity.sample
    if context.wiring.is_output(node):
        expression, definition = slope(context, context.wiring.output_row(node, unit), sample)
        return expression, (definition,) if definition else ()
    returns_sequence = context.spec.recurrent[node].returns == "sequence"
    step = quantity.step if returns_sequence else None
    return fed(context, node, unit, sample, step=step), ()


def state_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂h_t: from above, and back from the step after."""
    node, unit, step = quantity.owner, quantity.row, quantity.step
    assert step is not None
    layer, last = context.spec.recurrent[node], context.wiring.steps(node) - 1
    parts: list[Expression] = []
    further: tuple[str, ...] = ()
    if step == last or layer.returns == "sequence":
        above, further = _from_above(context, quantity)
        parts.append(above)
    if step < last:

        def term(k: int) -> Expression:
            later = Quantity("ds", node, k, sample=quantity.sample, step=step + 1)
            return Product(context.known(later), context.known(Quantity("u", node, k, unit)))

        parts.append(Sum(layer.units, term))
    code = "from_above" if len(parts) == 1 and step == last else "through_time"
    return Draft(
        title_of(context, quantity),
        sum_of(*parts),
        further=further,
        note=Message(f"explain.note.{code}"),
    )


def delta(context: Context, quantity: Quantity) -> Draft:
    """δ_t = ∂L/∂s_t = ∂L/∂h_t f'(s_t)."""
    layer = context.layer(quantity.owner)
    row, sample, step = quantity.row, quantity.sample, quantity.step
    known = derivative(context, layer, row, sample, step=step)
    h, s = (replace(quantity, kind=kind) for kind in ("h", "s"))
    h_symbol, s_symbol = (context.names.symbol(each) for each in (h, s))
    gradient = context.known(replace(quantity, kind="dh"))
    chain = Product(gradient, Named(partial(h_symbol, s_symbol), known.expression), dotted=True)
    return Draft(
        title_of(context, quantity),
        Product(gradient, known.expression),
        further=(known.definition,) if known.definition else (),
        chain=chain,
        chain_of=partial("L", s_symbol),
        note=known.note,
    )


def weight_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂w = Σ_samples Σ_t δ_t x_t."""
    layer = context.wiring.target_of[quantity.owner]
    source = context.wiring.source_of[quantity.owner]
    ends = context.names.weight_ends(quantity.owner, quantity.row, quantity.column)
    title = Message("explain.title.gw", ends)

    def value(step: int, sample: int) -> Quantity:
        return Quantity("a", source, quantity.column, sample=sample, step=step)

    return _through_time(context, title, layer, quantity, value)


def own_weight_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂u = Σ_samples Σ_t δ_t h_{t-1}; the first step has no state before."""
    layer = context.layer(quantity.owner)
    ends = context.names.own_weight_ends(layer.node, quantity.row, quantity.column)

    def value(step: int, sample: int) -> Quantity:
        return Quantity("h", layer.node, quantity.column, sample=sample, step=step - 1)

    title = Message("explain.title.gu", ends)
    return _through_time(context, title, layer, quantity, value, first=1)


def bias_gradient(context: Context, quantity: Quantity) -> Draft:
    """∂L/∂b = Σ_samples Σ_t δ_t."""
    layer = context.layer(quantity.owner)
    neuron = context.names.row_title(layer.node, quantity.row)
    title = Message("explain.title.gb", {"neuron": neuron})
    return _through_time(context, title, layer, quantity, None)


def _through_time(
    context: Context,
    title: Message,
    layer: Layer,
    quantity: Quantity,
    value: Callable[[int, int], Quantity] | None,
    first: int = 0,
) -> Draft:
    """Σ over samples and time steps, from step ``first`` on, of δ times a value."""
    node, row = layer.node, quantity.row
    steps = context.wiring.steps(node) - first

    def term(k: int) -> Expression:
        sample, step = divmod(k, steps)
        mark = context.mark(sample)
        step += first

        def known(found: Quantity) -> Known:
            return context.known(found, mark=mark)

        delta = known(Quantity("ds", node, row, sample=sample, step=step))
        return delta if value is None else Product(delta, known(value(step, sample)))

    note = Message("explain.note.every_step")
    deltas = context.record.arrays[f"ds:{node}"][:, :, row]
    if not deltas.any():
        note = Message("explain.note.delta_is_zero")
    total = Sum(context.batch * steps, term, most=_SHOWN, head=2)
    return Draft(title, total, further=(_in_short(context, quantity),), note=note)


def _in_short(context: Context, quantity: Quantity) -> str:
    """The gradient as a sum over t, of any sample s where there are several."""
    kind, node = quantity.kind, quantity.owner
    mark = "(s)" if context.batch > 1 else ""
    over = r"\sum_{s} \sum_{t}" if mark else r"\sum_{t}"
    at, before = time_step("t") + mark, time_step("t - 1") + mark
    if kind == "gw":
        source, layer = context.wiring.source_of[node], context.wiring.target_of[node]
        x = context.names.activation(source, quantity.column, at)
        node, last = layer.node, rf"\,{x}"
    elif kind == "gu":
        last = rf"\,{context.names.of_row('h', node, quantity.column, before)}"
    else:
        last = ""
    delta = context.names.of_row(r"\delta", node, quantity.row, at)
    return rf"{context.names.symbol(quantity)} = {over} {delta}{last}"
