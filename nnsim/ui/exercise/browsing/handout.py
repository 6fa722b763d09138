"""Handing an exercise out: on paper or for a platform, as many variants as there are people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnsim.core.messages import Message, NnsimError
from nnsim.exercises.exercise import Exercise, in_language
from nnsim.exercises.file import SUFFIX, load
from nnsim.exercises.handing_out import SUFFIXES, hand_out, places
from nnsim.exercises.handouts import MAX_VARIANTS, variants_of
from nnsim.language import LOCALES
from nnsim.ui.bridge.file_dialogs import choose_to_open, choose_to_save, may_replace
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.browsing.parts import button, label_of, size_dialog
from nnsim.ui.exercise.seeds import fresh_seed, read_seed
from nnsim.ui.handout import save_pdf
from nnsim.ui.shell.message_bar import MessageBar

_FORMAT = "exercise/handout_format"


class HandoutDialog(QDialog):
    """Writes the files itself and stays open, so that several formats are a few clicks.

    ``written`` are the files written last.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        folder: Path,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("handout_dialog")
        self._exercises = list(exercises)
        self._folder = folder
        self._preferences = preferences
        self.written: tuple[Path, ...] = ()
        self.setWindowTitle(preferences.say("exercise_browse.handout_title"))
        self._make_fields()
        self._lay_out()
        for combo in (self._which, self._format, self._locale):
            combo.currentIndexChanged.connect(self._refresh)
        self._count.valueChanged.connect(self._refresh)
        self._seed.textChanged.connect(self._refresh)
        self._refresh()
        size_dialog(self, preferences, QSize(520, 360))

    def choose(self, exercise: Exercise, seed: int | None = None) -> None:
        """Hand this exercise out, beginning with the variant of a seed."""
        if exercise not in self._exercises:
            self._exercises.append(exercise)
            self._which.addItem(in_language(exercise.title, self._preferences.locale), exercise)
        self._which.setCurrentIndex(self._exercises.index(exercise))
        if seed is not None and exercise.has_variants:
            self._seed.setText(str(seed))

    @property
    def _exercise(self) -> Exercise:
        return self._exercises[self._which.currentIndex()]

    # -- building --------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        preferences, say = self._preferences, self._preferences.say
        self._which = QComboBox()
        self._which.setObjectName("handout_exercise")
        self._which.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._which.setMinimumContentsLength(20)
        shrinking = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._which.setSizeAdjustPolicy(shrinking)
        for exercise in self._exercises:
            self._which.addItem(in_language(exercise.title, preferences.locale), exercise)
        self._from_file = button(preferences, "from_file")
        self._from_file.clicked.connect(self._open)
        self._format = QComboBox()
        self._format.setObjectName("handout_format")
        for name in SUFFIXES:
            self._format.addItem(say(f"exercise_browse.format.{name}"), name)
        stored = preferences.settings.value(_FORMAT, "pdf")
        self._format.setCurrentIndex(max(self._format.findData(stored), 0))
        self._locale = QComboBox()
        self._locale.setObjectName("handout_locale")
        for locale in LOCALES:
            self._locale.addItem(say(f"language.{locale}"), locale)
        self._locale.setCurrentIndex(self._locale.findData(preferences.locale))
        self._count = QSpinBox()
        self._count.setObjectName("handout_count")
        self._count.setRange(1, MAX_VARIANTS)
        self._seed = QLineEdit("0")
        self._seed.setObjectName("handout_seed")
        self._seed.setToolTip(say("exercise_browse.first_seed_tip"))
        self._seed.setValidator(QIntValidator(0, 2**31 - 1, self))
        self._new_seed = button(preferences, "new_seed")
        self._new_seed.clicked.connect(lambda: self._seed.setText(str(fresh_seed())))
        self._preview = QLabel()
        self._preview.setObjectName("handout_preview")
        self._preview.setWordWrap(True)
        self._messages = MessageBar(preferences)
        self._save = button(preferences, "save")
        self._save.setDefault(True)
        self._save.clicked.connect(self._write)
        self._close = button(preferences, "close")
        self._close.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        preferences = self._preferences
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        seed = QHBoxLayout()
        seed.addWidget(self._seed, 1)
        seed.addWidget(self._new_seed)
        which = QHBoxLayout()
        which.addWidget(self._which, 1)
        which.addWidget(self._from_file)
        form.addRow(label_of(preferences, "which", self._which), which)
        form.addRow(label_of(preferences, "format_label", self._format), self._format)
        form.addRow(label_of(preferences, "count", self._count), self._count)
        form.addRow(label_of(preferences, "first_seed", self._seed), seed)
        form.addRow(label_of(preferences, "sheet_language", self._locale), self._locale)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        buttons.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self._messages)
        layout.addLayout(form)
        layout.addWidget(self._preview)
        layout.addStretch(1)
        layout.addLayout(buttons)

    # -- what will be written --------------------------------------------------------------------

    def _first_seed(self) -> int | None:
        """Where the seeds begin; None for the numbers of the exercise itself."""
        return read_seed(self._seed.text()) or None

    def _refresh(self) -> None:
        say, count = self._preferences.say, self._count.value()
        for field in (self._count, self._seed, self._new_seed):
            field.setEnabled(self._exercise.has_variants)
        suggestion = Path(f"{self._exercise.id}{SUFFIXES[self._format.currentData()]}")
        lines = [
            say(f"exercise_browse.file.{part}", name=place.name)
            for part, place in places(
                suggestion, self._format.currentData(), self._locale.currentData()
            ).items()
        ]
        seeds = "seeds"
        if len(lines) == 1:
            seeds = "question_seeds"
            lines = [say("exercise_browse.file.questions", name=suggestion.name)]
        first = self._first_seed()
        if not self._exercise.has_variants:
            lines.append(say("exercise_browse.no_variants"))
        elif count == 1 and first is None:
            lines.append(say("exercise_browse.own_numbers"))
        else:
            first = first or 1
            lines.append(
                say(f"exercise_browse.{seeds}", n=count, first=first, last=first + count - 1)
            )
        self._preview.setText("\n".join(lines))
        self._messages.clear()

    def _open(self) -> None:
        path = choose_to_open(
            self, self._preferences, self._folder, "exercise_room.filter", (SUFFIX,)
        )
        if path is None:
            return
        try:
            self.choose(load(path))
        except NnsimError as error:
            self._messages.tell(error.messages)

    def _write(self) -> None:
        preferences, format = self._preferences, self._format.currentData()
        locale, suffix = self._locale.currentData(), SUFFIXES[self._format.currentData()]
        path = choose_to_save(
            self,
            preferences,
            self._folder / f"{self._exercise.id}{suffix}",
            f"exercise_browse.format.{format}",
            (suffix,),
        )
        if path is None:
            return
        beside = [place for place in places(path, format, locale).values() if place != path]
        if not all(not p.exists() or may_replace(self, preferences, p) for p in beside):
            return
        self._folder = path.parent
        preferences.settings.setValue(_FORMAT, format)
        try:
            variants = variants_of(self._exercise, self._count.value(), self._first_seed())
            self.written = hand_out(variants, path, format, locale, save_pdf)
        except NnsimError as error:
            self._messages.tell(error.messages)
            return
        told = [Message("projects.saved", {"path": str(place)}) for place in self.written]
        self._messages.tell(told, "done")
