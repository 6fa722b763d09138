"""The activation panel: f and f' of a neuron's activation, and the point where it stands."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QWidget

from nnsim.core.ranges import span, step_up
from nnsim.data import Table
from nnsim.document.naming import unit_name
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.explain.wiring import Layer
from nnsim.session.frame import Frame
from nnsim.session.probing import layer_of
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.activation.items import CurveItems
from nnsim.ui.panels.activation.model import (
    REACH,
    Column,
    Curves,
    Standing,
    columns_of,
    elementwise,
    log_sum_exp,
    maxout_lines,
    maxout_of_one,
    neuron_for,
    softmax_of_one,
    standing,
    sums_of,
    used_activations,
    wider,
)
from nnsim.ui.panels.activation.sums import Sums, SumsStrip
from nnsim.ui.panels.activation.words import ActivationWords
from nnsim.ui.panels.plotting.panel import PlotPanel, fill_chooser
from nnsim.ui.panels.plotting.units import Subject, sample_for

_MOST_NAMED, _MOST_COLUMNS = 3, 32
_MARGIN, _GROWTH = 0.08, 1.1


class ActivationPanel(PlotPanel):
    """The activation of the selected neuron, or any that the diagram uses."""

    title_key = "activation_panel.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._chosen: ActivationSpec | None = None
        self._chosen_column: Column | None = None
        self._subject = Subject()
        self._standing = Standing(None, None, None)
        self._curves: Curves | None = None
        self._key: tuple[object, ...] | None = None
        self._said: tuple[object, ...] = ()
        self._reach, self._height = REACH, 0.0
        self._entries: list[tuple[str, ActivationSpec | None]] = []
        self._chooser = self.add_chooser("activation")
        self.add_reset()
        self._columns = self.add_chooser("column")
        self.controls.removeWidget(self._columns)
        self._columns.hide()
        self.plot.show_grid()
        self._items = CurveItems(self.plot, preferences)
        self._sums = SumsStrip(self.plot, preferences)
        self._sums.strip.hovered.connect(self._hover_sums)
        self._chooser.activated.connect(self._choose)
        self._columns.activated.connect(self._choose_column)
        workspace.selection_changed.connect(self.refresh)
        workspace.nodes_changed.connect(self.refresh)
        self.plot.clicked.connect(self._click)
        self.say()

    # -- drawing ---------------------------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """The neuron whose point is drawn."""
        return self._subject

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return self._standing

    @property
    def sums(self) -> Sums | None:
        """Its sums over the training samples, None for a maxout and without a figure."""
        return self._sums.sums if self.has_figure else None

    @property
    def curves(self) -> Curves | None:
        """The curves as they are drawn, None where they cannot be known yet."""
        return self._curves if self.has_figure else None

    def forget(self) -> None:
        """Curves and axes are made anew."""
        self._key = None
        self._said = ()
        self._entries = []
        self._reach, self._height = REACH, 0.0
        self._sums.forget()

    def redraw(self) -> None:
        """The curves, where they are others, and the point."""
        frame, workspace = self.workspace.frame, self.workspace
        self._fill_chooser(frame)
        if frame is None:
            self.show_message(self.words("activation_panel.not_ready"))
            return
        subject = neuron_for(
            workspace.document, frame, workspace.selection, workspace.nodes, self._chosen
        )
        if subject.node != self._subject.node:
            self._reach, self._height = REACH, 0.0
        self._subject = subject
        layer = layer_of(frame.spec, subject.node)
        sample = sample_for(frame, workspace.selection)
        name = layer.activation.name
        sums = self._sums.find(workspace.document, frame, subject)
        self._reach = wider(self._reach, *(sums.ends if sums is not None else ()))
        self._show_columns(layer if name == "maxout" else None)
        if name == "softmax":
            self._draw_softmax(frame, layer, sample)
        elif name == "maxout":
            self._draw_maxout(frame, layer, sample)
        else:
            self._standing = standing(frame, subject, sample, None)
            self._reach = wider(self._reach, self._standing.x)
            reach = self._reach
            self._draw((layer.activation, reach), lambda: elementwise(layer.activation, reach))
        if self.has_figure:
            self._say_figure(layer)

    def _draw_softmax(self, frame: Frame, layer: Layer, sample: int) -> None:
        sums = sums_of(frame, layer, sample)
        if sums is None:
            self.show_message(self.words("activation_panel.softmax_waits"))
            return
        others = log_sum_exp(np.delete(sums, self._subject.unit))
        self._standing = standing(frame, self._subject, sample, others)
        self._reach = wider(self._reach, self._standing.x, others if math.isfinite(others) else 0)
        reach = self._reach
        self._draw((layer.activation, reach, others), lambda: softmax_of_one(others, reach))

    def _draw_maxout(self, frame: Frame, layer: Layer, sample: int) -> None:
        column = self._column(layer)
        found = maxout_lines(frame, self._subject, sample, column)
        if found is None:
            self.show_message(self.words("activation_panel.maxout_waits"))
            return
        slopes, offsets, value = found
        a = frame.value(Quantity("a", layer.node, self._subject.unit, sample=sample))
        with np.errstate(over="ignore", invalid="ignore"):
            winner = float(slopes[(slopes * value + offsets).argmax()])
        self._standing = (
            Standing(value, None, None) if a is None else Standing(value, float(a), winner)
        )
        self._reach = wider(self._reach, value)
        reach = self._reach
        key = (layer.activation, column, reach, slopes.tobytes(), offsets.tobytes())
        self._draw(key, lambda: maxout_of_one(slopes, offsets, -reach, reach))

    def _draw(self, key: tuple[object, ...], make: Callable[[], Curves]) -> None:
        """Draw the curves of ``key``, made anew if they are others, and the point on them."""
        self.show_figure()
        if key != self._key or self._curves is None:
            self._key = key
            self._curves = make()
            self._items.show_curves(self._curves)
            self._set_home(self._curves)
        self._items.show_standing(self._standing)
        self._sums.draw(self._reach, self._standing.x)

    def _set_home(self, curves: Curves) -> None:
        """Axes that hold the curves; over a maxout, whose lines move, they only grow."""
        values = np.concatenate([curves.f, curves.slope])
        low, high = span(values.tolist(), _MARGIN)
        if len(curves.pieces):
            largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) * _GROWTH
            reach = step_up(largest) if 0 < largest < math.inf else 1.0
            self._height = max(self._height, reach)
            low, high = -self._height, self._height
        left, right = float(np.nanmin(curves.x)), float(np.nanmax(curves.x))
        self.plot.set_home(QRectF(left, low, right - left, high - low))

    def _click(self, place: QPointF) -> None:
        """A click on the point selects the sum it stands at; of a maxout, which has several, the
        activation."""
        frame, subject = self.workspace.frame, self._subject
        if frame is None or not self.has_figure or not self._items.is_at_point(place):
            return
        layer = layer_of(frame.spec, subject.node)
        kind = "a" if layer.activation.name == "maxout" else "z"
        sample = sample_for(frame, self.workspace.selection)
        quantity = Quantity(kind, subject.node, subject.unit, sample=sample)
        self.workspace.select(frame.at_step(quantity))

    # -- controls --------------------------------------------------------------------------------

    def _choose(self, index: int) -> None:
        self._chosen = self._chooser.itemData(index)
        self.refresh_all()

    def _choose_column(self, index: int) -> None:
        self._chosen_column = self._columns.itemData(index)
        self.refresh_all()

    def _fill_chooser(self, frame: Frame | None) -> None:
        used = used_activations(frame) if frame is not None else {}
        entries: list[tuple[str, ActivationSpec | None]] = [
            (self.words("activation_panel.follow"), None)
        ]
        entries += [(self._entry(spec, nodes), spec) for spec, nodes in used.items()]
        if entries != self._entries:
            self._entries = entries
            if self._chosen not in used:
                self._chosen = None
            fill_chooser(self._chooser, entries, self._chosen)

    def _entry(self, spec: ActivationSpec, nodes: list[str]) -> str:
        document = self.workspace.document
        names = ", ".join(document.node(node).name for node in nodes[:_MOST_NAMED])
        more = ", …" if len(nodes) > _MOST_NAMED else ""
        return f"{self.words(f'activation.{spec.name}')} ({names}{more})"

    def _column(self, layer: Layer) -> Column:
        """The input that is varied: as chosen, else that of the selected weight, else the first."""
        units = {node: self._units(node) for node in (s.node for s in layer.sources)}
        columns = columns_of(layer, units, _MOST_COLUMNS)
        selection = self.workspace.selection
        if self._chosen_column in columns:
            return self._chosen_column
        if selection is not None:
            selected = Column(selection.owner, selection.column)
            if selected in columns:
                return selected
        return columns[0]

    def _units(self, node: str) -> int:
        return self.workspace.document.node(node).units

    def _show_columns(self, layer: Layer | None) -> None:
        """The choice of an input, for maxout alone."""
        if layer is None:
            if self._columns.isVisibleTo(self):
                self._columns.hide()
                self.controls.removeWidget(self._columns)
            return
        document = self.workspace.document
        sources = {source.connection: source.node for source in layer.sources}
        units = {node: self._units(node) for node in sources.values()}
        entries = [
            (unit_name(document, sources[column.connection], column.unit), column)
            for column in columns_of(layer, units, _MOST_COLUMNS)
        ]
        fill_chooser(self._columns, entries, self._column(layer))
        if not self._columns.isVisibleTo(self):
            self.controls.addWidget(self._columns)
            self._columns.show()

    def say_words(self) -> None:
        """Words of the controls."""
        for chooser, name in ((self._chooser, "chooser"), (self._columns, "column")):
            chooser.setToolTip(self.words(f"activation_panel.{name}_tip"))
            chooser.setAccessibleName(self.words(f"activation_panel.{name}"))

    # -- words and numbers -----------------------------------------------------------------------

    def _say_figure(self, layer: Layer) -> None:
        document, curves = self.workspace.document, self._curves
        assert curves is not None
        name = unit_name(document, self._subject.node, self._subject.unit)
        column = ""
        if len(curves.pieces):
            chosen = self._column(layer)
            source = document.connection(chosen.connection).source
            column = unit_name(document, source, chosen.unit)
        here = self._standing
        sums = self._sums.legend(self._reach)
        said = (curves, layer.activation, name, column, sums, here.x, here.f, here.slope)
        if said == self._said:
            return
        words = ActivationWords(self.preferences, layer.activation, name, column)
        self.figure.caption.set_text(words.caption(self._standing))
        if said[:5] != self._said[:5]:
            self.figure.legend.set_text(words.legend(curves, sums))
            samples = self.words("activation_panel.axis_samples")
            self.plot.set_titles(words.bottom(), words.left(), samples)
        self._said = said

    def _hover_sums(self, place: QPointF | None) -> None:
        if place is not None and self.has_figure:
            self.show_readout(self._sums.readout(place.x(), self._reach))

    def readout_at(self, x: float, y: float) -> str:
        """The sum, f and f' at a place."""
        curves = self._curves
        if curves is None:
            return ""
        index = int(np.nanargmin(np.abs(curves.x - x)))
        number = self.preferences.number
        at, f, slope = (float(v[index]) for v in (curves.x, curves.f, curves.slope))
        return self.words(
            "activation_panel.readout_input" if len(curves.pieces) else "activation_panel.readout",
            x=number(at, digits=4),
            f=number(f, digits=4),
            slope=number(slope, digits=4),
        )

    def table(self) -> Table | None:
        """The curves: the sum (or the input of a maxout), the pieces of a maxout, f and f'."""
        curves = self.curves
        if curves is None:
            return None
        kept = ~np.isnan(curves.x)
        pieces = tuple(f"z{k + 1}" for k in range(len(curves.pieces)))
        values = np.vstack([curves.pieces, curves.f, curves.slope])[:, kept]
        names = (*pieces, "f", "f'")
        first = "x" if pieces else "z"
        return Table((first,), names, curves.x[kept][:, np.newaxis], values.T)
