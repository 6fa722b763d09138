"""The layout of an explanation: words, formulas and links, one below the other."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from nnsim.engine.record import Quantity
from nnsim.ui.bridge.glyphs import EM
from nnsim.ui.bridge.theme import Theme
from nnsim.ui.bridge.typesetting import Typeset, typeset
from nnsim.ui.panels.formula_content import Block, Content

# Sizes in heights of the text around the formulas.
_FORMULA, _RESULT, _CHIP = 1.25, 1.45, 1.05
_SMALL = 0.82
# A formula that no line break makes narrow enough is painted down to this share of its size.
_SMALLEST = 0.65
_MARGIN = 12.0
# Least height and depth of a line of a formula, in em: those of a bracket.
_ASCENT, _DESCENT = 0.76, 0.26
# Room around a formula for outlines that lean out of their box, in em.
_RIM = 0.25
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class _Text:
    rect: QRectF
    text: str
    font: QFont
    role: str


@dataclass(frozen=True)
class _Formula:
    at: QPointF
    em: float
    formula: Typeset

    @functools.cached_property
    def rect(self) -> QRectF:
        """Where its ink is; outlines may lean a little out of their box."""
        scale, rim = self.em / EM, _RIM * self.em
        formula = self.formula
        left, top = self.at.x(), self.at.y() - formula.ascent * scale
        box = QRectF(left, top, formula.width * scale, formula.height * scale)
        return box.adjusted(-rim, -rim, rim, rim)


@dataclass(frozen=True)
class Chip:
    """A link to a number: a rounded box around its formula."""

    rect: QRectF
    at: QPointF
    em: float
    formula: Typeset
    quantity: Quantity


class Sheet:
    """An explanation laid out for a width; painted anywhere, in any theme.

    ``width`` and ``height`` in pixels: wider than asked for where a formula cannot be narrower.
    """

    def __init__(
        self, content: Content, width: float, font: QFont, zoom: float, title_margin: float = 0.0
    ) -> None:
        self._font = font
        self._zoom = zoom
        self._line = QFontMetricsF(font).height()
        self._asked = width
        self._texts: list[_Text] = []
        self._formulas: list[_Formula] = []
        self._grounds: list[QRectF] = []
        self.chips: list[Chip] = []
        self._margin = _MARGIN * zoom
        self._y = self._margin * 0.7
        self.width = width
        if content.title:
            self._add_text(content.title, "text", self._bold(), title_margin)
            self._y += 0.2 * self._line
        for block in content.blocks:
            self._add_block(block)
        if content.pending:
            self._y += 0.3 * self._line
            self._add_text(content.pending, "muted", self._italic())
        if content.note:
            self._y += 0.3 * self._line
            self._add_text(content.note, "muted" if content.title else "text", font)
        if content.terms:
            self._y += 0.4 * self._line
            self._add_text(content.terms_caption, "muted", self._small())
            self._add_chips(content)
            if content.more:
                self._add_text(content.more, "muted", self._small())
        self.height = self._y + self._margin * 0.7

    # -- layout ----------------------------------------------------------------------------------

    @property
    def _room(self) -> float:
        return max(self._asked - 2 * self._margin, 6 * self._line)

    def _add_text(self, text: str, role: str, font: QFont, right: float = 0.0) -> None:
        box = QRectF(self._margin, self._y, max(self._room - right, 4 * self._line), 1e6)
        height = _height(text, font.toString(), box.width())
        rect = QRectF(box.left(), box.top(), box.width(), height)
        self._texts.append(_Text(rect, text, font, role))
        self._y += height + 0.15 * self._line

    def _add_block(self, block: Block) -> None:
        self._y += 0.3 * self._line
        self._add_text(block.caption, "muted", self._small())
        is_result = block.role == "result"
        em = self._line * (_RESULT if is_result else _FORMULA)
        pad = 0.3 * self._line if is_result else 0.1 * self._line
        top = self._y
        self._y += pad
        for number, latex in enumerate(block.lines):
            self._y += 0.45 * self._line if number else 0.0
            self._add_formula(_shortened(block, number, latex), em)
        self._y += pad
        if is_result:
            inset = 0.4 * self._margin
            left = self._margin - inset
            self._grounds.append(QRectF(left, top, self._room + 2 * inset, self._y - top))
        self._y += 0.1 * self._line

    def _add_formula(self, latex: str, em: float) -> None:
        # In steps, so that a panel dragged to another width finds most lines in the cache.
        formula = typeset(latex, width=int(2 * self._room / em) / 2)
        scale = em / EM
        if formula.width * scale > self._room:
            scale = max(self._room / formula.width, _SMALLEST * scale)
            self.width = max(self.width, formula.width * scale + 2 * self._margin)
        # What is below stays in its place when a bracket or a sign comes or goes.
        ascent = max(formula.ascent * scale, _ASCENT * em)
        at = QPointF(self._margin, self._y + ascent)
        self._formulas.append(_Formula(at, scale * EM, formula))
        self._y += ascent + max(formula.descent * scale, _DESCENT * em)

    def _add_chips(self, content: Content) -> None:
        em = self._line * _CHIP
        scale, gap = em / EM, 6 * self._zoom
        pad_x, pad_y = 7 * self._zoom, 4 * self._zoom
        formulas = [typeset(term.latex) for term in content.terms]
        x, right = self._margin, self._margin + self._room
        start = 0
        while start < len(formulas):
            # One row of chips, all as high as the highest.
            end, x = start, self._margin
            while end < len(formulas):
                width = formulas[end].width * scale + 2 * pad_x
                if end > start and x + width > right:
                    break
                x += width + gap
                end += 1
            row = formulas[start:end]
            ascent = max(*(formula.ascent * scale for formula in row), _ASCENT * em)
            descent = max(*(formula.descent * scale for formula in row), _DESCENT * em)
            height = ascent + descent + 2 * pad_y
            x = self._margin
            for formula, term in zip(row, content.terms[start:end], strict=True):
                width = formula.width * scale + 2 * pad_x
                rect = QRectF(x, self._y, width, height)
                at = QPointF(x + pad_x, self._y + pad_y + ascent)
                self.chips.append(Chip(rect, at, em, formula, term.quantity))
                self.width = max(self.width, rect.right() + self._margin)
                x += width + gap
            self._y += height + gap
            start = end

    def _bold(self) -> QFont:
        font = QFont(self._font)
        font.setBold(True)
        return font

    def _italic(self) -> QFont:
        font = QFont(self._font)
        font.setItalic(True)
        return font

    def _small(self) -> QFont:
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        return font

    # -- painting --------------------------------------------------------------------------------

    def chip_at(self, point: QPointF) -> int:
        """Number of the link at a point; -1: none."""
        for number, chip in enumerate(self.chips):
            if chip.rect.contains(point):
                return number
        return -1

    def changes_from(self, former: Sheet) -> QRect:
        """What is to be painted anew after another sheet of the same width and fonts.

        One rectangle: clipping to several costs more than what lies between them.
        """
        changed = QRect()
        for pair in zip_longest(self._pieces(), former._pieces()):
            if pair[0] != pair[1]:
                for piece in pair:
                    if piece is not None:
                        rect = piece if isinstance(piece, QRectF) else piece.rect
                        changed |= _pixels(rect)
        return changed

    def _pieces(self) -> list[QRectF | _Text | _Formula | Chip]:
        return [*self._grounds, *self._texts, *self._formulas, *self.chips]

    def paint(
        self,
        painter: QPainter,
        theme: Theme,
        hovered: int = -1,
        focused: int = -1,
        seen: QRect | None = None,
    ) -> None:
        """Paint everything, on a ground that is there already; or what is in a rectangle."""

        def is_wanted(rect: QRectF) -> bool:
            return seen is None or seen.intersects(_pixels(rect))

        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft"))
        radius = 4 * self._zoom
        for ground in self._grounds:
            if is_wanted(ground):
                painter.drawRoundedRect(ground, radius, radius)
        for text in self._texts:
            if is_wanted(text.rect):
                painter.setFont(text.font)
                painter.setPen(theme.color(text.role))
                painter.drawText(text.rect, _WRAP, text.text)
        ink = theme.color("text")
        for placed in self._formulas:
            if is_wanted(placed.rect):
                placed.formula.paint(painter, placed.at.x(), placed.at.y(), placed.em, ink)
        for number, chip in enumerate(self.chips):
            if not is_wanted(chip.rect):
                continue
            is_hovered = number == hovered
            painter.setPen(theme.color("accent" if number in (hovered, focused) else "border"))
            painter.setBrush(theme.color("accent_soft" if is_hovered else "raised"))
            painter.drawRoundedRect(chip.rect, radius, radius)
            chip.formula.paint(painter, chip.at.x(), chip.at.y(), chip.em, ink)


def _pixels(rect: QRectF) -> QRect:
    """All pixels that something in a rectangle may touch, its outline included."""
    return rect.toAlignedRect().adjusted(-1, -1, 1, 1)


@functools.lru_cache(maxsize=512)
def _height(text: str, font: str, width: float) -> float:
    """How high a text in a font (as ``QFont.toString`` names it) is at a width: most captions are
    the same at every step."""
    written = QFont()
    written.fromString(font)
    box = QRectF(0, 0, width, 1e6)
    return QFontMetricsF(written).boundingRect(box, _WRAP, text).height()


def _shortened(block: Block, number: int, latex: str) -> str:
    """A line as it is shown: the same derivative is not written anew before its numbers.

    Derivatives are two lines high; in a small panel the result would be out of sight.
    """
    repeats = block.role == "numbers" or (block.role == "chain" and number > 0)
    left, equals, right = latex.partition(" = ")
    return rf"\quad = {right}" if repeats and equals and left.startswith(r"\frac") else latex
