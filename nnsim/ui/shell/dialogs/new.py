"""Something to start from: a template, or one of the examples that travel with nnsim."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import NnsimError
from nnsim.document.model import Document
from nnsim.document.templates import GATES, empty, gate_neuron, parse_layers, perceptron
from nnsim.engine.activations import ACTIVATIONS
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.gallery.gallery import Gallery

TEMPLATES = ("neuron", "two_two_one", "layers", "empty")
_INDENT = 26
_SHARE_OF_SCREEN = 0.94


class NewDialog(QDialog):
    """Choose a template or an example; ``document()`` is what was chosen."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_dialog")
        self._preferences = preferences
        say = preferences.say
        self.setWindowTitle(say("new.title"))
        self._templates = _Templates(preferences)
        self._examples = Gallery(preferences)
        self._tabs = QTabWidget()
        self._tabs.setObjectName("new_tabs")
        self._tabs.addTab(self._templates, say("new.templates"))
        self._tabs.addTab(self._examples, say("new.examples"))
        self._buttons = QDialogButtonBox()
        self._ok = QPushButton(say("new.create"))
        self._ok.setObjectName("new_ok")
        cancel = QPushButton(say("new.cancel"))
        cancel.setObjectName("new_cancel")
        self._buttons.addButton(self._ok, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self._ok.setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._tabs)
        layout.addWidget(self._buttons)
        self._templates.text_changed(self._refresh)
        self._tabs.currentChanged.connect(self._refresh)
        self._examples.activated.connect(self.accept)
        self._examples.examples.chosen.connect(self._refresh)
        self._refresh()
        room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        self.resize((QSize(820, 600) * preferences.zoom).boundedTo(room))

    def _refresh(self) -> None:
        in_examples = self._tabs.currentWidget() is self._examples
        self._ok.setText(self._preferences.say("new.open" if in_examples else "new.create"))
        is_possible = self._templates.is_possible
        self._ok.setEnabled(self._examples.chosen is not None if in_examples else is_possible)

    def document(self) -> Document:
        """The document that was chosen; an example has its title in the person's language."""
        if self._tabs.currentWidget() is self._examples:
            return self._examples.document()
        return self._templates.document()


class _Templates(QWidget):
    """The templates, each with what can be chosen about it."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._buttons: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._gate = QComboBox()
        self._gate.setObjectName("new_gate")
        for gate in GATES:
            self._gate.addItem(gate.upper(), gate)
        self._layers = QLineEdit("2-4-3-1")
        self._layers.setObjectName("new_layers")
        self._told = QLabel()
        self._told.setObjectName("new_layers_told")
        self._told.setWordWrap(True)
        self._hidden = self._activations("new_hidden", "tanh")
        self._output = self._activations("new_output", "sigmoid")
        self._hidden_221 = self._activations("new_hidden_221", "sigmoid")
        self._build()
        self._layers.textChanged.connect(self._check)
        # Touching what belongs to a template chooses that template.
        self._gate.activated.connect(lambda: self._choose("neuron"))
        self._hidden_221.activated.connect(lambda: self._choose("two_two_one"))
        for box in (self._hidden, self._output):
            box.activated.connect(lambda: self._choose("layers"))
        self._layers.textEdited.connect(lambda: self._choose("layers"))
        self._check()

    def _activations(self, name: str, chosen: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(name)
        for activation in ACTIVATIONS:
            box.addItem(self._preferences.say(f"activation.{activation}"), activation)
        box.setCurrentIndex(box.findData(chosen))
        return box

    def _build(self) -> None:
        say = self._preferences.say
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 12)
        layout.setSpacing(4)
        for template in TEMPLATES:
            button = QRadioButton(say(f"new.{template}.name"))
            button.setObjectName(f"new_{template}")
            font = button.font()
            font.setBold(True)
            button.setFont(font)
            self._buttons[template] = button
            self._group.addButton(button)
            about = QLabel(say(f"new.{template}.about"))
            about.setWordWrap(True)
            about.setIndent(_INDENT)
            layout.addWidget(button)
            layout.addWidget(about)
            if (options := self._options(template)) is not None:
                layout.addLayout(options)
            layout.addSpacing(12)
        layout.addStretch(1)
        self._buttons["neuron"].setChecked(True)
        self._group.buttonClicked.connect(self._check)

    def _options(self, template: str) -> QHBoxLayout | QGridLayout | None:
        say = self._preferences.say
        if template == "neuron":
            return self._row(say("new.gate"), self._gate)
        if template == "two_two_one":
            return self._row(say("new.hidden"), self._hidden_221)
        if template == "layers":
            grid = QGridLayout()
            grid.setContentsMargins(_INDENT, 2, 0, 0)
            rows = (
                (say("new.sizes"), self._layers),
                (say("new.hidden"), self._hidden),
                (say("new.output"), self._output),
            )
            for number, (words, widget) in enumerate(rows):
                label = QLabel(words)
                label.setBuddy(widget)
                grid.addWidget(label, number, 0)
                grid.addWidget(widget, number, 1)
            grid.addWidget(self._told, len(rows), 0, 1, 3)
            grid.setColumnStretch(2, 1)
            return grid
        return None

    def _row(self, words: str, widget: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(_INDENT, 2, 0, 0)
        label = QLabel(words)
        label.setBuddy(widget)
        row.addWidget(label)
        row.addWidget(widget)
        row.addStretch(1)
        return row

    def text_changed(self, slot: object) -> None:
        """Call ``slot`` whenever something else is chosen or typed."""
        self._layers.textChanged.connect(slot)
        self._group.buttonToggled.connect(slot)

    def _choose(self, template: str) -> None:
        self._buttons[template].setChecked(True)

    @property
    def is_possible(self) -> bool:
        """Whether what is chosen can be made."""
        return not self._buttons["layers"].isChecked() or self._check()

    def _check(self) -> bool:
        """Say what the typed sizes make, or what is wrong with them."""
        theme = self._preferences.theme
        try:
            sizes = parse_layers(self._layers.text())
        except NnsimError as error:
            told, role = self._preferences.tell(error.messages[0]), "wrong"
        else:
            parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
            told = self._preferences.say("new.parameters", n=parameters, layers=len(sizes) - 1)
            role = "muted"
        self._told.setText(told)
        palette = self._told.palette()
        palette.setColor(self._told.foregroundRole(), theme.color(role))
        self._told.setPalette(palette)
        return role == "muted"

    def document(self) -> Document:
        """The document of the chosen template."""
        if self._buttons["neuron"].isChecked():
            return gate_neuron(self._gate.currentData())
        if self._buttons["two_two_one"].isChecked():
            return perceptron((2, 2, 1), hidden=self._hidden_221.currentData())
        if self._buttons["layers"].isChecked():
            return perceptron(
                parse_layers(self._layers.text()),
                self._hidden.currentData(),
                self._output.currentData(),
            )
        return empty()
