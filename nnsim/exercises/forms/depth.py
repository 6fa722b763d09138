"""Vanishing and exploding gradients: what many layers make of one factor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Self

import numpy as np
from pydantic import Field as Given
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.document.schema import Part, Positive
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.losses import LossSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.exercises.answers import Option
from nnsim.exercises.forms.base import Field, Form, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Call, Expression, Product, Rank

#: The largest derivative of the sigmoid, at 0.
_SLOPE = 0.25
#: Significant figures that are asked for of numbers that may be very small.
_FIGURES = 3
_MOST_DECIMALS = 12

_FATES = tuple(
    Option(code, Message(f"forms.depth.{code}")) for code in ("vanishes", "stays", "explodes")
)


class DepthGiven(Part):
    """A chain of so many sigmoid neurons at Σ = 0, once with each of the weights."""

    layers: Annotated[int, Given(ge=2, le=30)]
    weights: list[Positive] = Given(min_length=1, max_length=6)

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len(set(self.weights)) != len(self.weights):
            raise ValueError("the weights must differ")
        return self


def gradient_product(asked: DepthGiven) -> Form:
    """The factor of a layer, what all layers make of it, and how that is called."""
    rows = tuple(
        Heading(f"w{k}", Message("forms.depth.weight", {"weight": weight}))
        for k, weight in enumerate(asked.weights, 1)
    )
    columns = (
        Heading("factor", Message("forms.depth.factor"), r"w\,\sigma^{\prime}(0)"),
        Heading("product", Message("forms.depth.product", {"n": asked.layers})),
        Heading("fate", Message("forms.depth.fate")),
    )
    fields: list[Field] = []
    for row, weight in zip(rows, asked.weights, strict=True):
        fields += _row(row.key, weight, asked.layers)
    return Form(tuple(fields), rows, columns)


def _row(row: str, weight: float, layers: int) -> list[Field]:
    factor = f"{row}.factor"
    product = _through(weight, layers)

    def power(v: Values) -> Expression:
        return Call(
            "", f"^{{{layers}}}", lambda base: base**layers, v.known(factor), rank=Rank.FRACTION
        )

    def chosen(decides: float) -> str:
        return "stays" if decides == 1 else "vanishes" if decides < 1 else "explodes"

    slips: Mapping[str, Slip] = {
        "times_not_power": lambda v: v[factor] * layers,
        "weights_forgotten": lambda v: _SLOPE**layers,
        "slopes_forgotten": lambda v: weight**layers,
        "layer_too_few": lambda v: v[factor] ** (layers - 1),
        "layer_too_many": lambda v: v[factor] ** (layers + 1),
    }
    return [
        Field(
            factor,
            Message("forms.depth.factor"),
            "f",
            lambda v: Product(
                given(weight, "w"), given(_SLOPE, r"\sigma^{\prime}(0)"), dotted=True
            ),
            _through(weight, 1),
            row=row,
            column="factor",
            slips={"weights_forgotten": lambda v: _SLOPE, "slopes_forgotten": lambda v: weight},
        ),
        Field(
            f"{row}.product",
            Message("forms.depth.product", {"n": layers}),
            "P",
            power,
            product,
            decimals=_decimals(product),
            tolerance=_half_a_figure(product),
            row=row,
            column="product",
            slips=slips,
        ),
        Field(
            f"{row}.fate",
            Message("forms.depth.fate"),
            options=_FATES,
            choice=chosen(weight * _SLOPE),
            because=Message("forms.depth.because"),
            row=row,
            column="fate",
        ),
    ]


def _through(weight: float, layers: int) -> float:
    """∂a/∂x of a chain of sigmoid neurons that all stand at Σ = 0, computed backwards."""
    chain = tuple(
        LayerSpec(f"n{k}", 1, ActivationSpec("sigmoid"), (Source(f"c{k}", f"n{k - 1}"),))
        for k in range(1, layers + 1)
    )
    # With 1/2 (t - y)² and t = y - 1 the gradient that sets out is 1.
    loss = LossSpec("mse", reduction="sum", half=True)
    spec = PlanSpec((("n0", 1),), chain, (chain[-1].node,), loss, arithmetic="float64")
    start = {f"w:c{k}": np.array([[weight]]) for k in range(1, layers + 1)}
    # Every input is 1/2, as σ(0) is.
    start |= {f"b:n{k}": np.array([-weight / 2]) for k in range(1, layers + 1)}
    workspace = Plan(spec, start).make_workspace(1, input_gradients=True)
    workspace.load(np.array([[0.5]]), np.array([[-0.5]]))
    workspace.forward()
    workspace.backward()
    return float(workspace.da["n0"][0, 0])


def _decimals(number: float) -> int:
    """So many that three significant figures are shown, as far as decimals go."""
    return min(max(_FIGURES - 1 - _size(number), 0), _MOST_DECIMALS)


def _half_a_figure(number: float) -> float:
    """Half a unit of the last significant figure: 1024 may be written as 1020."""
    return 0.5 * 10.0 ** (_size(number) - _FIGURES + 1)


def _size(number: float) -> int:
    return math.floor(math.log10(abs(number)))


FORMS: dict[str, FormKind] = {"gradient_product": FormKind(DepthGiven, gradient_product)}
