"""Steps 3 and 4: how the samples are divided, and how their columns are scaled."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
)

from nnsim.core.messages import NnsimError
from nnsim.data.scaling import ColumnScaling
from nnsim.document.edits import set_scaling, set_split
from nnsim.document.model import SCALINGS, Document, SplitSettings
from nnsim.document.preparation import prepared
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.panels.flow_words import FLOW, PARTS, part_sizes
from nnsim.ui.panels.lab.slider import ValueSlider
from nnsim.ui.panels.lab.step import Step
from nnsim.ui.panels.settings_fields import (
    Field,
    number_reader,
    whole_reader,
    write_number,
    write_plain,
)

_ORDERS = ("shuffled", "stratified", "in_order")
_LARGEST_SEED = 2**63 - 1
_PERCENT = 100
# In percent; what sliders offer, so that some samples always remain to learn from.
_LEAST = 1
_SLID = {
    "training": (_LEAST, _PERCENT),
    "validation": (0, _PERCENT - _LEAST),
    "test": (0, _PERCENT - _LEAST),
}
_FIGURES = ("column", "formula", "mean", "deviation", "smallest", "largest")
_MOST_ROWS_SEEN = 6


class PartsStep(Step):
    """Training, validation and test: shares slid or typed, samples counted, the rounding said."""

    name = "parts"

    def build(self) -> None:
        self._shares: dict[str, Field] = {}
        self._sliders: dict[str, ValueSlider] = {}
        self._at_start = SplitSettings()
        for part in PARTS:
            field = self.field(f"share_{part}", number_reader(low=0, high=_PERCENT), write_number)
            field.edited.connect(lambda value, part=part: self._type_share(part, value))
            row = self.add_row(f"lab.part.{part}", field)
            self._shares[part] = field
            low, high = _SLID[part]
            slider = self.slider(row, f"share_{part}", low, high, steps=high - low)
            slider.drag_begun.connect(self._begin_drag)
            slider.moved.connect(lambda value, drag, part=part: self._drag(part, value, drag))
            self._sliders[part] = slider
        self._counts = QLabel()
        self._counts.setObjectName("lab_counts")
        self._counts.setWordWrap(True)
        self.add_wide(self._counts)
        self._order = self.combo("part_order", _ORDERS)
        self._order.activated.connect(lambda: self._set(order=self._order.currentData()))
        self.add_row("lab.part_order", self._order, wide=True)
        self._seed = self.field("part_seed", whole_reader(0, _LARGEST_SEED), write_plain)
        self._seed.edited.connect(lambda seed: self._set(seed=seed))
        self._seed_row = self.add_row("lab.part_seed", self._seed)
        self._rule = QLabel()
        self._rule.setWordWrap(True)
        self.add_wide(self._rule)

    def say(self) -> None:
        super().say()
        say = self.preferences.say
        for part in PARTS:
            self._shares[part].line.setToolTip(say("lab.share_tip"))
            self._sliders[part].setToolTip(say("lab.share_tip"))
        self.say_choices(self._order, "lab.order")
        self._rule.setText(say("lab.rounding"))

    def dress(self) -> None:
        super().dress()
        palette = self._rule.palette()
        palette.setColor(self._rule.foregroundRole(), self.preferences.theme.color("muted"))
        self._rule.setPalette(palette)

    def show_document(self, document: Document) -> str:
        split, say = document.split, self.preferences.say
        whole = split.training + split.validation + split.test
        for part, field in self._shares.items():
            share = getattr(split, part) / whole if whole > 0 else 0.0
            field.set_value(round(_PERCENT * share, 10))
            self._sliders[part].show_value(_PERCENT * share)
        self._order.setCurrentIndex(self._order.findData(split.order))
        self._seed.set_value(split.seed)
        self._seed_row.setVisible(split.order != "in_order")
        sizes = part_sizes(document)
        self._counts.setText(
            say("lab.cannot_divide") if sizes is None else say("lab.counts", **sizes)
        )
        return FLOW[self.name](self.preferences, document)

    def _type_share(self, part: str, value: float) -> None:
        self._put(_shared(self.workspace.document.split, part, value))

    def _begin_drag(self) -> None:
        self._at_start = self.workspace.document.split

    def _drag(self, part: str, value: float, drag: str) -> None:
        # From where the drag began: whatever was taken from a part on the way comes back to it.
        self._put(_shared(self._at_start, part, value), drag)

    def _set(self, **values: object) -> None:
        self._put(replace(self.workspace.document.split, **values))  # type: ignore[arg-type]

    def _put(self, split: SplitSettings, merge: str = "") -> None:
        self.edit(lambda document: set_split(document, split), "split", merge)
        self.refresh()


def _shared(split: SplitSettings, part: str, percent: float) -> SplitSettings:
    """The split with three shares that are 1 together, one of them as a person wants it.

    What validation and test leave is for training, and what training leaves is for them, as they
    stand to each other; for test without any.  Where validation and test leave too little, the one
    that was not asked for gives way.
    """
    whole = split.training + split.validation + split.test
    shares = {
        each: round(_PERCENT * getattr(split, each) / whole, 10) if whole else 0.0 for each in PARTS
    }
    shares[part] = float(percent)
    rest = _PERCENT - shares[part]
    if part == "training":
        others = shares["validation"] + shares["test"]
        validated = shares["validation"] / others if others else 0.0
        shares |= {"validation": rest * validated, "test": rest * (1 - validated)}
    else:
        other = "test" if part == "validation" else "validation"
        shares[other] = min(shares[other], max(rest - _LEAST, 0.0))
        shares["training"] = rest - shares[other]
    training, validation, test = (shares[each] / _PERCENT for each in PARTS)
    return replace(split, training=training, validation=validation, test=test)


class ScalingStep(Step):
    """How inputs and targets are scaled, with the numbers found in the training part."""

    name = "scaling"

    def build(self) -> None:
        self._combos = {}
        for what in ("inputs", "targets"):
            combo = self.combo(f"scaling_{what}", SCALINGS)
            combo.activated.connect(lambda _, what=what: self._set(what))
            self.add_row(f"lab.scaling.{what}", combo, wide=True)
            self._combos[what] = combo
        self._about = QLabel()
        self._about.setWordWrap(True)
        self.add_wide(self._about)
        self._table = QTableWidget(0, len(_FIGURES))
        self._table.setObjectName("lab_scaling_table")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        use_flat_bars(self._table, self.preferences)
        self.add_wide(self._table)
        self._shown: tuple[object, ...] = ()

    def say(self) -> None:
        super().say()
        say = self.preferences.say
        for combo in self._combos.values():
            self.say_choices(combo, "lab.method")
        self._table.setHorizontalHeaderLabels([say(f"lab.figure.{name}") for name in _FIGURES])
        self._table.setAccessibleName(say("lab.step.scaling"))
        self._about.setText(say("lab.scaling_about"))
        self._shown = ()

    def dress(self) -> None:
        super().dress()
        palette = self._about.palette()
        palette.setColor(self._about.foregroundRole(), self.preferences.theme.color("muted"))
        self._about.setPalette(palette)
        self._table.verticalHeader().setDefaultSectionSize(round(1.5 * self.fontMetrics().height()))
        self._fit_table()

    def show_document(self, document: Document) -> str:
        for what, combo in self._combos.items():
            combo.setCurrentIndex(combo.findData(getattr(document.scaling, what)))
        now = (document.data, document.split, document.scaling)
        if self.is_open and now != self._shown:
            self._shown = now
            self._show_figures(document)
        return FLOW[self.name](self.preferences, document)

    def _show_figures(self, document: Document) -> None:
        data, samples = document.data, prepared(document)
        try:
            columns = (*samples.input_scaling.columns, *samples.target_scaling.columns)
        except NnsimError:
            self._table.setRowCount(0)
            return
        fitted = list(zip(data.names, columns, strict=True))
        self._table.setRowCount(len(fitted))
        for row, (name, column) in enumerate(fitted):
            for place, text in enumerate((name, *self._figures(column))):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if place == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(row, place, item)
        self._fit_table()

    def _figures(self, column: ColumnScaling) -> list[str]:
        number = self.preferences.number
        figures = (column.mean, column.deviation, column.smallest, column.largest)
        return [self._formula(column), *(number(value, 5) for value in figures)]

    def _formula(self, column: ColumnScaling) -> str:
        number = self.preferences.number
        if column.offset == 0 and column.factor == 1:
            return "x"
        sign = "−" if column.offset >= 0 else "+"
        return f"(x {sign} {number(abs(column.offset), 5)}) / {number(column.factor, 5)}"

    def _fit_table(self) -> None:
        """As high as its rows, up to some of them; the rest is scrolled to."""
        rows = min(max(self._table.rowCount(), 1), _MOST_ROWS_SEEN)
        height = rows * self._table.verticalHeader().defaultSectionSize()
        header = self._table.horizontalHeader().sizeHint().height()
        bar = self._table.horizontalScrollBar().sizeHint().height()
        self._table.setFixedHeight(height + header + bar + 4)

    def _set(self, what: str) -> None:
        scaling = replace(
            self.workspace.document.scaling, **{what: self._combos[what].currentData()}
        )
        self.edit(lambda document: set_scaling(document, scaling), "scaling")
        self.refresh()
