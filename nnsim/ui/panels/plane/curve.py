"""One input: the output of a unit as a curve over it, with the samples."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt

from nnsim.core.ranges import span
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import Affine, Probe
from nnsim.session.scales import Scale, decision_level, output_column, scale_of
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.items import Samples
from nnsim.ui.panels.plane.model import (
    Group,
    groups,
    thinned,
)
from nnsim.ui.panels.plane.view import MOST_SAMPLES, Boundary, boundary_of
from nnsim.ui.panels.plotting.items import pen
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

_POINTS = 401
_MARGIN = 0.15


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
        self._samples = Samples(plot)
        self.points: Floats = np.zeros((0, 2))
        self._x_range = (0.0, 1.0)
        self.groups: list[Group] = []
        self.scale: Scale | None = None
        self.level: float | None = None
        self.boundary: Boundary | None = None
        self.has_ghost = False
        #: Whether the curve is accented, for its unit is selected.
        self.is_accented = False

    def show_samples(
        self, inputs: Floats, targets: Floats, spec: PlanSpec, subject: Subject
    ) -> None:
        """The samples at (x, target) where the unit is an output; the axes hold them all."""
        theme, zoom = self._preferences.theme, self._preferences.zoom
        column = output_column(spec, subject.node, subject.unit)
        self.scale = scale_of(spec, targets, subject.node, subject.unit)
        self.level = decision_level(spec, targets, subject.node, subject.unit)
        self._plot.view.setAspectLocked(False)
        self._x_range = span(inputs[:, 0].tolist(), 0.2)
        self.groups = []
        self.points = np.zeros((0, 2))
        if column is None:
            self._samples.clear()
        else:
            self.points = np.column_stack([inputs[:, 0], targets[:, column]])
            rows = np.arange(len(inputs))
            self.groups = groups(targets, column) or [Group(rows, None, "high", 0, column)]
            share = MOST_SAMPLES / max(len(inputs), 1)
            drawn = [
                Group(thinned(g.rows, share), g.value, g.kind, g.number, g.column)
                for g in self.groups
            ]
            self._samples.show_groups(self.points, drawn, theme, zoom)
        self._draw_accent()
        self._set_home()

    def show_ring(self, row: int | None) -> None:
        """A ring around the sample of this row of the data."""
        point = None if row is None or not len(self.points) else self.points[row]
        self._samples.show_ring(point, self._preferences.theme, self._preferences.zoom)

    def draw(self, probe: Probe, before: Probe | None, subject: Subject) -> None:
        """The curve with the parameters the probe has now, and dashed with those before."""
        theme, zoom = self._preferences.theme, self._preferences.zoom
        visible = self._plot.visible
        x = np.linspace(visible.left(), visible.right(), _POINTS)
        y = probe.respond(x[:, np.newaxis], subject.node)[subject.node].a[:, subject.unit]
        assert self.scale is not None
        home = np.linspace(*self._x_range, 41)[:, np.newaxis]
        self.scale.take_in(probe.respond(home, subject.node)[subject.node].a[:, subject.unit])
        self._set_home()
        self._curve.setData(x, y)
        self.has_ghost = before is not None
        if before is None:
            self._ghost.setData([], [])
        else:
            old = before.respond(x[:, np.newaxis], subject.node)[subject.node].a[:, subject.unit]
            style = pen(theme.color("muted"), 1.5 * zoom, Qt.PenStyle.DashLine)
            self._ghost.setData(x, old, pen=style)
        self.boundary = boundary_of(probe, subject, self.level)
        self._draw_border()

    def _draw_border(self) -> None:
        place = None if self.boundary is None else crossing(self.boundary.zero)
        if place is None:
            self._border.setData([], [])
            return
        visible = self._plot.visible
        color = self._preferences.theme.color("neutral")
        style = pen(color, 1.5 * self._preferences.zoom, Qt.PenStyle.DotLine)
        self._border.setData([place, place], [visible.top(), visible.bottom()], pen=style)

    def _set_home(self) -> None:
        assert self.scale is not None
        values = [self.scale.low, self.scale.high, *self.points[:, 1].tolist()]
        low, high = span(values, _MARGIN)
        left, right = self._x_range
        self._plot.set_home(QRectF(left, low, right - left, high - low))

    def looks(self) -> tuple[object, ...]:
        """What the legend depends on while a network learns."""
        return self.has_ghost, self.is_accented

    def mark(self, probe: Probe, subject: Subject, unit: Subject | None) -> None:
        """Accent the curve where it is that of the selected unit."""
        if self.is_accented != (unit == subject):
            self.is_accented = unit == subject
            self._draw_accent()

    def _draw_accent(self) -> None:
        color = self._preferences.theme.color("accent" if self.is_accented else "text")
        self._curve.setPen(pen(color, 2.0 * self._preferences.zoom))

    def hide(self) -> None:
        """Take everything off the plot."""
        self._samples.clear()
        self.show_ring(None)
        for item in (self._border, self._ghost, self._curve):
            item.setData([], [])


def crossing(line: Affine) -> float | None:
    """The x at which w·x + b = 0, None where w = 0."""
    weight = float(line.weights[0])
    place = -line.bias / weight if weight else None
    return place if place is not None and np.isfinite(place) else None
