"""Scrolling while something is dragged beyond the edge of the view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer

_EDGE = 12.0
_INTERVAL_MS = 16
# Share of the way beyond the edge that is scrolled each time, and the most of it.
_SHARE = 0.12
_FASTEST = 24.0


class AutoScroll(QObject):
    """Scrolls on and on while the pointer is held near or beyond an edge.

    ``scroll(by)`` moves the paper by so many pixels; ``moved()`` tells that what is under the
    resting pointer has changed.
    """

    def __init__(
        self, parent: QObject, scroll: Callable[[QPointF], None], moved: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self._scroll = scroll
        self._moved = moved
        self._by = QPointF()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def follow(self, pointer: QPointF, room: QRectF) -> None:
        """The pointer is here, in the pixels of a view of this size."""
        inner = room.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        x = _beyond(pointer.x(), inner.left(), inner.right())
        y = _beyond(pointer.y(), inner.top(), inner.bottom())
        self._by = QPointF(-_speed(x), -_speed(y))
        if self._by.isNull():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """The gesture is over."""
        self._timer.stop()

    def _tick(self) -> None:
        self._scroll(self._by)
        self._moved()


def _beyond(value: float, low: float, high: float) -> float:
    return min(value - low, 0.0) + max(value - high, 0.0)


def _speed(beyond: float) -> float:
    return min(max(beyond * _SHARE, -_FASTEST), _FASTEST)
