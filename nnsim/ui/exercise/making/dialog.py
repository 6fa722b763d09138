"""The dialog: what is asked, how it is marked, its texts, and the sheet as it will be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import NnsimError
from nnsim.exercises.exercise import Exercise
from nnsim.exercises.file import SUFFIX, save
from nnsim.exercises.making import Draft
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.making.asked import Asked
from nnsim.ui.exercise.making.preview import Preview
from nnsim.ui.exercise.making.rules import Rules
from nnsim.ui.exercise.making.texts import Texts

# Typing is followed by the preview, but not letter by letter.
_PAUSE_MS = 150
_SIZE = QSize(1080, 720)


class MakingDialog(QDialog):
    """Makes or changes an exercise.

    ``try_out(exercise)``: the teacher wants to solve it as a student would.  ``saved(path)``: it
    stands in a file.
    """

    try_out = Signal(object)
    saved = Signal(Path)

    def __init__(
        self,
        draft: Draft,
        preferences: Preferences,
        folder: Path,
        path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("making_dialog")
        self._preferences = preferences
        self._draft = draft
        self._folder, self._path = folder, path
        self._exercise: Exercise | None = None
        say = preferences.say
        self.setWindowTitle(say("making_dialog.title"))
        self._asked = Asked(preferences, draft)
        self._rules = Rules(preferences, draft)
        self._texts = Texts(preferences, draft.titles, draft.statements)
        self._preview = Preview(preferences)
        self._told = QLabel()
        self._told.setObjectName("making_told")
        self._told.setWordWrap(True)
        self._whole = QPushButton(say("making_dialog.all_blank"))
        self._whole.setObjectName("making_all_blank")
        self._whole.setAutoDefault(False)
        self._whole.clicked.connect(self._all_blank)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        self._build()
        for part in (self._asked, self._rules, self._texts):
            part.changed.connect(self._timer.start)
        self._asked.changed.connect(self._forget_cells)
        self._preview.toggled.connect(self._toggle)
        self.refresh()
        self.resize(_SIZE * preferences.zoom)

    def _build(self) -> None:
        say = self._preferences.say
        tabs = QTabWidget()
        tabs.setObjectName("making_tabs")
        for key, part in (("texts", self._texts), ("asked", self._asked), ("rules", self._rules)):
            page: QWidget = part
            if part is self._rules:
                scroll = QScrollArea()
                scroll.setWidgetResizable(True)
                scroll.setFrameShape(QScrollArea.Shape.NoFrame)
                scroll.setWidget(part)
                page = scroll
            tabs.addTab(page, say(f"making_dialog.tab.{key}"))
        right = QWidget()
        below = QVBoxLayout(right)
        below.setContentsMargins(0, 0, 0, 0)
        heading = QHBoxLayout()
        heading.addWidget(QLabel(say("making_dialog.preview")))
        heading.addStretch(1)
        heading.addWidget(self._whole)
        below.addLayout(heading)
        below.addWidget(self._preview, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(tabs)
        split.addWidget(right)
        split.setSizes([500, 560])
        split.setChildrenCollapsible(False)
        buttons = QHBoxLayout()
        self._try = self._button("try", say("making_dialog.try"), self._try_out)
        self._save = self._button("save", say("making_dialog.save"), self.save)
        close = self._button("close", say("making_dialog.close"), self.reject)
        buttons.addWidget(self._try)
        buttons.addStretch(1)
        buttons.addWidget(self._save)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(split, 1)
        layout.addWidget(self._told)
        layout.addLayout(buttons)

    def _button(self, name: str, words: str, act: object) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(f"making_{name}")
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    # -- the draft -------------------------------------------------------------------------------

    @property
    def exercise(self) -> Exercise | None:
        """The exercise as it is chosen now; None where it cannot be made."""
        return self._exercise

    def refresh(self) -> None:
        """Make the exercise again and show its sheet, or say what is missing."""
        self._timer.stop()
        try:
            draft = self._rules.applied(self._asked.applied(self._draft))
            draft = replace(draft, titles=self._texts.titles, statements=self._texts.statements)
            self._draft = draft
            self._show_sheet(draft)
            self._exercise = draft.exercise()
            self._check_variants(self._exercise)
        except NnsimError as error:
            self._exercise = None
            self._say(" ".join(map(self._preferences.tell, error.messages)), "wrong")
        for button in (self._try, self._save):
            button.setEnabled(self._exercise is not None)
        self._whole.setEnabled(bool(self._draft.question.cells))

    def _show_sheet(self, draft: Draft) -> None:
        """The sheet is shown also while title or statement are missing."""
        said = {"es": "-"}
        every = replace(draft.question, cells=frozenset())
        whole = replace(draft, titles=said, statements=said, question=every)
        may_be_blank = frozenset(c.key for c in whole.exercise().variant().sheet.asked)
        sheet = replace(draft, titles=said, statements=said).exercise().variant().sheet
        self._preview.show_sheet(sheet, may_be_blank)
        self._say(
            self._preferences.say("making_dialog.blanks", n=len(sheet.asked), rows=len(sheet.rows)),
            "muted",
        )

    def _check_variants(self, exercise: Exercise) -> None:
        if exercise.has_variants:
            exercise.variant(1)

    def _say(self, words: str, role: str) -> None:
        self._told.setText(words)
        palette = self._told.palette()
        palette.setColor(self._told.foregroundRole(), self._preferences.theme.color(role))
        self._told.setPalette(palette)

    def _forget_cells(self) -> None:
        # Cells picked one by one belong to the columns and steps they were picked from.
        self._pick(frozenset())

    def _all_blank(self) -> None:
        self._forget_cells()
        self.refresh()

    def _toggle(self, key: str) -> None:
        said = {"es": "-"}
        made = replace(self._draft, titles=said, statements=said)
        try:
            blank = frozenset(c.key for c in made.exercise().variant().sheet.asked) ^ {key}
        except NnsimError:
            return
        if blank:
            self._pick(blank)
            self.refresh()

    def _pick(self, cells: frozenset[str]) -> None:
        """Only these cells are blank; every one of the asked columns where there are none."""
        question = replace(self._draft.question, cells=cells)
        self._draft = replace(self._draft, question=question)

    # -- what comes of it ------------------------------------------------------------------------

    def _try_out(self) -> None:
        if self._exercise is not None:
            self.try_out.emit(self._exercise)

    def save(self) -> bool:
        """Ask for a file and write the exercise; False where it was not written."""
        exercise = self._exercise
        if exercise is None:
            return False
        suggestion = self._path or self._folder / f"{exercise.id}{SUFFIX}"
        path = choose_to_save(
            self, self._preferences, suggestion, "exercise_room.filter", (SUFFIX,)
        )
        if path is None:
            return False
        try:
            save(exercise, path)
        except NnsimError as error:
            self._say(" ".join(map(self._preferences.tell, error.messages)), "wrong")
            return False
        self._path = path
        self._say(self._preferences.say("making_dialog.saved", path=str(path)), "muted")
        self.saved.emit(path)
        return True
