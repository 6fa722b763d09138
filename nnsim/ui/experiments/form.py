"""The form: which experiment, on which data, with which settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from nnsim.core.messages import NnsimError
from nnsim.data.options import Task
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.model import MAX_UNITS, Document
from nnsim.engine.initialisers import INITIALISERS
from nnsim.session.experiments.complexity import AGAINST
from nnsim.session.experiments.race import VARIED
from nnsim.session.experiments.request import (
    COMPLEXITIES,
    DEGREES,
    EPOCHS,
    FIXED_BY,
    KINDS,
    TRAINING_SIZES,
    Choices,
    Kind,
    Request,
    Source,
)
from nnsim.session.experiments.samples import CLASS_LOSSES
from nnsim.session.experiments.training import HIDDEN_ACTIVATIONS, OPTIMISER_NAMES
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.experiments.fields import (
    Choice,
    Editor,
    Entry,
    Picks,
    listed,
    number,
    several,
    whole,
)

#: Stands in the list of data for the project in the main window.
PROJECT = "project"
# "-" begins a part with a heading.
_NETWORK = ("-network", "hidden", "activation", "initialiser")
_TRAINING = ("-training", "loss", "optimiser", "rate", "batch", "epochs", "scaling")
_RUNNING = ("-running", "seed", "processes")
_SWEEP = ("against", "hidden_units", "epochs_list", "training_size", "samples", "noise", "repeats")
_STATISTICAL = ("degrees", "points", "deviation", "resamples")
_RACE = ("varied", *(f"race_{varied}" for varied in VARIED), "target")
# What each kind asks; all that is ever asked stands in the order of _ALL.
_ROWS: Mapping[Kind, Sequence[str]] = {
    "kfold": ("data", "folds", "order", *_NETWORK, *_TRAINING, *_RUNNING),
    "bias-variance": ("data", *_SWEEP, *_NETWORK, *_TRAINING, *_RUNNING),
    "statistical": (*_STATISTICAL, *_RUNNING),
    "race": ("data", *_RACE, "order", *_NETWORK, *_TRAINING, *_RUNNING),
}
_ALL = (
    *("data", "folds", *_SWEEP, *_STATISTICAL, *_RACE, "order"),
    *(*_NETWORK, *_TRAINING, *_RUNNING),
)
#: Data that show what an experiment is about.
_FITTING: Mapping[Kind, str] = {"kfold": "wine", "bias-variance": "digits", "race": "iris"}
_MAX_SEED, _MAX_PROCESSES = 2**31, 61
_MOST_PROCESSES = 8
_MAX_COUNT, _MAX_EPOCHS, _MAX_REPEATS = 1_000_000, 100_000, 1000
_MAX_POINTS, _MAX_RESAMPLES, _MAX_DEGREE = 10_000, 10_000, 100
_RATES, _BATCHES = (0.001, 0.01, 0.1), (1, 16, 64)


class Form(QWidget):
    """Asks for an experiment.

    ``changed()``: another one is asked for.  ``request(document)`` is what is asked for, on a
    document where the open project is chosen.
    """

    changed = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._labels: dict[str, QLabel] = {}
        self._editors: dict[str, Editor] = _editors(preferences)
        self._data_touched = False
        self.kind_choice = Choice(KINDS, lambda k: preferences.say(f"experiments.kind.{k}"))
        self.kind_choice.setObjectName("experiment_kind")
        self._about = QLabel()
        self._about.setWordWrap(True)
        self._about.setObjectName("experiment_about")
        self._lay_out()
        self.kind_choice.currentIndexChanged.connect(self._kind_chosen)
        self._choice("data").activated.connect(self._touch_data)
        for name in ("against", "varied"):
            self._choice(name).currentIndexChanged.connect(self._show_rows)
        preferences.language_changed.connect(self.say)
        preferences.theme_changed.connect(self.say)
        self.say()
        self._kind_chosen()

    # -- building --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._layout = layout = QFormLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setVerticalSpacing(7)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._add("kind", self.kind_choice)
        layout.addRow(self._about)
        for name in _ALL:
            if name.startswith("-"):
                heading = self._labels[name] = QLabel()
                heading.setObjectName(f"experiment_heading_{name[1:]}")
                layout.addRow(heading)
            else:
                self._add(name, self._editors[name])

    def _add(self, name: str, editor: QWidget) -> None:
        if not editor.objectName():
            editor.setObjectName(f"experiment_{name}")
        label = self._labels[name] = QLabel()
        label.setBuddy(editor)
        self._layout.addRow(label, editor)

    def say(self) -> None:
        """Say everything again in the person's language."""
        say = self._preferences.say
        for name, label in self._labels.items():
            if name.startswith("-"):
                font = label.font()
                font.setBold(True)
                label.setFont(font)
                label.setText(say(f"experiments.heading.{name[1:]}"))
                continue
            words = say(f"experiments.field.{name}")
            label.setText(words)
            editor = label.buddy()
            editor.setAccessibleName(words)
            tip = f"experiments.tip.{name}"
            editor.setToolTip(say(tip) if name in _TIPS else "")
            label.setToolTip(editor.toolTip())
        for editor in (self.kind_choice, *self._editors.values()):
            editor.say()
        self._say_about()

    def _say_about(self) -> None:
        self._about.setText(self._preferences.say(f"experiments.about.{self.kind}"))
        palette = self._about.palette()
        palette.setColor(self._about.foregroundRole(), self._preferences.theme.color("muted"))
        self._about.setPalette(palette)

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """The kind of experiment."""
        return self.kind_choice.value  # type: ignore[return-value]

    def editor(self, name: str) -> Editor:
        """The editor of a setting."""
        return self._editors[name]

    def _choice(self, name: str) -> Choice:
        editor = self._editors[name]
        assert isinstance(editor, Choice)
        return editor

    def _kind_chosen(self) -> None:
        if not self._data_touched and self.kind in _FITTING:
            self._choice("data").choose(_FITTING[self.kind])
        self._say_about()
        self._show_rows()

    def _touch_data(self) -> None:
        self._data_touched = True
        self.changed.emit()

    def _show_rows(self) -> None:
        shown = set(_ROWS[self.kind])
        if self.kind == "bias-variance":
            against = str(self._choice("against").value)
            shown -= _LISTS - {_LIST_OF[against]}
            shown.discard(FIXED_BY.get(against, ""))
        elif self.kind == "race":
            varied = str(self._choice("varied").value)
            shown -= {f"race_{other}" for other in VARIED if other != varied} | {varied}
        for name, label in self._labels.items():
            if name != "kind":
                row = label if name.startswith("-") else self._editors[name]
                self._layout.setRowVisible(row, name in shown)
        self._shown = shown
        self.changed.emit()

    # -- what is asked for -----------------------------------------------------------------------

    @property
    def processes(self) -> int:
        """How many trainings are to run at a time."""
        value = self._editors["processes"].value
        return default_processes() if value is None else int(str(value))

    def request(self, document: Document, name: str) -> Request:
        """What is asked for; ``document`` and its ``name`` where the open project is chosen.

        Raises NnsimError, with the label of the field, for what cannot be read.
        """
        kind = self.kind
        chosen = {
            row: self._read(row) for row in _ROWS[kind] if row in self._shown and row[0] != "-"
        }
        chosen.pop("processes")
        # Qt makes plain text of them.
        for row, make in (("order", Order), ("scaling", Method)):
            if chosen.get(row) is not None:
                chosen[row] = make(str(chosen[row]))
        data = chosen.pop("data", None)
        source = None
        if data is not None:
            source = Source(name, document) if data == PROJECT else Source(str(data))
        if kind == "bias-variance":
            chosen["vary"] = chosen.pop("against")
            chosen["values"] = chosen.pop(_LIST_OF[str(chosen["vary"])])
        elif kind == "race":
            chosen["vary"] = chosen.pop("varied")
            chosen["values"] = (
                chosen.pop(f"race_{chosen['vary']}") or _DEFAULTS[str(chosen["vary"])]
            )
        elif kind == "statistical":
            chosen["values"] = chosen.pop("degrees")
        return Request(kind, source, Choices(**chosen))  # type: ignore[arg-type]

    def _read(self, name: str) -> object:
        editor = self._editors[name]
        try:
            return editor.value
        except NnsimError as error:
            editor.setFocus()
            label = str(self._preferences.say(f"experiments.field.{name}"))
            told = [self._preferences.tell(message) for message in error.messages]
            raise NnsimError.of("experiments.at_field", field=label, told=" ".join(told)) from error


_LIST_OF: Mapping[str, str] = {
    against: "epochs_list" if against == "epochs" else against for against in AGAINST
}
_LISTS = set(_LIST_OF.values())
_DEFAULTS: Mapping[str, tuple[float, ...]] = {"rate": _RATES, "batch": _BATCHES}
_TIPS = frozenset(
    (
        *("folds", "order", "hidden", "initialiser", "loss", "batch", "scaling", "seed"),
        *("processes", "samples", "noise", "repeats", "target", "hidden_units", "epochs_list"),
        *("training_size", "degrees", "points", "deviation", "resamples", "rate"),
        *("race_rate", "race_batch"),
    )
)


def default_processes() -> int:
    """All processors but one, which the window keeps."""
    return min(max((os.cpu_count() or 1) - 1, 1), _MOST_PROCESSES)


def _editors(preferences: Preferences) -> dict[str, Editor]:
    """The editors of all settings by name; each knows its default."""
    say = preferences.say

    def named(table: str) -> Callable[[object], str]:
        return lambda value: say(f"experiments.{table}.{'default' if value is None else value}")

    def data(value: object) -> str:
        return say("experiments.project") if value == PROJECT else say(f"data_set.title.{value}")

    def plain(default: object) -> Callable[[], str]:
        return lambda: str(default)

    def numbers(*values: float) -> Callable[[], str]:
        return lambda: listed(values, preferences)

    def word(key: str) -> Callable[[], str]:
        return lambda: say(f"experiments.default.{key}")

    tasks = (Task.CLASSIFICATION, Task.REGRESSION)
    sets = [name for name, spec in DATA_SETS.items() if spec.task in tasks]
    units, epochs = whole(1, MAX_UNITS), whole(1, _MAX_EPOCHS)
    counts, degrees = whole(1, _MAX_COUNT), whole(0, _MAX_DEGREE)
    above_0 = number(1e-12, 1e6)
    losses = tuple(CLASS_LOSSES)
    return {
        "data": Choice([PROJECT, *sets], data),
        "folds": Entry(whole(2, 1000), plain(5)),
        "order": Choice([None, *Order], named("order")),
        "hidden": Entry(_hidden, plain(8)),
        "activation": Choice(_first("relu", HIDDEN_ACTIVATIONS), named("activation")),
        "initialiser": Choice([None, *INITIALISERS], named("initialiser")),
        "loss": Choice([None, *losses], named("loss")),
        "optimiser": Choice(_first("adam", OPTIMISER_NAMES), named("optimiser")),
        "rate": Entry(above_0, numbers(0.01)),
        "batch": Entry(counts, word("batch")),
        "epochs": Entry(epochs, plain(40)),
        "scaling": Choice([None, *Method], named("scaling")),
        "against": Choice(AGAINST, lambda value: say(f"experiments.against.{value}")),
        "hidden_units": Entry(several(units, commas=True), numbers(*COMPLEXITIES)),
        "epochs_list": Entry(several(epochs, commas=True), numbers(*EPOCHS)),
        "training_size": Entry(several(counts, commas=True), numbers(*TRAINING_SIZES)),
        "samples": Entry(counts, word("samples")),
        "noise": Entry(number(0, 1), numbers(0)),
        "repeats": Entry(whole(1, _MAX_REPEATS), plain(5)),
        "degrees": Entry(several(degrees, commas=True), numbers(*DEGREES)),
        "points": Entry(whole(2, _MAX_POINTS), plain(25)),
        "deviation": Entry(above_0, numbers(0.3)),
        "resamples": Entry(whole(2, _MAX_RESAMPLES), plain(1000)),
        "varied": Choice(VARIED, lambda value: say(f"experiments.field.{value}")),
        "race_optimiser": Picks(OPTIMISER_NAMES, ("sgd", "momentum", "adam"), named("optimiser")),
        "race_activation": Picks(
            HIDDEN_ACTIVATIONS, ("sigmoid", "tanh", "relu"), named("activation")
        ),
        "race_loss": Picks(losses, ("mse", "mae", "huber"), named("loss")),
        "race_rate": Entry(several(above_0, commas=False), numbers(*_RATES)),
        "race_initialiser": Picks(
            tuple(INITIALISERS), ("zeros", "xavier_uniform", "he_normal"), named("initialiser")
        ),
        "race_batch": Entry(several(counts, commas=True), numbers(*_BATCHES)),
        "target": Entry(number(-1e9, 1e9), word("target")),
        "seed": Entry(whole(0, _MAX_SEED), plain(0)),
        "processes": Entry(whole(1, _MAX_PROCESSES), lambda: str(default_processes())),
    }


def _hidden(text: str) -> tuple[int, ...]:
    """Units of the hidden layers; 0 is none."""
    sizes: tuple[int, ...] = several(whole(0, MAX_UNITS), commas=True)(text)
    return () if sizes == (0,) else several(whole(1, MAX_UNITS), commas=True)(text)


def _first(chosen: str, values: Sequence[str]) -> list[str]:
    return [chosen, *(value for value in values if value != chosen)]
