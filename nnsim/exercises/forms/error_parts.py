"""The statistical decomposition of the error: bias² + variance = mean squared error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydantic import Field as Given

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.document.schema import Finite, Part
from nnsim.engine.metrics import mean_squared_error
from nnsim.exercises.forms.base import Field, Form, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.explain.expression import Difference, Expression, Quotient, Square, Sum, sum_of


class ErrorPartsGiven(Part):
    """What models from several training sets predict for one sample, and what is true of it."""

    predictions: list[Finite] = Given(min_length=2, max_length=10)
    truth: Finite


def bias_variance(asked: ErrorPartsGiven) -> Form:
    """Mean prediction, bias², variance, and their sum, which is the mean squared error."""
    count = len(asked.predictions)
    known = [given(y, rf"\hat{{y}}_{{{k}}}") for k, y in enumerate(asked.predictions, 1)]
    truth = given(asked.truth, "y")

    def mean(v: Values) -> Expression:
        return Quotient(sum_of(*known), given(count, "m"))

    def offs(v: Values) -> Sequence[Expression]:
        return [Square(Difference(y, v.known("mean"))) for y in known]

    def variance(v: Values) -> Expression:
        compact = r"\sum_i (\hat{y}_i - \bar{y})^2"
        return Quotient(Sum(count, offs(v).__getitem__, compact=compact), given(count, "m"))

    def spread(v: Values) -> Number:
        found: Number = sum(off.value() for off in offs(v))
        return found

    every = np.array(asked.predictions).reshape(-1, 1)
    mse = mean_squared_error(every, np.full_like(every, asked.truth))
    return Form(
        (
            Field(
                "mean",
                Message("forms.error_parts.mean"),
                r"\bar{y}",
                mean,
                slips={"not_divided": lambda v: sum(asked.predictions)},
            ),
            Field(
                "bias2",
                Message("forms.error_parts.bias2"),
                "B^2",
                lambda v: Square(Difference(v.known("mean"), truth)),
                slips={"square_forgotten": lambda v: v["mean"] - asked.truth},
            ),
            Field(
                "variance",
                Message("forms.error_parts.variance"),
                "V",
                variance,
                slips={
                    "sample_variance": lambda v: spread(v) / (count - 1),
                    "not_divided": spread,
                    "root_taken": lambda v: math.sqrt(spread(v) / count),
                },
            ),
            Field(
                "mse",
                Message("forms.error_parts.mse"),
                r"\mathrm{MSE}",
                lambda v: sum_of(v.known("bias2"), v.known("variance")),
                mse,
                slips={
                    "bias_not_squared": lambda v: math.sqrt(v["bias2"]) + v["variance"],
                    "not_divided": lambda v: sum((y - asked.truth) ** 2 for y in asked.predictions),
                },
            ),
        )
    )


FORMS: dict[str, FormKind] = {"bias_variance": FormKind(ErrorPartsGiven, bias_variance)}
