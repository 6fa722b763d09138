"""Marking: what a person typed against what the engine computes.  Pure: entries in, marks out.

A cell is *right* when it is the engine's number, *consistent* when it is what follows from the
person's own earlier answers, *wrong* otherwise, and then a known mistake is named where one fits.
An entry that cannot be read voids its own cell only.
"""

from __future__ import annotations

import enum
import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import Number, as_float
from nnsim.exercises.answers import Answer
from nnsim.exercises.sheet import Cell, Own, Sheet

# An exact cell holds what fractions give; where the engine computes with floats, this much is dust.
_DUST = 1e-9
# A wrong number this many half-widths off is told to be rounded too much, and earns half.
_COARSER = 21.0
_HALF_CREDIT = 0.5
# A number so many times larger than the right one is no slip of the pen: nothing follows from it.
_ABSURD = 100.0


class Verdict(enum.StrEnum):
    """What came of a cell."""

    BLANK = "blank"
    UNREADABLE = "unreadable"
    WRONG = "wrong"
    CONSISTENT = "consistent"
    RIGHT = "right"

    @property
    def is_good(self) -> bool:
        """Whether the cell needs no more work."""
        return self in (Verdict.RIGHT, Verdict.CONSISTENT)


@dataclass(frozen=True)
class Mark:
    """The verdict on a cell, why, and which interval was accepted for each of its numbers.

    ``credit`` is from 0 to 1.  ``mistake`` is the code of a known mistake, "" for none.
    """

    verdict: Verdict
    credit: float = 0.0
    reasons: tuple[Message, ...] = ()
    accepted: tuple[tuple[float, float], ...] = ()
    mistake: str = ""
    answer: Answer | None = None


def mark(sheet: Sheet, entries: Mapping[str, str]) -> dict[str, Mark]:
    """A mark for every asked cell, in the order of the sheet; entries of other keys are ignored."""
    marking = Marking(sheet, entries)
    return {cell.key: marking.of(cell.key) for cell in sheet.asked}


class Marking:
    """The marks of entries, each made when it is asked for: who wants one pays for no others.

    ``own`` are the answers that later cells are carried on from: readable and plausible ones.
    """

    def __init__(self, sheet: Sheet, entries: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._read: dict[str, Answer] = {}
        self._plain: dict[str, Mark] = {}
        self._made: dict[str, Mark] = {}
        for cell in sheet.asked:
            try:
                answer = cell.read(entries.get(cell.key, ""))
            except NnsimError as error:
                self._plain[cell.key] = Mark(Verdict.UNREADABLE, reasons=error.messages)
                continue
            if answer is None:
                self._plain[cell.key] = Mark(Verdict.BLANK)
            else:
                self._read[cell.key] = answer
        self.own = _that_count(sheet, self._read)

    def of(self, key: str) -> Mark:
        """The mark of an asked cell.  Raises KeyError for any other."""
        if key not in self._made:
            found = self._mark(key)
            if found.verdict is Verdict.CONSISTENT:
                found = replace(found, reasons=(self._blamed(key),))
            self._made[key] = found
        return self._made[key]

    def _mark(self, key: str) -> Mark:
        if key not in self._plain:
            cell = self._sheet.by_key[key]
            self._plain[key] = _mark(self._sheet, cell, self._read[key], self.own)
        return self._plain[key]

    def _blamed(self, key: str) -> Message:
        """What a consistent cell follows from: the first earlier answer that is not right."""
        sheet = self._sheet
        earlier = next(self._wrong_sources(key), None)
        if earlier is None:
            return Message("mark.consistent_rounding")
        cell = sheet.by_key[earlier]
        row = sheet.rows[cell.row].words
        if sheet.is_in_list(cell):
            return Message("mark.consistent_in_list", {"row": row})
        column = sheet.columns[cell.column].words
        return Message("mark.consistent", {"row": row, "column": column})

    def _wrong_sources(self, key: str) -> Iterator[str]:
        """The wrong cells that a cell is worked out from, the nearest first."""
        sheet = self._sheet
        seen, waiting = {key}, deque([key])
        while waiting:
            for source in sheet.sources(waiting.popleft()):
                if source in seen:
                    continue
                seen.add(source)
                waiting.append(source)
                is_asked = sheet.by_key[source].asked
                if is_asked and self._mark(source).verdict is Verdict.WRONG:
                    yield source


def own_answers(sheet: Sheet, entries: Mapping[str, str]) -> dict[str, Answer]:
    """The answers that later cells are carried on from: readable and plausible ones."""
    return Marking(sheet, entries).own


def _that_count(sheet: Sheet, read: Mapping[str, Answer]) -> dict[str, Answer]:
    return {
        key: answer
        for key, answer in read.items()
        if is_plausible(sheet.by_key[key], answer, sheet.expected(key))
    }


def is_plausible(cell: Cell, answer: Answer, expected: Answer) -> bool:
    """Whether a number may be the outcome of honest work, so that others may be built on it.

    A silly one must not make later cells free: it has to be a value the cell can have, of a size
    that makes sense, and not a 0 that would wipe out all that follows.
    """
    if cell.legal is not None and any(n not in cell.legal for n in answer.numbers):
        return False
    if answer.unchanged or answer.choice or not expected.numbers:
        return True
    numbers = [as_float(number) for number in answer.numbers]
    if cell.bounds is not None:
        low, high = cell.bounds
        if not all(low <= number <= high for number in numbers):
            return False
    right = [as_float(number) for number in expected.numbers]
    scale = max([1.0, *(abs(number) for number in right if math.isfinite(number))])
    if any(abs(number) > _ABSURD * scale for number in numbers):
        return False
    if cell.decimals is None or cell.legal is not None:
        return True
    wipes_out = len(numbers) == len(right) and any(
        n == 0 and abs(r) > cell.half_width for n, r in zip(numbers, right, strict=True)
    )
    return not wipes_out


def matches(cell: Cell, answer: Answer, wanted: Answer) -> bool:
    """Whether an answer is the wanted one, within what the cell allows."""
    if answer.choice or wanted.choice:
        return answer.choice == wanted.choice
    if answer.unchanged:
        return wanted.unchanged
    if len(answer.numbers) != len(wanted.numbers):
        return False
    return all(
        _is_near(given, number, cell.half_width)
        for given, number in zip(answer.numbers, wanted.numbers, strict=True)
    )


def _is_near(given: Number, wanted: Number, half_width: float) -> bool:
    number = as_float(wanted)
    if not math.isfinite(number):
        return False
    exact = isinstance(wanted, Fraction | int)
    if half_width == 0 and exact:
        # Written with all digits of a float, 1/12347 is as right as it can be.
        return given == wanted or as_float(given) == number
    off = abs(as_float(given) - number)
    return off <= half_width * (1 + _DUST) + _DUST * max(abs(number), 1e-3)


def _mark(sheet: Sheet, cell: Cell, answer: Answer, own: Own) -> Mark:
    expected = sheet.expected(cell.key)
    accepted = _intervals(cell, expected)
    if matches(cell, answer, expected):
        return Mark(Verdict.RIGHT, 1.0, (), accepted, answer=answer)
    carried = sheet.carried(cell.key, own)
    if matches(cell, answer, carried):
        return Mark(Verdict.CONSISTENT, 1.0, (), _intervals(cell, carried), answer=answer)
    code = _known_mistake(sheet, cell, answer, own, carried)
    if code:
        reason = Message(f"mistake.{code}")
        credit = _HALF_CREDIT if code == "rounding" else 0.0
        return Mark(Verdict.WRONG, credit, (reason,), accepted, code, answer)
    reason = Message("mark.wrong_choice" if cell.kind == "choice" else "mark.wrong")
    return Mark(Verdict.WRONG, 0.0, (reason,), accepted, answer=answer)


def _intervals(cell: Cell, wanted: Answer) -> tuple[tuple[float, float], ...]:
    if wanted.choice:
        return ()
    numbers = [as_float(number) for number in wanted.numbers]
    return tuple((n - cell.half_width, n + cell.half_width) for n in numbers)


def _known_mistake(sheet: Sheet, cell: Cell, answer: Answer, own: Own, carried: Answer) -> str:
    """The code of the first known mistake that gives this answer; "" where none does."""
    expected = sheet.expected(cell.key)
    if answer.unchanged and expected.numbers:
        return "should_change"
    if expected.unchanged and answer.numbers and cell.dashes:
        kept = "should_not_change"
    else:
        kept = ""
    if _is_coarser(cell, answer, expected) or _is_coarser(cell, answer, carried):
        return "rounding"
    for basis in (own, {}) if own else ({},):
        for mistake in sheet.mistakes(cell.key, basis):
            if (
                not matches(cell, mistake.answer, expected)
                and not matches(cell, mistake.answer, carried)
                and matches(cell, answer, mistake.answer)
            ):
                return mistake.code
    return kept


def _is_coarser(cell: Cell, answer: Answer, wanted: Answer) -> bool:
    """Whether the numbers are the wanted ones with too few decimals."""
    if not cell.half_width or not answer.numbers or len(answer.numbers) != len(wanted.numbers):
        return False
    right = [as_float(number) for number in wanted.numbers]
    # A tenfold interval around a number as small as itself would let anything pass.
    if any(abs(number) <= _COARSER * cell.half_width for number in right):
        return False
    return all(
        abs(as_float(given) - number) <= _COARSER * cell.half_width
        for given, number in zip(answer.numbers, right, strict=True)
    )
