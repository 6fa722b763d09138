"""The step table on screen: scrolling, following the position, widths, keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QItemSelectionRange, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollBar, QTableView, QWidget

from nnsim.core.numbers import joined
from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.session.table import Column, Group
from nnsim.session.walk import Moment
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.panels.step_table.header import GroupedHeader
from nnsim.ui.panels.step_table.model import StepTableModel
from nnsim.ui.panels.step_table.painting import PADDING, CellPainter, Chosen, part_at
from nnsim.ui.panels.step_table.row_header import Corner, RowHeader
from nnsim.ui.panels.step_table.sections import rectangles, sections_in

_SHORT = "-0.5"
_COUNTS = {Group.EPOCH: "000", Group.SAMPLE: "000"}


class StepTableView(QTableView):
    """Shows a ``StepTableModel``.

    ``chosen(iteration, quantity)``: a person clicked on a number, or on the number of a row
    (quantity None).  ``copy_wanted()``: the keys for copying were pressed.  ``is_narrow()``: a
    number is cut until ``make_room`` is called.
    """

    chosen = Signal(int, object)
    copy_wanted = Signal()
    is_narrow = Signal()

    def __init__(self, model: StepTableModel, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("step_table_view")
        self._table = model
        self._preferences = preferences
        use_flat_bars(self, preferences)
        self._found: frozenset[int] = frozenset()
        #: whether numbers of this document are short on paper, or have many decimals
        self.is_exact = True
        self.setModel(model)
        self.cells = CellPainter(model, preferences)
        self._header = GroupedHeader(self, preferences)
        self._rows = RowHeader(self, preferences, self._look)
        self.setHorizontalHeader(self._header)
        self.setVerticalHeader(self._rows)
        self._corner = Corner(self, preferences)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.cells.use(self.font())
        self._rows.sectionClicked.connect(self._choose_row)
        # In place of Qt's own answer, which lays out and paints all of the table.
        self._rows.sectionCountChanged.disconnect()
        self._rows.sectionCountChanged.connect(self._row_count_changed)
        # The header hears of new rows before and after this.
        model.rowsAboutToBeInserted.connect(self._rows.keep_painted)
        model.rowsInserted.connect(lambda parent, first, last: self._rows.paint_from(first))
        model.store.arrived.connect(self._arrived)
        model.modelReset.connect(self.fit)
        model.changed.connect(self.refresh)
        model.extra_changed.connect(self._fit_extra)
        self._digits = 0
        # What is on screen: the frame, and where its selected number stands.
        self._marked: Frame | None = None
        self._current_row: int | None = None
        self._selected: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._has_extra = False
        # Whether the column of a selected number that has no other is scrolled to.
        self._reveals_extra = True

    # -- looks -----------------------------------------------------------------------------------

    def _look(self, row: int) -> str:
        place = self._table.place(row)
        if place.iteration == self.cells.current_iteration:
            return "current" if row == self._table.current_row else "near"
        if row in self.cells.marked_rows:
            return "found"
        return "later" if place.iteration > self.cells.current_iteration else ""

    def mark(self, iteration: int, marked: Iterable[int]) -> None:
        """The iteration that is looked at, and the rows that the sentence below speaks of.

        Only what looks different now is painted again.
        """
        cells, table = self.cells, self._table
        before, cells.current_iteration = cells.current_iteration, iteration
        frame_before, self._marked = self._marked, table.frame
        selected_before, self._selected = self._selected, table.selected_cell()
        marked_before, cells.marked_rows = cells.marked_rows, frozenset(marked)
        if abs(iteration - before) > 1 or marked_before != cells.marked_rows:
            self.refresh()
            return
        frame = self._marked
        row_before, self._current_row = self._current_row, table.current_row
        if frame is None or frame_before is None or frame.record is not frame_before.record:
            self._repaint_rows({*table.rows_of(before), *table.rows_of(iteration)})
        elif frame is not frame_before:
            columns = range(self._header.visualIndexAt(0), self._last_column() + 1)
            for row, column in table.cells_between(frame_before, frame, columns):
                self._repaint_cell(row, column)
            if row_before != self._current_row:
                self._repaint_rows((row_before, self._current_row))
        if selected_before != self._selected:
            for row, cells_of_row in (selected_before, self._selected):
                for column, _ in cells_of_row:
                    self._repaint_cell(row, column)

    def _repaint_rows(self, rows: Iterable[int | None]) -> None:
        first, last = self._rows_in_sight()
        width, side = self.viewport().width(), self._rows.viewport().width()
        for row in rows:
            if row is not None and first <= row <= last:
                top, height = self.rowViewportPosition(row), self.rowHeight(row)
                self.viewport().update(0, top, width, height)
                self._rows.viewport().update(0, top, side, height)

    def _repaint_cell(self, row: int, column: int) -> None:
        if row < self._table.rowCount() and column < self._table.columnCount():
            self.viewport().update(
                self.columnViewportPosition(column),
                self.rowViewportPosition(row),
                self.columnWidth(column),
                self.rowHeight(row),
            )

    def _last_column(self) -> int:
        last = self._header.visualIndexAt(self.viewport().width() - 1)
        return last if last >= 0 else self._table.columnCount() - 1

    def _repaint_column(self, column: int) -> None:
        left, width = self.columnViewportPosition(column), self.columnWidth(column)
        self.viewport().update(left, 0, width, self.viewport().height())

    def refresh(self) -> None:
        """Paint all that is in sight again."""
        self.viewport().update()
        self._rows.viewport().update()

    def say(self) -> None:
        """Take words, colours and sizes again."""
        self._corner.say(self._preferences.say("column.course.iteration"))
        self.cells.use(self.font())
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
        self._has_extra = self._table.is_extra(len(self._table.columns) - 1)

    def _fitting_width(self, column: int) -> int:
        heading = self._header.sectionSizeFromContents(column).width()
        longest = self._longest(self._table.columns[column])
        numbers = QFontMetricsF(self.font()).horizontalAdvance(longest) + 2 * PADDING
        return max(round(numbers), heading)

    def _fit_extra(self, column: int) -> None:
        had_one, self._has_extra = self._has_extra, self._table.is_extra(column)
        if self._has_extra:
            self._header.read_again(column)
            # Never narrower than it was: a table that is stepped through stands still.
            least = self.columnWidth(column) if had_one else 0
            width = max(self._fitting_width(column), least)
            if width != self.columnWidth(column):
                self.setColumnWidth(column, width)
            self._repaint_column(column)

    def _longest(self, column: Column) -> str:
        if column.group in _COUNTS:
            return _COUNTS[column.group]
        short = self.is_exact or column.group in (Group.INPUTS, Group.TARGETS)
        number = _SHORT if short else "-0.0" + "0" * self._preferences.digits
        mark = self._preferences.mark
        return joined([number.replace(".", mark)] * max(len(column.quantities), 1), mark)

    def make_room(self) -> None:
        """Widen the columns whose numbers were cut."""
        wanted, self.cells.too_narrow = self.cells.too_narrow, {}
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
        self._table.missed = False
        chosen = self._chosen()
        painter = QPainter(self.viewport())
        for area in rectangles(event.region()):
            columns, rows = sections_in(self._header, area), sections_in(self._rows, area)
            if columns and rows:
                self.cells.paint(painter, columns, rows, chosen)
        painter.end()
        if self._table.missed:
            self._table.store.want(*self._in_sight())
        if self.cells.too_narrow:
            self.is_narrow.emit()

    def _chosen(self) -> Chosen:
        index = self.currentIndex()
        has_keys = index.isValid() and (self.hasFocus() or self.viewport().hasFocus())
        return Chosen(
            tuple((a.top(), a.bottom(), a.left(), a.right()) for a in self.areas()),
            (index.row(), index.column()) if has_keys else None,
        )

    def fetch(self) -> None:
        """Fetch what is in sight now, before it is painted, as far as that is quick."""
        self._table.store.want(*self._in_sight(), ahead=0)
        self._table.store.fetch()

    def _rows_in_sight(self) -> tuple[int, int]:
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._table.rowCount() - 1

    def _in_sight(self) -> tuple[int, int]:
        """The first and the last iteration in sight."""
        first, last = self._rows_in_sight()
        return self._table.place(first).iteration, self._table.place(last).iteration

    def _arrived(self, first: int, last: int) -> None:
        rows = self._table.rows_of
        shown_first, shown_last = self._in_sight()
        for iteration in range(max(first, shown_first), min(last, shown_last) + 1):
            self._repaint_rows(rows(iteration))

    def _row_count_changed(self, before: int, after: int) -> None:
        if not before or after <= before:
            self.rowCountChanged(before, after)
            return
        bar, viewport = self.verticalScrollBar(), self.viewport()
        top = self.rowViewportPosition(before)
        viewport.update(0, top, viewport.width(), viewport.height() - top)
        if bar.maximum() > 0:
            bar.setMaximum(self._rows.length() - viewport.height())
        elif self._rows.length() > viewport.height():
            self.updateGeometries()

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
        row = selected if selected >= 0 else row
        if row >= self._table.rowCount() or not self._table.columns:
            return
        if self._rows.length() - self.viewport().height() > self.verticalScrollBar().maximum():
            # The scroll bar may not have been told yet of the rows that were added.
            self.updateGeometries()
        # Not scrollTo: to keep the columns where they are it would have to be taken back, and
        # all that is in sight would be painted again.
        size = self.viewport().size()
        top = self.rowViewportPosition(row)
        _bring(self.verticalScrollBar(), top, self.rowHeight(row), size.height())
        column = cells[0][0] if cells else -1
        if column >= 0 and (self._reveals_extra or not self._table.is_extra(column)):
            left = self.columnViewportPosition(column)
            _bring(self.horizontalScrollBar(), left, self.columnWidth(column), size.width())

    def follow_selection(self, last: Moment | None) -> None:
        """Another number is selected: show it, if need be in a column of its own.

        Where it is the number of the ``last`` moment a person is stepping: then that column is
        filled without the table being scrolled.
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


def _bring(bar: QScrollBar, start: int, size: int, room: int) -> None:
    """Scroll as little as it takes to have in sight what begins here and is of this size."""
    if start < 0 or size > room:
        bar.setValue(bar.value() + start)
    elif start + size > room:
        bar.setValue(bar.value() + start + size - room)
