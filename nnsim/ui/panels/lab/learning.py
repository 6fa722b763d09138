"""Step 7: how it learns, as far as the playground lets it be set; the rest is in Training."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QLabel

from nnsim.document.edits import set_training
from nnsim.document.model import PENALTIES, Document
from nnsim.document.optimisers import optimiser_of
from nnsim.ui.panels.elided_combo import ElidedComboBox
from nnsim.ui.panels.lab.row import Row
from nnsim.ui.panels.lab.step import Step
from nnsim.ui.panels.settings_changes import value_words
from nnsim.ui.panels.settings_fields import (
    Field,
    number_reader,
    whole_reader,
    write_number,
    write_plain,
)
from nnsim.ui.panels.settings_matter import fields_that_matter, setting_key

_LARGEST_BATCH = 200_000
_NUMBERS: Mapping[str, tuple[Callable[[str], Any], Callable[[Any, str], str]]] = {
    "learning_rate": (number_reader(above=0), write_number),
    "generator_rate": (number_reader(above=0), write_number),
    "batch_size": (whole_reader(1, _LARGEST_BATCH), write_plain),
    "penalty_rate": (number_reader(low=0), write_number),
}
_ORDER = ("learning_rate", "generator_rate", "batch_size", "penalty", "penalty_rate")


class LearningStep(Step):
    """Settings in force where a person stands; changed in the middle of a run they hold on from
    there."""

    name = "learning"

    def build(self) -> None:
        self._numbers: dict[str, Field] = {}
        self._settings: dict[str, Row] = {}
        self._matter: frozenset[str] = frozenset()
        self._penalty: ElidedComboBox = self.combo("penalty", PENALTIES)
        self._penalty.activated.connect(lambda: self._set("penalty", self._penalty.currentData()))
        for name in _ORDER:
            if name == "penalty":
                self._settings[name] = self.add_row("setting.penalty", self._penalty, wide=True)
                continue
            field = self.field(name, *_NUMBERS[name])
            field.edited.connect(lambda value, name=name: self._set(name, value))
            self._numbers[name] = field
            self._settings[name] = self.add_row(f"setting.{name}", field)
        self._more = QLabel()
        self._more.setWordWrap(True)
        self.add_wide(self._more)

    def say(self) -> None:
        super().say()
        for index, value in enumerate(PENALTIES):
            self._penalty.setItemText(index, value_words(self.preferences, "penalty", value))
        self._more.setText(self.preferences.say("lab.more_in_training"))

    def dress(self) -> None:
        super().dress()
        palette = self._more.palette()
        palette.setColor(self._more.foregroundRole(), self.preferences.theme.color("muted"))
        self._more.setPalette(palette)

    def show_document(self, document: Document) -> str:
        say, number = self.preferences.say, self.preferences.number
        training, conventions = document.settings_at(self.workspace.session.completed)
        self._matter = matter = fields_that_matter(document, training, conventions)
        self._settings["learning_rate"].set_words(say(setting_key("learning_rate", matter)))
        for name, row in self._settings.items():
            row.setVisible(name in matter)
        for name, field in self._numbers.items():
            field.set_value(getattr(training, name))
        self._penalty.setCurrentIndex(self._penalty.findData(training.penalty))
        parts: list[str] = [say(f"rule.{training.rule}")]
        if optimiser_of(training) != "plain":
            parts.append(say(f"optimiser.{training.optimiser}"))
        if "generator_rate" in matter:
            rates = training.learning_rate, training.generator_rate
            parts.append(say("lab.rates", d=number(rates[0]), g=number(rates[1])))
        elif "learning_rate" in matter:
            parts.append(f"α = {number(training.learning_rate)}")
        if "batch_size" in matter:
            parts.append(say("lab.batches", n=training.batch_size))
        return " · ".join(parts)

    def _set(self, name: str, value: Any) -> None:
        iteration = self.workspace.session.completed
        training, _ = self.workspace.document.settings_at(iteration)
        changed = dataclasses.replace(training, **{name: value})
        self.workspace.edit(
            lambda document: set_training(document, changed, iteration),
            self.preferences.say(setting_key(name, self._matter)),
        )
        self.refresh()
