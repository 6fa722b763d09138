"""What all gestures share."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from nnsim.ui.canvas.stage import Stage


class Pointer(NamedTuple):
    """Where the pointer is: in the scene, and in the view in pixels."""

    scene: QPointF
    view: QPointF
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    def has(self, modifier: Qt.KeyboardModifier) -> bool:
        """Whether a key such as Shift is held."""
        return bool(self.modifiers & modifier)


class Gesture:
    """A gesture from its first press to its end.

    ``is_over`` becomes true when it has done its work or was cancelled.  ``cancel`` leaves
    everything as it was before the gesture.
    """

    cursor = Qt.CursorShape.ArrowCursor
    #: Whether the view scrolls by itself where the gesture goes beyond its edge.
    scrolls = True

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.is_over = False

    def move(self, pointer: Pointer) -> None:
        """The pointer has moved."""

    def press(self, pointer: Pointer) -> None:
        """A button went down in the middle of the gesture (gestures of several clicks)."""

    def release(self, pointer: Pointer) -> None:
        """The button went up: do it, and be over."""
        self.finish()

    def key(self, event: QKeyEvent) -> bool:
        """A key was pressed; true where the gesture takes it.  Escape never comes here."""
        return False

    def cancel(self) -> None:
        """Put back everything."""
        self.finish()

    def finish(self) -> None:
        """Be over; subclasses take away their marks here."""
        self.is_over = True
        self.stage.hint_changed.emit("")
        self.stage.repaint_wanted.emit()

    def paint(self, painter: QPainter) -> None:
        """Draw over the scene, in its coordinates."""
