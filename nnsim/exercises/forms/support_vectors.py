"""The widest margin between three points, found by way of the multipliers of its dual."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field as Limits

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import as_float
from nnsim.document.schema import Finite, Part
from nnsim.engine.layout import Array
from nnsim.engine.learners.svm import KernelSpec, SmoLearner, SmoSettings
from nnsim.exercises.forms.base import Field, Form, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.explain.expression import (
    Call,
    Difference,
    Expression,
    Product,
    Quotient,
    Rank,
    Square,
    sum_of,
)

POINTS = 3
#: So large that no multiplier of a sheet comes to it: the margin is a hard one.
_PENALTY = 1e4
_TOLERANCE = 1e-12
_MOST_STEPS = 2000
_DUST = 1e-9
#: How near to the margin a point is on it.
_NEAR = 1e-6

Point = Annotated[list[Finite], Limits(min_length=2, max_length=2)]


class PointsGiven(Part):
    """Three points in the plane, two of one class (``labels`` -1 and 1) and one of the other."""

    points: list[Point] = Limits(min_length=POINTS, max_length=POINTS)
    labels: list[int] = Limits(min_length=POINTS, max_length=POINTS)


def _solved(points: Array, labels: Array) -> SmoLearner:
    """The engine's machine.  Raises NnsimError where no line parts the classes."""
    if sorted(set(labels.tolist())) != [-1.0, 1.0]:
        raise NnsimError.of("forms.svm.labels")
    settings = SmoSettings(_PENALTY, KernelSpec("linear"), _TOLERANCE)
    learner = SmoLearner(points, labels, settings)
    for _ in range(_MOST_STEPS):
        if learner.is_done:
            break
        learner.iterate()
    margins = labels * learner.decision(points)
    if not learner.is_done or (margins < 1 - 1e-6).any() or (learner.alphas >= _PENALTY).any():
        raise NnsimError.of("forms.svm.not_separable")
    return learner


def _machine(part: PointsGiven) -> Form:
    points, labels = np.array(part.points, np.float64), np.array(part.labels, np.float64)
    learner = _solved(points, labels)
    alphas = learner.alphas
    support = np.flatnonzero(alphas > _DUST).tolist()
    # With two of them the margin is the way from one to the other: that is done by hand.  A third
    # on the margin, though nothing hangs on it, would be taken for one by its f.
    touching = np.count_nonzero(labels * learner.decision(points) < 1 + _NEAR)
    if len(support) != 2 or touching != 2:
        raise NnsimError.of("forms.svm.two_support_vectors", found=int(touching))
    w = (alphas * labels) @ points
    fields = [_alpha(part, i, float(alphas[i]), support) for i in range(POINTS)]
    fields += [_weight(part, axis, float(w[axis])) for axis in range(2)]
    fields.append(_bias(part, support[0], learner.bias))
    fields += [_decision(part, i, float(value)) for i, value in enumerate(learner.decision(points))]
    fields.append(_margin(2.0 / float(np.sqrt(w @ w))))
    return Form(tuple(fields))


def _x(part: PointsGiven, i: int, axis: int) -> Expression:
    return given(part.points[i][axis], f"x_{{{i + 1}{axis + 1}}}")


def _y(part: PointsGiven, i: int) -> Expression:
    return given(float(part.labels[i]), f"y_{{{i + 1}}}")


def _alpha(part: PointsGiven, i: int, value: float, support: list[int]) -> Field:
    def squared_distance() -> Expression:
        a, b = support
        return sum_of(*(Square(Difference(_x(part, a, k), _x(part, b, k))) for k in range(2)))

    def formula(v: Values) -> Expression:
        return Quotient(given(2.0), squared_distance()) if i in support else given(0.0)

    a, b = (part.points[s] for s in support)
    distance = float(np.hypot(a[0] - b[0], a[1] - b[1]))
    slips = {
        "distance_not_squared": lambda v: 2.0 / distance,
        "half_alpha": lambda v: 1.0 / distance**2,
    }
    code = "support" if i in support else "no_support"
    return Field(
        f"alpha{i + 1}",
        Message("forms.svm.alpha", {"point": i + 1}),
        rf"\alpha_{{{i + 1}}}",
        formula,
        # Where the point has no part in it the engine leaves a 0, not a rounded number.
        value=value if i in support else 0.0,
        bounds=(0.0, _PENALTY),
        because=Message(f"forms.svm.{code}", {"point": i + 1}),
        slips=slips if i in support else {},
    )


def _weight(part: PointsGiven, axis: int, value: float) -> Field:
    def formula(v: Values) -> Expression:
        return sum_of(
            *(
                Product(v.known(f"alpha{i + 1}"), _y(part, i), _x(part, i, axis))
                for i in range(POINTS)
            )
        )

    def without_labels(v: Values) -> float:
        return sum(as_float(v[f"alpha{i + 1}"]) * part.points[i][axis] for i in range(POINTS))

    return Field(
        f"w{axis + 1}",
        Message("forms.svm.weight", {"axis": axis + 1}),
        f"w_{{{axis + 1}}}",
        formula,
        value=value,
        slips={"labels_forgotten": without_labels},
    )


def _product(part: PointsGiven, v: Values, i: int) -> Expression:
    return sum_of(*(Product(v.known(f"w{k + 1}"), _x(part, i, k)) for k in range(2)))


def _product_number(part: PointsGiven, v: Values, i: int) -> float:
    return sum(as_float(v[f"w{k + 1}"]) * part.points[i][k] for k in range(2))


def _bias(part: PointsGiven, support: int, value: float) -> Field:
    return Field(
        "b",
        Message("forms.svm.bias"),
        "b",
        lambda v: Difference(_y(part, support), _product(part, v, support)),
        value=value,
        slips={
            "label_forgotten": lambda v: -_product_number(part, v, support),
            "label_of_the_other": lambda v: (
                -part.labels[support] - _product_number(part, v, support)
            ),
        },
    )


def _decision(part: PointsGiven, i: int, value: float) -> Field:
    return Field(
        f"f{i + 1}",
        Message("forms.svm.decision", {"point": i + 1}),
        f"f(x_{{{i + 1}}})",
        lambda v: sum_of(_product(part, v, i), v.known("b")),
        value=value,
        slips={"bias_forgotten": lambda v: _product_number(part, v, i)},
    )


def _norm(v: Values) -> Expression:
    squares = sum_of(*(Square(v.known(f"w{k + 1}")) for k in range(2)))
    return Call(r"\sqrt{", "}", np.sqrt, squares, rank=Rank.FRACTION)


def _norm_number(v: Values) -> float:
    return float(np.hypot(as_float(v["w1"]), as_float(v["w2"])))


def _margin(value: float) -> Field:
    return Field(
        "margin",
        Message("forms.svm.margin"),
        "m",
        lambda v: Quotient(given(2.0), _norm(v)),
        value=value,
        bounds=(0.0, float("inf")),
        slips={
            "half_margin": lambda v: 1.0 / _norm_number(v),
            "norm_not_rooted": lambda v: 2.0 / _norm_number(v) ** 2,
            "norm_for_margin": _norm_number,
        },
    )


FORMS = {"svm_three_points": FormKind(PointsGiven, _machine)}
