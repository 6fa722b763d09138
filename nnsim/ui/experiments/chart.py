"""What all charts of a report share: a figure with its controls, items that are drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QToolButton, QVBoxLayout, QWidget
from superqt import QFlowLayout

from nnsim.data import Table
from nnsim.session.experiments.report import Report, Sheet
from nnsim.session.experiments.request import Result
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.icons import themed_icon
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.figure import Figure
from nnsim.ui.panels.plotting.items import Spots, pen
from nnsim.ui.panels.plotting.panel import fill_chooser

Floats = NDArray[np.float64]

#: Colours of curves that are told apart, in this order; further ones take them again, dashed.
ROLES = ("positive", "negative", "right", "wrong", "warning", "muted", "text")
_SPACING, _ICON, _MARGIN = 6, 16, 6
#: How a line is drawn.
SOLID, DASHED, DOTTED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
_MOST_TICKS = 14
_HEADROOM, _EPOCH_ROOM = 0.06, 0.02


class Chart(QWidget):
    """One picture of a report.

    A chart overrides ``draw`` (put items on the plot, and the numbers behind them into
    ``columns``), ``fill`` (entries of its choosers, when another report comes) and ``readout_at``.
    ``name`` is the part of its keys in the catalogue:
    its title is ``experiments.chart.<name>``.
    """

    name = ""

    def __init__(
        self,
        preferences: Preferences,
        suggest: Callable[[str], Path],
        parent: QWidget | None = None,
    ) -> None:
        """``suggest(title)`` is where a picture of this title may be saved, without ending."""
        super().__init__(parent)
        self.setObjectName(f"chart_{self.name}")
        self.preferences = preferences
        self.result: Result | None = None
        #: What is plotted, by names of columns; all have as many rows.
        self.columns: dict[str, Floats] = {}
        self.figure = Figure(preferences, lambda: suggest(self.title), self.table, self)
        self.plot = self.figure.plot
        self.plot.show_grid()
        self.controls = QFlowLayout()
        self.controls.setHorizontalSpacing(_SPACING)
        self.controls.setVerticalSpacing(_SPACING)
        self._reset = QToolButton(self)
        self._reset.setObjectName("reset_view")
        self._reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._reset.setAutoRaise(True)
        self._reset.setDefaultAction(self.figure.action("reset"))
        self._readout = CalmLabel(self)
        self._readout.setObjectName("readout")
        self._readout.set_role(QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_SPACING)
        layout.addLayout(self.controls)
        layout.addWidget(self.figure, 1)
        layout.addWidget(self._readout)
        self.plot.hovered.connect(self._hover)
        preferences.theme_changed.connect(self.redraw)
        preferences.language_changed.connect(self.redraw)
        preferences.zoom_changed.connect(self.redraw)
        self._dress()

    # -- what a chart fills in -------------------------------------------------------------------

    def fill(self, report: Report) -> None:
        """Another report: what can be chosen in it."""

    def say_words(self) -> None:
        """The words of its controls in the person's language."""

    def draw(self, report: Report) -> None:
        """Put the picture on the empty plot."""
        raise NotImplementedError

    def readout_at(self, x: float, y: float) -> str:
        """What stands at a place, in words (HTML)."""
        return ""

    # -- showing ---------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The title in the person's language."""
        return self.words(f"chart.{self.name}")

    @property
    def report(self) -> Report:
        """The report that is shown."""
        assert self.result is not None
        return self.result.report

    def words(self, key: str, **params: object) -> str:
        """A sentence of the catalogue, below ``experiments``."""
        return str(self.preferences.say(f"experiments.{key}", **params))

    def number(self, value: float | None) -> str:
        """A number as it is shown, four digits."""
        return self.preferences.number(value, 4)

    def figure_of(self, key: str, value: float | None) -> str:
        """A figure of a column as it is shown: an accuracy in percent."""
        if value is not None and self.is_percent(key):
            return self.preferences.percentage(value)
        return self.number(value)

    def is_percent(self, key: str) -> bool:
        """Whether a column holds accuracies."""
        return key.endswith("_metric") and self.report.conventions["metric"] == "accuracy"

    def show_result(self, result: Result) -> None:
        """Show another result."""
        self.result = result
        self.fill(result.report)
        self.plot.reset_view()
        self.redraw()

    def redraw(self) -> None:
        """Draw everything anew: other colours, words, choices."""
        self._dress()
        self.plot.setAccessibleName(self.title)
        self.plot.setAccessibleDescription(self.preferences.say("plotting.keys"))
        self.say_words()
        if self.result is None:
            return
        self._clear()
        self.draw(self.result.report)
        self._hover(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Drawn anew when the plot has taken the font it measures its axes with."""
        super().showEvent(event)
        QTimer.singleShot(0, self.redraw)

    def _clear(self) -> None:
        for item in list(self.plot.plotItem.items):
            self.plot.removeItem(item)
        for axis in self.plot.axes:
            axis.setTicks(None)
            axis.setLogMode(False)
            axis.is_whole = False

    def _dress(self) -> None:
        theme, zoom = self.preferences.theme, self.preferences.zoom
        size = round(_ICON * zoom)
        self.figure.action("reset").setIcon(themed_icon("reset_view", theme, size))
        self._reset.setIconSize(QSize(size, size))

    def _hover(self, place: QPointF | None) -> None:
        if self.result is None or place is None:
            words = str(self.preferences.say("plotting.hint")) if self.result else ""
        else:
            words = self.readout_at(place.x(), place.y())
        self._readout.set_text(words)

    # -- controls --------------------------------------------------------------------------------

    def add_chooser(self, name: str) -> QComboBox:
        """A combo box among the controls."""
        chooser = QComboBox(self)
        chooser.setObjectName(f"{self.name}_{name}")
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        chooser.activated.connect(lambda _: self.redraw())
        self.controls.addWidget(chooser)
        return chooser

    def add_check(self, name: str, is_checked: bool = False) -> QCheckBox:
        """A check box among the controls."""
        check = QCheckBox(self)
        check.setChecked(is_checked)
        check.setObjectName(f"{self.name}_{name}")
        check.toggled.connect(lambda _: self.redraw())
        self.controls.addWidget(check)
        return check

    def add_reset(self) -> None:
        """The button that goes back to the home view, after the other controls."""
        self.controls.addWidget(self._reset)

    def offer(
        self, chooser: QComboBox, values: Sequence[object], key: str, **params: object
    ) -> None:
        """Fill a chooser with values, named ``experiments.<key>.<value>``; keeps what is chosen."""
        entries = [(self.words(f"{key}.{value}", **params), value) for value in values]
        fill_chooser(chooser, entries, chooser.currentData())

    # -- items -----------------------------------------------------------------------------------

    def add_curve(
        self,
        x: Floats,
        y: Floats,
        role: str,
        width: float = 2.0,
        style: Qt.PenStyle = SOLID,
        share: float = 1.0,
    ) -> None:
        """A line through these places; it has gaps where there is no number."""
        if not np.isfinite(y).any():
            return
        color = self.preferences.theme.mixed(role, share)
        item = pg.PlotCurveItem(
            x,
            y,
            pen=pen(color, width * self.preferences.zoom, style),
            antialias=True,
            connect="finite",
        )
        self.plot.addItem(item, ignoreBounds=True)

    def add_band(self, x: Floats, low: Floats, high: Floats, role: str) -> None:
        """The room between two curves."""
        known = np.isfinite(low) & np.isfinite(high)
        if known.sum() < 2:
            return
        edges = [pg.PlotCurveItem(x[known], y[known], pen=None) for y in (low, high)]
        color = self.preferences.theme.mixed(role, 0.3)
        band = pg.FillBetweenItem(*edges, brush=color)
        band.setZValue(-20)
        self.plot.addItem(band, ignoreBounds=True)

    def add_spots(
        self,
        x: Floats,
        y: Floats,
        role: str,
        size: float = 8.0,
        symbol: str = "o",
        share: float = 1.0,
    ) -> None:
        """Marks at these places."""
        known = np.isfinite(x) & np.isfinite(y)
        if not known.any():
            return
        theme, zoom = self.preferences.theme, self.preferences.zoom
        item = Spots(
            x[known],
            y[known],
            size=size * zoom,
            symbol=symbol,
            brush=theme.mixed(role, share),
            pen=pen(theme.color("surface")),
            antialias=True,
        )
        item.setZValue(10)
        self.plot.addItem(item, ignoreBounds=True)

    def add_line(
        self, place: float, is_upright: bool, role: str, words: str = "", at: float = 0.93
    ) -> None:
        """A straight line through the whole plot, with a word beside it."""
        theme = self.preferences.theme
        line = pg.InfiniteLine(
            place,
            angle=90 if is_upright else 0,
            pen=pen(theme.color(role), 1.5 * self.preferences.zoom, DASHED),
            label=words or None,
            labelOpts={
                "color": theme.color(role),
                "position": at,
                "fill": theme.color("surface"),
                "movable": False,
            },
        )
        if words:
            line.label.setFont(self.font())
        self.plot.addItem(line, ignoreBounds=True)

    def home_of_epochs(self, last: float, y: tuple[float, float]) -> None:
        """The view from the start to the last epoch."""
        room = _EPOCH_ROOM * max(last, 1.0)
        self.set_home((-room, max(last, 1.0) + room), y)

    def add_label(self, x: float, y: float, words: str) -> None:
        """Words beside a place, on a ground of their own."""
        theme = self.preferences.theme
        label = pg.TextItem(
            words, color=theme.color("text"), anchor=(-0.05, 1.1), fill=theme.color("surface")
        )
        label.setFont(self.font())
        label.setPos(x, y)
        label.setZValue(20)
        self.plot.addItem(label, ignoreBounds=True)

    def set_home(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """The view to start from: these ranges."""
        self.plot.set_home(QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0]))

    def tick_at(self, values: Sequence[float], places: Floats) -> None:
        """Ticks of the bottom axis at the values that were tried, if they are few."""
        if len(values) <= _MOST_TICKS:
            pairs = [
                (place, self.preferences.number(value, 6))
                for place, value in zip(places.tolist(), values, strict=True)
            ]
            self.plot.bottom.setTicks([pairs])

    # -- taking it home --------------------------------------------------------------------------

    def table(self) -> Table | None:
        """The plotted numbers."""
        if self.result is None or not self.columns:
            return None
        names = tuple(self.columns)
        values = np.column_stack(list(self.columns.values()))
        return Table(names[:1], names[1:], values[:, :1], values[:, 1:])


def numbers_of(sheet: Sheet) -> dict[str, Floats]:
    """The columns of a sheet that hold numbers alone, NaN where there is nothing."""
    return {
        key: sheet.values(key)
        for k, key in enumerate(sheet.columns)
        if all(row[k] is None or isinstance(row[k], int | float) for row in sheet.rows)
    }


def span_of(
    *curves: Floats, least: float = 1e-6, floor: float | None = None
) -> tuple[float, float]:
    """A range that holds the numbers of all curves with some room; from ``floor`` if given."""
    numbers = np.concatenate([np.ravel(curve) for curve in curves]) if curves else np.zeros(0)
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    if floor is not None:
        low = min(low, floor)
    room = max((high - low) * _HEADROOM, least, 1e-9 * max(abs(low), abs(high)))
    return (low if low == floor else low - room), high + room


def style_of(number: int) -> tuple[str, Qt.PenStyle]:
    """Colour and kind of line of the curve of this number, from 0."""
    return ROLES[number % len(ROLES)], (SOLID, DASHED, DOTTED)[number // len(ROLES) % 3]
