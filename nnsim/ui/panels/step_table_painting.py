"""Painting the cells of the step table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnsim.core.numbers import format_number
from nnsim.session.table import Cell
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.step_table_model import StepTableModel

Index = QModelIndex | QPersistentModelIndex
PADDING = 8
_CELLS_KEPT = 8192
# Flags as plain numbers: Python's own are slow where hundreds of cells are painted.
_SELECTED = QStyle.StateFlag.State_Selected.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_ROLES = ("text", "muted", "wrong", "border", "surface", "accent", "accent_soft", "on_accent")


@dataclass(frozen=True, eq=False)
class _Written:
    """A cell as it is written: its text, how wide that is, and how it stands out."""

    cell: Cell
    text: str
    width: float
    is_bold: bool
    is_miss: bool


class StepTableDelegate(QStyledItemDelegate):
    """One cell: its ground, its numbers, and the selected one among them.

    ``too_narrow`` collects the widths that columns would need for what was painted.
    """

    def __init__(self, model: StepTableModel, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._preferences = preferences
        self.too_narrow: dict[int, int] = {}
        self.marked_rows: frozenset[int] = frozenset()
        self.current_iteration = 0
        self._fonts: list[tuple[QFont, QFontMetricsF]] = []
        self._colors: dict[str, QColor] = {}
        self._selected: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._written: dict[tuple[int, int], _Written] = {}
        model.changed.connect(self._written.clear)
        model.extra_changed.connect(self._forget_column)

    def use(self, font: QFont) -> None:
        """Write with this font, in the present language and colours, from now on."""
        theme = self._preferences.theme
        self._colors = {role: theme.color(role) for role in _ROLES}
        self._colors["marked"] = theme.mixed("warning", 0.16)
        self._colors["chosen"] = theme.mixed("accent", 0.25)
        bold = QFont(font)
        bold.setBold(True)
        self._fonts = [(f, QFontMetricsF(f)) for f in (QFont(font), bold)]
        self._written.clear()

    def _forget_column(self, column: int) -> None:
        self.too_narrow.pop(column, None)
        for key in [key for key in self._written if key[1] == column]:
            del self._written[key]

    def begin(self) -> None:
        """Look up once what holds for all cells of a paint event."""
        self._selected = self._model.selected_cell()

    # -- cells -----------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, column = index.row(), index.column()
        rect: QRect = option.rect
        state = option.state.value
        iteration = self._model.row(row).place.iteration
        if state & _SELECTED:
            ground = "chosen"
        elif iteration == self.current_iteration:
            ground = "accent_soft"
        else:
            ground = "marked" if row in self.marked_rows else "surface"
        painter.fillRect(rect, self._colors[ground])
        written = self._write(row, column)
        if written is not None and written.text:
            self._paint_text(painter, rect, row, column, written, iteration)
        if state & _FOCUSED:
            painter.setPen(self._colors["accent"])
            painter.drawRect(rect.adjusted(0, 0, -2, -2))

    def _write(self, row: int, column: int) -> _Written | None:
        key = (row, column)
        known = self._written.get(key)
        if known is not None:
            return known
        model = self._model
        cell = model.cell(row, column)
        if cell is None:
            return None
        is_bold = model.is_changed(row, column, cell)
        text = model.text(cell)
        width = self._fonts[is_bold][1].horizontalAdvance(text)
        is_miss = bool(text) and model.is_miss(row, column)
        written = _Written(cell, text, width, is_bold, is_miss)
        # What is shown in part is another thing after the next step.
        if model.row(row).partly is None:
            if len(self._written) >= _CELLS_KEPT:
                self._written.clear()
            self._written[key] = written
        return written

    def _paint_text(
        self,
        painter: QPainter,
        rect: QRect,
        row: int,
        column: int,
        written: _Written,
        iteration: int,
    ) -> None:
        font, metrics = self._fonts[written.is_bold]
        text, width = written.text, written.width
        if width + 2 * PADDING > rect.width():
            needed = round(width) + 2 * PADDING + 2
            self.too_narrow[column] = max(self.too_narrow.get(column, 0), needed)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 4)
            width = metrics.horizontalAdvance(text)
        left = rect.left() + max((rect.width() - width) / 2, 2)
        baseline = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2
        later = iteration > self.current_iteration
        color = "muted" if later else "wrong" if written.is_miss else "text"
        painter.setFont(font)
        painter.setPen(self._colors[color])
        painter.drawText(QPointF(left, baseline), text)
        if row == self._selected[0]:
            for at, part in self._selected[1]:
                if at == column:
                    start, end = part_span(self._preferences, text, written.cell, part)
                    x = left + metrics.horizontalAdvance(text[:start])
                    self._paint_selected(painter, metrics, QPointF(x, baseline), text[start:end])

    def _paint_selected(
        self, painter: QPainter, metrics: QFontMetricsF, at: QPointF, text: str
    ) -> None:
        """The selected number once more, in the accent; of a tuple only its part."""
        box = QRectF(
            at.x() - 3,
            at.y() - metrics.ascent(),
            metrics.horizontalAdvance(text) + 6,
            metrics.height(),
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colors["accent"])
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(self._colors["on_accent"])
        painter.drawText(at, text)
        painter.restore()

    # -- lines -----------------------------------------------------------------------------------

    def paint_lines(
        self, painter: QPainter, columns: list[tuple[int, int]], rows: list[tuple[int, int]]
    ) -> None:
        """The lines of the grid; ``columns`` and ``rows`` in sight, each with its far edge."""
        model = self._model
        border = QPen(self._colors["border"], 1)
        strong = QPen(self._colors["muted"], 1)
        right = columns[-1][1]
        bottom = rows[-1][1]
        painter.setPen(border)
        for row, y in rows:
            if model.ends_epoch(row):
                painter.setPen(QPen(self._colors["muted"], 2))
                painter.drawLine(0, y, right, y)
                painter.setPen(border)
            else:
                painter.drawLine(0, y, right, y)
        shown = model.columns
        for column, x in columns:
            ends_group = model.is_extra(column + 1) or (
                model.has_captions
                and column + 1 < len(shown)
                and shown[column].group is not shown[column + 1].group
            )
            painter.setPen(strong if ends_group else border)
            painter.drawLine(x, 0, x, bottom)


def part_span(preferences: Preferences, text: str, cell: Cell, part: int) -> tuple[int, int]:
    """Where one number of a cell stands in its text."""
    if cell.unchanged or len(cell.numbers) < 2:
        return 0, len(text)
    start, at = 1, 1
    for number in range(part + 1):
        written = format_number(cell.numbers[number], preferences.mark, preferences.digits)
        start, at = at, at + len(written)
        if number < part:
            at += 2
    return start, at


def part_at(
    preferences: Preferences, metrics: QFontMetricsF, text: str, cell: Cell, x: float
) -> int:
    """Which number of a cell is at this distance from the left end of its text."""
    for part in range(len(cell.numbers)):
        _, end = part_span(preferences, text, cell, part)
        if x < metrics.horizontalAdvance(text[: end + 1]):
            return part
    return max(len(cell.numbers) - 1, 0)
