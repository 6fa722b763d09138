"""Separating lines: of what is drawn, now and before, of other units; weights as an arrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from nnsim.session.probing import Affine, Probe, layer_of
from nnsim.session.scales import sum_at
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.geometry import foot, segment
from nnsim.ui.panels.plane.items import Arrow
from nnsim.ui.panels.plotting.items import Lines, pen
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

# The arrow is drawn to scale between these shares of the view.
_SHORTEST, _LONGEST = 0.08, 0.3
_MOST_LINES = 16
_NO_LINES = np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Boundary:
    """A separating line w·x + b = equals of a unit whose sum is affine in the inputs."""

    line: Affine
    equals: float

    @property
    def zero(self) -> Affine:
        """The same line as w·x + (b - equals) = 0."""
        return Affine(self.line.weights, self.line.bias - self.equals)


def boundary_of(probe: Probe, subject: Subject, level: float | None) -> Boundary | None:
    """The separating line of a unit, where it has one: a sum of inputs alone, and a level."""
    if subject.is_winner or level is None:
        return None
    equals = sum_at(layer_of(probe.spec, subject.node).activation, level)
    line = None if equals is None else probe.affine(subject.node, subject.unit)
    return None if line is None or equals is None else Boundary(line, equals)


def sum_line(probe: Probe, unit: Subject) -> Affine | None:
    """The sum of a unit over the inputs; None behind other units, or where it has several rows."""
    layer = layer_of(probe.spec, unit.node)
    return probe.affine(unit.node, unit.unit) if layer.rows == layer.units else None


class SeparatingLines:
    """Draws them; ``contour``, where a unit without a line decides, is accented like its line."""

    def __init__(self, plot: Plot, preferences: Preferences, contour: Lines) -> None:
        self._plot = plot
        self._preferences = preferences
        self._contour = contour
        self._line, self._ghost = Lines(), Lines()
        self._others, self._selected = Lines(), Lines()
        self._curves = (self._others, self._ghost, contour, self._line, self._selected)
        for depth, curve in enumerate(self._curves):
            curve.setZValue(5 + depth)
            plot.addItem(curve, ignoreBounds=True)
        self._arrow = Arrow(plot)
        self.boundary: Boundary | None = None
        self.ghost: Boundary | None = None
        #: Whether lines of other units are drawn.
        self.has_lines = False
        #: Whether the line of what is drawn is accented, and whether that of another unit is added.
        self.is_accented = self.has_selected = False
        #: Whether the separating line can be seen, and whether the weights are drawn as an arrow.
        self.is_line_visible = self.has_arrow = False
        self.is_to_scale = True

    def dress(self) -> None:
        """Take the colours again; nothing is accented then."""
        theme, zoom = self._preferences.theme, self._preferences.zoom
        self.is_accented = False
        self._draw_accent()
        self._selected.set_pen(pen(theme.color("accent"), 2.0 * zoom))
        self._ghost.set_pen(pen(theme.color("muted"), 1.5 * zoom, Qt.PenStyle.DashLine))
        self._others.set_pen(pen(theme.color("muted"), 1.0 * zoom, Qt.PenStyle.DotLine))

    def find(
        self, probe: Probe, before: Probe | None, subject: Subject, level: float | None
    ) -> None:
        """Find out which lines there are now, and before the last update."""
        self.boundary = boundary_of(probe, subject, level)
        self.ghost = None if before is None else boundary_of(before, subject, level)

    def draw(self, probe: Probe, subject: Subject, low: Floats, high: Floats, all_: bool) -> None:
        """Draw them in the visible rectangle; ``all_``: of all units of the first layer too."""
        for curve, boundary in ((self._line, self.boundary), (self._ghost, self.ghost)):
            ends = None if boundary is None else segment(boundary.zero, low, high)
            if curve is self._line and boundary is not None:
                sums = boundary.zero(np.array([low, (high[0], low[1]), high, (low[0], high[1])]))
                self.is_line_visible = bool(sums.min() <= 0 <= sums.max())
            curve.show_lines(_NO_LINES if ends is None else ends)
        others = self._other_lines(probe, subject, low, high) if all_ else _NO_LINES
        self.has_lines = len(others) > 0
        self._others.show_lines(others)
        self._draw_arrow(low, high)

    def mark(
        self,
        probe: Probe,
        subject: Subject,
        unit: Subject | None,
        has_contour: bool,
        low: Floats,
        high: Floats,
    ) -> None:
        """Accent the line of a unit, the selected one; another unit's than the subject is added."""
        has_line = has_contour if self.boundary is None else self.is_line_visible
        is_accented = unit == subject and has_line
        if is_accented != self.is_accented:
            self.is_accented = is_accented
            self._draw_accent()
        line = None if unit is None or unit == subject else sum_line(probe, unit)
        ends = None if line is None else segment(line, low, high)
        self.has_selected = ends is not None
        self._selected.show_lines(_NO_LINES if ends is None else ends)

    def hide(self) -> None:
        """Take them off the plot."""
        self.boundary = self.ghost = None
        self._arrow.hide()
        for curve in self._curves:
            curve.show_lines(_NO_LINES)

    def _draw_accent(self) -> None:
        role = "accent" if self.is_accented else "text"
        strong = pen(self._preferences.theme.color(role), 2.0 * self._preferences.zoom)
        self._line.set_pen(strong)
        self._contour.set_pen(strong)

    def _other_lines(self, probe: Probe, subject: Subject, low: Floats, high: Floats) -> Floats:
        """Where the sums of the other units of the first layer are 0."""
        found = [_NO_LINES]
        for layer in probe.spec.layers:
            for row in range(min(layer.rows, _MOST_LINES)):
                line = probe.affine(layer.node, row)
                if line is None or Subject(layer.node, row) == subject:
                    continue
                ends = segment(line, low, high)
                if ends is not None:
                    found.append(ends)
        return np.concatenate(found)

    def _draw_arrow(self, low: Floats, high: Floats) -> None:
        boundary = self.boundary
        self.has_arrow = False
        if boundary is None:
            self._arrow.hide()
            return
        home = self._plot.home
        middle = np.array([home.center().x(), home.center().y()])
        weights = boundary.line.weights
        length = float(np.hypot(*weights))
        start = foot(boundary.zero, middle)
        if start is None or not np.isfinite(length) or (start < low).any() or (start > high).any():
            self._arrow.hide()
            return
        size = min(home.width(), home.height())
        drawn = min(max(length, _SHORTEST * size), _LONGEST * size)
        tip = start + weights / length * drawn
        self.is_to_scale = drawn == length
        self._arrow.show(start, tip, "w", self._preferences.theme, self._preferences.zoom)
        self.has_arrow = True
