"""A confusion matrix painted into a rectangle, on screen and in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from nnsim.engine.layout import Array
from nnsim.engine.metrics import Classes
from nnsim.session.predictions import ClassScores
from nnsim.ui.bridge.preferences import Preferences

_GAP, _PAD = 2.0, 6.0
# Cells grow with the panel up to this size, in heights of a line.
_WIDEST, _HIGHEST = 8.0, 4.5
# The names of classes take at most this share of the width, the margins what they need.
_NAMES_SHARE = 0.3
_STRONGEST = 0.5
_SMALL = 0.85
_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
# So many lines high is a cell that holds a number and its share.
_TWO_LINES = 2.15


@dataclass(frozen=True, eq=False)
class Grid:
    """Where the cells of a matrix stand: ``left`` and ``top`` of the first, and their sizes.

    Behind the last column of classes stands that of the recall, below the last row the precision.
    """

    left: float
    top: float
    width: float
    height: float
    margin: float
    classes: int

    def cell(self, row: int, column: int) -> QRectF:
        """A cell; one past the last row or column is that of precision or recall."""
        gap = [_PAD if place == self.classes else 0.0 for place in (row, column)]
        width = self.margin if column == self.classes else self.width
        return QRectF(
            self.left + column * self.width + gap[1],
            self.top + row * self.height + gap[0],
            width - _GAP,
            self.height - _GAP,
        )

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """The cell (row, column) at a place; None beside the matrix."""
        column = (place.x() - self.left) // self.width
        row = (place.y() - self.top) // self.height
        is_inside = 0 <= row < self.classes and 0 <= column < self.classes
        return (int(row), int(column)) if is_inside else None


class MatrixDrawing:
    """Paints the scores of some classes with words and colours of the preferences."""

    def __init__(
        self,
        scores: ClassScores,
        names: Sequence[str],
        preferences: Preferences,
        font: QFont,
    ) -> None:
        self._scores = scores
        self._names = tuple(names)
        self._preferences = preferences
        self._font = font
        self._small = QFont(font)
        self._small.setPointSizeF(font.pointSizeF() * _SMALL)
        self._bold = QFont(font)
        self._bold.setBold(True)
        self._line = QFontMetricsF(font).height()
        self._small_metrics = QFontMetricsF(self._small)
        self._ascent = self._small_metrics.ascent()

    def grid(self, area: QRectF) -> Grid:
        """Where the cells stand when the matrix fills an area."""
        metrics = QFontMetricsF(self._font)
        count = len(self._names)
        widest = max(metrics.horizontalAdvance(name) for name in self._names)
        # Beside the names stands, on its side, what the rows are.
        small = self._small_metrics
        widest = max(widest, small.horizontalAdvance(self._say("precision")))
        left = self._line + min(widest + 2 * _PAD, area.width() * _NAMES_SHARE)
        margin = _PAD + max(
            small.horizontalAdvance(words) for words in (self._say("recall"), "100.0 %")
        )
        top = 2 * self._line + _PAD
        width = (area.width() - left - margin - _PAD) / count
        height = (area.height() - top - _PAD) / (count + 1)
        return Grid(
            area.left() + left,
            area.top() + top,
            max(min(width, _WIDEST * self._line), 1.0),
            max(min(height, _HIGHEST * self._line), 1.0),
            margin,
            count,
        )

    def paint(
        self,
        painter: QPainter,
        area: QRectF,
        chosen: tuple[int, int] | None = None,
        focus: tuple[int, int] | None = None,
        marked: tuple[int, int] | None = None,
    ) -> None:
        """Paint the matrix; a ``chosen`` cell and the one with the keyboard are framed.

        The ``marked`` one, in which the selected sample stands, has a disc in its corner.
        """
        grid = self.grid(area)
        self._paint_names(painter, area, grid)
        self._paint_grounds(painter, grid)
        self._paint_counts(painter, grid)
        self._paint_figures(painter, area, grid)
        for cell, style in ((focus, Qt.PenStyle.DotLine), (chosen, Qt.PenStyle.SolidLine)):
            if cell is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._preferences.theme.color("accent"), 2.0, style))
                painter.drawRect(grid.cell(*cell).adjusted(0.5, 0.5, -0.5, -0.5))

        if marked is not None:
            rect, size = grid.cell(*marked), max(self._line / 3, 4.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._preferences.theme.color("accent"))
            painter.drawEllipse(QRectF(rect.right() - size - 2, rect.top() + 2, size, size))

    def _paint_names(self, painter: QPainter, area: QRectF, grid: Grid) -> None:
        theme, metrics = self._preferences.theme, QFontMetricsF(self._font)
        count = grid.classes
        right = grid.left + count * grid.width
        top = QRectF(grid.left, area.top(), right - grid.left, self._line)
        painter.setPen(theme.color("muted"))
        self._write(painter, top, self._say("taken_for"), self._small)
        painter.save()
        painter.translate(area.left(), grid.top + count * grid.height)
        painter.rotate(-90)
        side = QRectF(0, 0, count * grid.height, self._line)
        self._write(painter, side, self._say("wanted"), self._small)
        painter.restore()
        painter.setPen(theme.color("text"))
        for number, name in enumerate(self._names):
            above = grid.cell(0, number)
            above = QRectF(above.x(), grid.top - self._line - _PAD / 2, above.width(), self._line)
            self._write(painter, above, name, self._font)
            beside = grid.cell(number, 0)
            left = area.left() + self._line
            room = QRectF(left, beside.y(), grid.left - left - _PAD, beside.height())
            if room.height() >= metrics.ascent():
                side_by = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                self._write(painter, room, name, self._font, side_by)

    def _paint_grounds(self, painter: QPainter, grid: Grid) -> None:
        """The colours of the cells, with their frames: few pens for many cells."""
        theme, matrix = self._preferences.theme, self._scores.matrix
        frames: dict[str, list[QRectF]] = {"border": [], "muted": []}
        totals = matrix.sum(axis=1).tolist()
        for row, counts in enumerate(matrix.tolist()):
            for column, count in enumerate(counts):
                rect = grid.cell(row, column)
                is_right = row == column
                if count:
                    # Few mistakes are to be seen too: the first steps count more than the last.
                    share = _STRONGEST * (count / totals[row]) ** 0.5
                    painter.fillRect(rect, theme.mixed("right" if is_right else "wrong", share))
                # The diagonal is known without its colour.
                frames["muted" if is_right else "border"].append(
                    rect.adjusted(0.5, 0.5, -0.5, -0.5)
                )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for role, rects in frames.items():
            painter.setPen(QPen(theme.color(role), 1.0))
            painter.drawRects(rects)

    def _paint_counts(self, painter: QPainter, grid: Grid) -> None:
        """The counts, and below them their shares where there is room; one font after another."""
        theme, matrix = self._preferences.theme, self._scores.matrix
        totals = matrix.sum(axis=1).tolist()
        zeros: list[tuple[QRectF, str]] = []
        counts: list[tuple[QRectF, str]] = []
        shares: list[tuple[QRectF, str]] = []
        has_two_lines = grid.cell(0, 0).height() >= _TWO_LINES * self._line
        fits: dict[str, bool] = {}
        for row, column in np.ndindex(*matrix.shape):
            rect, count = grid.cell(row, column), int(matrix[row, column])
            share = count / totals[row] if count and has_two_lines else 0.0
            words, text = self._percent_for(rect, share) if share else "", str(count)
            if words:
                upper = QRectF(rect.x(), rect.center().y() - self._line, rect.width(), self._line)
                counts.append((upper, text))
                shares.append((upper.translated(0, self._line * 0.95), words))
                continue
            if text not in fits:
                fits[text] = self._fits(rect, text)
            if fits[text]:
                (counts if count else zeros).append((rect, text))
        faint = theme.mixed("muted", 0.6)
        for font, color, written in (
            (self._font, faint, zeros),
            (self._bold, theme.color("text"), counts),
            (self._small, theme.color("text"), shares),
        ):
            painter.setFont(font)
            painter.setPen(color)
            for rect, text in written:
                painter.drawText(rect, _CENTRED, text)

    def _paint_figures(self, painter: QPainter, area: QRectF, grid: Grid) -> None:
        """Recall beside the rows, precision below the columns."""
        figures, last, matrix = self._scores.figures, grid.classes, self._scores.matrix
        painter.setPen(self._preferences.theme.color("muted"))
        beside = [grid.cell(number, last) for number in range(last)]
        recall, _ = self._shares(beside[0], figures.recall, matrix.sum(axis=1))
        heading = beside[0]
        heading = QRectF(heading.x(), grid.top - self._line - _PAD / 2, heading.width(), self._line)
        self._write(painter, heading, self._say("recall"), self._small)
        below = [grid.cell(last, number) for number in range(last)]
        precision, is_bare = self._shares(below[0], figures.precision, matrix.sum(axis=0))
        left = QRectF(area.left(), below[0].y(), grid.left - area.left() - _PAD, below[0].height())
        words = self._say("precision") + (" %" if is_bare else "")
        side_by = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if left.height() >= self._ascent:
            self._write(painter, left, words, self._small, side_by)
        for cell, share in zip([*beside, *below], [*recall, *precision], strict=True):
            if share:
                self._write(painter, cell, share, self._small)

    def _shares(self, cell: QRectF, values: Array, counts: Classes) -> tuple[list[str], bool]:
        """Shares as they are written in cells of one size, and whether without "%".

        What cannot be said of no samples is a dash, and not 0 %.
        """
        for write in (self.percent, self._whole, lambda share: self._whole(share)[:-2]):
            words = [write(float(v)) if n else "–" for v, n in zip(values, counts, strict=True)]
            if all(self._fits(cell, word) for word in words):
                return words, not any(word.endswith("%") for word in words if word != "–")
        return [""] * len(values), False

    def _fits(self, rect: QRectF, words: str) -> bool:
        metrics = self._small_metrics
        return rect.height() >= self._ascent and metrics.horizontalAdvance(words) <= rect.width()

    def _percent_for(self, rect: QRectF, share: float) -> str:
        """A share in percent, as exact as a cell has room for; "" where it has none."""
        return next(
            (
                words
                for words in (self.percent(share), self._whole(share))
                if self._fits(rect, words)
            ),
            "",
        )

    def _whole(self, share: float) -> str:
        """A share in whole percent: only all is 100 %, and only nothing is 0 %."""
        if share not in (0.0, 1.0):
            share = min(max(round(share, 2), 0.01), 0.99)
        return self.percent(share)

    def _write(
        self,
        painter: QPainter,
        rect: QRectF,
        words: str,
        font: QFont,
        flags: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
    ) -> None:
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.setFont(font)
        painter.drawText(rect, flags | Qt.TextFlag.TextSingleLine, shown)

    def percent(self, share: float) -> str:
        """A share in percent."""
        return f"{self._preferences.number(round(100 * share, 1), 4)} %"

    def _say(self, key: str) -> str:
        return self._preferences.say(f"confusion.{key}")
