"""A slider below a field: the same value, dragged or typed."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

# A hundred steps from end to end, ten of them a page: what a pixel or two can tell apart.
_STEPS, _PAGE = 100, 10
# The value of a step is written as people write it: 0.3, and not 0.30000000000000004.
_DECIMALS = 12
_drags = count(1)


class ValueSlider(QSlider):
    """Values from ``low`` to ``high`` in ``steps`` steps.

    ``moved(value, drag)``: a person moved the handle.  ``drag`` is the same text for all of one
    drag, or of one key that is held down, and another for the next: what merges edits into one.
    ``drag_begun()`` comes before the first of them.  A value beyond an end, which was typed, is
    shown at that end.
    """

    moved = Signal(float, str)
    drag_begun = Signal()

    def __init__(self, low: float, high: float, steps: int = _STEPS) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low, self._high, self._steps = low, high, steps
        self._drag = ""
        self.setRange(0, steps)
        self.setPageStep(_PAGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.sliderPressed.connect(self._begin)
        self.valueChanged.connect(self._tell)

    def show_value(self, value: float) -> None:
        """Stand at a value, without telling; the handle that is being dragged stays in hand."""
        if self.isSliderDown():
            return
        place = round(self._steps * (value - self._low) / (self._high - self._low))
        self.blockSignals(True)
        self.setValue(place)
        self.blockSignals(False)

    def _begin(self) -> None:
        self._drag = f"slider {next(_drags)}"
        self.drag_begun.emit()

    def _tell(self, place: int) -> None:
        if not self.isSliderDown() and not self._drag:
            self._begin()
        value = self._low + (self._high - self._low) * place / self._steps
        self.moved.emit(round(value, _DECIMALS), self._drag)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A click beside the handle moves it by a page, and is a drag of its own.
        self._drag = ""
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._drag = ""
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The wheel scrolls the panel; a slider under the pointer would change on the way.
        event.ignore()
