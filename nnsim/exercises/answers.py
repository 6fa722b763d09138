"""What a person typed into a cell, read as numbers, "-" or a choice.

Reading knows no language: a comma and a point are both decimal marks everywhere, so an answer is
the same one whatever language the window speaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import Number, exact_text, format_number, joined, parse_exact

MAX_LENGTH = 400
MAX_VALUES = 64
_DASHES = frozenset("-–—−")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_SHOWN = 40


@dataclass(frozen=True)
class Answer:
    """What an entry was read as: numbers in order, "-" for unchanged, or the code of an option."""

    numbers: tuple[Number, ...] = ()
    unchanged: bool = False
    choice: str = ""

    def text(self, mark: str = ".", digits: int = 6) -> str:
        """As people write it: "-", "0.5", "(0.5, 1)"; "(0,5; 1)" with a comma; an option's code."""
        if self.unchanged:
            return "-"
        if self.choice:
            return self.choice
        return joined([format_number(number, mark, digits) for number in self.numbers], mark)

    def exact(self, mark: str = ".") -> str:
        """With all digits, unchanged values too where they are known."""
        if self.numbers:
            return joined([exact_text(number, mark) for number in self.numbers], mark)
        return self.text(mark)


@dataclass(frozen=True)
class Option:
    """One of the answers that can be chosen: its code in files, its words in the window."""

    code: str
    label: Message


def read_numbers(text: str, size: int) -> tuple[Number, ...]:
    """The numbers of an entry, as fractions; ``size`` of them, or any count where it is 0.

    Brackets may stand around them.  Semicolons part values; where there are none, commas with a
    space behind them; else spaces; else commas, if that gives as many values as are asked for:
    "(0,1)" is two numbers where two are asked for and a tenth where one is.  Where commas could
    part values in more than one way, "0,5,1", nothing is guessed.
    Raises NnsimError ``answer.…`` for what cannot be read as that many numbers.
    """
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    if len(text) > MAX_LENGTH:
        raise NnsimError.of("answer.too_long", text=shown, limit=MAX_LENGTH)
    cleaned = text.strip()
    if len(cleaned) > 1 and _BRACKETS.get(cleaned[0]) == cleaned[-1]:
        cleaned = cleaned[1:-1].strip()
    parts = _parted(cleaned, size)
    if size != 1 and len(parts) == 1 and cleaned.count(",") > 1:
        raise NnsimError.of("answer.ambiguous", text=shown)
    if len(parts) > MAX_VALUES:
        raise NnsimError.of("answer.too_many", text=shown, limit=MAX_VALUES)
    numbers = []
    for part in parts:
        try:
            numbers.append(parse_exact(part))
        except NnsimError as error:
            raise NnsimError.of("answer.unreadable", text=shown, reason=error.messages[0]) from None
    if size and len(numbers) != size:
        raise NnsimError.of("answer.count", text=shown, found=len(numbers), n=size)
    return tuple(numbers)


def _parted(text: str, size: int) -> list[str]:
    if ";" in text:
        return text.removesuffix(";").split(";")
    if size == 1:
        return [text]
    if re.search(r",\s", text):
        return re.split(r",\s+", text)
    # A fraction may be written 1 / 2; a sign with spaces on both sides is a sum, and none is read.
    glued = re.sub(r"\s*/\s*", "/", text)
    if re.search(r"\s", glued) and not re.search(r"[+\-−]\s", glued):
        return glued.split()
    commas = text.count(",")
    # Beside decimal points commas can only part.
    if commas and (commas + 1 == size or "." in text or (size == 0 and commas > 1)):
        return text.split(",")
    return [text]


def read_choice(text: str, options: Sequence[Option], labels: Sequence[Sequence[str]]) -> str:
    """The code of the option that was meant: by its code, or by its words in any language.

    ``labels`` holds the words of each option in every language, in the order of ``options``.
    Raises NnsimError ``answer.no_option``.
    """
    wanted = " ".join(text.split()).casefold()
    for option, words in zip(options, labels, strict=True):
        if wanted in (option.code.casefold(), *(" ".join(w.split()).casefold() for w in words)):
            return option.code
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    raise NnsimError.of("answer.no_option", text=shown, options=", ".join(o.code for o in options))


def is_dash(text: str) -> bool:
    """Whether an entry is the dash that stands for "unchanged"."""
    return text.strip() in _DASHES
