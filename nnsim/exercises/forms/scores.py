"""Scores of several classes by hand: softmax with cross-entropy, and the multi-class hinge.

The hinge is that of Crammer and Singer 2001, section 3: only the best rival counts.
"""

from __future__ import annotations

import math
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Limits
from pydantic import model_validator

from nnsim.core.messages import Message
from nnsim.core.numbers import as_float
from nnsim.document.schema import Part
from nnsim.engine.activations import Softmax
from nnsim.engine.losses import LossSpec, make_loss
from nnsim.exercises.forms.base import Field, Form, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.forms.parts import exponential, refused, shown, total_of
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import (
    Difference,
    Negative,
    Quotient,
    sum_of,
)
from nnsim.explain.functions import maximum
from nnsim.explain.losses import Logarithm


def _column(values: list[float]) -> NDArray[np.float64]:
    """One sample, an output a row, as losses and activations take it."""
    return np.array(values, dtype=np.float64)[:, np.newaxis]


class ScoresGiven(Part):
    """Scores of the classes, and the number of the wanted class, from 1."""

    scores: list[Annotated[float, Limits(ge=-20, le=20)]] = Limits(min_length=2, max_length=10)
    wanted: int = Limits(ge=1)

    @model_validator(mode="after")
    def _is_a_class(self) -> Self:
        if self.wanted > len(self.scores):
            raise refused("wanted", "field.at_most", limit=len(self.scores))
        return self

    @property
    def targets(self) -> list[float]:
        """1 for the wanted class, else 0."""
        return [float(k + 1 == self.wanted) for k in range(len(self.scores))]


def _classes(g: ScoresGiven) -> list[Heading]:
    def heading(k: int) -> Heading:
        code = "wanted_class" if k == g.wanted else "class"
        return Heading(f"{k}", Message(f"forms.row.{code}", {"class": k}))

    return [heading(k) for k in range(1, len(g.scores) + 1)]


def _scores(g: ScoresGiven) -> list[Field]:
    return [
        shown(f"s.{k}", "forms.losses.score", f"s_{{{k}}}", score, f"{k}", "score")
        for k, score in enumerate(g.scores, 1)
    ]


def softmax_cross_entropy(g: ScoresGiven) -> Form:
    """e^s of each class, their sum, the probabilities, and the loss of the wanted class."""
    rows = [
        *_classes(g),
        Heading("sum", Message("forms.row.sum")),
        Heading("loss", Message("loss.cross_entropy"), "L"),
    ]
    columns = (
        Heading("score", Message("forms.losses.score"), "s"),
        Heading("exp", Message("forms.losses.exponential"), "e^{s}"),
        Heading("p", Message("forms.losses.probability"), "p"),
    )
    scores = _column(g.scores)
    shares = Softmax().forward(scores)
    exponentials, probabilities = np.exp(scores[:, 0]).tolist(), shares[:, 0].tolist()
    loss = make_loss(LossSpec("cross_entropy")).value(shares, _column(g.targets))
    numbers = range(1, len(g.scores) + 1)
    keys = [f"exp.{k}" for k in numbers]
    fields = [
        *_scores(g),
        *(_exponential(k, exponentials[k - 1]) for k in numbers),
        Field(
            "sum",
            Message("forms.losses.sum_of_exponentials"),
            r"\Sigma e^{s}",
            lambda of: sum_of(*(of.known(key) for key in keys)),
            value=math.fsum(exponentials),
            row="sum",
            column="exp",
        ),
        *(_share(g, k, probabilities[k - 1]) for k in numbers),
        _cross_entropy(f"p.{g.wanted}", loss),
    ]
    return Form(tuple(fields), tuple(rows), columns)


def _exponential(k: int, value: float) -> Field:
    return Field(
        f"exp.{k}",
        Message("forms.losses.exponential"),
        f"e^{{s_{{{k}}}}}",
        lambda of: exponential(of.known(f"s.{k}")),
        value=value,
        row=f"{k}",
        column="exp",
        slips={"exponent_sign": lambda of: math.exp(-as_float(of[f"s.{k}"]))},
    )


def _share(g: ScoresGiven, k: int, value: float) -> Field:
    total = math.fsum(g.scores)
    return Field(
        f"p.{k}",
        Message("forms.losses.probability"),
        f"p_{{{k}}}",
        lambda of: Quotient(of.known(f"exp.{k}"), of.known("sum")),
        value=value,
        bounds=(0.0, 1.0),
        row=f"{k}",
        column="p",
        slips={"exponential_forgotten": lambda of: as_float(of[f"s.{k}"]) / total},
    )


def _cross_entropy(wanted: str, value: float) -> Field:
    return Field(
        "loss",
        Message("loss.cross_entropy"),
        "L",
        lambda of: Negative(Logarithm(of.known(wanted))),
        value=value,
        row="loss",
        column="p",
        slips={
            "base_ten": lambda of: -math.log10(as_float(of[wanted])),
            "logarithm_forgotten": lambda of: of[wanted],
            "one_minus": lambda of: 1 - of[wanted],
        },
    )


def multiclass_hinge(g: ScoresGiven) -> Form:
    """max(0, s_j - s_c + 1) of each rival j, and the largest of them."""
    rows = [*_classes(g), Heading("loss", Message("forms.losses.hinge"), "L")]
    columns = (
        Heading("score", Message("forms.losses.score"), "s"),
        Heading(
            "margin", Message("forms.losses.margin"), rf"\max(0, s_{{j}} - s_{{{g.wanted}}} + 1)"
        ),
    )
    rivals = [k for k in range(1, len(g.scores) + 1) if k != g.wanted]
    keys = [f"margin.{k}" for k in rivals]
    loss = make_loss(LossSpec("multiclass_hinge")).value(_column(g.scores), _column(g.targets))
    fields = [
        *_scores(g),
        *(_margin(g, k) for k in rivals),
        Field(
            "loss",
            Message("forms.losses.hinge"),
            "L",
            lambda of: maximum(*(of.known(key) for key in keys)),
            value=loss,
            row="loss",
            column="margin",
            slips={"all_rivals": total_of(keys)},
        ),
    ]
    return Form(tuple(fields), tuple(rows), columns)


def _margin(g: ScoresGiven, k: int) -> Field:
    rival, wanted = f"s.{k}", f"s.{g.wanted}"
    # Between these two classes alone the loss of the engine is this addend.
    pair = _column([g.scores[k - 1], g.scores[g.wanted - 1]])
    value = make_loss(LossSpec("multiclass_hinge")).value(pair, _column([0.0, 1.0]))

    def gap(of: Values) -> float:
        return as_float(of[rival]) - as_float(of[wanted])

    return Field(
        f"margin.{k}",
        Message("forms.losses.margin"),
        f"m_{{{k}}}",
        lambda of: maximum(
            given(0.0),
            sum_of(Difference(of.known(rival), of.known(wanted)), given(1.0)),
        ),
        value=value,
        row=f"{k}",
        column="margin",
        slips={
            "margin_forgotten": lambda of: max(0.0, gap(of)),
            "not_cut": lambda of: gap(of) + 1,
            "classes_swapped": lambda of: max(0.0, 1 - gap(of)),
        },
    )


FORMS = {
    "softmax_cross_entropy": FormKind(ScoresGiven, softmax_cross_entropy),
    "multiclass_hinge": FormKind(ScoresGiven, multiclass_hinge),
}
