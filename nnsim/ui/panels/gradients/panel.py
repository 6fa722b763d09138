"""The gradients panel: norms of every layer over the run, and its dead and saturated units."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from nnsim.data import Table
from nnsim.document.model import LAYER_RULES, Rule
from nnsim.session.outcome import not_finite_since
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.gradients.in_time import TimeCourses
from nnsim.ui.panels.gradients.measures import MEASURES, Courses, Heights, Measure
from nnsim.ui.panels.gradients.words import GradientsWords, InTimeWords
from nnsim.ui.panels.inside.layers import layer_color
from nnsim.ui.panels.inside.panel import InsidePanel
from nnsim.ui.panels.plotting.bundles import MOST_SMOOTH, Bar, Bars, Curves
from nnsim.ui.panels.plotting.items import pen
from nnsim.ui.panels.plotting.panel import fill_chooser

_WIDTH, _SELECTED_WIDTH, _OTHER_WIDTH = 2.0, 3.5, 1.2
# Lines of many points, that of the selected layer twice as wide.
_THIN = 1.0
_BAR = 0.36
# A click so near to a curve, in pixels, means its layer.
_NEAR = 12.0


class GradientsPanel(InsidePanel):
    """Norms of gradients and updates, dead and saturated units: over time and layer by layer."""

    title_key = "gradients.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._chosen: Measure | None = None
        self._measure = MEASURES["gradient"]
        self._heights = Heights(is_log=True)
        self._courses: Courses | None = None
        self._in_time: TimeCourses | None = None
        self._drawn: tuple[object, ...] = ()
        self._chooser = self.add_chooser("measure")
        self.add_reset()
        self._curves, self._bars = Curves(), Bars()
        self.plot.addItem(self._curves, ignoreBounds=True)
        self.strip.add(self._bars)
        self.strip.axis.is_whole = True
        self._chooser.activated.connect(self._choose)
        self.plot.clicked.connect(self._click)
        self.strip.clicked.connect(self._click_bar)
        self.say()

    # -- drawing ---------------------------------------------------------------------------------

    @property
    def measure(self) -> Measure:
        """What is plotted: as chosen, else the gradient where the present rule has one."""
        if self._chosen is not None:
            return self._chosen
        return MEASURES["update" if self._rule in LAYER_RULES else "gradient"]

    @property
    def _rule(self) -> Rule:
        iteration = self.workspace.session.position.iteration
        return self.workspace.document.settings_at(iteration - 1)[0].rule

    @property
    def courses(self) -> Courses | None:
        """The curves as they are drawn, None where there are none."""
        return self._courses if self.has_figure else None

    def forget(self) -> None:
        """Axes and curves are made anew."""
        super().forget()
        self._heights = Heights(not self._measure.is_share)
        self._drawn = ()

    def draw(self) -> None:
        """Curves and bars of the measure; words where no layer has it."""
        measure = self.measure
        if measure is not self._measure:
            self._take(measure)
        self._marker.setVisible(not measure.in_time and self.present is not None)
        self._changes.setVisible(not measure.in_time)
        # Its bars are those of layers.
        self.strip.show(not measure.in_time)
        if measure.in_time:
            self._draw_in_time()
            return
        heights = self._heights
        courses = Courses.of(self.points, measure, len(self.layers))
        present = [] if self.present is None else [measure.of(self.present)]
        if all(np.isnan(values).all() for values in (courses.y, *present)):
            self.show_message(self._why_none())
            return
        self.show_figure()
        self._courses = courses
        heights.take_in([courses.y, *present])
        key = (self.points, tuple(self.names), self.selected, heights.range, self.x_reach)
        if key != self._drawn:
            self._drawn = key
            self._draw_curves(courses)
        self._draw_bars()
        words = GradientsWords(self.preferences, measure, self.names)
        self.figure.caption.set_text(words.caption(self.present))

    def _draw_in_time(self) -> None:
        """‖∂L/∂h_t‖ of a recurrent layer over its time steps, at several iterations."""
        chosen = [] if self.selected is None else self.layers[self.selected].nodes
        nodes = [*chosen, *(node for layer in self.layers for node in layer.nodes)]
        self._in_time = found = TimeCourses.of(self.points, self.present, nodes)
        if found is None:
            self.show_message(self._why_none())
            return
        self.show_figure()
        heights, theme = self._heights, self.preferences.theme
        heights.take_in([found.y])
        low, high = heights.range
        self.plot.left.setLogMode(y=True)
        self.plot.set_home(QRectF(0, low, float(found.x[-1]) * 1.02, high - low))
        earlier = len(found.y) - found.has_present
        pens = [pen(theme.color("muted"), self.preferences.zoom) for _ in range(earlier)]
        if found.has_present:
            pens.append(pen(theme.color("accent"), _WIDTH * self.preferences.zoom))
        self._curves.show_curves(found.x, [heights.of(y) for y in found.y], pens)
        name = self.workspace.document.node(found.node).name
        words = InTimeWords(self.preferences, name, found)
        self.figure.legend.set_text(words.legend())
        self.figure.caption.set_text(words.caption())
        self.plot.set_titles(
            self.words("gradients.axis_step"), self.words("gradients.axis_in_time"), ""
        )
        self._drawn = ()

    def go_near(self, x: float) -> None:
        """Over time steps a place is no iteration to go to."""
        if not self._measure.in_time:
            super().go_near(x)

    def _why_none(self) -> str:
        if self._measure.in_time and self._rule not in LAYER_RULES and self.points:
            return self.words("gradients.no_in_time")
        if not self._measure.needs_gradient:
            return self.words(f"gradients.no_{self._measure.name}")
        if self._rule in LAYER_RULES:
            return self.words("gradients.no_gradient", rule=self.words(f"rule.{self._rule}"))
        return self.words("gradients.no_gradient_yet")

    def _draw_curves(self, courses: Courses) -> None:
        heights, count = self._heights, len(self.layers)
        low, high = heights.range
        self.plot.left.setLogMode(y=heights.is_log)
        self.plot.set_home(QRectF(0, low, self.x_reach * 1.02, high - low))
        selected = self.selected
        order = sorted(range(count), key=lambda k: k == selected)
        self._curves.show_curves(
            courses.x,
            [heights.of(courses.y[:, k]) for k in order],
            [pen(self._color(k), self._width(k, selected)) for k in order],
        )
        words = GradientsWords(self.preferences, self._measure, self.names)
        samples = self.workspace.history.samples
        astray = courses.gone_astray(not_finite_since(self.workspace.session.verdict))
        self.figure.legend.set_text(words.legend(courses, samples, self.marks_legend(), astray))
        self.plot.set_titles(
            self.words("inside.axis_iteration"),
            self.words(f"gradients.axis_{self._measure.name}"),
            self.words("gradients.axis_layer"),
        )
        self.strip.set_reach(0.4, count + 0.6)

    def _color(self, layer: int) -> QColor:
        return layer_color(self.preferences.theme, layer, len(self.layers))

    def _width(self, layer: int, selected: int | None) -> float:
        if len(self.points) > MOST_SMOOTH:
            return self.preferences.zoom * (2 * _THIN if layer == selected else _THIN)
        width = _WIDTH if selected is None else _OTHER_WIDTH
        return self.preferences.zoom * (_SELECTED_WIDTH if layer == selected else width)

    def _draw_bars(self) -> None:
        """The figures of the iteration shown, from the lower edge up."""
        if self.present is None:
            self._bars.show_bars(())
            return
        values = self._measure.of(self.present)
        bottom = self._heights.range[0]
        self._bars.show_bars(
            [
                Bar(k + 1 - _BAR, bottom, k + 1 + _BAR, top, self._color(k))
                for k, top in enumerate(self._heights.of(values).tolist())
                if np.isfinite(top)
            ]
        )

    # -- going there -----------------------------------------------------------------------------

    def _click(self, place: QPointF) -> None:
        """A click on a curve selects its layer, too."""
        layer = self._layer_near(place.x(), place.y())
        point = self.point_near(place.x())
        if layer is None or point is None or self._measure.in_time:
            return
        height = self._heights.of(self._measure.of(point))[layer]
        away = self.plot.place_of(QPointF(place.x(), height)) - self.plot.place_of(place)
        if abs(away.y()) <= _NEAR * self.preferences.zoom:
            self.select_layer(layer)

    def _click_bar(self, place: QPointF) -> None:
        layer = -1 if self._measure.in_time else round(place.x()) - 1
        if self.has_figure and 0 <= layer < len(self.layers):
            self.select_layer(layer)

    def _layer_near(self, x: float, y: float) -> int | None:
        """The layer whose curve is nearest to a height, at the point nearest to x."""
        point = self.point_near(x)
        if point is None:
            return None
        away = np.abs(self._heights.of(self._measure.of(point)) - y)
        return None if np.isnan(away).all() else int(np.nanargmin(away))

    # -- words and numbers -----------------------------------------------------------------------

    def _choose(self, index: int) -> None:
        self._chosen = MEASURES[self._chooser.itemData(index)]
        self.refresh_all()

    def _take(self, measure: Measure) -> None:
        """Plot this from now on, on an axis of its own."""
        self._measure = measure
        self._heights = Heights(not measure.is_share)
        self._drawn = ()
        self.plot.reset_view()
        self._fill_chooser()

    def _fill_chooser(self) -> None:
        entries = [(self.words(f"gradients.{name}"), name) for name in MEASURES]
        fill_chooser(self._chooser, entries, self._measure.name)

    def say_words(self) -> None:
        """Words of the controls."""
        self._fill_chooser()
        self._chooser.setToolTip(self.words("gradients.measure_tip"))
        self._chooser.setAccessibleName(self.words("gradients.measure"))
        self.say_keys()

    def readout_at(self, x: float, y: float) -> str:
        """The figure of the curve that is nearest."""
        if self._measure.in_time and self._in_time is not None:
            name = self.workspace.document.node(self._in_time.node).name
            return InTimeWords(self.preferences, name, self._in_time).readout(x)
        point, layer = self.point_near(x), self._layer_near(x, y)
        if point is None or layer is None or not 0 <= x <= self.x_reach:
            return self.words("plotting.hint")
        words = GradientsWords(self.preferences, self._measure, self.names)
        return words.readout(point.iteration, layer, float(self._measure.of(point)[layer]))

    def readout_in_strip(self, x: float, y: float) -> str:
        """The figure of the layer below the mouse."""
        layer = -1 if self._measure.in_time else round(x) - 1
        if self.present is None or not 0 <= layer < len(self.layers):
            return self.words("plotting.hint")
        words = GradientsWords(self.preferences, self._measure, self.names)
        return words.layer(layer, float(self._measure.of(self.present)[layer]))

    def table(self) -> Table | None:
        """Iterations, and the measure of every layer; or time steps, and several iterations."""
        if self._measure.in_time:
            return None if self._in_time is None or not self.has_figure else self._in_time.table()
        courses = self.courses
        if courses is None or not len(courses.x):
            return None
        return Table(("iteration",), tuple(self.names), courses.x[:, np.newaxis], courses.y)
