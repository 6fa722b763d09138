"""Headings of tables: formulas typeset, and above them what the columns have in common."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from nnsim.ui.bridge.glyphs import EM
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.typesetting import typeset

#: Role of a heading that is a formula: its LaTeX, or None where the heading is a word.
LATEX_ROLE = Qt.ItemDataRole.UserRole + 1
#: Role of what a column has in common with its neighbours: a word, or None.
GROUP_ROLE = Qt.ItemDataRole.UserRole + 2
#: Role of a column that is there only for now: True, and its heading is tinted.
EXTRA_ROLE = Qt.ItemDataRole.UserRole + 3

# The letters of the mathematical font are smaller than those of the window at the same size.
_FORMULA_SIZE = 1.2
_PAD_X, _PAD_Y = 10.0, 4.0
_CAPTION_SIZE = 0.85


@dataclass(frozen=True, eq=False)
class _Headings:
    """What the model says about its columns, read once; ``spans`` are the first and the last of
    the columns that share the caption of each."""

    texts: list[str]
    latex: list[str | None]
    captions: list[str | None]
    spans: list[tuple[int, int]]
    bold: QFont
    small: QFont
    caption_height: float


class GroupedHeader(QHeaderView):
    """A row of headings below a row of captions that span the columns of their group."""

    def __init__(self, view: QTableView, preferences: Preferences) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._preferences = preferences
        self._known: _Headings | None = None
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        # A caption stays in sight while its columns are scrolled through.
        view.horizontalScrollBar().valueChanged.connect(self.viewport().update)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._forget)
            model.headerDataChanged.connect(self._heading_changed)
            model.columnsInserted.connect(lambda _, first, last: self._columns_changed(first))
            model.columnsRemoved.connect(lambda _, first, last: self._columns_changed(first))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._forget()

    def say(self) -> None:
        """Say the words again, in the language and colours of now."""
        self._forget()
        self.updateGeometry()
        self.viewport().update()

    def _forget(self) -> None:
        self._known = None

    def _heading_changed(self, orientation: Qt.Orientation, first: int, last: int) -> None:
        if orientation == self.orientation():
            self._columns_changed(first)

    def _columns_changed(self, first: int) -> None:
        # Headings before the change are kept: a wide table has thousands of them.
        if self._known is not None:
            self._known = self._read(self._known, first)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        # A view asks only for the height, and often: to measure all sections would be in vain.
        return QSize(0, self._height())

    def _height(self) -> int:
        height = self._headings().caption_height
        return round(height + QFontMetricsF(self.font()).height() * 1.25 + 2 * _PAD_Y)

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        known = self._headings()
        latex, caption = known.latex[logicalIndex], known.captions[logicalIndex]
        if latex:
            width = typeset(latex).width * self._em() / EM
        else:
            width = QFontMetricsF(known.bold).horizontalAdvance(known.texts[logicalIndex])
        if caption:
            first, last = known.spans[logicalIndex]
            share = QFontMetricsF(known.small).horizontalAdvance(caption)
            width = max(width, share / (last - first + 1))
        padding = 2 * _PAD_X * self._preferences.zoom
        return QSize(round(width + padding), self._height())

    # -- painting --------------------------------------------------------------------------------

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not rect.isValid():
            return
        theme, known = self._preferences.theme, self._headings()
        top = known.caption_height
        painter.save()
        painter.setClipRect(rect)
        is_extra = self.model().headerData(logicalIndex, self.orientation(), EXTRA_ROLE)
        ground = theme.mixed("muted", 0.2) if is_extra else theme.color("raised")
        painter.fillRect(rect, ground)
        if known.captions[logicalIndex]:
            self._paint_caption(painter, rect, logicalIndex)
        box = QRectF(rect).adjusted(3, top + 1, -3, -2)
        latex = known.latex[logicalIndex]
        if latex:
            typeset(latex).paint_centred(painter, box, self._em(), theme.color("text"))
        else:
            painter.setFont(known.bold)
            painter.setPen(theme.color("text"))
            text = QFontMetricsF(known.bold).elidedText(
                known.texts[logicalIndex], Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(theme.color("border"))
        ends_group = logicalIndex == known.spans[logicalIndex][1]
        edge = rect.top() if ends_group or not top else rect.top() + round(top)
        painter.drawLine(rect.right(), edge, rect.right(), rect.bottom())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _paint_caption(self, painter: QPainter, rect: QRect, section: int) -> None:
        known = self._headings()
        first, last = known.spans[section]
        left = max(self.sectionViewportPosition(first), 0)
        right = min(
            self.sectionViewportPosition(last) + self.sectionSize(last), self.viewport().width()
        )
        painter.setFont(known.small)
        painter.setPen(self._preferences.theme.color("muted"))
        box = QRectF(left + 4, rect.top() + 1, right - left - 8, known.caption_height)
        text = QFontMetricsF(known.small).elidedText(
            known.captions[section] or "", Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _em(self) -> float:
        return float(QFontMetricsF(self.font()).ascent() + 1) * _FORMULA_SIZE

    # -- what the model says ---------------------------------------------------------------------

    def _headings(self) -> _Headings:
        if self._known is None or len(self._known.texts) != self.count():
            self._known = self._read()
        return self._known

    def _read(self, known: _Headings | None = None, first: int = 0) -> _Headings:
        """Read the headings; those before ``first`` are taken from what is known."""
        captions = self._values(GROUP_ROLE, first, known.captions if known else [])
        texts = self._values(Qt.ItemDataRole.DisplayRole, first, known.texts if known else [])
        spans: list[tuple[int, int]] = []
        for _, group in itertools.groupby(captions):
            start, count = len(spans), len(list(group))
            spans += [(start, start + count - 1)] * count
        bold, small = self.font(), self.font()
        bold.setBold(True)
        small.setPointSizeF(small.pointSizeF() * _CAPTION_SIZE)
        return _Headings(
            texts=[text or "" for text in texts],
            latex=self._values(LATEX_ROLE, first, known.latex if known else []),
            captions=captions,
            spans=spans,
            bold=bold,
            small=small,
            caption_height=QFontMetricsF(small).height() + 2 if any(captions) else 0.0,
        )

    def _values(self, role: int, first: int, kept: Sequence[str | None]) -> list[str | None]:
        model = self.model()
        places = range(first, model.columnCount())
        values = (model.headerData(k, self.orientation(), role) for k in places)
        read = [None if value is None else str(value) for value in values]
        return [*kept[:first], *read]


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
