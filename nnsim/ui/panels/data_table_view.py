"""The table of samples on screen: cells, headings, keys."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QItemSelectionRange, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QLineEdit, QTableView, QWidget

from nnsim.core.messages import NnsimError
from nnsim.data.editing import as_lines, renamed
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.panels.data_table_cells import DataDelegate
from nnsim.ui.panels.data_table_model import DataModel
from nnsim.ui.panels.number_cells import NumberEdit
from nnsim.ui.panels.step_table import GroupedHeader, RowHeader, paint_corner

# Rows that column widths are fitted to.
_ROWS_MEASURED = 50
# More rows than fit on a screen are painted as a whole.
_MANY_ROWS = 100
_WIDEST_SHARE = 60
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DataView(QTableView):
    """Shows a ``DataModel``.

    ``problem_found(message)``: what was typed is no number (None: it is now, or was given up).
    ``pasted(row, column, text)``, ``removal_wanted()``, ``insertion_wanted()``: keys were pressed.
    ``renamed(column, name)``: a heading was typed.
    """

    problem_found = Signal(object)
    pasted = Signal(int, int, str)
    removal_wanted = Signal()
    insertion_wanted = Signal()
    renamed = Signal(int, str)

    def __init__(self, model: DataModel, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data_view")
        self._data = model
        self._preferences = preferences
        use_flat_bars(self, preferences)
        self._heading_editor: QLineEdit | None = None
        self._heading = 0
        self.setModel(model)
        self.setItemDelegate(DataDelegate(preferences, model, self))
        self._header = GroupedHeader(self, preferences)
        self._rows = RowHeader(self, preferences, self._look)
        self.setHorizontalHeader(self._header)
        self.setVerticalHeader(self._rows)
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
        self._header.sectionDoubleClicked.connect(self.edit_heading)
        model.modelReset.connect(self.fit)
        model.rowsInserted.connect(self._fit_rows)
        self.fit()

    def _look(self, row: int) -> str:
        if row == self._data.current:
            return "current"
        return "near" if row in self._data.batch else ""

    # -- sizes -----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Give rows and columns the sizes that their contents and the font ask for."""
        self._fit_rows()
        metrics = self.fontMetrics()
        rows = range(min(len(self._data.table), _ROWS_MEASURED))
        widths = []
        for column in range(self._data.columnCount()):
            texts = (self._data.index(row, column).data() for row in rows)
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            heading = self._header.sectionSizeFromContents(column).width()
            widths.append(max(widest + round(16 * self._preferences.zoom), heading))
        spare = self.viewport().width() - sum(widths)
        share = min(
            max(spare, 0) // max(len(widths), 1), round(_WIDEST_SHARE * self._preferences.zoom)
        )
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width + share)

    def _fit_rows(self) -> None:
        self._rows.fit(len(self._data.table))
        self.updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def say(self) -> None:
        """Show words, numbers and colours again."""
        paint_corner(self, self._preferences)
        self._header.say()
        self.fit()
        for part in (self, self._rows):
            part.viewport().update()

    def repaint_rows(self, rows: Collection[int]) -> None:
        """Paint these rows again, and nothing else of the table."""
        if len(rows) > _MANY_ROWS:
            self.viewport().update()
            self._rows.viewport().update()
            return
        for row in rows:
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            if -height < top < self.viewport().height():
                self.viewport().update(0, top, self.viewport().width(), height)
                self._rows.viewport().update(0, top, self._rows.width(), height)

    @property
    def is_editing(self) -> bool:
        """Whether a cell is being typed into."""
        return self.state() == self.State.EditingState

    @property
    def left_column(self) -> int:
        """The leftmost column in sight."""
        return max(self.columnAt(0), 0)

    def go_to(self, row: int, column: int) -> None:
        """Put the keyboard into a cell."""
        self.setCurrentIndex(self._data.index(row, column))

    # -- numbers ---------------------------------------------------------------------------------

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        gives_up = hint == QAbstractItemDelegate.EndEditHint.RevertModelCache
        if isinstance(editor, NumberEdit) and not gives_up and editor.problem is not None:
            editor.show_problem(editor.problem)
            self.problem_found.emit(editor.problem)
            editor.setFocus()
            return
        self.problem_found.emit(None)
        super().closeEditor(editor, hint)

    def selected_rows(self) -> list[int]:
        """Rows of the samples in which some cell is selected, in order."""
        rows = {row for area in self._areas() for row in range(area.top(), area.bottom() + 1)}
        return sorted(row for row in rows if not self._data.is_new_row(row))

    def _areas(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(k) for k in range(selection.count())]

    def copy(self) -> None:
        """Put the selected cells on the clipboard, as a spreadsheet does."""
        areas = self._areas()
        if not areas:
            return
        left, right = min(a.left() for a in areas), max(a.right() for a in areas)
        rows = self.selected_rows()
        if rows:
            values = self._data.table.values[rows, left : right + 1]
            QGuiApplication.clipboard().setText(as_lines(values, self._preferences.mark))

    def paste(self) -> None:
        """Put the numbers of the clipboard in from the current cell on."""
        index = self.currentIndex()
        row, column = (index.row(), index.column()) if index.isValid() else (0, 0)
        self.pasted.emit(row, column, QGuiApplication.clipboard().text())

    # -- keys ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # The window has the same keys for its diagram; here they mean the table.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._is_own(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _is_own(self, event: QKeyEvent) -> bool:
        keys = QKeySequence.StandardKey
        return (
            any(event.matches(key) for key in (keys.Copy, keys.Paste, keys.SelectAll, keys.Delete))
            or event.key() == Qt.Key.Key_Insert
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QKeySequence.StandardKey
        if event.matches(keys.Copy):
            self.copy()
        elif event.matches(keys.Paste):
            self.paste()
        elif event.matches(keys.Delete):
            self.removal_wanted.emit()
        elif event.key() == Qt.Key.Key_Insert and not event.modifiers():
            self.insertion_wanted.emit()
        elif event.key() in _RETURN and not self.is_editing and self.currentIndex().isValid():
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    # -- headings --------------------------------------------------------------------------------

    def edit_heading(self, column: int) -> None:
        """Let a person type another name for a column, in its heading."""
        header = self._header
        editor = QLineEdit(header.viewport())
        editor.setObjectName("data_heading_editor")
        editor.setAccessibleName(self._preferences.say("data_table.rename"))
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setText(self._data.table.names[column])
        editor.selectAll()
        height = editor.sizeHint().height()
        width = max(header.sectionSize(column), self.fontMetrics().averageCharWidth() * 12)
        left = min(header.sectionViewportPosition(column), header.viewport().width() - width)
        editor.setGeometry(QRect(max(left, 0), header.height() - height, width, height))
        editor.installEventFilter(self)
        editor.editingFinished.connect(lambda: self._rename(column))
        self._drop_heading_editor()
        self._heading_editor, self._heading = editor, column
        editor.show()
        editor.setFocus()

    def _rename(self, column: int) -> None:
        editor = self._heading_editor
        if editor is None:
            return
        name = editor.text()
        try:
            renamed(self._data.table, column, name)
        except NnsimError as error:
            self.problem_found.emit(error.messages[0])
            # Return leaves the name to be put right, leaving the field gives it up.
            if not editor.hasFocus():
                self._drop_heading_editor()
            return
        self._drop_heading_editor()
        self.renamed.emit(column, name)

    def _drop_heading_editor(self) -> None:
        editor, self._heading_editor = self._heading_editor, None
        if editor is not None:
            had_focus = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had_focus:
                self.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._heading_editor and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self._drop_heading_editor()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in _RETURN:
                # Else the field would hand the key on to the table.
                self._rename(self._heading)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
