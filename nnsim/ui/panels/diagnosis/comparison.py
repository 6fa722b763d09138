"""The run that failed and the cured one, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from nnsim.core.messages import Message
from nnsim.document.model import Document
from nnsim.session.diagnosis import Standing
from nnsim.session.versions import valid_iterations
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.diagnosis.card import Heading
from nnsim.ui.panels.diagnosis.words import DiagnosisWords


@dataclass(frozen=True, eq=False)
class Cured:
    """A run that was given up for a cure: how it stood, the cure's name, the document it made."""

    before: Standing
    name: Message
    document: Document

    def holds_for(self, document: Document) -> bool:
        """Whether this is still the run of the cured document."""
        return valid_iterations(self.document, document) is None


class Comparison(QFrame):
    """Shows what a cure has come to.  ``train_wanted()``, ``closed()``: the buttons."""

    train_wanted = Signal()
    closed = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("diagnosis_comparison")
        self._preferences = preferences
        self._words = DiagnosisWords(preferences)
        self._heading = Heading(preferences)
        self._table, self._curves = CalmLabel(), CalmLabel()
        self._table.setObjectName("comparison_table")
        self._train, self._close = QPushButton(), QPushButton()
        self._train.setObjectName("comparison_train")
        self._close.setObjectName("comparison_close")
        self._train.clicked.connect(self.train_wanted)
        self._close.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self._heading, self._table, self._curves):
            layout.addWidget(part)
        for button in (self._train, self._close):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_runs(self, cured: Cured, now: Standing) -> None:
        """Show how both runs stand."""
        words, say = self._words, self._preferences.say
        self._heading.show_name(words.sentence("runs.title"), "info", "text")
        name = words.sentence("runs.cured_by", name=cured.name)
        self._table.set_text(f"{name}<br>{words.comparison(cured.before, now)}")
        self._curves.set_text(words.sentence("runs.curves"))
        self._train.setText(say("diagnosis.runs.train"))
        self._train.setToolTip(say("diagnosis.runs.train_tip"))
        self._train.setVisible(now.iterations == 0)
        self._close.setText(say("diagnosis.runs.close"))
