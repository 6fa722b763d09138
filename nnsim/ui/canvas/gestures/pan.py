"""Moving the paper: middle button, or space and the left one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt

from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.stage import Stage


class Pan(Gesture):
    """Scrolls the view with the pointer.  ``scroll(by)`` moves what is shown by so many pixels."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls = False

    def __init__(self, stage: Stage, start: Pointer, scroll: Callable[[QPointF], None]) -> None:
        super().__init__(stage)
        self._start = self._last = start.view
        self._scroll = scroll

    def move(self, pointer: Pointer) -> None:
        self._scroll(pointer.view - self._last)
        self._last = pointer.view

    def cancel(self) -> None:
        self._scroll(self._start - self._last)
        self.finish()
