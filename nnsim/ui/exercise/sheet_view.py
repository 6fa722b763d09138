"""The sheet on screen: cells, headings, and the keys of a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QComboBox, QTableView, QWidget

from nnsim.exercises.sheet import Block, Cell
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.exercise.cells import AnswerDelegate, sign_room
from nnsim.ui.exercise.row_headings import RowHeadings
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.sheet_model import Index, SheetModel
from nnsim.ui.panels.step_table import GroupedHeader, paint_corner

_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_UP_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_LEFT_RIGHT = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_PADDING = 18.0
_LINES, _MORE_LINES = 1.7, 0.9
_LEAST_ROWS = 3
_CHOICE_LETTERS = 14
# A column of answers alone takes the room of about so many digits.
_LIST_DIGITS = 14
_LIST_ROWS, _ROWS_SHARE, _LEAST_ROWS_SHARE = 0.48, 0.62, 0.2


class SheetView(QTableView):
    """Shows one table of a sheet; its current cell is that of the run, where that is in it.

    ``done()``: Return was pressed with no cell left to go to.  ``left(rows, columns)``: an arrow
    went over the edge of the table in this direction.
    """

    done = Signal()
    left = Signal(int, int)

    def __init__(
        self, run: ExerciseRun, block: Block, preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exercise_sheet")
        self._run = run
        self._preferences = preferences
        self._sheet = SheetModel(run, block, preferences)
        # Typing began the editing, so the arrows leave the cell; after F2 they move in the text.
        self._is_quick = False
        self._is_moving = False
        self._room = 0
        self._is_whole = False
        use_flat_bars(self, preferences)
        self.setModel(self._sheet)
        self.setItemDelegate(AnswerDelegate(preferences, self._sheet, self))
        self._header = GroupedHeader(self, preferences)
        self._header.setSectionsClickable(False)
        self._rows = RowHeadings(self, preferences)
        self.setHorizontalHeader(self._header)
        self.setVerticalHeader(self._rows)
        self._rows.setVisible(self._sheet.has_row_headings)
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(
            self.EditTrigger.DoubleClicked
            | self.EditTrigger.AnyKeyPressed
            | self.EditTrigger.EditKeyPressed
        )
        run.moved.connect(self._follow)
        self.say()
        self._follow()

    @property
    def sheet(self) -> SheetModel:
        """The model."""
        return self._sheet

    # -- sizes -----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Give rows and columns the sizes that their contents and the font ask for."""
        self._rows.fit(*self._rows_bounds())
        # Now and not later: the viewport is what the row headings leave.
        self.updateGeometries()
        columns = self._sheet.columnCount()
        widths = [self._wanted(column) for column in range(columns)]
        spare = max(self.viewport().width() - sum(widths), 0)
        widths = [w + spare // columns + (n < spare % columns) for n, w in enumerate(widths)]
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self._fit_rows()
        self.updateGeometries()

    def _rows_bounds(self) -> tuple[int, int]:
        """How wide the names of the rows may be; in a list the answers come first."""
        width = self.width()
        most = round(width * _ROWS_SHARE)
        if not self._sheet.is_list:
            return 0, most
        bar = self.verticalScrollBar().sizeHint().width()
        rest = width - self._wanted(0) - bar - 2 * self.frameWidth()
        most = min(most, max(rest, round(width * _LEAST_ROWS_SHARE)))
        return min(round(width * _LIST_ROWS), most), most

    def _fit_rows(self) -> None:
        """Rows as high as their formulas ask for, and higher where there is room for all."""
        line = QFontMetricsF(self.font()).height()
        rows = range(self._sheet.rowCount())
        least = [
            max(_LINES * line, self._rows.wanted_height(row), self._choices_height(row))
            for row in rows
        ]
        room = self._room - self._header.sizeHint().height() - 2 * self.frameWidth()
        share = min(max((room - sum(least)) / max(len(rows), 1), 0.0), _MORE_LINES * line)
        for row, height in zip(rows, least, strict=True):
            self._rows.resizeSection(row, int(height + share))
        # No higher than its rows: the verdict stands right below them.
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() > 0 else 0
        rest = self._header.sizeHint().height() + 2 * self.frameWidth() + below
        self.setMaximumHeight(self._rows.length() + rest)
        few = sum(self.rowHeight(row) for row in rows[:_LEAST_ROWS])
        shown = self._rows.length() if self._is_whole else min(few, self._rows.length())
        self.setMinimumHeight(shown + rest)

    def _choices_height(self, row: int) -> float:
        """How high the longest options of a row are, in the widths of now."""
        bold = QFont(self.font())
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        height = 0.0
        for column in range(self._sheet.columnCount()):
            cell = self._sheet.at(row, column)
            if cell is not None and cell.kind == "choice":
                width = self.columnWidth(column) - sign_room(self._preferences.zoom) - _PADDING
                room = QRectF(0, 0, max(width, 1), 1e6)
                flags = Qt.TextFlag.TextWordWrap
                text = self._sheet.widest(cell)
                height = max(height, metrics.boundingRect(room, flags, text).height() + _PADDING)
        return height

    def show_whole(self) -> None:
        """Never scroll up and down: what is around the table does."""
        self._is_whole = True
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit_rows()

    def set_room(self, room: int) -> None:
        """Make rows higher where the sheet has so many pixels to itself."""
        if room != self._room:
            self._room = room
            self._fit_rows()

    def _wanted(self, column: int) -> int:
        bold = QFont(self.font())
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        zoom = self._preferences.zoom
        width = 0.0
        for row in range(self._sheet.rowCount()):
            cell = self._sheet.at(row, column)
            if cell is None:
                continue
            room = sign_room(zoom) if cell.asked else 0.0
            if cell.kind == "choice":
                # What is chosen goes on in further lines where the column is narrow.
                width = max(width, metrics.averageCharWidth() * _CHOICE_LETTERS + room)
                continue
            text, solution = self._sheet.text(cell), self._sheet.solution(cell)
            shown = metrics.horizontalAdvance(text)
            if solution:
                shown += metrics.horizontalAdvance(solution) + 8 * zoom
            else:
                shown = max(shown, metrics.horizontalAdvance(self._sheet.widest(cell)))
            width = max(width, shown + room)
        if self._sheet.is_list:
            width = max(width, metrics.horizontalAdvance("0" * _LIST_DIGITS))
        heading = self._header.sectionSizeFromContents(column).width()
        return max(round(width + _PADDING * zoom), heading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()
            if self.is_current:
                self.scrollTo(self.currentIndex())

    def say(self) -> None:
        """Show words, numbers and colours again."""
        paint_corner(self, self._preferences)
        self.setAccessibleName(self._preferences.say("exercise_room.sheet"))
        self._header.say()
        self.fit()
        for part in (self, self._rows):
            part.viewport().update()

    # -- where the person is ---------------------------------------------------------------------

    def _follow(self) -> None:
        if not self._sheet.holds(self._run.current):
            self._rows.set_current(-1)
            self.clearSelection()
            return
        index = self._sheet.index_of(self._run.current)
        self._rows.set_current(index.row())
        if index != self.currentIndex() or not self.selectionModel().isSelected(index):
            self._is_moving = True
            self.setCurrentIndex(index)
            self._is_moving = False
        self.scrollTo(index)

    @property
    def is_current(self) -> bool:
        """Whether the current cell of the run is in this table."""
        return self._sheet.holds(self._run.current)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        cell = self._sheet.cell(current) if current.isValid() else None
        if cell is not None and not self._is_moving:
            self._run.go_to(cell.key)

    def go_on(self) -> None:
        """To the next cell in working order that is blank or to be mended."""
        cell = self._run.next_to_do()
        if cell is not None:
            self._run.go_to(cell.key)
        elif not self._run.blanks:
            self.done.emit()

    def _step(self, by: int) -> bool:
        """To the next or previous asked cell in the order of reading; False past the last."""
        order = sorted(self._run.sheet.asked, key=lambda cell: (cell.row, cell.column))
        here = self._run.cell
        place = (here.row, here.column)
        ahead = [c for c in order if ((c.row, c.column) > place) == (by > 0) and c.key != here.key]
        if not ahead:
            return False
        self._run.go_to(ahead[0 if by > 0 else -1].key)
        return True

    def _move(self, rows: int, columns: int) -> None:
        """To the nearest cell in a direction, past places where there is none."""
        index = self.currentIndex()
        row, column = index.row() + rows, index.column() + columns
        while 0 <= row < self._sheet.rowCount() and 0 <= column < self._sheet.columnCount():
            found = self._sheet.at(row, column)
            if found is not None:
                self._run.go_to(found.key)
                return
            row, column = row + rows, column + columns
        self.left.emit(rows, columns)

    def enter_from(self, rows: int, column: int) -> bool:
        """Take the first or last cell of a column for the current one; False without any."""
        order = range(self._sheet.rowCount())
        for row in order if rows > 0 else reversed(order):
            found = self._sheet.at(row, min(column, self._sheet.columnCount() - 1))
            if found is not None:
                self._run.go_to(found.key)
                return True
        return False

    # -- editing ---------------------------------------------------------------------------------

    def edit(  # type: ignore[override]
        self,
        index: Index,
        trigger: QTableView.EditTrigger = QTableView.EditTrigger.AllEditTriggers,
        event: QEvent | None = None,
    ) -> bool:
        self._is_quick = trigger == self.EditTrigger.AnyKeyPressed
        # Qt's own slot comes here without an event, which its stubs do not foresee.
        return bool(super().edit(index, trigger, event))  # type: ignore[arg-type]

    @property
    def is_editing(self) -> bool:
        """Whether a cell is being typed into."""
        return self.state() == self.State.EditingState

    def edit_key(self, editor: QWidget, event: QKeyEvent) -> bool:
        """A key while a cell is being typed into; True where it was the table's."""
        key = Qt.Key(event.key())
        is_list = isinstance(editor, QComboBox)
        if key in _RETURN:
            self._commit(editor)
            self._entered()
        elif key in _TABS:
            self._commit(editor)
            self._step(-1 if key == Qt.Key.Key_Backtab else 1)
        elif key in _UP_DOWN and not is_list and not event.modifiers():
            self._commit(editor)
            self._move(_UP_DOWN[key], 0)
        elif key in _LEFT_RIGHT and self._is_quick and not is_list and not event.modifiers():
            self._commit(editor)
            self._move(0, _LEFT_RIGHT[key])
        else:
            return False
        return True

    def _commit(self, editor: QWidget) -> None:
        self.commitData(editor)
        self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _entered(self) -> None:
        """After Return: on, unless there is a reason to be read first."""
        mark = self._run.mark_of(self._run.current)
        if mark.reasons and not mark.verdict.is_good:
            return
        self.go_on()

    # -- keys ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            # Tab never comes to keyPressEvent: it would go to the next widget before.
            if event.type() == QEvent.Type.KeyPress and event.key() in _TABS:
                if not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier and self._step(
                    -1 if event.key() == Qt.Key.Key_Backtab else 1
                ):
                    return True
            elif event.type() == QEvent.Type.ShortcutOverride and event.matches(
                QKeySequence.StandardKey.Delete
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.is_editing:
            super().keyPressEvent(event)
        elif key in _RETURN:
            self._press_return()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._run.clear(self._run.current)
        elif key in _UP_DOWN and not event.modifiers():
            self._move(_UP_DOWN[key], 0)
        elif key in _LEFT_RIGHT and not event.modifiers():
            self._move(0, _LEFT_RIGHT[key])
        elif key == Qt.Key.Key_Space and self._is_choice(self._run.cell):
            self._open_list()
        else:
            super().keyPressEvent(event)

    def _press_return(self) -> None:
        if self._is_choice(self._run.cell) and self._run.is_blank(self._run.cell):
            self._open_list()
        else:
            self.go_on()

    def _is_choice(self, cell: Cell) -> bool:
        return cell.kind == "choice" and cell.asked

    def _open_list(self) -> None:
        self.edit(self.currentIndex())
        editor = self.viewport().findChild(QComboBox, "exercise_editor")
        if editor is not None:
            editor.showPopup()
