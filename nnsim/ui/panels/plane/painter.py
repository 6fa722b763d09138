"""Painting samples with the mouse: click, drag to spray, right button or Shift to wipe away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.stroke import Stroke
from nnsim.ui.panels.plotting.items import Spots, pen
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_SIZE, _WIPED_SIZE = 9.0, 15.0


class Drawn(Protocol):
    """What of the samples is drawn."""

    points: Floats
    rows: NDArray[np.int64]


class Painter(QObject):
    """Takes the mouse of a plot while it is active.

    ``painted(points)``: a stroke has put samples down, places of shape (samples, 2);
    ``wiped(rows)``: one has wiped samples away, a frozenset of row numbers.  ``drawn`` tells what
    is there, and ``seed`` from what a spray is drawn.
    """

    painted = Signal(object)
    wiped = Signal(object)

    def __init__(
        self,
        plot: Plot,
        preferences: Preferences,
        drawn: Callable[[], Drawn | None],
        seed: Callable[[], int],
    ) -> None:
        super().__init__(plot)
        self._plot = plot
        self._preferences = preferences
        self._drawn = drawn
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

    @property
    def is_painting(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

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
                self._show(drawn.points[sorted(stroke.wiped)], "x", _WIPED_SIZE, "wrong")
        elif stroke.put(place):
            self._show(stroke.points, "o", _SIZE, "accent")

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

    def _show(self, points: Floats, symbol: str, size: float, role: str) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        self._preview.setData(
            points[:, 0],
            points[:, 1],
            symbol=symbol,
            size=size * zoom,
            brush=theme.color(role),
            pen=pen(theme.color("surface")),
        )
