"""Painting samples with the mouse: click, drag to spray, right button or Shift to wipe away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPen

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.model import Group
from nnsim.ui.panels.plane.stroke import Stroke
from nnsim.ui.panels.plane.words import is_hollow, role, symbol
from nnsim.ui.panels.plotting.items import Spots, pen
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_SIZE, _WIPED_SIZE = 11.0, 15.0


class Drawn(Protocol):
    """What of the samples is drawn."""

    points: Floats
    rows: NDArray[np.int64]


class Painter(QObject):
    """Takes the mouse of a plot while it is active.

    ``painted(points)``: a stroke has put samples down, places of shape (samples, 2);
    ``wiped(rows)``: one has wiped samples away, a frozenset of row numbers.  ``drawn`` tells what
    is there, ``group`` which class is put down, and ``seed`` from what a spray is drawn.
    """

    painted = Signal(object)
    wiped = Signal(object)

    def __init__(
        self,
        plot: Plot,
        preferences: Preferences,
        drawn: Callable[[], Drawn | None],
        group: Callable[[], Group | None],
        seed: Callable[[], int],
    ) -> None:
        super().__init__(plot)
        self._plot = plot
        self._preferences = preferences
        self._drawn = drawn
        self._group = group
        self._seed = seed
        self.is_active = False
        #: Whether the left button wipes away, as the right one always does.
        self.wipes = False
        self._stroke: Stroke | None = None
        self._preview = Spots(antialias=True)
        self._preview.setZValue(40)
        plot.addItem(self._preview, ignoreBounds=True)

    def set_active(self, active: bool) -> None:
        """Take the mouse, or give it back."""
        if active == self.is_active:
            return
        self.is_active = active
        viewport = self._plot.viewport()
        if active:
            viewport.installEventFilter(self)
            viewport.setCursor(Qt.CursorShape.CrossCursor)
        else:
            viewport.removeEventFilter(self)
            viewport.unsetCursor()
            self.cancel()

    def cancel(self) -> None:
        """The stroke under way has never been."""
        self._stroke = None
        self._preview.clear()

    # -- the mouse -------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Presses, moves and releases are strokes, and the menu waits."""
        kind = event.type()
        if isinstance(event, QContextMenuEvent):
            return event.reason() == QContextMenuEvent.Reason.Mouse
        if not isinstance(event, QMouseEvent):
            return False
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            return self._press(event)
        if kind == QEvent.Type.MouseMove and self._stroke is not None:
            self._go_on(event)
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._stroke is not None:
            if event.button() in (_LEFT, _RIGHT):
                self._finish()
            return True
        return False

    def _press(self, event: QMouseEvent) -> bool:
        place = self._place(event)
        if self._stroke is not None:
            return True
        if event.button() not in (_LEFT, _RIGHT) or not self._plot.visible.contains(
            QPointF(*place)
        ):
            return False
        self._plot.setFocus(Qt.FocusReason.MouseFocusReason)
        is_other = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        wipes = event.button() == _RIGHT or self.wipes != is_other
        visible, size = self._plot.visible, self._plot.view.size()
        seen = np.array([visible.width(), visible.height()])
        pixel = seen / (size.width(), size.height())
        self._stroke = Stroke(wipes, pixel, seen, self._seed())
        self._go_on(event)
        return True

    def _go_on(self, event: QMouseEvent) -> None:
        stroke, place, drawn = self._stroke, self._place(event), self._drawn()
        assert stroke is not None
        if not self._plot.visible.contains(QPointF(*place)):
            return
        if stroke.wipes:
            if drawn is not None and stroke.wipe(place, drawn.points, drawn.rows):
                color, ground = (self._preferences.theme.color(r) for r in ("wrong", "surface"))
                places = drawn.points[sorted(stroke.wiped)]
                self._show(places, "x", _WIPED_SIZE, color, pen(ground))
        elif stroke.put(place):
            self._show_put(stroke.points)

    def _finish(self) -> None:
        stroke = self._stroke
        self.cancel()
        if stroke is not None and len(stroke.points):
            self.painted.emit(stroke.points)
        elif stroke is not None and stroke.wiped:
            self.wiped.emit(stroke.wiped)

    def _place(self, event: QMouseEvent) -> Floats:
        place = self._plot.mapToScene(event.position().toPoint())
        found = self._plot.view.mapSceneToView(place)
        return np.array([found.x(), found.y()])

    def _show_put(self, points: Floats) -> None:
        """Samples as they will look; of measurements their places."""
        theme, group = self._preferences.theme, self._group()
        ground = theme.color("surface")
        if group is None:
            self._show(points, "o", _SIZE, theme.color("accent"), pen(ground))
            return
        color = theme.color(role(group))
        if is_hollow(group):
            self._show(points, symbol(group), _SIZE, ground, pen(color, 2.0))
        else:
            self._show(points, symbol(group), _SIZE, color, pen(ground))

    def _show(self, points: Floats, shape: str, size: float, fill: QColor, outline: QPen) -> None:
        x, y = points.T
        size *= self._preferences.zoom
        self._preview.setData(x, y, symbol=shape, size=size, brush=fill, pen=outline)
