"""Steps down a gradient by hand; here the plain ones, and what all kinds share.

Every number is recorded while the engine's learner trains: f(x) = x² is the squared error of a
neuron with the weight x, the input 1 and the target 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field as Given

from nnsim.core.messages import Message
from nnsim.core.numbers import Number
from nnsim.document.schema import Finite, Part, Positive
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from nnsim.exercises.forms.base import Field, Form, Formula, Slip, Values, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import (
    Difference,
    Expression,
    Product,
)

Steps = Annotated[int, Given(ge=1, le=10)]
Share = Annotated[float, Given(gt=0, lt=1)]

_EPSILON = 1e-8
WEIGHT = "w:c1"


def neuron_learner(
    inputs: Sequence[float],
    targets: Sequence[float],
    start: float,
    optimiser: OptimiserSpec,
    batch: int,
) -> GradientLearner:
    """A neuron of one weight and no bias, that learns by the squared error, the mean of a batch."""
    neuron = LayerSpec("n2", 1, ActivationSpec("identity"), (Source("c1", "n1"),))
    spec = PlanSpec((("n1", 1),), (neuron,), ("n2",), arithmetic="float64")
    plan = Plan(spec, {WEIGHT: np.array([[start]]), "b:n2": np.zeros(1)})
    samples, wanted = np.array(inputs).reshape(-1, 1), np.array(targets).reshape(-1, 1)
    feed = Feed(len(samples))
    update = Update(optimiser)
    return GradientLearner(plan, samples, wanted, feed, update, batch, update_biases=False)


def records(learner: GradientLearner, count: int) -> list[Record]:
    records = []
    for _ in range(count):
        record = Record()
        learner.iterate(record)
        records.append(record)
    return records


def recorded(record: Record, name: str) -> float:
    return float(record.array(name).reshape(-1)[0])


def square_path(start: float, optimiser: OptimiserSpec, steps: int) -> list[Record]:
    """Steps down f(x) = x²."""
    return records(neuron_learner([1.0], [0.0], start, optimiser, 1), steps)


class Path:
    """The fields of a path down f(x) = x²: a gradient and a new x for every step.

    ``mark`` parts the keys of several paths on one sheet; ``name`` is what is moved, x or θ.
    """

    def __init__(self, start: float, rate: float, name: str = "x", mark: str = "") -> None:
        self._start, self._mark = start, mark
        self.rate, self._name = rate, name

    def key(self, what: str, step: int) -> str:
        return f"{self._mark}{what}{step}"

    def at(self, v: Values, step: int) -> Expression:
        """Where the path is after a step; 0: where it starts."""
        symbol = f"{self._name}_{{{step}}}"
        return v.known(self.key("x", step)) if step else given(self._start, symbol)

    def place(self, v: Values, step: int) -> Number:
        return v[self.key("x", step)] if step else self._start

    def gradient(self, record: Record, step: int) -> Field:
        return self.field(
            "g",
            step,
            f"g_{{{step}}}",
            recorded(record, f"g{WEIGHT}"),
            lambda v: Product(given(2), self.at(v, step - 1), dotted=True),
            {
                "value_not_derivative": lambda v: self.place(v, step - 1) ** 2,
                "two_forgotten": lambda v: self.place(v, step - 1),
            },
        )

    def moved(self, record: Record, step: int, change: Formula, slips: Mapping[str, Slip]) -> Field:
        """x after a step, x - change; the slips that every kind of step shares come last."""

        def new(v: Values) -> Expression:
            return Difference(self.at(v, step - 1), single(change, v))

        shared: dict[str, Slip] = {
            "uphill": lambda v: self.place(v, step - 1) + single(change, v).value(),
            "only_change": lambda v: -single(change, v).value(),
            "rate_forgotten": lambda v: (
                self.place(v, step - 1) - single(change, v).value() / self.rate
            ),
        }
        symbol = f"{self._name}_{{{step}}}"
        slips = {**slips, **shared}
        return self.field("x", step, symbol, recorded(record, f"w+{WEIGHT[1:]}"), new, slips)

    def field(
        self,
        what: str,
        step: int,
        symbol: str,
        value: float,
        formula: Formula,
        slips: Mapping[str, Slip],
    ) -> Field:
        words = Message(f"forms.descending.{what}")
        return Field(
            self.key(what, step),
            words,
            symbol,
            formula,
            value,
            row=f"{self._mark}step{step}",
            column=what,
            slips=slips,
        )

    def row(self, step: int) -> Heading:
        code = self._mark.rstrip(".") or "step"
        return Heading(
            f"{self._mark}step{step}", Message(f"forms.descending.{code}", {"step": step})
        )


def single(formula: Formula, v: Values) -> Expression:
    made = formula(v)
    assert isinstance(made, Expression)
    return made


def column(what: str, latex: str) -> Heading:
    return Heading(what, Message(f"forms.descending.{what}"), latex)


# -- gradient descent ---------------------------------------------------------------------------


class DescentGiven(Part):
    """Gradient descent on f(x) = x²: where it starts, α, and how many steps."""

    start: Finite
    learning_rate: Positive
    steps: Steps = 5


def gradient_descent(asked: DescentGiven) -> Form:
    """Gradient and new x of every step."""
    path = Path(asked.start, asked.learning_rate)
    optimiser = OptimiserSpec("gradient_descent", asked.learning_rate)
    fields: list[Field] = []
    rate = given(asked.learning_rate, r"\alpha")
    for step, record in enumerate(square_path(asked.start, optimiser, asked.steps), 1):
        gradient = path.gradient(record, step)
        fields += [gradient, path.moved(record, step, plain(rate, gradient.key), {})]
    rows = tuple(path.row(step) for step in range(1, asked.steps + 1))
    return Form(tuple(fields), rows, (column("g", "g_t"), column("x", "x_t")))


def plain(rate: Expression, gradient: str) -> Formula:
    return lambda v: Product(rate, v.known(gradient), dotted=True)


FORMS: dict[str, FormKind] = {"gradient_descent": FormKind(DescentGiven, gradient_descent)}
