"""What all plots share: a themed plot with calm axes, the mouse and the keyboard.

Colours, fonts and the decimal mark are set explicitly, for pyqtgraph knows none of them; its own
menus, which speak English only, are off.
"""

from __future__ import annotations

import math
from typing import Literal

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QWidget,
)

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.axis import Axis, Backdrop
from nnsim.ui.panels.plotting.items import FlatPainter, pen, plain
from nnsim.ui.panels.plotting.strip import Strip

# How far a plot can be zoomed into and out of, in sizes of its home view.
_NEAREST, _FARTHEST = 1e-6, 50.0
_PAN_SHARE, _ZOOM_FACTOR = 0.1, 0.8
_BEHIND = -1000.0
# A plot lower than so many lines of text shows no titles of axes.
_LINES_FOR_TITLES = 9
# Room kept beside the left axis, so that longer numbers do not move the plot.
_WIDEST_TICK = "-0.000"


class Plot(pg.PlotWidget):
    """A plot in the colours, fonts and language of the preferences.

    ``hovered(point)``: the place of the mouse in plot coordinates (QPointF), None when it leaves.
    ``clicked(point)``: a click that was no drag.  ``view_changed()``: another visible range.
    ``freed_changed()``: whether the person has zoomed or panned away from the home view.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    view_changed = Signal()
    freed_changed = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        self.left, self.bottom = Axis("left"), Axis("bottom")
        self.axes = [self.left, self.bottom]
        #: the second view, where the plot has one
        self.strip: Strip | None = None
        super().__init__(parent, axisItems={"left": self.left, "bottom": self.bottom})
        self._preferences = preferences
        self._backdrop = Backdrop((self.bottom, self.left))
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        # One rectangle: clipping to each mark that moved costs more than what lies between.
        self.setViewportUpdateMode(self.ViewportUpdateMode.BoundingRectViewportUpdate)
        self._home = QRectF()
        self._titles = ("", "", "")
        self._has_grid = False
        self._has_room = True
        self._is_free = False
        self.view = self.getViewBox()
        for axis in self.axes:
            # pyqtgraph puts them above the data, where the grid would cross out the curves.
            axis.setZValue(_BEHIND)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.view.disableAutoRange()
        self.view.setDefaultPadding(0)
        self.setMinimumSize(120, 90)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.scene().sigMouseClicked.connect(self._mouse_clicked)
        self.view.sigRangeChangedManually.connect(self._moved_by_hand)
        self.view.sigRangeChanged.connect(lambda *_: self.view_changed.emit())
        preferences.theme_changed.connect(self._take_colours)
        preferences.language_changed.connect(self._take_language)
        self._take_colours()
        self._take_language()
        self.set_home(QRectF(0, 0, 1, 1))

    # -- looks -----------------------------------------------------------------------------------

    def add_strip(self, side: Literal["right", "below"]) -> Strip:
        """A narrow second view beside the plot or below it."""
        self.strip = strip = Strip(self.plotItem, side)
        strip.axis.setZValue(_BEHIND)
        self.axes.append(strip.axis)
        # Those with upright ticks come first.
        upright = sorted(self.axes, key=lambda axis: axis.orientation)
        self._backdrop = Backdrop(upright)
        self._take_colours()
        self._take_language()
        self._take_font()
        return strip

    def set_titles(self, bottom: str, left: str, strip: str = "") -> None:
        """Titles of the axes, in words already; the last is that of the strip's own."""
        if self._titles != (bottom, left, strip):
            self._titles = (bottom, left, strip)
            self._take_titles()

    def show_grid(self) -> None:
        """Thin lines at the ticks, behind the curves."""
        self._has_grid = True
        self._take_colours()

    def _take_titles(self) -> None:
        style = {
            "color": self._preferences.theme.text,
            "font-size": f"{max(self.font().pointSizeF(), 6.0):g}pt",
        }
        axes = (
            [self.bottom, self.left]
            if self.strip is None
            else ([self.bottom, self.left, self.strip.axis])
        )
        for axis, title in zip(axes, self._titles, strict=False):
            axis.setLabel(title or None, **style)
            axis.showLabel(bool(title) and self._has_room)

    def _take_colours(self) -> None:
        theme = self._preferences.theme
        self.setBackground(theme.color("surface"))
        for axis in self.axes:
            axis.setPen(plain(pen(theme.color("border"))))
            axis.setTickPen(plain(pen(theme.mixed("border", 0.6))))
            axis.setTextPen(pen(theme.color("muted")))
            axis.setGrid(255 if self._has_grid else False)
        if self.strip is not None:
            self.strip.view.setBorder(pen(theme.color("border")))
        self._mark_focus()
        self._take_titles()

    def _take_language(self) -> None:
        for axis in self.axes:
            axis.mark = self._preferences.mark
            axis.picture = None
            axis.update()

    def _take_font(self) -> None:
        font = self.font()
        metrics = QFontMetricsF(font)
        for axis in self.axes:
            axis.setTickFont(font)
        width, height = metrics.horizontalAdvance(_WIDEST_TICK), metrics.height()
        for axis in self.axes:
            room = (
                {"tickTextWidth": round(width)}
                if axis.orientation == "left"
                else {"tickTextHeight": round(height)}
            )
            axis.setStyle(autoExpandTextSpace=False, **room)
        # The number at the upper end of the left axis stands half above it.
        self.plotItem.layout.setContentsMargins(1, math.ceil(metrics.height() / 2), 1, 1)
        self._take_titles()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """A low plot has no room for the titles of its axes."""
        super().resizeEvent(event)
        if event is None:  # pyqtgraph calls it so while the plot is being made
            return
        has_room = event.size().height() >= _LINES_FOR_TITLES * self.fontMetrics().lineSpacing()
        if has_room != self._has_room:
            self._has_room = has_room
            self._take_titles()

    def changeEvent(self, event: QEvent) -> None:
        """Presentation zoom changes the application's font; the axes have to be told."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def showEvent(self, event: QEvent) -> None:
        """The font of the application may have changed before the plot was shown."""
        super().showEvent(event)
        if self.left.style["tickFont"] != self.font():
            self._take_font()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The axes come with the ground: on screen as pixels, in files as they are drawn."""
        if isinstance(painter, FlatPainter):
            super().drawBackground(painter, rect)
            self._backdrop.draw(painter)
        else:
            self._backdrop.paint(painter, self.sceneRect(), self.backgroundBrush().color())

    # -- the visible range -----------------------------------------------------------------------

    @property
    def home(self) -> QRectF:
        """The view that reset comes back to."""
        return QRectF(self._home)

    @property
    def is_free(self) -> bool:
        """Whether the person has zoomed or panned away from the home view."""
        return self._is_free

    def set_home(self, rect: QRectF) -> None:
        """The view to start from; shown at once unless the person has zoomed or panned away."""
        if rect == self._home:
            return
        self._home = QRectF(rect)
        if self._is_free and not self._can_stay(rect):
            self._set_free(False)
        self.view.setLimits(
            minXRange=rect.width() * _NEAREST,
            maxXRange=rect.width() * _FARTHEST,
            minYRange=rect.height() * _NEAREST,
            maxYRange=rect.height() * _FARTHEST,
        )
        if not self._is_free:
            self.view.setRange(rect, padding=0)

    def _can_stay(self, home: QRectF) -> bool:
        """Whether what the person zoomed to still shows something of this home view."""
        seen = self.visible
        shares = (seen.width() / home.width(), seen.height() / home.height())
        return seen.intersects(home) and all(_NEAREST <= share <= _FARTHEST for share in shares)

    def reset_view(self) -> None:
        """Back to the home view."""
        self._set_free(False)
        self.view.setRange(self._home, padding=0)

    def zoom_by(self, factor: float) -> None:
        """Show ``factor`` times as much, around the middle."""
        self.view.scaleBy((factor, factor))
        self._set_free(True)

    def pan_by(self, x: float, y: float) -> None:
        """Move the view by shares of its size."""
        width, height = self.visible.width(), self.visible.height()
        self.view.translateBy((x * width, y * height))
        self._set_free(True)

    @property
    def visible(self) -> QRectF:
        """The visible range in plot coordinates; its top is the lowest value."""
        (x0, x1), (y0, y1) = self.view.viewRange()
        return QRectF(x0, y0, x1 - x0, y1 - y0)

    def _moved_by_hand(self, *_: object) -> None:
        self._set_free(True)

    def _set_free(self, free: bool) -> None:
        if free != self._is_free:
            self._is_free = free
            self.freed_changed.emit()

    # -- mouse and keyboard ----------------------------------------------------------------------

    def place_of(self, point: QPointF) -> QPointF:
        """Where a point of the plot stands in the widget, in pixels."""
        return QPointF(self.mapFromScene(self.view.mapViewToScene(point)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, 0 goes back to the home view, shift and F10 open the menu."""
        steps = {
            Qt.Key.Key_Left: (-_PAN_SHARE, 0.0),
            Qt.Key.Key_Right: (_PAN_SHARE, 0.0),
            Qt.Key.Key_Up: (0.0, _PAN_SHARE),
            Qt.Key.Key_Down: (0.0, -_PAN_SHARE),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.pan_by(*steps[key])
        elif event.text() == "+":
            self.zoom_by(_ZOOM_FACTOR)
        elif event.text() == "-":
            self.zoom_by(1 / _ZOOM_FACTOR)
        elif event.text() == "0":
            self.reset_view()
        elif key == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # The menu key opens the menu by itself; keyboards without one have this.
            self.customContextMenuRequested.emit(self.rect().center())
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A frame in the accent shows that keys go to the plot."""
        super().focusInEvent(event)
        self._mark_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Takes the frame away again."""
        super().focusOutEvent(event)
        self._mark_focus()

    def _mark_focus(self) -> None:
        role = "accent" if self.hasFocus() else "border"
        self.view.setBorder(pen(self._preferences.theme.color(role)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The right button opens the menu and does nothing else."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """As for pressing."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        super().leaveEvent(event)
        self.hovered.emit(None)
        if self.strip is not None:
            self.strip.hover(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells where the mouse is; pyqtgraph's own signal leaves out the last of quick moves."""
        super().mouseMoveEvent(event)
        place = self.mapToScene(event.position().toPoint())
        inside = self.view.sceneBoundingRect().contains(place)
        self.hovered.emit(QPointF(self.view.mapSceneToView(place)) if inside else None)
        if self.strip is not None:
            self.strip.hover(place)

    def _mouse_clicked(self, event: pg.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.scenePos()
        if self.view.sceneBoundingRect().contains(place):
            self.clicked.emit(QPointF(self.view.mapSceneToView(place)))
        elif self.strip is not None:
            self.strip.click(place)
