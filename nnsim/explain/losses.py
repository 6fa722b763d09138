"""The error explained: outputs and targets, the addends of the loss, the loss, and ∂L/∂y."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnsim.core.messages import Message
from nnsim.engine.losses import make_loss
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import (
    Call,
    Computed,
    Difference,
    Expression,
    Known,
    Named,
    Negative,
    Product,
    Quotient,
    Rank,
    Square,
    Sum,
    Writer,
    sum_of,
)
from nnsim.explain.forward import activation
from nnsim.explain.functions import cases
from nnsim.explain.names import partial
from nnsim.explain.preparing import from_data, target_value
from nnsim.explain.style import MINUS

#: Addends of a loss are long: more than these are abbreviated.
_ADDENDS_SHOWN = 4


@dataclass(frozen=True)
class Pair:
    """A prediction y and its target t."""

    y: Known
    t: Known


def pair(context: Context, row: int, sample: int, mark: str = "") -> Pair:
    """The prediction and the target of one output for one sample.

    The prediction is addressed as the activation of its neuron, which is the same number.
    """
    node, unit = context.wiring.output_at(row)
    target = Quantity("t", row=row, sample=sample)
    return Pair(context.activation(node, unit, sample, mark), context.known(target, mark=mark))


def _title(context: Context, quantity: Quantity) -> Message:
    node, unit = context.wiring.output_at(quantity.row)
    params = {
        "neuron": context.names.unit_title(node, unit),
        "sample": context.of_sample(quantity.sample),
    }
    return Message(f"explain.title.{quantity.kind}", params)


def prediction(context: Context, quantity: Quantity) -> Draft:
    """y: the activation of an output neuron."""
    node, unit = context.wiring.output_at(quantity.row)
    draft = activation(context, Quantity("a", node, unit, sample=quantity.sample))
    return Draft(_title(context, quantity), draft.expression, draft.between, note=draft.note)


def target(context: Context, quantity: Quantity) -> Draft:
    """t: it comes from the data."""
    column = context.document.data.target_names[quantity.row]
    expression = target_value(context, quantity.row, quantity.sample)
    note = from_data(context, quantity.sample, column)
    return Draft(_title(context, quantity), expression, note=note)


def error(context: Context, quantity: Quantity) -> Draft:
    """e = t - y; in the delta rule the sum stands for the output."""
    both = pair(context, quantity.row, quantity.sample)
    compared = both.y
    if context.training.rule == "delta":
        node, unit = context.wiring.output_at(quantity.row)
        compared = context.known(Quantity("z", node, unit, sample=quantity.sample))
    note = None
    if context.record.value(quantity) == 0:
        note = Message("explain.note.no_error")
    elif context.training.rule == "delta":
        note = Message("explain.note.error_at_sum")
    return Draft(_title(context, quantity), Difference(both.t, compared), note=note)


def addend(context: Context, quantity: Quantity) -> Draft:
    """One addend of the loss."""
    is_from_sums = _is_from_sums(context, quantity.row, quantity.sample)
    note = Message("explain.note.rounded_probability") if is_from_sums else None
    expression = _addend(context, quantity.row, quantity.sample)
    return Draft(_title(context, quantity), expression, note=note)


def _is_from_sums(context: Context, row: int, sample: int) -> bool:
    """Whether an addend whose logarithm would be infinite was computed from the sums instead."""
    if context.training.rule == "delta" or "cross_entropy" not in context.spec.loss.name:
        return False
    y, t = (context.value(kind, row=row, sample=sample) for kind in ("y", "t"))
    is_infinite = (y == 0 and t != 0) or (y == 1 and t != 1 and _is_binary(context))
    return is_infinite and math.isfinite(context.value("l", row=row, sample=sample))


def _is_binary(context: Context) -> bool:
    return context.spec.loss.name == "binary_cross_entropy"


def _addend(context: Context, row: int, sample: int, mark: str = "") -> Expression:
    if context.training.rule == "delta":
        return Square(context.known(Quantity("e", row=row, sample=sample), mark=mark))
    both = pair(context, row, sample, mark)
    y, t = both.y, both.t
    if _is_from_sums(context, row, sample):
        return _addend_of_sums(context, row, sample, t, mark)
    match context.spec.loss.name:
        case "mse":
            return Square(Difference(t, y))
        case "mae":
            return absolute(Difference(t, y))
        case "mape":
            return Product(
                context.constant(100.0), Quotient(absolute(Difference(t, y)), absolute(t))
            )
        case "cross_entropy":
            return Negative(_weighted_logarithm(t, y))
        case "binary_cross_entropy":
            one = context.constant(1.0)
            no = _weighted_logarithm(Difference(one, t), Difference(one, y))
            return Negative(sum_of(_weighted_logarithm(t, y), no))
        case "hinge":
            margin = Difference(context.constant(1.0), Product(t, y))
            return Call(r"\max\left(", r"\right)", np.maximum, context.constant(0.0), margin)
    raise KeyError(context.spec.loss.name)


def _addend_of_sums(context: Context, row: int, sample: int, t: Known, mark: str) -> Expression:
    """t (ln Σ_k e^z_k - z_j) of a softmax; max(z, 0) - t z + ln(1 + e^-|z|) of a sigmoid."""
    node, unit = context.wiring.output_at(row)

    def z(k: int) -> Known:
        return context.known(Quantity("z", node, k, sample=sample), mark=mark)

    own = z(unit)
    if not _is_binary(context):
        count = context.wiring.units[node]
        total = Sum(count, lambda k: Call("e^{", "}", np.exp, z(k), rank=Rank.FRACTION))

        def logarithm() -> Any:
            # Without overflow, where e^z alone would.
            return np.logaddexp.reduce([z(k).value() for k in range(count)])

        def written(writer: Writer) -> str:
            return rf"\ln\left({total.latex(writer)}\right)"

        symbols = written(context.symbols)
        whole = Computed(symbols, written, logarithm, total, rank=Rank.PRODUCT)
        return Product(t, Difference(whole, own))
    above = Call(r"\max\left(", r"\right)", np.maximum, own, context.constant(0.0))
    rest = Call(
        r"\ln\left(1 + e^{-\left|", r"\right|}\right)", lambda x: np.log1p(np.exp(-abs(x))), own
    )
    return sum_of(Difference(above, Product(t, own)), rest)


def absolute(inner: Expression) -> Expression:
    return Call(r"\left|", r"\right|", abs, inner)


class Logarithm(Call):
    """ln y."""

    def __init__(self, y: Expression) -> None:
        brackets = (r"\left(", r"\right)") if isinstance(y, Difference) else ("", "")
        super().__init__(rf"\ln {brackets[0]}", brackets[1], np.log, y, rank=Rank.PRODUCT)


def _weighted_logarithm(weight: Expression, y: Expression) -> Expression:
    """weight · ln y, which is 0 where the weight is, even for y = 0."""
    product = Product(weight, Logarithm(y))

    class Weighted(Product):
        def value(self) -> Any:
            w = weight.value()
            return w if w == 0 else product.value()

    return Weighted(weight, Logarithm(y))


def loss(context: Context, quantity: Quantity) -> Draft:
    """L: the factor of the conventions before the sum of all addends."""
    outputs, factor = context.wiring.output_count, factor_of_loss(context)

    def one(k: int) -> Expression:
        sample, row = divmod(k, outputs)
        return _addend(context, row, sample, context.mark(sample))

    total = Sum(context.batch * outputs, one, most=_ADDENDS_SHOWN, head=2)
    expression = total if factor is None else Product(factor, total)
    return Draft(Message("explain.title.L", {"loss": _loss_name(context)}), expression)


def factor_of_loss(context: Context) -> Expression | None:
    """What the sum of all addends is multiplied by; None where that is 1."""
    if context.training.rule == "delta":
        return _factor(context, 1.0, context.wiring.output_count)
    return _loss_factor(context, 1.0)


def _loss_name(context: Context) -> Message:
    name = "mse" if context.training.rule == "delta" else context.spec.loss.name
    return Message(f"loss.{name}")


def _loss_factor(context: Context, times: float) -> Expression | None:
    """The factor before the sum, times a number; None where that is 1."""
    loss_spec = context.spec.loss
    made = make_loss(loss_spec)
    if made.halves and loss_spec.half:
        times *= 0.5
    count = 1
    if loss_spec.reduction == "mean":
        count = context.batch * (1 if made.per_sample else context.wiring.output_count)
    return _factor(context, times, count)


def _factor(context: Context, times: float, count: int) -> Expression | None:
    """``times`` over n, n being ``count``; a half goes below the line."""
    above, halves = (times, 1.0) if times >= 1 else (1.0, 1 / times)
    below = context.constant(halves)
    if count > 1:
        n = context.constant(float(count), "n")
        return Quotient(context.constant(above), n if halves == 1 else Product(below, n))
    if halves > 1:
        return Quotient(context.constant(above), below)
    return None if above == 1 else context.constant(above)


def slope(context: Context, row: int, sample: int, mark: str = "") -> tuple[Expression, str]:
    """∂L/∂y of one output, and its definition where it has cases."""
    both = pair(context, row, sample, mark)
    y, t = both.y, both.t
    doubled = 2.0 if context.spec.loss.name == "mse" else 1.0
    percent = 100.0 if context.spec.loss.name == "mape" else 1.0
    factor = _loss_factor(context, doubled * percent)
    inner, definition = _slope_of_addend(context, y, t)
    return (inner if factor is None else Product(factor, inner)), definition


def _slope_of_addend(context: Context, y: Known, t: Known) -> tuple[Expression, str]:
    """The derivative of an addend w.r.t. y, without the factors 2 of MSE and 100 of MAPE."""
    one = context.constant(1.0)
    match context.spec.loss.name:
        case "mse":
            return Difference(y, t), ""
        case "mae":
            return _sign(y, t), ""
        case "mape":
            return Quotient(_sign(y, t), absolute(t)), ""
        case "cross_entropy":
            return Negative(Quotient(t, y, zero_first=True)), ""
        case "binary_cross_entropy":
            no = Quotient(Difference(one, t), Difference(one, y), zero_first=True)
            yes = Negative(Quotient(t, y, zero_first=True))
            return Sum(2, (yes, no).__getitem__), ""
        case "hinge":
            return _hinge_slope(context, y, t)
    raise KeyError(context.spec.loss.name)


def _sign(y: Known, t: Known) -> Expression:
    return Call(r"\operatorname{sgn}\left(", r"\right)", np.sign, Difference(y, t), rank=Rank.ATOM)


def _hinge_slope(context: Context, y: Known, t: Known) -> tuple[Expression, str]:
    writer = context.symbols
    wanted, got = t.latex(writer), y.latex(writer)
    margin = rf"1 - {wanted}\,{got}"
    rows = ((f"{MINUS}{wanted}", f"{margin} > 0"), ("0", rf"{margin} \leq 0"))
    chosen: Expression = Negative(t)
    if not 1.0 - t.value() * y.value() > 0:
        chosen = context.constant(0.0)
    of = Quantity("l", row=t.quantity.row, sample=t.quantity.sample)
    symbol = partial(context.names.symbol(of), got)
    inner = Named(symbol, Computed("", chosen.latex, chosen.value, t, y))
    return inner, f"{symbol} = {cases(*rows)}"


def is_softmax_cross_entropy(context: Context, node: str, sample: int) -> bool:
    """Whether δ comes down to y - t: a softmax with cross-entropy and targets that sum to 1."""
    if context.spec.loss.name != "cross_entropy":
        return False
    if context.layer(node).activation.name != "softmax":
        return False
    first = context.wiring.output_row(node, 0)
    t = context.record.arrays["t"][sample, first : first + context.wiring.units[node]]
    return bool(abs(float(sum(t.tolist())) - 1.0) < 1e-12)
