"""The gradient of a recurrent layer against the time step: where it grows and where it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnsim.core.spacing import evenly_spaced
from nnsim.data import Table
from nnsim.session.history import Inside
from nnsim.ui.panels.gradients.measures import Floats

#: Iterations whose curves are drawn faintly behind that of the present one.
MOST_EARLIER = 8


class TimeCourses(NamedTuple):
    """‖∂L/∂h_t‖ of one recurrent layer: ``x`` time steps from 1; a row of ``y`` an iteration.

    ``iterations`` names the rows; the last is that of the present iteration, if there is one.
    """

    node: str
    x: Floats
    iterations: tuple[int, ...]
    y: Floats
    has_present: bool

    @classmethod
    def of(
        cls, points: Sequence[Inside], present: Inside | None, nodes: Sequence[str]
    ) -> TimeCourses | None:
        """Those of the first of these nodes that is recurrent; None where none is."""
        every = [*points, *([] if present is None else [present])]
        node = next((n for n in nodes if every and n in every[0].in_time), None)
        if node is None:
            return None
        earlier = [points[k] for k in evenly_spaced(len(points), MOST_EARLIER)]
        shown = [p for p in earlier if present is None or p.iteration != present.iteration]
        shown += [] if present is None else [present]
        y = np.array([point.in_time[node] for point in shown])
        steps = np.arange(1.0, y.shape[1] + 1)
        return cls(node, steps, tuple(p.iteration for p in shown), y, present is not None)

    @property
    def growth(self) -> float:
        """How many times larger the norm is at the first step than at the last; NaN without one."""
        if not self.has_present:
            return float("nan")
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return float(self.y[-1, 0] / self.y[-1, -1])

    def table(self) -> Table:
        """A row a time step, a column an iteration."""
        names = tuple(f"iteration {iteration}" for iteration in self.iterations)
        return Table(("t",), names, self.x[:, np.newaxis], self.y.T)
