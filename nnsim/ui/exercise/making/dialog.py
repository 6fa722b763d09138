"""The dialog: what is asked, how it is marked, its texts, and the sheet as it will be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import NnsimError
from nnsim.exercises.exercise import Exercise, given_of
from nnsim.exercises.file import SUFFIX
from nnsim.exercises.file_writing import save
from nnsim.exercises.filling import unfilled
from nnsim.exercises.making import Draft
from nnsim.exercises.stating import placeholders
from nnsim.ui.bridge.file_dialogs import choose_to_save
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.browsing.parts import size_dialog
from nnsim.ui.exercise.making.asked import Asked
from nnsim.ui.exercise.making.preview import Preview
from nnsim.ui.exercise.making.rules import Rules
from nnsim.ui.exercise.making.texts import Texts
from nnsim.ui.exercise.statement import Statement
from nnsim.ui.shell.dialogs.questions import Answer, ask_to_save

# Typing is followed by the preview, but not letter by letter.
_PAUSE_MS = 150
_SIZE = QSize(1080, 720)
_MOST_SEEDS = 9999


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
        note: str = "",
    ) -> None:
        """``note`` is said beside what is asked."""
        super().__init__(parent)
        self.setObjectName("making_dialog")
        self._preferences = preferences
        self._draft = draft
        self._note = note
        self._folder, self._path = folder, path
        self._exercise: Exercise | None = None
        say = preferences.say
        kind = "title" if path is None else "change_title"
        self.setWindowTitle(say(f"making_dialog.{kind}", name="" if path is None else path.name))
        self._asked = Asked(preferences, draft)
        self._rules = Rules(preferences, draft)
        names = placeholders(draft.document)
        self._texts = Texts(preferences, draft.titles, draft.statements, names)
        self._preview = Preview(preferences)
        self._statement = Statement(preferences)
        self._may_be_blank: frozenset[str] = frozenset()
        self._blank: frozenset[str] = frozenset()
        self._told = QLabel()
        self._told.setObjectName("making_told")
        self._told.setWordWrap(True)
        self._whole = QPushButton(say("making_dialog.all_blank"))
        self._whole.setObjectName("making_all_blank")
        self._whole.setAutoDefault(False)
        self._whole.clicked.connect(self._all_blank)
        self._seed = QSpinBox()
        self._seed.setObjectName("making_seed")
        self._seed.setRange(0, _MOST_SEEDS)
        self._seed.setSpecialValueText(say("making_dialog.seed_own"))
        self._seed.setToolTip(say("making_dialog.seed_tip"))
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        self._seed.valueChanged.connect(lambda _: self._timer.start())
        # The statement is as high as its text is at the width it comes to have.
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(lambda: self._statement.fit(self.height()))
        self._build()
        for part in (self._asked, self._rules, self._texts):
            part.changed.connect(self._timer.start)
        self._asked.changed.connect(self._forget_cells)
        self._preview.toggled.connect(self._toggle)
        self.refresh()
        self._kept = self._draft
        size_dialog(self, preferences, _SIZE)

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
        variant = QLabel(say("making_dialog.seed"))
        variant.setBuddy(self._seed)
        heading.addWidget(variant)
        heading.addWidget(self._seed)
        heading.addWidget(self._whole)
        below.addLayout(heading)
        below.addWidget(self._statement)
        below.addWidget(self._preview, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(tabs)
        split.addWidget(right)
        split.setSizes([500, 560])
        split.setChildrenCollapsible(False)
        split.splitterMoved.connect(lambda: self._fitting.start())
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fitting.start()

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
        self._exercise = None
        draft = self._asked.applied(self._draft)
        self._draft = replace(draft, titles=self._texts.titles, statements=self._texts.statements)
        try:
            self._take_rules()
            self._exercise = self._draft.exercise()
            self._check_variants(self._exercise)
        except NnsimError as error:
            self._exercise = None
            self._say_problem(error)
        for button in (self._try, self._save):
            button.setEnabled(self._exercise is not None)
        self._whole.setEnabled(self._draft.picks_cells)
        self._seed.setEnabled(bool(self._draft.vary))

    def _take_rules(self) -> None:
        """The sheet is shown also where what is typed under the rules cannot be read."""
        try:
            self._draft = self._rules.applied(self._draft)
        finally:
            self._show_sheet(self._draft)

    def _show_sheet(self, draft: Draft) -> None:
        """The sheet is shown also while title or statement are missing."""
        seed = self._seed.value() if draft.vary else 0
        said = {locale: words or "-" for locale, words in draft.statements.items()}
        shown = replace(draft, titles={"es": "-"}, statements=said)
        whole = shown.with_all_blank().exercise().variant(seed)
        variant = shown.exercise().variant(seed)
        sheet = variant.sheet
        self._may_be_blank = frozenset(c.key for c in whole.sheet.asked)
        self._blank = frozenset(c.key for c in sheet.asked)
        self._preview.show_sheet(sheet, self._may_be_blank)
        locale = self._preferences.locale
        title = draft.titles.get(locale) or next(filter(None, draft.titles.values()), "")
        self._statement.show_text(title, variant.statement(locale))
        names = [n for words in said.values() for n in unfilled(words, given_of(variant.task))]
        if names:
            told = self._preferences.say("making.unfilled", names=", ".join(dict.fromkeys(names)))
            self._say(told, "wrong")
            return
        rows = len(sheet.rows)
        told = self._preferences.say("making_dialog.blanks", n=len(sheet.asked), rows=rows)
        self._say(" ".join(filter(None, (told, self._note))), "muted")

    def _check_variants(self, exercise: Exercise) -> None:
        if exercise.has_variants:
            exercise.variant(1)

    def _say_problem(self, error: NnsimError) -> None:
        self._say(" ".join(map(self._preferences.tell, error.messages)), "wrong")

    def _say(self, words: str, role: str) -> None:
        self._told.setText(words)
        palette = self._told.palette()
        palette.setColor(self._told.foregroundRole(), self._preferences.theme.color(role))
        self._told.setPalette(palette)

    def _forget_cells(self) -> None:
        # Blank cells picked one by one belong to the columns and steps they were picked from.
        if self._draft.question.cells:
            self._draft = self._draft.with_all_blank()

    def _all_blank(self) -> None:
        self._draft = self._draft.with_all_blank()
        self.refresh()

    def _toggle(self, key: str) -> None:
        blank = self._blank ^ {key}
        if blank:
            self._draft = self._draft.with_blank(blank, self._may_be_blank)
            self.refresh()

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
            self._say_problem(error)
            return False
        self._path, self._kept = path, self._draft
        self._say(self._preferences.say("making_dialog.saved", path=str(path)), "muted")
        self.saved.emit(path)
        return True

    def reject(self) -> None:
        """Close; where changes are in no file, ask first."""
        self.refresh()
        if self._draft != self._kept:
            title = next(filter(None, self._draft.titles.values()), "")
            answer = ask_to_save(self, self._preferences, title)
            if answer is Answer.CANCEL or (answer is Answer.SAVE and not self.save()):
                return
        super().reject()
