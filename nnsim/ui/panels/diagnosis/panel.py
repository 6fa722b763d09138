"""Watches the run: calm while all is well, else it names the trouble and offers cures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnsim.document.model import Document
from nnsim.session.diagnosis import (
    Cure,
    Diagnosis,
    Report,
    cures,
    iterations_to_compare,
    standing_of,
)
from nnsim.session.runs import FEWEST_LOST
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.bridge.watcher import watcher_of
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.diagnosis.card import DiagnosisCard, Heading
from nnsim.ui.panels.diagnosis.comparison import Comparison, Cured
from nnsim.ui.panels.diagnosis.words import DiagnosisWords

_MARGIN, _SPACING = 12, 14


class DiagnosisPanel(QScrollArea):
    """Shows what the watcher of the workspace reports.

    ``train_wanted(iterations)``: a cure was applied, and the network is to be trained so far.
    """

    title_key = "diagnosis.title"
    train_wanted = Signal(int)

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("diagnosis_panel")
        self._workspace = workspace
        self._preferences = preferences
        self._words = DiagnosisWords(preferences)
        self._watcher = watcher_of(workspace)
        self._cured: Cured | None = None
        self._cards: list[DiagnosisCard] = []
        self._shown: object = None
        self._cures_of: Document | None = None
        self._known_cures: dict[tuple[str, str, int], tuple[Cure, ...]] = {}
        self._build()
        self._watcher.reported.connect(self.refresh)
        workspace.position_changed.connect(self._moved)
        preferences.language_changed.connect(self._say_again)
        preferences.theme_changed.connect(self._say_again)
        preferences.zoom_changed.connect(self._say_again)
        self._say_again()

    def _build(self) -> None:
        use_flat_bars(self, self._preferences)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._column.setSpacing(_SPACING)
        self._calm_heading, self._calm = Heading(self._preferences), CalmLabel()
        self._calm.setObjectName("diagnosis_calm")
        self._make_comparison()
        self._column.addWidget(self._calm_heading)
        self._column.addWidget(self._calm)
        self._column.addStretch(1)
        # Below the cards: that it comes and goes must not move their buttons.
        self._looking = CalmLabel()
        self._looking.setObjectName("diagnosis_looking")
        self._column.addWidget(self._looking)
        self.setWidget(self._page)

    def _make_comparison(self) -> None:
        self._comparison = Comparison(self._preferences)
        self._comparison.train_wanted.connect(self._train_as_far)
        self._comparison.closed.connect(self._close_comparison)
        self._column.insertWidget(0, self._comparison)

    # -- what is shown ---------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _say_again(self) -> None:
        self._shown = None
        self.refresh()

    def _moved(self) -> None:
        # What is calm is said otherwise once a step has been taken.
        if self.isVisible() and self._calm.isVisible():
            self._show_calm(self._watcher.report)

    def refresh(self) -> None:
        """Show the latest report, where the panel is seen."""
        if not self.isVisible():
            return
        report = self._watcher.report
        diagnoses = () if report is None else report.diagnoses
        self._show_calm(report)
        self._show_cards(report, diagnoses)
        self._show_comparison(report)
        is_looking = report is not None and bool(report.alarms) and not report.is_whole
        self._looking.setVisible(is_looking)
        if is_looking:
            self._looking.set_text(self._words.sentence("looking"))

    def _show_calm(self, report: Report | None) -> None:
        is_calm = report is None or not report.alarms
        self._calm_heading.setVisible(
            is_calm and report is not None and report.findings is not None
        )
        self._calm.setVisible(is_calm)
        if report is None:
            self._calm.set_text(self._words.sentence("not_ready"))
        elif is_calm:
            # The first iteration is computed to be looked at before anybody has taken a step.
            is_begun = report.iterations > 1 or self._workspace.session.completed > 0
            name = self._words.sentence(f"calm.{'run' if is_begun else 'start'}")
            self._calm_heading.show_name(name, "done", "right")
            self._calm.set_text(self._words.calm(report, is_begun))

    def _show_cards(self, report: Report | None, diagnoses: tuple[Diagnosis, ...]) -> None:
        document = self._workspace.document
        trains = report is not None and report.iterations >= FEWEST_LOST
        found = [self._offered(each) for each in diagnoses]
        # Another card only where it looks different: else a click would miss a button that moved.
        key = (
            trains,
            [
                (each.trouble, each.reason, each.severity, [_told(cure) for cure in offered])
                for each, offered in zip(diagnoses, found, strict=True)
            ],
        )
        if key != self._shown:
            self._shown = key
            self._remake(diagnoses, found, trains)
        for card, each in zip(self._cards, diagnoses, strict=True):
            card.show_diagnosis(each, document)

    def _offered(self, diagnosis: Diagnosis) -> tuple[Cure, ...]:
        """Cures of a diagnosis, made once: they are edits of a whole document."""
        if not diagnosis.is_alarm:
            return ()
        document = self._workspace.document
        if document is not self._cures_of:
            self._cures_of, self._known_cures = document, {}
        key = diagnosis.trouble, diagnosis.reason, diagnosis.since
        if key not in self._known_cures:
            self._known_cures[key] = cures(diagnosis, document)
        return self._known_cures[key]

    def _remake(
        self, diagnoses: tuple[Diagnosis, ...], found: list[tuple[Cure, ...]], trains: bool
    ) -> None:
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        for each, offered in zip(diagnoses, found, strict=True):
            card = DiagnosisCard(each, offered, trains, self._preferences)
            card.cure_chosen.connect(self._apply)
            card.nodes_chosen.connect(self._workspace.select_nodes)
            card.iteration_chosen.connect(self._workspace.go_to)
            # Before the stretch and the last line.
            self._column.insertWidget(self._column.count() - 2, card)
            self._cards.append(card)

    def _show_comparison(self, report: Report | None) -> None:
        cured, session = self._cured, self._workspace.session
        is_shown = (
            cured is not None and session.is_ready and cured.holds_for(self._workspace.document)
        )
        self._comparison.setVisible(is_shown)
        if is_shown and cured is not None:
            self._comparison.show_runs(cured, standing_of(session, report))

    # -- what is done ----------------------------------------------------------------------------

    def _apply(self, cure: Cure) -> None:
        workspace = self._workspace
        before = standing_of(workspace.session, self._watcher.report)
        label = self._preferences.say("diagnosis.runs.undo", name=cure.name)
        if not workspace.edit(cure.edit, label):
            return
        if before.iterations >= FEWEST_LOST:
            self._cured = Cured(before, cure.name, workspace.document)
            self.verticalScrollBar().setValue(0)
            self._train_as_far()
        self.refresh()

    def _train_as_far(self) -> None:
        if self._cured is not None:
            document = self._workspace.document
            self.train_wanted.emit(iterations_to_compare(document, self._cured.before))

    def _close_comparison(self) -> None:
        self._cured = None
        self.refresh()


def _told(cure: Cure) -> tuple[str, tuple[str, ...]]:
    return str(cure.name), tuple(map(str, cure.changes))
