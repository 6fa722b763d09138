"""How many epochs to train for."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnsim.ui.bridge.preferences import Preferences

_MOST, _USUAL = 1_000_000, 100
_KEY = "run_epochs"


class RunForDialog(QDialog):
    """Asks for a number of epochs, and remembers it."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_for_dialog")
        self._preferences = preferences
        say = preferences.say
        self.setWindowTitle(say("run_for.title"))
        self._epochs = QSpinBox()
        self._epochs.setObjectName("run_for_epochs")
        self._epochs.setRange(1, _MOST)
        self._epochs.setValue(self._remembered())
        self._epochs.selectAll()
        form = QFormLayout()
        form.addRow(say("run_for.epochs"), self._epochs)
        about = QLabel(say("run_for.about"))
        about.setWordWrap(True)
        run, cancel = QPushButton(say("run_for.run")), QPushButton(say("run_for.cancel"))
        run.setObjectName("run_for_run")
        run.setDefault(True)
        cancel.setObjectName("run_for_cancel")
        buttons = QDialogButtonBox()
        buttons.addButton(run, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(about)
        layout.addWidget(buttons)
        self.setMinimumWidth(round(340 * preferences.zoom))

    def _remembered(self) -> int:
        stored = str(self._preferences.settings.value(_KEY, _USUAL))
        return int(stored) if stored.isdecimal() else _USUAL

    def epochs(self) -> int:
        """The number that was asked for."""
        self._preferences.settings.setValue(_KEY, self._epochs.value())
        return self._epochs.value()
