"""How the view looks at the scene: zoom, scroll, fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF
from PySide6.QtGui import QTransform, QWheelEvent
from PySide6.QtWidgets import QGraphicsView

from nnsim.ui.bridge.preferences import Preferences

ZOOM_STEP = 1.2
_SMALLEST, _LARGEST = 0.08, 6.0
#: A small diagram is not blown up beyond this, times the presentation zoom.
_LARGEST_FIT = 1.5
_MARGIN = 44.0
_WHEEL_NOTCH = 120.0
_SCROLL_NOTCH = 70.0


class Navigation(QObject):
    """Zooms and scrolls a view.

    ``changed`` is called whenever what is shown, or how large, has changed.  The presentation zoom
    of the preferences is part of the scale, so that changing it keeps what the person chose.
    """

    def __init__(
        self, view: QGraphicsView, preferences: Preferences, changed: Callable[[], None]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._preferences = preferences
        self._changed = changed
        self._presentation = preferences.zoom
        self._scale = 1.0
        #: Whether the diagram was fitted, and the person has chosen no other view since.
        self.is_fitted = False
        preferences.zoom_changed.connect(self._presentation_changed)
        self._apply()

    @property
    def scale(self) -> float:
        """Pixels a scene unit."""
        return self._scale * self._presentation

    def visible(self) -> QRectF:
        """What is shown, in the scene."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    # -- zoom ------------------------------------------------------------------------------------

    def zoom_by(self, factor: float, around: QPoint | None = None) -> None:
        """Larger or smaller, with the point under ``around`` (else the middle) staying in place."""
        self.is_fitted = False
        self._zoom_to(self._scale * factor, around)

    def zoom_normal(self) -> None:
        """100 %, times the presentation zoom."""
        self.is_fitted = False
        self._zoom_to(1.0, None)

    def _zoom_to(self, scale: float, around: QPoint | None) -> None:
        scale = min(max(scale, _SMALLEST), _LARGEST)
        if scale == self._scale:
            return
        pivot = around if around is not None else self._view.viewport().rect().center()
        before = self._view.mapToScene(pivot)
        self._scale = scale
        self._apply()
        self._keep(before, pivot)

    def _keep(self, point: QPointF, pixel: QPoint) -> None:
        """Scroll so that a point of the scene is at a pixel of the view."""
        now = self._view.mapFromScene(point)
        self._scroll_pixels(now - pixel)
        self._changed()

    def _apply(self) -> None:
        self._view.setTransform(QTransform.fromScale(self.scale, self.scale))

    def _presentation_changed(self) -> None:
        pivot = self._view.viewport().rect().center()
        before = self._view.mapToScene(pivot)
        self._presentation = self._preferences.zoom
        self._apply()
        self._keep(before, pivot)

    # -- scroll ----------------------------------------------------------------------------------

    def scroll(self, by: QPointF) -> None:
        """Move the paper by so many pixels."""
        self.is_fitted = False
        self._scroll_pixels(-by.toPoint())
        self._changed()

    def _scroll_pixels(self, by: QPoint) -> None:
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + by.x())
        down.setValue(down.value() + by.y())

    def wheel(self, event: QWheelEvent, zooms: bool, sideways: bool) -> None:
        """Scroll, or zoom at the pointer."""
        turned = event.angleDelta()
        if zooms:
            notches = (turned.y() or turned.x()) / _WHEEL_NOTCH
            self.zoom_by(ZOOM_STEP**notches, event.position().toPoint())
            return
        pixels = QPointF(event.pixelDelta())
        if pixels.isNull():
            pixels = QPointF(turned) * (_SCROLL_NOTCH / _WHEEL_NOTCH)
        if sideways and not pixels.x():
            pixels = QPointF(pixels.y(), 0)
        self.scroll(pixels)

    def show_rect(self, rect: QRectF) -> None:
        """Scroll, as little as needed, until a rectangle of the scene is in sight."""
        self._view.ensureVisible(rect, 20, 20)
        self._changed()

    # -- fit -------------------------------------------------------------------------------------

    def has_room_for(self, content: QRectF) -> bool:
        """Whether a rectangle of the scene could be shown whole at the zoom of now."""
        room = self.visible()
        return content.width() <= room.width() and content.height() <= room.height()

    def fit(self, content: QRectF) -> None:
        """Show all of it, in the middle, with a margin around it."""
        self.is_fitted = True
        room = self._view.viewport().rect()
        if content.isEmpty() or room.isEmpty():
            self._scale = 1.0
            self._apply()
            self._view.centerOn(QPointF())
            self._changed()
            return
        margin = min(_MARGIN * self._presentation, 0.08 * min(room.width(), room.height()))
        width = max(room.width() - 2 * margin, 40.0)
        height = max(room.height() - 2 * margin, 40.0)
        wanted = min(width / content.width(), height / content.height()) / self._presentation
        self._scale = min(max(wanted, _SMALLEST), _LARGEST_FIT)
        self._apply()
        self._view.centerOn(content.center())
        self._changed()
