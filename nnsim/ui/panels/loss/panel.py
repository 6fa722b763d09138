"""The loss panel: figures of a run per iteration and per epoch, and where the walk stands in it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QToolButton, QVBoxLayout, QWidget

from nnsim.data import Table
from nnsim.engine.record import Quantity
from nnsim.session.evaluation import metric_of
from nnsim.session.frame import Frame
from nnsim.session.series import Per, Series, any_loss, evaluated, series
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.loss.curves import Curves
from nnsim.ui.panels.loss.lines import (
    Line,
    Shown,
    former_lines,
    generator_lines,
    judged_parts,
    part_lines,
)
from nnsim.ui.panels.loss.marks import Marks
from nnsim.ui.panels.loss.reach import Reach
from nnsim.ui.panels.loss.runs_list import RunsList
from nnsim.ui.panels.loss.shown import shown_iterations
from nnsim.ui.panels.loss.smoothing import Smoothing
from nnsim.ui.panels.loss.table import table_of
from nnsim.ui.panels.loss.words import LossWords
from nnsim.ui.panels.plotting.panel import PlotPanel, fill_chooser

# A panel lower than so many lines of text has no room for every control.
_LINES_FOR_ALL = 22


class LossPanel(PlotPanel):
    """The course of a run, with a marker at the present iteration that can be dragged."""

    title_key = "loss_panel.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._chosen: Shown | None = None
        self._per: Per = "iteration"
        self._series: Series | None = None
        self._others: list[Line] = []
        self._entries: tuple[list[tuple[str, Shown]], Shown] | None = None
        self._key: tuple[object, ...] | None = None
        self._reach = Reach()
        self._what_chooser = self.add_chooser("what")
        self._per_chooser = self.add_chooser("per")
        self._log = QCheckBox(self)
        self._log.setObjectName("log")
        self.controls.addWidget(self._log)
        self._smoothing = Smoothing(preferences, self)
        self.controls.addWidget(self._smoothing)
        self._make_runs()
        self.add_reset()
        self.plot.show_grid()
        self.plot.bottom.is_whole = True
        self._curves = Curves(self.plot, preferences)
        self._marks = Marks(self.plot, preferences)
        self._marks.dragged.connect(self._go_near)
        self._what_chooser.activated.connect(self._choose)
        self._per_chooser.activated.connect(self._choose)
        self._log.toggled.connect(self._choose)
        self._smoothing.changed.connect(self._draw_again)
        workspace.computed_changed.connect(self.refresh)
        self.plot.clicked.connect(self._click)
        self.plot.installEventFilter(self)
        self.say()

    def _make_runs(self) -> None:
        """The list of former runs below the plot, and the button that opens it."""
        self.runs = RunsList(self.workspace, self.preferences)
        self.runs.edited.connect(self._draw_again)
        self.runs.hide()
        self._runs_button = QToolButton(self)
        self._runs_button.setObjectName("show_runs")
        self._runs_button.setCheckable(True)
        self._runs_button.toggled.connect(self.runs.setVisible)
        self._ends = QCheckBox(self)
        self._ends.setObjectName("runs_to_their_ends")
        self._ends.toggled.connect(self._choose)
        self.controls.addWidget(self._runs_button)
        self.controls.addWidget(self._ends)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(2, self.runs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the plot gets it; smoothing is there where it is used."""
        super().resizeEvent(event)
        has_room = event.size().height() >= _LINES_FOR_ALL * self.fontMetrics().lineSpacing()
        self._smoothing.setVisible(has_room or self._smoothing.strength > 0)

    # -- drawing ---------------------------------------------------------------------------------

    @property
    def what(self) -> Shown:
        """What is plotted: as chosen, else the loss where the present rule has one."""
        if self._chosen is not None and (self._chosen != "loss" or self._has_loss):
            return self._chosen
        iteration = self.workspace.session.position.iteration
        training, _ = self.workspace.document.settings_at(iteration - 1)
        return "loss" if training.has_loss else "wrong"

    @property
    def _has_loss(self) -> bool:
        return any_loss(self.workspace.document)

    @property
    def per(self) -> Per:
        """Whether points are iterations or epochs."""
        return self._per

    @property
    def is_log(self) -> bool:
        """Whether the figures have a logarithmic axis; only the loss ever has."""
        return self._log.isChecked() and self.what == "loss"

    @property
    def plotted(self) -> Series | None:
        """The points of the run itself as they are drawn, None where there are none."""
        return self._series if self.has_figure else None

    @property
    def others(self) -> list[Line]:
        """The other lines that are drawn: of the parts of the samples, of former runs."""
        return list(self._others)

    def forget(self) -> None:
        """The curves are drawn anew, on axes of their own."""
        self._key = None
        self._reach.forget()
        self._marks.dress()

    def _draw_again(self) -> None:
        """As before, with other lines or other smoothing."""
        self._key = None
        self.refresh()

    def redraw(self) -> None:
        """The curves, where the trace has grown, and the marker."""
        frame = self.workspace.frame
        self._fill_choosers()
        if frame is None:
            self.show_message(self.words("loss_panel.not_ready"))
            return
        length = shown_iterations(self.workspace.session, frame)
        key = (length, self.what, self._per, self.is_log)
        if key != self._key:
            self._key = key
            self._draw_curves(length)
        self._draw_marker(frame)

    def _draw_curves(self, length: int) -> None:
        self._series = found = self._own(length)
        self._show_runs()
        if not len(found):
            self.show_message(self.words(f"loss_panel.no_{self._per}"))
            return
        self._others = self._other_lines(length)
        self.show_figure()
        self.plot.plotItem.setLogMode(y=self.is_log)
        role = "muted" if judged_parts(self.workspace.document, self.what) else "positive"
        role = "positive" if self.what == "metric" else role
        strength = self._smoothing.strength
        is_share, with_ends = self.what == "metric", self._ends.isChecked()
        home = self._reach.home(found, self._others, self.is_log, is_share, with_ends)
        self._curves.show(found, self._others, self.is_log, strength, role, self._reach.end)
        self._marks.show_broken(found)
        changes = self.workspace.document.changes if self._per == "iteration" else ()
        self._marks.show_changes(changes, self.is_log)
        self.plot.set_home(home)
        words = self._words()
        self.plot.left.is_whole = self.what == "wrong"
        self.plot.left.is_percent = words.is_percent
        self.plot.set_titles(words.bottom(), words.left())
        legend = words.legend(found, self._others, self.is_log, role, strength > 0)
        self.figure.legend.set_text(legend)

    def _own(self, length: int) -> Series:
        """The points of the run itself; of the metric, those of its first part."""
        session = self.workspace.session
        if self.what != "metric":
            return series(session.document, session.trace, length, self.what, self._per)
        part = judged_parts(session.document, "metric")[0]
        evaluations = session.evaluations
        return evaluated(session.document, evaluations, part, "metric", self._per).until(length)

    def _other_lines(self, length: int) -> list[Line]:
        session = self.workspace.session
        document = session.document
        parts = part_lines(document, session.evaluations, self.what, self._per, length)
        if self.what == "metric":
            parts = parts[1:]
        parts += generator_lines(document, session.trace, self.what, self._per, length)
        return [*parts, *former_lines(session.runs, document, self.what, self._per)]

    def _draw_marker(self, frame: Frame) -> None:
        found = self._series
        if found is None or not self.has_figure:
            return
        iteration = self.workspace.session.position.iteration
        index = self._index_here(found)
        epoch = frame.record.metrics.epoch if frame.record.metrics else 1
        place = float(iteration if self._per == "iteration" else epoch)
        point = None if index is None else (place, float(found.y[index]))
        if self.what == "metric" and index is not None:
            point = float(found.x[index]), float(found.y[index])
        self._marks.show_marker(place, point, self.is_log)
        self.figure.caption.set_text(self._words().caption(iteration, epoch, index, found))

    def _index_here(self, found: Series) -> int | None:
        """The point of the position; of the metric, the last time that was judged up to there."""
        session = self.workspace.session
        if self.what != "metric":
            return found.index_of(session.position.iteration)
        index = int(np.searchsorted(found.last, session.completed, side="right")) - 1
        return index if index >= 0 else None

    def _words(self) -> LossWords:
        return LossWords(self.preferences, self.workspace.document, self.what, self._per)

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
        if iteration == 0:
            # Judged before anything was learnt.
            self.workspace.go_to(1, 0)
        elif position.iteration != iteration or self.workspace.session.completed != iteration:
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
        here = self._index_here(found)
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
        metric = metric_of(self.workspace.document)
        whats: list[Shown] = ["loss"] if self._has_loss else []
        whats += ["wrong", "metric"]
        names = {"loss": "loss", "wrong": "wrong", "metric": metric}
        entries = [(self.words(f"loss_panel.{names[what]}"), what) for what in whats]
        if (entries, self.what) != self._entries:
            self._entries = (entries, self.what)
            fill_chooser(self._what_chooser, entries, self.what)
            self._log.setEnabled(self.what == "loss")

    def _show_runs(self) -> None:
        """The button says how many former runs there are; without any it is not there."""
        count = len(self.workspace.session.runs)
        for control in (self._runs_button, self._ends):
            control.setVisible(count > 0)
        if not count:
            self._runs_button.setChecked(False)
        self._runs_button.setText(self.words("loss_panel.runs_button", n=count))
        self.runs.refresh()

    def say_words(self) -> None:
        """Words of the controls."""
        pers = [(self.words(f"loss_panel.per_{per}"), per) for per in ("iteration", "epoch")]
        fill_chooser(self._per_chooser, pers, self._per)
        self._log.setText(self.words("loss_panel.log"))
        self._log.setToolTip(self.words("loss_panel.log_tip"))
        self._smoothing.say()
        self._runs_button.setToolTip(self.words("loss_panel.runs_tip"))
        self._ends.setText(self.words("loss_panel.runs_ends"))
        self._ends.setToolTip(self.words("loss_panel.runs_ends_tip"))
        self._marks.marker.setToolTip(self.words("loss_panel.drag_tip"))
        for chooser, name in ((self._what_chooser, "what"), (self._per_chooser, "per")):
            chooser.setToolTip(self.words(f"loss_panel.{name}_tip"))
            chooser.setAccessibleName(self.words(f"loss_panel.{name}"))
        self.plot.setAccessibleDescription(
            f"{self.words('loss_panel.keys')} {self.words('plotting.keys')}"
        )

    # -- words and numbers -----------------------------------------------------------------------

    def readout_at(self, x: float, y: float) -> str:
        """Iteration and epoch at a place, with the figure of every line there."""
        found = self._series
        if found is None or not len(found):
            return self.words("plotting.hint")
        ends = [found.x[-1], *(line.series.x[-1] for line in self._others)]
        if not min(float(found.x[0]), 1.0) - 0.5 <= x <= max(ends) + 0.5:
            return self.words("plotting.hint")
        return self._words().readout(found, self._others, x, self.workspace.session.trace)

    def table(self) -> Table | None:
        """Iterations with loss and errors, or epochs with their mean loss and all their errors.

        Of the metric, and where there are parts, epochs with how each part was judged.  Former
        runs that are shown have columns of their own.
        """
        if self._series is None or not self.has_figure:
            return None
        length = self._key[0] if self._key else 0
        assert isinstance(length, int)
        return table_of(self.workspace.session, length, self.what, self._per)
