"""Painting the cells of the step table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from nnsim.core.numbers import format_number
from nnsim.session.table import Cell
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.step_table.model import StepTableModel
from nnsim.ui.panels.step_table.sections import Span

PADDING = 8
_CELLS_KEPT = 8192
_ROLES = ("text", "muted", "wrong", "border", "surface", "accent", "accent_soft", "on_accent")


@dataclass(frozen=True)
class Chosen:
    """What a person has selected for copying, (top, bottom, left, right) of each area, and the
    cell (row, column) that has the keyboard; None: none."""

    areas: tuple[tuple[int, int, int, int], ...] = ()
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class _Written:
    """A cell as it is written: its text, how wide that is, and how it stands out."""

    cell: Cell
    text: str
    width: float
    is_bold: bool
    is_miss: bool


class CellPainter:
    """Paints cells: their grounds, their numbers and the selected one among them, lines.

    All of a stretch of cells at once and with few calls: a delegate, which is asked for each cell
    anew, takes five times as long.  ``too_narrow`` collects the widths that columns would need for
    what was painted.
    """

    def __init__(self, model: StepTableModel, preferences: Preferences) -> None:
        self._model = model
        self._preferences = preferences
        self.too_narrow: dict[int, int] = {}
        self.marked_rows: frozenset[int] = frozenset()
        self.current_iteration = 0
        self._fonts: list[tuple[QFont, QFontMetricsF]] = []
        self._colors: dict[str, QColor] = {}
        self._written: dict[tuple[int, int], _Written] = {}
        model.changed.connect(self.forget)
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
        self.forget()

    def forget(self) -> None:
        """Write every cell anew."""
        self._written.clear()

    def _forget_column(self, column: int) -> None:
        self.too_narrow.pop(column, None)
        for key in [key for key in self._written if key[1] == column]:
            del self._written[key]

    # -- cells -----------------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, columns: Sequence[Span], rows: Sequence[Span], chosen: Chosen
    ) -> None:
        """Paint the cells where these columns and rows cross, each wholly."""
        left, width = columns[0].start, columns[-1].start + columns[-1].size - columns[0].start
        colors = self._colors
        for number, top, height in rows:
            painter.fillRect(left, top, width, height, colors[self._ground(number)])
        for area in chosen.areas:
            self._paint_chosen(painter, columns, rows, area)
        selected_row, selected = self._model.selected_cell()
        for row in rows:
            is_later = self._model.place(row.number).iteration > self.current_iteration
            for column in columns:
                written = self._write(row.number, column.number)
                if written is not None and written.text:
                    parts = [
                        part
                        for at, part in selected
                        if at == column.number and row.number == selected_row
                    ]
                    self._paint_text(painter, column, row, written, is_later, parts)
        self._paint_lines(painter, columns, rows)
        if chosen.focus is not None:
            self._paint_focus(painter, columns, rows, chosen.focus)

    def _ground(self, row: int) -> str:
        if self._model.place(row).iteration == self.current_iteration:
            return "accent_soft"
        return "marked" if row in self.marked_rows else "surface"

    def _paint_chosen(
        self,
        painter: QPainter,
        columns: Sequence[Span],
        rows: Sequence[Span],
        area: tuple[int, int, int, int],
    ) -> None:
        top, bottom, left, right = area
        for row in rows:
            if top <= row.number <= bottom:
                for column in columns:
                    if left <= column.number <= right:
                        painter.fillRect(
                            column.start, row.start, column.size, row.size, self._colors["chosen"]
                        )

    def _paint_focus(
        self,
        painter: QPainter,
        columns: Sequence[Span],
        rows: Sequence[Span],
        focus: tuple[int, int],
    ) -> None:
        row = next((row for row in rows if row.number == focus[0]), None)
        column = next((column for column in columns if column.number == focus[1]), None)
        if row is not None and column is not None:
            painter.setPen(self._colors["accent"])
            painter.drawRect(column.start, row.start, column.size - 2, row.size - 2)

    def _write(self, row: int, column: int) -> _Written | None:
        model, key = self._model, (row, column)
        if not model.is_shown(row, column):
            return None
        known = self._written.get(key)
        if known is not None:
            return known
        cell = model.cell(row, column)
        if cell is None:
            return None
        is_bold = model.is_changed(row, column, cell)
        text = model.text(cell)
        width = self._fonts[is_bold][1].horizontalAdvance(text)
        is_miss = bool(text) and model.is_miss(row, column)
        written = _Written(cell, text, width, is_bold, is_miss)
        if len(self._written) >= _CELLS_KEPT:
            self._written.clear()
        self._written[key] = written
        return written

    def _paint_text(
        self,
        painter: QPainter,
        column: Span,
        row: Span,
        written: _Written,
        is_later: bool,
        selected: Sequence[int],
    ) -> None:
        font, metrics = self._fonts[written.is_bold]
        text, width = written.text, written.width
        if width + 2 * PADDING > column.size:
            needed = round(width) + 2 * PADDING + 2
            self.too_narrow[column.number] = max(self.too_narrow.get(column.number, 0), needed)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, column.size - 4)
            width = metrics.horizontalAdvance(text)
        left = column.start + max((column.size - width) / 2, 2)
        baseline = row.start + (row.size + metrics.ascent() - metrics.descent()) / 2
        color = "muted" if is_later else "wrong" if written.is_miss else "text"
        painter.setFont(font)
        painter.setPen(self._colors[color])
        painter.drawText(QPointF(left, baseline), text)
        for part in selected:
            start, end = part_span(self._preferences, text, written.cell, part)
            x = left + metrics.horizontalAdvance(text[:start])
            cell = QRect(column.start, row.start, column.size, row.size)
            self._paint_selected(painter, metrics, cell, QPointF(x, baseline), text[start:end])

    def _paint_selected(
        self, painter: QPainter, metrics: QFontMetricsF, cell: QRect, at: QPointF, text: str
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
        # Within its cell: what lies beside it is not painted again when it goes.
        painter.drawRoundedRect(box & QRectF(cell), 3, 3)
        painter.setPen(self._colors["on_accent"])
        painter.drawText(at, text)
        painter.restore()

    # -- lines -----------------------------------------------------------------------------------

    def _paint_lines(
        self, painter: QPainter, columns: Sequence[Span], rows: Sequence[Span]
    ) -> None:
        """The lines of the grid, below each row and at the right of each column."""
        model, colors = self._model, self._colors
        left, top = columns[0].start, rows[0].start
        width = columns[-1].start + columns[-1].size - left
        height = rows[-1].start + rows[-1].size - top
        for row in rows:
            y = row.start + row.size
            if model.ends_epoch(row.number):
                painter.fillRect(left, y - 2, width, 2, colors["muted"])
            else:
                painter.fillRect(left, y - 1, width, 1, colors["border"])
        shown = model.columns
        for number, start, size in columns:
            ends_group = model.is_extra(number + 1) or (
                model.has_captions
                and number + 1 < len(shown)
                and shown[number].group is not shown[number + 1].group
            )
            color = colors["muted" if ends_group else "border"]
            painter.fillRect(start + size - 1, top, 1, height, color)


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
