"""Steps 1 and 2: where the samples are from, and what their columns are for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnsim.core.numbers import parse_number
from nnsim.data.options import Option
from nnsim.document.lab import TABLE_SETS, chosen_options, is_drawn, with_set
from nnsim.document.model import Document
from nnsim.ui.panels.flow_words import FLOW, class_count, origin_words
from nnsim.ui.panels.lab.row import Row
from nnsim.ui.panels.lab.slider import ValueSlider
from nnsim.ui.panels.lab.step import Step
from nnsim.ui.panels.settings_fields import Field, whole_reader, write_number, write_plain

_LARGEST_SEED = 2**63 - 1
_MOST_NAMES = 8


class SamplesStep(Step):
    """A data set by name with its options and seed, or a file.

    ``import_wanted()``: a file is to be read.
    """

    import_wanted = Signal()
    name = "samples"

    def build(self) -> None:
        self._set = self.combo("set", tuple(TABLE_SETS))
        self._set.activated.connect(lambda: self._choose(self._set.currentData()))
        self.add_row("lab.set", self._set, wide=True)
        self._options: dict[str, Field] = {}
        self._sliders: dict[str, ValueSlider] = {}
        self._shown_set = ""
        self._room = QWidget()
        self._option_rows = QVBoxLayout(self._room)
        self._option_rows.setContentsMargins(0, 0, 0, 0)
        self._option_rows.setSpacing(6)
        self.add_wide(self._room)
        self._seed = self.field("data_seed", whole_reader(0, _LARGEST_SEED), write_plain)
        self._seed.edited.connect(self._make)
        self._seed_row = self.add_row("lab.seed", self._seed)
        self._again = QPushButton()
        self._again.setObjectName("lab_draw_again")
        self._again.clicked.connect(lambda: self._make(self._next_seed()))
        self._file = QPushButton()
        self._file.setObjectName("lab_import")
        self._file.clicked.connect(self.import_wanted)
        for button in (self._again, self._file):
            self.add_wide(button)

    def say(self) -> None:
        super().say()
        self.say_choices(self._set, "data_set.title")
        self._again.setText(self.preferences.say("lab.draw_again"))
        self._again.setToolTip(self.preferences.say("lab.draw_again_tip"))
        self._file.setText(self.preferences.say("lab.import"))
        self._shown_set = ""

    def show_document(self, document: Document) -> str:
        origin = document.origin
        name = origin.name if origin is not None and origin.is_set else ""
        self._set.setCurrentIndex(self._set.findData(name))
        if name != self._shown_set:
            self._show_options(name)
        if name:
            for option, value in chosen_options(document, name).items():
                self._options[option].set_value(value)
                if option in self._sliders:
                    self._sliders[option].show_value(float(value))
            self._seed.set_value(origin.seed if origin else 0)
        has_seed = bool(name) and is_drawn(name)
        self._seed_row.setVisible(has_seed)
        self._again.setEnabled(has_seed)
        self._set.setPlaceholderText(origin_words(self.preferences, document))
        return FLOW[self.name](self.preferences, document)

    def _show_options(self, name: str) -> None:
        self._shown_set = name
        while (item := self._option_rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.forget_fields(self._options.values())
        self._options, self._sliders = {}, {}
        for option in TABLE_SETS[name].options if name in TABLE_SETS else ():
            write = write_plain if isinstance(option.default, int) else write_number
            field = self.field(f"option_{option.name}", _reader(option), write)
            field.edited.connect(lambda value, key=option.name: self._set_option(key, value))
            row = Row(field)
            if option.usual is not None:
                self._sliders[option.name] = self._option_slider(row, option, option.usual)
            row.set_words(self.preferences.say(f"data_set.option.{option.name}"))
            self._option_rows.addWidget(row)
            self._options[option.name] = field
        self.dress()

    def _option_slider(self, row: Row, option: Option, usual: float) -> ValueSlider:
        slider = self.slider(row, f"option_{option.name}", option.low, usual)
        slider.moved.connect(lambda value, drag: self._set_option(option.name, value, drag))
        return slider

    # -- doing -----------------------------------------------------------------------------------

    def _choose(self, name: str) -> None:
        document = self.workspace.document
        same = document.origin is not None and document.origin.name == name
        if same:
            return
        seed = 0 if document.origin is None else document.origin.seed or 0
        options = chosen_options(document, name)
        title = self.preferences.say(f"data_set.title.{name}")
        self.edit(lambda d: with_set(d, name, options, seed), "set", name=title)
        self.refresh()

    def _set_option(self, option: str, value: Any, merge: str = "") -> None:
        document = self.workspace.document
        origin = document.origin
        if origin is None or origin.seed is None:
            return
        options = chosen_options(document, origin.name) | {option: value}
        name, seed = origin.name, origin.seed
        title = self.preferences.say(f"data_set.option.{option}")
        self.edit(lambda d: with_set(d, name, options, seed), "option", merge, name=title)
        self.refresh()

    def _next_seed(self) -> int:
        origin = self.workspace.document.origin
        return 0 if origin is None or origin.seed is None else origin.seed + 1

    def _make(self, seed: int) -> None:
        document = self.workspace.document
        if document.origin is None or not document.origin.is_set:
            return
        name = document.origin.name
        options = chosen_options(document, name)
        self.edit(lambda d: with_set(d, name, options, seed), "draw_again", seed=seed)
        self.refresh()


def _reader(option: Option) -> Any:
    """Reads what an option allows; it refuses with the option's own words."""
    return lambda text: option.checked(float(parse_number(text)))


class ColumnsStep(Step):
    """What each column is for, to be read; a file's roles are chosen when it is imported."""

    name = "columns"

    def build(self) -> None:
        self._words = QLabel()
        self._words.setObjectName("lab_columns_words")
        self._words.setWordWrap(True)
        self.add_wide(self._words)

    def show_document(self, document: Document) -> str:
        if self.is_open:
            say, data = self.preferences.say, document.data
            role = "class" if class_count(document) else "target"
            self._words.setText(
                say("lab.column_roles.input", names=_listed(data.input_names))
                + "\n"
                + say(f"lab.column_roles.{role}", names=_listed(data.target_names))
            )
        return FLOW[self.name](self.preferences, document)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown}, …" if len(names) > _MOST_NAMES else shown
