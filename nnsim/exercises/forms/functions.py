"""Activation functions by hand: values and derivatives at some points; maxout and its winner.

Functions as in the course, section 10; maxout: Goodfellow et al. 2013, eq. 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Self

import numpy as np
from pydantic import Field as Limits
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, as_float
from nnsim.document.schema import Finite, Part
from nnsim.engine.activations import ActivationSpec, Maxout, make_activation
from nnsim.exercises.forms.base import Field, Form, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.forms.parts import (
    exponential,
    refused,
    sample_rows,
    scaled,
    sigmoid,
    sigmoid_of,
    tanh,
)
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import (
    Call,
    Computed,
    Difference,
    Expression,
    Product,
    Square,
    sum_of,
)
from nnsim.explain.functions import maximum

Point = Annotated[float, Limits(ge=-20, le=20)]
_ARGMAX = r"\operatorname{argmax}\left("
_NAMES = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu")


class PointsGiven(Part):
    """Different points x; the slope of leaky ReLU below 0, and the α of ELU."""

    x: list[Point] = Limits(min_length=1, max_length=9)
    slope: float = Limits(default=0.1, gt=0, lt=1)
    alpha: float = Limits(default=1.0, gt=0, le=10)

    @model_validator(mode="after")
    def _are_different(self) -> Self:
        if len(set(self.x)) < len(self.x):
            raise refused("x", "forms.refused.twice")
        return self


def activations(g: PointsGiven) -> Form:
    """Step, sigmoid, tanh, ReLU, leaky ReLU and ELU at each point, each with its derivative."""
    columns = tuple(
        Heading(f"{k}", Message("forms.row.x", {"x": float(x)})) for k, x in enumerate(g.x, 1)
    )
    rows: list[Heading] = []
    fields: list[Field] = []
    for name in _NAMES:
        words = Message(f"activation.{name}")
        slope_words = Message("forms.activations.derivative", {"function": words})
        rows += (Heading(name, words), Heading(f"d_{name}", slope_words))
        fields += (_value_at(g, name, words, k) for k in range(len(g.x)))
        fields += (_slope_at(g, name, slope_words, k) for k in range(len(g.x)))
    return Form(tuple(fields), tuple(rows), columns)


def _at(g: PointsGiven, name: str, k: int) -> tuple[float, float]:
    """Value and derivative at a point, by the engine."""
    made = make_activation(ActivationSpec(name, slope=g.slope, alpha=g.alpha))
    z = np.array([[float(g.x[k])]])
    a = made.forward(z)
    return float(a[0, 0]), float(made.derivative(z, a)[0, 0])


def _value_at(g: PointsGiven, name: str, words: Message, k: int) -> Field:
    x = float(g.x[k])
    point = given(x, "x")
    formulas: Mapping[str, Expression | None] = {
        "step": None,
        "sigmoid": sigmoid(point),
        "tanh": tanh(point),
        "relu": maximum(given(0.0), point),
        "leaky_relu": maximum(Product(given(g.slope), point, dotted=True), point),
        "elu": point if x >= 0 else _below(given(g.alpha, r"\alpha"), point),
    }
    formula = formulas[name]
    slips: dict[str, Slip] = {}
    if name == "step":
        slips["threshold"] = lambda of: float(x > 0)
    elif name == "sigmoid":
        slips["exponent_sign"] = lambda of: sigmoid_of(-x)
    elif name == "leaky_relu":
        slips["slope_forgotten_below"] = lambda of: max(0.0, x)
    elif name == "elu" and x < 0:
        slips["alpha_forgotten"] = lambda of: math.expm1(x)
    return Field(
        f"{name}.{k + 1}",
        words,
        r"\sigma(x)" if name == "sigmoid" else "f(x)",
        None if formula is None else lambda of: formula,
        value=_at(g, name, k)[0],
        legal=(0, 1) if name == "step" else None,
        bounds={"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(name),
        concept=Message(f"forms.activations.{name}"),
        row=name,
        column=f"{k + 1}",
        slips=slips,
    )


def _below(alpha: Expression, x: Expression) -> Expression:
    return Product(alpha, Difference(exponential(x), given(1.0)))


def _slope_at(g: PointsGiven, name: str, words: Message, k: int) -> Field:
    x, own = float(g.x[k]), f"{name}.{k + 1}"
    slips: dict[str, Slip] = {}
    formula: Callable[[Values], Expression] | None = None
    if name == "sigmoid":
        slips["input_for_output"] = lambda of: x * (1 - x)
        formula = lambda of: Product(of.known(own), Difference(given(1.0), of.known(own)))  # noqa: E731
    elif name == "tanh":
        slips["input_for_output"] = lambda of: 1 - x * x
        formula = lambda of: Difference(given(1.0), Square(of.known(own)))  # noqa: E731
    elif name == "elu" and x < 0:
        slips["alpha_forgotten"] = lambda of: math.exp(x)
        formula = lambda of: sum_of(of.known(own), given(g.alpha, r"\alpha"))  # noqa: E731
    return Field(
        f"d_{name}.{k + 1}",
        words,
        r"f^{\prime}(x)",
        formula,
        value=_at(g, name, k)[1],
        concept=Message(f"forms.activations.d_{name}"),
        row=f"d_{name}",
        column=f"{k + 1}",
        slips=slips,
    )


# -- maxout --------------------------------------------------------------------------------------


class MaxoutGiven(Part):
    """Samples ``x``, a row each; the weights of each piece, a row each, and its bias."""

    x: list[list[Finite]] = Limits(min_length=1, max_length=6)
    weights: list[list[Finite]] = Limits(min_length=2, max_length=6)
    biases: list[Finite] = Limits(min_length=2, max_length=6)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        inputs = len(self.x[0])
        for name, rows in (("x", self.x), ("weights", self.weights)):
            for k, row in enumerate(rows):
                if len(row) != inputs or not row:
                    raise refused(f"{name}.{k}", "forms.refused.one_each", count=max(inputs, 1))
        if len(self.weights) != len(self.biases):
            raise refused("biases", "forms.refused.one_each", count=len(self.weights))
        return self


def maxout(g: MaxoutGiven) -> Form:
    """The sums of the pieces for each sample, the largest, and which piece it is."""
    pieces = len(g.weights)
    rows = sample_rows(len(g.x))
    columns = [
        *(
            Heading(f"z{j}", Message("forms.activations.piece", {"piece": j}), f"z_{{{j}}}")
            for j in range(1, pieces + 1)
        ),
        Heading("max", Message("activation.maxout"), "y"),
        Heading("winner", Message("forms.activations.winner")),
    ]
    # The pieces of a unit are rows of its matrix, as in the engine: z is (pieces, samples).
    z = np.array(g.weights) @ np.array(g.x).T + np.array(g.biases)[:, np.newaxis]
    unit = Maxout(pieces)
    largest, winners = unit.forward(z)[0].tolist(), unit.winners(z)[0].tolist()
    fields: list[Field] = []
    for k in range(len(g.x)):
        sums = [f"z{j}.{k + 1}" for j in range(1, pieces + 1)]
        fields += (_piece(g, j, k, float(z[j, k])) for j in range(pieces))
        fields += (_largest(sums, k, largest[k]), _winner(sums, k, winners[k] + 1))
    return Form(tuple(fields), tuple(rows), tuple(columns))


def _piece(g: MaxoutGiven, j: int, k: int, value: float) -> Field:
    bias = float(g.biases[j])

    def formula(of: Values) -> Expression:
        addends: list[Expression] = [
            scaled(float(w), f"w_{{{j + 1}{i}}}", given(float(x), f"x_{{{i}}}"))
            for i, (w, x) in enumerate(zip(g.weights[j], g.x[k], strict=True), 1)
        ]
        return sum_of(*addends, given(bias, f"b_{{{j + 1}}}"))

    return Field(
        f"z{j + 1}.{k + 1}",
        Message("forms.activations.piece", {"piece": j + 1}),
        f"z_{{{j + 1}}}",
        formula,
        value=value,
        row=f"{k + 1}",
        column=f"z{j + 1}",
        slips={"bias_forgotten": lambda of: value - bias},
    )


def _largest(sums: list[str], k: int, value: float) -> Field:
    return Field(
        f"max.{k + 1}",
        Message("activation.maxout"),
        "y",
        lambda of: maximum(*(of.known(key) for key in sums)),
        value=value,
        row=f"{k + 1}",
        column="max",
        slips={"largest_size": lambda of: max((of[key] for key in sums), key=_size)},
    )


def _size(number: Number) -> float:
    return abs(as_float(number))


def _winner(sums: list[str], k: int, value: int) -> Field:
    def won(of: Values) -> int:
        numbers = [as_float(of[key]) for key in sums]
        return numbers.index(max(numbers)) + 1

    def formula(of: Values) -> Expression:
        known = [of.known(key) for key in sums]
        return Computed(
            r"\operatorname{argmax}_{j}\, z_{j}",
            lambda writer: Call(_ARGMAX, r"\right)", max, *known).latex(writer),
            lambda: won(of),
            *known,
        )

    def counted_from_zero(of: Values) -> Number:
        return won(of) - 1

    return Field(
        f"winner.{k + 1}",
        Message("forms.activations.winner"),
        r"j^{\ast}",
        formula,
        value=value,
        is_exact=True,
        legal=tuple(range(1, len(sums) + 1)),
        row=f"{k + 1}",
        column="winner",
        slips={"counted_from_zero": counted_from_zero},
    )


FORMS = {
    "activations": FormKind(PointsGiven, activations),
    "maxout": FormKind(MaxoutGiven, maxout),
}
