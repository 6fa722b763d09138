"""Adjustment explained: weights and biases before, their change, and after."""

from __future__ import annotations

from dataclasses import replace

from nnsim.core.messages import Message
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft, zero
from nnsim.explain.expression import Expression, Product, sum_of
from nnsim.explain.optimisers import LEARNING_RATE
from nnsim.explain.optimisers import change as step
from nnsim.explain.wiring import Layer

#: The two step sizes of the course rule, of weights and of biases.
WEIGHT_STEP = r"\alpha_{w}"
BIAS_STEP = r"\alpha_{b}"


def _title(context: Context, quantity: Quantity) -> Message:
    kind = quantity.kind.replace("+", "_after")
    if quantity.kind.rstrip("+").endswith("b"):
        neuron = context.names.row_title(quantity.owner, quantity.row)
        return Message(f"explain.title.{kind}", {"neuron": neuron})
    if quantity.kind.rstrip("+").endswith("u"):
        ends = context.names.own_weight_ends(quantity.owner, quantity.row, quantity.column)
        return Message(f"explain.title.{kind}", ends)
    ends = context.names.weight_ends(quantity.owner, quantity.row, quantity.column)
    return Message(f"explain.title.{kind}", ends)


def before(context: Context, quantity: Quantity) -> Draft:
    """A parameter as the iteration finds it."""
    return Draft(_title(context, quantity), note=_origin(context, quantity))


def _origin(context: Context, quantity: Quantity) -> Message | None:
    metrics = context.record.metrics
    if metrics is None:
        return None
    done = metrics.iteration - 1
    for change in context.document.changes:
        if change.iteration == done and any(
            edit.name == quantity.name and edit.index == quantity.index(len(edit.index))
            for edit in change.parameters
        ):
            return Message("explain.note.set_by_hand", {"iteration": done})
    if done == 0:
        return Message("explain.note.start_value")
    return Message("explain.note.from_iteration", {"iteration": done})


def after(context: Context, quantity: Quantity) -> Draft:
    """w' = w + Δw."""
    kind = quantity.kind.removesuffix("+")
    where = (quantity.owner, quantity.row, quantity.column)
    old, change = Quantity(kind, *where), Quantity(f"d{kind}", *where)
    expression = sum_of(context.known(old), context.known(change))
    note = None
    if context.record.value(change) == 0:
        note = (_change_of_bias if kind == "b" else _change_of_weight)(context, change).note
        note = note or Message("explain.note.unchanged")
    return Draft(_title(context, quantity), expression, note=note)


def change(context: Context, quantity: Quantity) -> Draft:
    """Δw or Δb, by the rule in force."""
    if quantity.kind == "db":
        return _change_of_bias(context, quantity)
    return _change_of_weight(context, quantity)


def _change_of_weight(context: Context, quantity: Quantity) -> Draft:
    title = _title(context, quantity)
    if context.has_chain_rule:
        note = _zero_gradient_note(context, quantity)
        return Draft(title, step(context, quantity), note=note)
    layer = context.wiring.target_of[quantity.owner]
    source = context.wiring.source_of[quantity.owner]
    x = context.activation(source, quantity.column, 0)
    expression = Product(_weight_step(context), _error(context, layer, quantity.row), x)
    note = _no_error_note(context, layer, quantity.row)
    if note is None and x.number == 0:
        course_only = context.training.rule == "course" and not _is_active(context, layer)
        code = "no_input_active" if course_only else "input_is_zero"
        note = Message(f"explain.note.{code}")
    return Draft(title, expression, note=note)


def _change_of_bias(context: Context, quantity: Quantity) -> Draft:
    title = _title(context, quantity)
    if not context.training.update_biases:
        return Draft(title, zero(context), note=Message("explain.note.biases_fixed"))
    if context.has_chain_rule:
        note = _zero_gradient_note(context, quantity)
        return Draft(title, step(context, quantity), note=note)
    layer = context.layer(quantity.owner)
    note = _no_error_note(context, layer, quantity.row)
    if context.training.rule == "course" and _is_active(context, layer):
        return Draft(title, zero(context), note=note or Message("explain.note.some_input_active"))
    expression = Product(_bias_step(context), _error(context, layer, quantity.row))
    return Draft(title, expression, note=note)


def _zero_gradient_note(context: Context, change: Quantity) -> Message | None:
    gradient = replace(change, kind=change.kind.replace("d", "g"))
    if context.record.value(gradient) != 0:
        return None
    # A velocity, an average or the decay of weights may move what has no gradient now.
    goes_on = context.record.value(change) != 0
    return Message(f"explain.note.{'goes_on' if goes_on else 'gradient_is_zero'}")


def _weight_step(context: Context) -> Expression:
    if context.training.rule == "course":
        return context.constant(context.training.weight_step, WEIGHT_STEP)
    return context.constant(context.training.learning_rate, LEARNING_RATE)


def _bias_step(context: Context) -> Expression:
    if context.training.rule == "course":
        return context.constant(context.training.bias_step, BIAS_STEP)
    return context.constant(context.training.learning_rate, LEARNING_RATE)


def _error(context: Context, layer: Layer, row: int) -> Expression:
    return context.known(Quantity("e", row=context.wiring.output_row(layer.node, row)))


def _no_error_note(context: Context, layer: Layer, row: int) -> Message | None:
    error = Quantity("e", row=context.wiring.output_row(layer.node, row))
    return Message("explain.note.no_error") if context.record.value(error) == 0 else None


def _is_active(context: Context, layer: Layer) -> bool:
    """Whether some input of the layer is not 0: what the course rule goes by."""
    return any(context.record.arrays[f"a:{source.node}"][0].any() for source in layer.sources)
