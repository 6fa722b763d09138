"""One diagnosis on a card: name, evidence, reason, and a button for each cure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout
from superqt import QFlowLayout

from nnsim.document.model import Document
from nnsim.session.diagnosis import Cure, Diagnosis, Severity
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.diagnosis.words import ROLES, DiagnosisWords

_ICON = 20
# Of many nodes of a layer only so many are named on the button that shows them.
_MOST_NAMES = 2


class Heading(QFrame):
    """An icon and a name, large."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._icon = QLabel()
        self.name = CalmLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.name, 1)

    def show_name(self, name: str, icon: str, role: str) -> None:
        """Show this name in its colours."""
        preferences = self._preferences
        size = round(_ICON * preferences.zoom)
        self._icon.setPixmap(themed_icon(icon, preferences.theme, size, role).pixmap(size, size))
        color = getattr(preferences.theme, role)
        self.name.set_text(f"<b style='font-size:large; color:{color}'>{name}</b>")


class CureRow(QFrame):
    """A cure: what it is, what it changes, and the button that makes the edit."""

    def __init__(self, cure: Cure, trains: bool, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("diagnosis_cure")
        theme = preferences.theme
        self.setStyleSheet(
            f"#diagnosis_cure {{ background: {theme.surface}; border: 1px solid {theme.border};"
            " border-radius: 6px; }"
        )
        words = DiagnosisWords(preferences)
        self.words = CalmLabel()
        # On the ground of the frame around it.
        self.words.setAutoFillBackground(False)
        self.words.set_text(words.cure(cure))
        self.button = QPushButton(
            preferences.say(f"diagnosis.{'apply_train' if trains else 'apply'}")
        )
        self.button.setObjectName(f"cure_{cure.name.code.rpartition('.')[2]}")
        self.button.setToolTip(preferences.say("diagnosis.apply_tip"))
        self.button.setAccessibleName(f"{self.button.text()}: {preferences.tell(cure.name)}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)


class DiagnosisCard(QFrame):
    """Shows a diagnosis; numbers that change are written anew in their places.

    ``cure_chosen(cure)``: a person wants it.  ``nodes_chosen(ids)``, ``iteration_chosen(number)``:
    where the trouble is, and when it began.
    """

    cure_chosen = Signal(object)
    nodes_chosen = Signal(object)
    iteration_chosen = Signal(int)

    def __init__(
        self, diagnosis: Diagnosis, found: Sequence[Cure], trains: bool, preferences: Preferences
    ) -> None:
        super().__init__()
        self.setObjectName(f"diagnosis_{diagnosis.trouble}")
        self._preferences = preferences
        self._words = DiagnosisWords(preferences)
        self._diagnosis = diagnosis
        self._heading = Heading(preferences)
        self._since, self._evidence, self._why = CalmLabel(), CalmLabel(), CalmLabel()
        self._evidence.setObjectName("diagnosis_evidence")
        self._nodes, self._moment = QPushButton(), QPushButton()
        self._nodes.setObjectName("diagnosis_nodes")
        self._moment.setObjectName("diagnosis_moment")
        self._nodes.clicked.connect(lambda: self.nodes_chosen.emit(self._diagnosis.nodes))
        self._moment.clicked.connect(lambda: self.iteration_chosen.emit(self._diagnosis.since))
        self._cures = QLabel()
        self._build(found, trains)

    def _build(self, found: Sequence[Cure], trains: bool) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self._heading, self._since, self._evidence):
            layout.addWidget(part)
        places = QFlowLayout()
        places.setHorizontalSpacing(6)
        places.setVerticalSpacing(6)
        places.addWidget(self._nodes)
        places.addWidget(self._moment)
        layout.addLayout(places)
        layout.addWidget(self._why)
        if self._diagnosis.is_alarm:
            say = self._words.sentence
            self._cures.setText(f"<b>{say('heading_cures')}</b>")
            layout.addWidget(self._cures)
            if not found:
                none = CalmLabel()
                none.set_text(say("no_cures"))
                layout.addWidget(none)
        for cure in found if self._diagnosis.is_alarm else ():
            row = CureRow(cure, trains, self._preferences)
            row.button.clicked.connect(lambda _=False, cure=cure: self.cure_chosen.emit(cure))
            layout.addWidget(row)

    def show_diagnosis(self, diagnosis: Diagnosis, document: Document) -> None:
        """Bring the words up to date: the same trouble with other numbers."""
        self._diagnosis = diagnosis
        words, preferences = self._words, self._preferences
        icon = "info" if diagnosis.severity is Severity.NOTICE else "warning"
        self._heading.show_name(words.name(diagnosis), icon, ROLES[diagnosis.severity])
        self._since.set_text(words.since(diagnosis))
        self._evidence.set_text(words.evidence(diagnosis))
        self._why.set_text(words.why(diagnosis))
        names = [document.node(node).name for node in diagnosis.nodes]
        shown = names if len(names) <= _MOST_NAMES else [names[0], "…", names[-1]]
        self._nodes.setVisible(bool(names))
        self._nodes.setText(preferences.say("diagnosis.show_layer", layer=", ".join(shown)))
        self._nodes.setToolTip(preferences.say("diagnosis.show_layer_tip"))
        self._moment.setVisible(diagnosis.since > 0)
        moment = preferences.say("diagnosis.show_since", iteration=diagnosis.since)
        self._moment.setText(moment)
        self._moment.setToolTip(preferences.say("diagnosis.show_since_tip"))
