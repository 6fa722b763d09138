"""Formulas that several forms are made of."""

from __future__ import annotations

import math

import numpy as np

from nnsim.core.numbers import Number
from nnsim.exercises.forms.base import given
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
