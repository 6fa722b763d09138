"""An attempt as the widgets see it: what is entered, marked, hinted, and where the person is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from nnsim.core.messages import NnsimError
from nnsim.exercises.attempt import Attempt
from nnsim.exercises.hints import VALUE, Hint, levels_of
from nnsim.exercises.marking import Mark, Verdict
from nnsim.exercises.sheet import Cell
from nnsim.explain.style import NumberStyle
from nnsim.ui.bridge.preferences import Preferences


def now() -> datetime:
    """The time that goes into the log."""
    return datetime.now(UTC)


class ExerciseRun(QObject):
    """Between an attempt and the widgets that show it.

    ``marked()``: entries or marks have changed; ``moved()``: another current cell; ``hinted()``:
    another hint was taken, or the hint of a cell is shown again; ``finished()``: it was handed in.
    ``refused(messages)``: something could not be done, tuple of Message.
    """

    marked = Signal()
    moved = Signal()
    hinted = Signal()
    finished = Signal()
    refused = Signal(object)

    def __init__(
        self,
        attempt: Attempt,
        preferences: Preferences,
        parent: QObject | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        super().__init__(parent)
        self.attempt = attempt
        self.sheet = attempt.sheet
        self._preferences = preferences
        self._clock = clock
        #: The cell that the last entry went into, whose verdict stays to be read.
        self.last: str | None = None
        self.current = next((c.key for c in self.sheet.asked if self.is_open(c)), "")
        self.current = self.current or self.sheet.asked[0].key

    # -- cells -----------------------------------------------------------------------------------

    @property
    def cell(self) -> Cell:
        """The current cell."""
        return self.sheet.by_key[self.current]

    def go_to(self, key: str) -> None:
        """Make another cell the current one."""
        if key != self.current:
            self.current = key
            self.moved.emit()

    def is_open(self, cell: Cell) -> bool:
        """Whether a cell still has to be worked out: it is asked, and not good or locked."""
        if not cell.asked or self.attempt.is_locked(cell.key):
            return False
        return not self.attempt.mark_of(cell.key).verdict.is_good

    def is_blank(self, cell: Cell) -> bool:
        """Whether a cell waits for its first entry."""
        return cell.asked and cell.key not in self.attempt.entries and self.is_open(cell)

    def is_to_mend(self, cell: Cell) -> bool:
        """Whether what stands in a cell is known not to be good."""
        return self.is_open(cell) and self.mark_of(cell.key).verdict is not Verdict.BLANK

    def next_to_do(self) -> Cell | None:
        """The next cell in working order that is blank or to be mended, from the start again
        after the last; None where there is none.

        Whoever goes on from a cell that is not good has left it for later: after the last cell
        nothing but blanks is asked for then, or going on would never end.
        """
        asked, here = self.sheet.asked, self.current
        at = next((n for n, cell in enumerate(asked) if cell.key == here), -1)
        gives_up = at >= 0 and self.is_to_mend(asked[at])
        for cell in asked[at + 1 :]:
            if self.is_blank(cell) or self.is_to_mend(cell):
                return cell
        for cell in asked[: max(at, 0)]:
            if self.is_blank(cell) or (self.is_to_mend(cell) and not gives_up):
                return cell
        return None

    def entry(self, key: str) -> str:
        """What a person typed into a cell; "" where nothing stands."""
        return self.attempt.entries.get(key, "")

    def mark_of(self, key: str) -> Mark:
        """The mark of an asked cell that may be shown."""
        return self.attempt.mark_of(key)

    # -- what a person does ----------------------------------------------------------------------

    def enter(self, key: str, text: str) -> Mark:
        """Type into a cell; the same text again is no new entry."""
        if text.strip() == self.entry(key).strip():
            return self.mark_of(key)
        try:
            self.attempt.enter(key, text, self._clock())
        except NnsimError as error:
            self.refused.emit(error.messages)
        # Where it could not be kept on disk it counts all the same.
        self.last = key
        self.marked.emit()
        return self.mark_of(key)

    def clear(self, key: str) -> None:
        """Take the entry of a cell out."""
        if self.entry(key) and not self.attempt.is_locked(key):
            self.enter(key, "")

    @property
    def style(self) -> NumberStyle:
        """How numbers are written in hints."""
        return NumberStyle(self._preferences.mark, self._preferences.digits)

    @property
    def can_hint(self) -> bool:
        """Whether there are hints on the current cell."""
        return (
            self.attempt.variant.exercise.hints
            and self.cell.asked
            and not self.attempt.is_locked(self.current)
        )

    def take_hint(self, level: int | None = None) -> None:
        """Take the next hint on the current cell, or that of a level."""
        key = self.current
        wanted = self.attempt.next_level(key) if level is None else level
        try:
            self.attempt.hint(key, self._clock(), self.style, wanted)
        except NnsimError as error:
            self.refused.emit(error.messages)
        else:
            self.hinted.emit()

    def take_value(self) -> None:
        """Pay for the value of the current cell, as for its last hint."""
        if self.can_hint:
            self.take_hint(VALUE)

    def hints(self) -> list[Hint]:
        """The hints taken so far on the current cell, made again in the language of now."""
        key = self.current
        if not self.cell.asked:
            return []
        attempt = self.attempt
        taken = attempt.levels.get(key, 0)
        return [
            attempt.hint(key, self._clock(), self.style, level)
            for level in levels_of(self.sheet, key)
            if level <= taken
        ]

    def finish(self) -> None:
        """Hand in."""
        try:
            self.attempt.finish(self._clock())
        except NnsimError as error:
            self.refused.emit(error.messages)
            return
        self.marked.emit()
        self.finished.emit()

    @property
    def is_finished(self) -> bool:
        """Whether it was handed in."""
        return self.attempt.finished is not None

    @property
    def blanks(self) -> int:
        """How many cells still wait for an entry."""
        return sum(self.is_blank(cell) for cell in self.sheet.asked)

    def shows_answer(self, key: str) -> bool:
        """Whether the right answer stands in a cell beside what was typed."""
        verdict = self.mark_of(key).verdict
        if self.is_finished:
            return verdict in (Verdict.WRONG, Verdict.BLANK, Verdict.UNREADABLE)
        return self.attempt.is_shown(key)
