"""What the plane shows of a network: of which unit, where it decides, which samples are alike."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document, Node
from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import layer_of
from nnsim.session.session import Session
from nnsim.ui.panels.plotting.ranges import MOST, step_up
from nnsim.ui.panels.plotting.units import Subject, output_column

# Targets with more values than this are no classes but measurements.
_MOST_CLASSES = 8
# Iterations looked through for a sample where their order is drawn at random.
_LOOKED_THROUGH = 100
_BETWEEN_ZERO_AND_ONE = ("step", "sigmoid", "softmax")


WINNER = Subject()


@dataclass(frozen=True)
class Marks:
    """What is marked of the selection: the unit it belongs to, and the sample with the ring.

    ``is_current`` says whether that is the sample the walk stands at, and not another of the batch.
    """

    unit: Subject | None
    is_current: bool


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


# -- where it decides ----------------------------------------------------------------------------


def decision_level(spec: PlanSpec, targets: NDArray[np.float64], subject: Subject) -> float | None:
    """The activation at which a unit goes from one class to the other; None for measurements.

    For outputs half-way between their two targets (0 with the hinge loss, which looks at the
    sign); for hidden units 1/2 where they lie between 0 and 1, else 0.
    """
    activation = layer_of(spec, subject.node).activation.name
    if activation == "step":
        return 0.5
    column = output_column(spec, subject)
    if column is None:
        return 0.5 if activation in _BETWEEN_ZERO_AND_ONE else 0.0
    if spec.loss.name == "hinge":
        return 0.0
    values = np.unique(targets[:, column])
    if len(values) == 2:
        return float(values.mean())
    if len(values) > 2:
        return None
    return 0.5 if activation in _BETWEEN_ZERO_AND_ONE else 0.0


def sum_at(activation: ActivationSpec, level: float) -> float | None:
    """The one sum z with f(z) = level, where f rises through it; None where there is none."""
    name = activation.name
    if name == "step":
        return 0.0
    if name == "sigmoid":
        return math.log(level / (1 - level)) if 0 < level < 1 else None
    if name == "tanh":
        return math.atanh(level) if -1 < level < 1 else None
    if name == "identity" or (name in ("relu", "leaky_relu", "elu") and level >= 0):
        return level
    if name == "leaky_relu" and activation.slope > 0:
        return level / activation.slope
    if name == "elu" and 0 < -level < activation.alpha:
        return math.log1p(level / activation.alpha)
    if name == "softplus" and level > 0:
        # ln(e^level - 1), without the overflow
        return level + math.log(-math.expm1(-level))
    if name in ("silu", "gelu") and level >= 0:
        return _gated_sum_at(activation, level)
    return None


def _gated_sum_at(spec: ActivationSpec, level: float) -> float:
    """z with z s(z) = level, where s rises from 1/2 at 0 to 1: between level and its double."""
    activation = make_activation(spec)
    low, high = level, 2 * level
    # Halved until they are neighbours.
    while low < (middle := low + (high - low) / 2) < high:
        if activation.forward(np.array([middle]))[0] < level:
            low = middle
        else:
            high = middle
    return high


class Scale:
    """Values to shares from -1 to 1 around a middle; its reach widens in steps and never jitters.

    The shares are what colours are looked up by.
    """

    def __init__(self, middle: float, reach: float, is_fixed: bool) -> None:
        self.middle, self.reach, self.is_fixed = middle, reach, is_fixed

    def take_in(self, values: NDArray[np.float64]) -> None:
        """Widen so that the finite values fit: to 1, 2, 4, 8 … times what it was."""
        if self.is_fixed:
            return
        with np.errstate(over="ignore"):
            finite = np.abs(values[np.isfinite(values)] - self.middle)
        farthest = float(finite.max(initial=0.0))
        if farthest > self.reach:
            doublings = math.ceil(math.log2(min(farthest, MOST)) - math.log2(self.reach))
            self.reach *= 2.0 ** max(doublings, 0)

    @property
    def low(self) -> float:
        """The value of share -1."""
        return self.middle - self.reach

    @property
    def high(self) -> float:
        """The value of share 1."""
        return self.middle + self.reach


def scale_of(spec: PlanSpec, targets: NDArray[np.float64], subject: Subject) -> Scale:
    """The scale of a unit: fixed where its activation is bounded, else from its targets."""
    activation = layer_of(spec, subject.node).activation.name
    if activation in _BETWEEN_ZERO_AND_ONE:
        return Scale(0.5, 0.5, is_fixed=True)
    if activation == "tanh":
        return Scale(0.0, 1.0, is_fixed=True)
    column = output_column(spec, subject)
    if column is None or not len(targets):
        return Scale(0.0, 1.0, is_fixed=False)
    low, high = float(targets[:, column].min()), float(targets[:, column].max())
    level = decision_level(spec, targets, subject)
    if level is None:
        return measuring_scale(low, high)
    return Scale(level, max(high - level, level - low) or 1.0, is_fixed=False)


def measuring_scale(low: float, high: float) -> Scale:
    """A scale of plain numbers for measurements between ``low`` and ``high``.

    Around 0 where both signs occur, so that the colours tell the sign.
    """
    if low < 0 < high or low == high:
        return Scale(0.0, step_up(max(abs(low), abs(high)) or 1.0), is_fixed=False)
    reach = step_up((high - low) / 2)
    return Scale(round((low + high) / 2 / reach) * reach, 2 * reach, is_fixed=False)


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
    if len(values) > _MOST_CLASSES:
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
    return rows[np.linspace(0, len(rows) - 1, keep).round().astype(np.int64)] if len(rows) else rows


def input_count(document: Document) -> int:
    """Input units of the diagram."""
    return sum(node.units for node in document.inputs)


def hidden_nodes(document: Document, spec: PlanSpec) -> list[Node]:
    """Nodes with neurons that are no outputs, in the order they are computed."""
    return [document.node(layer.node) for layer in spec.layers if layer.node not in spec.outputs]


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
