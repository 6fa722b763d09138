"""The loss panel: loss or errors per iteration and per epoch, and where the walk stands in it."""

from __future__ import annotations

import math
import time

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from nnsim.core.ranges import step_up
from nnsim.data import Table
from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.session.series import Per, Series, What, any_loss, series
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.loss.shown import shown_iterations
from nnsim.ui.panels.loss.words import LossWords
from nnsim.ui.panels.plotting.items import Course, Marker, keep_as_pixels, pen
from nnsim.ui.panels.plotting.panel import PlotPanel, fill_chooser

# A long curve is drawn anew at most this often while a run goes on.
_SECONDS_BETWEEN = 1 / 30
# Up to so many points each gets a marker; a curve of more is drawn one pixel wide, for speed.
_MOST_MARKERS = 80
_FEWEST_STEPS = 10.0
_TOP_MARGIN = 1.06
_MOST_CHANGES = 50
_POINT_SIZE, _MARKER_SIZE = 11.0, 6.0


class LossPanel(PlotPanel):
    """The course of a run, with a marker at the present iteration that can be dragged."""

    title_key = "loss_panel.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._chosen: What | None = None
        self._per: Per = "iteration"
        self._series: Series | None = None
        self._entries: tuple[list[tuple[str, What]], What] | None = None
        self._key: tuple[object, ...] | None = None
        self._reach = (0.0, 0.0, 0.0)
        self._drawn_at = 0.0
        self._drawn_changes: tuple[object, ...] = ()
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._catch_up)
        self._what_chooser = self.add_chooser("what")
        self._per_chooser = self.add_chooser("per")
        self._log = QCheckBox(self)
        self._log.setObjectName("log")
        self.controls.addWidget(self._log)
        self.add_reset()
        self._make_items()
        self._what_chooser.activated.connect(self._choose)
        self._per_chooser.activated.connect(self._choose)
        self._log.toggled.connect(self._choose)
        workspace.computed_changed.connect(self.refresh)
        self.plot.clicked.connect(self._click)
        self.plot.installEventFilter(self)
        self.say()

    def _make_items(self) -> None:
        plot = self.plot
        plot.show_grid()
        plot.bottom.is_whole = True
        self._curve = pg.PlotDataItem(connect="finite", antialias=False)
        self._curve.setDownsampling(auto=True, method="peak")
        # The keyword of the constructor has no effect.
        self._curve.setClipToView(True)
        keep_as_pixels(self._curve.curve)
        self._course = Course()
        self._changes = pg.PlotCurveItem(connect="pairs")
        self._broken = pg.InfiniteLine(angle=90, movable=False, label="")
        self._broken.label.setMovable(False)
        self._broken.label.setPosition(0.9)
        self._marker = pg.InfiniteLine(angle=90, movable=True)
        self._point = Marker()
        for depth, item in enumerate(
            (self._changes, self._broken, self._curve, self._course, self._marker, self._point)
        ):
            item.setZValue(5 + depth)
            plot.addItem(item, ignoreBounds=True)
        self._marker.sigDragged.connect(lambda line: self._go_near(line.value()))

    # -- drawing ---------------------------------------------------------------------------------

    @property
    def what(self) -> What:
        """What is plotted: as chosen, else the loss where the present rule has one."""
        if not any_loss(self.workspace.document):
            return "wrong"
        if self._chosen is not None:
            return self._chosen
        iteration = self.workspace.session.position.iteration
        training, _ = self.workspace.document.settings_at(iteration - 1)
        return "loss" if training.has_loss else "wrong"

    @property
    def per(self) -> Per:
        """Whether points are iterations or epochs."""
        return self._per

    @property
    def is_log(self) -> bool:
        """Whether the figures have a logarithmic axis; counts of errors never have."""
        return self._log.isChecked() and self.what == "loss"

    @property
    def plotted(self) -> Series | None:
        """The points as they are drawn, None where there are none."""
        return self._series if self.has_figure else None

    def forget(self) -> None:
        """The curve is drawn anew, on axes of its own."""
        self._key = None
        self._reach = (0.0, 0.0, 0.0)
        accent, zoom = self.preferences.theme.color("accent"), self.preferences.zoom
        self._marker.setPen(pen(accent, 1.5 * zoom))
        self._marker.setHoverPen(pen(accent, 3.0 * zoom))

    def redraw(self) -> None:
        """The curve, where the trace has grown, and the marker."""
        frame = self.workspace.frame
        self._fill_choosers()
        if frame is None:
            self.show_message(self.words("loss_panel.not_ready"))
            return
        length = shown_iterations(self.workspace.session, frame)
        key = (length, self.what, self._per, self.is_log)
        if key != self._key:
            left = self._drawn_at + _SECONDS_BETWEEN - time.perf_counter()
            is_longer = self._key is not None and key[1:] == self._key[1:]
            is_long = length > _MOST_MARKERS
            if is_longer and is_long and self.has_figure and left > 0:
                self._later.start(math.ceil(left * 1000))
            else:
                self._key = key
                self._draw_curve(length)
                self._drawn_at = time.perf_counter()
        self._draw_marker(frame)

    def _catch_up(self) -> None:
        self.refresh()

    def _draw_curve(self, length: int) -> None:
        self._series = found = self._found(self.what, length)
        if not len(found):
            self.show_message(self.words(f"loss_panel.no_{self._per}"))
            return
        self.show_figure()
        self.plot.plotItem.setLogMode(y=self.is_log)
        self._show_points(found)
        self._draw_broken(found)
        self._draw_changes()
        self._set_home(found)
        words = LossWords(self.preferences, self.workspace.document, self.what, self._per)
        self.plot.left.is_whole = self.what == "wrong"
        self.plot.set_titles(words.bottom(), words.left())
        self.figure.legend.set_text(words.legend(found, self.is_log))

    def _found(self, what: What, length: int) -> Series:
        session = self.workspace.session
        return series(session.document, session.trace, length, what, self._per)

    def _show_points(self, found: Series) -> None:
        """The points: few as discs with lines between them, many as a curve."""
        few = len(found) <= _MOST_MARKERS
        zoom, color = self.preferences.zoom, self.preferences.theme.color("positive")
        can_be_drawn = np.isfinite(found.y) & ((found.y > 0) | (not self.is_log))
        self._course.setVisible(few)
        self._curve.setVisible(not few)
        if few:
            heights = np.where(can_be_drawn, found.y, np.nan)
            heights = np.log10(heights) if self.is_log else heights
            places = np.column_stack([found.x, heights])
            self._course.show_at(places, _MARKER_SIZE * zoom, 2.0 * zoom, color)
            return
        # pyqtgraph cannot do with a curve that has no finite point at all.
        stretch = slice(None) if can_be_drawn.any() else slice(0)
        self._curve.setData(found.x[stretch], found.y[stretch], pen=pen(color, 1.0))

    def _draw_broken(self, found: Series) -> None:
        """A line at the first figure that is not finite, with what it is."""
        self._broken.setVisible(len(found.broken) > 0)
        if len(found.broken):
            first = int(found.broken[0])
            color = self.preferences.theme.color("wrong")
            self._broken.setPen(pen(color, 2.0 * self.preferences.zoom, Qt.PenStyle.DashLine))
            self._broken.setValue(found.x[first])
            self._broken.label.setColor(color)
            self._broken.label.setFont(self.plot.font())
            self._broken.label.setFormat(self.preferences.number(float(found.y[first])))

    def _draw_changes(self) -> None:
        """Dotted lines where settings or parameters were changed in the middle of the run."""
        changes = self.workspace.document.changes if self._per == "iteration" else ()
        drawn = (changes, self.is_log, self.preferences.theme)
        if drawn == self._drawn_changes:
            return
        self._drawn_changes = drawn
        places = np.array([change.iteration + 0.5 for change in changes[-_MOST_CHANGES:]])
        ends = np.tile([-400.0, 400.0] if self.is_log else [-1e300, 1e300], len(places))
        style = pen(self.preferences.theme.color("muted"), 1.0, Qt.PenStyle.DotLine)
        self._changes.setData(np.repeat(places, 2), ends, pen=style)

    def _set_home(self, found: Series) -> None:
        """Axes grow in steps of 1, 2, 5 and never shrink while the run goes on."""
        x_reach, low, high = self._reach
        x_reach = max(x_reach, step_up(max(float(found.x[-1]), _FEWEST_STEPS)))
        finite = found.y[np.isfinite(found.y)]
        if self.is_log:
            positive = finite[finite > 0]
            if len(positive):
                ends = np.log10([positive.min(), positive.max()])
                bottom, top = math.floor(ends[0]), math.ceil(ends[1])
                low, high = (min(low, bottom), max(high, top)) if high > low else (bottom, top)
            rect = (low, max(high, low + 1))
        else:
            largest = float(finite.max(initial=0.0))
            high = max(high, step_up(largest if largest > 0 else 1.0))
            low = min(low, float(finite.min(initial=0.0)))
            rect = (low - (_TOP_MARGIN - 1) * high, high * _TOP_MARGIN)
        self._reach = (x_reach, low, high)
        self.plot.set_home(QRectF(0, rect[0], x_reach * 1.02, rect[1] - rect[0]))

    def _draw_marker(self, frame: Frame) -> None:
        found = self._series
        if found is None or not self.has_figure:
            return
        theme, zoom = self.preferences.theme, self.preferences.zoom
        accent = theme.color("accent")
        iteration = self.workspace.session.position.iteration
        index = found.index_of(iteration)
        epoch = frame.record.metrics.epoch if frame.record.metrics else 1
        place = float(iteration if self._per == "iteration" else epoch)
        self._marker.setValue(place)
        value = math.nan if index is None else float(found.y[index])
        shown = math.log10(value) if self.is_log and value > 0 else value
        can_stand = math.isfinite(shown) and (not self.is_log or value > 0)
        self._point.show_at(
            (place, shown) if can_stand else None,
            _POINT_SIZE * zoom,
            pen(theme.color("surface")),
            accent,
        )
        words = LossWords(self.preferences, self.workspace.document, self.what, self._per)
        self.figure.caption.set_text(words.caption(iteration, epoch, index, found))

    # -- going there -----------------------------------------------------------------------------

    def _click(self, place: QPointF) -> None:
        self._go_near(place.x())
        frame, loss = self.workspace.frame, Quantity("L")
        # The point is the loss of that iteration, so that is the number which was chosen.
        if self.what == "loss" and self._per == "iteration" and frame and frame.has(loss):
            self.workspace.select(loss)

    def _go_near(self, x: float) -> None:
        """Stand in the iteration (or at the end of the epoch) that is nearest to a place."""
        found = self._series
        if found is None or not len(found):
            return
        index = int(np.clip(np.searchsorted(found.x, x), 0, len(found) - 1))
        if index and x - found.x[index - 1] < found.x[index] - x:
            index -= 1
        self._go_to(index)

    def _go_to(self, index: int) -> None:
        assert self._series is not None
        iteration = int(self._series.last[index])
        position = self.workspace.session.position
        if position.iteration != iteration or self.workspace.session.completed != iteration:
            self.workspace.go_to(iteration)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In this plot left and right, home and end go through the run."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            found = self._series
            if found is not None and len(found) and not event.modifiers():
                index = self._next_index(found, Qt.Key(event.key()))
                if index is not None:
                    self._go_to(index)
                    return True
        return super().eventFilter(watched, event)

    def _next_index(self, found: Series, key: Qt.Key) -> int | None:
        here = found.index_of(self.workspace.session.position.iteration)
        here = len(found) - 1 if here is None else here
        targets = {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, len(found) - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(found) - 1,
        }
        return targets.get(key)

    # -- controls --------------------------------------------------------------------------------

    def _choose(self) -> None:
        chooser = self.sender()
        if chooser is self._what_chooser:
            self._chosen = self._what_chooser.currentData()
        self._per = self._per_chooser.currentData()
        self.plot.reset_view()
        self.refresh_all()

    def _fill_choosers(self) -> None:
        whats: list[What] = ["loss", "wrong"] if any_loss(self.workspace.document) else ["wrong"]
        entries = [(self.words(f"loss_panel.{what}"), what) for what in whats]
        if (entries, self.what) != self._entries:
            self._entries = (entries, self.what)
            fill_chooser(self._what_chooser, entries, self.what)
            self._what_chooser.setEnabled(len(whats) > 1)
            self._log.setEnabled(self.what == "loss")

    def say_words(self) -> None:
        """Words of the controls."""
        pers = [(self.words(f"loss_panel.per_{per}"), per) for per in ("iteration", "epoch")]
        fill_chooser(self._per_chooser, pers, self._per)
        self._log.setText(self.words("loss_panel.log"))
        self._log.setToolTip(self.words("loss_panel.log_tip"))
        self._marker.setToolTip(self.words("loss_panel.drag_tip"))
        for chooser, name in ((self._what_chooser, "what"), (self._per_chooser, "per")):
            chooser.setToolTip(self.words(f"loss_panel.{name}_tip"))
            chooser.setAccessibleName(self.words(f"loss_panel.{name}"))
        self.plot.setAccessibleDescription(
            f"{self.words('loss_panel.keys')} {self.words('plotting.keys')}"
        )

    # -- words and numbers -----------------------------------------------------------------------

    def readout_at(self, x: float, y: float) -> str:
        """Iteration, epoch, loss and errors at a place."""
        found = self._series
        if found is None or not len(found) or not found.x[0] - 0.5 <= x <= found.x[-1] + 0.5:
            return self.words("plotting.hint")
        index = int(np.abs(found.x - x).argmin())
        words = LossWords(self.preferences, self.workspace.document, self.what, self._per)
        return words.readout(found, index, self.workspace.session.trace)

    def table(self) -> Table | None:
        """Iterations with loss and errors, or epochs with their mean loss and all their errors."""
        found = self._series
        if found is None or not self.has_figure:
            return None
        session = self.workspace.session
        length = self._key[0] if self._key else 0
        assert isinstance(length, int)
        loss, wrong = self._found("loss", length), self._found("wrong", length)
        epochs = session.trace.column("epoch")[found.last - 1].astype(np.float64)
        names = ("loss", "wrong") if self._per == "iteration" else ("mean_loss", "wrong")
        return Table(
            ("iteration", "epoch"),
            names,
            np.column_stack([found.last, epochs]),
            np.column_stack([loss.y, wrong.y]),
        )
