"""The plane of two inputs: regions or a separating line, samples, the weights as an arrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt

from nnsim.core.ranges import span
from nnsim.engine.activations import make_activation
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import Affine, Probe, grid, grid_side, layer_of
from nnsim.session.scales import (
    Scale,
    decision_level,
    measuring_scale,
    output_column,
    scale_of,
    sum_at,
)
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import heat_image, shades
from nnsim.ui.panels.plane.geometry import contour, foot, half_plane, segment
from nnsim.ui.panels.plane.items import Arrow, Ground, Samples, class_image
from nnsim.ui.panels.plane.model import (
    Group,
    groups,
    thinned,
)
from nnsim.ui.panels.plotting.items import Lines, pen
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

#: What a grid may cost, in multiplications: while things move, and at rest.
MOVING, RESTING = 5e6, 300e6
_MOVING_SIDE, _RESTING_SIDE = 56, 200
# Most samples drawn; more are thinned out evenly, and the legend says so.
MOST_SAMPLES = 2000
# Axes of equal scale, so that weights stand at right angles to their line, up to this ratio.
_MOST_UNEQUAL = 5.0
# The arrow is drawn to scale between these shares of the view.
_SHORTEST, _LONGEST = 0.08, 0.3
_SIDE_TINT = 0.22
_MOST_LINES = 16


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


class PlaneView:
    """Draws one unit (or the winning output) of a network over its two inputs."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._ground = Ground()
        self._line, self._ghost, self._contour = Lines(), Lines(), Lines()
        self._others, self._selected = Lines(), Lines()
        self._curves = (self._others, self._ghost, self._contour, self._line, self._selected)
        plot.addItem(self._ground, ignoreBounds=True)
        for depth, curve in enumerate(self._curves):
            curve.setZValue(5 + depth)
            plot.addItem(curve, ignoreBounds=True)
        self._arrow = Arrow(plot)
        self._samples = Samples(plot)
        self._shades = shades(preferences.theme)
        self.groups: list[Group] = []
        self.scale: Scale | None = None
        self.level: float | None = None
        self.boundary: Boundary | None = None
        self.ghost: Boundary | None = None
        self.points: Floats = np.zeros((0, 2))
        #: Whether two half planes are drawn, and not a map of values.
        self.is_split = False
        #: Whether lines of other units are drawn.
        self.has_lines = False
        #: Whether the line of what is drawn is accented, and whether that of another unit is added.
        self.is_accented = self.has_selected = False
        #: Whether the separating line can be seen, and whether the weights are drawn as an arrow.
        self.is_line_visible = self.has_arrow = False
        self.is_to_scale = True
        self.has_contour = False
        self._side = 0

    # -- what stays while a network learns ---------------------------------------------------------

    def show_samples(
        self, inputs: Floats, targets: Floats, spec: PlanSpec, subject: Subject
    ) -> None:
        """The samples, and the axes that hold them all."""
        preferences, plot = self._preferences, self._plot
        theme, zoom = preferences.theme, preferences.zoom
        self._shades = shades(theme)
        self._dress()
        self.points = inputs
        column = None if subject.is_winner else output_column(spec, subject.node, subject.unit)
        if column is None and (not subject.is_winner) and targets.shape[1] == 1:
            column = 0
        self.groups = groups(targets, column)
        self.scale = (
            None if subject.is_winner else scale_of(spec, targets, subject.node, subject.unit)
        )
        self.level = (
            None if subject.is_winner else decision_level(spec, targets, subject.node, subject.unit)
        )
        share = MOST_SAMPLES / max(len(inputs), 1)
        if self.groups or column is None:
            drawn = [
                Group(thinned(g.rows, share), g.value, g.kind, g.number, g.column)
                for g in self.groups
            ]
            self._samples.show_groups(inputs, drawn, theme, zoom)
        else:
            rows = thinned(np.arange(len(inputs)), share)
            wanted = targets[rows, column]
            scale = measuring_scale(float(wanted.min()), float(wanted.max()))
            if (
                output_column(spec, subject.node, subject.unit) is not None
                and self.scale is not None
            ):
                scale = self.scale
            self._samples.show_values(inputs[rows], wanted, scale, self._shades, theme, zoom)
        x, y = span(inputs[:, 0].tolist(), 0.25), span(inputs[:, 1].tolist(), 0.25)
        home = QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0])
        ratio = home.width() / home.height()
        plot.view.setAspectLocked(1 / _MOST_UNEQUAL <= ratio <= _MOST_UNEQUAL)
        plot.set_home(home)

    def show_ring(self, row: int | None) -> None:
        """A ring around the sample of this row of the data."""
        point = None if row is None else self.points[row]
        self._samples.show_ring(point, self._preferences.theme, self._preferences.zoom)

    # -- what moves --------------------------------------------------------------------------------

    def draw(
        self, probe: Probe, before: Probe | None, subject: Subject, lines: bool, work: float
    ) -> None:
        """Regions and lines with the parameters the probe has now.

        ``before`` has those before the last update; ``lines`` draws those of the first layer too;
        ``work`` bounds the grid (MOVING or RESTING).
        """
        spec = probe.spec
        self.boundary = boundary_of(probe, subject, self.level)
        self.ghost = None if before is None else boundary_of(before, subject, self.level)
        self.is_split = self.boundary is not None and _is_step(spec, subject)
        if self.boundary is not None and self.is_split:
            self._draw_half_planes(spec, subject, self.boundary)
        else:
            self._draw_map(probe, subject, work)
        self._draw_lines(probe, subject, lines)

    def mark(self, probe: Probe, subject: Subject, unit: Subject | None) -> None:
        """Accent the line of a unit, the selected one; another unit's than the subject is added."""
        has_line = self.has_contour if self.boundary is None else self.is_line_visible
        is_accented = unit == subject and has_line
        if is_accented != self.is_accented:
            self.is_accented = is_accented
            self._draw_accent()
        line = None if unit is None or unit == subject else sum_line(probe, unit)
        ends = None if line is None else segment(line, *self._visible())
        self.has_selected = ends is not None
        self._selected.show_lines(np.zeros((0, 2)) if ends is None else ends)

    def _draw_accent(self) -> None:
        role = "accent" if self.is_accented else "text"
        strong = pen(self._preferences.theme.color(role), 2.0 * self._preferences.zoom)
        self._line.set_pen(strong)
        self._contour.set_pen(strong)

    def is_coarse(self, spec: PlanSpec) -> bool:
        """Whether the map drawn last would be finer at rest."""
        return not self.is_split and self._side < grid_side(spec, RESTING, _RESTING_SIDE)

    def _visible(self) -> tuple[Floats, Floats]:
        rect = self._plot.visible
        return np.array([rect.left(), rect.top()]), np.array([rect.right(), rect.bottom()])

    def _draw_half_planes(self, spec: PlanSpec, subject: Subject, boundary: Boundary) -> None:
        theme = self._preferences.theme
        low, high = self._visible()
        rect = QRectF(*low, *(high - low))
        area = half_plane(boundary.zero, low, high)
        fires = make_activation(layer_of(spec, subject.node).activation).forward(np.zeros(1))[0]
        if not boundary.line.weights.any() and boundary.zero.bias == 0 and not fires:
            area = area[:0]  # w = 0 and Σ = 0 everywhere, and the convention is >
        whole = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
        self._ground.show_areas(
            [
                (whole, theme.mixed("negative", _SIDE_TINT)),
                (area, theme.mixed("positive", _SIDE_TINT)),
            ],
            rect,
        )
        self._contour.show_lines(np.zeros((0, 2)))

    def _draw_map(self, probe: Probe, subject: Subject, work: float) -> None:
        side = grid_side(probe.spec, work, _MOVING_SIDE if work == MOVING else _RESTING_SIDE)
        low, high = self._visible()
        # One cell more on every side, so that the contour reaches the edge of the plot.
        low, high = low - (high - low) / side, high + (high - low) / side
        points = grid((low[0], low[1]), (high[0], high[1]), side)
        self._side = side
        rect = QRectF(*low, *(high - low))
        if subject.is_winner:
            self._draw_classes(probe, points, side, rect, smooth=work > MOVING)
            return
        values = probe.respond(points, subject.node)[subject.node].a[:, subject.unit]
        values = values.reshape(side, side)
        assert self.scale is not None
        self.scale.take_in(values)
        self._ground.show_image(
            heat_image(values, self.scale, self._shades), rect, smooth=work > MOVING
        )
        ends = np.zeros((0, 2))
        if self.level is not None and self.boundary is None:
            ends = contour(values, self.level, low, high)
        self.has_contour = len(ends) > 0
        self._contour.show_lines(ends)

    def _draw_classes(
        self, probe: Probe, points: Floats, side: int, rect: QRectF, smooth: bool
    ) -> None:
        found = probe.respond(points, *probe.spec.outputs)
        outputs = np.hstack([found[node].a for node in probe.spec.outputs])
        # NaN wins nowhere: where there is one, the first output is as good as any.
        winners = np.nan_to_num(outputs, nan=-np.inf).argmax(axis=1).reshape(side, side)
        theme = self._preferences.theme
        self._ground.show_image(class_image(winners, outputs.shape[1], theme), rect, smooth)
        low, high = np.array([rect.left(), rect.top()]), np.array([rect.right(), rect.bottom()])
        ends = [np.zeros((0, 2))]
        for k in np.unique(winners).tolist():
            others = np.delete(outputs, k, axis=1).max(axis=1)
            ends.append(contour((outputs[:, k] - others).reshape(side, side), 0.0, low, high))
        self._contour.show_lines(np.concatenate(ends))

    # -- lines -------------------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        self.is_accented = False
        self._draw_accent()
        self._selected.set_pen(pen(theme.color("accent"), 2.0 * zoom))
        self._ghost.set_pen(pen(theme.color("muted"), 1.5 * zoom, Qt.PenStyle.DashLine))
        self._others.set_pen(pen(theme.color("muted"), 1.0 * zoom, Qt.PenStyle.DotLine))

    def _draw_lines(self, probe: Probe, subject: Subject, lines: bool) -> None:
        low, high = self._visible()
        for curve, boundary in ((self._line, self.boundary), (self._ghost, self.ghost)):
            ends = None if boundary is None else segment(boundary.zero, low, high)
            if curve is self._line and boundary is not None:
                sums = boundary.zero(np.array([low, (high[0], low[1]), high, (low[0], high[1])]))
                self.is_line_visible = bool(sums.min() <= 0 <= sums.max())
            curve.show_lines(np.zeros((0, 2)) if ends is None else ends)
        others = self._other_lines(probe, subject, low, high, lines)
        self.has_lines = len(others) > 0
        self._others.show_lines(others)
        self._draw_arrow()

    def _other_lines(
        self, probe: Probe, subject: Subject, low: Floats, high: Floats, lines: bool
    ) -> Floats:
        """Where the sums of the other units of the first layer are 0."""
        found = [np.zeros((0, 2))]
        for layer in probe.spec.layers if lines else ():
            for row in range(min(layer.rows, _MOST_LINES)):
                line = probe.affine(layer.node, row)
                if line is None or Subject(layer.node, row) == subject:
                    continue
                ends = segment(line, low, high)
                if ends is not None:
                    found.append(ends)
        return np.concatenate(found)

    def _draw_arrow(self) -> None:
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
        low, high = self._visible()
        if start is None or not np.isfinite(length) or (start < low).any() or (start > high).any():
            self._arrow.hide()
            return
        size = min(home.width(), home.height())
        drawn = min(max(length, _SHORTEST * size), _LONGEST * size)
        tip = start + weights / length * drawn
        self.is_to_scale = drawn == length
        self._arrow.show(start, tip, "w", self._preferences.theme, self._preferences.zoom)
        self.has_arrow = True

    # -- legend ------------------------------------------------------------------------------------

    def side_colors(self) -> tuple[str, str]:
        """Colours of the two half planes, for 1 and for 0."""
        theme = self._preferences.theme
        return (
            theme.mixed("positive", _SIDE_TINT).name(),
            theme.mixed("negative", _SIDE_TINT).name(),
        )

    def looks(self) -> tuple[object, ...]:
        """What the legend depends on while a network learns."""
        scale = None if self.scale is None else (self.scale.low, self.scale.high)
        has_boundary = self.boundary is not None
        lines = (self.is_accented, self.has_selected, self.has_lines)
        return self.is_split, has_boundary, self.is_to_scale, *lines, scale

    def hide(self) -> None:
        """Take everything off the plot."""
        self._ground.show_areas([], QRectF())
        self._samples.clear()
        self.show_ring(None)
        self._arrow.hide()
        for curve in self._curves:
            curve.show_lines(np.zeros((0, 2)))


def _is_step(spec: PlanSpec, subject: Subject) -> bool:
    return bool(subject.node) and layer_of(spec, subject.node).activation.name == "step"
