"""Activation functions and their derivatives as formulas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnsim.core.messages import Message
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
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
)
from nnsim.explain.names import partial
from nnsim.explain.wiring import Layer


def cases(*rows: tuple[str, str]) -> str:
    """A definition by cases: (what, when) each."""
    body = r" \\ ".join(rf"{what} & \;\; {when}" for what, when in rows)
    return rf"\begin{{cases}} {body} \end{{cases}}"


@dataclass(frozen=True)
class Applied:
    """f(z) of one neuron: the formula, what stands before it, and a note."""

    expression: Expression
    between: str = ""
    note: Message | None = None


def applied(
    context: Context, layer: Layer, unit: int, sample: int, step: int | None = None
) -> Applied:
    """The activation of a unit as a formula of its sums; in a recurrent layer, at a time step."""
    spec = layer.activation
    pieces = context.wiring.pieces(layer)
    z = context.known(sum_of_row(layer, unit * pieces, sample, step))
    symbol = z.latex(context.symbols)
    match spec.name:
        case "step":
            return _step(context, spec.one_at_zero, z, symbol)
        case "identity":
            return Applied(z, f"f({symbol}) = ")
        case "sigmoid":
            return Applied(_sigmoid(context, z), rf"\sigma({symbol}) = ")
        case "tanh":
            return Applied(Call(r"\tanh\left(", r"\right)", np.tanh, z))
        case "relu":
            return Applied(maximum(context.constant(0.0), z), f"f({symbol}) = ")
        case "leaky_relu":
            return _leaky(context, spec.slope, z, symbol)
        case "elu":
            return _elu(context, spec.alpha, z, symbol)
        case "softplus":
            # The same number as ln(1 + e^z), also where e^z alone would overflow.
            logarithm = Call(
                r"\ln\left(1 + e^{", r"}\right)", lambda number: np.logaddexp(0.0, number), z
            )
            return Applied(logarithm, f"f({symbol}) = ")
        case "silu":
            quotient = Quotient(z, _one_and_exponential(context, z))
            return Applied(quotient, rf"{symbol}\,\sigma({symbol}) = ")
        case "gelu":
            half = rf"\tfrac{{1}}{{2}}\,{symbol}\left(1 + \mathrm{{erf}}\left(\tfrac{{{symbol}}}"
            between = rf"{half}{{\sqrt{{2}}}}\right)\right) = "
            return Applied(Product(z, _normal_below(z, symbol)), between)
        case "softmax":
            return Applied(_softmax(context, layer, unit, sample))
        case "maxout":
            sums = [
                context.known(Quantity("z", layer.node, unit * pieces + k, sample=sample))
                for k in range(pieces)
            ]
            return Applied(maximum(*sums), note=_maxout_note(context, sums))
    raise KeyError(spec.name)


def sum_of_row(layer: Layer, row: int, sample: int, step: int | None = None) -> Quantity:
    """z of a row; in a recurrent layer s at a time step."""
    return Quantity("z" if step is None else "s", layer.node, row, sample=sample, step=step)


def _sigmoid(context: Context, z: Known) -> Expression:
    """1 / (1 + e^-z)."""
    return Quotient(context.constant(1.0), _one_and_exponential(context, z))


def _one_and_exponential(context: Context, z: Known) -> Expression:
    exponential = Call("e^{", "}", np.exp, Negative(z), rank=Rank.FRACTION)
    return Sum(2, (context.constant(1.0), exponential).__getitem__)


def _normal_below(z: Known, symbol: str) -> Expression:
    """Φ(z), the share of a standard normal distribution below z, as one number."""
    return Named(
        rf"\Phi({symbol})",
        Call("", "", lambda number: np.float64(0.5 * math.erfc(-number / math.sqrt(2.0))), z),
    )


def _normal_density(z: Known, symbol: str) -> Expression:
    """φ(z), its density, as one number."""
    root = math.sqrt(2.0 * math.pi)
    inner = Call("", "", lambda number: np.exp(-0.5 * number * number) / root, z)
    return Named(rf"\varphi({symbol})", inner)


def maximum(*arguments: Expression) -> Expression:
    # np.maximum hands NaN on, where max() may lose it.
    return Call(r"\max\left(", r"\right)", lambda *values: _largest(values), *arguments)


def _largest(values: tuple[Any, ...]) -> Any:
    largest = values[0]
    for value in values[1:]:
        largest = np.maximum(largest, value)
    return largest


def _step(context: Context, one_at_zero: bool, z: Known, symbol: str) -> Applied:
    on, off = (r"\geq 0", r"< 0") if one_at_zero else ("> 0", r"\leq 0")
    number = z.number
    fires = number >= 0 if one_at_zero else number > 0

    def numbers_put_in(writer: Any) -> str:
        shown = z.latex(writer)
        return rf"f({shown}), \quad {shown} {on if fires else off}"

    expression = Computed(
        f"f({symbol}) = {cases(('1', f'{symbol} {on}'), ('0', f'{symbol} {off}'))}",
        numbers_put_in,
        lambda: 1 if fires else 0,
        z,
    )
    note = None
    if number == 0:
        code = "zero_fires" if one_at_zero else "zero_does_not_fire"
        note = Message(f"explain.note.{code}")
    return Applied(expression, note=note)


def _leaky(context: Context, slope: float, z: Known, symbol: str) -> Applied:
    scaled = Product(context.constant(slope), z)
    if slope <= 1:
        return Applied(maximum(scaled, z), f"f({symbol}) = ")
    chosen = z if z.number > 0 else scaled
    rows = ((symbol, f"{symbol} > 0"), (scaled.latex(context.symbols), rf"{symbol} \leq 0"))
    return Applied(_by_cases(rows, chosen), f"f({symbol}) = ")


def _elu(context: Context, alpha: float, z: Known, symbol: str) -> Applied:
    less = Call("e^{", "} - 1", np.expm1, z, rank=Rank.SUM)
    below = less if alpha == 1 else Product(context.constant(alpha), less)
    chosen = z if z.number >= 0 else below
    rows = ((symbol, rf"{symbol} \geq 0"), (below.latex(context.symbols), f"{symbol} < 0"))
    return Applied(_by_cases(rows, chosen), f"f({symbol}) = ")


def _by_cases(rows: tuple[tuple[str, str], ...], chosen: Expression) -> Expression:
    """All cases in symbols; with numbers the one that holds."""
    return Computed(cases(*rows), chosen.latex, chosen.value, chosen)


def _softmax(context: Context, layer: Layer, unit: int, sample: int) -> Expression:
    def exponential(k: int) -> Expression:
        z = context.known(Quantity("z", layer.node, k, sample=sample))
        return Call("e^{", "}", np.exp, z, rank=Rank.FRACTION)

    quotient = Quotient(exponential(unit), Sum(layer.units, exponential))

    def value() -> Any:
        # The same number as the quotient, also where e^z alone would overflow.
        sums = (Quantity("z", layer.node, k, sample=sample) for k in range(layer.units))
        z = np.array([context.record.value(quantity) for quantity in sums], dtype=np.float64)
        shifted = np.exp(z - z.max())
        return shifted[unit] / sum(shifted.tolist())

    return Computed(
        quotient.latex(context.symbols), quotient.latex, value, quotient, rank=Rank.FRACTION
    )


def _maxout_note(context: Context, sums: list[Known]) -> Message | None:
    numbers = [known.number for known in sums]
    best = max(range(len(numbers)), key=numbers.__getitem__)
    tied = sum(1 for number in numbers if number == numbers[best]) > 1
    code = "maxout_tie" if tied else "maxout_winner"
    return Message(f"explain.note.{code}", {"piece": best + 1})


# -- derivatives ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Derivative:
    """f'(z) of one row: as a formula, its definition where it has cases, and a note."""

    expression: Expression
    definition: str = ""
    note: Message | None = None


def derivative(
    context: Context,
    layer: Layer,
    row: int,
    sample: int,
    mark: str = "",
    step: int | None = None,
) -> Derivative:
    """The derivative of the activation at a sum; softmax, whose units hang together, has none."""
    spec = layer.activation
    z = context.known(sum_of_row(layer, row, sample, step), mark=mark)
    unit = context.wiring.unit_of(layer, row)
    handed_on = Quantity("a" if step is None else "h", layer.node, unit, sample=sample, step=step)
    a = context.known(handed_on, mark=mark)
    symbol = z.latex(context.symbols)
    prime = rf"f^{{\prime}}({symbol})"
    one = context.constant(1.0)
    match spec.name:
        case "sigmoid":
            return Derivative(Product(a, Difference(one, a)))
        case "tanh":
            return Derivative(Difference(one, Square(a)))
        case "identity":
            return Derivative(_factor(prime, one, z), f"{prime} = 1")
        case "step":
            note = Message("explain.note.step_is_flat")
            return Derivative(_factor(prime, context.constant(0.0), z), f"{prime} = 0", note)
        case "relu":
            return _relu_derivative(context, z, prime, symbol)
        case "leaky_relu":
            inner: Expression = one if z.number > 0 else context.constant(spec.slope)
            slope = context.style.latex(spec.slope)
            rows = (("1", f"{symbol} > 0"), (slope, rf"{symbol} \leq 0"))
            return Derivative(_factor(prime, inner, z), f"{prime} = {cases(*rows)}")
        case "elu":
            tail = Sum(2, (a, context.constant(spec.alpha)).__getitem__)
            inner = one if z.number >= 0 else tail
            rows = (("1", rf"{symbol} \geq 0"), (tail.latex(context.symbols), f"{symbol} < 0"))
            return Derivative(_factor(prime, inner, z), f"{prime} = {cases(*rows)}")
        case "softplus":
            return Derivative(_sigmoid(context, z))
        case "silu":
            return _silu_derivative(context, z, symbol)
        case "gelu":
            return _gelu_derivative(z, symbol)
        case "maxout":
            return _maxout_derivative(context, layer, row, sample, mark)
    raise KeyError(spec.name)


def _factor(symbol: str, inner: Expression, z: Known) -> Expression:
    """A derivative that is written as one number, and comes from z."""
    return Named(symbol, Computed("", inner.latex, inner.value, inner, z))


def _relu_derivative(context: Context, z: Known, prime: str, symbol: str) -> Derivative:
    rows = (("1", f"{symbol} > 0"), ("0", rf"{symbol} \leq 0"))
    note = None
    if z.number == 0:
        note = Message("explain.note.relu_at_zero")
    elif z.number < 0:
        note = Message("explain.note.relu_is_off")
    inner = context.constant(1.0 if z.number > 0 else 0.0)
    return Derivative(_factor(prime, inner, z), f"{prime} = {cases(*rows)}", note)


def _silu_derivative(context: Context, z: Known, symbol: str) -> Derivative:
    """σ (1 + z (1 - σ))."""
    one, quotient = context.constant(1.0), _sigmoid(context, z)
    share = Named(rf"\sigma({symbol})", quotient)
    grown = Sum(2, (one, Product(z, Difference(one, share))).__getitem__)
    definition = rf"\sigma({symbol}) = {quotient.latex(context.symbols)}"
    return Derivative(Product(share, grown), definition)


def _gelu_derivative(z: Known, symbol: str) -> Derivative:
    """Φ + z φ."""
    below, density = _normal_below(z, symbol), _normal_density(z, symbol)
    erf = rf"\mathrm{{erf}}\left(\tfrac{{{symbol}}}{{\sqrt{{2}}}}\right)"
    definition = (
        rf"\Phi({symbol}) = \tfrac{{1}}{{2}}\left(1 + {erf}\right), \quad "
        rf"\varphi({symbol}) = \frac{{1}}{{\sqrt{{2\pi}}}}\,e^{{-({symbol})^{{2}}/2}}"
    )
    return Derivative(Sum(2, (below, Product(z, density)).__getitem__), definition)


def _maxout_derivative(
    context: Context, layer: Layer, row: int, sample: int, mark: str
) -> Derivative:
    pieces = context.wiring.pieces(layer)
    first = row - row % pieces
    sums = [
        context.known(Quantity("z", layer.node, first + k, sample=sample), mark=mark)
        for k in range(pieces)
    ]
    numbers = np.array([known.number for known in sums])
    # In a tie the first piece wins, and so it does in the engine.
    won = int(numbers.argmax()) == row - first
    a = context.names.activation(layer.node, row // pieces, mark)
    z = context.names.sum(layer.node, row, mark)
    symbol = partial(a, z)
    rows = (("1", f"{a} = {z}"), ("0", rf"{a} \neq {z}"))
    note = None if won else Message("explain.note.piece_lost")
    inner = Computed("", lambda writer: "", context.constant(1.0 if won else 0.0).value, *sums)
    return Derivative(Named(symbol, inner), f"{symbol} = {cases(*rows)}", note)


def slope_symbol(context: Context, layer: Layer, unit: int, row: int, mark: str = "") -> str:
    """∂a/∂z of a unit and a row of its layer."""
    a = context.names.activation(layer.node, unit, mark)
    return partial(a, context.names.sum(layer.node, row, mark))


def softmax_slope(
    context: Context, layer: Layer, unit: int, row: int, sample: int, mark: str = ""
) -> Expression:
    """∂a_unit/∂z_row = a_unit ([unit = row] - a_row), as one number with a symbol."""
    a = context.activation(layer.node, unit, sample, mark)
    of_row = context.activation(layer.node, row, sample, mark)
    same = context.constant(1.0 if unit == row else 0.0)
    inner = Product(a, Difference(same, of_row))
    return Named(slope_symbol(context, layer, unit, row, mark), inner)
