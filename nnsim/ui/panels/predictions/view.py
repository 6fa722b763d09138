"""The table of predictions on screen: cells, small pictures, sorting by headings."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QTableView, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.panels.predictions.model import PredictionsModel
from nnsim.ui.panels.step_table import GroupedHeader, RowHeader, paint_corner
from nnsim.ui.panels.step_table.row_header import row_height
from nnsim.ui.panels.step_table.sections import sections_in

_PADDING = 14
# Height of a picture in pixels.
_PICTURE = 36
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PredictionsView(QTableView):
    """Shows a ``PredictionsModel``.

    ``pointed(sample)``: a person clicked on a row or went to it with keys; ``chosen(sample)``: they
    double-clicked it or pressed Return.  Samples are row numbers of the table of samples.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, model: PredictionsModel, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("predictions_view")
        self._shown = model
        self._preferences = preferences
        self._sample: int | None = None
        use_flat_bars(self, preferences)
        self.setModel(model)
        self._header = GroupedHeader(self, preferences)
        self._rows = RowHeader(self, preferences, self._look)
        self.setHorizontalHeader(self._header)
        self.setVerticalHeader(self._rows)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(self.SelectionBehavior.SelectRows)
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        self._header.sectionClicked.connect(self._sort)
        self.clicked.connect(lambda index: self._point(index.row()))
        self.doubleClicked.connect(lambda index: self.chosen.emit(model.sample_at(index.row())))
        model.modelReset.connect(self.fit)
        model.samples_changed.connect(self.fit)

    def _look(self, row: int) -> str:
        is_pointed = row < self._shown.rowCount() and self._shown.sample_at(row) == self._sample
        return "current" if is_pointed else ""

    @property
    def sample(self) -> int | None:
        """The sample that is pointed at."""
        return self._sample

    def point_at(self, sample: int | None) -> None:
        """Mark the row of a sample, and bring it into sight where it is another than before."""
        is_other = sample != self._sample
        self._sample = sample
        self.mark()
        row = self._shown.row_of(sample)
        if is_other and row is not None:
            self.scrollTo(self._shown.index(row, max(self.columnAt(0), 0)))

    def mark(self) -> None:
        """Put the mark where the row of the sample has come to."""
        row = self._shown.row_of(self._sample)
        column = max(self.currentIndex().column(), 0)
        flag = QItemSelectionModel.SelectionFlag
        selection = self.selectionModel()
        if row is None:
            selection.clear()
        elif selection.currentIndex().row() != row:
            index = self._shown.index(row, column)
            selection.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self._rows.viewport().update()

    def _point(self, row: int) -> None:
        self._sample = self._shown.sample_at(row)
        self._rows.viewport().update()
        self.pointed.emit(self._sample)

    # -- sizes -----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Give rows and columns the sizes that their contents and the font ask for."""
        model, zoom = self._shown, self._preferences.zoom
        self._rows.fit(len(model.data_table))
        height = round(_PICTURE * zoom) if model.side else row_height(self.font())
        self._rows.setDefaultSectionSize(max(height, row_height(self.font())))
        metrics = self.fontMetrics()
        for number, column in enumerate(model.columns):
            width = self._header.sectionSizeFromContents(number).width()
            # The arrow of the column that rows are sorted by has room from the start.
            width += metrics.horizontalAdvance(" ▼")
            if column.kind == "picture":
                width = max(width, round(_PICTURE * zoom))
            texts = model.widest(column)
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            width = max(width, widest + round(_PADDING * zoom))
            self.setColumnWidth(number, width)
        self.updateGeometries()

    def say(self) -> None:
        """Show words, numbers and colours again."""
        paint_corner(self, self._preferences)
        self._header.say()
        self.fit()
        for part in (self, self._rows):
            part.viewport().update()

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """All cells in sight at once: a delegate, asked for each anew, takes twice as long."""
        painter, theme = QPainter(self.viewport()), self._preferences.theme
        area = event.rect()
        painter.fillRect(area, theme.color("surface"))
        rows = sections_in(self._rows, area)
        chosen = self.currentIndex().row()
        columns = sections_in(self._header, area)
        border, ink, wrong = (theme.color(role) for role in ("border", "text", "wrong"))
        painter.setFont(self.font())
        for row in rows:
            width = columns[-1].start + columns[-1].size - columns[0].start if columns else 0
            for column in columns:
                kept = self._shown.columns[column.number]
                rect = QRect(column.start, row.start, column.size, row.size)
                if row.number == chosen:
                    painter.fillRect(rect, theme.color("accent_soft"))
                elif kept.group in ("wanted", ""):
                    painter.fillRect(rect, theme.color("background"))
                painter.fillRect(rect.right(), rect.y(), 1, rect.height(), border)
                if kept.kind == "picture":
                    image = self._shown.picture(row.number)
                    if image is not None:
                        paint_picture(painter, image, rect.adjusted(2, 2, -3, -3), ink)
                    continue
                is_wrong = kept.kind == "found" and self._shown.is_wrong(row.number)
                painter.setPen(wrong if is_wrong else ink)
                text = self._shown.text(row.number, kept)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._fitted(text, rect))
            if columns:
                painter.fillRect(columns[0].start, row.start + row.size - 1, width, 1, border)
        painter.end()

    def _fitted(self, text: str, rect: QRect) -> str:
        """The text with what does not fit into a cell left out."""
        metrics = self.fontMetrics()
        # Most texts are so short that measuring them would be in vain.
        if len(text) * metrics.maxWidth() <= rect.width() or (
            metrics.horizontalAdvance(text) <= rect.width()
        ):
            return text
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - _PADDING // 2)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def _sort(self, section: int) -> None:
        """A click sorts by a column, the largest first; the next one turns it round, then ends."""
        order = Qt.SortOrder
        sorting = self._shown.sorting
        if sorting is None or sorting[0] != section:
            self._shown.sort(section, order.DescendingOrder)
        elif sorting[1] == order.DescendingOrder:
            self._shown.sort(section, order.AscendingOrder)
        else:
            self._shown.sort(-1)
        self._header.say()
        self.mark()
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return goes to the sample, the keys for copying take its row."""
        row = self.currentIndex().row()
        if event.key() in _RETURN and row >= 0:
            self.chosen.emit(self._shown.sample_at(row))
            return
        if event.matches(QKeySequence.StandardKey.Copy) and row >= 0:
            cells = (self._shown.index(row, k).data() for k in range(self._shown.columnCount()))
            QGuiApplication.clipboard().setText("\t".join(map(str, cells)))
            return
        super().keyPressEvent(event)
        if self.currentIndex().row() not in (row, -1):
            self._point(self.currentIndex().row())


def paint_picture(painter: QPainter, image: QImage, rect: QRect, ink: QColor) -> None:
    """Paint a picture of bytes into a rectangle, as large as its pixels stay squares."""
    side = min(rect.width(), rect.height())
    target = QRect(0, 0, side, side)
    target.moveCenter(rect.center())
    inked = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    inked.fill(ink)
    filling = QPainter(inked)
    filling.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    filling.drawImage(0, 0, image)
    filling.end()
    painter.drawImage(target, inked)
