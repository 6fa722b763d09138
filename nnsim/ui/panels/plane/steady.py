"""Axes that stay where they are although the plot is made lower or higher."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QRectF, QSizeF
from PySide6.QtWidgets import QWidget

from nnsim.ui.panels.plane.cloud import holds
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]


class SteadyAxes(QObject):
    """While it is on, what is drawn stays at its place in the panel, whatever size the plot has.

    Axes of equal scale would else be scaled anew to hold the home view, and they are where
    ``points``, the places of the samples, shape (samples, 2), would be cut off.  Axes that are not
    of equal scale keep their ranges by themselves.
    """

    def __init__(self, plot: Plot, panel: QWidget, points: Callable[[], Floats]) -> None:
        super().__init__(plot)
        self._plot = plot
        self._panel = panel
        self._points = points
        self._is_on = False
        self._seen, self._size, self._corner = QRectF(), QSizeF(), QPoint()
        plot.view_changed.connect(self._remember)
        plot.view.sigResized.connect(self._resized)

    def set_on(self, on: bool) -> None:
        """Hold the axes from now on, if they are seen, or let them hold the home view again."""
        if on and self._plot.isVisible():
            self._is_on = True
            self._measure()
            self._seen = self._plot.visible
        elif self._is_on:
            self._is_on = False
            if not self._plot.is_free:
                self._plot.reset_view()

    def _measure(self) -> None:
        """Size of the view, and where in the panel its lower left corner is, in pixels."""
        view, plot = self._plot.view, self._plot
        self._size = view.size()
        corner = plot.mapFromScene(view.sceneBoundingRect().bottomLeft())
        self._corner = plot.viewport().mapTo(self._panel, corner)

    def _remember(self) -> None:
        # A range that comes with another size is not of a person's making.
        if self._is_on and self._plot.view.size() == self._size:
            self._seen = self._plot.visible

    def _resized(self) -> None:
        view, seen, size, corner = self._plot.view, self._seen, self._size, self._corner
        is_equal = view.state["aspectLocked"] is not False
        if not self._is_on or not is_equal or size.isEmpty() or view.size().isEmpty():
            return
        self._measure()
        across, up = seen.width() / size.width(), seen.height() / size.height()
        moved = self._corner - corner
        wanted = QRectF(
            seen.left() + moved.x() * across,
            seen.top() - moved.y() * up,
            self._size.width() * across,
            self._size.height() * up,
        )
        points = self._points()
        if holds(wanted, points) or not holds(seen, points):
            view.setRange(wanted, padding=0)
        elif not self._plot.is_free:
            view.setRange(self._plot.home, padding=0)
        self._remember()
