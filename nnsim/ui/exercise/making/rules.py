"""How an exercise is marked, what a student may use, and what its variants are drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import parse_number
from nnsim.exercises.exercise import CONTROLS, MODES
from nnsim.exercises.making import Draft, range_text, read_range
from nnsim.exercises.tracing import MAX_ITERATIONS
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.making.asked import check_box

_MOST_DECIMALS = 12
_Value = TypeVar("_Value")


def _read(field: str, read: Callable[[str], _Value], edit: QLineEdit) -> _Value:
    """What a field holds; raises NnsimError with the name of the field before what is wrong."""
    try:
        return read(edit.text())
    except NnsimError as error:
        named = {"field": Message(f"making_dialog.{field}"), "reason": error.messages[0]}
        raise NnsimError(Message("making.in_field", named)) from error


def _tolerance(typed: str) -> float | None:
    if not typed.strip():
        return None
    tolerance = parse_number(typed.strip())
    if tolerance < 0:
        raise NnsimError.of("making.tolerance", text=typed.strip())
    return tolerance


def _varied(draft: Draft) -> tuple[str, ...]:
    """What of a document may vary and has a part in its run."""
    steps: tuple[str, ...] = ("learning_rate",)
    if draft.document.training.rule == "course":
        steps = ("weight_step", "bias_step")
    return ("weights", "biases", "inputs", "targets", *steps)


class Rules(QWidget):
    """Marking, hints, controls and variants."""

    changed = Signal()

    def __init__(self, preferences: Preferences, draft: Draft) -> None:
        super().__init__()
        self._preferences = preferences
        layout = QVBoxLayout(self)
        layout.addWidget(self._marking(draft))
        layout.addWidget(self._hinting(draft))
        layout.addWidget(self._controlling(draft))
        layout.addWidget(self._varying(draft))
        layout.addStretch(1)

    def _marking(self, draft: Draft) -> QGroupBox:
        say = self._preferences.say
        self._mode = QComboBox()
        self._mode.setObjectName("making_mode")
        for mode in MODES:
            self._mode.addItem(say(f"making_dialog.mode.{mode}"), mode)
        self._mode.setCurrentIndex(self._mode.findData(draft.mode))
        self._decimals = QSpinBox()
        self._decimals.setObjectName("making_decimals")
        self._decimals.setRange(0, _MOST_DECIMALS)
        self._decimals.setValue(draft.question.decimals)
        self._tolerance = QLineEdit(
            ""
            if draft.question.tolerance is None
            else self._preferences.number(draft.question.tolerance)
        )
        self._tolerance.setObjectName("making_tolerance")
        self._tolerance.setPlaceholderText(say("making_dialog.half_unit"))
        self._mode.currentIndexChanged.connect(self.changed)
        self._decimals.valueChanged.connect(self.changed)
        self._tolerance.textChanged.connect(self.changed)
        box, form = QGroupBox(say("making_dialog.marking")), QFormLayout()
        for key, field in (
            ("mode.name", self._mode),
            ("decimals", self._decimals),
            ("tolerance", self._tolerance),
        ):
            label = QLabel(say(f"making_dialog.{key}"))
            label.setBuddy(field)
            form.addRow(label, field)
        note = QLabel(say("making_dialog.exact_note"))
        note.setWordWrap(True)
        form.addRow(note)
        box.setLayout(form)
        return box

    def _hinting(self, draft: Draft) -> QGroupBox:
        say = self._preferences.say
        box = QGroupBox(say("making_dialog.hints"))
        box.setObjectName("making_hints")
        box.setCheckable(True)
        box.setChecked(draft.hints)
        box.toggled.connect(self.changed)
        row = QHBoxLayout(box)
        self._costs: list[QDoubleSpinBox] = []
        for level, cost in enumerate(draft.hint_costs, 1):
            spin = QDoubleSpinBox()
            spin.setObjectName(f"making_cost_{level}")
            spin.setRange(0.0, 100.0)
            spin.setDecimals(0)
            spin.setSingleStep(5.0)
            spin.setSuffix(" %")
            spin.setValue(100 * cost)
            spin.valueChanged.connect(self.changed)
            label = QLabel(say(f"making_dialog.level.{level}"))
            label.setBuddy(spin)
            column = QVBoxLayout()
            column.addWidget(label)
            column.addWidget(spin)
            row.addLayout(column)
            self._costs.append(spin)
        self._hints = box
        return box

    def _controlling(self, draft: Draft) -> QGroupBox:
        say = self._preferences.say
        box = QGroupBox(say("making_dialog.controls"))
        grid = QGridLayout(box)
        self._controls = {
            control: check_box(
                f"making_control_{control}",
                say(f"making_dialog.control.{control}"),
                control in draft.open_controls,
            )
            for control in CONTROLS
        }
        for number, check in enumerate(self._controls.values()):
            grid.addWidget(check, number // 2, number % 2)
            check.toggled.connect(self.changed)
        return box

    def _varying(self, draft: Draft) -> QGroupBox:
        say = self._preferences.say
        box = QGroupBox(say("making_dialog.variants"))
        form = QFormLayout(box)
        hint = QLabel(say("making_dialog.variants_hint"))
        hint.setWordWrap(True)
        form.addRow(hint)
        self._ranges: dict[str, QLineEdit] = {}
        for name in _varied(draft):
            field = QLineEdit(range_text(draft.vary.get(name), self._preferences.mark))
            field.setObjectName(f"making_vary_{name}")
            field.textChanged.connect(self.changed)
            label = QLabel(say(f"making_dialog.vary.{name}"))
            label.setBuddy(field)
            form.addRow(label, field)
            self._ranges[name] = field
        low, high = draft.rows or (1, MAX_ITERATIONS)
        self._rows = [QSpinBox(), QSpinBox()]
        row = QHBoxLayout()
        for name, spin, value in zip(("least", "most"), self._rows, (low, high), strict=True):
            spin.setObjectName(f"making_rows_{name}")
            spin.setRange(1, MAX_ITERATIONS)
            spin.setValue(value)
            spin.valueChanged.connect(self.changed)
            row.addWidget(spin)
        row.insertWidget(1, QLabel(say("making_dialog.to")))
        row.addStretch(1)
        form.addRow(QLabel(say("making_dialog.rows")), row)
        return box

    # -- what is chosen --------------------------------------------------------------------------

    def applied(self, draft: Draft) -> Draft:
        """The draft with what is chosen here.

        Raises NnsimError where a tolerance or a range cannot be read.
        """
        tolerance = _read("tolerance", _tolerance, self._tolerance)
        ranges = {
            name: _read(f"vary.{name}", read_range, field) for name, field in self._ranges.items()
        }
        costs = [spin.value() / 100 for spin in self._costs]
        low, high = (spin.value() for spin in self._rows)
        return replace(
            draft,
            mode=self._mode.currentData(),
            question=replace(draft.question, decimals=self._decimals.value(), tolerance=tolerance),
            hints=self._hints.isChecked(),
            hint_costs=(costs[0], costs[1], costs[2], costs[3]),
            open_controls=frozenset(c for c, box in self._controls.items() if box.isChecked()),
            vary={name: numbers for name, numbers in ranges.items() if numbers is not None},
            rows=None if (low, high) == (1, MAX_ITERATIONS) else (low, max(low, high)),
        )
