"""What every unit of a network makes of every place around the samples, from one batched forward.

A network fed by one or two columns of the table has such maps; of three columns there is no plane.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nnsim.core.ranges import span
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import grid, grid_side, probe_for
from nnsim.session.scales import Scale, is_input, measuring_scale, scale_of

Floats = NDArray[np.float64]

#: Room around the samples, as a share of what they take up.
MARGIN = 0.25
_WITHOUT_SAMPLES = 6.0


def has_maps(document: Document) -> bool:
    """Whether its table has the one or two input columns that a line or a plane needs."""
    return len(document.data.input_names) in (1, 2)


def region(inputs: Floats, margin: float = MARGIN) -> tuple[Floats, Floats]:
    """The lowest and the highest value of each input column around the samples, with a margin.

    Without samples, the square of the playground's sets.
    """
    if not len(inputs):
        reach = np.full(inputs.shape[1], _WITHOUT_SAMPLES)
        return -reach, reach
    ranges = np.array([span(column.tolist(), margin) for column in inputs.T]).reshape(-1, 2)
    return ranges[:, 0], ranges[:, 1]


class UnitMaps:
    """The outputs of all units over the region of the samples, with parameters it is given.

    Looking never changes the thing looked at: it has a probe of its own.
    """

    def __init__(self, spec: PlanSpec, document: Document) -> None:
        self.spec = spec
        self._targets = prepared(document).targets
        self._low, self._high = region(document.data.inputs)
        self._probe = probe_for(document, spec, rough=True)
        # What is made of noise alone has no place on the plane.
        self._mapped = [layer.node for layer in spec.learning if spec.sees_data(layer.node)]
        self._scales: dict[tuple[str, int], Scale] = {}

    def put(self, parameters: Mapping[str, Floats]) -> bool:
        """Use these parameters from now on; True where one of them is another than before."""
        return self._probe.put(parameters)

    def side(self, work: float, most: int) -> int:
        """How fine a grid the network can be asked for, as ``grid_side``."""
        return grid_side(self.spec, work, most)

    def values(self, side: int) -> dict[str, Floats]:
        """Of each node, inputs too, the outputs of its units: shape (units, rows, side).

        Two columns: as many rows, the lowest x2 first.  One column: a single row.
        """
        points = self._points(side)
        found = self._probe.respond(points, *self._mapped)
        shape = (-1, len(points) // side, side)
        return {node: response.a.T.reshape(shape) for node, response in found.items()}

    def _points(self, side: int) -> Floats:
        low, high = self._low, self._high
        if len(low) == 1:
            return low + (high - low) * ((np.arange(side) + 0.5) / side)[:, np.newaxis]
        return grid((low[0], low[1]), (high[0], high[1]), side)

    def shares(self, side: int) -> dict[str, Floats]:
        """``values`` as shares from -1 to 1 of the scale of each unit; what is no number is NaN."""
        return {
            node: np.stack(
                [self._scale(node, unit, of_unit) for unit, of_unit in enumerate(values)]
            )
            for node, values in self.values(side).items()
        }

    def _scale(self, node: str, unit: int, values: Floats) -> Floats:
        scale = self._scales.get((node, unit))
        if scale is None:
            scale = self._scales[node, unit] = self._make_scale(node, unit, values)
        scale.take_in(values)
        with np.errstate(invalid="ignore", over="ignore"):
            return np.clip((values - scale.middle) / scale.reach, -1.0, 1.0)

    def _make_scale(self, node: str, unit: int, values: Floats) -> Scale:
        if is_input(self.spec, node):
            return measuring_scale(float(values.min()), float(values.max()))
        return scale_of(self.spec, self._targets, node, unit)
