"""The tables of a sheet one below the other, between which the keyboard goes on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QFont, QWheelEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.exercise.run import ExerciseRun
from nnsim.ui.exercise.sheet_model import SheetModel
from nnsim.ui.exercise.sheet_view import SheetView

_GAP = 12


class _WholeView(SheetView):
    """A table among others: the wheel scrolls what is around it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            event.ignore()
        else:
            super().wheelEvent(event)


class SheetStack(QWidget):
    """Shows every table of a sheet; a sheet of one table scrolls below its headings.

    ``done()``: Return was pressed with no blank cell left.
    """

    done = Signal()

    def __init__(self, run: ExerciseRun, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("exercise_sheets")
        self._run = run
        self._preferences = preferences
        blocks = run.sheet.blocks
        kind = SheetView if len(blocks) == 1 else _WholeView
        self.views = [kind(run, block, preferences, self) for block in blocks]
        self._titles = [QLabel() for _ in blocks]
        self._area: QScrollArea | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if len(blocks) == 1:
            layout.addWidget(self.views[0])
        else:
            layout.addWidget(self._stacked())
        for view in self.views:
            view.done.connect(self.done)
            view.left.connect(self._cross)
        run.moved.connect(self._follow)
        self.say()

    def _stacked(self) -> QScrollArea:
        self._area = area = QScrollArea()
        use_flat_bars(area, self._preferences)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        for title, view in zip(self._titles, self.views, strict=True):
            view.show_whole()
            layout.addWidget(title)
            layout.addWidget(view)
            layout.addSpacing(_GAP)
        layout.addStretch(1)
        area.setWidget(column)
        return area

    @property
    def model(self) -> SheetModel:
        """The model of the current table."""
        return self.current.sheet

    @property
    def current(self) -> SheetView:
        """The table that the current cell is in."""
        return next((view for view in self.views if view.is_current), self.views[0])

    @property
    def is_editing(self) -> bool:
        """Whether a cell is being typed into."""
        return any(view.is_editing for view in self.views)

    def take_keyboard(self) -> None:
        """Let keys go to the current table."""
        self.current.setFocus()

    def fit(self) -> None:
        """Fit every table to its contents."""
        for view in self.views:
            view.fit()
        if self._area is None:
            self.setMaximumHeight(self.views[0].maximumHeight())
            self.setMinimumHeight(self.views[0].minimumHeight())
        else:
            self.setMinimumHeight(self.views[0].horizontalHeader().sizeHint().height() * 4)

    def set_room(self, room: int) -> None:
        """Make the rows of a single table higher where there is so much room, in pixels."""
        if self._area is None:
            self.views[0].set_room(room)
            self.fit()

    def say(self) -> None:
        """Show words, numbers and colours again."""
        theme = self._preferences.theme
        for title, view in zip(self._titles, self.views, strict=True):
            view.say()
            title.setText(view.sheet.title)
            title.setVisible(bool(view.sheet.title) and self._area is not None)
            font = QFont(self.font())
            font.setBold(True)
            title.setFont(font)
            title.setStyleSheet(f"color: {theme.text};")
        self.fit()

    # -- from table to table -----------------------------------------------------------------------

    def _follow(self) -> None:
        if any(view.hasFocus() for view in self.views):
            self.take_keyboard()
        if self._area is not None:
            # The rows are where they will be when what is laid out now is laid out.
            QTimer.singleShot(0, self, self._reveal)

    def _reveal(self) -> None:
        view = self.current
        place = view.visualRect(view.currentIndex())
        column = None if self._area is None else self._area.widget()
        if self._area is not None and column is not None and place.isValid():
            middle = view.viewport().mapTo(column, QPoint(0, place.center().y()))
            self._area.ensureVisible(0, middle.y(), 0, 3 * place.height())

    def _cross(self, rows: int, columns: int) -> None:
        """An arrow went up or down out of a table."""
        at = self.views.index(self.current)
        column = self.current.currentIndex().column()
        if rows and 0 <= at + rows < len(self.views):
            self.views[at + rows].enter_from(rows, column)
