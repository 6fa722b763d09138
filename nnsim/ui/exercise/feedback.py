"""The verdict on a cell and why, in a line that stays in its place."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from nnsim.core.numbers import joined
from nnsim.exercises.marking import Mark, Verdict
from nnsim.exercises.prose import in_html
from nnsim.exercises.sheet import Cell
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.cells import ROLES, paint_sign
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.sheet_model import SheetModel, interval_text

_SIGN = 22


class _Sign(QWidget):
    """The sign of a verdict, large."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.verdict = Verdict.BLANK

    def sizeHint(self) -> QSize:
        size = round(_SIGN * self._preferences.zoom)
        return QSize(size, size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.verdict in ROLES:
            painter = QPainter(self)
            size = self.sizeHint().width()
            box = QRectF(0, 0, size, size).adjusted(2, 2, -2, -2)
            paint_sign(painter, box, self.verdict, self._preferences)
            painter.end()


class Feedback(QFrame):
    """Says how the current cell was marked, or the last one; else what to do."""

    def __init__(self, run: ExerciseRun, model: SheetModel, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("exercise_feedback")
        self._run = run
        self._model = model
        self._preferences = preferences
        self._sign = _Sign(preferences)
        self._text = CalmLabel(lines=2)
        self._text.setObjectName("exercise_verdict")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(10)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        self.dress()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.accessibleName()

    def dress(self) -> None:
        """Say it again, in the words and colours of now."""
        cell, mark = self._subject()
        theme = self._preferences.theme
        verdict = Verdict.BLANK if mark is None else mark.verdict
        self._sign.verdict = verdict
        self._sign.setVisible(verdict in ROLES)
        self._sign.updateGeometry()
        self._sign.update()
        role = ROLES.get(verdict)
        ground = theme.raised if role is None else theme.mixed(role, 0.14).name()
        edge = theme.border if role is None else getattr(theme, role)
        self.setStyleSheet(
            f"#exercise_feedback {{ background: {ground}; border: 1px solid {edge};"
            " border-radius: 6px; }"
        )
        # With a style sheet around it Qt would fill the label with the colour of the window.
        self._text.setAutoFillBackground(False)
        self._text.set_text(self._words(cell, mark))

    def _subject(self) -> tuple[Cell, Mark | None]:
        """The cell that is spoken of: the current one, or that of the last entry while nothing
        can be said of the current one."""
        run = self._run
        for key in (run.current, run.last):
            if key is None or not run.sheet.by_key[key].asked:
                continue
            mark = run.mark_of(key)
            if mark.verdict is not Verdict.BLANK or run.is_finished:
                return run.sheet.by_key[key], mark
        return run.cell, None

    def _words(self, cell: Cell, mark: Mark | None) -> str:
        say = self._preferences.say
        if mark is None:
            return in_html(self._what_to_do(cell))
        head = say(f"exercise_room.verdict.{mark.verdict}")
        name = self._model.name(cell)
        stop = "" if name.endswith("?") else "."
        parts = [f"<b>{in_html(head)}</b> · {in_html(name)}{stop}"]
        parts += [in_html(self._preferences.tell(reason)) for reason in mark.reasons]
        if interval := self._interval(cell, mark):
            parts.append(in_html(say("exercise_room.accepted", interval=interval)))
        return " ".join(parts)

    def _interval(self, cell: Cell, mark: Mark) -> str:
        """Which numbers are taken for right; not while that would give the answer away."""
        may_be_told = mark.verdict.is_good or self._run.shows_answer(cell.key)
        if not cell.half_width or not may_be_told:
            return ""
        # The ends lie half a unit beside the last decimal asked for, or by the tolerance.
        decimals = max(math.ceil(-math.log10(cell.half_width)), 0)
        mark_ = self._preferences.mark
        return " × ".join(interval_text(low, high, mark_, decimals) for low, high in mark.accepted)

    def _example(self, size: int) -> str:
        """As many numbers as are asked for, as one may write them."""
        mark = self._preferences.mark
        numbers = [f"0{mark}5", "1"] if size == 2 else [str(n + 1) for n in range(size or 3)]
        return joined(numbers, mark)

    def _what_to_do(self, cell: Cell) -> str:
        say, run = self._preferences.say, self._run
        if not run.blanks and not any(run.is_open(c) for c in run.sheet.asked):
            return say("exercise_room.all_done")
        if not run.blanks and run.attempt.mode == "at_end":
            return say("exercise_room.all_filled")
        name = self._model.name(cell)
        if not cell.asked:
            return say("exercise_room.is_given", cell=name)
        key = {0: "several", 1: "type"}.get(cell.size, "pair")
        if cell.kind == "choice":
            key = "choose"
        example = self._example(cell.size)
        words = [say(f"exercise_room.{key}", cell=name, n=cell.size, example=example)]
        if cell.dashes:
            words.append(say("exercise_room.dash"))
        if cell.decimals is not None:
            words.append(say("exercise_room.decimals", n=cell.decimals))
        if run.attempt.mode == "at_end":
            words.append(say("exercise_room.marked_at_end"))
        return " ".join(words)
