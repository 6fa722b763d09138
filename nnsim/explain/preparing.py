"""The way of the data into the network explained: table, scaling, feature."""

from __future__ import annotations

import numpy as np

from nnsim.core.messages import Message
from nnsim.data.scaling import ColumnScaling, Method
from nnsim.document.preparation import Prepared, prepared
from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.drafts import Draft
from nnsim.explain.expression import (
    Call,
    Difference,
    Expression,
    Product,
    Quotient,
    Square,
)
from nnsim.explain.style import column_latex


def input_value(context: Context, quantity: Quantity) -> Draft:
    """An input: it comes from the data, scaled and made a feature where the document says so."""
    samples = prepared(context.document)
    unit = context.wiring.input_column(quantity.owner, quantity.row, quantity.step)
    feature = samples.features[unit]
    params: dict[str, object] = {
        "input": context.names.unit_title(quantity.owner, quantity.row),
        "sample": context.of_sample(quantity.sample),
    }
    code = "input" if quantity.step is None else "input_at_step"
    if quantity.step is not None:
        params["step"] = quantity.step + 1
    title = Message(f"explain.title.{code}", params)
    names = [context.document.data.input_names[column] for column in feature.columns]
    note = from_data(context, quantity.sample, ", ".join(names))
    parts = [_scaled_input(context, samples, quantity.sample, c) for c in feature.columns]
    is_plain = samples.input_scaling.columns[feature.columns[0]].method is Method.NONE
    if feature.function == "column" and is_plain:
        return Draft(title, note=note)
    expression = parts[0]
    if feature.function == "square":
        expression = Square(parts[0])
    elif feature.function == "product":
        expression = Product(*parts)
    elif feature.function == "sine":
        expression = Call(r"\sin\left(", r"\right)", np.sin, parts[0])
    return Draft(title, expression, note=note)


def target_value(context: Context, row: int, sample: int) -> Expression | None:
    """The wanted output where it is scaled; None where it is as in the data."""
    samples = prepared(context.document)
    scaling = samples.target_scaling.columns[row]
    if scaling.method is Method.NONE:
        return None
    data = context.document.data
    value = data.targets[context.row_of(sample), row]
    return _scaled(context, float(value), data.target_names[row], scaling)


def from_data(context: Context, sample: int, column: str) -> Message:
    """Where in the table a number stands."""
    return Message("explain.note.from_data", {"row": context.row_of(sample) + 1, "column": column})


def _scaled_input(context: Context, samples: Prepared, sample: int, column: int) -> Expression:
    data = context.document.data
    value = float(data.inputs[context.row_of(sample), column])
    scaling = samples.input_scaling.columns[column]
    return _scaled(context, value, data.input_names[column], scaling)


def _scaled(context: Context, value: float, name: str, scaling: ColumnScaling) -> Expression:
    """(x - μ) / σ, (x - min) / (max - min), or x itself."""
    symbol = column_latex(name)
    raw = context.constant(value, symbol)
    if scaling.method is Method.NONE:
        return raw
    if scaling.method is Method.STANDARD:
        offset, factor = context.constant(scaling.offset, r"\mu"), r"\sigma"
    else:
        offset, factor = context.constant(scaling.offset, r"\min"), r"(\max - \min)"
    moved = Difference(raw, offset)
    # A constant column is only moved: there is no width to divide by.
    if scaling.is_constant:
        return moved
    return Quotient(moved, context.constant(scaling.factor, factor))
