"""What an output layer needs for a problem: how many units, which activation, which loss.

Source: the course, sections 6, 9 and 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field as Limits

from nnsim.core.messages import Message
from nnsim.document.schema import Part
from nnsim.engine.losses import loss_class
from nnsim.exercises.answers import Option
from nnsim.exercises.forms.base import Field, Form, Slip
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading

_ACTIVATIONS = ("identity", "sigmoid", "softmax")
_LOSSES = ("mse", "binary_cross_entropy", "cross_entropy")


class OutputsGiven(Part):
    """How many classes the digits have, and how many labels a picture can have."""

    problems: list[Literal["price", "spam", "digit", "labels"]] = Limits(
        default=["price", "spam", "digit", "labels"], min_length=1, max_length=4
    )
    classes: int = Limits(default=10, ge=3, le=1000)
    labels: int = Limits(default=5, ge=2, le=1000)


@dataclass(frozen=True)
class _Kind:
    """What follows from the kind of a problem."""

    units: int
    loss: str
    slip: tuple[str, int]

    @property
    def activation(self) -> str:
        """The one that goes with the loss: the engine takes the gradient of both in one."""
        return loss_class(self.loss).fuses_with or "identity"


def output_layer(g: OutputsGiven) -> Form:
    """A row for each problem: units, activation and loss."""
    kinds = {
        "price": _Kind(1, "mse", ("one_is_enough", 2)),
        "spam": _Kind(1, "binary_cross_entropy", ("one_is_enough", 2)),
        "digit": _Kind(g.classes, "cross_entropy", ("a_unit_each", 1)),
        "labels": _Kind(g.labels, "binary_cross_entropy", ("a_unit_each", 1)),
    }
    columns = (
        Heading("units", Message("forms.outputs.units")),
        Heading("activation", Message("forms.outputs.activation")),
        Heading("loss", Message("forms.outputs.loss")),
    )
    rows, fields = [], []
    for name in dict.fromkeys(g.problems):
        kind = kinds[name]
        rows.append(Heading(name, Message(f"forms.outputs.{name}")))
        fields += _fields(name, kind)
    return Form(tuple(fields), tuple(rows), columns)


def _fields(name: str, kind: _Kind) -> list[Field]:
    code, number = kind.slip
    slips: dict[str, Slip] = {code: lambda of: number}
    reason = Message(f"forms.outputs.because.{name}")
    return [
        Field(
            f"units.{name}",
            Message("forms.outputs.units"),
            "n",
            value=kind.units,
            is_exact=True,
            concept=Message("forms.outputs.concept.units"),
            because=reason,
            row=name,
            column="units",
            slips=slips,
        ),
        Field(
            f"activation.{name}",
            Message("forms.outputs.activation"),
            options=tuple(Option(a, Message(f"activation.{a}")) for a in _ACTIVATIONS),
            choice=kind.activation,
            concept=Message("forms.outputs.concept.activation"),
            because=reason,
            row=name,
            column="activation",
        ),
        Field(
            f"loss.{name}",
            Message("forms.outputs.loss"),
            options=tuple(Option(loss, Message(f"loss.{loss}")) for loss in _LOSSES),
            choice=kind.loss,
            concept=Message("forms.outputs.concept.loss"),
            because=reason,
            row=name,
            column="loss",
        ),
    ]


FORMS = {"output_layer": FormKind(OutputsGiven, output_layer)}
