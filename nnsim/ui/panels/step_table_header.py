"""Headings of tables: formulas typeset, and above them what the columns have in common."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from nnsim.ui.bridge.glyphs import EM
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.typesetting import typeset

#: Role of a heading that is a formula: its LaTeX, or None where the heading is a word.
LATEX_ROLE = Qt.ItemDataRole.UserRole + 1
#: Role of what a column has in common with its neighbours: a word, or None.
GROUP_ROLE = Qt.ItemDataRole.UserRole + 2

# The letters of the mathematical font are smaller than those of the window at the same size.
_FORMULA_SIZE = 1.2
_PAD_X, _PAD_Y = 10.0, 4.0
_CAPTION_SIZE = 0.85


class GroupedHeader(QHeaderView):
    """A row of headings below a row of captions that span the columns of their group."""

    def __init__(self, view: QTableView, preferences: Preferences) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._preferences = preferences
        self._spans: list[tuple[int, int]] | None = None
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        # A caption stays in sight while its columns are scrolled through.
        view.horizontalScrollBar().valueChanged.connect(self.viewport().update)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            for signal in (model.modelReset, model.headerDataChanged, model.columnsInserted):
                signal.connect(self._forget)

    def _forget(self, *where: object) -> None:
        self._spans = None

    def span(self, section: int) -> tuple[int, int]:
        """First and last of the columns that share the caption of this one."""
        if self._spans is None or len(self._spans) != self.count():
            self._spans = self._find_spans()
        return self._spans[section]

    def _find_spans(self) -> list[tuple[int, int]]:
        captions = [self._value(section, GROUP_ROLE) for section in range(self.count())]
        spans: list[tuple[int, int]] = []
        for _, group in itertools.groupby(captions):
            first, count = len(spans), len(list(group))
            spans += [(first, first + count - 1)] * count
        return spans

    def sizeHint(self) -> QSize:
        return QSize(
            super().sizeHint().width(), round(self._caption_height() + self._text_height())
        )

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        latex = self._value(logicalIndex, LATEX_ROLE)
        if latex:
            width = typeset(latex).width * self._em() / EM
        else:
            width = self._metrics().horizontalAdvance(self._text(logicalIndex))
        caption = self._value(logicalIndex, GROUP_ROLE)
        if caption:
            first, last = self.span(logicalIndex)
            share = QFontMetricsF(self._caption_font()).horizontalAdvance(caption)
            width = max(width, share / (last - first + 1))
        padding = 2 * _PAD_X * self._preferences.zoom
        return QSize(round(width + padding), self.sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not rect.isValid():
            return
        theme = self._preferences.theme
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, theme.color("raised"))
        top = self._caption_height()
        first, last = self.span(logicalIndex)
        if top:
            self._paint_caption(painter, rect, first, last)
        box = QRectF(rect).adjusted(3, top + 1, -3, -2)
        latex = self._value(logicalIndex, LATEX_ROLE)
        if latex:
            typeset(latex).paint_centred(painter, box, self._em(), theme.color("text"))
        else:
            painter.setFont(self._bold())
            painter.setPen(theme.color("text"))
            text = self._metrics().elidedText(
                self._text(logicalIndex), Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(theme.color("border"))
        edge = rect.top() if logicalIndex == last or not top else rect.top() + round(top)
        painter.drawLine(rect.right(), edge, rect.right(), rect.bottom())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _paint_caption(self, painter: QPainter, rect: QRect, first: int, last: int) -> None:
        caption = self._value(first, GROUP_ROLE)
        if not caption:
            return
        left = max(self.sectionViewportPosition(first), 0)
        right = min(
            self.sectionViewportPosition(last) + self.sectionSize(last), self.viewport().width()
        )
        font = self._caption_font()
        painter.setFont(font)
        painter.setPen(self._preferences.theme.color("muted"))
        box = QRectF(left + 4, rect.top() + 1, right - left - 8, self._caption_height())
        text = QFontMetricsF(font).elidedText(
            str(caption), Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # -- sizes -----------------------------------------------------------------------------------

    def _caption_height(self) -> float:
        model = self.model()
        has_captions = self.count() and model.headerData(0, self.orientation(), GROUP_ROLE)
        return QFontMetricsF(self.font()).height() * _CAPTION_SIZE + 2 if has_captions else 0.0

    def _text_height(self) -> float:
        return QFontMetricsF(self.font()).height() * 1.25 + 2 * _PAD_Y

    def _em(self) -> float:
        return float(QFontMetricsF(self.font()).ascent() + 1) * _FORMULA_SIZE

    # -- what the model says ---------------------------------------------------------------------

    def _value(self, section: int, role: int) -> str | None:
        value = self.model().headerData(section, self.orientation(), role)
        return None if value is None else str(value)

    def _text(self, section: int) -> str:
        return self._value(section, Qt.ItemDataRole.DisplayRole) or ""

    def _caption_font(self) -> QFont:
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _CAPTION_SIZE)
        return font

    def _bold(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._bold())


class RowHeader(QHeaderView):
    """Numbers of the rows, with an accent bar beside the current one.

    ``look(row)`` says how a row stands out: "current", "near" (paler bar), "found" (a row that the
    sentence below the table speaks of), "later" (muted) or "".
    """

    def __init__(
        self, view: QTableView, preferences: Preferences, look: Callable[[int], str]
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._preferences = preferences
        self._look = look
        self._digits = 0
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def fit(self, largest: int) -> None:
        """Be wide enough for numbers up to this one; never narrower than before in one project."""
        digits = max(len(str(largest)), 2)
        metrics = QFontMetricsF(self._bold())
        zoom = self._preferences.zoom
        self.setFixedWidth(round(metrics.horizontalAdvance("0" * digits) + 22 * zoom))
        self.setDefaultSectionSize(row_height(self.font()))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme, look = self._preferences.theme, self._look(logicalIndex)
        painter.save()
        ground = theme.color("accent_soft" if look == "current" else "raised")
        painter.fillRect(rect, ground)
        if bar := _BARS.get(look):
            color = theme.mixed("accent", 0.45) if look == "near" else theme.color(bar)
            painter.fillRect(
                rect.x(), rect.y(), max(round(4 * self._preferences.zoom), 3), rect.height(), color
            )
        painter.setPen(theme.color("muted" if look == "later" else "text"))
        painter.setFont(self._bold() if look == "current" else self.font())
        text = str(self.model().headerData(logicalIndex, self.orientation()) or "")
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(theme.color("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _bold(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font


def paint_corner(view: QTableView, preferences: Preferences) -> None:
    """Give the corner between the headings the colour of the headings."""
    theme = preferences.theme
    view.setStyleSheet(
        f"QTableCornerButton::section {{ background: {theme.raised}; border: 0px;"
        f" border-bottom: 1px solid {theme.border}; border-right: 1px solid {theme.border}; }}"
    )


_BARS = {"current": "accent", "near": "accent", "found": "warning"}


def row_height(font: QFont) -> int:
    """Height of a row of numbers in this font."""
    return round(QFontMetricsF(font).height() * 1.5)
