"""From a formula to the lines of an explanation."""

from __future__ import annotations

from dataclasses import dataclass

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.explanation import Explanation, Line
from nnsim.explain.expression import Expression, Leaf, Writer
from nnsim.explain.style import NumberStyle


@dataclass(frozen=True)
class Draft:
    """A formula before it is written down.

    ``between`` stands between the symbol and the formula (another name of the same thing),
    ``further`` holds more lines of symbols.  ``chain_of`` is the derivative the chain rule takes
    apart, in symbols.
    """

    title: Message
    expression: Expression | None = None
    between: str = ""
    further: tuple[str, ...] = ()
    chain: Expression | None = None
    chain_of: str = ""
    note: Message | None = None


def written(
    context: Context, quantity: Quantity, draft: Draft, of: Quantity | None = None
) -> Explanation:
    """The draft in three forms; ``of`` is the number's address where it has another one."""
    value = context.record.value(quantity)

    def write() -> tuple[Line, ...]:
        return lines_of(context.names.symbol(quantity), value, draft, context.style)

    return Explanation(
        of or quantity, draft.title, value, write, draft.note, draft.expression, draft.chain
    )


def lines_of(symbol: str, value: Number, draft: Draft, style: NumberStyle) -> tuple[Line, ...]:
    """The lines of a draft: chain rule, symbols, numbers put in, and ``value`` as the result."""
    symbols, with_numbers = Writer(style), Writer(style, numbers=True)
    lines: list[Line] = []
    numbers = "" if draft.expression is None else draft.expression.latex(with_numbers)
    if draft.chain is not None:
        of = draft.chain_of
        begins = symbol if of == symbol else f"{symbol} = {of}"
        lines.append(Line("chain", f"{begins} = {draft.chain.latex(symbols)}"))
        put_in = draft.chain.latex(with_numbers)
        if put_in != numbers:
            lines.append(Line("chain", f"{of} = {put_in}"))
    if draft.expression is not None and not _is_plain(draft.expression):
        formula = draft.expression.latex(symbols)
        # The symbol of a product is its formula.
        equation = symbol if formula == symbol else f"{symbol} = {draft.between}{formula}"
        lines.append(Line("symbols", equation))
        lines += [Line("symbols", line) for line in draft.further]
        lines.append(Line("numbers", f"{symbol} = {numbers}"))
    lines.append(Line("result", f"{symbol} {style.relation(value)} {style.latex(value)}"))
    return tuple(lines)


def _is_plain(expression: Expression) -> bool:
    """Whether a formula is nothing but a number, so that the result says it all."""
    return type(expression) is Leaf and expression.symbol is None


def zero(context: Context) -> Expression:
    """The formula of what stays 0 by decision and not by computation."""
    return context.constant(0.0)
