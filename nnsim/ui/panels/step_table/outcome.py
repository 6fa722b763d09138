"""The sentence below the step table: what the run has come to, or what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from nnsim.core.messages import Message
from nnsim.engine.learners import VerdictKind
from nnsim.session import Session
from nnsim.session.outcome import decided_message
from nnsim.ui.bridge.preferences import Preferences

_OUTCOME_COLORS = {
    VerdictKind.CLEAN_PASS: "right",
    VerdictKind.LOSS_REACHED: "right",
    VerdictKind.STATIONARY: "right",
    VerdictKind.EARLY_STOPPING: "right",
    VerdictKind.REPEATS: "warning",
    VerdictKind.NOT_FINITE: "wrong",
}
# The verdict that names most rows names two.
_MOST_ROWS = 2


class OutcomeBar(QFrame):
    """A sentence and links to the rows it speaks of.  ``chosen(iteration)``: one was clicked."""

    chosen = Signal(int)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("step_table_outcome")
        self._preferences = preferences
        # What was said last, in which colours and language.
        self._said: tuple[object, ...] = ()
        self._sentence = QLabel()
        self._sentence.setObjectName("step_table_sentence")
        self._sentence.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 6, 3)
        layout.addWidget(self._sentence, 1)
        self._links = [self._link(number) for number in range(_MOST_ROWS)]
        for link in self._links:
            layout.addWidget(link)

    def _link(self, number: int) -> QPushButton:
        link = QPushButton()
        link.setObjectName(f"step_table_row_{number}")
        link.setFlat(True)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(lambda: self.chosen.emit(int(link.property("iteration"))))
        return link

    def tell(self, message: Message | None, role: str, iterations: Sequence[int]) -> None:
        """Say a sentence in the colour of a role of the theme; None: say nothing."""
        said = (message, role, tuple(iterations), self._preferences.theme, self._preferences.locale)
        if said == self._said:
            return
        self._said = said
        self._sentence.setText(self._preferences.tell(message) if message else "")
        self.setVisible(message is not None)
        for number, link in enumerate(self._links):
            is_used = number < len(iterations)
            link.setVisible(is_used)
            if is_used:
                link.setProperty("iteration", iterations[number])
                link.setText(self._preferences.say("step_table.row", n=iterations[number]))
        theme = self._preferences.theme
        sheet = (
            f"#step_table_outcome {{ background: {theme.mixed(role, 0.14).name()};"
            f" border: 0px; border-left: 4px solid {theme.color(role).name()}; }}"
            f" QPushButton {{ color: {theme.accent}; text-decoration: underline; border: 0px; }}"
        )
        # Qt works a style sheet out anew each time, which costs half a millisecond.
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)


def outcome_of(session: Session, reached: int) -> tuple[Message | None, str, list[int]]:
    """What to say of a run that has been seen to the end of ``reached`` iterations: the sentence
    (None: nothing), the role of its colour, and the iterations that it speaks of."""
    if not session.is_ready:
        return None, "border", []
    verdict = session.verdict
    found = decided_message(session.document, verdict, reached)
    if verdict is not None and verdict.iteration <= reached:
        iterations = [i for i in (verdict.same_as, verdict.iteration) if i]
        return found, _OUTCOME_COLORS[verdict.kind], iterations
    if found is not None:
        # Nothing was found, so it has met its limit.
        return found, "warning", []
    if reached == 0 and session.position.done == 0:
        return Message("step_table.first_step"), "border", []
    return None, "border", []


def endless_iterations(session: Session, reached: int) -> list[int]:
    """The iterations that the sentence about an endless run speaks of; none for other runs."""
    verdict = session.verdict
    if verdict is None or verdict.iteration > reached:
        return []
    if verdict.kind not in (VerdictKind.REPEATS, VerdictKind.NOT_FINITE):
        return []
    return [i for i in (verdict.same_as, verdict.iteration) if i]
