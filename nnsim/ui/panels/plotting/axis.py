"""Axes that write numbers as the rest of nnsim does, and that cost little to paint again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPicture, QPixmap, QTransform

from nnsim.core.numbers import format_number
from nnsim.core.ranges import step_up

# Stands where pyqtgraph keeps the picture of an axis, until it finds that another is needed.
_PRINTED = QPicture()
# Backdrops kept at a time.
_MOST_PRINTS = 4
_TICK_DIGITS, _TICK_DENSITY = 12, 1.4
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Axis(pg.AxisItem):
    """An axis that writes numbers as the rest of nnsim does and keeps its size."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setTickDensity(_TICK_DENSITY)
        self.mark = "."
        #: True where only whole numbers make sense, such as iterations.
        self.is_whole = False
        #: True where numbers are shares, written in percent.
        self.is_percent = False
        #: True where there is no room for more than a few numbers.
        self.is_short = False
        self.enableAutoSIPrefix(False)
        # The plot paints it with the ground; Qt would ask for its bounds ten times a paint.
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)

    def tickSpacing(
        self, minVal: float, maxVal: float, size: float
    ) -> Sequence[tuple[float, float]]:
        """Distances between ticks; at least 1 where only whole numbers make sense."""
        if self.is_short and maxVal > minVal:
            return [(step_up((maxVal - minVal) / 4), 0.0)]
        levels: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        if self.is_whole and not self.logMode:
            levels = [level for level in levels if level[0] >= 1] or [(1.0, 0.0)]
        return levels

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        """The numbers beside the ticks, with the decimal mark of the language."""
        if self.logMode:
            return [self._power(value) for value in values]
        if self.is_percent:
            scale *= 100
        places = 0 if not spacing else max(0, math.ceil(-math.log10(spacing * scale)) + 1)
        rounded = (round(value * scale, places) for value in values)
        unit = " %" if self.is_percent else ""
        return [format_number(value, self.mark, _TICK_DIGITS) + unit for value in rounded]

    def boundingRect(self) -> QRectF:
        """Where it draws; a number at either end of the left axis stands half beyond it."""
        rect: QRectF = super().boundingRect()
        font = self.style["tickFont"]
        if self.orientation != "left" or font is None:
            return rect
        half = QFontMetricsF(font).height() / 2
        return rect.adjusted(0, -half, 0, half)

    def generateDrawSpecs(self, p: QPainter) -> Any:
        """What to draw; a number that would be cut off at the edge of the plot is left out."""
        specs = super().generateDrawSpecs(p)
        scene = self.scene()
        if specs is None or scene is None or not scene.views():
            return specs
        line, ticks, texts = specs
        edges = self.mapRectFromScene(scene.views()[0].sceneRect())
        height = p.fontMetrics().ascent()
        kept = []
        for rect, flags, text in texts:
            # pyqtgraph's rectangles are lower than the text that is centred in them.
            seen = QRectF(rect.x(), rect.center().y() - height / 2, rect.width(), height)
            if edges.contains(seen):
                kept.append((rect, flags, text))
        return line, ticks, kept

    def _power(self, exponent: float) -> str:
        # Between powers of ten there is room for 2 and 5.
        if round(10.0 ** (exponent % 1), 3) not in (1.0, 2.0, 5.0, 10.0):
            return ""
        if -5 < exponent < 6:
            return format_number(10.0**exponent, self.mark, 2)
        if exponent == round(exponent):
            return "10" + str(round(exponent)).translate(_SUPERSCRIPTS)
        return ""

    def look(self) -> tuple[object, ...]:
        """All that what it draws depends on, apart from its place."""
        view, rect, font = self.linkedView(), self.boundingRect(), self.style["tickFont"]
        pens = (self.pen(), self.tickPen(), self.textPen())
        return (
            *self.range,
            self.scale,
            self.logMode,
            self.is_whole,
            self.is_percent,
            self.is_short,
            self.mark,
            self.grid,
            self._tickDensity,
            rect.getRect(),
            None if view is None else view.size().toTuple(),
            None if font is None else font.toString(),
            *((pen.color().rgba(), pen.widthF()) for pen in pens),
        )

    # -- painting --------------------------------------------------------------------------------

    def update(self, *_: object) -> None:
        """Have the plot painted anew, for to Qt there is nothing to see of an axis."""
        if (scene := self.scene()) is not None:
            scene.update()

    def draw_on(self, painter: QPainter, ground: QColor | None = None) -> None:
        """Draw it in its own coordinates, without the detour over a QPicture.

        A QPicture looks for its font anew each time it is played, which takes milliseconds.  Where
        there is only a ``ground`` of one colour below, ticks are let down with it and filled in.
        """
        painter.save()
        if self.style["tickFont"]:
            painter.setFont(self.style["tickFont"])
        specs = self.generateDrawSpecs(painter)
        if specs is not None:
            line, ticks, texts = specs
            if ground is not None:
                self._fill_ticks(painter, ticks, ground)
                ticks = []
            self.drawPicture(painter, line, ticks, texts)
        painter.restore()

    def _fill_ticks(
        self, painter: QPainter, ticks: Sequence[tuple[QPen, QPointF, QPointF]], ground: QColor
    ) -> None:
        """The very pixels of the ticks, thirty times as fast as translucent lines."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for pen, start, end in ticks:
            half = pen.widthF() / 2
            bar = QRectF(start, end).normalized().adjusted(-half, -half, half, half)
            color = pen.color()
            # A translucent column is slow, a row is not; so columns are painted first, and opaque.
            painter.fillRect(bar, over(color, ground) if bar.height() > bar.width() else color)


class Backdrop:
    """Ground and axes of a plot as they look on a screen, kept until one of them changes.

    Axes with upright ticks come first.  They are the dearest part of a plot and change the least.
    Qt's own cache of items will not do: the bounds of an axis reach beyond its geometry, and old
    numbers stayed beside the new when a panel shrank.
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        self._axes = axes
        self._prints: dict[tuple[object, ...], QPixmap] = {}
        self._shown: tuple[object, ...] = ()

    def paint(self, painter: QPainter, rect: QRectF, color: QColor) -> None:
        """Paint all that lies in a rectangle of the scene, on a ground of this colour."""
        to_device = painter.deviceTransform()
        area = to_device.mapRect(rect).toAlignedRect()
        to_print = to_device * QTransform.fromTranslate(-area.x(), -area.y())
        places = [axis.sceneTransform() * to_print for axis in self._axes]
        place = (color.rgb(), area.width(), area.height(), *map(_elements, (to_print, *places)))
        # pyqtgraph takes the picture of an axis away when anything but its place has changed.
        if place != self._shown[: len(place)] or any(axis.picture is None for axis in self._axes):
            self._shown = (*place, *(axis.look() for axis in self._axes))
            for axis in self._axes:
                axis.picture = _PRINTED
            if self._shown not in self._prints:
                # Neurons that take turns need a few; those of another size or theme are given up.
                if len(self._prints) >= _MOST_PRINTS:
                    self._prints.clear()
                made = self._made(area.size(), color, places, painter.renderHints())
                self._prints[self._shown] = made
        before = painter.worldTransform()
        # Pixel on pixel, whatever the scale of the screen.
        painter.setWorldTransform(to_device.inverted()[0] * before)
        painter.drawPixmap(area.topLeft(), self._prints[self._shown])
        painter.setWorldTransform(before)

    def draw(self, painter: QPainter) -> None:
        """Draw the axes as lines and letters, for a file."""
        for axis in self._axes:
            painter.save()
            painter.setTransform(axis.sceneTransform(), combine=True)
            axis.draw_on(painter)
            painter.restore()

    def _made(
        self,
        size: QSize,
        color: QColor,
        places: Sequence[QTransform],
        hints: QPainter.RenderHint,
    ) -> QPixmap:
        made = QPixmap(size)
        made.fill(color)
        printer = QPainter(made)
        printer.setRenderHints(hints)
        for axis, place in zip(self._axes, places, strict=True):
            printer.setTransform(place)
            axis.draw_on(printer, color)
        printer.end()
        return made


def over(color: QColor, ground: QColor) -> QColor:
    """A translucent colour as it looks on an opaque ground."""
    share = color.alphaF()
    return QColor(
        round(color.red() * share + ground.red() * (1 - share)),
        round(color.green() * share + ground.green() * (1 - share)),
        round(color.blue() * share + ground.blue() * (1 - share)),
    )


def _elements(transform: QTransform) -> tuple[float, ...]:
    """What tells transforms that do not turn apart."""
    return transform.m11(), transform.m22(), transform.dx(), transform.dy()
