"""Answers as people write them on paper: as exact as they are asked for, in a language."""

from __future__ import annotations

from fractions import Fraction

from nnsim.core.numbers import Number, as_float, format_number, joined
from nnsim.exercises.answers import Answer
from nnsim.exercises.sheet import Cell, Sheet
from nnsim.language import decimal_mark, message_text, text

_LARGEST_DENOMINATOR = 9999
#: Digits of an exact number whose decimals end.
_EXACT_DIGITS = 12


def written(cell: Cell, answer: Answer, locale: str, mark: str | None = None) -> str:
    """An answer for this cell: "-", "0.4626", "(0,5; 1)", "1/3", or the words of an option.

    ``mark`` is the decimal mark, that of the language where it is not given.
    """
    mark = decimal_mark(locale) if mark is None else mark
    if answer.choice:
        label = next((o.label for o in cell.options if o.code == answer.choice), None)
        return answer.choice if label is None else message_text(label, locale)
    if answer.unchanged:
        return "-"
    parts = [number_text(number, cell, mark) for number in answer.numbers]
    return joined(parts, mark) if len(parts) != 1 or cell.size else f"({parts[0]})"


def number_text(number: Number, cell: Cell, mark: str = ".") -> str:
    """A number of a cell with the decimals that are asked for."""
    if cell.decimals is not None:
        digits = f"{as_float(number):.{cell.decimals}f}"
        if float(digits) == 0:
            digits = digits.removeprefix("-")
        return digits.replace(".", mark)
    if isinstance(number, Fraction) and not _ends(number):
        return f"{number.numerator}/{number.denominator}"
    return format_number(number, mark, _EXACT_DIGITS)


def notes_on(sheet: Sheet, locale: str) -> tuple[str, ...]:
    """What a sheet has to say of how exact its answers are to be."""
    decimals = {cell.decimals for cell in sheet.asked if cell.decimals is not None}
    return (text("handout.decimals", locale, n=min(decimals)),) if len(decimals) == 1 else ()


def _ends(number: Fraction) -> bool:
    """Whether the decimals of a fraction end; a very long fraction is shown in decimals too."""
    rest = number.denominator
    if rest > _LARGEST_DENOMINATOR:
        return True
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
