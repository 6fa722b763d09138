"""Optimisers that keep something from step to step: momentum, RMSprop, Adam."""

from __future__ import annotations

import math

import numpy as np

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.document.schema import Finite, Part, Positive
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.record import Record
from nnsim.exercises.forms.base import Field, Form, Formula, Slip, Values, given
from nnsim.exercises.forms.descending import (
    WEIGHT,
    Path,
    Share,
    Steps,
    column,
    plain,
    recorded,
    square_path,
)
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Call, Difference, Expression, Product, Quotient, Square, sum_of

_EPSILON = 1e-8


class StatefulGiven(Part):
    """Momentum and RMSprop from the same x with the same α: μ of the one, ρ of the other."""

    start: Finite
    learning_rate: Positive
    momentum: Share
    decay: Share
    steps: Steps = 2


def momentum_rmsprop(asked: StatefulGiven) -> Form:
    """Gradient, state and new x of every step, first of momentum and then of RMSprop."""
    momentum = _momentum(asked)
    rmsprop = _rmsprop(asked)
    rows = [*momentum[1], *rmsprop[1]]
    columns = (column("g", "g_t"), column("state", r"u_t,\; v_t"), column("x", "x_t"))
    return Form((*momentum[0], *rmsprop[0]), tuple(rows), columns)


def _momentum(asked: StatefulGiven) -> tuple[list[Field], list[Heading]]:
    """u = μ u + g, x - α u: the engine's default, which is PyTorch's."""
    path = Path(asked.start, asked.learning_rate, mark="momentum.")
    optimiser = OptimiserSpec("momentum", asked.learning_rate, momentum=asked.momentum)
    rate, share = given(asked.learning_rate, r"\alpha"), given(asked.momentum, r"\mu")
    fields: list[Field] = []
    for step, record in enumerate(square_path(asked.start, optimiser, asked.steps), 1):
        gradient = path.gradient(record, step)
        before, state = path.key("state", step - 1), path.key("state", step)
        fields += [
            gradient,
            path.field(
                "state",
                step,
                f"u_{{{step}}}",
                recorded(record, f"u.{WEIGHT}"),
                _velocity(share, before, gradient.key, step),
                _velocity_slips(asked.momentum, before, gradient.key, step),
            ),
            path.moved(
                record,
                step,
                plain(rate, state),
                {"velocity_unused": _state_unused(path, gradient.key, step)},
            ),
        ]
    return fields, [path.row(step) for step in range(1, asked.steps + 1)]


def _velocity(share: Expression, before: str, gradient: str, step: int) -> Formula:
    return lambda v: sum_of(
        Product(share, _state(v, before, "u", step), dotted=True), v.known(gradient)
    )


def _state(v: Values, before: str, name: str, step: int) -> Expression:
    """What was kept from the step before; 0 where there was none."""
    return v.known(before) if step > 1 else given(0, f"{name}_{{0}}")


def _velocity_slips(share: float, before: str, gradient: str, step: int) -> dict[str, Slip]:
    def kept(v: Values) -> Number:
        return v[before] if step > 1 else 0

    return {
        "averaged_velocity": lambda v: share * kept(v) + (1 - share) * v[gradient],
        "share_forgotten": lambda v: kept(v) + v[gradient],
        "history_forgotten": lambda v: v[gradient],
    }


def _state_unused(path: Path, gradient: str, step: int) -> Slip:
    """The step of plain gradient descent."""
    return lambda v: path.place(v, step - 1) - path.rate * v[gradient]


def _rmsprop(asked: StatefulGiven) -> tuple[list[Field], list[Heading]]:
    """v = ρ v + (1 - ρ) g², x - α g / (√v + ε)."""
    path = Path(asked.start, asked.learning_rate, mark="rmsprop.")
    optimiser = OptimiserSpec("rmsprop", asked.learning_rate, decay=asked.decay, epsilon=_EPSILON)
    fields: list[Field] = []
    for step, record in enumerate(square_path(asked.start, optimiser, asked.steps), 1):
        gradient = path.gradient(record, step)
        before, state = path.key("state", step - 1), path.key("state", step)
        fields += [
            gradient,
            path.field(
                "state",
                step,
                f"v_{{{step}}}",
                recorded(record, f"v.{WEIGHT}"),
                _average(asked.decay, r"\rho", before, "v", gradient.key, step, squared=True),
                _average_slips(asked.decay, before, gradient.key, step, squared=True),
            ),
            path.moved(
                record,
                step,
                _scaled(asked.learning_rate, gradient.key, state),
                _scaling_slips(path, gradient.key, state, step)
                | {"scale_unused": _state_unused(path, gradient.key, step)},
            ),
        ]
    return fields, [path.row(step) for step in range(1, asked.steps + 1)]


def _average(
    share: float, symbol: str, before: str, name: str, gradient: str, step: int, squared: bool
) -> Formula:
    """share · before + (1 - share) · g, or g²."""

    def formula(v: Values) -> Expression:
        new: Expression = v.known(gradient)
        rest = Difference(given(1), given(share, symbol))
        kept = Product(given(share, symbol), _state(v, before, name, step), dotted=True)
        return sum_of(kept, Product(rest, Square(new) if squared else new, dotted=True))

    return formula


def _average_slips(
    share: float, before: str, gradient: str, step: int, squared: bool
) -> dict[str, Slip]:
    def kept(v: Values) -> Number:
        return v[before] if step > 1 else 0

    def new(v: Values) -> Number:
        return v[gradient] ** 2 if squared else v[gradient]

    slips: dict[str, Slip] = {
        "shares_swapped": lambda v: (1 - share) * kept(v) + share * new(v),
        "rest_forgotten": lambda v: share * kept(v) + new(v),
        "history_forgotten": lambda v: (1 - share) * new(v),
    }
    if squared:
        slips["square_forgotten"] = lambda v: share * kept(v) + (1 - share) * v[gradient]
    return slips


def _scaled(rate: float, above: str, below: str) -> Formula:
    """α above / (√below + ε)."""

    def formula(v: Values) -> Expression:
        root = Call(r"\sqrt{", "}", np.sqrt, v.known(below))
        whole = sum_of(root, given(_EPSILON, r"\varepsilon"))
        return Quotient(Product(given(rate, r"\alpha"), v.known(above), dotted=True), whole)

    return formula


def _scaling_slips(path: Path, above: str, below: str, step: int) -> dict[str, Slip]:
    return {
        "root_forgotten": lambda v: path.place(v, step - 1) - path.rate * v[above] / v[below],
    }


# -- Adam ----------------------------------------------------------------------------------------


class AdamGiven(Part):
    """Adam on f(θ) = θ²: where it starts, α, β₁, β₂, and how many steps."""

    start: Finite
    learning_rate: Positive
    beta1: Share = 0.9
    beta2: Share = 0.999
    steps: Steps = 2


def adam(asked: AdamGiven) -> Form:
    """Gradient, both averages, both corrected, and new θ of every step."""
    path = Path(asked.start, asked.learning_rate, r"\theta")
    optimiser = OptimiserSpec(
        "adam",
        asked.learning_rate,
        beta1=asked.beta1,
        beta2=asked.beta2,
        epsilon=_EPSILON,
    )
    fields: list[Field] = []
    for step, record in enumerate(square_path(asked.start, optimiser, asked.steps), 1):
        fields += _adam_step(asked, path, record, step)
    rows = tuple(path.row(step) for step in range(1, asked.steps + 1))
    columns = (
        column("g", "g_t"),
        column("m", "m_t"),
        column("v", "v_t"),
        column("m_hat", r"\hat{m}_t"),
        column("v_hat", r"\hat{v}_t"),
        Heading("x", Message("forms.descending.theta"), r"\theta_t"),
    )
    return Form(tuple(fields), rows, columns)


def _adam_step(asked: AdamGiven, path: Path, record: Record, step: int) -> list[Field]:
    gradient = path.gradient(record, step)
    fields = [gradient]
    for name, share, number, squared in (
        ("m", asked.beta1, 1, False),
        ("v", asked.beta2, 2, True),
    ):
        before = path.key(name, step - 1)
        symbol = rf"\beta_{{{number}}}"
        average = _average(share, symbol, before, name, gradient.key, step, squared)
        slips = _average_slips(share, before, gradient.key, step, squared)
        value = recorded(record, f"{name}.{WEIGHT}")
        fields.append(path.field(name, step, f"{name}_{{{step}}}", value, average, slips))
    for name, share, number in (("m", asked.beta1, 1), ("v", asked.beta2, 2)):
        fields.append(
            path.field(
                f"{name}_hat",
                step,
                rf"\hat{{{name}}}_{{{step}}}",
                recorded(record, f"{name}^.{WEIGHT}"),
                _corrected(path.key(name, step), share, rf"\beta_{{{number}}}", step),
                _correction_slips(path.key(name, step), share, step),
            )
        )
    first, second = path.key("m_hat", step), path.key("v_hat", step)
    slips = _scaling_slips(path, first, second, step)
    slips["correction_forgotten"] = lambda v: (
        path.place(v, step - 1)
        - path.rate * v[path.key("m", step)] / (math.sqrt(v[path.key("v", step)]) + _EPSILON)
    )
    fields.append(path.moved(record, step, _scaled(path.rate, first, second), slips))
    return fields


def _corrected(key: str, share: float, symbol: str, step: int) -> Formula:
    """average / (1 - shareᵗ)."""

    def formula(v: Values) -> Expression:
        power = Call("", f"^{{{step}}}", lambda base: base**step, given(share, symbol))
        return Quotient(v.known(key), Difference(given(1), power))

    return formula


def _correction_slips(key: str, share: float, step: int) -> dict[str, Slip]:
    return {
        "correction_forgotten": lambda v: v[key],
        "power_forgotten": lambda v: v[key] / (1 - share),
        "correction_multiplied": lambda v: v[key] * (1 - share**step),
    }


FORMS: dict[str, FormKind] = {
    "momentum_rmsprop": FormKind(StatefulGiven, momentum_rmsprop),
    "adam": FormKind(AdamGiven, adam),
}
