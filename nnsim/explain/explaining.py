"""The one way in: a quantity of a record explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nnsim.document.adversarial import is_noise
from nnsim.document.model import Conventions, Document, Training
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity, Record
from nnsim.explain import (
    backward,
    forward,
    limits,
    losses,
    optimisers,
    preparing,
    recurrent,
    rivals,
    through_time,
    update,
)
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft, written
from nnsim.explain.explanation import Explanation
from nnsim.explain.style import NumberStyle

_DRAFTS: dict[str, Callable[[Context, Quantity], Draft]] = {
    "a": forward.activation,
    "p": forward.product,
    "z": forward.weighted_sum,
    "y": losses.prediction,
    "t": losses.target,
    "e": losses.error,
    "l": losses.addend,
    "L": limits.loss,
    "da": backward.activation_gradient,
    "dz": backward.delta,
    "gw": backward.weight_gradient,
    "gb": backward.bias_gradient,
    "h": recurrent.state,
    "s": recurrent.weighted_sum,
    "dh": through_time.state_gradient,
    "ds": through_time.delta,
    "gu": through_time.own_weight_gradient,
    "w": update.before,
    "u": update.before,
    "b": update.before,
    "dw": update.change,
    "du": update.change,
    "db": update.change,
    "w+": update.after,
    "u+": update.after,
    "b+": update.after,
    **optimisers.KINDS,
    **limits.KINDS,
}
KINDS: tuple[str, ...] = tuple(_DRAFTS)


def explain(
    document: Document,
    spec: PlanSpec,
    record: Record,
    quantity: Quantity,
    style: NumberStyle,
    settings: tuple[Training, Conventions],
) -> Explanation:
    """How a number of an iteration came about.

    ``spec`` and ``settings`` are those in force in the iteration that left ``record`` behind
    (``document.settings_at(iteration - 1)``).  Raises KeyError for a quantity the iteration does
    not have and IndexError outside its array.
    """
    # Whether there is such a number is decided by the record, before anything is written.
    record.value(quantity)
    if spec.updates:
        return _of_rivals(document, spec, record, quantity, style, settings)
    context = Context(document, spec, record, style, *settings)
    return written(context, quantity, _draft(context, quantity))


def _draft(context: Context, quantity: Quantity) -> Draft:
    if quantity.kind == "a" and context.wiring.is_input(quantity.owner):
        if is_noise(context.document.node(quantity.owner)):
            return rivals.noise(context, quantity)
        return preparing.input_value(context, quantity)
    return _DRAFTS[quantity.kind](context, quantity)


def _of_rivals(
    document: Document,
    spec: PlanSpec,
    record: Record,
    quantity: Quantity,
    style: NumberStyle,
    settings: tuple[Training, Conventions],
) -> Explanation:
    """A number of two networks that learn in turn, by the formulas of each."""
    training, conventions = settings

    def context_of(side: rivals.Side) -> Context:
        seen = rivals.SideRecord(record, side, record.sources)
        rate = rivals.side_training(side, training)
        network = side.network()
        return Context(document, network, seen, style, rate, conventions, side.placed)

    side, ordinary = rivals.side_of(spec, record, quantity)
    if quantity == Quantity("L"):
        plain = Context(document, side.network(), record, style, training, conventions)
        return written(plain, quantity, rivals.total_loss(plain, spec.judged))
    context = context_of(side)
    if rivals.has_no_part(spec, quantity):
        draft = rivals.no_part(context, ordinary)
    else:
        draft = _draft(context, ordinary)
    if ordinary.kind in ("gw", "gb") and not side.is_generated:
        other = replace(side, objective=spec.objectives[1])
        draft = rivals.both_gradients(draft, _draft(context_of(other), ordinary))
    return written(context, ordinary, draft, quantity)
