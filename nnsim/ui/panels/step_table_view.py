"""The step table on screen: scrolling, following the position, widths, keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QItemSelectionRange, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QTableView, QWidget

from nnsim.core.numbers import joined
from nnsim.engine.record import Quantity
from nnsim.session.table import Column, Group
from nnsim.session.walk import Moment
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.step_table_header import GroupedHeader, RowHeader, paint_corner
from nnsim.ui.panels.step_table_model import StepTableModel
from nnsim.ui.panels.step_table_painting import PADDING, StepTableDelegate, part_at

_SHORT = "-0.5"
# A batch with more samples than fit on a screen is painted as a whole.
_MANY_ROWS = 100
_COUNTS = {Group.EPOCH: "000", Group.SAMPLE: "000"}


class StepTableView(QTableView):
    """Shows a ``StepTableModel``.

    ``chosen(iteration, quantity)``: a person clicked on a number, or on the number of a row
    (quantity None).  ``copy_wanted()``: the keys for copying were pressed.
    """

    chosen = Signal(int, object)
    copy_wanted = Signal()

    def __init__(self, model: StepTableModel, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("step_table_view")
        self._table = model
        self._preferences = preferences
        self._found: frozenset[int] = frozenset()
        #: whether numbers of this document are short on paper, or have many decimals
        self.is_exact = True
        self.setModel(model)
        self.delegate = StepTableDelegate(model, preferences, self)
        self.setItemDelegate(self.delegate)
        self._header = GroupedHeader(self, preferences)
        self._rows = RowHeader(self, preferences, self._look)
        self.setHorizontalHeader(self._header)
        self.setVerticalHeader(self._rows)
        self._corner = QLabel(self)
        self._corner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._corner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.delegate.use(self.font())
        self._widen = QTimer(self)
        self._widen.setSingleShot(True)
        self._widen.timeout.connect(self._make_room)
        self._rows.sectionClicked.connect(self._choose_row)
        model.store.arrived.connect(self._arrived)
        model.modelReset.connect(self.fit)
        model.extra_changed.connect(self._fit_extra)
        self._digits = 0
        # Whether the column of a selected number that has no other is scrolled to.
        self._reveals_extra = True

    # -- looks -----------------------------------------------------------------------------------

    def _look(self, row: int) -> str:
        place = self._table.place(row)
        if row == self._table.current_row:
            return "current"
        if place.iteration == self.delegate.current_iteration:
            return "near"
        if row in self.delegate.marked_rows:
            return "found"
        return "later" if place.iteration > self.delegate.current_iteration else ""

    def mark(self, iteration: int, marked: Iterable[int]) -> None:
        """The iteration that is looked at, and the rows that the sentence below speaks of."""
        before = self.delegate.current_iteration
        rows = frozenset(marked)
        self.delegate.current_iteration = iteration
        if abs(iteration - before) > 1 or rows != self.delegate.marked_rows:
            self.delegate.marked_rows = rows
            self.refresh()
            return
        for changed in {before, iteration}:
            self._repaint_rows(self._table.rows_of(changed))

    def _repaint_rows(self, rows: range) -> None:
        if len(rows) > _MANY_ROWS:
            self.refresh()
            return
        for row in rows:
            self._repaint_row(row)

    def _repaint_row(self, row: int) -> None:
        top, height = self.rowViewportPosition(row), self.rowHeight(row)
        if -height < top < self.viewport().height():
            self.viewport().update(0, top, self.viewport().width(), height)
            self._rows.viewport().update(0, top, self._rows.width(), height)

    def refresh(self) -> None:
        """Paint all that is in sight again."""
        self.viewport().update()
        self._rows.viewport().update()

    def say(self) -> None:
        """Take words, colours and sizes again."""
        theme = self._preferences.theme
        paint_corner(self, self._preferences)
        self._corner.setText(self._preferences.say("column.course.iteration"))
        font = self.font()
        font.setBold(True)
        self._corner.setFont(font)
        self._corner.setStyleSheet(f"color: {theme.text}; background: transparent;")
        self.delegate.use(self.font())
        self._digits = 0
        self._header.say()
        self.fit_rows()
        self.fit()
        self.refresh()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        frame = self.frameWidth()
        self._corner.setGeometry(frame, frame, self._rows.width(), self._header.height())

    # -- sizes -----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Give the columns widths in which their numbers will very probably fit."""
        for number in range(len(self._table.columns)):
            self.setColumnWidth(number, self._fitting_width(number))

    def _fitting_width(self, column: int) -> int:
        heading = self._header.sectionSizeFromContents(column).width()
        longest = self._longest(self._table.columns[column])
        numbers = QFontMetricsF(self.font()).horizontalAdvance(longest) + 2 * PADDING
        return max(round(numbers), heading)

    def _fit_extra(self, column: int) -> None:
        if self._table.is_extra(column):
            self.setColumnWidth(column, self._fitting_width(column))
            self.viewport().update()

    def _longest(self, column: Column) -> str:
        if column.group in _COUNTS:
            return _COUNTS[column.group]
        short = self.is_exact or column.group in (Group.INPUTS, Group.TARGETS)
        number = _SHORT if short else "-0.0" + "0" * self._preferences.digits
        mark = self._preferences.mark
        return joined([number.replace(".", mark)] * max(len(column.quantities), 1), mark)

    def _make_room(self) -> None:
        wanted, self.delegate.too_narrow = self.delegate.too_narrow, {}
        for column, width in wanted.items():
            if width > self.columnWidth(column):
                self.setColumnWidth(column, width)
        if wanted:
            # A selected number at the edge was pushed out of sight.
            self.follow()

    def fit_rows(self) -> None:
        """Have room for the number of every row."""
        digits = max(len(str(self._table.iterations)), 2)
        if digits != self._digits:
            self._digits = digits
            self._rows.fit(self._table.iterations)
            self.updateGeometries()

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self.delegate.begin()
        self._table.missed = False
        super().paintEvent(event)
        self._paint_lines(event)
        if self._table.missed:
            self._table.store.want(*self._in_sight())
        if self.delegate.too_narrow and not self._widen.isActive():
            self._widen.start(0)

    def _paint_lines(self, event: QPaintEvent) -> None:
        area = event.rect()
        header, sides = self._header, self._rows
        first, last = header.visualIndexAt(area.left()), header.visualIndexAt(area.right())
        top, bottom = sides.visualIndexAt(area.top()), sides.visualIndexAt(area.bottom())
        if first < 0 or top < 0:
            return
        last = last if last >= 0 else self._table.columnCount() - 1
        bottom = bottom if bottom >= 0 else self._table.rowCount() - 1
        columns = [
            (k, header.sectionViewportPosition(k) + header.sectionSize(k) - 1)
            for k in range(first, last + 1)
        ]
        rows = [
            (k, sides.sectionViewportPosition(k) + sides.sectionSize(k) - 1)
            for k in range(top, bottom + 1)
        ]
        painter = QPainter(self.viewport())
        self.delegate.paint_lines(painter, columns, rows)
        painter.end()

    def fetch(self) -> None:
        """Fetch what is in sight now, before it is painted, as far as that is quick."""
        self._table.store.want(*self._in_sight(), ahead=0)
        self._table.store.fetch()

    def _in_sight(self) -> tuple[int, int]:
        """The first and the last iteration in sight."""
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        last = last if last >= 0 else self._table.rowCount() - 1
        place = self._table.place
        return place(first).iteration, place(last).iteration

    def _arrived(self, first: int, last: int) -> None:
        for iteration in range(first, last + 1):
            self._repaint_rows(self._table.rows_of(iteration))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._corner.raise_()
        if event.size().height() < event.oldSize().height():
            # A sentence that comes to stand below the table must not cover the current row.
            self.follow()

    # -- following -------------------------------------------------------------------------------

    def follow(self) -> None:
        """Bring the current row and the selected number into sight, if they are not."""
        row = self._table.current_row
        if row is None:
            return
        selected, cells = self._table.selected_cell()
        column = cells[0][0] if cells else -1
        stays = column < 0 or (self._table.is_extra(column) and not self._reveals_extra)
        row = selected if selected >= 0 else row
        if row < self._table.rowCount() and self._table.columns:
            if self.rowViewportPosition(row) + self.rowHeight(row) > self.viewport().height():
                # The scroll bar may not have been told yet of the rows that were added.
                self.updateGeometries()
            bar = self.horizontalScrollBar()
            left = bar.value()
            self.scrollTo(self._table.index(row, max(self.columnAt(0), 0) if stays else column))
            if stays:
                bar.setValue(left)

    def follow_selection(self, last: Moment | None) -> None:
        """Another number is selected: show it, if need be in a column of its own.

        Where it is the number of the ``last`` moment a person is stepping: then that column comes
        and goes without the table being scrolled.
        """
        self._reveals_extra = last is None or not self._table.is_selected(last.quantity)
        self._table.show_selected()
        self.follow()

    # -- choosing --------------------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        plain = not event.modifiers() and event.button() == Qt.MouseButton.LeftButton
        if plain and index.isValid() and index == self.currentIndex() and self._is_one_cell():
            rect = self.visualRect(index)
            self.choose(index.row(), index.column(), event.position().x() - rect.left())

    def _is_one_cell(self) -> bool:
        areas = self.areas()
        return len(areas) == 1 and areas[0].width() == areas[0].height() == 1

    def choose(self, row: int, column: int, x: float | None = None) -> None:
        """Choose the number at a place of a cell, by default its first."""
        self._table.load(row)
        cell = self._table.cell(row, column)
        iteration = self._table.place(row).iteration
        if cell is None or not self._table.columns[column].quantities:
            self.chosen.emit(iteration, None)
            return
        quantities = cell.quantities or self._quantities(row, column)
        part = 0
        if x is not None and cell.numbers:
            text = self._table.text(cell)
            metrics = QFontMetricsF(self.font())
            left = (self.columnWidth(column) - metrics.horizontalAdvance(text)) / 2
            part = part_at(self._preferences, metrics, text, cell, x - left)
        self.chosen.emit(iteration, quantities[part] if quantities else None)

    def _quantities(self, row: int, column: int) -> tuple[Quantity, ...]:
        """What a blank cell will show: chosen, it comes about."""
        known = self._table.row(row)
        assert known.record is not None
        return self._table.columns[column].cell(known.record, known.place.sample).quantities

    def _choose_row(self, row: int) -> None:
        self.chosen.emit(self._table.place(row).iteration, None)

    # -- keys ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # The window has the same keys for its diagram; here they mean the table.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            keys = QKeySequence.StandardKey
            if any(event.matches(key) for key in (keys.Copy, keys.SelectAll)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.choose(index.row(), index.column())
        else:
            super().keyPressEvent(event)

    def areas(self) -> list[QItemSelectionRange]:
        """What is selected for copying."""
        selection = self.selectionModel().selection()
        return [selection.at(k) for k in range(selection.count())]

    def selected_rows(self) -> list[int]:
        """Rows in which some cell is selected, in order."""
        rows = {row for a in self.areas() for row in range(a.top(), a.bottom() + 1)}
        return sorted(rows)
