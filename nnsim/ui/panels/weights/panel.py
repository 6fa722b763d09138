"""The weights panel: how weights, or their updates, are spread, as a heat map over the run."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnsim.data import Table
from nnsim.engine.histograms import BINS, Histogram, edges
from nnsim.session.scales import Scale
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import heat_image, shades
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.inside.panel import InsidePanel
from nnsim.ui.panels.plane.items import Ground
from nnsim.ui.panels.plotting.bundles import Bar, Bars
from nnsim.ui.panels.plotting.items import keep_as_pixels
from nnsim.ui.panels.plotting.panel import fill_chooser
from nnsim.ui.panels.weights.spread import (
    WHATS,
    Columns,
    HeatMap,
    Reach,
    What,
    intensities,
    shares,
    spread,
)
from nnsim.ui.panels.weights.words import WeightsWords

# Columns of the image at most: more than a panel has pixels for are of no use.
_COLUMNS = 600
_SCALE = Scale(0.0, 1.0, is_fixed=True)
# What the chooser of layers has beside their numbers.
_ALL, _SELECTED = -1, -2


class WeightsPanel(InsidePanel):
    """Weights or updates of a layer, or of all: time from left to right, values upwards."""

    title_key = "weights.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._what: What = "weights"
        self._chosen = _ALL
        self._layer: int | None = None
        self._reach = Reach()
        self._columns = Columns(self._what, self._layer)
        self._map: HeatMap | None = None
        self._shown: Histogram | None = None
        self._drawn: tuple[object, ...] = ()
        self._colors = shades(preferences.theme)
        self._what_chooser = self.add_chooser("what")
        self._layer_chooser = self.add_chooser("layer")
        self.add_reset()
        self._ground, self._bars = Ground(), Bars()
        keep_as_pixels(self._ground)
        self.plot.addItem(self._ground, ignoreBounds=True)
        self.strip.add(self._bars)
        self.strip.axis.is_short = True
        for chooser in (self._what_chooser, self._layer_chooser):
            chooser.activated.connect(self._choose)
        self.say()

    # -- drawing ---------------------------------------------------------------------------------

    @property
    def what(self) -> What:
        """What is plotted: weights or updates."""
        return self._what

    @property
    def layer(self) -> int | None:
        """Whose they are; None for all layers."""
        return self._layer

    @property
    def heat_map(self) -> HeatMap | None:
        """The map as it is drawn, None where there is none."""
        return self._map if self.has_figure else None

    @property
    def exponent(self) -> int:
        """The axis of values goes from -2^exponent to 2^exponent."""
        return self._reach.exponent or 0

    def forget(self) -> None:
        """Axes, colours and the map are made anew."""
        super().forget()
        self._reach = Reach()
        self._columns = Columns(self._what, self._layer)
        self._colors = shades(self.preferences.theme)
        self._drawn = ()

    def draw(self) -> None:
        """The map, where it is another, and the histogram of the iteration shown."""
        self._fill_layers()
        self._take_layer()
        fresh = self._columns.take_in(self.points)
        present = self.present
        self._shown = None if present is None else spread(present, self._what, self._layer)
        self._reach.take_in([*fresh, *([] if self._shown is None else [self._shown])])
        self.show_figure()
        key = (self.points, tuple(self.names), self._reach.value, self.x_reach)
        if key != self._drawn:
            self._drawn = key
            self._draw_map()
        self._draw_bars()
        self.figure.caption.set_text(self._words().caption(present, self._shown))

    def _draw_map(self) -> None:
        high = float(np.ldexp(1.0, self.exponent))
        columns = self._columns.shares(self.points, self.exponent)
        self._map = HeatMap.of(self.points, columns) if columns else None
        self._ground.setVisible(self._map is not None)
        if self._map is not None:
            left, right = self._map.edges[[0, -1]].tolist()
            grid = self._map.evenly(min(round(right - left), _COLUMNS))
            image = heat_image(intensities(grid), _SCALE, self._colors)
            self._ground.show_image(image, QRectF(left, -high, right - left, 2 * high), False)
        reach = self._reach.value
        self.plot.set_home(QRectF(0, -reach, self.x_reach * 1.02, 2 * reach))
        words = self._words()
        self.figure.legend.set_text(words.legend(self.marks_legend()))
        self.plot.set_titles(
            self.words("inside.axis_iteration"), words.axis(), self.words("weights.axis_share")
        )

    def _draw_bars(self) -> None:
        if self._shown is None:
            self._bars.show_bars(())
            return
        values = shares(self._shown, self.exponent)
        self._reach.take_in_shares(values)
        self.strip.set_reach(0.0, 105 * self._reach.share)
        ends = edges(self.exponent).tolist()
        theme = self.preferences.theme
        self._bars.show_bars(
            [
                Bar(0.0, ends[k], 100 * value, ends[k + 1], theme.signed(k - BINS // 2 + 0.5))
                for k, value in enumerate(values.tolist())
                if value
            ]
        )

    def _words(self) -> WeightsWords:
        layer = None if self._layer is None else self.names[self._layer]
        return WeightsWords(self.preferences, self._what, layer)

    # -- controls --------------------------------------------------------------------------------

    def _fill_layers(self) -> None:
        """All layers, or one; another diagram may have fewer."""
        if self._chosen >= len(self.names):
            self._chosen = _ALL
        entries: list[tuple[str, object]] = [(self.words("weights.all"), _ALL)]
        if len(self.names) > 1:
            entries.append((self.words("weights.selected"), _SELECTED))
            entries += [(name, k) for k, name in enumerate(self.names)]
        fill_chooser(self._layer_chooser, entries, self._chosen)
        self._layer_chooser.setEnabled(len(entries) > 1)

    def _take_layer(self) -> None:
        """The layer that was chosen, or is selected; it has axes of its own."""
        wanted = self.selected if self._chosen == _SELECTED else self._chosen
        layer = None if wanted == _ALL else wanted
        if layer != self._layer:
            self._layer = layer
            self._reach, self._columns = Reach(), Columns(self._what, layer)
            self._drawn = ()

    def _choose(self) -> None:
        self._what = self._what_chooser.currentData()
        self._chosen = self._layer_chooser.currentData()
        self.plot.reset_view()
        self.refresh_all()
        if self.sender() is self._layer_chooser and self._chosen >= 0:
            self.select_layer(self._chosen)

    def say_words(self) -> None:
        """Words of the controls."""
        entries = [(self.words(f"weights.{what}"), what) for what in WHATS]
        fill_chooser(self._what_chooser, entries, self._what)
        for chooser, name in ((self._what_chooser, "what"), (self._layer_chooser, "layer")):
            chooser.setToolTip(self.words(f"weights.{name}_tip"))
            chooser.setAccessibleName(self.words(f"weights.{name}"))
        self.say_keys()

    # -- words and numbers -----------------------------------------------------------------------

    def _row_at(self, y: float) -> int | None:
        """The bin a value lies in, None outside the axis."""
        row = int(np.floor(np.ldexp(y, -self.exponent) * (BINS // 2))) + BINS // 2
        return row if 0 <= row < BINS else None

    def readout_at(self, x: float, y: float) -> str:
        """How many weights lie in the bin below the mouse."""
        found, row = self._map, self._row_at(y)
        if found is None or row is None or not found.edges[0] <= x <= found.edges[-1]:
            return self.words("plotting.hint")
        column = min(int(np.searchsorted(found.edges, x, side="right")), len(self.points)) - 1
        point = self.points[column]
        histogram = spread(point, self._what, self._layer)
        return self._words().readout(point.iteration, histogram, self.exponent, row)

    def readout_in_strip(self, x: float, y: float) -> str:
        """How many weights of the iteration shown lie in the bin below the mouse."""
        row = self._row_at(y)
        if self._shown is None or row is None:
            return self.words("plotting.hint")
        return self._words().bin(self._shown, self.exponent, row)

    def table(self) -> Table | None:
        """Iterations, the middle of each bin, and the share of the values in it."""
        found = self.heat_map
        if found is None:
            return None
        ends = edges(self.exponent)
        middles = (ends[1:] + ends[:-1]) / 2
        iterations = np.array([float(point.iteration) for point in self.points])
        places = np.column_stack([np.repeat(iterations, BINS), np.tile(middles, len(iterations))])
        return Table(
            ("iteration", "middle_of_bin"), ("share",), places, found.shares.T.reshape(-1, 1)
        )
