"""How strongly curves are smoothed: a slider with its value in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from nnsim.ui.bridge.preferences import Preferences

_STEPS = 100
_LARGEST = 0.99
_LENGTH = 70


class Smoothing(QWidget):
    """A strength from 0 (curves as they are) to 0.99.  ``changed()``: another strength."""

    changed = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._label = QLabel()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("smoothing")
        self._slider.setRange(0, round(_LARGEST * _STEPS))
        self._slider.setPageStep(_STEPS // 10)
        self._label.setBuddy(self._slider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._label)
        layout.addWidget(self._slider)
        self._slider.valueChanged.connect(self._moved)

    @property
    def strength(self) -> float:
        """β of the moving average."""
        return self._slider.value() / _STEPS

    def _moved(self) -> None:
        self.say()
        self.changed.emit()

    def say(self) -> None:
        """Say the words again; the label is as wide as for any strength."""
        say, number = self._preferences.say, self._preferences.number
        self._label.setText(say("loss_panel.smoothing", strength=number(self.strength)))
        widest = say("loss_panel.smoothing", strength=number(_LARGEST))
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(widest))
        self._slider.setFixedWidth(round(_LENGTH * self._preferences.zoom))
        self._slider.setAccessibleName(say("loss_panel.smoothing_name"))
        self.setToolTip(say("loss_panel.smoothing_tip"))
