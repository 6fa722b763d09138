"""Step 6: hidden layers and neurons, their activation, the output, and where the weights start."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from nnsim.document.lab import (
    add_hidden,
    add_neuron,
    fit_in_force,
    hidden_activation,
    hidden_layers,
    layer_sizes,
    possible_fits,
    remove_hidden,
    remove_neuron,
    set_hidden_activation,
    with_fit,
)
from nnsim.document.model import Document
from nnsim.engine.activations import ACTIVATIONS
from nnsim.engine.initialisers import INITIALISERS
from nnsim.ui.panels.lab.row import Row
from nnsim.ui.panels.lab.step import Step

#: Activations of hidden layers: softmax is one for outputs, and maxout has settings of its own.
HIDDEN = tuple(name for name in ACTIVATIONS if name not in ("softmax", "maxout"))
#: Ways to draw start weights, the usual ones first; "constant" and "uniform" ask for numbers.
STARTS = (
    *(name for name in INITIALISERS if name.startswith(("xavier", "he"))),
    *("lecun_uniform", "lecun_normal", "orthogonal", "pytorch", "normal", "zeros"),
)


class NetworkStep(Step):
    """The layers from the inputs to the outputs."""

    name = "network"

    def build(self) -> None:
        self._layer_rows: list[_LayerRow] = []
        self._layers = QVBoxLayout()
        self._layers.setSpacing(4)
        self.column.addLayout(self._layers)
        self._none = QLabel()
        self._none.setWordWrap(True)
        self._layers.addWidget(self._none)
        self._add = QPushButton()
        self._add.setObjectName("lab_layer_add")
        self._add.clicked.connect(lambda: self._change(add_hidden, "layer_add"))
        self.add_wide(self._add)
        self._activation = self.combo("activation", HIDDEN)
        self._activation.activated.connect(self._set_activation)
        self._activation_row = self.add_row("lab.activation", self._activation, wide=True)
        self._fit = self.combo("fit")
        self._fit.activated.connect(lambda: self._set_fit(self._fit.currentData()))
        self.add_row("lab.problem", self._fit, wide=True)
        self._fit_words = QLabel()
        self._fit_words.setObjectName("lab_fit_words")
        self._fit_words.setWordWrap(True)
        self.add_wide(self._fit_words)
        self._start = self.combo("start", STARTS)
        self._draw = QPushButton()
        self._draw.setObjectName("lab_draw_weights")
        self._draw.clicked.connect(self._draw_weights)
        # The examples start with seed 0: the first draw gives other weights.
        self._drawn = 1
        self.add_row("lab.start", self._start, wide=True)
        self.add_wide(self._draw)

    def say(self) -> None:
        super().say()
        say = self.preferences.say
        self._none.setText(say("lab.no_hidden"))
        self._add.setText(say("lab.layer_add"))
        self._add.setToolTip(say("lab.layer_add_tip"))
        self._draw.setText(say("lab.draw_weights"))
        self._draw.setToolTip(say("lab.draw_weights_tip"))
        self.say_choices(self._activation, "activation")
        self.say_choices(self._start, "lab.initialiser")
        for row in self._layer_rows:
            row.say()

    def dress(self) -> None:
        super().dress()
        for label in (self._none, self._fit_words):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), self.preferences.theme.color("muted"))
            label.setPalette(palette)

    # -- showing ---------------------------------------------------------------------------------

    def show_document(self, document: Document) -> str:
        layers = hidden_layers(document)
        while len(self._layer_rows) < len(layers):
            self._layer_rows.append(self._make_row(len(self._layer_rows)))
        for number, row in enumerate(self._layer_rows):
            row.setVisible(number < len(layers))
            if number < len(layers):
                nodes = layers[number]
                is_recurrent = any(node.is_recurrent for node in nodes)
                row.show_units(sum(node.units for node in nodes), is_recurrent)
        self._none.setVisible(not layers)
        spec = hidden_activation(document)
        self._activation_row.setVisible(spec is not None)
        if spec is not None:
            self._activation.setCurrentIndex(self._activation.findData(spec.name))
            self._activation.setPlaceholderText(self.preferences.say(f"activation.{spec.name}"))
        self._show_fit(document)
        return layer_sizes(document)

    def _make_row(self, number: int) -> _LayerRow:
        row = _LayerRow(self, number)
        row.more.connect(lambda: self._change(lambda d: add_neuron(d, number), "neuron_add"))
        row.fewer.connect(lambda: self._change(lambda d: remove_neuron(d, number), "neuron_remove"))
        row.gone.connect(lambda: self._change(lambda d: remove_hidden(d, number), "layer_remove"))
        self._layers.addWidget(row)
        row.say()
        return row

    def _show_fit(self, document: Document) -> None:
        say = self.preferences.say
        fits, now = possible_fits(document.data), fit_in_force(document)
        names = [fit.name for fit in fits]
        if names != [self._fit.itemData(k) for k in range(self._fit.count())]:
            self._fit.clear()
            for name in names:
                self._fit.addItem("", name)
        self.say_choices(self._fit, "lab.fit")
        self._fit.setPlaceholderText(say("lab.fit.own"))
        self._fit.setCurrentIndex(-1 if now is None else self._fit.findData(now.name))
        shown = now or fits[0]
        key = "lab.fit_words" if now is not None else "lab.fit_offer"
        self._fit_words.setText(
            say(
                key,
                units=say("lab.units", n=shown.units),
                activation=say(f"activation.{shown.activation}"),
                loss=say(f"loss.{shown.loss}"),
                fit=say(f"lab.fit.{shown.name}"),
            )
        )

    # -- doing -----------------------------------------------------------------------------------

    def _change(self, edit: object, undo: str) -> None:
        self.edit(edit, undo)  # type: ignore[arg-type]
        self.refresh()

    def _set_activation(self) -> None:
        name = self._activation.currentData()
        self._change(lambda document: set_hidden_activation(document, name), "activation")

    def _set_fit(self, name: str) -> None:
        document = self.workspace.document
        fit = next(fit for fit in possible_fits(document.data) if fit.name == name)
        if fit != fit_in_force(document):
            self._change(lambda document: with_fit(document, fit), "fit")

    def _draw_weights(self) -> None:
        # Not sooner: the engine's part in it is needed when somebody draws.
        from nnsim.document.starting import draw_parameters

        name, seed = self._start.currentData(), self._drawn
        self._drawn += 1
        self._change(lambda document: draw_parameters(document, name, seed), "draw_weights")


class _LayerRow(Row):
    """One hidden layer: − 8 + and a cross.  ``more``, ``fewer``, ``gone``: what is wanted."""

    more = Signal()
    fewer = Signal()
    gone = Signal()

    def __init__(self, step: NetworkStep, number: int) -> None:
        super().__init__(QWidget())
        self._preferences = step.preferences
        self._number = number
        self._is_recurrent = False
        self._units = QLabel()
        self._units.setObjectName(f"lab_units_{number + 1}")
        self._buttons = {}
        for name, sign, signal in (
            ("fewer", "−", self.fewer),
            ("more", "+", self.more),
            ("gone", "✕", self.gone),
        ):
            button = QToolButton()
            button.setText(sign)
            button.setAutoRepeat(name != "gone")
            button.setAutoRaise(name == "gone")
            button.setObjectName(f"lab_{name}_{number + 1}")
            button.clicked.connect(signal)
            self._buttons[name] = button
        layout = QHBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for part in (self._buttons["fewer"], self._units, self._buttons["more"]):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self._buttons["gone"])

    def show_units(self, units: int, is_recurrent: bool = False) -> None:
        """How many neurons the layer has, and whether it goes through time steps."""
        self._units.setText(str(units))
        if is_recurrent != self._is_recurrent:
            self._is_recurrent = is_recurrent
            self.say()
        self._buttons["fewer"].setEnabled(units > 1)

    def say(self) -> None:
        """Say the words in the language of now."""
        say = self._preferences.say
        layer = "recurrent_layer" if self._is_recurrent else "hidden_layer"
        self.set_words(say(f"lab.{layer}", n=self._number + 1))
        for name, button in self._buttons.items():
            words = say(f"lab.{name}_tip", layer=self._number + 1)
            button.setToolTip(words)
            button.setAccessibleName(words)
        self._units.setMinimumWidth(self.fontMetrics().horizontalAdvance("000"))
        self._units.setAlignment(self._units.alignment().AlignCenter)
