"""What the rows of a sheet are called: words, and a formula where they have a symbol."""

from __future__ import annotations

import re

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from nnsim.language.escaping import GREEK
from nnsim.ui.bridge.glyphs import EM
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.typesetting import Typeset, typeset
from nnsim.ui.panels.step_table.header import LATEX_ROLE
from nnsim.ui.panels.step_table.sections import rectangles, sections_in

_FORMULA_SIZE = 1.15
_PADDING = 10.0
_GAP = 14.0
_SMALL = 0.88
# A formula has so much room for each unit of its height.
_TALL = 1.3
_MOST_LINES = 2.4


def says_the_same(words: str, latex: str) -> bool:
    """Whether a formula holds the very letters of the words: "δ h1" and ``\\delta_{h1}``."""
    for letter, command in GREEK.items():
        latex = re.sub(rf"{re.escape(command)}(?![a-zA-Z])", letter, latex)
    letters = re.sub(r"\\[a-zA-Z]+|[\s_{}]", "", latex)
    return re.sub(r"\s", "", words) == letters


class RowHeadings(QHeaderView):
    """Names of rows: the words at the left, the formula at the right.

    Where there is no room for both the words are cut, and in the end only the formula stays.
    """

    def __init__(self, view: QTableView, preferences: Preferences) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self.setObjectName("exercise_rows")
        self._preferences = preferences
        self._current = -1
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def set_current(self, row: int) -> None:
        """Emphasise the row of the current cell."""
        if row != self._current:
            self._current = row
            self.viewport().update()

    # -- sizes -----------------------------------------------------------------------------------

    def fit(self, least: int, most: int) -> None:
        """As wide as the widest name, within these bounds in pixels."""
        self.setFixedWidth(min(max(self._wanted_width(), least), most))

    def wanted_height(self, row: int) -> float:
        """How high a row has to be for its formula, in pixels; tall ones are written smaller."""
        formula = self._formula(row)
        if formula is None:
            return 0.0
        line = QFontMetricsF(self.font()).height()
        return min(formula.height * self._em() / EM * _TALL, _MOST_LINES * line)

    def _wanted_width(self) -> int:
        words, formulas = 0.0, 0.0
        plain, small = QFontMetricsF(self.font()), QFontMetricsF(self._small())
        for row in range(self.count()):
            formula = self._formula(row)
            metrics = plain if formula is None else small
            words = max(words, metrics.horizontalAdvance(self._words(row)) + 2)
            if formula is not None:
                formulas = max(formulas, formula.width * self._em() / EM)
        gap = _GAP * self._preferences.zoom if formulas and words else 0.0
        return round(words + gap + formulas + 2 * _PADDING * self._preferences.zoom)

    def sizeHint(self) -> QSize:
        return QSize(self.width(), 0)

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        width = self.viewport().width()
        for area in rectangles(event.region()):
            painter.fillRect(area, self._preferences.theme.color("raised"))
            for span in sections_in(self, area):
                self.paintSection(painter, QRect(0, span.start, width, span.size), span.number)
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        is_current = logicalIndex == self._current
        if is_current:
            painter.fillRect(rect, theme.color("accent_soft"))
            bar = max(round(4 * zoom), 3)
            painter.fillRect(rect.left(), rect.top(), bar, rect.height(), theme.color("accent"))
        pad = _PADDING * zoom
        box = QRectF(rect).adjusted(pad, 3 * zoom, -pad, -3 * zoom)
        formula = self._formula(logicalIndex)
        if formula is not None:
            em = self._em()
            width = min(formula.width * em / EM, box.width())
            place = QRectF(box.right() - width, box.top(), width, box.height())
            formula.paint_centred(painter, place, em, theme.color("text"))
            box.setRight(place.left() - _GAP * zoom)
        font = self._small() if formula is not None else self.font()
        metrics = QFontMetricsF(font)
        text = metrics.elidedText(
            self._words(logicalIndex), Qt.TextElideMode.ElideRight, max(box.width(), 0)
        )
        if text != "…":
            painter.setFont(font)
            painter.setPen(theme.color("muted" if formula is not None else "text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        border = theme.color("border")
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), border)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, border)

    def _words(self, row: int) -> str:
        """The words of a row; "" where its formula says just the same."""
        words = str(self.model().headerData(row, self.orientation()) or "")
        latex = self.model().headerData(row, self.orientation(), LATEX_ROLE)
        return "" if latex and says_the_same(words, str(latex)) else words

    def _formula(self, row: int) -> Typeset | None:
        latex = self.model().headerData(row, self.orientation(), LATEX_ROLE)
        return typeset(str(latex)) if latex else None

    def _em(self) -> float:
        return float(QFontMetricsF(self.font()).height()) * _FORMULA_SIZE

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        return font
