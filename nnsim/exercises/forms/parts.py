"""Formulas that several forms are made of."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import Number, as_float
from nnsim.exercises.forms.base import Field, Values, given
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import (
    Call,
    Expression,
    Negative,
    Product,
    Quotient,
    Rank,
    sum_of,
)


def exponential(z: Expression) -> Expression:
    """e^z."""
    return Call("e^{", "}", np.exp, z, rank=Rank.FRACTION)


def sigmoid(z: Expression) -> Expression:
    """1 / (1 + e^-z)."""
    one = given(1.0)
    return Quotient(one, sum_of(one, exponential(Negative(z))))


def tanh(z: Expression) -> Expression:
    """tanh z."""
    return Call(r"\tanh\left(", r"\right)", np.tanh, z)


def scaled(weight: Number, symbol: str, factor: Expression) -> Expression:
    """A given weight times something."""
    return Product(given(weight, symbol), factor)


def sigmoid_of(z: Number) -> float:
    """σ(z) as a number, for slips."""
    return 1.0 / (1.0 + math.exp(-float(z)))


def refused(place: str, reason: str, **params: object) -> NnsimError:
    """What is given cannot be as it is: where, and the code of the reason."""
    return NnsimError.of("exercise.given", place=place, reason=Message(reason, params))


def shown(key: str, words: str, symbol: str, value: float, row: str, column: str) -> Field:
    """A number of the statement in its place in the table."""
    return Field(
        key,
        Message(words),
        symbol,
        value=float(value),
        is_exact=True,
        row=row,
        column=column,
        asked=False,
    )


def sample_rows(count: int) -> list[Heading]:
    """A row for each sample, its key its number from 1."""
    return [Heading(f"{k}", Message("forms.row.sample", {"row": k})) for k in range(1, count + 1)]


def total_of(keys: list[str]) -> Callable[[Values], float]:
    """The sum of some fields as a number, for slips."""
    return lambda of: math.fsum(as_float(of[key]) for key in keys)
