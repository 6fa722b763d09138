"""Two attempts at an exercise, cell by cell."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnsim.exercises.attempt import Attempt
from nnsim.exercises.comparing import Pair, Side, compare
from nnsim.exercises.marking import Verdict
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.browsing.parts import button, dated, size_dialog
from nnsim.ui.exercise.browsing.simple_table import SimpleTable

# A sign before the word, so that what is wrong is found at a glance and without colours.
_SIGNS = {Verdict.RIGHT: "✓", Verdict.CONSISTENT: "✓", Verdict.WRONG: "✗", Verdict.UNREADABLE: "?"}


class ComparisonDialog(QDialog):
    """The older attempt on the left, the newer one on the right."""

    def __init__(
        self,
        first: Attempt,
        second: Attempt,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("comparison_dialog")
        say = preferences.say
        title = first.variant.title(preferences.locale)
        self.setWindowTitle(say("exercise_browse.comparison", exercise=title))
        self._preferences = preferences
        self._pairs = compare(first, second)
        headings: list[str] = [say("exercise_browse.column.cell")]
        for attempt in (first, second):
            headings += [dated(attempt.started), say("exercise_browse.column.verdict")]
        self.table = SimpleTable("comparison_table", headings, 0, preferences)
        self._only = QCheckBox(say("exercise_browse.only_differing"))
        self._only.setObjectName("comparison_only")
        self._only.toggled.connect(self._show)
        self._told = QLabel()
        self._told.setObjectName("comparison_told")
        self._told.setWordWrap(True)
        differing = sum(pair.differs for pair in self._pairs)
        told = [say("exercise_browse.differing", n=differing, of=len(self._pairs))]
        for number, attempt in enumerate((first, second), 1):
            score = attempt.score
            points = preferences.number(round(score.points, 2))
            told.append(
                say(
                    "exercise_browse.compared",
                    number=number,
                    date=dated(attempt.started),
                    points=points,
                    of=score.of,
                    mode=say(f"exercise_browse.mode_in_short.{attempt.mode}"),
                )
            )
        if first.variant.seed != second.variant.seed:
            told.append(say("exercise_browse.other_numbers"))
        self._told.setText("\n".join(told))
        close = button(preferences, "close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        below = QHBoxLayout()
        below.addWidget(self._only)
        below.addStretch(1)
        below.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self._told)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        self._show()
        size_dialog(self, preferences, QSize(760, 520))

    def _show(self) -> None:
        only = self._only.isChecked()
        self.table.show_rows([self._row(p) for p in self._pairs if p.differs or not only])

    def _row(self, pair: Pair) -> list[str]:
        tell = self._preferences.tell
        where = self._preferences.say(
            "exercise_room.place", column=tell(pair.column.words), row=tell(pair.row.words)
        )
        return [where, *self._side(pair.first), *self._side(pair.second)]

    def _side(self, side: Side) -> list[str]:
        word = self._preferences.say(f"verdict.{side.verdict}")
        return [side.text, f"{_SIGNS.get(side.verdict, '')} {word}".strip()]
