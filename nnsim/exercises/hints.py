"""Hints in four levels: concept, formula, formula with the numbers, value.

They are cut from the working of a cell, the same explanation that the formula view shows, made
from a person's own earlier answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnsim.core.messages import Message
from nnsim.exercises.answers import Answer
from nnsim.exercises.sheet import Own, Sheet
from nnsim.explain.explanation import Line
from nnsim.explain.style import NumberStyle

CONCEPT, FORMULA, NUMBERS, VALUE = 1, 2, 3, 4
LEVELS = (CONCEPT, FORMULA, NUMBERS, VALUE)


@dataclass(frozen=True)
class Hint:
    """One level of help on a cell: words, formulas, and at the last level the answer."""

    level: int
    words: tuple[Message, ...] = ()
    lines: tuple[Line, ...] = ()
    answer: Answer | None = None


def levels_of(sheet: Sheet, key: str) -> tuple[int, ...]:
    """The levels there are for a cell: what is chosen, or simply known, has no formula."""
    working = sheet.working(key, {}, NumberStyle())
    roles = {line.role for line in working.lines}
    has = {CONCEPT: True, FORMULA: "symbols" in roles, NUMBERS: "numbers" in roles, VALUE: True}
    return tuple(level for level in LEVELS if has[level])


def hint(sheet: Sheet, key: str, level: int, own: Own, style: NumberStyle) -> Hint:
    """The hint of a level, from a person's own other answers.

    The value is what follows from them, so that it is the one that will be marked as good.
    """
    others = {name: answer for name, answer in own.items() if name != key}
    working = sheet.working(key, others, style)
    if level == CONCEPT:
        return Hint(level, (sheet.concept(key),))
    notes = () if working.note is None else (working.note,)
    if level == FORMULA:
        # The chain rule is written in symbols first, then with numbers: only the first line here.
        chain = tuple(line for line in working.lines if line.role == "chain")[:1]
        symbols = tuple(line for line in working.lines if line.role == "symbols")
        return Hint(level, (working.title,), chain + symbols)
    if level == NUMBERS:
        numbers = tuple(line for line in working.lines if line.role == "numbers")
        return Hint(level, (working.title,), numbers)
    results = tuple(line for line in working.lines if line.role == "result")
    return Hint(level, (working.title, *notes), results, sheet.carried(key, others))
