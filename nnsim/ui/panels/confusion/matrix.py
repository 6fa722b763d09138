"""The confusion matrix as a widget: cells are chosen with the mouse or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMarginsF, QPoint, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnsim.session.predictions import ClassScores
from nnsim.ui.bridge.pictures import Picture
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.confusion.drawing import MatrixDrawing

_MARGIN = 6.0
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)

Cell = tuple[int, int]


class MatrixView(QWidget):
    """Shows the scores of classes.

    ``chosen(cell)``: a person chose the cell (wanted class, class it is taken for), or None.
    ``pointed(cell)``: the cell below the mouse or with the keyboard, None for none.
    """

    chosen = Signal(object)
    pointed = Signal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusion_matrix")
        self._preferences = preferences
        self._scores: ClassScores | None = None
        self._names: tuple[str, ...] = ()
        self.cell: Cell | None = None
        self._focus: Cell = (0, 0)
        self._marked: Cell | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def sizeHint(self) -> QSize:
        return QSize(520, 400)

    @property
    def scores(self) -> ClassScores | None:
        """What is shown."""
        return self._scores

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self._names

    def show_scores(self, scores: ClassScores, names: tuple[str, ...]) -> None:
        """Show other scores; a chosen cell that is no more is given up."""
        self._scores = scores
        if names != self._names:
            self._names = names
            self._focus = (0, 0)
            self.choose(None)
        self._describe()
        self.update()

    def choose(self, cell: Cell | None) -> None:
        """Choose a cell, or none."""
        if cell != self.cell:
            self.cell = cell
            self.chosen.emit(cell)
            self.update()

    @property
    def marked(self) -> Cell | None:
        """The cell in which the selected sample stands."""
        return self._marked

    def mark(self, cell: Cell | None) -> None:
        """Mark the cell in which the selected sample stands; None where it stands in none."""
        if cell != self._marked:
            self._marked = cell
            self.update()

    def words_of(self, cell: Cell) -> str:
        """What a cell says, in a sentence."""
        assert self._scores is not None
        matrix, (row, column) = self._scores.matrix, cell
        count, own, total = int(matrix[cell]), int(matrix[row].sum()), int(matrix.sum())
        key = "confusion.right" if row == column else "confusion.wrong"
        drawing = self._drawing()
        return self._preferences.say(
            key,
            n=count,
            wanted=self._names[row],
            found=self._names[column],
            of_class=drawing.percent(count / own if own else 0.0),
            of_all=drawing.percent(count / total if total else 0.0),
        )

    def _describe(self) -> None:
        if self._names:
            self.setAccessibleDescription(self.words_of(self._focus))

    def _drawing(self) -> MatrixDrawing:
        assert self._scores is not None
        return MatrixDrawing(self._scores, self._names, self._preferences, self.font())

    def _area(self) -> QRectF:
        return QRectF(self.rect()).marginsRemoved(QMarginsF(*4 * [_MARGIN]))

    def cell_rect(self, cell: Cell) -> QRectF:
        """Where a cell stands in the widget."""
        return self._drawing().grid(self._area()).cell(*cell)

    def cell_at(self, place: QPoint) -> Cell | None:
        """The cell at a place of the widget."""
        if self._scores is None:
            return None
        return self._drawing().grid(self._area()).at(place.toPointF())

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._preferences.theme.color("surface"))
        if self._scores is not None:
            focus = self._focus if self.hasFocus() else None
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._drawing().paint(painter, self._area(), self.cell, focus, self._marked)
        painter.end()

    def picture(self, caption: str, name: str) -> Picture:
        """The matrix as it stands, with a line of words above it."""
        drawing, area = self._drawing(), QRectF(self.rect())
        line = self.fontMetrics().height() + 2 * _MARGIN

        def paint(painter: QPainter) -> None:
            theme = self._preferences.theme
            painter.fillRect(area.adjusted(0, 0, 0, line), theme.color("surface"))
            painter.setFont(self.font())
            painter.setPen(theme.color("text"))
            heading = QRectF(_MARGIN, _MARGIN, area.width() - 2 * _MARGIN, line)
            painter.drawText(heading, Qt.AlignmentFlag.AlignLeft, caption)
            drawing.paint(painter, self._area().translated(0, line))

        return Picture(QSizeF(area.width(), area.height() + line), paint, name)

    # -- mouse and keyboard ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses a cell; the next one on it gives it up."""
        super().mousePressEvent(event)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        cell = self.cell_at(event.position().toPoint())
        if cell is not None:
            self._focus = cell
            self._describe()
        self.choose(None if cell == self.cell else cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.pointed.emit(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def event(self, event: QEvent) -> bool:
        """A cell that is too small for its number says it beside the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words_of(cell) if cell else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the cells, Return and the space bar choose, Escape gives up."""
        key = Qt.Key(event.key())
        if key in _STEPS and self._names:
            last = len(self._names) - 1
            row, column = (
                min(max(place + step, 0), last)
                for place, step in zip(self._focus, _STEPS[key], strict=True)
            )
            self._focus = row, column
            self._describe()
            self.pointed.emit(self._focus)
            self.update()
        elif key in _CHOOSE and self._names:
            self.choose(None if self.cell == self._focus else self._focus)
        elif key == Qt.Key.Key_Escape and self.cell is not None:
            self.choose(None)
        elif key == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.customContextMenuRequested.emit(self.rect().center())
        else:
            super().keyPressEvent(event)
