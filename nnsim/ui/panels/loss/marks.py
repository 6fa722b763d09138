"""Marks on the plot of a run: where it is looked at, was changed, and went astray."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGraphicsItem

from nnsim.document.model import Change
from nnsim.session.series import Series
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.changes import ChangeLines
from nnsim.ui.panels.plotting.items import Marker, pen
from nnsim.ui.panels.plotting.plot import Plot

_POINT_SIZE = 11.0
_DEPTH = 5.0


class Marks(QObject):
    """The marker that is dragged, and lines that stand where something happened.

    ``dragged(x)``: a person dragged the marker to a place of the axis below.
    """

    dragged = Signal(float)

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        super().__init__(plot)
        self._plot = plot
        self._preferences = preferences
        self._changes = ChangeLines()
        self.broken = pg.InfiniteLine(angle=90, movable=False, label="")
        self.broken.label.setMovable(False)
        self.broken.label.setPosition(0.9)
        self.marker = pg.InfiniteLine(angle=90, movable=True)
        self._point = Marker()
        places: tuple[tuple[QGraphicsItem, float], ...] = (
            *((self._changes, 0.0), (self.broken, 1.0)),
            *((self.marker, 8.0), (self._point, 9.0)),
        )
        for item, depth in places:
            item.setZValue(_DEPTH + depth)
            plot.addItem(item, ignoreBounds=True)
        self.marker.sigDragged.connect(lambda line: self.dragged.emit(float(line.value())))

    def dress(self) -> None:
        """Take the colours and sizes of now."""
        accent, zoom = self._preferences.theme.color("accent"), self._preferences.zoom
        self.marker.setPen(pen(accent, 1.5 * zoom))
        self.marker.setHoverPen(pen(accent, 3.0 * zoom))

    def show_broken(self, found: Series) -> None:
        """A line at the first figure that is not finite, with what it is."""
        self.broken.setVisible(len(found.broken) > 0)
        if len(found.broken):
            first = int(found.broken[0])
            color = self._preferences.theme.color("wrong")
            self.broken.setPen(pen(color, 2.0 * self._preferences.zoom, Qt.PenStyle.DashLine))
            self.broken.setValue(found.x[first])
            self.broken.label.setColor(color)
            self.broken.label.setFont(self._plot.font())
            self.broken.label.setFormat(self._preferences.number(float(found.y[first])))

    def show_changes(self, changes: tuple[Change, ...], is_log: bool) -> None:
        """Dotted lines where settings or parameters were changed in the middle of the run."""
        self._changes.show_changes(changes, is_log, self._preferences.theme)

    def show_marker(self, place: float, point: tuple[float, float] | None, is_log: bool) -> None:
        """The marker at a place, and a point where there is a figure that can be drawn."""
        self.marker.setValue(place)
        x, value = (place, math.nan) if point is None else point
        can_stand = math.isfinite(value) and (not is_log or value > 0)
        shown = math.log10(value) if is_log and can_stand else value
        self._point.show_at(
            (x, shown) if can_stand else None,
            _POINT_SIZE * self._preferences.zoom,
            pen(self._preferences.theme.color("surface")),
            self._preferences.theme.color("accent"),
        )
