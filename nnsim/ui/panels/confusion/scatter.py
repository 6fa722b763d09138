"""Predicted values against wanted ones, with the diagonal on which they are the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from nnsim.core.ranges import span
from nnsim.session.predictions import Predictions
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.items import Lines, Marker, Spots, keep_as_pixels, pen
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]
# More points than these are thinned: a plot of them all is a blot, and takes long to paint.
MOST_POINTS = 2_000
_SIZE, _RING = 7.0, 15.0
# A point is hit within so many pixels.
_REACH = 12.0
# Predictions farther out than this share of the width of what is wanted do not stretch the axes.
_FARTHEST = 0.3


class Scatter:
    """The points of one output on a plot; it draws and knows which sample is where."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._range: tuple[float, float] | None = None
        self.rows: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.points: Floats = np.zeros((0, 2))
        #: samples outside the home view, and those of which no number is predicted
        self.outside = self.undrawn = 0
        self._diagonal = Lines()
        self._spots = Spots(antialias=True, useCache=True)
        self._ring = Marker()
        keep_as_pixels(self._spots)
        items: tuple[QGraphicsItem, ...] = (self._diagonal, self._spots, self._ring)
        for depth, item in enumerate(items):
            item.setZValue(5 + depth)
            plot.addItem(item, ignoreBounds=True)
        plot.show_grid()

    def forget(self) -> None:
        """Other samples or another output: the axes begin anew."""
        self._range = None

    def show(self, predictions: Predictions, output: int) -> None:
        """Show one output of some predictions; there is at least one sample."""
        wanted, predicted = predictions.wanted[:, output], predictions.predicted[:, output]
        can_be_drawn = np.isfinite(predicted)
        self.undrawn = int((~can_be_drawn).sum())
        self._fit(wanted, predicted[can_be_drawn])
        assert self._range is not None
        low, high = self._range
        self.outside = int(((predicted < low) | (predicted > high))[can_be_drawn].sum())
        step = max(-(-len(predictions) // MOST_POINTS), 1)
        places = np.flatnonzero(can_be_drawn)[::step]
        self.rows = predictions.rows[places]
        self.points = np.column_stack([wanted[places], predicted[places]])
        theme, zoom = self._preferences.theme, self._preferences.zoom
        self._spots.setData(
            pos=self.points,
            size=_SIZE * zoom,
            brush=theme.color("positive"),
            pen=pen(theme.color("surface")),
        )
        self._diagonal.set_pen(pen(theme.color("muted"), 1.5 * zoom, Qt.PenStyle.DashLine))
        reach = 50.0 * (high - low)
        self._diagonal.show_lines(np.array([[low - reach] * 2, [high + reach] * 2]))

    def _fit(self, wanted: Floats, predicted: Floats) -> None:
        """Square axes around what is wanted and predicted, that only grow."""
        low, high = float(wanted.min()), float(wanted.max())
        width = (high - low) * _FARTHEST or 1.0
        ends = np.clip(predicted, low - width, high + width)
        low, high = span([low, high, *(f(ends) for f in (np.min, np.max) if len(ends))], 0.06)
        if self._range is not None:
            low, high = min(low, self._range[0]), max(high, self._range[1])
        self._range = low, high
        self._plot.set_home(QRectF(low, low, high - low, high - low))

    def ring(self, sample: int | None) -> None:
        """A ring around the point of a sample, if it is drawn."""
        theme, zoom = self._preferences.theme, self._preferences.zoom
        found = np.flatnonzero(self.rows == (-1 if sample is None else sample))
        place = self.points[int(found[0])] if len(found) else None
        self._ring.show_at(
            None if place is None else (float(place[0]), float(place[1])),
            _RING * zoom,
            pen(theme.color("accent"), 2.5 * zoom),
            None,
        )

    def nearest(self, place: QPointF) -> int | None:
        """The sample that is drawn within a few pixels of a place of the plot."""
        if not len(self.points):
            return None
        rect, size = self._plot.visible, self._plot.view.size()
        scale = np.array([size.width() / rect.width(), size.height() / rect.height()])
        away = np.hypot(*((self.points - (place.x(), place.y())) * scale).T)
        nearest = int(away.argmin())
        return int(self.rows[nearest]) if away[nearest] <= _REACH * self._preferences.zoom else None
