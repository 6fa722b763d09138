"""The weights panel: how weights, or their updates, are spread, as a heat map over the run."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnsim.data import Table
from nnsim.session.scales import Scale
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import heat_image, shades
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.inside.panel import InsidePanel
from nnsim.ui.panels.plane.items import Ground
from nnsim.ui.panels.plotting.bundles import Bar, Bars
from nnsim.ui.panels.plotting.items import keep_as_pixels
from nnsim.ui.panels.plotting.panel import fill_chooser
from nnsim.ui.panels.weights.axes import Decades, Reach, Spread, ValueAxis
from nnsim.ui.panels.weights.spread import (
    WHATS,
    Columns,
    HeatMap,
    What,
    intensities,
    spread,
)
from nnsim.ui.panels.weights.words import WeightsWords

# Columns of the image at most: more than a panel has pixels for are of no use.
_COLUMNS = 600
_SCALE = Scale(0.0, 1.0, is_fixed=True)
# What the chooser of layers has beside their numbers.
_ALL, _SELECTED = -1, -2


class WeightsPanel(InsidePanel):
    """Weights or updates of a layer, or of all: time from left to right, values upwards.

    Sizes of updates have a logarithmic axis: they lie powers of ten apart.
    """

    title_key = "weights.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._what: What = "weights"
        self._chosen = _ALL
        self._layer: int | None = None
        self._axis: ValueAxis = Reach()
        self._columns = Columns(self._what, self._layer)
        self._map: HeatMap | None = None
        self._shown: Spread | None = None
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
        self._what_chooser.activated.connect(self._choose_what)
        self._layer_chooser.activated.connect(self._choose_layer)
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
    def axis(self) -> ValueAxis:
        """The axis of values."""
        return self._axis

    def forget(self) -> None:
        """Axes, colours and the map are made anew."""
        super().forget()
        self._begin_axes()
        self._colors = shades(self.preferences.theme)

    def _begin_axes(self) -> None:
        self._axis = Decades() if self._what == "sizes" else Reach()
        self._columns = Columns(self._what, self._layer)
        self._drawn = ()

    def draw(self) -> None:
        """The map, where it is another, and the histogram of the iteration shown."""
        self._fill_layers()
        self._take_layer()
        fresh = self._columns.take_in(self.points)
        present = self.present
        self._shown = None if present is None else spread(present, self._what, self._layer)
        self._axis.take_in([*fresh, *([] if self._shown is None else [self._shown])])
        self.show_figure()
        key = (self.points, tuple(self.names), self._axis.key, self._axis.home, self.x_reach)
        if key != self._drawn:
            self._drawn = key
            self._draw_map()
        self._draw_bars()
        self.figure.caption.set_text(self._words().caption(present, self._shown))

    def _draw_map(self) -> None:
        axis = self._axis
        columns = self._columns.shares(self.points, axis)
        self._map = HeatMap.of(self.points, columns) if columns else None
        self._ground.setVisible(self._map is not None)
        if self._map is not None:
            left, right = self._map.edges[[0, -1]].tolist()
            grid = self._map.evenly(min(round(right - left), _COLUMNS))
            image = heat_image(intensities(grid, axis.signs()), _SCALE, self._colors)
            low, high = axis.places()[[0, -1]].tolist()
            self._ground.show_image(image, QRectF(left, low, right - left, high - low), False)
        low, high = axis.home
        self.plot.left.setLogMode(y=axis.is_log)
        self.plot.set_home(QRectF(0, low, self.x_reach * 1.02, high - low))
        words = self._words()
        self.figure.legend.set_text(words.legend(self.marks_legend()))
        self.plot.set_titles(
            self.words("inside.axis_iteration"), words.axis(), self.words("weights.axis_share")
        )

    def _draw_bars(self) -> None:
        if self._shown is None:
            self._bars.show_bars(())
            return
        values = self._axis.shares(self._shown)
        self._axis.take_in_shares(values)
        self.strip.set_reach(0.0, 105 * self._axis.share)
        ends, signs = self._axis.places().tolist(), self._axis.signs().tolist()
        theme = self.preferences.theme
        self._bars.show_bars(
            [
                Bar(0.0, ends[k], 100 * value, ends[k + 1], theme.signed(signs[k]))
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
            self._begin_axes()

    def _choose_what(self) -> None:
        self._what = self._what_chooser.currentData()
        self._show_chosen()

    def _choose_layer(self) -> None:
        self._chosen = self._layer_chooser.currentData()
        self._show_chosen()
        if self._chosen >= 0:
            self.select_layer(self._chosen)

    def _show_chosen(self) -> None:
        self.plot.reset_view()
        self.refresh_all()

    def say_words(self) -> None:
        """Words of the controls."""
        entries = [(self.words(f"weights.{what}"), what) for what in WHATS]
        fill_chooser(self._what_chooser, entries, self._what)
        for chooser, name in ((self._what_chooser, "what"), (self._layer_chooser, "layer")):
            chooser.setToolTip(self.words(f"weights.{name}_tip"))
            chooser.setAccessibleName(self.words(f"weights.{name}"))
        self.say_keys()

    # -- words and numbers -----------------------------------------------------------------------

    def readout_at(self, x: float, y: float) -> str:
        """How many weights lie in the bin below the mouse."""
        found, row = self._map, self._axis.row_at(y)
        if found is None or row is None or not found.edges[0] <= x <= found.edges[-1]:
            return self.words("plotting.hint")
        column = min(int(np.searchsorted(found.edges, x, side="right")), len(self.points)) - 1
        point = self.points[column]
        spread_there = spread(point, self._what, self._layer)
        return self._words().readout(point.iteration, spread_there, self._axis, row)

    def readout_in_strip(self, x: float, y: float) -> str:
        """How many weights of the iteration shown lie in the bin below the mouse."""
        row = self._axis.row_at(y)
        if self._shown is None or row is None:
            return self.words("plotting.hint")
        return self._words().bin(self._shown, self._axis, row)

    def table(self) -> Table | None:
        """Iterations, the middle of each bin, and the share of the values in it."""
        found = self.heat_map
        if found is None:
            return None
        ends = self._axis.places()
        middles = self._axis.values((ends[1:] + ends[:-1]) / 2)
        iterations = np.array([float(point.iteration) for point in self.points])
        places = np.column_stack(
            [np.repeat(iterations, len(middles)), np.tile(middles, len(iterations))]
        )
        return Table(
            ("iteration", "middle_of_bin"), ("share",), places, found.shares.T.reshape(-1, 1)
        )
