"""The one way in: a quantity of a record explained."""

from __future__ import annotations

from collections.abc import Callable

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
    context = Context(document, spec, record, style, *settings)
    # Whether there is such a number is decided by the record, before anything is written.
    record.value(quantity)
    if quantity.kind == "a" and context.wiring.is_input(quantity.owner):
        draft = preparing.input_value(context, quantity)
    else:
        draft = _DRAFTS[quantity.kind](context, quantity)
    return written(context, quantity, draft)
