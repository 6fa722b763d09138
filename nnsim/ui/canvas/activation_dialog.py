"""The number that goes with an activation: the slope of leaky ReLU, α of ELU, pieces of maxout."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import parse_number
from nnsim.engine.activations import ActivationSpec
from nnsim.ui.bridge.preferences import Preferences

_MOST_PIECES = 16
_FIELDS = {"leaky_relu": "slope", "elu": "alpha"}


class ActivationDialog(QDialog):
    """Asks for the parameter of an activation; ``spec`` is the answer when it was accepted."""

    def __init__(
        self, spec: ActivationSpec, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("activation_dialog")
        self.spec = spec
        self._preferences = preferences
        say = preferences.say
        self.setWindowTitle(say(f"activation.{spec.name}"))
        question = QLabel(say(f"canvas.activation.{spec.name}"), self)
        question.setWordWrap(True)
        self._told = QLabel(self)
        self._told.setObjectName("activation_message")
        self._told.setWordWrap(True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setStyleSheet(f"color: {preferences.theme.wrong};")
        self.line = QLineEdit(self)
        self.pieces = QSpinBox(self)
        self.pieces.setRange(2, _MOST_PIECES)
        self.pieces.setValue(max(spec.pieces, 2))
        is_maxout = spec.name == "maxout"
        if not is_maxout:
            self.line.setText(preferences.number(getattr(spec, _FIELDS[spec.name]), 15))
            self.line.selectAll()
        self.line.setVisible(not is_maxout)
        self.pieces.setVisible(is_maxout)
        editor = self.pieces if is_maxout else self.line
        editor.setAccessibleName(question.text())
        question.setBuddy(editor)
        buttons = QDialogButtonBox(self)
        accept = buttons.addButton(
            say("canvas.activation.ok"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        accept.setObjectName("activation_ok")
        buttons.addButton(say("canvas.activation.cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for part in (question, self.line, self.pieces, self._told, buttons):
            layout.addWidget(part)
        self.setMinimumWidth(round(320 * preferences.zoom))
        self._told.hide()
        editor.setFocus()

    def accept(self) -> None:
        """Read the number; where it cannot be read, say so and stay."""
        name = self.spec.name
        if name == "maxout":
            self.spec = replace(self.spec, pieces=self.pieces.value())
        else:
            try:
                number = parse_number(self.line.text())
            except NnsimError as error:
                self._told.setText("\n".join(map(self._preferences.tell, error.messages)))
                self._told.show()
                self.line.selectAll()
                return
            is_slope = name == "leaky_relu"
            self.spec = (
                replace(self.spec, slope=number) if is_slope else replace(self.spec, alpha=number)
            )
        super().accept()
