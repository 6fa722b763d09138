"""What the plane shows of a network: of which unit, and which samples are alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.core.spacing import evenly_spaced
from nnsim.document.model import Document, Node
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import layer_of
from nnsim.session.session import Session
from nnsim.ui.panels.plotting.units import Subject

#: Targets with more values than this are no classes but measurements.
MOST_CLASSES = 8
# Iterations looked through for a sample where their order is drawn at random.
_LOOKED_THROUGH = 100


WINNER = Subject()


@dataclass(frozen=True)
class Marks:
    """What is marked of the selection: the unit it belongs to, and the sample with the ring.

    ``is_current`` says whether that is the sample the walk stands at, and not another of the batch;
    ``is_chosen`` whether it was selected itself, and not one of its numbers.
    """

    unit: Subject | None
    is_current: bool
    is_chosen: bool = False


def has_winner(spec: PlanSpec) -> bool:
    """Whether asking for the largest output makes sense: several, and none of them a threshold."""
    return spec.output_count > 1 and all(
        layer_of(spec, node).activation.name != "step" for node in spec.outputs
    )


def default_subject(spec: PlanSpec) -> Subject:
    """What the plane shows first: classes where the outputs are probabilities, else output 1."""
    is_distribution = spec.loss.name == "cross_entropy" or any(
        layer_of(spec, node).activation.name == "softmax" for node in spec.outputs
    )
    return WINNER if has_winner(spec) and is_distribution else Subject(spec.outputs[0])


# -- samples -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Group:
    """Samples of one class: their row numbers, and the number and value of the class.

    ``value`` is the target they share, None where it is enough to name the column; ``kind`` is
    "low" or "high" where there are two classes, "class" where there are more.
    """

    rows: NDArray[np.int64]
    value: float | None
    kind: str
    number: int
    column: int


def groups(targets: NDArray[np.float64], column: int | None) -> list[Group]:
    """The samples by class: by the targets of one column, or by the largest target (None).

    Empty where the column holds measurements, with too many values to be classes.
    """
    rows = np.arange(len(targets))
    if column is None:
        best = targets.argmax(axis=1) if targets.size else rows[:0]
        return [
            Group(rows[best == k], None, "class", k, k)
            for k in range(targets.shape[1])
            if (best == k).any()
        ]
    values = np.unique(targets[:, column])
    if len(values) > MOST_CLASSES:
        return []
    return list(_by_value(targets[:, column], values, rows, column))


def _by_value(
    target: NDArray[np.float64],
    values: NDArray[np.float64],
    rows: NDArray[np.int64],
    column: int,
) -> Iterator[Group]:
    for number, value in enumerate(values.tolist()):
        if len(values) > 2:
            kind = "class"
        elif len(values) == 2:
            kind = "high" if number else "low"
        else:
            kind = "high" if value > 0 else "low"
        yield Group(rows[target == value], value, kind, number, column)


def thinned(rows: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """An even part of the rows, at least one where there is any."""
    if share >= 1.0:
        return rows
    keep = max(round(len(rows) * share), 1)
    return rows[evenly_spaced(len(rows), keep)]


def hidden_nodes(document: Document, spec: PlanSpec) -> list[Node]:
    """Nodes with neurons that are no outputs and see the data, in the order they are computed."""
    return [
        document.node(layer.node)
        for layer in spec.learning
        if layer.node not in spec.outputs and spec.sees_data(layer.node)
    ]


def iteration_of_sample(session: Session, row: int) -> int | None:
    """An iteration that learns from a sample: the latest up to the position, else the next.

    None where none has been computed yet, or none is near: with shuffled batches only the
    iterations around the position are looked through.
    """
    here = session.position.iteration
    first = session.trace.column("sample").astype(np.int64)
    batch = session.trace.column("batch").astype(np.int64)
    document = session.document
    settings = [document.training, *(c.training for c in document.changes if c.training)]
    if all(training.order == "given" for training in settings) or (batch == 1).all():
        found = np.flatnonzero((first <= row) & (row < first + batch)) + 1
    else:
        near = range(max(here - _LOOKED_THROUGH, 1), min(here, len(first)) + 1)
        found = np.array([k for k in near if row in session.samples_of(k)], dtype=np.int64)
    if not len(found):
        return None
    earlier = found[found <= here]
    return int(earlier[-1] if len(earlier) else found[0])
