"""How the diagram learns: rule, rates, order, when it ends, conventions; changes in mid-run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnsim.document.edits import set_conventions, set_training
from nnsim.document.model import (
    CLIPPINGS,
    FORWARDS,
    LOSSES,
    OPTIMISERS,
    PENALTIES,
    RULES,
    Conventions,
    Document,
    Training,
)
from nnsim.document.optimisers import ALL_PARAMETERS
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.elided_combo import ElidedComboBox
from nnsim.ui.panels.settings_changes import ChangesList, value_words
from nnsim.ui.panels.settings_fields import (
    Field,
    number_reader,
    whole_reader,
    write_number,
    write_plain,
)
from nnsim.ui.panels.settings_matter import fields_that_matter, setting_key
from nnsim.ui.panels.wrapped_check import WrappedCheckBox

_LARGEST_LIMIT = 10_000_000
_LARGEST_SEED = 2**63 - 1
_LARGEST_BATCH = 200_000
_LONGEST_PATIENCE = 1_000_000
# Pixels left and right of everything, and between a label and its field.
_MARGIN, _GAP = 12, 10
# What Qt calls QWIDGETSIZE_MAX.
_UNLIMITED = 2**24 - 1

_CHOICES: Mapping[str, Sequence[str]] = {
    "rule": RULES,
    "optimiser": OPTIMISERS,
    "loss": LOSSES,
    "penalty": PENALTIES,
    "clipping": CLIPPINGS,
    "generator_forward": FORWARDS,
    "order": ("given", "shuffled"),
    "threshold": (">=", ">"),
    "loss_reduction": ("mean", "sum"),
    "update_timing": ("after", "during"),
    "arithmetic": ("auto", "float64"),
}
_CHECKS = ("update_biases", "loss_half")
_NUMBERS: Mapping[str, Callable[[str], Any]] = {
    "learning_rate": number_reader(above=0),
    "generator_rate": number_reader(above=0),
    "weight_step": number_reader(above=0),
    "bias_step": number_reader(above=0),
    "momentum": number_reader(low=0, below=1),
    "decay": number_reader(low=0, below=1),
    "beta1": number_reader(low=0, below=1),
    "beta2": number_reader(low=0, below=1),
    "epsilon": number_reader(above=0),
    "weight_decay": number_reader(low=0),
    "batch_size": whole_reader(1, _LARGEST_BATCH),
    "seed": whole_reader(0, _LARGEST_SEED),
    "limit": whole_reader(1, _LARGEST_LIMIT),
    "target_loss": number_reader(low=0),
    "tolerance": number_reader(low=0),
    "penalty_rate": number_reader(low=0),
    "clip_at": number_reader(above=0),
    "patience": whole_reader(0, _LONGEST_PATIENCE),
}
_WHOLE = ("batch_size", "seed", "limit", "patience")
_TRAINING = tuple(field.name for field in dataclasses.fields(Training))
_CONVENTIONS = tuple(field.name for field in dataclasses.fields(Conventions))
#: Names of the fields under each heading, in order; "" is the top, which has no heading.
_SECTIONS: Mapping[str, Sequence[str]] = {
    "": (
        "rule",
        "optimiser",
        "learning_rate",
        "generator_rate",
        "generator_forward",
        *ALL_PARAMETERS,
        "weight_step",
        "bias_step",
        "batch_size",
        "loss",
        "penalty",
        "penalty_rate",
        "clipping",
        "clip_at",
        "update_biases",
    ),
    "samples": ("order", "seed"),
    "end": ("limit", "target_loss", "tolerance", "patience"),
    "conventions": ("threshold", "loss_reduction", "loss_half", "update_timing", "arithmetic"),
}


class TrainingPanel(QWidget):
    """Shows the settings in force where a person stands, and changes them from there on."""

    title_key: ClassVar[str] = "training.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training_panel")
        self._workspace = workspace
        self._preferences = preferences
        self._headings: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._rows: list[tuple[QGridLayout, int, str]] = []
        self._combos: dict[str, ElidedComboBox] = {}
        self._checks: dict[str, QCheckBox] = {}
        self._fields: dict[str, Field] = {}
        # Room for two lines always, so that nothing below moves when the words change.
        self._from = CalmLabel(lines=2)
        self._from.setObjectName("training_from")
        # What the chosen rule and optimiser do, below each.
        self._about = {name: QLabel() for name in ("rule", "optimiser")}
        for name, about in self._about.items():
            about.setObjectName(f"training_about_{name}")
            about.setWordWrap(True)
        self._changes = ChangesList(workspace, preferences)
        self._build()
        self._shown: tuple[object, ...] = ()
        workspace.document_changed.connect(self._document_changed)
        workspace.position_changed.connect(self._refresh)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._paint)
        preferences.zoom_changed.connect(self._paint)
        self._paint()
        self._say()

    # -- building --------------------------------------------------------------------------------

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(_MARGIN, 10, _MARGIN, 10)
        column.setSpacing(6)
        column.addWidget(self._from)
        for section, names in _SECTIONS.items():
            grid = QGridLayout()
            grid.setHorizontalSpacing(_GAP)
            grid.setVerticalSpacing(6)
            grid.setColumnStretch(0, 1)
            if section:
                heading = QLabel()
                heading.setWordWrap(True)
                heading.setContentsMargins(0, 10, 0, 0)
                font = heading.font()
                font.setBold(True)
                heading.setFont(font)
                self._headings[section] = heading
                column.addWidget(heading)
            for name in names:
                self._add_setting(grid, name)
                if name in self._about:
                    grid.addWidget(self._about[name], grid.rowCount(), 0, 1, 2)
            column.addLayout(grid)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setObjectName("training_scroll")
        use_flat_bars(scroll, self._preferences)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        # Below what scrolls: a new change moves no field away from under the hand.
        layout.addWidget(self._changes)

    def _add_setting(self, grid: QGridLayout, name: str) -> None:
        row = grid.rowCount()
        if name in _CHECKS:
            check = WrappedCheckBox()
            check.setObjectName(f"training_{name}")
            check.clicked.connect(lambda value, name=name: self._set(name, value))
            self._checks[name] = check
            grid.addWidget(check, row, 0, 1, 2)
            return
        label = QLabel()
        label.setWordWrap(True)
        self._labels[name] = label
        if name in _CHOICES:
            combo = ElidedComboBox()
            combo.setObjectName(f"training_{name}")
            for value in _CHOICES[name]:
                combo.addItem("", value)
            combo.activated.connect(
                lambda index, name=name: self._set(name, self._combos[name].itemData(index))
            )
            self._combos[name] = combo
            label.setBuddy(combo)
            grid.addWidget(label, row, 0, 1, 2)
            grid.addWidget(combo, row + 1, 0, 1, 2)
            return
        field = Field(
            self._preferences,
            _NUMBERS[name],
            write_plain if name in _WHOLE else write_number,
        )
        field.setObjectName(f"training_{name}")
        field.edited.connect(lambda value, name=name: self._set(name, value))
        self._fields[name] = field
        label.setBuddy(field.line)
        self._rows.append((grid, row, name))
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        # The row below is kept for the field of a narrow panel; an empty one takes no room.
        grid.setRowStretch(row + 1, 0)

    def _arrange(self) -> None:
        """Numbers beside their labels, or below them where the panel is narrow."""
        longest = max(label.minimumSizeHint().width() for label in self._labels.values())
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        needed = longest + _GAP + self._field_width() + 2 * _MARGIN + bar
        is_narrow = self.width() < needed
        for grid, row, name in self._rows:
            label, field = self._labels[name], self._fields[name]
            if is_narrow:
                grid.addWidget(label, row, 0, 1, 2)
                grid.addWidget(field, row + 1, 0, 1, 2)
            else:
                grid.addWidget(label, row, 0)
                grid.addWidget(field, row, 1)
            field.setMinimumWidth(round(0.85 * self._field_width()))
            field.setMaximumWidth(_UNLIMITED if is_narrow else self._field_width())

    def _field_width(self) -> int:
        return self.fontMetrics().horizontalAdvance("-0,12345678")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # -- changing --------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> None:
        iteration = self._workspace.session.completed
        training, conventions = self._workspace.document.settings_at(iteration)
        of_training = name in _TRAINING
        label = self._preferences.say(f"{'setting' if of_training else 'convention'}.{name}")

        def edit(document: Document) -> Document:
            if of_training:
                changed = dataclasses.replace(training, **{name: value})
                return set_training(document, changed, iteration)
            kept = dataclasses.replace(conventions, **{name: value})
            return set_conventions(document, kept, iteration)

        self._workspace.edit(edit, label)
        self._refresh()

    # -- showing ---------------------------------------------------------------------------------

    def _document_changed(self) -> None:
        if self.isVisible():
            self._changes.refresh()
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._changes.refresh()
        self._refresh()

    def _refresh(self) -> None:
        """The settings in force; nothing is touched while they stay the same."""
        if not self.isVisible():
            return
        document = self._workspace.document
        iteration = self._workspace.session.completed
        training, conventions = document.settings_at(iteration)
        matter = fields_that_matter(document, training, conventions)
        when = "from" if iteration else "from_start"
        self._from.set_text(self._preferences.say(f"training.{when}", n=iteration + 1))
        now = (training, conventions, matter)
        if now == self._shown:
            return
        self._shown = now
        for name, about in self._about.items():
            value = getattr(training, name)
            about.setText(self._preferences.say(f"training.about.{value}"))
            about.setVisible(name in matter)
        rate = setting_key("learning_rate", matter)
        self._labels["learning_rate"].setText(self._preferences.say(rate))
        for name, value in (dataclasses.asdict(training) | dataclasses.asdict(conventions)).items():
            self._show_value(name, value, name in matter)

    def _show_value(self, name: str, value: Any, matters: bool) -> None:
        if name in self._labels:
            self._labels[name].setVisible(matters)
        if name in self._combos:
            combo = self._combos[name]
            combo.setCurrentIndex(combo.findData(value))
            combo.setToolTip(combo.currentText())
            combo.setVisible(matters)
        elif name in self._checks:
            self._checks[name].setChecked(value)
            self._checks[name].setVisible(matters)
        else:
            self._fields[name].set_value(value)
            self._fields[name].setVisible(matters)
        if name == "order":
            self._headings["samples"].setVisible(matters)

    def _say(self) -> None:
        say = self._preferences.say
        for section, heading in self._headings.items():
            heading.setText(say(f"training.section.{section}"))
        for name in (*_TRAINING, *_CONVENTIONS):
            words = say(f"{'setting' if name in _TRAINING else 'convention'}.{name}")
            if name in self._checks:
                self._checks[name].setText(words)
                self._checks[name].setToolTip(say(f"training.tip.{name}"))
                continue
            self._labels[name].setText(words)
            tip = say(f"training.tip.{name}")
            self._labels[name].setToolTip(tip)
            if name in self._combos:
                combo = self._combos[name]
                combo.setAccessibleName(words)
                for index, value in enumerate(_CHOICES[name]):
                    combo.setItemText(index, value_words(self._preferences, name, value))
                    # The whole name, where the panel is too narrow for it.
            else:
                self._fields[name].line.setAccessibleName(words)
                self._fields[name].line.setToolTip(tip)
        self._shown = ()
        self._refresh()
        self._arrange()

    def _paint(self) -> None:
        theme = self._preferences.theme
        self._arrange()
        muted: list[QLabel] = list(self._about.values())
        for label, role in ((self._from, "accent"), *((about, "muted") for about in muted)):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), theme.color(role))
            label.setPalette(palette)
