"""Headings of tables: formulas typeset, and above them what the columns have in common."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QHeaderView, QTableView

from nnsim.ui.bridge.glyphs import EM
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.typesetting import typeset
from nnsim.ui.panels.step_table.sections import rectangles, sections_in

#: Role of a heading that is a formula: its LaTeX, or None where the heading is a word.
LATEX_ROLE = Qt.ItemDataRole.UserRole + 1
#: Role of what a column has in common with its neighbours: a word, or None.
GROUP_ROLE = Qt.ItemDataRole.UserRole + 2
#: Role of a column that nobody chose: True, and its heading is tinted.
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
        # What has to be painted now.
        self._painted = QRegion()
        self._offset = 0
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        view.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.sectionResized.connect(self._resized)

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

    def read_again(self, section: int) -> None:
        """The heading of one column has become another; only that is painted again."""
        before = self._known
        if before is None:
            self.viewport().update()
            return
        self._known = after = self._read(before, section, section)
        if after.captions == before.captions:
            self._repaint(section, section)
        else:
            self.viewport().update()

    def _heading_changed(self, orientation: Qt.Orientation, first: int, last: int) -> None:
        if orientation == self.orientation():
            self._columns_changed(first)

    def _columns_changed(self, first: int) -> None:
        # Headings before the change are kept: a wide table has thousands of them.
        if self._known is not None:
            self._known = self._read(self._known, first)
        self.viewport().update()

    def _repaint(self, first: int, last: int) -> None:
        left = self.sectionViewportPosition(first)
        right = self.sectionViewportPosition(last) + self.sectionSize(last)
        self.viewport().update(left, 0, right - left, self.viewport().height())

    def _scrolled(self) -> None:
        # A caption stays in sight while its columns are scrolled through: it is painted again
        # where it stands now and where it has been moved to with its columns.
        before, self._offset = self._offset, self.offset()
        if not self._headings().caption_height or not self.count():
            return
        for offset in (before, self._offset):
            moved = offset - self._offset
            for section in self._groups_in_sight(offset):
                box = self._caption_box(section, offset)
                if box is not None:
                    self.viewport().update(box.translated(moved, 0).toAlignedRect())

    def _groups_in_sight(self, offset: int) -> list[int]:
        """The first section of every group that is in sight when scrolled so far."""
        known, end = self._headings(), offset + self.viewport().width()
        section = self.visualIndexAt(offset - self.offset())
        found = []
        while 0 <= section < self.count() and self.sectionPosition(section) < end:
            first, last = known.spans[section]
            found.append(first)
            section = last + 1
        return found

    def _caption_box(self, section: int, offset: int) -> QRectF | None:
        """Where the caption of a section is written when scrolled so far; None: it has none."""
        known = self._headings()
        caption, (first, last) = known.captions[section], known.spans[section]
        if not caption:
            return None
        left = max(self.sectionPosition(first) - offset, 0) + 4
        right = self.sectionPosition(last) + self.sectionSize(last) - offset
        room = min(right, self.viewport().width()) - 4 - left
        width = min(QFontMetricsF(known.small).horizontalAdvance(caption), room)
        if width <= 0:
            return None
        return QRectF(left + (room - width) / 2 - 1, 0, width + 2, known.caption_height)

    def _resized(self, section: int) -> None:
        # Qt paints what lies to the right; a caption begins further to the left.
        known = self._headings()
        if section < len(known.captions) and known.captions[section]:
            self._repaint(known.spans[section][0], section)

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

    def paintEvent(self, event: QPaintEvent) -> None:
        # Not Qt's own, which asks the style and looks for what is selected at every section.
        theme = self._preferences.theme
        painter = QPainter(self.viewport())
        self._painted = event.region()
        height = self.viewport().height()
        for area in rectangles(self._painted):
            painter.setClipRect(area)
            painter.fillRect(area, theme.color("raised"))
            painter.fillRect(area.left(), height - 1, area.width(), 1, theme.color("border"))
        for span in sections_in(self, self._painted.boundingRect()):
            rect = QRect(span.start, 0, span.size, height)
            if self._painted.intersects(rect):
                self.paintSection(painter, rect, span.number)
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not rect.isValid():
            return
        theme, known = self._preferences.theme, self._headings()
        top = known.caption_height
        painter.setClipRect(rect)
        is_extra = self.model().headerData(logicalIndex, self.orientation(), EXTRA_ROLE)
        ground = theme.mixed("muted", 0.2) if is_extra else theme.color("raised")
        painter.fillRect(rect, ground)
        if known.captions[logicalIndex]:
            self._paint_caption(painter, rect, logicalIndex)
        self._paint_heading(painter, rect, logicalIndex)
        border = theme.color("border")
        ends_group = logicalIndex == known.spans[logicalIndex][1]
        edge = 0 if ends_group or not top else round(top)
        painter.fillRect(rect.right(), rect.top() + edge, 1, rect.height() - edge, border)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, border)

    def _paint_heading(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, known = self._preferences.theme, self._headings()
        top = known.caption_height
        box = QRectF(rect).adjusted(3, top + 1, -3, -2)
        latex, em = known.latex[section], self._em()
        formula = typeset(latex) if latex else None
        is_tall = formula is not None and formula.height * em / EM > box.height()
        # Where only the caption has moved, the formula below it would cost most of the time.
        if not is_tall and not self._painted.intersects(rect.adjusted(0, math.ceil(top), 0, 0)):
            return
        if formula is not None:
            formula.paint_centred(painter, box, em, theme.color("text"))
            return
        painter.setFont(known.bold)
        painter.setPen(theme.color("text"))
        text = QFontMetricsF(known.bold).elidedText(
            known.texts[section], Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_caption(self, painter: QPainter, rect: QRect, section: int) -> None:
        known = self._headings()
        box = self._caption_box(section, self.offset())
        if box is None or not box.intersects(QRectF(rect)):
            return
        painter.setFont(known.small)
        painter.setPen(self._preferences.theme.color("muted"))
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

    def _read(
        self, known: _Headings | None = None, first: int = 0, last: int | None = None
    ) -> _Headings:
        """Read the headings from ``first`` to ``last``; the others are taken from what is known."""
        captions = self._values(GROUP_ROLE, first, last, known.captions if known else [])
        texts = self._values(Qt.ItemDataRole.DisplayRole, first, last, known.texts if known else [])
        latex = self._values(LATEX_ROLE, first, last, known.latex if known else [])
        if known is not None and captions == known.captions:
            return replace(known, texts=[text or "" for text in texts], latex=latex)
        spans: list[tuple[int, int]] = []
        for _, group in itertools.groupby(captions):
            start, count = len(spans), len(list(group))
            spans += [(start, start + count - 1)] * count
        bold, small = self.font(), self.font()
        bold.setBold(True)
        small.setPointSizeF(small.pointSizeF() * _CAPTION_SIZE)
        return _Headings(
            texts=[text or "" for text in texts],
            latex=latex,
            captions=captions,
            spans=spans,
            bold=bold,
            small=small,
            caption_height=QFontMetricsF(small).height() + 2 if any(captions) else 0.0,
        )

    def _values(
        self, role: int, first: int, last: int | None, kept: Sequence[str | None]
    ) -> list[str | None]:
        model = self.model()
        end = model.columnCount() if last is None else last + 1
        values = (model.headerData(k, self.orientation(), role) for k in range(first, end))
        read = [None if value is None else str(value) for value in values]
        return [*kept[:first], *read, *(kept[end:] if last is not None else ())]
