"""Fonts, colours and numbers of the canvas, from the person's preferences."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from nnsim.core.numbers import Number, format_number
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.theme import Theme

#: Numbers on the canvas are short; the whole number is a hover, a table or a formula away.
SHORT_DIGITS = 4
_FEWEST_DIGITS = 2
_SMALL = 0.01
# Text that would be smaller on screen than this is left out: it could not be read.
_SMALLEST_TEXT = 5.5
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MOST_KEPT = 4096
_NUMBER_LETTERS = "0123456789.,-e() ·=δb→"


class Ink:
    """A font by its size in pixels at 100 %, and whether it is bold.

    Told apart by identity: inks are keys of what is kept, and an Enum's hash is slow.
    """

    SYMBOL: ClassVar[Ink]
    NAME: ClassVar[Ink]
    VALUE: ClassVar[Ink]
    SMALL_VALUE: ClassVar[Ink]
    LABEL: ClassVar[Ink]
    SMALL: ClassVar[Ink]
    TINY: ClassVar[Ink]

    def __init__(self, pixels: int, bold: bool = False) -> None:
        self.pixels = pixels
        self.bold = bold


Ink.SYMBOL = Ink(17)
Ink.NAME = Ink(14, bold=True)
Ink.VALUE = Ink(13, bold=True)
Ink.SMALL_VALUE = Ink(11, bold=True)
Ink.LABEL = Ink(12)
Ink.SMALL = Ink(11)
Ink.TINY = Ink(10)
INKS = (Ink.SYMBOL, Ink.NAME, Ink.VALUE, Ink.SMALL_VALUE, Ink.LABEL, Ink.SMALL, Ink.TINY)


class Look:
    """What painting needs to know; one for all items of a scene.

    Fonts, measured texts, pens and colours are kept: a step paints hundreds of numbers.
    ``scale`` is how many device pixels a scene unit has, set by ``begin`` for each item.
    """

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self.scale = 1.0
        # What the painter writes in now: setting a font again costs as much as a number.
        self._ink: Ink | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take theme, language and fonts again."""
        self.theme: Theme = self._preferences.theme
        self._mark, self._digits = self._preferences.mark, self._preferences.digits
        family = QApplication.font().family()
        self._fonts: dict[Ink, QFont] = {}
        self._metrics: dict[Ink, QFontMetricsF] = {}
        self._letters: dict[Ink, dict[str, float]] = {}
        # From the middle of a line of text down to where its letters stand.
        self._drops: dict[Ink, float] = {}
        for ink in INKS:
            font = QFont(family)
            font.setPixelSize(ink.pixels)
            font.setBold(ink.bold)
            # The same widths at every zoom: text that fits at 100 % fits everywhere.
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[ink] = font
            self._metrics[ink] = metrics = QFontMetricsF(font)
            self._drops[ink] = metrics.ascent() - metrics.height() / 2
        self._sized: dict[tuple[float, float, Ink], tuple[str, Ink, float]] = {}
        self._fitted: dict[tuple[float, float, Ink], str] = {}
        self._texts: dict[tuple[str, Ink], tuple[QStaticText, float, float]] = {}
        self._colors: dict[tuple[str, float, str], QColor] = {}
        self._pens: dict[tuple[str, float, float], QPen] = {}

    def begin(self, painter: QPainter) -> None:
        """Each item calls this before it paints; from then on only ``text`` sets the font."""
        self._ink = None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        self.scale = zoom * painter.device().devicePixelRatio()

    # -- words and numbers -----------------------------------------------------------------------

    def say(self, key: str, **params: object) -> str:
        """A sentence in the person's language."""
        return self._preferences.say(key, **params)

    def number(self, value: Number, digits: int | None = None) -> str:
        """The number with as many digits as the person likes to see, or fewer."""
        most = self._digits
        return format_number(value, self._mark, most if digits is None else min(digits, most))

    def short(self, value: Number) -> str:
        """The number in few digits."""
        return self.number(value, SHORT_DIGITS)

    def brief(self, value: Number) -> str:
        """The number in even fewer digits, for several in a line."""
        return self.number(value, SHORT_DIGITS - 1)

    def sized(self, value: float, width: float, large: Ink, small: Ink) -> tuple[str, Ink, float]:
        """The number, its ink (the large one where a few digits fit in it, or the small one) and
        how wide it is."""
        key = (value, width, large)
        found = self._sized.get(key)
        if found is None:
            text, ink = self.brief(value), large
            taken = self.width(text, large)
            if taken > width:
                ink = small
                if self.width(text, small) > width:
                    text = self.fitted(value, width, small)
                taken = self.width(text, small)
            _limit(self._sized)
            found = self._sized[key] = (text, ink, taken)
        return found

    def fitted(self, value: float, width: float, ink: Ink) -> str:
        """The number in as many digits as fit, and in few where even those do not."""
        key = (value, width, ink)
        text = self._fitted.get(key)
        if text is None:
            for digits in range(min(SHORT_DIGITS, self._digits), 0, -1):
                text = format_number(value, self._mark, digits)
                # The zeros of a small number and a power of ten take the room of its digits.
                fewest = 1 if abs(value) < _SMALL or "e" in text else _FEWEST_DIGITS
                if digits <= fewest or self.width(text, ink) <= width:
                    break
            assert text is not None
            _limit(self._fitted)
            self._fitted[key] = text
        return text

    def is_readable(self, ink: Ink) -> bool:
        """Whether text in this ink is large enough to be read where the item is painted."""
        return ink.pixels * self.scale >= _SMALLEST_TEXT

    # -- colours ---------------------------------------------------------------------------------

    def color(self, role: str, share: float = 1.0, ground: str = "surface") -> QColor:
        """A colour of the theme, let down with a ground where ``share`` is below 1."""
        key = (role, share, ground)
        color = self._colors.get(key)
        if color is None:
            theme = self.theme
            color = theme.color(role) if share >= 1 else theme.mixed(role, share, ground)
            _limit(self._colors)
            self._colors[key] = color
        return color

    def pen(self, role: str, width: float, share: float = 1.0) -> QPen:
        """A solid pen in a colour of the theme, let down with the surface."""
        key = (role, width, share)
        pen = self._pens.get(key)
        if pen is None:
            pen = self._pens[key] = QPen(self.color(role, share), width)
        return pen

    # -- text ------------------------------------------------------------------------------------

    def font(self, ink: Ink) -> QFont:
        """The font of an ink."""
        return self._fonts[ink]

    def metrics(self, ink: Ink) -> QFontMetricsF:
        """The measures of an ink's font."""
        return self._metrics[ink]

    def width(self, text: str, ink: Ink) -> float:
        """How wide a text is."""
        width = self._number_width(text, ink)
        return self._prepared(text, ink)[1] if width is None else width

    def _number_width(self, text: str, ink: Ink) -> float | None:
        """How wide a number is; None for other texts.

        Numbers are measured by their letters: thousands of them come and go.
        """
        letters = self._letters.get(ink)
        if letters is None:
            measure = self._metrics[ink].horizontalAdvance
            letters = self._letters[ink] = {letter: measure(letter) for letter in _NUMBER_LETTERS}
        try:
            return sum([letters[letter] for letter in text])
        except KeyError:
            return None

    def elided(self, text: str, width: float, ink: Ink) -> str:
        """The text cut to a width, with an ellipsis."""
        if self.width(text, ink) <= width:
            return text
        return self._metrics[ink].elidedText(text, Qt.TextElideMode.ElideRight, width)

    def text(
        self,
        painter: QPainter,
        where: QRectF,
        text: str,
        ink: Ink,
        color: QColor,
        left: bool = False,
        width: float | None = None,
    ) -> None:
        """Write a line of text in the middle of a rectangle (or at its left side), never cut.

        Nothing is written where it would be too small to read.  ``width`` is how wide a number is,
        where that is known.
        """
        if not text or ink.pixels * self.scale < _SMALLEST_TEXT:
            return
        if ink is not self._ink:
            painter.setFont(self._fonts[ink])
            self._ink = ink
        painter.setPen(color)
        middle = where.center()
        if width is None:
            width = self._number_width(text, ink)
        if width is not None:
            # Seldom shown twice: not worth to be laid out and kept.
            x = where.left() if left else middle.x() - width / 2
            painter.drawText(QPointF(x, middle.y() + self._drops[ink]), text)
            return
        drawn, width, height = self._prepared(text, ink)
        x = where.left() if left else middle.x() - width / 2
        painter.drawStaticText(QPointF(x, middle.y() - height / 2), drawn)

    def _prepared(self, text: str, ink: Ink) -> tuple[QStaticText, float, float]:
        key = (text, ink)
        found = self._texts.get(key)
        if found is None:
            drawn = QStaticText(text)
            drawn.setTextFormat(Qt.TextFormat.PlainText)
            metrics = self._metrics[ink]
            found = (drawn, metrics.horizontalAdvance(text), metrics.height())
            _limit(self._texts)
            self._texts[key] = found
        return found

    def pill(
        self, painter: QPainter, where: QRectF, fill: QColor, border: QPen | None = None
    ) -> None:
        """A rounded ground for text."""
        painter.setPen(border or Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        radius = min(where.height() / 2, 7.0)
        painter.drawRoundedRect(where, radius, radius)


def _limit(kept: dict[Any, Any]) -> None:
    """Forget everything kept when it has become too much: it is made again as it is needed."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()


def typeset(name: str) -> str:
    """A name as in a formula: the number at the end of a short one becomes a subscript, x₁."""
    match = re.fullmatch(r"([^\W\d_]{1,2})(\d{1,3})", name)
    return match[1] + match[2].translate(_SUBSCRIPTS) if match else name


def around(middle: QPointF, width: float, height: float) -> QRectF:
    """The rectangle of a size around a point."""
    return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
