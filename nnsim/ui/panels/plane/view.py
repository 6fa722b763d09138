"""The plane of two inputs: regions or a separating line, samples, the weights as an arrow."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from nnsim.engine.plan import PlanSpec
from nnsim.session.maps import region
from nnsim.session.probing import Probe
from nnsim.session.scales import Scale, decision_level, measuring_scale, output_column
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.cloud import (
    MOST_SAMPLES,
    Cloud,
    holds,
    is_output,
    scale_in,
    thinned_groups,
)
from nnsim.ui.panels.plane.generated import Generated
from nnsim.ui.panels.plane.items import Samples
from nnsim.ui.panels.plane.model import Group, thinned
from nnsim.ui.panels.plane.regions import Regions, Wishes, is_step
from nnsim.ui.panels.plane.separating import Boundary, SeparatingLines
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

# Axes of equal scale, so that weights stand at right angles to their line, up to this ratio.
_MOST_UNEQUAL = 5.0


class PlaneView:
    """Draws one unit (or the winning output) of a network over its two inputs."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self.regions = Regions(plot, preferences)
        self.lines = SeparatingLines(plot, preferences, self.regions.contour)
        self._samples = Samples(plot)
        self.generated = Generated(plot, preferences)
        self.wishes = Wishes()
        self.groups: list[Group] = []
        self.scale: Scale | None = None
        self.level: float | None = None
        #: Where every sample stands, and the rows of those that are drawn.
        self.points: Floats = np.zeros((0, 2))
        self.rows: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        #: Parts of the samples that are drawn.
        self.parts: tuple[str, ...] = ()
        #: Whether two half planes are drawn, and not a map of values.
        self.is_split = False
        # Whether the axes are those of samples shown before.
        self._is_placed = False

    # -- what stays while a network learns ---------------------------------------------------------

    def show_samples(
        self,
        cloud: Cloud,
        shown: Collection[str],
        spec: PlanSpec | None,
        subject: Subject,
        keeps_home: bool = False,
    ) -> None:
        """The samples of these parts, and the axes that hold all samples.

        ``spec`` is None where nothing runs yet: there are only samples then.  ``keeps_home``: the
        axes stay where they hold the samples already.
        """
        self.regions.dress()
        self.lines.dress()
        self.points = cloud.inputs
        self.rows = cloud.rows(shown)
        self.parts = tuple(part for part in cloud.present if part in shown)
        column = None
        if spec is not None and not subject.is_winner:
            column = output_column(spec, subject.node, subject.unit)
        if column is None and (spec is None or not subject.is_winner):
            column = 0 if cloud.targets.shape[1] == 1 else None
        self.groups = cloud.groups(column, self.rows)
        self.scale = self.level = None
        if spec is not None and not subject.is_winner:
            self.scale = scale_in(spec, cloud, subject)
            self.level = decision_level(spec, cloud.targets, subject.node, subject.unit)
        self._draw_samples(cloud, column, spec, subject)
        self._set_home(cloud, keeps_home)

    def _draw_samples(
        self, cloud: Cloud, column: int | None, spec: PlanSpec | None, subject: Subject
    ) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        rows, inputs = self.rows, cloud.inputs
        if self.groups or column is None or not len(rows):
            drawn = thinned_groups(self.groups, len(rows))
            self._samples.show_groups(inputs, drawn, cloud.parts, theme, zoom)
        else:
            rows = thinned(rows, MOST_SAMPLES / max(len(rows), 1))
            wanted = cloud.targets[:, column]
            scale = measuring_scale(float(wanted.min()), float(wanted.max()))
            if self.scale is not None and is_output(spec, subject):
                scale = self.scale
            table = self.regions.table
            parts = cloud.parts[rows]
            self._samples.show_values(inputs[rows], wanted[rows], parts, scale, table, theme, zoom)

    def _set_home(self, cloud: Cloud, keeps_home: bool) -> None:
        low, high = region(cloud.inputs)
        home = QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1])
        if keeps_home and self._is_placed and holds(self._plot.home, cloud.inputs):
            return
        self._is_placed = True
        ratio = home.width() / home.height()
        self._plot.view.setAspectLocked(1 / _MOST_UNEQUAL <= ratio <= _MOST_UNEQUAL)
        self._plot.set_home(home)

    def show_ring(self, row: int | None) -> None:
        """A ring around the sample of this row of the data."""
        point = None if row is None else self.points[row]
        self._samples.show_ring(point, self._preferences.theme, self._preferences.zoom)

    # -- what moves --------------------------------------------------------------------------------

    def draw(self, probe: Probe, before: Probe | None, subject: Subject, work: float) -> None:
        """Regions and lines with the parameters the probe has now.

        ``before`` has those before the last update; ``work`` bounds the grid (MOVING or RESTING).
        """
        spec = probe.spec
        low, high = self._visible()
        self.lines.find(probe, before, subject, self.level)
        boundary = self.boundary
        self.is_split = boundary is not None and is_step(spec, subject)
        if boundary is not None and self.is_split:
            self.regions.draw_half_planes(spec, subject, boundary, low, high)
        else:
            has_line = boundary is not None
            self.regions.draw_map(
                probe, subject, self.scale, self.level, has_line, self.wishes, work
            )
        self.lines.draw(probe, subject, low, high, self.wishes.lines)
        self.generated.draw(probe)

    def mark(self, probe: Probe, subject: Subject, unit: Subject | None) -> None:
        """Accent the line of a unit, the selected one; another unit's than the subject is added."""
        self.lines.mark(probe, subject, unit, self.regions.has_contour, *self._visible())

    def is_coarse(self, spec: PlanSpec) -> bool:
        """Whether the map drawn last would be finer at rest."""
        return self.regions.is_coarse(spec)

    def _visible(self) -> tuple[Floats, Floats]:
        rect = self._plot.visible
        return np.array([rect.left(), rect.top()]), np.array([rect.right(), rect.bottom()])

    # -- for the words -----------------------------------------------------------------------------

    @property
    def boundary(self) -> Boundary | None:
        """The separating line, where there is one."""
        return self.lines.boundary

    @property
    def is_accented(self) -> bool:
        """Whether the line of what is drawn is accented."""
        return self.lines.is_accented

    def looks(self) -> tuple[object, ...]:
        """What the legend depends on while a network learns."""
        scale = None if self.scale is None else (self.scale.low, self.scale.high)
        lines = self.lines
        drawn = (
            lines.is_accented,
            lines.has_selected,
            lines.has_lines,
            self.regions.levels.is_shown,
        )
        return self.is_split, self.boundary is not None, lines.is_to_scale, *drawn, scale

    def hide(self) -> None:
        """Take everything off the plot."""
        self.hide_network()
        self._is_placed = False
        self._samples.clear()
        self.show_ring(None)

    def hide_network(self) -> None:
        """Leave only the samples: there is nothing that runs."""
        self.generated.hide()
        self.regions.hide()
        self.lines.hide()
