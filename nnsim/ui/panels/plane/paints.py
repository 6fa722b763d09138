"""What can be painted with on the plane: the classes of the samples, or any value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document
from nnsim.ui.panels.plane.model import MOST_CLASSES, Group

Floats = NDArray[np.float64]

# Activations and losses whose classes are told by the sign of the output.
_SIGNED = ("tanh",)
_SIGNED_LOSSES = ("hinge",)
_CLASSES = ("step", "sigmoid", "softmax", *_SIGNED)


@dataclass(frozen=True, eq=False)
class Paint:
    """The targets that a painted sample gets; ``group`` is the class they stand for.

    Without a group they are measurements: a value that is typed (``targets`` None), or, over one
    input, the height at which the sample is put (``is_height``).
    """

    group: Group | None = None
    targets: tuple[float, ...] | None = None
    is_height: bool = False


def paints_of(document: Document) -> list[Paint]:
    """What the samples of a document can be painted with, the likeliest first."""
    data = document.data
    if len(data.target_names) > 1:
        return _columns(data.targets)
    values = _classes(document)
    heights = [Paint(is_height=True)] if len(data.input_names) == 1 else []
    typed = [Paint()]
    classes = [
        Paint(_group(number, value, len(values)), (value,)) for number, value in enumerate(values)
    ]
    # Of classes any other value is the exception, of measurements a class.
    return [*classes, *typed] if classes else [*heights, *typed]


def _columns(targets: Floats) -> list[Paint]:
    """One target is high, the others are low."""
    low = -1.0 if (targets == -1).any() else 0.0
    count = targets.shape[1]
    return [
        Paint(
            Group(np.zeros(0, dtype=np.int64), None, "class", k, k),
            tuple(1.0 if k == column else low for column in range(count)),
        )
        for k in range(count)
    ]


def _classes(document: Document) -> list[float]:
    """The values that are classes: those there are, and else those of the output's activation."""
    values = np.unique(document.data.targets[:, 0])
    activations = {node.activation.name for node in document.outputs}
    is_signed = document.training.loss in _SIGNED_LOSSES or activations & set(_SIGNED)
    usual = [-1.0, 1.0] if is_signed and not (values == 0).any() else [0.0, 1.0]
    if len(values) > MOST_CLASSES:
        return []
    if len(values) > 2 or (len(values) == 2 and activations & set(_CLASSES)):
        return [float(value) for value in values]
    if set(values.tolist()) <= set(usual):
        # Both classes can be painted where there is only one yet, or none.
        return usual if activations & set(_CLASSES) or len(values) else []
    return [float(value) for value in values] if len(values) > 1 else []


def _group(number: int, value: float, count: int) -> Group:
    kind = "class" if count > 2 else "high" if number else "low"
    return Group(np.zeros(0, dtype=np.int64), value, kind, number, 0)
