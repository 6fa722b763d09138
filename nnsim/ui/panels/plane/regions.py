"""The ground of the plane: half planes, a map of values or the regions of classes; level lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from nnsim.engine.activations import make_activation
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import Probe, grid, grid_side, layer_of
from nnsim.session.scales import Scale
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import heat_image, shades
from nnsim.ui.panels.plane.geometry import contour, half_plane
from nnsim.ui.panels.plane.items import Ground, class_image
from nnsim.ui.panels.plane.levels import Levels
from nnsim.ui.panels.plane.separating import Boundary
from nnsim.ui.panels.plotting.items import Lines
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject

Floats = NDArray[np.float64]

#: What a grid may cost, in multiplications: while things move, and at rest.
MOVING, RESTING = 5e6, 150e6
_MOVING_SIDE, _RESTING_SIDE = 56, 200
#: How strongly a side is coloured.
SIDE_TINT = 0.22
#: Level lines divide a scale into so many steps, and so do its colours where they are discrete.
STEPS = 8
#: Level lines of the winning output, where outputs are shares of 1.
WINNER_LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9)
_NO_LINES = np.zeros((0, 2))
_SHARES_OF_ONE = ("softmax", "sigmoid")


@dataclass(frozen=True)
class Wishes:
    """What a person wants to see: a discrete output, level lines, lines of the first layer."""

    discrete: bool = False
    levels: bool = False
    lines: bool = False


def has_shares(spec: PlanSpec) -> bool:
    """Whether the outputs of a network lie between 0 and 1 and say how sure it is."""
    return all(layer_of(spec, node).activation.name in _SHARES_OF_ONE for node in spec.outputs)


def level_values(scale: Scale) -> list[float]:
    """The values of the level lines of a scale, lowest first."""
    return [scale.low + (scale.high - scale.low) * k / STEPS for k in range(1, STEPS)]


def is_step(spec: PlanSpec, subject: Subject) -> bool:
    """Whether what is drawn is a threshold, which is 0 or 1 and nothing between."""
    return any(
        layer.node == subject.node and layer.activation.name == "step" for layer in spec.layers
    )


class Regions:
    """Draws the ground in the visible rectangle of a plot.  ``contour``: where a unit decides."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._ground = Ground()
        plot.addItem(self._ground, ignoreBounds=True)
        self.levels = Levels(plot, preferences)
        self.contour = Lines()
        self.table = shades(preferences.theme)
        self.has_contour = False
        #: Cells a side of the map drawn last.
        self.side = 0

    def dress(self) -> None:
        """Take the colours again."""
        self.table = shades(self._preferences.theme)
        self.levels.dress()

    def is_coarse(self, spec: PlanSpec) -> bool:
        """Whether the map drawn last would be finer at rest."""
        return 0 < self.side < grid_side(spec, RESTING, _RESTING_SIDE)

    def hide(self) -> None:
        """Take everything off the plot."""
        self._ground.show_areas([], QRectF())
        self.levels.hide()
        self.contour.show_lines(_NO_LINES)
        self.has_contour = False
        self.side = 0

    # -- half planes -----------------------------------------------------------------------------

    def side_colors(self) -> tuple[str, str]:
        """Colours of the two half planes, for 1 and for 0."""
        theme = self._preferences.theme
        return (
            theme.mixed("positive", SIDE_TINT).name(),
            theme.mixed("negative", SIDE_TINT).name(),
        )

    def draw_half_planes(
        self, spec: PlanSpec, subject: Subject, boundary: Boundary, low: Floats, high: Floats
    ) -> None:
        """What a threshold makes of either side of its line."""
        theme = self._preferences.theme
        rect = QRectF(*low, *(high - low))
        area = half_plane(boundary.zero, low, high)
        fires = make_activation(layer_of(spec, subject.node).activation).forward(np.zeros(1))[0]
        if not boundary.line.weights.any() and boundary.zero.bias == 0 and not fires:
            area = area[:0]  # w = 0 and Σ = 0 everywhere, and the convention is >
        whole = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
        self.hide()
        self._ground.show_areas(
            [
                (whole, theme.mixed("negative", SIDE_TINT)),
                (area, theme.mixed("positive", SIDE_TINT)),
            ],
            rect,
        )

    # -- maps ------------------------------------------------------------------------------------

    def draw_map(
        self,
        probe: Probe,
        subject: Subject,
        scale: Scale | None,
        level: float | None,
        has_line: bool,
        wishes: Wishes,
        work: float,
    ) -> None:
        """The values of a unit, or the winning outputs, as finely as ``work`` allows.

        ``level`` is where the unit decides; ``has_line``: a line says so already, without contour.
        """
        visible = self._plot.visible
        low = np.array([visible.left(), visible.top()])
        high = np.array([visible.right(), visible.bottom()])
        side = grid_side(probe.spec, work, _MOVING_SIDE if work == MOVING else _RESTING_SIDE)
        # One cell more on every side, so that the contour reaches the edge of the plot.
        low, high = low - (high - low) / side, high + (high - low) / side
        points = grid((low[0], low[1]), (high[0], high[1]), side)
        self.side = side
        smooth = work > MOVING
        if subject.is_winner:
            self._draw_classes(probe, points, low, high, wishes, smooth)
            return
        assert scale is not None
        values = probe.respond(points, subject.node)[subject.node].a[:, subject.unit]
        values = values.reshape(side, side)
        scale.take_in(values)
        drawn = discrete(values, scale, level) if wishes.discrete else values
        rect = QRectF(*low, *(high - low))
        self._ground.show_image(heat_image(drawn, scale, self.table), rect, smooth)
        ends = _NO_LINES if level is None or has_line else contour(values, level, low, high)
        self._show_contour(ends)
        steps = [value for value in level_values(scale) if value != level]
        self.levels.show(values, steps if wishes.levels else (), low, high)

    def _draw_classes(
        self, probe: Probe, points: Floats, low: Floats, high: Floats, wishes: Wishes, smooth: bool
    ) -> None:
        side = self.side
        found = probe.respond(points, *probe.spec.outputs)
        outputs = np.hstack([found[node].a for node in probe.spec.outputs])
        # NaN wins nowhere: where there is one, the first output is as good as any.
        outputs = np.nan_to_num(outputs, nan=-np.inf, posinf=np.inf, neginf=-np.inf)
        winners = outputs.argmax(axis=1).reshape(side, side)
        best = outputs.max(axis=1).reshape(side, side)
        is_sure = has_shares(probe.spec)
        certainty = best if is_sure and not wishes.discrete else None
        theme = self._preferences.theme
        image = class_image(winners, outputs.shape[1], theme, certainty)
        self._ground.show_image(image, QRectF(*low, *(high - low)), smooth)
        ends = [_NO_LINES]
        for k in np.unique(winners).tolist():
            others = np.delete(outputs, k, axis=1).max(axis=1)
            with np.errstate(invalid="ignore"):
                ahead = (outputs[:, k] - others).reshape(side, side)
            ends.append(contour(ahead, 0.0, low, high))
        self._show_contour(np.concatenate(ends))
        self.levels.show(best, WINNER_LEVELS if wishes.levels and is_sure else (), low, high)

    def _show_contour(self, ends: Floats) -> None:
        self.has_contour = len(ends) > 0
        self.contour.show_lines(ends)


def discrete(values: Floats, scale: Scale, level: float | None) -> Floats:
    """Values with nothing between: the ends of the scale on either side of the level.

    Where there is no level, the middles of the steps that level lines divide the scale into.
    """
    if level is not None:
        ends = np.where(values >= level, scale.high, scale.low)
        return np.where(np.isnan(values), values, ends)
    width = (scale.high - scale.low) / STEPS
    with np.errstate(invalid="ignore"):
        steps = np.clip(np.floor((values - scale.low) / width), 0, STEPS - 1)
    return scale.low + (steps + 0.5) * width
