"""The panel over the inner figures of a run: found bit by bit, walked along one time line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from nnsim.core.ranges import step_up
from nnsim.engine.probes import PlanLayer
from nnsim.session.frame import Frame
from nnsim.session.history import Inside
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.inside.layers import layer_names, selected_layer
from nnsim.ui.panels.plotting.changes import ChangeLines
from nnsim.ui.panels.plotting.items import pen
from nnsim.ui.panels.plotting.panel import PlotPanel
from nnsim.ui.panels.plotting.words import swatch

# What a refresh may spend on points that are missing, and milliseconds until the next one.
_SECONDS, _SECONDS_AT_REST = 0.0015, 0.006
_PAUSE, _PAUSE_AT_REST = 60, 5
_FEWEST_ITERATIONS = 10.0
_MARKER_DEPTH = 50


class InsidePanel(PlotPanel):
    """A plot over the iterations of a run with the present one in a strip beside it.

    A panel overrides ``draw`` (points and present figures are there), ``say_strip`` and what
    ``PlotPanel`` asks for.
    """

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self.points: tuple[Inside, ...] = ()
        self.present: Inside | None = None
        self.layers: tuple[PlanLayer, ...] = ()
        self.names: list[str] = []
        self.x_reach = 0.0
        self.strip = self.plot.add_strip("right")
        self.plot.show_grid()
        self.plot.bottom.is_whole = True
        self._marker = pg.InfiniteLine(angle=90, movable=True)
        self._marker.setZValue(_MARKER_DEPTH)
        self._marker.sigDragged.connect(lambda line: self.go_near(line.value()))
        self._changes = ChangeLines()
        self._changes.setZValue(_MARKER_DEPTH)
        for item in (self._changes, self._marker):
            self.plot.addItem(item, ignoreBounds=True)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._catch_up)
        self._is_at_rest = False
        self._strip_place: QPointF | None = None
        workspace.computed_changed.connect(self.refresh)
        workspace.selection_changed.connect(self.refresh)
        workspace.nodes_changed.connect(self.refresh)
        self.plot.clicked.connect(lambda place: self.go_near(place.x()))
        self.strip.hovered.connect(self._hover_strip)
        self.plot.installEventFilter(self)

    def marks_legend(self) -> list[str]:
        """The marks over the run, for the legend (HTML)."""
        theme = self.preferences.theme
        parts = [swatch("┃", theme.accent, self.words("inside.marker"))]
        if self.workspace.document.changes:
            parts.append(swatch("┊", theme.muted, self.words("inside.changed")))
        return parts

    # -- what a panel fills in -------------------------------------------------------------------

    def draw(self) -> None:
        """Draw ``points`` and ``present``; called where there is a run with a first iteration."""
        raise NotImplementedError

    def readout_in_strip(self, x: float, y: float) -> str:
        """What stands at a place of the strip, in words (HTML)."""
        raise NotImplementedError

    # -- drawing ---------------------------------------------------------------------------------

    def forget(self) -> None:
        """Axes are found anew."""
        self.x_reach = 0.0
        accent, zoom = self.preferences.theme.color("accent"), self.preferences.zoom
        self._marker.setPen(pen(accent, 1.5 * zoom))
        self._marker.setHoverPen(pen(accent, 3.0 * zoom))

    def redraw(self) -> None:
        """Find some of what is missing, draw what is there, and come back for the rest."""
        frame, session = self.workspace.frame, self.workspace.session
        if frame is None:
            self.show_message(self.words("inside.not_ready"))
            return
        length = _complete_iterations(session.position.iteration, session.computed, frame)
        if not length:
            self.show_message(self.words("inside.nothing_yet"))
            return
        history = self.workspace.history
        at_rest, self._is_at_rest = self._is_at_rest, False
        turns = self.workspace.turns
        if turns.one_by_one and history.sought != length:
            # The first panel of a picture finds points for all, and draws in its next turn.
            history.find(_SECONDS, length)
            turns.ask_next(self.redraw)
            return
        is_sought = turns.one_by_one
        if is_sought or not history.find(_SECONDS_AT_REST if at_rest else _SECONDS, length):
            self._later.start(_PAUSE_AT_REST if at_rest else _PAUSE)
        self.points, self.layers = history.points, history.layers
        self.names = layer_names(self.workspace.document, self.layers)
        completed = session.completed
        self.present = history.at(completed) if completed else None
        self.x_reach = max(self.x_reach, step_up(max(float(length), _FEWEST_ITERATIONS)))
        self._marker.setVisible(self.present is not None)
        self._marker.setValue(completed)
        self.draw()
        self._changes.show_changes(
            self.workspace.document.changes, self.plot.left.logMode, self.preferences.theme
        )
        if self._strip_place is not None:
            self._hover_strip(self._strip_place)

    def _catch_up(self) -> None:
        """Nothing has moved for a while: find more of what is missing.

        While a run goes on all time but that of its pictures is its own.
        """
        if self.workspace.turns.one_by_one:
            self._later.start(_PAUSE)
            return
        self._is_at_rest = True
        self.refresh()

    @property
    def selected(self) -> int | None:
        """The layer that is selected anywhere."""
        workspace = self.workspace
        return selected_layer(workspace.document, self.layers, workspace.nodes, workspace.selection)

    def select_layer(self, layer: int) -> None:
        """Select the nodes of a layer in every view."""
        self.workspace.select_nodes(self.layers[layer].nodes)

    def _hover_strip(self, place: QPointF | None) -> None:
        self._strip_place = place
        if place is not None and self.has_figure:
            self.show_readout(self.readout_in_strip(place.x(), place.y()))

    # -- going there -----------------------------------------------------------------------------

    def point_near(self, x: float) -> Inside | None:
        """The point whose iteration is nearest to a place."""
        if not self.points:
            return None
        iterations = np.array([point.iteration for point in self.points])
        return self.points[int(np.abs(iterations - x).argmin())]

    def go_near(self, x: float) -> None:
        """Stand at the end of the iteration of the nearest point."""
        point = self.point_near(x)
        if point is not None:
            self._go_to(point.iteration)

    def _go_to(self, iteration: int) -> None:
        if self.workspace.session.completed != iteration:
            self.workspace.go_to(iteration)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In this plot left and right, home and end go through the points of the run."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and not event.modifiers()
            and self.points
        ):
            iterations = [point.iteration for point in self.points]
            target = _next(iterations, self.workspace.session.completed, Qt.Key(event.key()))
            if target is not None:
                self._go_to(target)
                return True
        return super().eventFilter(watched, event)

    def say_keys(self) -> None:
        """Tell who cannot see the plot how to walk along it."""
        self._marker.setToolTip(self.words("inside.drag_tip"))
        self.plot.setAccessibleDescription(
            f"{self.words('inside.keys')} {self.words('plotting.keys')}"
        )


def _complete_iterations(position: int, computed: int, frame: Frame) -> int:
    """How many iterations have come about whole: the latest only once all of it is shown."""
    return computed if position < computed or frame.is_complete else computed - 1


def _next(iterations: Sequence[int], here: int, key: Qt.Key) -> int | None:
    """The iteration a key leads to from ``here``; None for other keys."""
    targets = {
        Qt.Key.Key_Left: max((i for i in iterations if i < here), default=iterations[0]),
        Qt.Key.Key_Right: min((i for i in iterations if i > here), default=iterations[-1]),
        Qt.Key.Key_Home: iterations[0],
        Qt.Key.Key_End: iterations[-1],
    }
    return targets.get(key)
