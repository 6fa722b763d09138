"""What an explanation consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.engine.record import Quantity
from nnsim.explain.expression import Expression

#: "chain": the chain rule, in symbols and then with numbers; "symbols": the formula; "numbers":
#: the same with numbers put in; "result": what comes out.
Role: TypeAlias = Literal["chain", "symbols", "numbers", "result"]


@dataclass(frozen=True)
class Line:
    """One line of an explanation; ``latex`` is LaTeX mathematics that stands by itself."""

    role: Role
    latex: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one number of an iteration came about.

    ``value`` is the recorded number.  ``note`` says what a formula alone does not: a convention, or
    why nothing changes.  ``expression`` is the formula as a value (None where the number was given
    and not computed), ``chain`` the chain rule likewise.  ``write`` writes the lines.
    """

    quantity: Quantity
    title: Message
    value: Number
    write: Callable[[], tuple[Line, ...]]
    note: Message | None = None
    expression: Expression | None = None
    chain: Expression | None = None

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The formula in three forms; written when asked for: whoever computes needs none."""
        return self.write()

    def with_role(self, role: Role) -> tuple[str, ...]:
        """The LaTeX of the lines of one role."""
        return tuple(line.latex for line in self.lines if line.role == role)

    @cached_property
    def terms(self) -> tuple[Quantity, ...]:
        """The quantities it was computed from, each once, in reading order."""
        found: dict[Quantity, None] = {}
        for expression in (self.expression, self.chain):
            if expression is not None:
                found.update(dict.fromkeys(expression.quantities()))
        return tuple(found)

    @cached_property
    def expected(self) -> Number:
        """What the formula gives with the numbers put in, at full precision."""
        return self.value if self.expression is None else evaluate(self.expression)


def evaluate(expression: Expression) -> Number:
    """The number a formula gives; NaN and infinity are results too."""
    with np.errstate(all="ignore"):
        number: Number = expression.value()
        return number
