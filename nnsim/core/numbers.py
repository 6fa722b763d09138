"""Numbers as people write them: typed as 0.5, 0,5 or 1/2, and shown with either decimal mark."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from nnsim.core.messages import NnsimError

#: What the engine hands out: a float, or a fraction (whole: an int) where arithmetic is exact.
Number: TypeAlias = "float | Fraction | int"

MAX_TYPED_LENGTH = 64
_DECIMAL = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")
# Most numbers of a large table look like this, and are read several times faster.
_PLAIN = re.compile(r"-?\d{1,17}(?:[.,]\d{1,17})?")
# 50 890: thousands are grouped with a (thin) space.  Between other digits none is left out, or
# 1 1/2 would be 11/2.
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\s\d{3})+(?:[.,]\d*)?")
_PARTED_DIGITS = re.compile(r"[\d.,]\s+[\d.,]")
# A decimal with at most this many digits is what was typed; longer ones are the tail of a division.
_TYPED_DIGITS = 15
_LARGEST_DENOMINATOR = 9999


def parse_number(text: str) -> float:
    """The number a person typed.

    Accepts a decimal point or a decimal comma, an exponent, a fraction, the signs + - and the
    typographic minus.  Thousands may be grouped with spaces, 50 890, and with nothing else, because
    1.000 would have two meanings.
    Raises NnsimError ``number.unreadable``, ``number.zero_denominator`` or ``number.too_large``.
    """
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    cleaned = text.strip().replace("\u2212", "-")
    if len(cleaned) > MAX_TYPED_LENGTH:
        raise NnsimError.of("number.unreadable", text=text[:MAX_TYPED_LENGTH] + "…")
    if _PARTED_DIGITS.search(cleaned) and not _GROUPED.fullmatch(cleaned):
        raise NnsimError.of("number.unreadable", text=text)
    parts = "".join(cleaned.split()).split("/")
    if len(parts) > 2 or not all(_DECIMAL.fullmatch(part) for part in parts):
        raise NnsimError.of("number.unreadable", text=text)
    values = [float(part.replace(",", ".")) for part in parts]
    if len(values) == 2 and values[1] == 0:
        raise NnsimError.of("number.zero_denominator", text=text)
    value = values[0] if len(values) == 1 else _divide(parts)
    if not math.isfinite(value):
        raise NnsimError.of("number.too_large", text=text)
    return value


def parse_exact(text: str) -> Fraction:
    """The number a person typed, as a fraction: 1/12345 is that and not the float beside it.

    Raises as ``parse_number`` does.
    """
    number = parse_number(text)
    if "/" not in text:
        return exact(number)
    above, below = "".join(text.replace("\u2212", "-").replace(",", ".").split()).split("/")
    return Fraction(above) / Fraction(below)


def _divide(parts: list[str]) -> float:
    # Through Fraction, so that 0.3/0.1 is the float nearest to 3 and not 2.9999999999999996.
    above, below = (Fraction(part.replace(",", ".")) for part in parts)
    try:
        return float(above / below)
    except OverflowError:
        return math.inf


def as_float(value: Number) -> float:
    """The float nearest to a number; an exact number beyond all floats is infinite, as a sum is."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def format_number(value: Number, mark: str = ".", digits: int = 6) -> str:
    """The number as shown on screen and in exports: at most ``digits`` significant digits.

    Whole numbers have no decimal part, negative zero is "0", a decimal that ends earlier is not
    padded.  NaN and infinities are results, and are shown: "NaN", "∞", "-∞".
    """
    number = as_float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    if number == 0:
        return "0"
    text = f"{number:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace(".", mark)


def exact_text(value: Number, mark: str = ".") -> str:
    """The shortest text that reads back as the same float, for files that are verified."""
    number = as_float(value)
    text = repr(number)
    if text.endswith(".0"):
        text = text[:-2]
    return "0" if text == "-0" else text.replace(".", mark)


def exact(value: Number) -> Fraction:
    """The fraction a person means by this float: 0.1 is 1/10, the float nearest to 1/3 is 1/3.

    With it, sums that are zero on paper are zero here: 0.1 + 0.2 - 0.3.
    Raises ValueError for NaN and infinities, which are no fractions.
    """
    if isinstance(value, Fraction | int):
        return Fraction(value)
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not a fraction")
    number = float(value)
    shortest = repr(number)
    mantissa = shortest.lower().split("e")[0]
    if len(mantissa.replace("-", "").replace(".", "").strip("0")) <= _TYPED_DIGITS:
        return Fraction(shortest)
    simple = Fraction(number).limit_denominator(_LARGEST_DENOMINATOR)
    return simple if float(simple) == number else Fraction(shortest)


def joined(parts: Sequence[str], mark: str = ".") -> str:
    """Several values as a tuple, "(0.5, 1)"; one alone stands without brackets.

    Where the decimal mark is a comma semicolons part them, in every tuple: "(0,5; 1)", "(0; 1)".
    """
    if len(parts) < 2:
        return "".join(parts)
    separator = "; " if mark == "," else ", "
    return f"({separator.join(parts)})"
