"""The lab panel: from the samples to the network in seven numbered steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.lab.features import FeaturesStep
from nnsim.ui.panels.lab.learning import LearningStep
from nnsim.ui.panels.lab.network import NetworkStep
from nnsim.ui.panels.lab.note import Note
from nnsim.ui.panels.lab.parts import PartsStep, ScalingStep
from nnsim.ui.panels.lab.samples import ColumnsStep, SamplesStep
from nnsim.ui.panels.lab.step import Step

_OPEN = "lab/open"
_FIRST_OPEN = ("samples", "features", "network", "learning")


class LabPanel(QWidget):
    """Every step says what it comes to, and opens what it is set by; all edits can be undone."""

    title_key: ClassVar[str] = "lab.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lab_panel")
        self._workspace = workspace
        self._preferences = preferences
        self._shown: tuple[Document, object] | None = None
        kinds: tuple[Callable[[int, Workspace, Preferences], Step], ...] = (
            SamplesStep,
            ColumnsStep,
            PartsStep,
            ScalingStep,
            FeaturesStep,
            NetworkStep,
            LearningStep,
        )
        made = [kind(number, workspace, preferences) for number, kind in enumerate(kinds, start=1)]
        self.steps: dict[str, Step] = {step.name: step for step in made}
        self.note = Note(preferences)
        for step in made:
            step.told.connect(lambda said, name=step.name: self.note.tell(name, said))
        self._lay_out()
        self._open_remembered()
        samples = self.steps["samples"]
        assert isinstance(samples, SamplesStep)
        samples.import_wanted.connect(self._import)
        workspace.document_changed.connect(self._document_changed)
        workspace.position_changed.connect(self._refresh)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._dress)
        preferences.zoom_changed.connect(self._dress)
        self._dress()
        self._say()

    def _lay_out(self) -> None:
        inside = QWidget()
        # As narrow as the panel: rows put themselves below each other.
        inside.setMinimumWidth(1)
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(0)
        for step in self.steps.values():
            column.addWidget(step)
        list(self.steps.values())[-1].set_last()
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("lab_scroll")
        use_flat_bars(scroll, self._preferences)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        self._scroll = scroll
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.note)

    # -- which steps are open --------------------------------------------------------------------

    def _open_remembered(self) -> None:
        remembered = str(self._preferences.settings.value(_OPEN, " ".join(_FIRST_OPEN))).split()
        for name, step in self.steps.items():
            step.set_open(name in remembered)
            step.toggled.connect(self._remember)

    def _remember(self) -> None:
        chosen = [name for name, step in self.steps.items() if step.is_open]
        self._preferences.settings.setValue(_OPEN, " ".join(chosen))

    def show_step(self, name: str) -> None:
        """Open a step, go to it, and let the keys act on it."""
        step = self.steps[name]
        step.set_open(True)
        step.heading.setFocus(Qt.FocusReason.OtherFocusReason)
        # What has just been opened has its size in the next turn of the event loop.
        QTimer.singleShot(0, step, lambda: self._scroll_to(step))

    def _scroll_to(self, step: Step) -> None:
        """All of the step in sight, and its heading in any case."""
        self._scroll.ensureWidgetVisible(step, 0, 0)
        self._scroll.ensureWidgetVisible(step.heading, 0, 0)

    # -- showing ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.note.give_room_back()
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.note.give_room_back()

    def _document_changed(self, before: Document, after: Document) -> None:
        # What was said of an edit is of no more use once another one is made.
        self.note.tell("", ())
        self._refresh()

    def _refresh(self) -> None:
        """The document and the settings in force; nothing is touched while they are the same."""
        if not self.isVisible():
            return
        document = self._workspace.document
        settings = document.settings_at(self._workspace.session.completed)
        if self._shown is not None and self._shown[0] is document and self._shown[1] == settings:
            return
        self._shown = document, settings
        for step in self.steps.values():
            step.refresh()

    def _say(self) -> None:
        for step in self.steps.values():
            step.say()
        self.note.say()
        self._shown = None
        self._refresh()

    def _dress(self) -> None:
        for step in self.steps.values():
            step.dress()
        self.note.dress()

    # -- a file ----------------------------------------------------------------------------------

    def _import(self) -> None:
        # Spreadsheets and their dialog are read about when a person asks for one.
        from nnsim.ui.panels.importing import ask_import

        take_over = ask_import(self, self._preferences, self._workspace.document)
        if take_over is not None:
            self.steps["samples"].edit(take_over, "import")
            self.steps["samples"].refresh()
