"""How numbers and names are written in formulas (LaTeX mathematics)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from nnsim.core.numbers import Number, as_float, format_number

#: A sign and not an operation: no space after it.
MINUS = "{-}"
_LARGEST_DENOMINATOR = 999
_NAME_SHOWN = 14
# Two decimals that agree to this are the same number with the dust of a float sum on it.
_DUST = 1e-14
_NUMBERED = re.compile(r"([A-Za-z])(\d{1,4})")
_NOT_FINITE = {"NaN": r"\mathrm{NaN}", "∞": r"\infty"}
_SPECIAL = str.maketrans(
    {"\\": "/", "{": "(", "}": ")", "$": "", "^": "", "~": "-", "_": " ", "%": r"\%", "#": r"\#"}
    | {"&": r"\&", "<": r"\lt ", ">": r"\gt "}
)


@dataclass(frozen=True)
class NumberStyle:
    """The decimal mark ("." or ",") and how many significant digits are shown."""

    mark: str = "."
    digits: int = 6

    @property
    def separator(self) -> str:
        """What stands between the arguments of a function: no comma beside decimal commas."""
        return r";\," if self.mark == "," else r",\,"

    def latex(self, value: Number) -> str:
        """The number in LaTeX: 0{,}5 with a decimal comma, powers of ten, fractions such as 1/3."""
        if isinstance(value, Fraction) and _is_short_fraction(value, self.digits):
            sign = MINUS if value < 0 else ""
            return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
        text = format_number(value, digits=self.digits)
        sign, size = (MINUS, text[1:]) if text.startswith("-") else ("", text)
        if size in _NOT_FINITE:
            return sign + _NOT_FINITE[size]
        mantissa, _, exponent = size.partition("e")
        if self.mark == ",":
            mantissa = mantissa.replace(".", "{,}")
        return sign + (rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else mantissa)

    def relation(self, value: Number) -> str:
        """ "=" where the number is shown as it is, and the sign for "about" where it is rounded."""
        if isinstance(value, Fraction) and _is_short_fraction(value, self.digits):
            return "="
        number = as_float(value)
        if not math.isfinite(number):
            return "="
        shown = float(format_number(number, digits=self.digits))
        return "=" if abs(shown - number) <= _DUST * abs(number) else r"\approx"


def _is_short_fraction(value: Fraction, digits: int) -> bool:
    """Whether a fraction is best shown as one: its decimals do not end, its terms are short."""
    if not 1 < value.denominator <= _LARGEST_DENOMINATOR or abs(value.numerator) > 99_999:
        return False
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest > 1


def name_latex(name: str) -> str:
    """The name of a node as upright text in a formula; a long one is cut."""
    if len(name) > _NAME_SHOWN:
        name = name[: _NAME_SHOWN - 1].rstrip() + "…"
    written = name.translate(_SPECIAL).replace(" ", r"\ ")
    return rf"\mathrm{{{written}}}"


def column_latex(name: str) -> str:
    """The name of a column of the data: x1 as x with its number below, all else upright."""
    numbered = _NUMBERED.fullmatch(name)
    return f"{numbered[1]}_{{{numbered[2]}}}" if numbered else name_latex(name)
