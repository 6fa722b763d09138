"""What a learning platform is asked to accept in a cell: numbers, texts, or options.

Platforms mark a gap by itself: nothing is carried forward there.  A number is accepted within the
interval of the cell, and within ten times that for half of the credit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnsim.core.numbers import as_float, exact_text
from nnsim.exercises.sheet import Cell, Sheet
from nnsim.exercises.writing import number_text
from nnsim.language import message_text

_COARSE = 10


@dataclass(frozen=True)
class NumberGap:
    """A number, accepted within ``within``; within ``coarse`` it earns half (0: nothing does)."""

    number: str
    within: str
    coarse: str


@dataclass(frozen=True)
class TextGap:
    """Texts that are accepted as they stand."""

    accepted: tuple[str, ...]


@dataclass(frozen=True)
class ChoiceGap:
    """Options of which one is right."""

    options: tuple[str, ...]
    right: int


def gaps_of(sheet: Sheet, cell: Cell, locale: str) -> Iterator[NumberGap | TextGap | ChoiceGap]:
    """The gaps of a cell: one for each of its numbers.

    Where "-" may be written, and numbers are exact, it is one gap of text that takes "-" and the
    usual ways to write the values: a platform's number takes no dash.
    """
    answer = sheet.expected(cell.key)
    if cell.options:
        words = tuple(message_text(option.label, locale) for option in cell.options)
        codes = [option.code for option in cell.options]
        yield ChoiceGap(words, codes.index(answer.choice))
    elif cell.size == 0 or (cell.dashes and cell.decimals is None):
        yield TextGap(tuple(_ways_to_write(cell, answer.numbers, answer.unchanged)))
    else:
        for number in answer.numbers:
            exact = cell.decimals is None
            within = cell.half_width or (0.0 if _is_whole(number) else 1e-9)
            # 0.3925 and not 0.39249999999999996, which a platform shows as the right answer.
            text = (
                number_text(number, cell)
                if exact
                else exact_text(float(f"{as_float(number):.15g}"))
            )
            if exact and "/" in text:
                text, within = exact_text(as_float(number)), 5e-4
            coarse = 0.0 if exact else _COARSE * within
            yield NumberGap(text, exact_text(within), exact_text(coarse) if coarse else "")


def _is_whole(number: object) -> bool:
    return float(number).is_integer()  # type: ignore[arg-type]


def _ways_to_write(cell: Cell, numbers: tuple[object, ...], unchanged: bool) -> list[str]:
    ways = {"-": None, "–": None} if unchanged else {}
    for mark, separators in ((".", (", ", ",", "; ", " ")), (",", ("; ", ";", " "))):
        parts = [number_text(number, cell, mark) for number in numbers]  # type: ignore[arg-type]
        for separator in separators:
            inside = separator.join(parts)
            ways |= dict.fromkeys((f"({inside})", inside) if len(parts) != 1 else (inside,))
    return list(ways)
