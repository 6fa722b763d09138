"""Dividing samples: into training, validation and test parts, into batches, into folds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Self

import numpy as np
from pydantic import Field as Given
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, exact
from nnsim.core.randoms import generator
from nnsim.data.splitting import Order, Shares, folds, largest_remainder
from nnsim.document.schema import Finite, Part
from nnsim.engine.learners.feed import Feed
from nnsim.exercises.forms.base import Field, Form, Formula, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import (
    Call,
    Computed,
    Difference,
    Expression,
    Product,
    Quotient,
    Square,
    Sum,
    Writer,
    sum_of,
)

Count = Annotated[int, Given(ge=1, le=10_000_000)]
Percent = Annotated[float, Given(ge=0, allow_inf_nan=False)]


# -- training, validation, test ------------------------------------------------------------------


class SplitGiven(Part):
    """Numbers of samples, and how they are shared out: 70-15-15."""

    counts: list[Count] = Given(min_length=1, max_length=4)
    shares: list[Percent] = Given(min_length=3, max_length=3)


_PARTS = ("training", "validation", "test")


def data_split(asked: SplitGiven) -> Form:
    """The share and the size of each part, for every number of samples."""
    shares = Shares(*asked.shares)
    fractions = shares.fractions()
    rows: list[Heading] = []
    fields: list[Field] = []
    for number, count in enumerate(asked.counts, 1):
        sizes = shares.sizes(count)
        quotas = [f"{number}.{part}.quota" for part in _PARTS]
        for k, part in enumerate(_PARTS):
            row = f"{number}.{part}"
            rows.append(Heading(row, Message(f"forms.division.{part}", {"count": count})))
            fields.append(
                Field(
                    quotas[k],
                    Message("forms.division.quota"),
                    f"q_{{{k + 1}}}",
                    _quota(count, fractions[k]),
                    fractions[k] * count,
                    row=row,
                    column="quota",
                )
            )
        for k, part in enumerate(_PARTS):
            row = f"{number}.{part}"
            fields.append(
                Field(
                    f"{row}.size",
                    Message("forms.division.size"),
                    f"n_{{{k + 1}}}",
                    _size(count, k, quotas),
                    sizes[k],
                    is_exact=True,
                    because=Message("forms.division.largest_remainder"),
                    row=row,
                    column="size",
                    slips=_size_slips(quotas[k]),
                )
            )
    columns = (
        Heading("quota", Message("forms.division.quota")),
        Heading("size", Message("forms.division.size")),
    )
    return Form(tuple(fields), tuple(rows), columns)


def _quota(count: int, fraction: Fraction) -> Formula:
    return lambda v: Product(given(fraction, "p"), given(count, "n"), dotted=True)


def _size(count: int, part: int, quotas: Sequence[str]) -> Formula:
    """The whole part of a quota, and one more where its remainder is among the largest."""

    def formula(v: Values) -> Expression:
        numbers = [exact(v[quota]) for quota in quotas]
        below = math.floor(numbers[part])

        adds_up = sum(numbers) == count

        def size() -> int:
            if not adds_up:
                raise ValueError("shares that do not add up to the whole")
            return largest_remainder(count, [quota / count for quota in numbers])[part]

        def put_in(writer: Writer) -> str:
            shown = writer.style.latex(numbers[part])
            more = size() - below if adds_up else f"r_{{{part + 1}}}"
            return rf"\left\lfloor {shown} \right\rfloor + {more}"

        known = [v.known(quota) for quota in quotas]
        symbols = rf"\left\lfloor q_{{{part + 1}}} \right\rfloor + r_{{{part + 1}}}"
        return Computed(symbols, put_in, size, *known)

    return formula


def _size_slips(quota: str) -> dict[str, Slip]:
    return {
        "remainder_left_out": lambda v: math.floor(v[quota]),
        "rounded_alone": lambda v: math.floor(v[quota] + Fraction(1, 2)),
        "rounded_up": lambda v: math.ceil(v[quota]),
    }


# -- batches -------------------------------------------------------------------------------------


class BatchesGiven(Part):
    """Samples for training, the size of a batch, and epochs."""

    samples: Annotated[int, Given(ge=1, le=100_000)]
    batch: Count
    epochs: Count

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.batch > self.samples:
            raise ValueError("a batch holds at most all samples")
        return self


def batches(asked: BatchesGiven) -> Form:
    """Batches of an epoch, samples in the last, updates: by batches, one by one, all at once."""
    rows: list[Heading] = []
    fields: list[Field] = []
    for way, size in (("mini", asked.batch), ("sgd", 1), ("all", asked.samples)):
        params = {"size": size}
        rows.append(Heading(way, Message(f"forms.division.{way}", params)))
        fields += _batches_row(way, asked.samples, size, asked.epochs)
    columns = tuple(
        Heading(column, Message(f"forms.division.{column}"))
        for column in ("batches", "last", "updates")
    )
    return Form(tuple(fields), tuple(rows), columns)


def _fed(samples: int, batch: int) -> tuple[int, int]:
    """Batches of an epoch and how many samples are in the last, as the engine feeds them."""
    feed = Feed(samples)
    count = 1
    while True:
        size = len(feed.peek(batch))
        if feed.take(size):
            return count, size
        count += 1


def _batches_row(way: str, samples: int, size: int, epochs: int) -> list[Field]:
    count, last = _fed(samples, size)
    batches = f"{way}.batches"
    n, b, e = given(samples, "n"), given(size, "b"), given(epochs, "E")
    below = samples // size

    def ceiling(v: Values) -> Expression:
        return Call(r"\left\lceil ", r"\right\rceil", math.ceil, Quotient(n, b))

    def left(v: Values) -> Expression:
        full = Difference(v.known(batches), given(1))
        return Difference(n, Product(full, b, dotted=True))

    found: list[tuple[str, str, Formula, int, dict[str, Slip]]] = [
        ("batches", "B", ceiling, count, {"last_batch_forgotten": lambda v: below}),
        (
            "last",
            "u",
            left,
            last,
            {
                "no_remainder": lambda v: samples - below * size,
                "missing_from_last": lambda v: v[batches] * size - samples,
                "full_batch": lambda v: size,
            },
        ),
        (
            "updates",
            "U",
            lambda v: Product(v.known(batches), e, dotted=True),
            count * epochs,
            {
                "last_batch_forgotten": lambda v: below * epochs,
                "epochs_forgotten": lambda v: v[batches],
                "samples_counted": lambda v: samples * epochs,
            },
        ),
    ]
    return [
        Field(
            f"{way}.{column}",
            Message(f"forms.division.{column}"),
            symbol,
            formula,
            value,
            is_exact=True,
            row=way,
            column=column,
            slips=slips,
        )
        for column, symbol, formula, value, slips in found
    ]


# -- folds ---------------------------------------------------------------------------------------


class FoldsGiven(Part):
    """Divisions of so many samples into so many folds, in order; scores of a cross-validation."""

    samples: list[Annotated[int, Given(ge=2, le=60)]] = Given(min_length=1, max_length=4)
    folds: list[Annotated[int, Given(ge=2, le=12)]]
    scores: list[Finite] = Given(min_length=2, max_length=12)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.folds) != len(self.samples):
            raise ValueError("a number of folds for each number of samples")
        return self


def cross_validation(asked: FoldsGiven) -> Form:
    """The test rows of every fold, then mean and standard deviation of the scores."""
    fields: list[Field] = []
    for number, (count, k) in enumerate(zip(asked.samples, asked.folds, strict=True), 1):
        fields += _fold_fields(number, count, k)
    return Form((*fields, *_score_fields(asked.scores)))


def _fold_fields(number: int, count: int, k: int) -> list[Field]:
    runs = folds(count, k, generator(0), Order.IN_ORDER)
    sizes = [len(run.test) for run in runs]
    # How many rows there are is for the student to find out; but "0,1" would then be a decimal.
    is_open = min(sizes) > 2
    fields = []
    last_first = [0, *np.cumsum(sizes[::-1]).tolist()]
    for fold, run in enumerate(runs, 1):
        rows = tuple(int(row) for row in run.test)
        params = {"fold": fold, "k": k, "count": count}
        begins = last_first[fold - 1]
        larger_last = tuple(range(begins, last_first[fold]))
        fields.append(
            Field(
                f"folds{number}.{fold}",
                Message("forms.division.fold", params),
                rf"T_{{{fold}}}",
                _fold_rows(f"folds{number}.{fold - 1}" if fold > 1 else "", fold, len(rows)),
                rows,
                size=0 if is_open else len(rows),
                is_exact=True,
                because=Message("forms.division.fold_sizes"),
                slips={
                    "counted_from_one": _always([row + 1 for row in rows]),
                    "larger_folds_last": _always(larger_last),
                },
            )
        )
    return fields


def _always(rows: Sequence[Number]) -> Slip:
    return lambda v: rows


def _fold_rows(before: str, fold: int, size: int) -> Formula:
    """Rows that follow the last one of the fold before."""

    def formula(v: Values) -> Sequence[Expression]:
        if not before:
            return [given(j) for j in range(size)]
        last = v.known(before, len(v.all(before)) - 1, rf"\max T_{{{fold - 1}}}")
        return [sum_of(last, given(j + 1)) for j in range(size)]

    return formula


def _score_fields(scores: Sequence[float]) -> list[Field]:
    count = len(scores)
    known = [given(score, f"s_{{{k}}}") for k, score in enumerate(scores, 1)]

    def mean(v: Values) -> Expression:
        return Quotient(sum_of(*known), given(count, "k"))

    def squares(v: Values) -> Expression:
        offs = [Square(Difference(score, v.known("mean"))) for score in known]
        return Sum(count, offs.__getitem__, compact=r"\sum_i (s_i - \bar{s})^2")

    def variance(v: Values) -> Expression:
        return Quotient(squares(v), given(count, "k"))

    def total(v: Values) -> Number:
        found: Number = squares(v).value()
        return found

    return [
        Field(
            "mean",
            Message("forms.division.mean"),
            r"\bar{s}",
            mean,
            slips={"not_divided": lambda v: sum(scores)},
        ),
        Field(
            "deviation",
            Message("forms.division.deviation"),
            r"\sigma",
            lambda v: Call(r"\sqrt{", "}", np.sqrt, variance(v)),
            slips={
                "sample_deviation": lambda v: math.sqrt(total(v) / (count - 1)),
                "root_forgotten": lambda v: total(v) / count,
            },
        ),
    ]


FORMS: dict[str, FormKind] = {
    "data_split": FormKind(SplitGiven, data_split),
    "batches": FormKind(BatchesGiven, batches),
    "cross_validation": FormKind(FoldsGiven, cross_validation),
}
