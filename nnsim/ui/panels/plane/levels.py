"""Level lines of a map, each with its value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.geometry import contour
from nnsim.ui.panels.plotting.items import Lines, pen
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]

_NO_LINES = np.zeros((0, 2))
_LINE_Z, _NUMBER_Z = 4, 18
# Values stand where the lines cross this way out of the middle: one behind the other.
_WAY_OUT = np.array([1.0, 0.62])
_DIGITS = 3
# Pixels that a number takes, across and down.
_ROOM = (38, 16)


class Levels:
    """Lines through places of the same value.  ``is_shown``: whether there are any."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._lines = Lines()
        self._lines.setZValue(_LINE_Z)
        plot.addItem(self._lines, ignoreBounds=True)
        self._numbers: list[pg.TextItem] = []
        self.is_shown = False

    @property
    def points(self) -> Floats:
        """Both ends of each piece of the lines, shape (2 × pieces, 2)."""
        return self._lines.points

    def dress(self) -> None:
        """Take the colours again."""
        theme = self._preferences.theme
        self._lines.set_pen(pen(theme.mixed("text", 0.55), 1.0 * self._preferences.zoom))
        for number in self._numbers:
            self._plot.removeItem(number)
        self._numbers.clear()

    def show(self, values: Floats, levels: Sequence[float], low: Floats, high: Floats) -> None:
        """Lines of a grid of values, shape (rows, columns), over a rectangle, lowest row first."""
        found = [(level, contour(values, level, low, high)) for level in levels]
        found = [(level, ends) for level, ends in found if len(ends)]
        self.is_shown = bool(found)
        self._lines.show_lines(np.concatenate([_NO_LINES, *(ends for _, ends in found)]))
        self._show_numbers([(level, _crossing(ends, low, high)) for level, ends in found])

    def _show_numbers(self, places: Sequence[tuple[float, Floats]]) -> None:
        """The values of lines at these places; those that would cover another are left out."""
        visible, size = self._plot.visible, self._plot.view.size()
        pixel = np.array([visible.width() / size.width(), visible.height() / size.height()])
        room = np.array(_ROOM) * self._preferences.zoom * pixel
        kept: list[tuple[float, Floats]] = []
        for level, place in places:
            if not any((np.abs(place - other) < room).all() for _, other in kept):
                kept.append((level, place))
        while len(self._numbers) < len(kept):
            self._numbers.append(self._new_number())
        for number in self._numbers[len(kept) :]:
            number.hide()
        for number, (level, place) in zip(self._numbers, kept, strict=False):
            number.setText(self._preferences.number(level, digits=_DIGITS))
            number.setPos(*place)
            number.show()

    def hide(self) -> None:
        """Take them off the plot."""
        self.is_shown = False
        self._lines.show_lines(_NO_LINES)
        self._show_numbers(())

    def _new_number(self) -> pg.TextItem:
        theme = self._preferences.theme
        number = pg.TextItem(
            anchor=(0.5, 0.5), color=theme.color("text"), fill=theme.color("surface")
        )
        font = self._plot.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        number.setFont(font)
        number.setZValue(_NUMBER_Z)
        self._plot.addItem(number, ignoreBounds=True)
        return number


def _crossing(ends: Floats, low: Floats, high: Floats) -> Floats:
    """Where a line crosses the way out of the middle of a rectangle, or comes nearest to it."""
    middles = (ends[::2] + ends[1::2]) / 2
    out = (middles - (low + high) / 2) / (high - low)
    length = np.maximum(np.hypot(*out.T), 1e-9)
    along = out @ (_WAY_OUT / np.hypot(*_WAY_OUT)) / length
    # Not at the rim, where half of the number would be cut off.
    along -= 4.0 * np.maximum(np.abs(out).max(axis=1) - 0.42, 0.0)
    found: Floats = middles[int(along.argmax())]
    return found
