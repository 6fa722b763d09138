"""How far an export in the background is, and a way to give it up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from nnsim.ui.bridge.preferences import Preferences


class ExportBar(QFrame):
    """Lies over the top of the canvas while an export is under way.

    ``cancelled()``: a person gave up.
    """

    cancelled = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_bar")
        self._preferences = preferences
        self._name = ""
        self._label = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = QPushButton()
        self._cancel.setObjectName("export_bar_cancel")
        self._cancel.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.addWidget(self._label)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._cancel)
        preferences.language_changed.connect(self._say)
        self._done = self._total = 0
        self._say()
        self._dress()
        preferences.theme_changed.connect(self._dress)
        self.hide()

    def begin(self, name: str) -> None:
        """An export to a file of this name is under way."""
        self._name = name
        self.show_progress(0, 0)
        self.show()

    def show_progress(self, done: int, total: int) -> None:
        """So many iterations of so many; of 0 where that is not known yet."""
        self._done, self._total = done, total
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._say()

    def _dress(self) -> None:
        theme = self._preferences.theme
        self.setStyleSheet(
            f"#export_bar {{ background: {theme.raised}; border: 1px solid {theme.border};"
            " border-radius: 6px; }"
        )

    def _say(self) -> None:
        say = self._preferences.say
        self._label.setText(say("export_dialog.progress", name=self._name, n=self._done))
        self._cancel.setText(say("export_dialog.cancel"))
