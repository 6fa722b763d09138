"""Formulas, typeset: LaTeX in, an outline out, to be painted at any size and in any colour.

The symbols are drawn by ziamath (``glyphs``); here they are put together, so that a formula whose
numbers change costs a fraction of a millisecond, and a long one can go on in the next line.
Distances are those of the mathematical font, in thousandths of an em; the rules are TeX's
(Knuth, The TeXbook, chapter 18 and appendix G), simplified.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QTransform

from nnsim.ui.bridge import glyphs
from nnsim.ui.bridge.glyphs import EM, Glyph
from nnsim.ui.bridge.latex import (
    Digits,
    Fenced,
    Fraction,
    Kind,
    Part,
    Row,
    Scripts,
    Space,
    Symbol,
    Words,
    parse,
)

_AXIS = 0.258 * EM
_RULE = 0.066 * EM
_FRACTION_GAP = 0.17 * EM
_FRACTION_SIDE = 0.06 * EM
_SCRIPT = 0.72
_SUPERSCRIPT = 0.40 * EM
_SUBSCRIPT = 0.21 * EM
_SCRIPT_GAP = 0.08 * EM
_LINE_GAP = 0.45 * EM
_INDENT = 2.0 * EM
# Heights above and depths below the baseline that a bracket in the line covers by itself.
_BRACKETS = ("", r"\big", r"\Big", r"\bigg", r"\Bigg")
# After \big and the like ziamath spells the names of brackets out; the characters it knows.
_CHARACTERS = {
    r"\lfloor": "⌊",
    r"\rfloor": "⌋",
    r"\lceil": "⌈",
    r"\rceil": "⌉",
    r"\langle": "⟨",
    r"\rangle": "⟩",
    r"\lvert": "|",
    r"\rvert": "|",
}
_SLACK = 0.06 * EM

_THIN, _MEDIUM, _THICK = 3 / 18 * EM, 4 / 18 * EM, 5 / 18 * EM


@dataclass(frozen=True, eq=False)
class Typeset:
    """A formula as outlines, each with its place.

    Sizes are in units of which EM make an em, the baseline of the first line is at 0.  ``unread``
    is true where the LaTeX could not be read and its text is shown instead.
    """

    # Not joined to one: Qt fills forty small outlines four times faster than one of forty parts.
    outlines: tuple[tuple[QPainterPath, float, float], ...]
    width: float
    ascent: float
    descent: float
    unread: bool = False

    @property
    def height(self) -> float:
        """Ascent and descent together."""
        return self.ascent + self.descent

    def paint(self, painter: QPainter, x: float, baseline: float, em: float, color: QColor) -> None:
        """Paint with the left end of the first baseline at (x, baseline); ``em`` in pixels."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(x, baseline)
        painter.scale(em / EM, em / EM)
        brush = QBrush(color)
        for path, dx, dy in self.outlines:
            painter.translate(dx, dy)
            painter.fillPath(path, brush)
            painter.translate(-dx, -dy)
        painter.restore()

    def paint_centred(self, painter: QPainter, box: QRectF, em: float, color: QColor) -> None:
        """Paint in the middle of a box, smaller where it would not fit."""
        scale = min(
            em / EM, box.width() / max(self.width, 1.0), box.height() / max(self.height, 1.0)
        )
        x = box.center().x() - self.width * scale / 2
        baseline = box.center().y() + (self.ascent - self.descent) * scale / 2
        self.paint(painter, x, baseline, scale * EM, color)


@functools.lru_cache(maxsize=512)
def typeset(latex: str, width: float | None = None) -> Typeset:
    """The formula as outlines.

    With ``width`` (in em) a longer formula goes on in further lines, at its signs.  What cannot be
    read is shown as its own text rather than not at all.
    """
    try:
        row = parse(latex)
        unread = False
        boxes = [_box(row)] if width is None else _lines(row, width * EM)
    except ValueError:
        unread = True
        boxes = [_from_glyph(glyphs.words(latex))]
    outlines: list[tuple[QPainterPath, float, float]] = []
    y = 0.0
    for number, box in enumerate(boxes):
        if number:
            y += boxes[number - 1].descent + _LINE_GAP + box.ascent
        for piece, dx, dy, scale in box.pieces:
            # Copying an outline to its place would cost as much as painting it.
            drawn = piece if scale == 1.0 else QTransform.fromScale(scale, scale).map(piece)
            outlines.append((drawn, dx, y + dy))
    widest = max(box.width for box in boxes)
    return Typeset(tuple(outlines), widest, boxes[0].ascent, y + boxes[-1].descent, unread)


#: An outline, where it stands and how much smaller it is.
_Piece: TypeAlias = tuple[QPainterPath, float, float, float]


@dataclass(frozen=True, eq=False)
class _Box:
    """Pieces placed around a baseline at 0."""

    width: float
    ascent: float
    descent: float
    pieces: tuple[_Piece, ...] = ()

    def moved(self, dx: float, dy: float, scale: float = 1.0) -> list[_Piece]:
        """The pieces made smaller, and then moved."""
        return [(p, dx + x * scale, dy + y * scale, own * scale) for p, x, y, own in self.pieces]


def _from_glyph(glyph: Glyph) -> _Box:
    return _Box(glyph.width, glyph.ascent, glyph.descent, ((glyph.path, 0.0, 0.0, 1.0),))


# -- parts ---------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def _box(part: Part) -> _Box:
    match part:
        case Symbol():
            return _from_glyph(glyphs.symbol(part.latex, part.display))
        case Digits():
            return _digits(part.characters)
        case Words():
            return _words(part.text)
        case Space():
            return _Box(part.width * EM, 0, 0)
        case Row():
            parts, kinds = _items(part)
            return _side_by_side([_box(inner) for inner in parts], _gaps(parts, kinds))
        case Fraction():
            return _fraction(_box(part.above), _box(part.below))
        case Scripts():
            return _scripts(part)
        case Fenced():
            return _fenced(part)


def _digits(characters: str) -> _Box:
    boxes = [_from_glyph(glyphs.symbol("{,}" if c == "," else c)) for c in characters]
    return _side_by_side(boxes, [0.0] * len(boxes))


def _words(text: str) -> _Box:
    # Letter by letter: there are many names, but few letters.
    boxes = [_from_glyph(glyphs.words(letter)) for letter in text]
    return _side_by_side(boxes, [0.0] * len(boxes))


def _fraction(above: _Box, below: _Box) -> _Box:
    inner = max(above.width, below.width) + 2 * _FRACTION_SIDE
    rise = _AXIS + _RULE / 2 + _FRACTION_GAP + above.descent
    drop = -_AXIS + _RULE / 2 + _FRACTION_GAP + below.ascent
    rule = QPainterPath()
    rule.addRect(0, -_AXIS - _RULE / 2, inner, _RULE)
    return _Box(
        inner,
        rise + above.ascent,
        drop + below.descent,
        (
            (rule, 0.0, 0.0, 1.0),
            *above.moved((inner - above.width) / 2, -rise),
            *below.moved((inner - below.width) / 2, drop),
        ),
    )


def _scripts(part: Scripts) -> _Box:
    base = _box(part.base)
    left = base.width + 0.03 * EM
    placed: list[tuple[_Box, float, float]] = []
    if part.above is not None and _is_prime(part.above):
        # The primes of the font stand high by themselves.
        placed.append((_script_line(part.above), 0.0, 1.0))
    elif part.above is not None:
        rise = max(_SUPERSCRIPT, base.ascent - 0.30 * EM)
        placed.append((_script_line(part.above), -rise, _SCRIPT))
    if part.below is not None:
        script = _script_line(part.below)
        drop = max(_SUBSCRIPT, base.descent + 0.05 * EM)
        if part.above is not None and not _is_prime(part.above):
            above, y, scale = placed[0]
            bottom = y + above.descent * scale
            drop = max(drop, bottom + script.ascent * _SCRIPT + _SCRIPT_GAP)
        placed.append((script, drop, _SCRIPT))
    pieces = list(base.pieces)
    for script, y, scale in placed:
        pieces += script.moved(left, y, scale)
    return _Box(
        left + _most(script.width * scale for script, _, scale in placed) + 0.03 * EM,
        _most((base.ascent, *(script.ascent * scale - y for script, y, scale in placed))),
        _most((base.descent, *(script.descent * scale + y for script, y, scale in placed))),
        tuple(pieces),
    )


def _is_prime(row: Row) -> bool:
    return all(isinstance(part, Symbol) and part.latex.endswith("prime") for part in row.parts)


def _script_line(row: Row) -> _Box:
    """A row without the spaces that signs have in a line."""
    return _side_by_side([_box(part) for part in row.parts], [0.0] * len(row.parts))


def _fenced(part: Fenced) -> _Box:
    inside = _box(part.inside)
    half = _reach(inside)
    left, right = (_bracket(mark, half) for mark in (part.left, part.right))
    return _side_by_side([left, inside, right], [0.0, 0.0, 0.0])


def _reach(inside: _Box) -> float:
    """How far brackets go above the axis and below it: the same, as those of the font do."""
    return max(inside.ascent - _AXIS, inside.descent + _AXIS)


def _bracket(mark: str, half: float) -> _Box:
    """The smallest bracket that reaches ``half`` above and below the axis."""
    if mark == ".":
        return _Box(0.1 * EM, 0, 0)
    mark = _CHARACTERS.get(mark, mark)
    for size in _BRACKETS:
        box = _from_glyph(glyphs.symbol(f"{size}{mark}"))
        reach = min(box.ascent - _AXIS, box.descent + _AXIS)
        if reach + _SLACK >= half:
            return box
    stretch = half / reach
    taller = QTransform(1, 0, 0, stretch, 0, -_AXIS * (1 - stretch)).map(box.pieces[0][0])
    return _Box(box.width, half + _AXIS, half - _AXIS, ((taller, 0.0, 0.0, 1.0),))


# -- rows ----------------------------------------------------------------------------------------


def _items(row: Row) -> tuple[Sequence[Part], list[Kind]]:
    """The parts and what each is to its neighbours; a sign before a number is no operation."""
    kinds = [_kind_of(part) for part in row.parts]
    no_operand = (Kind.BIN, Kind.REL, Kind.OPEN, Kind.PUNCT, Kind.OP)
    solid = [k for k, part in enumerate(row.parts) if not isinstance(part, Space)]
    before = Kind.OPEN
    for k, following in zip(solid, [*solid[1:], None], strict=True):
        after = Kind.CLOSE if following is None else kinds[following]
        if kinds[k] is Kind.BIN and (
            before in no_operand or after in (Kind.REL, Kind.CLOSE, Kind.PUNCT)
        ):
            kinds[k] = Kind.ORD
        before = kinds[k]
    return row.parts, kinds


def _kind_of(part: Part) -> Kind:
    if isinstance(part, Symbol):
        return part.kind
    if isinstance(part, Scripts):
        return _kind_of(part.base)
    return Kind.INNER if isinstance(part, Fraction | Fenced) else Kind.ORD


def _gaps(parts: Sequence[Part], kinds: Sequence[Kind]) -> list[float]:
    """The space before each part."""
    gaps = [0.0] * len(parts)
    for k in range(1, len(parts)):
        if not isinstance(parts[k], Space) and not isinstance(parts[k - 1], Space):
            gaps[k] = _gap(kinds[k - 1], kinds[k], parts[k])
    return gaps


def _gap(left: Kind, right: Kind, part: Part) -> float:
    if Kind.BIN in (left, right):
        return _MEDIUM
    if Kind.REL in (left, right):
        return 0.0 if left is right else _THICK
    if left is Kind.PUNCT or Kind.OP in (left, right):
        # max( has no space before its bracket.
        opens = right is Kind.OPEN or (left is Kind.OP and isinstance(part, Fenced))
        return 0.0 if opens or left is Kind.OPEN or right in (Kind.CLOSE, Kind.PUNCT) else _THIN
    if Kind.INNER in (left, right):
        closed = left is Kind.OPEN or right in (Kind.CLOSE, Kind.PUNCT)
        return 0.0 if closed or isinstance(part, Fenced) else _THIN
    return 0.0


def _side_by_side(boxes: Sequence[_Box], gaps: Sequence[float]) -> _Box:
    pieces: list[_Piece] = []
    x = 0.0
    for box, gap in zip(boxes, gaps, strict=True):
        x += gap
        pieces += box.moved(x, 0)
        x += box.width
    return _Box(x, _most(b.ascent for b in boxes), _most(b.descent for b in boxes), tuple(pieces))


def _most(values: Iterable[float]) -> float:
    return max(values, default=0.0)


@dataclass(frozen=True, eq=False)
class _Bit:
    """A part of a line: the space before it, and whether a line may end before it."""

    box: _Box
    gap: float
    breaks: bool


def _lines(row: Row, width: float) -> list[_Box]:
    """The row in lines no wider than ``width`` where its signs allow it.

    A line ends before a sign; the next begins with it, indented.
    """
    bits = _bits(row, width)
    indent = min(_INDENT, width / 4)
    starts = [0, *(k for k, bit in enumerate(bits) if k and bit.breaks), len(bits)]
    lines: list[_Box] = []
    begin = 0
    length = 0.0
    for start, end in itertools.pairwise(starts):
        size = sum(bit.gap + bit.box.width for bit in bits[start:end])
        if start > begin and length + size > width:
            lines.append(_cut(bits[begin:start], indent if lines else 0.0))
            begin, length = start, indent
        length += size
    lines.append(_cut(bits[begin:], indent if lines else 0.0))
    return lines


def _bits(row: Row, width: float) -> list[_Bit]:
    """What a row is made of.  Brackets that alone are too wide for a line are opened up."""
    parts, kinds = _items(row)
    bits: list[_Bit] = []
    depth = 0
    for part, kind, gap in zip(parts, kinds, _gaps(parts, kinds), strict=True):
        depth += (kind is Kind.OPEN) - (kind is Kind.CLOSE)
        box = _box(part)
        if isinstance(part, Fenced) and box.width > width:
            half = _reach(_box(part.inside))
            bits.append(_Bit(_bracket(part.left, half), gap, False))
            bits += _bits(part.inside, width)
            bits.append(_Bit(_bracket(part.right, half), 0.0, False))
        else:
            bits.append(_Bit(box, gap, depth == 0 and kind in (Kind.REL, Kind.BIN)))
    return bits


def _cut(bits: Sequence[_Bit], indent: float) -> _Box:
    gaps = [indent, *(bit.gap for bit in bits[1:])]
    return _side_by_side([bit.box for bit in bits], gaps)
