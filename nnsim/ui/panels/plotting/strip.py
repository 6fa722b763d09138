"""A narrow second view in a plot, beside the main one or below it, with which it shares an axis."""

from __future__ import annotations

from typing import Literal

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtWidgets import QGraphicsItem

from nnsim.ui.panels.plotting.axis import Axis

# Shares of the room that the two views have between them.
_MAIN, _STRIP = 100, 34
_GAP = 6.0
_UNLIMITED = 1e6
# It is narrow: fewer numbers than along a whole axis.
_TICK_DENSITY = {"right": 0.6, "below": 1.0}


class Strip(QObject):
    """The second view of a plot: "right" shares the values of the main one, "below" its x.

    ``hovered(point)``: the place of the mouse in its own coordinates (QPointF), None when it
    leaves.  ``clicked(point)``: a click.  ``axis`` is the one it has to itself.
    """

    hovered = Signal(object)
    clicked = Signal(object)

    def __init__(self, plot: pg.PlotItem, side: Literal["right", "below"]) -> None:
        super().__init__()
        self.side = side
        # The layout gives it its parent: made with one, it would miss that it came into a scene.
        self.view = pg.ViewBox(enableMenu=False, enableMouse=False)
        self.view.setDefaultPadding(0)
        self.view.disableAutoRange()
        self.axis = Axis("bottom" if side == "right" else "left")
        self.axis.setTickDensity(_TICK_DENSITY[side])
        self.axis.setParentItem(plot)
        self.axis.linkToView(self.view)
        self._main: pg.ViewBox = plot.vb
        self._is_inside = False
        self._layout = layout = plot.layout
        if side == "right":
            layout.addItem(self.view, 2, 4)
            layout.addItem(self.axis, 3, 4)
            layout.setColumnFixedWidth(3, _GAP)
            layout.setColumnStretchFactor(1, _MAIN)
            layout.setColumnStretchFactor(4, _STRIP)
            self._main.sigYRangeChanged.connect(self._follow)
        else:
            layout.addItem(self.view, 5, 1)
            layout.addItem(self.axis, 5, 0)
            layout.setRowFixedHeight(4, _GAP)
            layout.setRowStretchFactor(2, _MAIN)
            layout.setRowStretchFactor(5, _STRIP)
            self._main.sigXRangeChanged.connect(self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        (x0, x1), (y0, y1) = self._main.viewRange()
        if self.side == "right":
            self.view.setYRange(y0, y1, padding=0)
        else:
            self.view.setXRange(x0, x1, padding=0)

    def show(self, is_shown: bool) -> None:
        """Show it, or leave its room to the main view."""
        if is_shown == self.view.isVisible():
            return
        for item in (self.view, self.axis):
            item.setVisible(is_shown)
        layout = self._layout
        share, most, gap = (_STRIP, _UNLIMITED, _GAP) if is_shown else (0, 0, 0)
        if self.side == "right":
            layout.setColumnStretchFactor(4, share)
            layout.setColumnMaximumWidth(4, most)
            layout.setColumnFixedWidth(3, gap)
        else:
            layout.setRowStretchFactor(5, share)
            layout.setRowMaximumHeight(5, most)
            layout.setRowFixedHeight(4, gap)

    def set_reach(self, low: float, high: float) -> None:
        """The range of the axis it has to itself."""
        if self.side == "right":
            self.view.setXRange(low, high, padding=0)
        else:
            self.view.setYRange(low, high, padding=0)

    def add(self, item: QGraphicsItem) -> None:
        """Show an item in it."""
        self.view.addItem(item, ignoreBounds=True)

    @property
    def place(self) -> QRectF:
        """Where it lies in the scene."""
        return QRectF(self.view.sceneBoundingRect())

    # -- the mouse, as the plot tells of it ------------------------------------------------------

    def hover(self, place: QPointF | None) -> None:
        """The mouse is at a place of the scene, or has left it."""
        inside = place is not None and self.view.isVisible() and self.place.contains(place)
        if inside or self._is_inside:
            self._is_inside = inside
            self.hovered.emit(QPointF(self.view.mapSceneToView(place)) if inside else None)

    def click(self, place: QPointF) -> None:
        """A click at a place of the scene."""
        if self.view.isVisible() and self.place.contains(place):
            self.clicked.emit(QPointF(self.view.mapSceneToView(place)))
