"""An epoch of regression by hand: all samples at once, one by one, and by small batches."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field as Given
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.document.schema import Finite, Part, Positive
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.record import Record
from nnsim.exercises.forms.base import Field, Form, Slip, Values, given
from nnsim.exercises.forms.descending import (
    WEIGHT,
    column,
    neuron_learner,
    plain,
    recorded,
    records,
    single,
)
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Difference, Expression, Product, Quotient, sum_of


class RegressionGiven(Part):
    """ŷ = w x learns by the mean squared error: an epoch over all samples, by one, by batches."""

    inputs: list[Finite] = Given(min_length=2, max_length=8)
    targets: list[Finite]
    start: Finite
    learning_rate: Positive
    batch: Annotated[int, Given(ge=2, le=8)] = 2

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.targets) != len(self.inputs):
            raise ValueError("a target for each input")
        return self


def regression_epoch(asked: RegressionGiven) -> Form:
    """Gradient and new w of every update of an epoch, under each of the three ways."""
    rows: list[Heading] = []
    fields: list[Field] = []
    for way, size in (("all", len(asked.inputs)), ("sgd", 1), ("mini", asked.batch)):
        found = _Epoch(asked, way, size)
        rows += found.rows
        fields += found.fields
    columns = (
        column("gw", r"\partial L/\partial w"),
        column("w", "w"),
    )
    return Form(tuple(fields), tuple(rows), columns)


class _Epoch:
    """The updates of an epoch with batches of one size."""

    def __init__(self, asked: RegressionGiven, way: str, size: int) -> None:
        self._asked, self._way = asked, way
        count = len(asked.inputs)
        optimiser = OptimiserSpec("gradient_descent", asked.learning_rate)
        learner = neuron_learner(asked.inputs, asked.targets, asked.start, optimiser, size)
        starts = range(0, count, size)
        self.rows: list[Heading] = []
        self.fields: list[Field] = []
        for number, (first, record) in enumerate(
            zip(starts, records(learner, len(starts)), strict=True), 1
        ):
            samples = range(first, min(first + size, count))
            params = {"first": first + 1, "last": samples[-1] + 1, "size": size}
            code = "single" if len(samples) == 1 and way == "mini" else way
            words = Message(f"forms.descending.{code}", params)
            self.rows.append(Heading(f"{way}{number}", words))
            self.fields += self._update(record, number, samples)

    def _update(self, record: Record, number: int, samples: range) -> list[Field]:
        asked, way = self._asked, self._way
        count = len(samples)
        row, gradient, weight = f"{way}{number}", f"{way}.g{number}", f"{way}.w{number}"
        before = f"{way}.w{number - 1}"

        def at(v: Values) -> Expression:
            return v.known(before) if number > 1 else given(asked.start, "w_{0}")

        def place(v: Values) -> Number:
            return v[before] if number > 1 else asked.start

        def addend(v: Values, k: int) -> Expression:
            x, y = asked.inputs[k], asked.targets[k]
            product = Product(at(v), given(x, f"x_{{{k + 1}}}"), dotted=True)
            off = Difference(product, given(y, f"y_{{{k + 1}}}"))
            return Product(off, given(x, f"x_{{{k + 1}}}"), dotted=True)

        def slope(v: Values) -> Expression:
            total = sum_of(*(addend(v, k) for k in samples))
            if count == 1:
                return Product(given(2), total, dotted=True)
            return Product(Quotient(given(2), given(count)), total, dotted=True)

        def total(w: Number) -> Number:
            return sum((w * asked.inputs[k] - asked.targets[k]) * asked.inputs[k] for k in samples)

        slips: dict[str, Slip] = {
            "mean_or_sum": lambda v: 2 * total(place(v)),
            "two_forgotten": lambda v: total(place(v)) / count,
            "start_used": lambda v: 2 * total(asked.start) / count,
        }
        rate = asked.learning_rate
        moves: dict[str, Slip] = {
            "start_used": lambda v: asked.start - rate * v[gradient],
            "uphill": lambda v: place(v) + rate * v[gradient],
            "rate_forgotten": lambda v: place(v) - v[gradient],
            "only_change": lambda v: -rate * v[gradient],
        }
        return [
            Field(
                gradient,
                Message("forms.descending.gw"),
                rf"\left(\partial L/\partial w\right)_{{{number}}}",
                slope,
                recorded(record, f"g{WEIGHT}"),
                row=row,
                column="gw",
                slips=slips,
            ),
            Field(
                weight,
                Message("forms.descending.w"),
                f"w_{{{number}}}",
                lambda v: Difference(at(v), single(plain(given(rate, r"\alpha"), gradient), v)),
                recorded(record, f"w+{WEIGHT[1:]}"),
                row=row,
                column="w",
                slips=moves,
            ),
        ]


FORMS: dict[str, FormKind] = {"regression_epoch": FormKind(RegressionGiven, regression_epoch)}
