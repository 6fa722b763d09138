"""The catalogue: an exercise is chosen, and begun or gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnsim.exercises import attempts
from nnsim.exercises.exercise import MODES, Exercise, Mode, Variant
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.slices import Slices
from nnsim.ui.exercise.browsing.handout import HandoutDialog
from nnsim.ui.exercise.browsing.page import ExercisePage
from nnsim.ui.exercise.browsing.parts import button, label_of, size_dialog
from nnsim.ui.exercise.browsing.tree import ExerciseTree
from nnsim.ui.exercise.person import LONGEST, name_of, set_name
from nnsim.ui.exercise.seeds import fresh_seed, read_seed

_LAST = "exercise/last"
# The page follows the list when a key has been let go, so that a held arrow runs on.
_PAGE_DELAY = 60


class Begin(NamedTuple):
    """Begin a new attempt."""

    variant: Variant
    mode: Mode


class GoOn(NamedTuple):
    """Go on with an attempt."""

    path: Path


class CatalogueDialog(QDialog):
    """``choice`` is what a person wants to do when the dialog was accepted.

    ``folder`` is where hand-outs are first offered to be put; without one there are none.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        attempts_folder: Path,
        folder: Path | None,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("catalogue_dialog")
        self.setWindowTitle(preferences.say("exercise_browse.catalogue"))
        self.choice: Begin | GoOn | None = None
        self._preferences = preferences
        self._exercises = exercises
        self._folder = folder
        self._is_possible = False
        self.tree = ExerciseTree(exercises, preferences)
        self.page = ExercisePage(exercises, preferences)
        self._make_fields()
        self._lay_out()
        self._page_timer = QTimer(self)
        self._page_timer.setSingleShot(True)
        self._page_timer.timeout.connect(self._show_page)
        self._listen()
        self.tree.choose(str(preferences.settings.value(_LAST, "")))
        self._chosen()
        self._show_page()
        self.tree.search.setFocus()
        size_dialog(self, preferences, QSize(1000, 660))
        self._reading = Slices(attempts.listed(attempts_folder), self)
        self._reading.came.connect(self._read)

    # -- building --------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        preferences = self._preferences
        self._mode = QComboBox()
        self._mode.setObjectName("browse_mode")
        for mode in MODES:
            self._mode.addItem(preferences.say(f"making_dialog.mode.{mode}"), mode)
        self._seed = QLineEdit("0")
        self._seed.setObjectName("browse_seed")
        self._seed.setToolTip(preferences.say("exercise_room.seed_tip"))
        self._seed.setValidator(QIntValidator(0, 2**31 - 1, self))
        self._new_variant = button(preferences, "new_variant")
        self._name = QLineEdit(name_of(preferences))
        self._name.setObjectName("browse_name")
        self._name.setMaxLength(LONGEST)
        self._name.setPlaceholderText(preferences.say("exercise_browse.name_hint"))
        self._start = button(preferences, "start")
        self._start.setDefault(True)
        self._go_on = button(preferences, "go_on")
        self._hand_out = button(preferences, "hand_out")
        self._close = button(preferences, "close")

    def _lay_out(self) -> None:
        preferences = self._preferences
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.tree)
        split.addWidget(self.page)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 6)
        fields = QGridLayout()
        fields.setHorizontalSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._seed, 1)
        row.addWidget(self._new_variant)
        fields.addWidget(label_of(preferences, "mode", self._mode), 0, 0)
        fields.addWidget(self._mode, 0, 1)
        fields.addWidget(label_of(preferences, "seed", self._seed), 0, 2)
        fields.addLayout(row, 0, 3)
        fields.addWidget(label_of(preferences, "name", self._name), 1, 0)
        fields.addWidget(self._name, 1, 1, 1, 3)
        fields.setColumnStretch(1, 3)
        fields.setColumnStretch(3, 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self._hand_out)
        self._hand_out.setHidden(self._folder is None)
        buttons.addStretch(1)
        for each in (self._close, self._go_on, self._start):
            buttons.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(split, 1)
        layout.addLayout(fields)
        layout.addLayout(buttons)

    def _listen(self) -> None:
        self.tree.chosen.connect(self._chosen)
        self.tree.activated.connect(self._begin)
        self.page.wanted.connect(self._lead_to)
        self._seed.textChanged.connect(lambda: self._page_timer.start(_PAGE_DELAY))
        self._new_variant.clicked.connect(lambda: self._seed.setText(str(fresh_seed())))
        self._start.clicked.connect(self._begin)
        self._go_on.clicked.connect(self._resume)
        self._hand_out.clicked.connect(self._print)
        self._close.clicked.connect(self.reject)
        self.finished.connect(self._leave)

    # -- what is shown ---------------------------------------------------------------------------

    def _read(self, listed: list[attempts.Kept | attempts.Unreadable]) -> None:
        for each in listed:
            if isinstance(each, attempts.Kept):
                progress = self.tree.progress(each.exercise)
                self.tree.set_progress(each.exercise, progress.after(each))
        self.tree.apply_filter()
        self._refresh()
        self._page_timer.start(_PAGE_DELAY)

    def _chosen(self) -> None:
        exercise = self.tree.current
        if exercise is not None:
            self._mode.setCurrentIndex(self._mode.findData(exercise.mode))
            self._seed.setText("0")
        self._page_timer.start(_PAGE_DELAY)
        self._refresh()

    def _show_page(self) -> None:
        exercise, seed = self.tree.current, read_seed(self._seed.text())
        progress = self.tree.progress("" if exercise is None else exercise.id)
        self._is_possible = seed is not None and self.page.show_exercise(exercise, seed, progress)
        self._refresh()

    def _refresh(self) -> None:
        exercise = self.tree.current
        has_variants = exercise is not None and exercise.has_variants
        self._seed.setEnabled(has_variants)
        self._new_variant.setEnabled(has_variants)
        self._start.setEnabled(exercise is not None)
        self._hand_out.setEnabled(exercise is not None)
        unfinished = exercise and self.tree.progress(exercise.id).unfinished
        self._go_on.setEnabled(unfinished is not None)

    def _lead_to(self, exercise: str) -> None:
        self.tree.choose(exercise)
        self.tree.list.setFocus()

    # -- what is done ----------------------------------------------------------------------------

    def _begin(self) -> None:
        self._page_timer.stop()
        self._show_page()
        exercise, seed = self.tree.current, read_seed(self._seed.text())
        if exercise is not None and seed is not None and self._is_possible:
            self._accept(Begin(exercise.variant(seed), self._mode.currentData()))

    def _resume(self) -> None:
        exercise = self.tree.current
        unfinished = exercise and self.tree.progress(exercise.id).unfinished
        if unfinished:
            self._accept(GoOn(unfinished.path))

    def _accept(self, choice: Begin | GoOn) -> None:
        self.choice = choice
        self.accept()

    def _print(self) -> None:
        exercise = self.tree.current
        if exercise is None or self._folder is None:
            return
        dialog = HandoutDialog(self._exercises, self._folder, self._preferences, self)
        dialog.choose(exercise, read_seed(self._seed.text()))
        dialog.exec()
        dialog.deleteLater()

    def _leave(self) -> None:
        self._reading.stop()
        settings, exercise = self._preferences.settings, self.tree.current
        set_name(self._preferences, self._name.text())
        if exercise is not None:
            settings.setValue(_LAST, exercise.id)
