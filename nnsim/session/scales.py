"""On which scale the values of a unit are coloured, and at which value it decides."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnsim.core.ranges import MOST, step_up
from nnsim.engine.activations import ActivationSpec, make_activation
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import layer_of

_BETWEEN_ZERO_AND_ONE = ("step", "sigmoid", "softmax")
# Values all of one sign begin at 0 if the smallest is at most this share of the largest.
_NEAR_ZERO = 0.1


def output_column(spec: PlanSpec, node: str, unit: int) -> int | None:
    """The target column of an output unit, None for a hidden one."""
    before = 0
    for output in spec.outputs:
        if output == node:
            return before + unit
        before += spec.units[output]
    return None


def is_input(spec: PlanSpec, node: str) -> bool:
    """Whether a node of the plan is an input."""
    return any(node == name for name, _ in spec.inputs)


def decision_level(
    spec: PlanSpec, targets: NDArray[np.float64], node: str, unit: int
) -> float | None:
    """The activation at which a unit goes from one class to the other; None for measurements.

    For outputs half-way between their two targets (0 with the hinge loss, which looks at the
    sign); for hidden units 1/2 where they lie between 0 and 1, else 0.  Inputs decide nothing.
    """
    if is_input(spec, node):
        return None
    activation = layer_of(spec, node).activation.name
    if activation == "step":
        return 0.5
    column = output_column(spec, node, unit)
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


def scale_of(spec: PlanSpec, targets: NDArray[np.float64], node: str, unit: int) -> Scale:
    """The scale of a unit: fixed where its activation is bounded, else from its targets.

    Raises KeyError for an input node: ``measuring_scale`` of its values is its scale.
    """
    activation = layer_of(spec, node).activation.name
    if activation in _BETWEEN_ZERO_AND_ONE:
        return Scale(0.5, 0.5, is_fixed=True)
    if activation == "tanh":
        return Scale(0.0, 1.0, is_fixed=True)
    column = output_column(spec, node, unit)
    if column is None or not len(targets):
        return Scale(0.0, 1.0, is_fixed=False)
    low, high = float(targets[:, column].min()), float(targets[:, column].max())
    level = decision_level(spec, targets, node, unit)
    if level is None:
        return measuring_scale(low, high)
    return Scale(level, max(high - level, level - low) or 1.0, is_fixed=False)


def measuring_scale(low: float, high: float) -> Scale:
    """A scale of plain numbers for measurements between ``low`` and ``high``.

    Around 0 where both signs occur, so that the colours tell the sign, and where the values begin
    at 0 or near it, as squares do: their distance from 0 is what is to be seen.
    """
    nearest, farthest = sorted((abs(low), abs(high)))
    if low < 0 < high or low == high or nearest <= _NEAR_ZERO * farthest:
        return Scale(0.0, step_up(max(abs(low), abs(high)) or 1.0), is_fixed=False)
    reach = step_up((high - low) / 2)
    return Scale(round((low + high) / 2 / reach) * reach, 2 * reach, is_fixed=False)
