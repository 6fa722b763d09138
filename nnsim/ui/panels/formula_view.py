"""The area in which an explanation is read and scrolled, and its links are followed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from nnsim.engine.record import Quantity
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.panels.formula_content import Content
from nnsim.ui.panels.formula_sheet import Sheet

_NEXT = (Qt.Key.Key_Right, Qt.Key.Key_Down)
_PREVIOUS = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class FormulaView(QAbstractScrollArea):
    """Shows a ``Content``.

    ``chosen(quantity)``: a link was clicked, or chosen with the arrow keys and Return.
    ``copy_wanted()`` and ``back_wanted()``: their keys were pressed.
    """

    chosen = Signal(object)
    copy_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("formula_view")
        self._preferences = preferences
        use_flat_bars(self, preferences)
        self._content = Content()
        self._sheet: Sheet | None = None
        self._hovered = self._focused = -1
        #: room at the right of the title, for the buttons that stand there
        self.title_margin = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        # It paints its own ground: what lies below need not be painted first.
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)

    @property
    def content(self) -> Content:
        """What is shown."""
        return self._content

    def show_content(self, content: Content) -> None:
        """Show another explanation."""
        if content == self._content and self._sheet is not None:
            return
        if content.title != self._content.title:
            self.verticalScrollBar().setValue(0)
            self.horizontalScrollBar().setValue(0)
        if len(content.terms) != len(self._content.terms):
            self._focused = -1
        self._content = content
        self.setAccessibleDescription(content.latex or content.note)
        former, was_hovered = self._sheet, self._hovered >= 0
        self._hovered = -1
        sheet = self._lay_out()
        if former is None or was_hovered:
            self.viewport().update()
        else:
            changed = sheet.changes_from(former)
            self.viewport().update(changed.translated(-self._scrolled()))

    def lay_out(self) -> None:
        """Lay the explanation out again: for another width, font or zoom."""
        self._lay_out()
        self.viewport().update()

    def _lay_out(self) -> Sheet:
        width = self.viewport().width()
        self._sheet = sheet = Sheet(
            self._content, width, self.font(), self._preferences.zoom, self.title_margin
        )
        for bar, size, page in (
            (self.verticalScrollBar(), sheet.height, self.viewport().height()),
            (self.horizontalScrollBar(), sheet.width, width),
        ):
            bar.setPageStep(page)
            bar.setSingleStep(round(20 * self._preferences.zoom))
            bar.setRange(0, max(round(size) - page, 0))
        return sheet

    @property
    def sheet(self) -> Sheet | None:
        """The layout that is shown; None before the first explanation."""
        return self._sheet

    # -- events ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sheet is not None:
            self.lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._sheet is not None:
            self.lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._preferences.theme
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("surface"))
        if self._sheet is not None:
            scrolled = self._scrolled()
            painter.translate(-scrolled)
            focused = self._focused if self.hasFocus() else -1
            seen = event.rect().translated(scrolled)
            self._sheet.paint(painter, theme, self._hovered, focused, seen)
        painter.end()

    def _scrolled(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _point(self, position: QPointF) -> QPointF:
        return position + self._scrolled().toPointF()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._sheet.chip_at(self._point(event.position())) if self._sheet else -1
        if hovered != self._hovered:
            self._hovered = hovered
            hand = Qt.CursorShape.PointingHandCursor if hovered >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(hand)
            if hovered >= 0:
                where = event.globalPosition().toPoint()
                QToolTip.showText(where, self._preferences.say("formula.term_tip"), self)
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._sheet is not None:
            self._choose(self._sheet.chip_at(self._point(event.position())))

    def event(self, event: QEvent) -> bool:
        # The window has the same keys for its diagram; here they mean the formula.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_copy = event.matches(QKeySequence.StandardKey.Copy)
            if is_copy or event.key() in (*_PRESS, Qt.Key.Key_Backspace):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self._sheet.chips) if self._sheet else 0
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == Qt.Key.Key_Backspace:
            self.back_wanted.emit()
        elif count and event.key() in (*_NEXT, *_PREVIOUS) and not event.modifiers():
            step = 1 if event.key() in _NEXT else -1
            start = -1 if step > 0 else count
            focused = self._focused if self._focused >= 0 else start
            self._focus(min(max(focused + step, 0), count - 1))
        elif event.key() in _PRESS and self._focused >= 0:
            self._choose(self._focused)
        else:
            super().keyPressEvent(event)

    def _focus(self, number: int) -> None:
        self._focused = number
        assert self._sheet is not None
        rect = self._sheet.chips[number].rect
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setValue(round(max(min(bar.value(), rect.top()), rect.bottom() - height)))
        self.viewport().update()

    def focusInEvent(self, event: QEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.viewport().update()

    def _choose(self, number: int) -> None:
        if self._sheet is not None and 0 <= number < len(self._sheet.chips):
            self._emit(self._sheet.chips[number].quantity)

    def _emit(self, quantity: Quantity) -> None:
        self._focused = -1
        self.chosen.emit(quantity)
