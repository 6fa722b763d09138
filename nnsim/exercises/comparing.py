"""Two attempts at the same exercise, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from nnsim.exercises.attempt import Attempt
from nnsim.exercises.marking import Verdict
from nnsim.exercises.sheet import Heading


@dataclass(frozen=True)
class Side:
    """What a person typed last into a cell ("" for nothing), and what came of it."""

    text: str
    verdict: Verdict


@dataclass(frozen=True)
class Pair:
    """A cell of two attempts."""

    row: Heading
    column: Heading
    first: Side
    second: Side

    @property
    def differs(self) -> bool:
        """Whether something else was typed, or something else came of it."""
        return self.first != self.second


def compare(first: Attempt, second: Attempt) -> tuple[Pair, ...]:
    """The asked cells of the first attempt, in working order, beside those of the second.

    A cell that the second does not ask, as in a shorter variant, is blank there.
    """
    sheet = first.sheet
    return tuple(
        Pair(
            sheet.rows[cell.row],
            sheet.columns[cell.column],
            _side(first, cell.key),
            _side(second, cell.key),
        )
        for cell in sheet.asked
    )


def _side(attempt: Attempt, key: str) -> Side:
    cell = attempt.sheet.by_key.get(key)
    if cell is None or not cell.asked:
        return Side("", Verdict.BLANK)
    # What was typed, and not the right answer that may have taken its place.
    typed = [event.text for event in attempt.events if event.kind == "entry" and event.cell == key]
    return Side(typed[-1] if typed else "", attempt.mark_of(key).verdict)
