"""Formulas as values: one tree is written in symbols, written in numbers, and computed.

So what is shown with the numbers put in is what gives the result: there is no second formula.
Sums are lazy: of a sum of hundreds of addends only those that are shown are made.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnsim.core.numbers import Number
from nnsim.engine.record import Quantity
from nnsim.explain.style import MINUS, NumberStyle


class Rank(enum.IntEnum):
    """How tightly a written formula holds together: what needs brackets inside what."""

    SUM = 0
    PRODUCT = 1
    FRACTION = 2
    ATOM = 3


@dataclass(frozen=True)
class Writer:
    """Whether symbols or numbers are written, and the style of the numbers."""

    style: NumberStyle
    numbers: bool = False


class Expression:
    """A part of a formula."""

    def latex(self, writer: Writer) -> str:
        """As LaTeX mathematics."""
        raise NotImplementedError

    def rank(self, writer: Writer) -> Rank:
        """How tightly what ``latex`` gives holds together."""
        return Rank.ATOM

    def value(self) -> Any:
        """The number: a NumPy float, or an int or Fraction where every leaf is one."""
        raise NotImplementedError

    def parts(self) -> Iterable[Expression]:
        """What it is made of."""
        return ()

    def quantities(self) -> Iterator[Quantity]:
        """The recorded quantities in it, in reading order; may repeat."""
        for part in self.parts():
            yield from part.quantities()


def bracketed(part: Expression, writer: Writer, least: Rank) -> str:
    """A part in brackets unless it holds together at least so tightly."""
    text = part.latex(writer)
    return text if part.rank(writer) >= least else rf"\left({text}\right)"


def as_number(value: Number) -> Any:
    """A float as a NumPy float, in which 1/0 is infinite; fractions as they are."""
    return np.float64(value) if isinstance(value, float) else value


class Leaf(Expression):
    """A single number with a symbol; without a symbol the number is written in both forms."""

    def __init__(self, number: Number, symbol: str | None = None) -> None:
        self.number, self.symbol = number, symbol

    def latex(self, writer: Writer) -> str:
        if writer.numbers or self.symbol is None:
            return writer.style.latex(self.number)
        return self.symbol

    def rank(self, writer: Writer) -> Rank:
        text = self.latex(writer)
        if text.startswith(MINUS):
            return Rank.SUM
        if r"\cdot" in text:
            return Rank.PRODUCT
        return Rank.FRACTION if "^" in text or text.startswith(r"\frac") else Rank.ATOM

    def value(self) -> Any:
        return as_number(self.number)


class Known(Leaf):
    """A recorded quantity.

    Its symbol is made up when it is written: of a long sum most quantities never are.
    """

    def __init__(self, quantity: Quantity, number: Number, named: Callable[[], str]) -> None:
        super().__init__(number)
        self.quantity = quantity
        self._named = named

    def latex(self, writer: Writer) -> str:
        if self.symbol is None and not writer.numbers:
            self.symbol = self._named()
        return super().latex(writer)

    def quantities(self) -> Iterator[Quantity]:
        yield self.quantity


class Named(Expression):
    """A part that has a symbol of its own, and is written as one number."""

    def __init__(self, symbol: str, inner: Expression) -> None:
        self._symbol, self._inner = symbol, inner

    def _leaf(self, writer: Writer) -> Leaf:
        # The value is only needed, and only computed, where numbers are written.
        return Leaf(self.value() if writer.numbers else 0, self._symbol)

    def latex(self, writer: Writer) -> str:
        return self._leaf(writer).latex(writer)

    def rank(self, writer: Writer) -> Rank:
        return self._leaf(writer).rank(writer)

    def value(self) -> Any:
        return self._inner.value()

    def parts(self) -> Iterable[Expression]:
        return (self._inner,)


class Sum(Expression):
    """``count`` addends, made one by one when asked for.

    Where there are more than ``most``, the first ``head`` and the last ``tail`` are written and
    dots between them.  ``compact`` is written instead of the addends where symbols are.
    """

    def __init__(
        self,
        count: int,
        addend: Callable[[int], Expression],
        most: int = 6,
        head: int = 3,
        tail: int = 1,
        compact: str | None = None,
    ) -> None:
        self.count, self._addend = count, addend
        self._most, self._head, self._tail = most, head, tail
        self._compact = compact

    def latex(self, writer: Writer) -> str:
        if self._compact is not None and not writer.numbers:
            return self._compact
        if self.count <= self._most:
            return joined([self._addend(k) for k in range(self.count)], writer)
        first = joined([self._addend(k) for k in range(self._head)], writer)
        rest = [self._addend(k) for k in range(self.count - self._tail, self.count)]
        return rf"{first} + \cdots{joined(rest, writer, begins=False)}"

    def rank(self, writer: Writer) -> Rank:
        if self.count == 1:
            return self._addend(0).rank(writer)
        return Rank.SUM

    def value(self) -> Any:
        total = self._addend(0).value() if self.count else 0
        for k in range(1, self.count):
            total = total + self._addend(k).value()
        return total

    def parts(self) -> Iterable[Expression]:
        return (self._addend(k) for k in range(self.count))


def sum_of(*addends: Expression) -> Expression:
    """A sum of a few addends."""
    return addends[0] if len(addends) == 1 else Sum(len(addends), addends.__getitem__)


def joined(addends: Sequence[Expression], writer: Writer, begins: bool = True) -> str:
    """Addends with their signs between them: a + (-b) is written a - b."""
    text = ""
    for addend in addends:
        written = addend.latex(writer)
        if begins:
            text, begins = written, False
        elif written.startswith(MINUS) and isinstance(addend, Leaf | Named | Negative):
            text += f" - {written.removeprefix(MINUS)}"
        else:
            text += f" + {written}"
    return text


class Difference(Expression):
    """a - b."""

    def __init__(self, a: Expression, b: Expression) -> None:
        self._a, self._b = a, b

    def latex(self, writer: Writer) -> str:
        return f"{self._a.latex(writer)} - {bracketed(self._b, writer, Rank.PRODUCT)}"

    def rank(self, writer: Writer) -> Rank:
        return Rank.SUM

    def value(self) -> Any:
        return self._a.value() - self._b.value()

    def parts(self) -> Iterable[Expression]:
        return (self._a, self._b)


class Negative(Expression):
    """-a."""

    def __init__(self, a: Expression) -> None:
        self._a = a

    def latex(self, writer: Writer) -> str:
        return f"{MINUS}{bracketed(self._a, writer, Rank.PRODUCT)}"

    def rank(self, writer: Writer) -> Rank:
        return Rank.SUM

    def value(self) -> Any:
        return -self._a.value()

    def parts(self) -> Iterable[Expression]:
        return (self._a,)


class Product(Expression):
    """Factors; symbols stand side by side, or with a dot between them where ``dotted``."""

    def __init__(self, *factors: Expression, dotted: bool = False) -> None:
        self._factors, self._dotted = factors, dotted

    def latex(self, writer: Writer) -> str:
        sign = r" \cdot " if writer.numbers or self._dotted else r"\,"
        return sign.join(bracketed(factor, writer, Rank.PRODUCT) for factor in self._factors)

    def rank(self, writer: Writer) -> Rank:
        return Rank.PRODUCT

    def value(self) -> Any:
        product = self._factors[0].value()
        for factor in self._factors[1:]:
            product = product * factor.value()
        return product

    def parts(self) -> Iterable[Expression]:
        return self._factors


class Quotient(Expression):
    """a over b; with ``zero_first`` it is 0 where a is 0, whatever b is."""

    def __init__(self, a: Expression, b: Expression, zero_first: bool = False) -> None:
        self._a, self._b, self._zero_first = a, b, zero_first

    def latex(self, writer: Writer) -> str:
        return rf"\frac{{{self._a.latex(writer)}}}{{{self._b.latex(writer)}}}"

    def rank(self, writer: Writer) -> Rank:
        return Rank.FRACTION

    def value(self) -> Any:
        a = self._a.value()
        if self._zero_first and a == 0:
            return a
        return as_number(a) / as_number(self._b.value())

    def parts(self) -> Iterable[Expression]:
        return (self._a, self._b)


class Square(Expression):
    """a²."""

    def __init__(self, a: Expression) -> None:
        self._a = a

    def latex(self, writer: Writer) -> str:
        return f"{bracketed(self._a, writer, Rank.ATOM)}^{{2}}"

    def rank(self, writer: Writer) -> Rank:
        return Rank.FRACTION

    def value(self) -> Any:
        return self._a.value() * self._a.value()

    def parts(self) -> Iterable[Expression]:
        return (self._a,)


class Power(Expression):
    """a to the power of b."""

    def __init__(self, a: Expression, b: Expression) -> None:
        self._a, self._b = a, b

    def latex(self, writer: Writer) -> str:
        return f"{bracketed(self._a, writer, Rank.ATOM)}^{{{self._b.latex(writer)}}}"

    def rank(self, writer: Writer) -> Rank:
        return Rank.FRACTION

    def value(self) -> Any:
        return self._a.value() ** self._b.value()

    def parts(self) -> Iterable[Expression]:
        return (self._a, self._b)


class Call(Expression):
    """A function of some arguments: ``before`` and ``after`` enclose what they are written as."""

    def __init__(
        self,
        before: str,
        after: str,
        function: Callable[..., Any],
        *arguments: Expression,
        rank: Rank = Rank.ATOM,
    ) -> None:
        self._before, self._after = before, after
        self._function, self._arguments = function, arguments
        self._rank = rank

    def latex(self, writer: Writer) -> str:
        inside = writer.style.separator.join(a.latex(writer) for a in self._arguments)
        return f"{self._before}{inside}{self._after}"

    def rank(self, writer: Writer) -> Rank:
        return self._rank

    def value(self) -> Any:
        return self._function(*(argument.value() for argument in self._arguments))

    def parts(self) -> Iterable[Expression]:
        return self._arguments


class Computed(Expression):
    """Written as told in each form, computed by a function of its parts."""

    def __init__(
        self,
        symbols: str,
        numbers: Callable[[Writer], str],
        function: Callable[[], Any],
        *parts: Expression,
        rank: Rank = Rank.ATOM,
    ) -> None:
        self._symbols, self._numbers, self._function = symbols, numbers, function
        self._parts, self._rank = parts, rank

    def latex(self, writer: Writer) -> str:
        return self._numbers(writer) if writer.numbers else self._symbols

    def rank(self, writer: Writer) -> Rank:
        return self._rank

    def value(self) -> Any:
        return self._function()

    def parts(self) -> Iterable[Expression]:
        return self._parts
