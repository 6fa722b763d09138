"""Regularisation and clipping explained: what the optimiser is given instead of ∂L/∂w."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnsim.core.messages import Message
from nnsim.document.optimisers import clips, penalises
from nnsim.engine.record import Quantity
from nnsim.explain import losses
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft, zero
from nnsim.explain.expression import (
    Call,
    Expression,
    Known,
    Negative,
    Product,
    Quotient,
    Square,
    Sum,
    sum_of,
)
from nnsim.explain.losses import absolute

PENALTY_RATE, CLIP_AT = r"\lambda", "c"
DATA_LOSS, PENALTY = Quantity("L", "data"), Quantity("L", "penalty")


def used_gradient(context: Context, parameter: Quantity) -> Known:
    """What the optimiser goes by: ∂L/∂w itself, or what penalties and clipping made of it."""
    training = context.training
    limits = penalises(training) or clips(training)
    return context.known(_of(parameter, "used.g" if limits else "g"))


def loss(context: Context, quantity: Quantity) -> Draft:
    """The loss; with a penalty its two parts have names of their own."""
    if quantity == PENALTY:
        return penalty(context, quantity)
    if quantity != DATA_LOSS and penalises(context.training):
        return total_loss(context, quantity)
    return losses.loss(context, quantity)


def total_loss(context: Context, quantity: Quantity) -> Draft:
    """The loss of the samples and the penalty."""
    expression = sum_of(context.known(DATA_LOSS), context.known(PENALTY))
    return Draft(Message("explain.title.total_loss"), expression)


def penalty(context: Context, quantity: Quantity) -> Draft:
    """λ Σ|w| or λ/2 Σ w², over all weights and no bias."""
    weights = list(_weights(context))
    rate = context.constant(context.training.penalty_rate, PENALTY_RATE)
    if context.training.penalty == "l1":
        total = Sum(len(weights), lambda k: absolute(context.known(weights[k])))
        expression: Expression = Product(rate, total)
    else:
        total = Sum(len(weights), lambda k: Square(context.known(weights[k])))
        expression = Product(Quotient(rate, context.constant(2.0)), total)
    return Draft(Message("explain.title.penalty"), expression)


def penalty_gradient(context: Context, quantity: Quantity) -> Draft:
    """λ w or λ sign(w)."""
    parameter = _parameter(quantity)
    title = _title(context, "penalty", parameter)
    if parameter.kind == "b":
        return Draft(title, zero(context), note=Message("explain.note.biases_unpenalised"))
    rate = context.constant(context.training.penalty_rate, PENALTY_RATE)
    weight: Expression = context.known(parameter)
    if context.training.penalty == "l1":
        weight = Call(r"\mathrm{sgn}\left(", r"\right)", np.sign, weight)
    return Draft(title, Product(rate, weight))


def limited_gradient(context: Context, quantity: Quantity) -> Draft:
    """The gradient with that of the penalty, clipped."""
    parameter = _parameter(quantity)
    title = _title(context, "used", parameter)
    expression = _penalised(context, parameter)
    training, note = context.training, None
    limit = context.constant(training.clip_at, CLIP_AT)
    if training.clipping == "value":
        low = Call(r"\min\left(", r"\right)", np.minimum, expression, limit)
        expression = Call(r"\max\left(", r"\right)", np.maximum, low, Negative(limit))
    elif training.clipping == "norm":
        norm = context.known(Quantity("norm"))
        is_clipped = norm.number > training.clip_at
        if is_clipped:
            expression = Product(expression, Quotient(limit, norm))
        note = Message(f"explain.note.norm_{'clipped' if is_clipped else 'within'}")
    return Draft(title, expression, note=note)


def norm(context: Context, quantity: Quantity) -> Draft:
    """The root of the sum of the squares of all numbers of the gradient."""
    parameters = list(_parameters(context))
    total = Sum(len(parameters), lambda k: Square(_penalised(context, parameters[k])))
    return Draft(Message("explain.title.norm"), Call(r"\sqrt{", "}", np.sqrt, total))


KINDS: dict[str, Callable[[Context, Quantity], Draft]] = {
    "penalty.gw": penalty_gradient,
    "penalty.gu": penalty_gradient,
    "penalty.gb": penalty_gradient,
    "used.gw": limited_gradient,
    "used.gu": limited_gradient,
    "used.gb": limited_gradient,
    "norm": norm,
}


def _penalised(context: Context, parameter: Quantity) -> Expression:
    gradient = context.known(_of(parameter, "g"))
    if not penalises(context.training) or parameter.kind == "b":
        return gradient
    return sum_of(gradient, context.known(_of(parameter, "penalty.g")))


def _parameters(context: Context) -> list[Quantity]:
    biases = [
        Quantity("b", layer.node, row)
        for layer in context.spec.learning
        for row in range(layer.rows)
    ]
    return [*_weights(context), *biases]


def _weights(context: Context) -> list[Quantity]:
    of_connections = [
        Quantity("w", source.connection, row, column)
        for layer in context.spec.learning
        for source, values in context.wiring.inputs_of(layer)
        for row in range(layer.rows)
        for column in range(values)
    ]
    of_states = [
        Quantity("u", layer.node, row, column)
        for layer in context.spec.recurrent.values()
        for row in range(layer.units)
        for column in range(layer.units)
    ]
    return of_connections + of_states


def _of(parameter: Quantity, prefix: str) -> Quantity:
    return replace(parameter, kind=f"{prefix}{parameter.kind}")


def _parameter(quantity: Quantity) -> Quantity:
    parameter = quantity.parameter
    assert parameter is not None
    return parameter


def _title(context: Context, what: str, parameter: Quantity) -> Message:
    named = context.names.parameter_title(parameter)
    return Message(f"explain.title.optimiser.{what}", {"parameter": named})
