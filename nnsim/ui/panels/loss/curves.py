"""Drawing the lines of the loss panel: the run's own points, parts, former runs with numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPen

from nnsim.session.series import Series, smoothed
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.loss.lines import ROLES, Line
from nnsim.ui.panels.plotting.items import Course, keep_as_pixels, pen
from nnsim.ui.panels.plotting.plot import Plot

# Up to so many points each gets a marker; a curve of more is drawn one pixel wide, for speed.
_MOST_MARKERS = 80
_MARKER_SIZE = 6.0
# What is let down with the ground: raw points below a smoothed line, and former runs.
_FAINT, _FORMER = 0.35, 0.75
_DEPTH = 5.0


class Curves:
    """The curves on a plot."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._is_log = False
        self._curve = self._new_curve(_DEPTH + 2)
        keep_as_pixels(self._curve.curve)
        self._course = Course()
        self._course.setZValue(_DEPTH + 3)
        plot.addItem(self._course, ignoreBounds=True)
        self._lines: list[pg.PlotDataItem] = []
        self._numbers: list[pg.TextItem] = []

    def _new_curve(self, depth: float) -> pg.PlotDataItem:
        curve = pg.PlotDataItem(connect="finite", antialias=False)
        curve.setDownsampling(auto=True, method="peak")
        # The keyword of the constructor has no effect.
        curve.setClipToView(True)
        curve.setZValue(depth)
        self._plot.addItem(curve, ignoreBounds=True)
        return curve

    def show(
        self,
        own: Series,
        lines: Sequence[Line],
        is_log: bool,
        strength: float,
        role: str,
        end: float,
    ) -> None:
        """Show the run's own points in the colour of ``role``, and other lines.

        ``strength`` is that of smoothing: what was smoothed stays below it as a faint line.
        ``end`` is how far to the right they are seen: there stand the numbers of longer ones.
        """
        self._is_log = is_log
        zoom, color = self._preferences.zoom, self._preferences.theme.color(role)
        faint = self._preferences.theme.mixed(role, _FAINT)
        # Where parts have lines of their own, discs would hide them.
        has_parts = any(line.run is None for line in lines)
        self._show_own(
            own, faint if strength else color, len(own) <= _MOST_MARKERS and not has_parts
        )
        pieces: list[tuple[Series, QPen, float]] = []
        if strength:
            pieces.append((smoothed(own, strength), pen(color, 2.0 * zoom), 4.0))
        for line in lines:
            role = "neutral" if line.run else ROLES[line.part] if line.part else role
            strong = self._preferences.theme.mixed(role, _FORMER if line.run else 1.0)
            width = (1.0 if line.run else 2.0) * zoom
            depth = 0.0 if line.run else 5.0
            if strength:
                below = pen(self._preferences.theme.mixed(role, _FAINT), 1.0, line.style)
                pieces.append((line.series, below, depth))
            pieces.append((line.smoothed(strength), pen(strong, width, line.style), depth))
        self._show_pieces(pieces)
        # The first line of each run bears its number.
        first = {line.number: line for line in reversed(lines) if line.run}
        self._show_numbers(list(first.values()), strength, end)

    def _show_own(self, own: Series, color: QColor, few: bool) -> None:
        """The points: few as discs with lines between them, many as a curve."""
        zoom, heights = self._preferences.zoom, self._heights(own)
        self._course.setVisible(few)
        self._curve.setVisible(not few)
        if few:
            shown = np.log10(heights) if self._is_log else heights
            places = np.column_stack([own.x, shown])
            self._course.show_at(places, _MARKER_SIZE * zoom, 2.0 * zoom, color)
        else:
            self._set(self._curve, own, pen(color, 1.0))

    def _show_pieces(self, pieces: Sequence[tuple[Series, QPen, float]]) -> None:
        while len(self._lines) < len(pieces):
            curve = self._new_curve(_DEPTH)
            curve.setLogMode(False, self._is_log)
            self._lines.append(curve)
        for curve in self._lines[len(pieces) :]:
            curve.setVisible(False)
        for curve, (found, style, depth) in zip(self._lines, pieces, strict=False):
            curve.setVisible(True)
            curve.setZValue(_DEPTH + depth)
            self._set(curve, found, style)

    def _set(self, curve: pg.PlotDataItem, found: Series, style: QPen) -> None:
        heights = self._heights(found)
        # pyqtgraph cannot do with a curve that has no finite point at all.
        stretch = slice(None) if np.isfinite(heights).any() else slice(0)
        curve.setData(found.x[stretch], heights[stretch], pen=style)

    def _heights(self, found: Series) -> NDArray[np.float64]:
        """Figures that can be drawn; gaps for the others."""
        can_be_drawn = np.isfinite(found.y) & ((found.y > 0) | (not self._is_log))
        return np.where(can_be_drawn, found.y, np.nan)

    def _show_numbers(self, lines: Sequence[Line], strength: float, end: float) -> None:
        """The number of each former run, at the end of what is seen of its line."""
        while len(self._numbers) < len(lines):
            text = pg.TextItem(anchor=(0.5, 1.0))
            text.setZValue(_DEPTH + 6)
            self._plot.addItem(text, ignoreBounds=True)
            self._numbers.append(text)
        for text in self._numbers[len(lines) :]:
            text.setVisible(False)
        for text, line in zip(self._numbers, lines, strict=False):
            found = line.smoothed(strength)
            heights = self._heights(found)
            drawn = np.flatnonzero(np.isfinite(heights) & (found.x <= end))
            text.setVisible(len(drawn) > 0)
            if len(drawn):
                height = float(heights[drawn[-1]])
                text.setText(circled(line.number), color=self._preferences.theme.color("muted"))
                text.setFont(self._plot.font())
                shown = float(np.log10(height)) if self._is_log else height
                text.setPos(float(found.x[drawn[-1]]), shown)


def circled(number: int) -> str:
    """The number of a former run as it stands beside its line: ①."""
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)
