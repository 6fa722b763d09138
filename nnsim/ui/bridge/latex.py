"""Reading LaTeX mathematics into the parts that are put together, and those that are drawn whole.

Numbers, scripts, fractions and brackets that grow change from step to step or from neuron to
neuron: they become nodes of a small tree.  Everything else (letters, signs, cases, roots, sums with
limits) is a Symbol, whose LaTeX goes to ziamath as it is, once.
"""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass
from typing import TypeAlias


class Kind(enum.Enum):
    """What a part is to its neighbours: it decides the space between them (TeXbook, ch. 18)."""

    ORD = enum.auto()
    OP = enum.auto()
    BIN = enum.auto()
    REL = enum.auto()
    OPEN = enum.auto()
    CLOSE = enum.auto()
    PUNCT = enum.auto()
    INNER = enum.auto()


@dataclass(frozen=True)
class Symbol:
    """Drawn whole by ziamath; ``display`` puts the limits of a sum above and below it."""

    latex: str
    kind: Kind = Kind.ORD
    display: bool = False


@dataclass(frozen=True)
class Digits:
    """A number, its marks and digits as single symbols."""

    characters: str


@dataclass(frozen=True)
class Words:
    """Upright text."""

    text: str


@dataclass(frozen=True)
class Space:
    """A space, in em."""

    width: float


@dataclass(frozen=True)
class Row:
    """Parts side by side."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Fraction:
    """One row over another."""

    above: Row
    below: Row


@dataclass(frozen=True)
class Scripts:
    """A part with rows above and below its right end."""

    base: Part
    above: Row | None
    below: Row | None


@dataclass(frozen=True)
class Fenced:
    """A row between brackets as high as it; "." is no bracket."""

    left: str
    inside: Row
    right: str


Part: TypeAlias = Symbol | Digits | Words | Space | Row | Fraction | Scripts | Fenced

_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|[{}^_]|\s+|\d+|[^\\{}^_\s\d]", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:(?:\.|\{,\})\d+)*")
_SPACES = {",": 3, ":": 4, ";": 5, "!": -3, " ": 6, "quad": 18, "qquad": 36}
_TEXTS = {"text", "mathrm", "textrm", "operatorname"}
_FRACTIONS = {"frac", "dfrac", "tfrac"}
# Commands with one argument that ziamath draws together with it.
_ACCENTS = {"hat", "bar", "tilde", "vec", "sqrt", "overline", "mathbf", "mathcal", "boldsymbol"}
_LIMITS = {"sum", "prod", "max", "min"}
_IN_TEXT = {"lt": "<", "gt": ">", "textbackslash": "\\", "ldots": "…", "_": "_"}


def _kinds() -> dict[str, Kind]:
    table = {
        Kind.REL: r"= < > : \le \ge \leq \geq \neq \ne \approx \to \gets \equiv \in \sim \propto "
        r"\leftarrow \rightarrow \Rightarrow \mapsto \lt \gt \iff",
        Kind.BIN: r"+ - * \cdot \times \pm \mp \ast \div \circ \odot",
        Kind.OPEN: r"( [ \{ \lvert \lfloor \langle",
        Kind.CLOSE: r") ] \} \rvert \rfloor \rangle",
        Kind.PUNCT: r", ;",
        Kind.OP: r"\sum \prod \max \min \ln \log \exp \tanh \sin \cos \arg \lim \sgn",
        Kind.INNER: r"\cdots \ldots \dots",
    }
    return {name: kind for kind, names in table.items() for name in names.split()}


_KINDS = _kinds()


@functools.lru_cache(maxsize=4096)
def parse(latex: str) -> Row:
    """The tree of a piece of LaTeX.  Raises ValueError where brackets do not match."""
    parser = _Parser(latex)
    row = parser.row(ends=())
    if not parser.at_end:
        raise ValueError(latex)
    return row


class _Parser:
    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._latex)

    def row(self, ends: tuple[str, ...]) -> Row:
        """Parts up to one of ``ends`` (which is not taken) or the end of the text."""
        parts: list[Part] = []
        latex = self._latex
        while self._at < len(latex):
            # Only these may begin an end: most parts are not looked at twice.
            if latex[self._at] in "}\\":
                token = self._peek()
                if token in ends:
                    break
                if token in ("}", r"\right"):
                    raise ValueError(latex)
            part = self._scripted()
            if part is not None:
                parts.append(part)
        return Row(tuple(parts))

    # -- tokens ----------------------------------------------------------------------------------

    def _peek(self) -> str:
        match = _TOKEN.match(self._latex, self._at)
        return match.group().rstrip() or " " if match else ""

    def _take(self) -> str:
        match = _TOKEN.match(self._latex, self._at)
        if match is None:
            raise ValueError(self._latex)
        self._at = match.end()
        token = match.group()
        if len(token) == 1 and not token.isspace():
            return token
        # "\ " is a space; after a longer command spaces mean nothing.
        return token if token.startswith("\\") and len(token) == 2 else token.rstrip() or " "

    def _skip_spaces(self) -> None:
        while not self.at_end and self._latex[self._at].isspace():
            self._at += 1

    def _group(self) -> str:
        """The text of the argument that follows, without its braces."""
        self._skip_spaces()
        if self.at_end:
            raise ValueError(self._latex)
        if self._latex[self._at] != "{":
            return self._take()
        start, depth = self._at + 1, 0
        while not self.at_end:
            token = self._take()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return self._latex[start : self._at - 1]
        raise ValueError(self._latex)

    # -- parts -----------------------------------------------------------------------------------

    def _scripted(self) -> Part | None:
        """One part with the scripts that follow it."""
        start = self._at
        base = self._part()
        if base is None:
            return None
        end_of_base = self._at
        above: str | None = None
        below: str | None = None
        primes = ""
        self._skip_spaces()
        while not self.at_end and self._latex[self._at] in "^_'":
            mark = self._take()
            if mark == "'":
                primes += r"\prime "
            elif mark == "^":
                above = self._group()
            else:
                below = self._group()
            end_of_base = self._at
            self._skip_spaces()
        self._at = end_of_base
        if primes:
            above = primes + (above or "")
        if above is None and below is None:
            return base
        return self._with_scripts(self._latex[start:end_of_base], base, above, below)

    def _with_scripts(self, latex: str, base: Part, above: str | None, below: str | None) -> Part:
        if isinstance(base, Symbol) and base.latex.lstrip("\\") in _LIMITS:
            return Symbol(latex.strip(), base.kind, display=True)
        rows = (parse(script) if script else None for script in (above, below))
        return Scripts(base, *rows)

    def _part(self) -> Part | None:
        first = self._latex[self._at] if not self.at_end else ""
        number = _NUMBER.match(self._latex, self._at) if first.isdecimal() else None
        if number:
            self._at = number.end()
            return Digits(number.group().replace("{,}", ","))
        token = self._take()
        if token.isspace() and not token.startswith("\\"):
            return None
        if token in ("^", "_"):
            raise ValueError(self._latex)
        if token == "~":
            return Space(_SPACES[" "] / 18)
        if token == "{":
            self._at -= 1
            return parse(self._group())
        return self._command(token) if token.startswith("\\") else Symbol(token, _kind(token))

    def _command(self, token: str) -> Part | None:
        name = token[1:]
        if name in _SPACES:
            return Space(_SPACES[name] / 18)
        if name in _FRACTIONS:
            return Fraction(parse(self._group()), parse(self._group()))
        if name == "left":
            return self._fenced()
        if name == "begin":
            return self._environment()
        if name in _TEXTS:
            group = self._group()
            if name == "operatorname":
                return Symbol(rf"\operatorname{{{group}}}", Kind.OP)
            return Words(_unescaped(group))
        if name in ("displaystyle", "textstyle", "limits"):
            return None
        if name in _ACCENTS:
            start = self._at
            self._group()
            return Symbol(token + self._latex[start : self._at])
        return Symbol(token, _kind(token))

    def _fenced(self) -> Part:
        self._skip_spaces()
        left = self._take()
        inside = self.row(ends=(r"\right",))
        if self._take() != r"\right":
            raise ValueError(self._latex)
        self._skip_spaces()
        return Fenced(left, inside, self._take())

    def _environment(self) -> Part:
        start = self._at - len(r"\begin")
        name = self._group()
        end = self._latex.find(rf"\end{{{name}}}", self._at)
        if end < 0:
            raise ValueError(self._latex)
        self._at = end + len(rf"\end{{{name}}}")
        return Symbol(self._latex[start : self._at], Kind.INNER)


def _kind(token: str) -> Kind:
    return _KINDS.get(token, Kind.ORD)


def _unescaped(text: str) -> str:
    return re.sub(
        r"\\([A-Za-z]+)(?:\{\}|\s)?|\\(.)",
        lambda match: _IN_TEXT.get(match[1], match[1]) if match[1] else match[2],
        text,
    ).replace("~", "\u00a0")
