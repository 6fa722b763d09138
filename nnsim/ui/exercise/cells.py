"""Cells of a sheet: painted with colour and sign, and typed into as in a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnsim.exercises.answers import MAX_LENGTH
from nnsim.exercises.marking import Verdict
from nnsim.exercises.sheet import Cell
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.exercise.sheet_model import Index, SheetModel

#: The colour of each verdict; signs say the same without colour.
ROLES = {
    Verdict.RIGHT: "right",
    Verdict.CONSISTENT: "positive",
    Verdict.WRONG: "wrong",
    Verdict.UNREADABLE: "warning",
}
_SIGN_ROOM = 24.0
_TINT = 0.14


def sign_room(zoom: float) -> float:
    """How much room the sign of a verdict takes at the right of a cell."""
    return _SIGN_ROOM * zoom


def paint_sign(painter: QPainter, box: QRectF, verdict: Verdict, preferences: Preferences) -> None:
    """A tick for right, a tick with an arrow for consistent, a cross for wrong, else "?"."""
    theme = preferences.theme
    size = min(box.width(), box.height()) / 14
    middle = box.center()

    def at(x: float, y: float) -> QPointF:
        return QPointF(middle.x() + x * size, middle.y() + y * size)

    pen = QPen(theme.color(ROLES[verdict]), 2.1 * size)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if verdict is Verdict.RIGHT:
        painter.drawPolyline([at(-4.5, 0.5), at(-1.2, 4), at(5, -4.5)])
    elif verdict is Verdict.CONSISTENT:
        # It follows: an arrow below a smaller tick.
        painter.drawPolyline([at(-3, -2.5), at(-1, -0.2), at(3.4, -5.5)])
        painter.drawLine(at(-5, 4.3), at(4.5, 4.3))
        painter.drawPolyline([at(2, 2), at(4.8, 4.3), at(2, 6.6)])
    elif verdict is Verdict.WRONG:
        painter.drawLine(at(-4, -4), at(4, 4))
        painter.drawLine(at(-4, 4), at(4, -4))
    else:
        font = QFont(painter.font())
        font.setPixelSize(max(round(13 * size), 6))
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
    painter.restore()


class AnswerEdit(QLineEdit):
    """What is typed into a cell; whether it can be read is for the marking to say."""

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrame(False)
        # One more than what marking takes, so that it can say that it is too long.
        self.setMaxLength(MAX_LENGTH + 1)
        theme = preferences.theme
        self.setStyleSheet(
            f"border: 2px solid {theme.accent}; background: {theme.surface}; padding: 0;"
        )


class AnswerDelegate(QStyledItemDelegate):
    """Paints and edits the cells of a ``SheetModel``."""

    def __init__(self, preferences: Preferences, model: SheetModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._model = model

    # -- painting --------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._preferences.theme
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        cell = self._model.cell(index)
        verdict = None if cell is None else self._model.verdict(cell)
        painter.fillRect(rect, self._ground(cell, verdict))
        border = theme.color("border")
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, border)
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), border)
        if cell is not None:
            if cell.key in self._model.sources:
                height = max(round(3 * self._preferences.zoom), 2)
                bottom = rect.bottom() - height
                painter.fillRect(
                    rect.left(), bottom, rect.width() - 1, height, theme.color("accent")
                )
            self._paint_text(painter, option, cell, verdict)
        if state & QStyle.StateFlag.State_Selected:
            # Selected is the current cell alone, whether or not the keyboard is in the table.
            has_keys = bool(state & QStyle.StateFlag.State_Active)
            painter.setPen(QPen(theme.color("accent" if has_keys else "muted"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def _ground(self, cell: Cell | None, verdict: Verdict | None) -> QColor:
        theme = self._preferences.theme
        if cell is None:
            return theme.color("raised")
        if verdict is None:
            return theme.color("background")
        role = ROLES.get(verdict)
        return theme.color("surface") if role is None else theme.mixed(role, _TINT)

    def _paint_text(
        self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell, verdict: Verdict | None
    ) -> None:
        theme, zoom = self._preferences.theme, self._preferences.zoom
        box = QRectF(option.rect).adjusted(4 * zoom, 0, -4 * zoom, 0)
        if verdict in ROLES:
            room = sign_room(zoom)
            size = min(14 * zoom, box.height())
            sign = QRectF(box.right() - size, box.center().y() - size / 2, size, size)
            paint_sign(painter, sign, verdict, self._preferences)
            # The text stays in the middle of the cell where that leaves room for the sign.
            box.adjust(0, 0, -room + 4 * zoom, 0)
        font = QFont(option.font)
        solution = self._model.solution(cell)
        text = self._model.text(cell)
        metrics = QFontMetricsF(font)
        if not solution:
            font.setBold(cell.asked)
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            if cell.kind == "choice":
                flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
                painter.drawText(box, flags, text)
                return
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
            return
        # What was typed, crossed out, and what is right.
        crossed, bold = QFont(font), QFont(font)
        crossed.setStrikeOut(True)
        bold.setBold(True)
        gap = 8 * zoom if text else 0
        after = QFontMetricsF(bold).horizontalAdvance(solution)
        room = max(box.width() - after - gap, 0)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        before = metrics.horizontalAdvance(text)
        left = box.left() + max(box.width() - before - gap - after, 0) / 2
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(crossed)
        painter.setPen(theme.color("wrong"))
        painter.drawText(QRectF(left, box.top(), before + 2, box.height()), middle, text)
        painter.setFont(bold if text else font)
        painter.setPen(theme.color("text" if text else "muted"))
        place = QRectF(left + before + gap, box.top(), after + 2, box.height())
        painter.drawText(place, middle, solution)

    # -- editing ---------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        cell = self._model.cell(index)
        assert cell is not None
        editor: QWidget
        if cell.kind == "choice":
            editor = QComboBox(parent)
            editor.addItem("", "")
            for choice in cell.options:
                editor.addItem(self._preferences.tell(choice.label), choice.code)
            # The list is as wide as its longest answer, however narrow the column.
            shown = editor.view()
            shown.setMinimumWidth(shown.sizeHintForColumn(0) + 2 * round(sign_room(1.0)))
            editor.activated.connect(lambda: self._chosen(editor))
        else:
            editor = AnswerEdit(self._preferences, parent)
        editor.setObjectName("exercise_editor")
        editor.setAccessibleName(self._model.name(cell))
        return editor

    def _chosen(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(text), 0))
        elif isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        elif isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Keys that move in a spreadsheet are the table's own business.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            view = self.parent()
            if getattr(view, "edit_key", lambda *_: False)(editor, event):
                return True
        return super().eventFilter(editor, event)
