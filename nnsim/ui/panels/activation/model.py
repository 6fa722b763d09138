"""Curves of an activation and its derivative, and where a neuron stands on them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.core.ranges import step_up
from nnsim.document.model import Document
from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.record import Quantity
from nnsim.explain.wiring import Layer
from nnsim.session.frame import Frame
from nnsim.session.probing import layer_of
from nnsim.ui.panels.plotting.units import Subject, selected_unit

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]

#: Half the width of the axis before a neuron stands farther out.
REACH = 5.0
_POINTS = 400
# So near to a kink that nothing can be seen between, in shares of the axis.
_HAIR = 1e-9


@dataclass(frozen=True, eq=False)
class Curves:
    """f and f' over x, each of shape (points,), NaN where a curve is interrupted.

    ``at_kink`` says what stands at the kink (x = 0), None where both are smooth; ``pieces`` are
    the lines of which a maxout is the highest, shape (pieces, points).
    """

    x: Floats
    f: Floats
    slope: Floats
    at_kink: Kink | None
    pieces: Floats


@dataclass(frozen=True)
class Kink:
    """Values of f and f' at x = 0 and just before and behind it."""

    f: tuple[float, float, float]
    slope: tuple[float, float, float]

    @property
    def jumps(self) -> bool:
        """Whether f itself jumps there."""
        return not _same(*self.f)


@dataclass(frozen=True, eq=False)
class Standing:
    """Where a neuron stands: its sum, its activation, its slope; None for what is still to come.

    ``x`` is what the axis below shows: the sum, or for maxout the input that is varied.
    """

    x: float | None
    f: float | None
    slope: float | None


def elementwise(spec: ActivationSpec, reach: float) -> Curves:
    """An activation that works on one sum, with its derivative, from -reach to reach."""
    activation = make_activation(spec)
    hair = _HAIR * reach
    left = np.linspace(-reach, -hair, _POINTS // 2)
    x = np.concatenate([left, [np.nan], -left[::-1]])

    def f(z: Floats) -> Floats:
        return activation.forward(z)

    def slope(z: Floats) -> Floats:
        return activation.derivative(z, activation.forward(z))

    ends = np.array([-hair, 0.0, hair])
    kink = Kink(_three(f(ends)), _three(slope(ends)))
    is_smooth = _same(*kink.f) and _same(*kink.slope)
    with np.errstate(invalid="ignore", over="ignore"):
        values, slopes = f(x), slope(x)
    gap = np.isnan(x)
    values[gap] = slopes[gap] = np.nan
    return Curves(x, values, slopes, None if is_smooth else kink, np.zeros((0, len(x))))


def softmax_of_one(others: float, reach: float) -> Curves:
    """The softmax of one unit over its own sum; ``others`` = ln Σ e^z of the other units.

    f(z) = e^z / (e^z + e^others), a sigmoid moved to the right by ``others``; f' = f (1 - f).
    """
    x = np.linspace(-reach, reach, _POINTS)
    sigmoid = make_activation(ActivationSpec("sigmoid"))
    f = sigmoid.forward(x - others)
    return Curves(x, f, f * (1.0 - f), None, np.zeros((0, len(x))))


def maxout_of_one(slopes: Floats, offsets: Floats, low: float, high: float) -> Curves:
    """The largest of some lines slope·x + offset, and its slope, over one input."""
    x = np.linspace(low, high, _POINTS)
    with np.errstate(over="ignore", invalid="ignore"):
        lines = slopes[:, np.newaxis] * x + offsets[:, np.newaxis]
    winners = lines.argmax(axis=0)
    slope = slopes[winners]
    slope[1:][winners[1:] != winners[:-1]] = np.nan
    return Curves(x, lines.max(axis=0), slope, None, lines)


def log_sum_exp(z: Floats) -> float:
    """ln Σ e^z without overflow; -∞ for no numbers."""
    if not z.size:
        return -math.inf
    largest = float(z.max())
    return largest + float(np.log(np.exp(z - largest).sum())) if math.isfinite(largest) else largest


def wider(reach: float, *values: float | None) -> float:
    """The reach of an axis, widened in steps of 1, 2, 5 so that the values stand inside."""
    farthest = max((abs(v) for v in values if v is not None and math.isfinite(v)), default=0.0)
    return step_up(farthest) if farthest > reach else reach


# -- which neuron --------------------------------------------------------------------------------


def used_activations(frame: Frame) -> dict[ActivationSpec, list[str]]:
    """Each activation used in the diagram, with the nodes that use it, in the order computed."""
    used: dict[ActivationSpec, list[str]] = {}
    for layer in frame.spec.learning:
        used.setdefault(layer.activation, []).append(layer.node)
    return used


def neuron_for(
    document: Document,
    frame: Frame,
    selection: Quantity | None,
    nodes: frozenset[str],
    activation: ActivationSpec | None,
) -> Subject:
    """The neuron to look at: the selected one, else the first output.

    With an ``activation`` it has to use that: the selected one where it does, else the first.
    """
    found = selected_unit(document, frame, selection, nodes) or Subject(frame.spec.outputs[0])
    if activation is None or layer_of(frame.spec, found.node).activation == activation:
        return found
    return Subject(used_activations(frame)[activation][0])


def sums_of(frame: Frame, layer: Layer, sample: int) -> Floats | None:
    """All sums of a layer for a sample of the batch, None until the last one has come about."""
    last = Quantity("z", layer.node, layer.rows - 1, sample=sample)
    if not frame.is_shown(last):
        return None
    return np.asarray(frame.record.arrays[f"z:{layer.node}"][sample], dtype=np.float64)


def standing(frame: Frame, subject: Subject, sample: int, others: float | None) -> Standing:
    """Where a neuron that is no maxout stands; ``others`` as for ``softmax_of_one``."""
    spec = layer_of(frame.spec, subject.node).activation
    z, a = (
        frame.value(frame.at_step(Quantity(kind, subject.node, subject.unit, sample=sample)))
        for kind in ("z", "a")
    )
    if z is None:
        return Standing(None, None, None)
    if a is None:
        return Standing(float(z), None, None)
    if others is not None:
        return Standing(float(z), float(a), float(a) * (1.0 - float(a)))
    slope = make_activation(spec).derivative(np.array([float(z)]), np.array([float(a)]))
    return Standing(float(z), float(a), float(slope[0]))


@dataclass(frozen=True)
class Column:
    """One input of a neuron: the connection it comes by, and its unit in the source."""

    connection: str
    unit: int


def columns_of(layer: Layer, units: dict[str, int], most: int) -> list[Column]:
    """The inputs of a layer, at most so many."""
    columns = [
        Column(source.connection, unit)
        for source in layer.sources
        for unit in range(min(units[source.node], most))
    ]
    return columns[:most]


def maxout_lines(
    frame: Frame, subject: Subject, sample: int, column: Column
) -> tuple[Floats, Floats, float] | None:
    """Slopes and offsets of the pieces over one input, and the present value of that input.

    With the parameters the prediction was made with, so that the neuron stands on its curve.  None
    until its inputs have come about.
    """
    layer = layer_of(frame.spec, subject.node)
    pieces = layer.rows // layer.units
    rows = slice(subject.unit * pieces, (subject.unit + 1) * pieces)
    arrays = frame.record.arrays
    offsets = arrays[f"b:{layer.node}"][rows].astype(np.float64)
    slopes, value = np.zeros(pieces), 0.0
    for source in layer.sources:
        last = Quantity("a", source.node, frame.spec.units[source.node] - 1, sample=sample)
        if not frame.is_shown(last):
            return None
        inputs = arrays[f"a:{source.node}"][sample].astype(np.float64)
        weights = arrays[f"w:{source.connection}"][rows].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            offsets = offsets + weights @ inputs
        if source.connection == column.connection:
            slopes, value = weights[:, column.unit], float(inputs[column.unit])
    with np.errstate(over="ignore", invalid="ignore"):
        return slopes, offsets - slopes * value, value


def _three(values: Floats) -> tuple[float, float, float]:
    before, at, behind = (float(value) for value in values)
    return before, at, behind


def _same(*values: float) -> bool:
    return max(values) - min(values) < 1e-6
