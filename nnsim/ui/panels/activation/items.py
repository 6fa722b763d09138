"""What is painted of an activation: both curves, their kink, and the neuron with its guides."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.activation.model import Curves, Standing
from nnsim.ui.panels.plotting.items import Lines, Marker, Spots, keep_as_pixels, pen
from nnsim.ui.panels.plotting.plot import Plot

_POINT_SIZE, _SLOPE_SIZE, _KINK_SIZE = 13.0, 9.0, 8.0


class CurveItems:
    """The items of the plot of an activation."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._place: QPointF | None = None
        self._stands: tuple[object, ...] = ()
        self._zeros = [pg.InfiniteLine(0.0, angle, movable=False) for angle in (0, 90)]
        self._pieces = pg.PlotCurveItem(connect="finite", antialias=True)
        self._slope = pg.PlotCurveItem(connect="finite", antialias=True)
        self._f = pg.PlotCurveItem(connect="finite", antialias=True)
        self._guides = Lines()
        self._kinks = Spots(useCache=False, antialias=True)
        self._slope_point, self._point = Marker(), Marker()
        items = (
            *self._zeros,
            self._pieces,
            self._slope,
            self._f,
            self._guides,
            self._kinks,
            self._slope_point,
            self._point,
        )
        for depth, item in enumerate(items):
            item.setZValue(5 + depth)
            plot.addItem(item, ignoreBounds=True)
        for item in (self._slope, self._f, self._kinks):
            keep_as_pixels(item)

    def show_curves(self, curves: Curves) -> None:
        """Draw f solid and f' dashed, and the convention at the kink as dots."""
        theme, zoom = self._preferences.theme, self._preferences.zoom
        blue, orange = theme.color("positive"), theme.color("negative")
        for line in self._zeros:
            line.setPen(pen(theme.color("neutral")))
        self._f.setData(curves.x, curves.f, pen=pen(blue, 2.5 * zoom))
        dashes = pen(orange, 2.0 * zoom, Qt.PenStyle.DashLine)
        self._slope.setData(curves.x, curves.slope, pen=dashes)
        thin = pen(theme.color("muted"), 1.0 * zoom, Qt.PenStyle.DotLine)
        gap = np.full((len(curves.pieces), 1), np.nan)
        x = np.tile(np.append(curves.x, np.nan), len(curves.pieces))
        self._pieces.setData(x, np.hstack([curves.pieces, gap]).ravel(), pen=thin)
        self._show_kink(curves)

    def _show_kink(self, curves: Curves) -> None:
        """Filled where the value at 0 is, hollow where a branch ends without it."""
        self._kinks.clear()
        self._kinks.setVisible(curves.at_kink is not None)
        if curves.at_kink is None:
            return
        theme, zoom = self._preferences.theme, self._preferences.zoom
        spots = []
        for (before, at, behind), role in (
            (curves.at_kink.slope, "negative"),
            (curves.at_kink.f, "positive"),
        ):
            hollow = {value for value in (before, behind) if abs(value - at) > 1e-6}
            outline = pen(theme.color(role), 1.5 * zoom)
            spots += [
                {"pos": (0.0, value), "brush": theme.color("surface"), "pen": outline}
                for value in sorted(hollow)
            ]
            if hollow:
                spots.append({"pos": (0.0, at), "brush": theme.color(role), "pen": outline})
        self._kinks.addPoints(spots, size=_KINK_SIZE * zoom)

    def is_at_point(self, place: QPointF) -> bool:
        """Whether a place of the plot is so near to the neuron's point that it is meant."""
        if self._place is None:
            return False
        away = self._plot.place_of(place) - self._plot.place_of(self._place)
        return math.hypot(away.x(), away.y()) <= _POINT_SIZE * self._preferences.zoom

    def show_standing(self, standing: Standing) -> None:
        """The point of the neuron with dashed guides to the axes, as far as it has come about."""
        theme, zoom = self._preferences.theme, self._preferences.zoom
        x, f, slope = (_finite(value) for value in (standing.x, standing.f, standing.slope))
        stands = (x, f, slope, self._plot.home, theme, zoom)
        if stands == self._stands:
            return
        self._stands = stands
        accent = theme.color("accent")
        self._place = None if x is None or f is None else QPointF(x, f)
        self._point.show_at(
            None if self._place is None else self._place.toTuple(),
            _POINT_SIZE * zoom,
            pen(theme.color("surface"), 1.5),
            accent,
        )
        self._slope_point.show_at(
            None if x is None or slope is None else (x, slope),
            _SLOPE_SIZE * zoom,
            pen(accent, 2.0 * zoom),
            theme.color("surface"),
        )
        ends: list[tuple[float, float]] = []
        if x is not None:
            home = self._plot.home
            top = home.bottom() if f is None else f
            ends += [(x, home.top()), (x, top)]
            if f is not None:
                ends += [(home.left(), f), (x, f)]
        points = np.array(ends).reshape(-1, 2)
        style = pen(accent, 1.0 * zoom, Qt.PenStyle.DashLine)
        self._guides.set_pen(style)
        self._guides.show_lines(points)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
