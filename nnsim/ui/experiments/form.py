"""The form: which experiment, on which data, with which settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from nnsim.core.messages import NnsimError
from nnsim.data.options import Task
from nnsim.data.scaling import Method
from nnsim.data.sets import DATA_SETS
from nnsim.data.splitting import Order
from nnsim.document.model import Document
from nnsim.session.evaluation import MetricName, metric_of
from nnsim.session.experiments.complexity import AGAINST
from nnsim.session.experiments.landscape import SIDE
from nnsim.session.experiments.race import VARIED
from nnsim.session.experiments.request import (
    FIXED_BY,
    HIDDEN,
    KINDS,
    Choices,
    Request,
    Source,
)
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.experiments.editors import (
    DRAWN,
    LAYERS,
    PROJECT,
    RACED,
    default_processes,
    make_editors,
)
from nnsim.ui.experiments.fields import Choice, Editor

#: The kind that is no training: the loss around the present place of the run in the main window.
LANDSCAPE = "landscape"
# "-" begins a part with a heading.
_NETWORK = ("-network", "network", "hidden", "depth", "activation", "initialiser")
_TRAINING = ("-training", "loss", "optimiser", "rate", "batch", "epochs", "scaling")
# What a diagram has settings of its own for.
_OWN = ("hidden", "activation", "initialiser", "loss", "optimiser", "rate", "batch", "scaling")
_RUNNING = ("-running", "seed", "processes")
_SWEEP = ("against", "hidden_units", "epochs_list", "training_size", "samples", "noise", "repeats")
_STATISTICAL = ("degrees", "points", "deviation", "resamples")
_LANDSCAPE = ("first_weight", "second_weight", "reach", "side")
_RACE = ("varied", *(f"race_{varied}" for varied in VARIED), "target")
# What each kind asks; all that is ever asked stands in the order of _ALL.
_ROWS: Mapping[str, Sequence[str]] = {
    "kfold": ("data", "folds", "order", *_NETWORK, *_TRAINING, *_RUNNING),
    "bias-variance": ("data", *_SWEEP, *_NETWORK, *_TRAINING, *_RUNNING),
    "statistical": (*_STATISTICAL, *_RUNNING),
    "race": ("data", *_RACE, "order", *_NETWORK, *_TRAINING, *_RUNNING),
    LANDSCAPE: (*_LANDSCAPE, "-running", "processes"),
}
_ALL = (
    *("data", "folds", *_SWEEP, *_STATISTICAL, *_LANDSCAPE, *_RACE, "order"),
    *(*_NETWORK, *_TRAINING, *_RUNNING),
)
#: Data that show what an experiment is about.
_FITTING: Mapping[str, str] = {"kfold": "wine", "bias-variance": "digits", "race": "iris"}
# A gate of up to four inputs has so many samples: a table to reason about, too small to divide.
_OF_A_GATE = 16
_PERCENT = 100


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
        self._weights: dict[str, str] = {}
        self._editors: dict[str, Editor] = make_editors(preferences, self._weights)
        self._shown: set[str] = set()
        self._data_touched = False
        self._project_fits = False
        self._project_metric: MetricName = "accuracy"
        self.kind_choice = Choice(
            (*KINDS, LANDSCAPE), lambda k: preferences.say(f"experiments.kind.{k}")
        )
        self.kind_choice.setObjectName("experiment_kind")
        self._about = QLabel()
        self._about.setWordWrap(True)
        self._about.setObjectName("experiment_about")
        self._lay_out()
        self.kind_choice.currentIndexChanged.connect(self._kind_chosen)
        self._choice("data").activated.connect(self._touch_data)
        for name in ("data", "network", "against", "varied"):
            self._choice(name).currentIndexChanged.connect(self._show_rows)
        preferences.language_changed.connect(self.say)
        # Later: the rules of the main window, set anew, take the colours of its widgets back.
        preferences.theme_changed.connect(self._say_about, Qt.ConnectionType.QueuedConnection)
        self.say()
        self._kind_chosen()

    # -- building --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._layout = layout = QFormLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setVerticalSpacing(7)
        layout.setHorizontalSpacing(12)
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
            words = self._label_words(name)
            label.setText(words)
            editor = label.buddy()
            editor.setAccessibleName(words)
            tip = f"experiments.tip.{name}"
            editor.setToolTip(say(tip) if name in _TIPS else "")
            label.setToolTip(editor.toolTip())
        for editor in (self.kind_choice, *self._editors.values()):
            editor.say()
        self._say_about()

    def _label_words(self, name: str) -> str:
        """The label of a field; a target is said with the metric that it is a target of."""
        key = f"{name}_{self._metric}" if name == "target" else name
        return str(self._preferences.say(f"experiments.field.{key}"))

    def _say_about(self) -> None:
        say = self._preferences.say
        about = str(say(f"experiments.about.{self.kind}"))
        if self._is_drawn:
            about += "\n" + str(say("experiments.about_length"))
        self._about.setText(about)
        palette = self._about.palette()
        palette.setColor(self._about.foregroundRole(), self._preferences.theme.color("muted"))
        self._about.setPalette(palette)

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """The kind of experiment."""
        return str(self.kind_choice.value)

    @property
    def terrain(self) -> tuple[str, str, float | None, int]:
        """Both weights of the landscape by their keys, its reach (None: the path's), its side.

        Raises NnsimError for what cannot be read.
        """
        first, second = (self._editors[f"{each}_weight"].value for each in ("first", "second"))
        reach, side = self._read("reach"), self._read("side")
        return (
            str(first),
            str(second),
            None if reach is None else float(str(reach)),
            SIDE if side is None else int(str(side)),
        )

    def offer_weights(self, names: Mapping[str, str], chosen: Sequence[str]) -> None:
        """The weights to choose from, names by keys; ``chosen`` unless both are chosen already."""
        self._weights.clear()
        self._weights.update(names)
        former = [str(self._choice(f"{each}_weight").value) for each in ("first", "second")]
        if not set(former) <= set(names) or former[0] == former[1]:
            former = list(chosen)
        for each, key in zip(("first", "second"), former, strict=False):
            self._choice(f"{each}_weight").offer(list(names), key)

    def see_project(self, document: Document, can_run: bool) -> None:
        """The open project, which is what to begin with where it has data to experiment on.

        Nothing changes once a person has chosen data.
        """
        self._project_fits = can_run and len(document.data) > _OF_A_GATE
        self._project_metric = metric_of(document)
        self._say_target()
        self._suggest_data()

    def editor(self, name: str) -> Editor:
        """The editor of a setting."""
        return self._editors[name]

    def _choice(self, name: str) -> Choice:
        editor = self._editors[name]
        assert isinstance(editor, Choice)
        return editor

    def _kind_chosen(self) -> None:
        self._suggest_data()
        self._show_rows()

    def _suggest_data(self) -> None:
        if not self._data_touched and self.kind in _FITTING:
            fitting = PROJECT if self._project_fits else _FITTING[self.kind]
            self._choice("data").choose(fitting)

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
        # Where units vary, only how many layers have them is left to say.
        shown.discard("hidden" if "hidden_units" in shown else "depth")
        if not self._may_be_drawn(shown):
            shown.discard("network")
        elif self._choice("network").value == DRAWN:
            shown.difference_update(_OWN)
        for name, label in self._labels.items():
            if name != "kind":
                row = label if name.startswith("-") else self._editors[name]
                self._layout.setRowVisible(row, name in shown)
        self._shown = shown
        self._say_about()
        self._say_target()
        self.changed.emit()

    @property
    def _metric(self) -> MetricName:
        """What says how good a network is on the data that is chosen."""
        data = self._choice("data").value
        if data == PROJECT:
            return self._project_metric
        is_classified = DATA_SETS[str(data)].task is Task.CLASSIFICATION
        return "accuracy" if is_classified else "r2"

    def _say_target(self) -> None:
        words = self._label_words("target")
        self._labels["target"].setText(words)
        self._editors["target"].setAccessibleName(words)

    @property
    def _is_drawn(self) -> bool:
        """Whether the diagram of the project is what is trained."""
        return "network" in self._shown and self._choice("network").value == DRAWN

    def _may_be_drawn(self, shown: set[str]) -> bool:
        """Whether the diagram of the project can be what is trained."""
        is_project = self._choice("data").value == PROJECT
        return is_project and "data" in shown and "hidden_units" not in shown

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
        if chosen.pop("network", None) == LAYERS and chosen["hidden"] is None:
            chosen["hidden"] = (HIDDEN,)
        depth = chosen.pop("depth", None)
        if depth is not None:
            chosen["hidden"] = (HIDDEN,) * int(str(depth))
        source = None
        if data is not None:
            source = Source(name, document) if data == PROJECT else Source(str(data))
        if kind == "bias-variance":
            chosen["vary"] = chosen.pop("against")
            chosen["values"] = chosen.pop(_LIST_OF[str(chosen["vary"])])
        elif kind == "race":
            chosen["vary"] = chosen.pop("varied")
            chosen["values"] = chosen.pop(f"race_{chosen['vary']}") or RACED[str(chosen["vary"])]
            if chosen["target"] is not None and self._metric == "accuracy":
                # People tell accuracy in percent, programs as a share.
                chosen["target"] = float(str(chosen["target"])) / _PERCENT
        elif kind == "statistical":
            chosen["values"] = chosen.pop("degrees")
        return Request(kind, source, Choices(**chosen))  # type: ignore[arg-type]

    def _read(self, name: str) -> object:
        editor = self._editors[name]
        try:
            return editor.value
        except NnsimError as error:
            editor.setFocus()
            label = self._label_words(name)
            told = [self._preferences.tell(message) for message in error.messages]
            raise NnsimError.of("experiments.at_field", field=label, told=" ".join(told)) from error


_LIST_OF: Mapping[str, str] = {
    against: "epochs_list" if against == "epochs" else against for against in AGAINST
}
_LISTS = set(_LIST_OF.values())
_TIPS = frozenset(
    (
        *("folds", "order", "network", "hidden", "depth", "initialiser", "loss", "batch"),
        *("scaling", "seed", "processes", "samples", "noise", "repeats", "target"),
        *("hidden_units", "epochs_list", "training_size", "degrees", "points", "deviation"),
        *("resamples", "rate", "race_rate", "race_batch", "reach", "side"),
    )
)
