"""Losses by hand: MAE, MSE and MAPE, and binary cross-entropy, as in the course, section 9."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field as Limits
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import as_float
from nnsim.document.schema import Finite, Part
from nnsim.engine.losses import LossSpec, make_loss
from nnsim.exercises.forms.base import Field, Form, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.forms.parts import refused, sample_rows, shown, total_of
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import (
    Difference,
    Expression,
    Negative,
    Product,
    Quotient,
    Square,
    sum_of,
)
from nnsim.explain.losses import Logarithm, absolute

Probability = Annotated[float, Limits(gt=0, lt=1, allow_inf_nan=False)]


def _require_pairs(targets: Sequence[float], predictions: Sequence[float]) -> None:
    if len(targets) != len(predictions):
        raise refused("predictions", "forms.refused.one_each", count=len(targets))


def _terms(loss: str, predicted: list[float], wanted: list[float]) -> list[float]:
    """The addends of a loss, a sample each."""
    y, t = np.array([predicted]), np.array([wanted])
    return [float(term) for term in make_loss(LossSpec(loss)).terms(y, t)[0]]


def _value(loss: str, predicted: list[float], wanted: list[float]) -> float:
    return make_loss(LossSpec(loss)).value(np.array([predicted]), np.array([wanted]))


# -- MAE, MSE, MAPE ------------------------------------------------------------------------------


class RegressionGiven(Part):
    """Targets y, none of them 0 (MAPE divides by them), and predictions ŷ."""

    targets: list[Finite] = Limits(min_length=1, max_length=12)
    predictions: list[Finite] = Limits(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_pairs(self.targets, self.predictions)
        if 0 in self.targets:
            raise refused(f"targets.{self.targets.index(0)}", "forms.refused.zero_target")
        return self


_REGRESSION = (("mae", "absolute"), ("mse", "square"), ("mape", "percent"))


def regression_losses(g: RegressionGiven) -> Form:
    """|y - ŷ|, (y - ŷ)² and |y - ŷ| / |y| · 100 of each sample, and their means."""
    count = len(g.targets)
    rows = [*sample_rows(count), Heading("mean", Message("forms.row.mean"))]
    columns = (
        Heading("y", Message("forms.losses.target"), "y"),
        Heading("prediction", Message("forms.losses.prediction"), r"\hat{y}"),
        Heading("absolute", Message("forms.losses.absolute"), r"|y - \hat{y}|"),
        Heading("square", Message("forms.losses.square"), r"(y - \hat{y})^{2}"),
        Heading("percent", Message("forms.losses.percent"), r"\frac{|y - \hat{y}|}{|y|} \cdot 100"),
    )
    terms = {loss: _terms(loss, g.predictions, g.targets) for loss, _ in _REGRESSION}
    fields: list[Field] = []
    for k in range(count):
        row, y, guess = f"{k + 1}", f"y.{k + 1}", f"prediction.{k + 1}"
        target, prediction = float(g.targets[k]), float(g.predictions[k])
        fields += [
            shown(y, "forms.losses.target", f"y_{{{row}}}", target, row, "y"),
            shown(
                guess,
                "forms.losses.prediction",
                rf"\hat{{y}}_{{{row}}}",
                prediction,
                row,
                "prediction",
            ),
            _absolute_error(row, terms["mae"][k]),
            _squared_error(row, terms["mse"][k]),
            _percentage(row, terms["mape"][k]),
        ]
    fields += (
        _mean(loss, column, count, _value(loss, g.predictions, g.targets))
        for loss, column in _REGRESSION
    )
    return Form(tuple(fields), tuple(rows), columns)


def _mean(loss: str, column: str, count: int, value: float) -> Field:
    """The loss: the mean of a column."""
    keys = [f"{column}.{k + 1}" for k in range(count)]
    total = total_of(keys)
    slips: dict[str, Slip] = {"mean_or_sum": total}
    if loss == "mse":
        slips["mse_root_taken"] = lambda of: math.sqrt(total(of) / count)
        slips["half"] = lambda of: total(of) / (2 * count)

    def formula(of: Values) -> Expression:
        return Quotient(sum_of(*(of.known(key) for key in keys)), given(float(count), "n"))

    symbol = "L" if loss == "binary_cross_entropy" else rf"\mathrm{{{loss.upper()}}}"
    return Field(
        loss,
        Message(f"loss.{loss}"),
        symbol,
        formula,
        value=value,
        row="mean",
        column=column,
        slips=slips,
    )


def _absolute_error(row: str, value: float) -> Field:
    y, guess = f"y.{row}", f"prediction.{row}"
    return Field(
        f"absolute.{row}",
        Message("forms.losses.absolute"),
        rf"|y_{{{row}}} - \hat{{y}}_{{{row}}}|",
        lambda of: absolute(Difference(of.known(y), of.known(guess))),
        value=value,
        row=row,
        column="absolute",
    )


def _squared_error(row: str, value: float) -> Field:
    size = f"absolute.{row}"
    return Field(
        f"square.{row}",
        Message("forms.losses.square"),
        rf"(y_{{{row}}} - \hat{{y}}_{{{row}}})^{{2}}",
        lambda of: Square(of.known(size)),
        value=value,
        row=row,
        column="square",
        slips={"not_squared": lambda of: of[size], "doubled": lambda of: 2 * of[size]},
    )


def _percentage(row: str, value: float) -> Field:
    size, y, guess = f"absolute.{row}", f"y.{row}", f"prediction.{row}"
    return Field(
        f"percent.{row}",
        Message("forms.losses.percent"),
        f"p_{{{row}}}",
        lambda of: Product(
            given(100.0), Quotient(of.known(size), absolute(of.known(y))), dotted=True
        ),
        value=value,
        row=row,
        column="percent",
        slips={
            "over_prediction": lambda of: 100 * as_float(of[size]) / abs(as_float(of[guess])),
            "percent_forgotten": lambda of: as_float(of[size]) / abs(as_float(of[y])),
        },
    )


# -- binary cross-entropy ------------------------------------------------------------------------


class BinaryGiven(Part):
    """Targets 0 or 1 and predicted probabilities of 1."""

    targets: list[Literal[0, 1]] = Limits(min_length=1, max_length=12)
    predictions: list[Probability] = Limits(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_pairs(self.targets, self.predictions)
        return self


def binary_cross_entropy(g: BinaryGiven) -> Form:
    """-(y ln ŷ + (1 - y) ln(1 - ŷ)) of each sample, and the mean."""
    targets = [float(target) for target in g.targets]
    terms = _terms("binary_cross_entropy", g.predictions, targets)
    rows = [*sample_rows(len(terms)), Heading("mean", Message("forms.row.mean"))]
    columns = (
        Heading("y", Message("forms.losses.target"), "y"),
        Heading("prediction", Message("forms.losses.prediction"), r"\hat{y}"),
        Heading("term", Message("forms.losses.term"), r"\ell"),
    )
    fields: list[Field] = []
    for k, term in enumerate(terms):
        row, guess = f"{k + 1}", f"prediction.{k + 1}"
        fields += [
            shown(f"y.{row}", "forms.losses.target", f"y_{{{row}}}", targets[k], row, "y"),
            shown(
                guess,
                "forms.losses.prediction",
                rf"\hat{{y}}_{{{row}}}",
                g.predictions[k],
                row,
                "prediction",
            ),
            _binary_term(row, guess, targets[k], term),
        ]
    loss = _value("binary_cross_entropy", g.predictions, targets)
    fields.append(_mean("binary_cross_entropy", "term", len(terms), loss))
    return Form(tuple(fields), tuple(rows), columns)


def _binary_term(row: str, guess: str, target: float, value: float) -> Field:
    def formula(of: Values) -> Expression:
        known = of.known(guess)
        return Negative(Logarithm(known if target == 1 else Difference(given(1.0), known)))

    def of_target(of: Values) -> float:
        return as_float(of[guess]) if target == 1 else 1 - as_float(of[guess])

    return Field(
        f"term.{row}",
        Message("forms.losses.term"),
        rf"\ell_{{{row}}}",
        formula,
        value=value,
        row=row,
        column="term",
        because=Message("forms.losses.one_term_counts"),
        slips={
            "base_ten": lambda of: -math.log10(of_target(of)),
            "other_term": lambda of: -math.log(1 - of_target(of)),
        },
    )


FORMS = {
    "regression_losses": FormKind(RegressionGiven, regression_losses),
    "binary_cross_entropy": FormKind(BinaryGiven, binary_cross_entropy),
}
