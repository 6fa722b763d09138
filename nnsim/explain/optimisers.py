"""Optimisers explained: the change Δ, and all it is made of, down to the gradient.

What is kept from step to step is written with its step below: m_t comes from m_{t-1}.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnsim.core.messages import Message
from nnsim.document.optimisers import INTERNALS, KEPT, begins_anew, optimiser_of
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import (
    Call,
    Difference,
    Expression,
    Known,
    Leaf,
    Negative,
    Power,
    Product,
    Quotient,
    Square,
    sum_of,
)
from nnsim.explain.limits import used_gradient

LEARNING_RATE = r"\alpha"
_MOMENTUM, _DECAY, _EPSILON, _WEIGHT_DECAY = r"\mu", r"\rho", r"\varepsilon", r"\lambda"
_BETAS = {"m": r"\beta_{1}", "v": r"\beta_{2}"}


def change(context: Context, quantity: Quantity) -> Expression:
    """Δ of a weight or bias ("dw", "db") by the optimiser in force."""
    parameter = _parameter(quantity)
    name = optimiser_of(context.training)
    if name == "plain":
        return _downhill(context, used_gradient(context, parameter))
    if name == "momentum":
        return _downhill(context, _internal(context, "u", parameter))
    if name == "nesterov":
        ahead = Product(
            _setting(context, "momentum", _MOMENTUM), _internal(context, "u", parameter)
        )
        return _downhill(context, sum_of(used_gradient(context, parameter), ahead))
    if name in ("adagrad", "rmsprop"):
        squares = _internal(context, "s" if name == "adagrad" else "v", parameter)
        return _downhill(context, _scaled(context, used_gradient(context, parameter), squares))
    first, second = (_internal(context, prefix, parameter) for prefix in ("m^", "v^"))
    step = _downhill(context, _scaled(context, first, second))
    return step if name == "adam" else sum_of(step, _internal(context, "decay", parameter))


def internal(context: Context, quantity: Quantity) -> Draft:
    """What an optimiser's step is made of: "m.w", "v^.b", …"""
    prefix, parameter = _prefix(quantity), _parameter(quantity)
    title = _title(context, prefix, parameter)
    expression, note = _FORMULAS[prefix](context, prefix, parameter), None
    if prefix in ("m^", "v^"):
        note = Message("explain.note.bias_correction")
    return Draft(title, expression, note=note)


def found(context: Context, quantity: Quantity) -> Draft:
    """What an optimiser kept from the step before: "m-.w", …"""
    prefix = _prefix(quantity)
    title = _title(context, prefix.replace("-", "_before"), _parameter(quantity))
    metrics = context.record.metrics
    if metrics is None:
        return Draft(title)
    if begins_anew(context.document, metrics.iteration):
        return Draft(title, note=Message("explain.note.optimiser_begins"))
    note = Message("explain.note.from_iteration", {"iteration": metrics.iteration - 1})
    return Draft(title, note=note)


def step(context: Context, quantity: Quantity) -> Draft:
    """How many steps the optimiser has taken, the present one included."""
    return Draft(Message("explain.title.step"), note=Message("explain.note.step"))


KINDS: dict[str, Callable[[Context, Quantity], Draft]] = {"step": step}
KINDS |= {
    f"{prefix}.{kind}": internal
    for prefix in dict.fromkeys(prefix for names in INTERNALS.values() for prefix in names)
    for kind in ("w", "u", "b")
}
KINDS |= {f"{prefix}-.{kind}": found for prefix in KEPT for kind in ("w", "u", "b")}


# -- formulas ------------------------------------------------------------------------------------


def _velocity(context: Context, prefix: str, parameter: Quantity) -> Expression:
    """u_t = μ u_{t-1} + g."""
    share = _setting(context, "momentum", _MOMENTUM)
    before = _internal(context, f"{prefix}-", parameter)
    return sum_of(Product(share, before), used_gradient(context, parameter))


def _sum(context: Context, prefix: str, parameter: Quantity) -> Expression:
    """s_t = s_{t-1} + g²."""
    before = _internal(context, f"{prefix}-", parameter)
    return sum_of(before, Square(used_gradient(context, parameter)))


def _average(context: Context, prefix: str, parameter: Quantity) -> Expression:
    """m_t = β₁ m_{t-1} + (1 - β₁) g, and v_t likewise with β₂ or ρ and g²."""
    share = _share(context, prefix)
    gradient: Expression = used_gradient(context, parameter)
    new = gradient if prefix == "m" else Square(gradient)
    before = Product(share, _internal(context, f"{prefix}-", parameter))
    return sum_of(before, Product(Difference(context.constant(1.0), share), new))


def _corrected(context: Context, prefix: str, parameter: Quantity) -> Expression:
    """m̂_t = m_t / (1 - β₁ᵗ), and v̂_t likewise."""
    prefix = prefix.removesuffix("^")
    steps = context.known(Quantity("step"))
    below = Difference(context.constant(1.0), Power(_share(context, prefix), steps))
    return Quotient(_internal(context, prefix, parameter), below)


def _decay(context: Context, prefix: str, parameter: Quantity) -> Expression:
    """-α λ w."""
    rate = _setting(context, "learning_rate", LEARNING_RATE)
    share = _setting(context, "weight_decay", _WEIGHT_DECAY)
    return Negative(Product(rate, share, context.known(parameter)))


_FORMULAS: dict[str, Callable[[Context, str, Quantity], Expression]] = {
    "u": _velocity,
    "s": _sum,
    "m": _average,
    "v": _average,
    "m^": _corrected,
    "v^": _corrected,
    "decay": _decay,
}


def _downhill(context: Context, direction: Expression) -> Expression:
    """-α times a direction."""
    return Negative(Product(_setting(context, "learning_rate", LEARNING_RATE), direction))


def _scaled(context: Context, above: Expression, squares: Expression) -> Expression:
    """above / (√squares + ε)."""
    root = Call(r"\sqrt{", "}", np.sqrt, squares)
    return Quotient(above, sum_of(root, _setting(context, "epsilon", _EPSILON)))


# -- parts ---------------------------------------------------------------------------------------


def _prefix(quantity: Quantity) -> str:
    return quantity.kind.partition(".")[0]


def _parameter(quantity: Quantity) -> Quantity:
    parameter = quantity.parameter
    assert parameter is not None
    return parameter


def _setting(context: Context, name: str, symbol: str) -> Leaf:
    return context.constant(getattr(context.training, name), symbol)


def _share(context: Context, prefix: str) -> Leaf:
    """How much of an average is kept in a step."""
    if optimiser_of(context.training) == "rmsprop":
        return _setting(context, "decay", _DECAY)
    return _setting(context, "beta1" if prefix == "m" else "beta2", _BETAS[prefix])


def _internal(context: Context, prefix: str, parameter: Quantity) -> Known:
    return context.known(replace(parameter, kind=f"{prefix}.{parameter.kind}"))


def _title(context: Context, what: str, parameter: Quantity) -> Message:
    """ "Average of the gradients of the weight from x1 to N1"."""
    code = what.replace("^", "_hat")
    named = context.names.parameter_title(parameter)
    return Message(f"explain.title.optimiser.{code}", {"parameter": named})
