"""Step 5: what the network sees of the columns, each feature a switch and a node."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from nnsim.document.lab import (
    MOST_SPLIT,
    feature_name,
    features_offered,
    has_feature,
    with_feature,
    without_feature,
)
from nnsim.document.model import Document, Feature
from nnsim.document.preparation import plain_columns
from nnsim.ui.panels.flow_words import FLOW
from nnsim.ui.panels.lab.step import Step


class FeaturesStep(Step):
    """Switches for the features of two columns; with more columns these two are chosen."""

    name = "features"

    def build(self) -> None:
        self._pair = (0, 0)
        self._switches: dict[Feature, QCheckBox] = {}
        self._columns = (QComboBox(), QComboBox())
        self._names: tuple[str, ...] = ()
        self._chooser = QWidget()
        row = QHBoxLayout(self._chooser)
        row.setContentsMargins(0, 0, 0, 0)
        for number, box in enumerate(self._columns):
            box.setObjectName(f"lab_feature_column_{number + 1}")
            box.setMinimumContentsLength(5)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.activated.connect(lambda *_: self.refresh())
            row.addWidget(box, 1)
        self.add_wide(self._chooser)
        self._room = QWidget()
        self._switch_grid = QGridLayout(self._room)
        self._switch_grid.setContentsMargins(0, 0, 0, 0)
        self.add_wide(self._room)
        self._about = QLabel()
        self._about.setWordWrap(True)
        self.add_wide(self._about)

    def say(self) -> None:
        super().say()
        self._about.setText(self.preferences.say("lab.features_about"))
        for box in self._columns:
            box.setAccessibleName(self.preferences.say("lab.feature_columns"))
            box.setToolTip(self.preferences.say("lab.feature_columns"))

    def dress(self) -> None:
        super().dress()
        palette = self._about.palette()
        palette.setColor(self._about.foregroundRole(), self.preferences.theme.color("muted"))
        self._about.setPalette(palette)

    def show_document(self, document: Document) -> str:
        names = document.data.input_names
        if names != self._names:
            self._offer(names)
        pair = (self._columns[0].currentIndex(), self._columns[1].currentIndex())
        if pair != self._pair or not self._switches:
            self._pair = pair
            self._make_switches(document)
        too_many = plain_columns(document) > MOST_SPLIT
        are_sequences = any(node.steps > 1 for node in document.inputs)
        for feature, switch in self._switches.items():
            is_fixed = are_sequences or (too_many and feature.function == "column")
            switch.setText(self._name(feature).replace("&", "&&"))
            switch.setChecked(has_feature(document, feature))
            switch.setEnabled(not is_fixed)
            fixed = "lab.sequence_fixed" if are_sequences else "lab.column_fixed"
            key = fixed if is_fixed else f"lab.feature_tip.{feature.function}"
            switch.setToolTip(self.preferences.say(key))
        self._arrange()
        return FLOW[self.name](self.preferences, document)

    def _name(self, feature: Feature) -> str:
        """A feature in the person's language."""
        return self.preferences.tell(feature_name(self.workspace.document.data, feature))

    def _offer(self, names: tuple[str, ...]) -> None:
        """Other columns: the first two are chosen."""
        self._names = names
        self._switches = {}
        for number, box in enumerate(self._columns):
            box.clear()
            box.addItems(list(names))
            box.setCurrentIndex(min(number, len(names) - 1))
        self._chooser.setVisible(len(names) > len(self._columns))

    def _make_switches(self, document: Document) -> None:
        while (item := self._switch_grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._switches = {}
        for feature in features_offered(self._pair):
            switch = QCheckBox()
            columns = "_".join(str(column + 1) for column in feature.columns)
            switch.setObjectName(f"lab_feature_{feature.function}_{columns}")
            switch.clicked.connect(lambda on, feature=feature: self._switch(feature, on))
            self._switches[feature] = switch

    def _arrange(self) -> None:
        """Two switches in a line, or one where names are long or the panel is narrow."""
        room = self._room.width()
        widest = max((switch.sizeHint().width() for switch in self._switches.values()), default=0)
        across = 2 if 2 * widest + self._switch_grid.horizontalSpacing() <= room else 1
        for place, switch in enumerate(self._switches.values()):
            self._switch_grid.addWidget(switch, place // across, place % across)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _switch(self, feature: Feature, on: bool) -> None:
        name = feature_name(self.workspace.document.data, feature)
        change = with_feature if on else without_feature
        self.edit(
            lambda document: change(document, feature),
            "feature_on" if on else "feature_off",
            name=name,
        )
        self.refresh()
