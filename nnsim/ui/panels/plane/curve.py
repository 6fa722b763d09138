"""One input: the output of a unit as a curve over it, with the samples."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt

from nnsim.core.ranges import span
from nnsim.engine.plan import PlanSpec
from nnsim.session.maps import region
from nnsim.session.probing import Affine, Probe
from nnsim.session.scales import Scale, decision_level, measuring_scale, output_column
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import image_of
from nnsim.ui.panels.plane.cloud import Cloud, holds, scale_in, thinned_groups
from nnsim.ui.panels.plane.items import Ground, Samples, class_image
from nnsim.ui.panels.plane.model import Group, has_winner
from nnsim.ui.panels.plane.regions import SIDE_TINT, Wishes, discrete
from nnsim.ui.panels.plane.separating import Boundary, boundary_of
from nnsim.ui.panels.plotting.items import pen
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

_POINTS = 401
_MARGIN, _SIDE_MARGIN = 0.15, 0.2


class CurveView:
    """Draws one unit of a network over its only input, as ``PlaneView`` does over two."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._ghost = pg.PlotCurveItem(antialias=True, connect="finite")
        self._curve = pg.PlotCurveItem(antialias=True, connect="finite")
        self._border = pg.PlotCurveItem(antialias=True, connect="all")
        for depth, item in enumerate((self._border, self._ghost, self._curve)):
            item.setZValue(5 + depth)
            plot.addItem(item, ignoreBounds=True)
        self._ground = Ground()
        plot.addItem(self._ground, ignoreBounds=True)
        self._samples = Samples(plot)
        #: Where every sample stands, and the rows of those that are drawn.
        self.points: Floats = np.zeros((0, 2))
        self.rows: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        #: Parts of the samples that are drawn.
        self.parts: tuple[str, ...] = ()
        self.wishes = Wishes()
        # Whether the axes are those of samples shown before, and whether they stay.
        self._is_placed = self._keeps_home = False
        self._x_range = (0.0, 1.0)
        self.groups: list[Group] = []
        self.scale: Scale | None = None
        self.level: float | None = None
        self.boundary: Boundary | None = None
        self.has_ghost = False
        #: What the bands behind the curve tell: "winner", "side" or nothing.
        self.bands = ""
        #: Whether the curve is accented, for its unit is selected.
        self.is_accented = False

    def show_samples(
        self,
        cloud: Cloud,
        shown: Collection[str],
        spec: PlanSpec | None,
        subject: Subject,
        keeps_home: bool = False,
    ) -> None:
        """The samples of these parts at (x, target) where the unit is an output; the axes hold all.

        ``spec`` is None where nothing runs yet; the samples stand at their first target then.
        ``keeps_home``: the axes stay where they hold the samples already.
        """
        theme, zoom = self._preferences.theme, self._preferences.zoom
        column = 0 if spec is None else output_column(spec, subject.node, subject.unit)
        self.scale, self.level = measuring_scale(-1.0, 1.0), None
        if spec is not None:
            self.scale = scale_in(spec, cloud, subject)
            self.level = decision_level(spec, cloud.targets, subject.node, subject.unit)
        self._plot.view.setAspectLocked(False)
        low, high = region(cloud.inputs, _SIDE_MARGIN)
        self._x_range = (float(low[0]), float(high[0]))
        self.rows, self.groups = cloud.rows(shown), []
        self.parts = tuple(part for part in cloud.present if part in shown)
        self.points = np.zeros((0, 2))
        self._samples.clear()
        if column is not None:
            self.points = np.column_stack([cloud.inputs[:, 0], cloud.targets[:, column]])
            self.groups = cloud.groups(column, self.rows)
            if not self.groups and len(self.rows):
                self.groups = [Group(self.rows, None, "high", 0, column)]
            drawn = thinned_groups(self.groups, len(self.rows))
            self._samples.show_groups(self.points, drawn, cloud.parts, theme, zoom)
        self._draw_accent()
        self._keeps_home = keeps_home and self._is_placed and holds(self._plot.home, self.points)
        self._is_placed = True
        self._set_home()

    def show_ring(self, row: int | None) -> None:
        """A ring around the sample of this row of the data."""
        point = None if row is None or not len(self.points) else self.points[row]
        self._samples.show_ring(point, self._preferences.theme, self._preferences.zoom)

    def draw(self, probe: Probe, before: Probe | None, subject: Subject, work: float) -> None:
        """The curve with the parameters the probe has now, and dashed with those before.

        It is the same at rest: ``work`` is for ``PlaneView``.
        """
        theme, zoom = self._preferences.theme, self._preferences.zoom
        visible = self._plot.visible
        x = np.linspace(visible.left(), visible.right(), _POINTS)
        y = probe.respond(x[:, np.newaxis], subject.node)[subject.node].a[:, subject.unit]
        assert self.scale is not None
        home = np.linspace(*self._x_range, 41)[:, np.newaxis]
        self.scale.take_in(probe.respond(home, subject.node)[subject.node].a[:, subject.unit])
        self._set_home()
        is_discrete = self.wishes.discrete and self.level is not None
        self._curve.setData(x, discrete(y, self.scale, self.level) if is_discrete else y)
        self.has_ghost = before is not None
        if before is None:
            self._ghost.setData([], [])
        else:
            old = before.respond(x[:, np.newaxis], subject.node)[subject.node].a[:, subject.unit]
            style = pen(theme.color("muted"), 1.5 * zoom, Qt.PenStyle.DashLine)
            self._ghost.setData(x, old, pen=style)
        self.boundary = boundary_of(probe, subject, self.level)
        self._draw_border()
        self._draw_bands(probe, x, y)

    def _draw_border(self) -> None:
        place = None if self.boundary is None else crossing(self.boundary.zero)
        if place is None:
            self._border.setData([], [])
            return
        visible = self._plot.visible
        color = self._preferences.theme.color("neutral")
        style = pen(color, 1.5 * self._preferences.zoom, Qt.PenStyle.DotLine)
        self._border.setData([place, place], [visible.top(), visible.bottom()], pen=style)

    def _draw_bands(self, probe: Probe, x: Floats, y: Floats) -> None:
        """Behind the curve, what is decided where: the largest of several outputs, or the side."""
        spec, theme, visible = probe.spec, self._preferences.theme, self._plot.visible
        self.bands = "winner" if has_winner(spec) else "side" if self.level is not None else ""
        if self.bands == "winner":
            found = probe.respond(x[:, np.newaxis], *spec.outputs)
            outputs = np.hstack([found[node].a for node in spec.outputs])
            winners = np.nan_to_num(outputs, nan=-np.inf).argmax(axis=1)
            image = class_image(winners[np.newaxis], spec.output_count, theme)
        elif self.level is not None:
            tints = [theme.mixed(role, SIDE_TINT).rgb() for role in ("negative", "positive")]
            sides = (y >= self.level).astype(np.int64)
            image = image_of(np.array(tints, dtype=np.uint32)[sides[np.newaxis]])
        else:
            self._ground.show_areas([], QRectF())
            return
        half = (x[1] - x[0]) / 2
        where = QRectF(x[0] - half, visible.top(), x[-1] - x[0] + 2 * half, visible.height())
        self._ground.show_image(image, where, smooth=False)

    def _set_home(self) -> None:
        if self._keeps_home:
            return
        assert self.scale is not None
        values = [self.scale.low, self.scale.high, *self.points[:, 1].tolist()]
        low, high = span(values, _MARGIN)
        left, right = self._x_range
        self._plot.set_home(QRectF(left, low, right - left, high - low))

    def looks(self) -> tuple[object, ...]:
        """What the legend depends on while a network learns."""
        return self.has_ghost, self.is_accented, self.bands

    def mark(self, probe: Probe, subject: Subject, unit: Subject | None) -> None:
        """Accent the curve where it is that of the selected unit."""
        if self.is_accented != (unit == subject):
            self.is_accented = unit == subject
            self._draw_accent()

    def _draw_accent(self) -> None:
        color = self._preferences.theme.color("accent" if self.is_accented else "text")
        self._curve.setPen(pen(color, 2.0 * self._preferences.zoom))

    def is_coarse(self, spec: PlanSpec) -> bool:
        """A curve is as fine as it will be."""
        return False

    def hide(self) -> None:
        """Take everything off the plot."""
        self._is_placed = False
        self._samples.clear()
        self.show_ring(None)
        self.hide_network()

    def hide_network(self) -> None:
        """Leave only the samples: there is nothing that runs."""
        self.boundary = None
        self.bands = ""
        self._ground.show_areas([], QRectF())
        for item in (self._border, self._ghost, self._curve):
            item.setData([], [])


def crossing(line: Affine) -> float | None:
    """The x at which w·x + b = 0, None where w = 0."""
    weight = float(line.weights[0])
    place = -line.bias / weight if weight else None
    return place if place is not None and np.isfinite(place) else None
