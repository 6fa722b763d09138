"""The hints taken on a cell, typeset as in the formula view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnsim.exercises.hints import CONCEPT, Hint, levels_of
from nnsim.explain import Role
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.sheet_model import SheetModel
from nnsim.ui.panels.formula_content import Block, Content
from nnsim.ui.panels.formula_view import FormulaView

_ROLES: tuple[Role, ...] = ("chain", "symbols", "numbers", "result")


class HintView(FormulaView):
    """Shows the hints on the current cell; hidden where none was taken."""

    def __init__(
        self, run: ExerciseRun, model: SheetModel, preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(preferences, parent)
        self.setObjectName("exercise_hint")
        self._run = run
        self._model = model
        self._room = 400
        self.hide()

    def refresh(self) -> None:
        """Show what was taken on the current cell."""
        hints = self._run.hints()
        self.setAccessibleName(self._preferences.say("exercise_room.hints"))
        self.setVisible(bool(hints))
        if hints:
            self.show_content(self._hints(hints))
            self.fit(self._room)
            # The newest level is the lowest.
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def fit(self, room: int) -> None:
        """As high as what is said, within ``room`` pixels."""
        self._room = room
        if self.sheet is not None:
            self.setFixedHeight(min(round(self.sheet.height), room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit(self._room)

    def _hints(self, hints: Sequence[Hint]) -> Content:
        say, run = self._preferences.say, self._run
        levels = levels_of(run.sheet, run.current)
        number = levels.index(hints[-1].level) + 1
        lines = [line for hint in hints for line in hint.lines]
        blocks = []
        for role in _ROLES:
            found = tuple(dict.fromkeys(line.latex for line in lines if line.role == role))
            if found:
                blocks.append(Block(role, say(f"formula.{role}"), found))
        # Titles of the formulas are the name of the cell, which stands above already.
        told = [m for h in hints for m in (h.words if h.level == CONCEPT else h.words[1:])]
        words = list(dict.fromkeys(self._preferences.tell(message) for message in told))
        answer = hints[-1].answer
        if answer is not None:
            value = self._model.written(run.cell, answer)
            words.append(say("exercise_room.value", value=value))
        title = say("exercise_room.hint_title", number=number, of=len(levels))
        name = self._model.name(run.cell)
        return Content(title=f"{title} · {name}", blocks=tuple(blocks), note=" ".join(words))
