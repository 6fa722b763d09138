"""How many parameters a network of dense layers has."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field as Given

from nnsim.core.messages import Message
from nnsim.document.schema import Part
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.ops.base import Source
from nnsim.engine.plan import LayerSpec, PlanSpec
from nnsim.exercises.forms.base import Field, Form, Formula, Slip, given
from nnsim.exercises.forms.kinds import FormKind
from nnsim.exercises.sheet import Heading
from nnsim.explain.expression import Product, sum_of

Units = Annotated[int, Given(ge=1, le=1_000_000)]

_RELU = ActivationSpec("relu")


def count_of(spec: PlanSpec, *kinds: str) -> int:
    """How many parameters of these kinds ("w", "b") a plan has."""
    shapes = spec.parameter_shapes()
    return sum(math.prod(shape) for name, shape in shapes.items() if name[0] in kinds)


class DenseGiven(Part):
    """A network of dense layers: inputs, units of every hidden layer, outputs."""

    inputs: Units
    hidden: list[Units] = Given(max_length=6)
    outputs: Units


def dense_parameters(asked: DenseGiven) -> Form:
    """Weights, biases and parameters of every layer, and their totals."""
    sizes = [asked.inputs, *asked.hidden, asked.outputs]
    fields: list[Field] = []
    rows: list[Heading] = []
    for number, (before, units) in enumerate(itertools.pairwise(sizes), 1):
        row = f"layer{number}"
        params = {"number": number, "before": before, "units": units}
        rows.append(Heading(row, Message("forms.networks.layer", params)))
        fields += _dense_row(row, number, before, units)
    rows.append(Heading("total", Message("forms.networks.total")))
    whole = _dense_plan(sizes)
    for column, kinds in _KINDS.items():
        fields.append(
            Field(
                f"total.{column}",
                _COLUMNS[column],
                _total_symbol(column),
                total_of([f"{row.key}.{column}" for row in rows[:-1]]),
                count_of(whole, *kinds),
                is_exact=True,
                row="total",
                column=column,
                slips=_biases_not_counted("total.weights") if column == "parameters" else {},
            )
        )
    return Form(tuple(fields), tuple(rows), _columns())


_KINDS: Mapping[str, str] = {"weights": "w", "biases": "b", "parameters": "wb"}
_COLUMNS: Mapping[str, Message] = {
    "weights": Message("forms.networks.weights"),
    "biases": Message("forms.networks.biases"),
    "parameters": Message("forms.networks.parameters"),
}


def _columns() -> tuple[Heading, ...]:
    return tuple(Heading(key, words) for key, words in _COLUMNS.items())


def _dense_plan(sizes: list[int]) -> PlanSpec:
    layers = tuple(
        LayerSpec(f"n{k}", units, _RELU, (Source(f"c{k}", f"n{k - 1}"),))
        for k, units in enumerate(sizes)
        if k
    )
    return PlanSpec((("n0", sizes[0]),), layers, (layers[-1].node,))


def _dense_row(row: str, number: int, before: int, units: int) -> list[Field]:
    plan = _dense_plan([before, units])
    weights, biases = f"{row}.weights", f"{row}.biases"

    def field(column: str, symbol: str, formula: Formula, slips: Mapping[str, Slip]) -> Field:
        value = count_of(plan, *_KINDS[column])
        return Field(
            f"{row}.{column}",
            _COLUMNS[column],
            symbol,
            formula,
            value,
            is_exact=True,
            row=row,
            column=column,
            slips=slips,
        )

    sources, own = f"n_{{{number - 1}}}", f"n_{{{number}}}"
    return [
        field(
            "weights",
            f"W_{{{number}}}",
            lambda v: Product(given(before, sources), given(units, own), dotted=True),
            {
                "biases_among_weights": lambda v: (before + 1) * units,
                "units_added": lambda v: before + units,
            },
        ),
        field(
            "biases",
            f"B_{{{number}}}",
            lambda v: given(units, own),
            {"biases_of_inputs": lambda v: before, "one_bias_a_layer": lambda v: 1},
        ),
        field(
            "parameters",
            f"P_{{{number}}}",
            lambda v: sum_of(v.known(weights), v.known(biases)),
            _biases_not_counted(weights) | {"one_bias_a_layer": lambda v: v[weights] + 1},
        ),
    ]


def _biases_not_counted(weights: str) -> dict[str, Slip]:
    return {"biases_not_counted": lambda v: v[weights]}


def _total_symbol(column: str) -> str:
    return {"weights": "W", "biases": "B", "parameters": "P"}[column]


def total_of(keys: list[str]) -> Formula:
    """The sum of these fields."""
    return lambda v: sum_of(*(v.known(key) for key in keys))


FORMS: dict[str, FormKind] = {"dense_parameters": FormKind(DenseGiven, dense_parameters)}
