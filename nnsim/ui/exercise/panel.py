"""The exercise panel: statement, sheet, verdict, hints, and the buttons of an attempt."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from nnsim.exercises.hints import VALUE, levels_of
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.exercise.feedback import Feedback
from nnsim.ui.exercise.flow import Flow
from nnsim.ui.exercise.hint_view import HintView
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.sheet_stack import SheetStack
from nnsim.ui.exercise.statement import Statement
from nnsim.ui.exercise.summary import summary_html

_HINT_SHARE, _SUMMARY_SHARE, _SHEET_SHARE = 0.34, 0.42, 0.4
_LEAST_HINT_LINES = 4
# Below so many lines of text there is no room for statement and sheet at once, or for those and a
# hint.
_FEW_LINES, _MANY_LINES = 20, 34
_BUTTONS = ("hint", "show_me", "finish", "again", "variant", "leave")


class ExercisePanel(QWidget):
    """``wanted(command)``: a button was pressed, one of "hint", "show_me", "finish", "again",
    "variant" and "leave".  ``seed_typed(text)``: Return in the field of the seed.

    ``may_show()`` says whether show-me can be played now.
    """

    wanted = Signal(str)
    seed_typed = Signal(str)

    def __init__(
        self, run: ExerciseRun, preferences: Preferences, may_show: Callable[[], bool] | None
    ) -> None:
        super().__init__()
        self.setObjectName("exercise_panel")
        self._run = run
        self._preferences = preferences
        self._may_show = may_show
        self._was_fitted = False
        self._statement = Statement(preferences)
        self.sheet = SheetStack(run, preferences)
        self._feedback = Feedback(run, self.sheet.model, preferences)
        self._hints = HintView(run, self.sheet.model, preferences, self)
        self._summary = QTextBrowser()
        self._summary.setObjectName("exercise_summary")
        self._summary.setFrameShape(QTextBrowser.Shape.NoFrame)
        self._summary.document().setDocumentMargin(10)
        use_flat_bars(self._summary, preferences)
        self._summary.hide()
        self._row = QWidget()
        self._buttons: dict[str, QPushButton] = {}
        self._seed_label, self._seed = QLabel(), QLineEdit()
        self._progress = QLabel()
        self._progress.setObjectName("exercise_progress")
        self._build()
        for signal in (run.marked, run.moved, run.hinted, run.finished):
            signal.connect(self.refresh)
        run.hinted.connect(self._hinted)
        run.finished.connect(self._show_summary)
        self.sheet.done.connect(self._buttons["finish"].setFocus)
        self.say()
        if run.is_finished:
            self._show_summary()

    def _build(self) -> None:
        flow = Flow(self._row, 8)
        for name in _BUTTONS:
            button = QPushButton()
            button.setObjectName(f"exercise_{name}_button")
            button.setAutoDefault(True)
            if name in ("hint", "show_me"):
                # Help takes no keyboard away: what is being typed is not entered by asking for it.
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            self._buttons[name] = button
        for name in ("hint", "show_me", "finish", "again"):
            flow.addWidget(self._buttons[name])
        self._seed.setObjectName("exercise_seed")
        self._seed.setMaxLength(18)
        self._seed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._seed.returnPressed.connect(lambda: self.seed_typed.emit(self._seed.text()))
        self._seed_label.setBuddy(self._seed)
        self._seed_box = QWidget()
        box = QHBoxLayout(self._seed_box)
        box.setContentsMargins(6, 0, 0, 0)
        box.addWidget(self._seed_label)
        box.addWidget(self._seed)
        flow.addWidget(self._seed_box)
        for name in ("variant", "leave"):
            flow.addWidget(self._buttons[name])
        flow.addWidget(self._progress)
        self._row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._statement)
        layout.addWidget(self.sheet, 1000)
        layout.addWidget(self._feedback)
        layout.addWidget(self._hints)
        layout.addWidget(self._summary)
        layout.addStretch(1)
        layout.addWidget(self._row)

    # -- sizes -----------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(round(300 * min(self._preferences.zoom, 1.3)), 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()
        if not self._was_fitted:
            self._was_fitted = True
            # Where there is little room the sheet comes first; the statement is a click away.
            self._statement.set_folded(
                self.height() < _FEW_LINES * self.fontMetrics().lineSpacing()
            )
        self.sheet.take_keyboard()

    def _has_less_than(self, lines: int) -> bool:
        return self.height() < lines * self.fontMetrics().lineSpacing()

    def _hinted(self) -> None:
        """A hint needs the room of the statement where there is not enough for both."""
        if self._has_less_than(_MANY_LINES):
            self._statement.set_folded(True)
        self._fit()

    def _fit(self) -> None:
        """Share the height: the sheet keeps some rows, a hint gets what the others leave it."""
        self._statement.fit(self.height())
        layout = self.layout()
        assert layout is not None
        others = (self._statement, self.sheet, self._feedback, self._row)
        taken = sum(self._least_height(widget) + layout.spacing() for widget in others)
        rest = self.height() - taken - 2 * layout.spacing()
        least = _LEAST_HINT_LINES * self.fontMetrics().lineSpacing()
        self._hints.fit(max(min(rest, round(self.height() * _HINT_SHARE)), least))
        if self._run.is_finished:
            words = self._summary.document()
            words.setTextWidth(max(self._summary.viewport().width(), 50))
            most = max(min(rest, round(self.height() * _SUMMARY_SHARE)), least)
            self._summary.setFixedHeight(min(math.ceil(words.size().height()) + 2, most))
        self.sheet.set_room(round(self.height() * _SHEET_SHARE))

    def _least_height(self, widget: QWidget) -> int:
        layout = widget.layout()
        if layout is not None and layout.hasHeightForWidth():
            return layout.heightForWidth(self.width() - 16)
        return max(widget.minimumHeight(), widget.minimumSizeHint().height())

    # -- words -----------------------------------------------------------------------------------

    def say(self) -> None:
        """Say everything again, in the language, colours and sizes of now."""
        say, variant = self._preferences.say, self._run.attempt.variant
        locale = self._preferences.locale
        self._statement.show_text(variant.title(locale), variant.statement(locale))
        self.sheet.say()
        for name in ("finish", "again", "variant", "leave"):
            self._buttons[name].setText(say(f"exercise_room.button.{name}"))
            self._buttons[name].setToolTip(say(f"exercise_room.tip.{name}"))
        self._seed_label.setText(say("exercise_room.seed"))
        self._seed.setToolTip(say("exercise_room.seed_tip"))
        self._seed.setAccessibleName(say("exercise_room.seed_tip"))
        self._seed.setText(str(variant.seed))
        self._seed.setFixedWidth(self.fontMetrics().averageCharWidth() * 11)
        theme = self._preferences.theme
        self._progress.setStyleSheet(f"color: {theme.muted};")
        self._summary.setStyleSheet(f"background: {theme.surface}; color: {theme.text};")
        if self._run.is_finished:
            self._summary.setHtml(summary_html(self._run.attempt, self._preferences))
        self.refresh()

    def refresh(self) -> None:
        """Verdict, hints and buttons of the present moment."""
        run, buttons = self._run, self._buttons
        has_variants = run.attempt.variant.exercise.has_variants
        self._feedback.dress()
        self._hints.refresh() if not run.is_finished else self._hints.hide()
        self._say_help()
        for name in ("hint", "show_me"):
            buttons[name].setVisible(run.attempt.variant.exercise.hints and not run.is_finished)
        if self._may_show is None:
            buttons["show_me"].hide()
        buttons["finish"].setVisible(not run.is_finished)
        buttons["again"].setVisible(run.is_finished)
        for widget in (self._seed_box, buttons["variant"]):
            widget.setVisible(has_variants)
        asked = run.sheet.asked
        filled = sum(cell.key in run.attempt.entries for cell in asked)
        words = self._preferences.say("exercise_room.progress", n=filled, of=len(asked))
        self._progress.setText(words)
        self._progress.setVisible(not run.is_finished)

    def _say_help(self) -> None:
        """What the next hint and show-me cost, before they are taken."""
        run, say = self._run, self._preferences.say
        hint, show = self._buttons["hint"], self._buttons["show_me"]
        levels = levels_of(run.sheet, run.current) if run.cell.asked else ()
        taken = run.attempt.levels.get(run.current, 0)
        can_hint = run.can_hint and any(level > taken for level in levels)
        hint.setEnabled(can_hint)
        hint.setText(say("exercise_room.button.hint"))
        hint.setToolTip(say("exercise_room.tip.hint"))
        if can_hint:
            level = run.attempt.next_level(run.current)
            place = {"number": levels.index(level) + 1, "of": len(levels)}
            cost = self._cost(level)
            hint.setText(say("exercise_room.button.next_hint", cost=cost, **place))
            kind = say(f"exercise_room.hint_kind.{level}")
            hint.setToolTip(say("exercise_room.tip.next_hint", kind=kind, cost=cost))
        may_show = run.can_hint and self._may_show is not None and self._may_show()
        show.setEnabled(may_show)
        show.setText(say("exercise_room.button.show_me"))
        show.setToolTip(say("exercise_room.tip.show_me_later"))
        if may_show:
            cost = self._cost(VALUE)
            show.setText(say("exercise_room.button.show_me_for", cost=cost))
            show.setToolTip(say("exercise_room.tip.show_me", cost=cost))

    def _cost(self, level: int) -> str:
        cost = self._run.attempt.cost_of(self._run.current, level)
        if not cost:
            return self._preferences.say("exercise_room.free")
        return f"−{self._preferences.number(100 * cost, 3)} %"

    def _show_summary(self) -> None:
        self._summary.setHtml(summary_html(self._run.attempt, self._preferences))
        self._summary.setAccessibleName(self._preferences.say("exercise_summary.title"))
        self._summary.show()
        self._statement.set_folded(True)
        self._fit()
        self.sheet.fit()
        self._summary.setFocus()
