"""An attempt: a person working on a variant, entry by entry.

Everything that happens is an event; the state of an attempt is what its events lead to, so one that
is read back from its file goes on exactly where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from nnsim.core.messages import Message, NnsimError
from nnsim.exercises import hints
from nnsim.exercises.exercise import Mode, Variant
from nnsim.exercises.hints import Hint
from nnsim.exercises.marking import Mark, Marking, Verdict
from nnsim.exercises.scoring import CellScore, Score, cost_of_levels, score_of
from nnsim.explain.style import NumberStyle

EventKind: TypeAlias = Literal["entry", "hint", "finish"]


class Marked(NamedTuple):
    """What came of a cell, as it stands in the log."""

    cell: str
    verdict: str
    credit: float
    mistake: str


@dataclass(frozen=True)
class Event:
    """One thing that happened, as it stands in the log.

    ``text`` is what was typed, ``read`` what it was read as ("" where it was not).  ``level`` is
    the highest hint on the cell so far.  ``verdict`` is "" where nothing was marked yet.
    ``marked`` is what was only marked when it was handed in.
    """

    kind: EventKind
    time: datetime
    cell: str = ""
    text: str = ""
    read: str = ""
    verdict: str = ""
    credit: float = 0.0
    mistake: str = ""
    level: int = 0
    marked: tuple[Marked, ...] = ()


class Attempt:
    """Entries, marks and hints of one variant.

    ``listen`` is called with each event as it happens: whoever keeps attempts writes it down.
    """

    def __init__(
        self,
        variant: Variant,
        started: datetime,
        mode: Mode | None = None,
        name: str = "",
        listen: Callable[[Event], None] | None = None,
    ) -> None:
        self.variant = variant
        self.sheet = variant.sheet
        self.started = started
        self.mode: Mode = mode or variant.exercise.mode
        self.name = name
        self.events: list[Event] = []
        self.finished: datetime | None = None
        self.entries: dict[str, str] = {}
        self.levels: dict[str, int] = {}
        self._listen = listen
        self._marking: Marking | None = None
        self._shown: dict[str, Mark] = {}
        self._scores = {cell.key: CellScore() for cell in self.sheet.asked}

    def listen_with(self, listen: Callable[[Event], None]) -> None:
        """Tell every event from now on to ``listen``."""
        self._listen = listen

    # -- what happens ----------------------------------------------------------------------------

    def enter(self, key: str, text: str, now: datetime) -> Mark:
        """Type into a cell; returns its mark, BLANK where it is only marked at the end.

        An empty text clears the cell.  Raises NnsimError ``attempt.locked`` for a cell that takes
        no entry any more, KeyError for one that is not asked.
        """
        if self.is_locked(key):
            raise NnsimError.of("attempt.locked")
        self._write(key, text)
        found = self._now(key)
        answer = found.answer
        is_told = self.mode != "at_end" or found.verdict is Verdict.UNREADABLE
        event = Event(
            "entry",
            now,
            key,
            text,
            "" if answer is None else answer.exact(),
            str(found.verdict) if is_told and found.verdict is not Verdict.BLANK else "",
            found.credit if is_told else 0.0,
            found.mistake if is_told else "",
            self.levels.get(key, 0),
        )
        self._happen(event)
        return self.mark_of(key)

    def hint(self, key: str, now: datetime, style: NumberStyle, level: int | None = None) -> Hint:
        """The next hint on a cell, or that of a level; costs what ``cost_of`` says."""
        if not self.variant.exercise.hints:
            raise NnsimError.of("attempt.no_hints")
        wanted = self.next_level(key) if level is None else level
        made = hints.hint(self.sheet, key, wanted, self._current.own, style)
        if wanted > self.levels.get(key, 0) and self.finished is None:
            self._happen(Event("hint", now, key, level=wanted))
        return made

    def finish(self, now: datetime) -> None:
        """Hand in: what was not marked yet is marked, and nothing can be entered any more."""
        if self.finished is None:
            self._happen(Event("finish", now, marked=self._marked_at_end()))

    def _marked_at_end(self) -> tuple[Marked, ...]:
        # In the other modes every entry was marked when it was made.
        if self.mode != "at_end":
            return ()
        return tuple(
            Marked(cell.key, str(found.verdict), found.credit, found.mistake)
            for cell in self.sheet.asked
            if (found := self._now(cell.key)).verdict is not Verdict.BLANK
        )

    def _happen(self, event: Event) -> None:
        self._apply(event)
        self.events.append(event)
        if self._listen is not None:
            self._listen(event)

    def replay(self, events: Iterable[Event]) -> None:
        """Go through events of an earlier time; nothing is told to ``listen``.

        Raises KeyError for a cell that the sheet does not ask.
        """
        for event in events:
            if event.kind == "entry":
                self._write(event.cell, event.text)
            self._apply(event)
            self.events.append(event)

    # -- what it leads to ------------------------------------------------------------------------

    def _write(self, key: str, text: str) -> None:
        if not self.sheet.by_key[key].asked:
            raise KeyError(key)
        if text.strip():
            self.entries[key] = text
        else:
            self.entries.pop(key, None)
        self._marking = None

    def _apply(self, event: Event) -> None:
        if event.kind == "hint":
            if not self.sheet.by_key[event.cell].asked:
                raise KeyError(event.cell)
            self.levels[event.cell] = max(event.level, self.levels.get(event.cell, 0))
        elif event.kind == "finish":
            self.finished = event.time
            for cell in self.sheet.asked if self.mode == "at_end" else ():
                self._count(cell.key, self._now(cell.key))
        elif self.mode != "at_end":
            found = self._now(event.cell)
            self._count(event.cell, found)
            if self.mode == "go_on" and found.verdict is Verdict.WRONG:
                # The right answer takes its place, and the rest starts from it.
                self._shown[event.cell] = found
                self.entries[event.cell] = self.sheet.expected(event.cell).exact()
                self._marking = None

    def _count(self, key: str, found: Mark) -> None:
        cost = self._cost_so_far(key)
        self._scores[key] = self._scores[key].after(found, cost, self.entries.get(key))

    @property
    def _current(self) -> Marking:
        if self._marking is None:
            self._marking = Marking(self.sheet, self.entries)
        return self._marking

    def _now(self, key: str) -> Mark:
        return self._current.of(key)

    @property
    def marks(self) -> dict[str, Mark]:
        """The mark of every asked cell that may be shown; BLANK where none may be yet."""
        return {cell.key: self.mark_of(cell.key) for cell in self.sheet.asked}

    def mark_of(self, key: str) -> Mark:
        """The mark of a cell that may be shown."""
        if key in self._shown:
            return self._shown[key]
        found = self._now(key)
        if self.mode == "at_end" and self.finished is None:
            return found if found.verdict is Verdict.UNREADABLE else Mark(Verdict.BLANK)
        if found.verdict is Verdict.WRONG and self._scores[key].was_good_as == self.entries[key]:
            # It was what followed from an earlier answer, which has been changed since.
            return Mark(Verdict.WRONG, found.credit, (Message("mark.outdated"),), found.accepted)
        return found

    def is_locked(self, key: str) -> bool:
        """Whether a cell takes no entry any more."""
        return self.finished is not None or key in self._shown

    def is_shown(self, key: str) -> bool:
        """Whether a cell shows the right answer after a wrong one (mode "go_on")."""
        return key in self._shown

    # -- hints and score -------------------------------------------------------------------------

    def next_level(self, key: str) -> int:
        """The level of the next hint on a cell; the last one again where there is no further."""
        levels = hints.levels_of(self.sheet, key)
        taken = self.levels.get(key, 0)
        return next((level for level in levels if level > taken), levels[-1])

    def cost_of(self, key: str, level: int) -> float:
        """What share of a cell a hint costs that was not taken before."""
        if self._scores[key].is_settled:
            return 0.0
        return max(self.variant.exercise.hint_costs[level - 1] - self._cost_so_far(key), 0.0)

    def _cost_so_far(self, key: str) -> float:
        return cost_of_levels(self.variant.exercise.hint_costs, self.levels.get(key, 0))

    @property
    def score(self) -> Score:
        """What was reached so far."""
        return score_of(self.sheet, self._scores, self.levels)

    @property
    def is_complete(self) -> bool:
        """Whether every asked cell holds something."""
        return len(self.entries) == len(self.sheet.asked)
