"""The columns of a table of predictions: what stands in them, and in which order rows come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnsim.data import Table
from nnsim.session.predictions import Predictions

Kind: TypeAlias = Literal["picture", "input", "wanted", "wanted_class", "found", "output", "error"]

# Squares of fewer pixels say more as numbers.
_SMALLEST_SIDE = 8
# So many inputs stand before the answers; more of them stand behind, not to hide the answers.
_FEW_INPUTS = 2


@dataclass(frozen=True)
class Column:
    """A column: ``index`` counts inputs or outputs, ``name`` is that of the table's column."""

    kind: Kind
    index: int = 0
    name: str = ""

    @property
    def group(self) -> str:
        """What it has in common with its neighbours."""
        if self.kind in ("picture", "input"):
            return "inputs"
        if self.kind in ("wanted", "wanted_class"):
            return "wanted"
        return {"found": "predicted", "output": "outputs"}.get(self.kind, "")


def columns_of(
    data: Table, predictions: Predictions, are_sequences: bool = False
) -> tuple[Column, ...]:
    """The columns for samples of a table."""
    inputs = [Column("input", k, name) for k, name in enumerate(data.input_names)]
    if picture_side(data, are_sequences) is not None:
        inputs = [Column("picture")]
    outputs = [Column("output", k, name) for k, name in enumerate(data.target_names)]
    answers = [Column("wanted", k, name) for k, name in enumerate(data.target_names)]
    if predictions.has_classes:
        if len(data.target_names) > 1:
            answers = [Column("wanted_class")]
        # The verdict first: there may be many outputs.
        answers += [Column("found"), Column("error"), *outputs]
    else:
        answers += [*outputs, Column("error")]
    few = len(inputs) <= _FEW_INPUTS
    return (*inputs, *answers) if few else (*answers, *inputs)


def picture_side(data: Table, are_sequences: bool = False) -> int | None:
    """How many pixels a side the inputs have where they are a square picture, else None.

    So are at least 64 inputs, a square number of them, none of which is negative; the time steps
    of sequences are no picture.
    """
    if are_sequences:
        return None
    side = math.isqrt(data.inputs.shape[1])
    is_square = side >= _SMALLEST_SIDE and side * side == data.inputs.shape[1]
    return side if is_square and len(data) and (data.inputs >= 0).all() else None


def values_of(column: Column, data: Table, predictions: Predictions) -> NDArray[np.float64]:
    """What a column holds, one number for each of the predictions; classes by their number."""
    if column.kind == "input":
        return np.asarray(data.inputs[predictions.rows, column.index])
    if column.kind == "wanted":
        return np.asarray(predictions.wanted[:, column.index])
    if column.kind == "output":
        return np.asarray(predictions.predicted[:, column.index])
    if column.kind == "error":
        return predictions.errors
    classes = {"wanted_class": predictions.wanted_classes, "found": predictions.found_classes}
    return classes.get(column.kind, predictions.rows).astype(np.float64)


def order_of(values: NDArray[np.float64], descending: bool) -> NDArray[np.int64]:
    """The places of values from the smallest on, or from the largest; equal ones keep their order.

    What is no number counts as larger than anything.
    """
    if not descending:
        return np.argsort(values, kind="stable")
    backwards = np.argsort(values[::-1], kind="stable")[::-1]
    return np.asarray(len(values) - 1 - backwards)
