"""The plane panel: samples and separating line or regions, moving with each update."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from nnsim.data import Table
from nnsim.document.naming import unit_name
from nnsim.engine.record import Quantity, Record
from nnsim.session.frame import Frame
from nnsim.session.probing import Probe, last_update, parameters_at, parameters_before
from nnsim.session.walk import Phase
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plane.captions import PlaneWords
from nnsim.ui.panels.plane.curve import CurveView
from nnsim.ui.panels.plane.model import (
    WINNER,
    Marks,
    default_subject,
    has_winner,
    hidden_nodes,
    input_count,
    iteration_of_sample,
)
from nnsim.ui.panels.plane.view import MOVING, RESTING, PlaneView
from nnsim.ui.panels.plotting.panel import PlotPanel, fill_chooser
from nnsim.ui.panels.plotting.units import Subject, sample_for, selected_unit, subject_name
from nnsim.ui.panels.plotting.words import name_html

# What the chooser holds beside units.
_DEFAULT, _FOLLOW = "default", "follow"
_MOST_UNITS = 64
# A sample is hit within this many pixels.
_REACH = 14.0
# Full quality when nothing has moved for so long, in milliseconds.
_REST = 250


class PlanePanel(PlotPanel):
    """What a network with one or two inputs makes of every point of them."""

    title_key = "plane.title"

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._probe: Probe | None = None
        self._before: Probe | None = None
        self._before_iteration: int | None = None
        self._entries: list[tuple[str, object]] = []
        self._is_offered = False
        self._drawn: tuple[object, ...] | None = None
        self._taken: tuple[Record, bool] | None = None
        self._asked: Record | None = None
        self._said: tuple[object, ...] | None = None
        self._choice: object = _DEFAULT
        self._subject = WINNER
        self._marks = Marks(None, is_current=True)
        self._view: PlaneView | CurveView | None = None
        self._chooser = self.add_chooser("subject")
        self._chooser.activated.connect(self._choose)
        self._lines = QCheckBox(self)
        self._lines.setObjectName("lines")
        self._lines.toggled.connect(self.refresh_all)
        self.controls.addWidget(self._lines)
        self.add_reset()
        self._plane = PlaneView(self.plot, preferences)
        self._curve = CurveView(self.plot, preferences)
        self._resting = QTimer(self, singleShot=True, interval=_REST)
        self._resting.timeout.connect(self._refine)
        workspace.selection_changed.connect(self.refresh)
        workspace.nodes_changed.connect(self.refresh)
        workspace.sample_changed.connect(self.refresh)
        self.plot.clicked.connect(self._click)
        self.plot.view_changed.connect(self._view_changed)
        self.say()

    # -- what is drawn ---------------------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """The unit that is drawn, or WINNER."""
        return self._subject

    def forget(self) -> None:
        """Samples and parameters are drawn anew."""
        self._drawn = None
        self._taken = None
        self._asked = None
        self._said = None
        self._before = None
        self._before_iteration = None
        self._entries = []

    def redraw(self) -> None:
        """Samples, regions and lines at the present position."""
        frame, document = self.workspace.frame, self.workspace.document
        inputs = input_count(document)
        self._fill_chooser(frame)
        if frame is None:
            self.show_message(self.words("plane.not_ready"))
            return
        if inputs not in (1, 2):
            self.show_message(self.words("plane.needs_two", n=inputs))
            return
        self.show_figure()
        if self._probe is None or self._probe.spec != frame.spec:
            self._probe, self._before = Probe(frame.spec), None
            self.forget()
        is_moved = self._take_parameters(frame, self._probe)
        self._subject = self._subject_of(frame, inputs)
        key = (self._subject, document.data, inputs)
        if self._drawn != key:
            # Axes that change meanwhile do not draw: the view is not of this document yet.
            self._drawn = None
            self._show_samples(frame, inputs)
            self._drawn = key
            is_moved = True
        assert self._view is not None
        self._marks = self._marks_at(frame)
        self._view.show_ring(self._current_row(frame))
        if is_moved:
            self._draw(MOVING)
        else:
            self._view.mark(self._probe, self._subject, self._marks.unit)
        self._say_figure(frame, is_moved)

    def _marks_at(self, frame: Frame) -> Marks:
        selection, sample = self.workspace.selection, frame.sample
        is_current = self.workspace.sample is None and sample_for(frame, selection) == sample
        return Marks(self._selected(frame), is_current, self.workspace.sample is not None)

    def _selected(self, frame: Frame) -> Subject | None:
        workspace = self.workspace
        return selected_unit(workspace.document, frame, workspace.selection, workspace.nodes)

    def _subject_of(self, frame: Frame, inputs: int) -> Subject:
        choice, spec = self._choice, frame.spec
        if choice == _FOLLOW:
            choice = self._selected(frame) or _DEFAULT
        if not isinstance(choice, Subject) or not _exists(choice, frame):
            choice = default_subject(spec)
        # Over one input there are curves and no regions.
        return Subject(spec.outputs[0]) if inputs == 1 and choice.is_winner else choice

    def _show_samples(self, frame: Frame, inputs: int) -> None:
        data = self.workspace.document.data
        view: PlaneView | CurveView = self._plane if inputs == 2 else self._curve
        if self._view is not None and self._view is not view:
            self._view.hide()
            self.plot.reset_view()
        self._view = view
        view.show_samples(data.inputs, data.targets, frame.spec, self._subject)
        if isinstance(view, PlaneView):
            bottom, left = map(name_html, data.input_names)
            self.plot.set_titles(bottom, left)
        else:
            unit = subject_name(self._subject, self.workspace.document, frame.spec)
            self.plot.set_titles(name_html(data.input_names[0]), name_html(unit))

    def _draw(self, work: float) -> None:
        assert self._probe is not None
        if isinstance(self._view, CurveView):
            self._view.draw(self._probe, self._before, self._subject)
        elif self._view is not None:
            self._view.draw(self._probe, self._before, self._subject, self._lines.isChecked(), work)
            if work == MOVING and self._view.is_coarse(self._probe.spec):
                self._resting.start()
        if self._view is not None:
            self._view.mark(self._probe, self._subject, self._marks.unit)

    def _refine(self) -> None:
        if self._drawn is not None and self.isVisible() and self.has_figure:
            self._draw(RESTING)

    def _view_changed(self) -> None:
        if self.has_figure and self._drawn is not None and self.isVisible():
            self._draw(MOVING)

    # -- parameters, now and before the last update ----------------------------------------------

    def _take_parameters(self, frame: Frame, probe: Probe) -> bool:
        """Take the parameters as they are shown; True where they are others than before."""
        if frame.is_complete or frame.phase is not Phase.ADJUST:
            # Most moments change none: asking each one for its value would be in vain.
            taken = (frame.record, frame.is_complete)
            if (
                self._taken is not None
                and self._taken[0] is taken[0]
                and self._taken[1] is taken[1]
            ):
                return False
            self._taken = taken
        else:
            self._taken = None
        is_moved = probe.put(parameters_at(frame))
        is_same = self._asked is frame.record and not is_moved
        self._asked = frame.record
        # The last update is still the same where the same parameters stand in the same iteration.
        return not is_same and (self._take_before(frame) or is_moved)

    def _take_before(self, frame: Frame) -> bool:
        """Take the parameters before the last update; True where they are others than before."""
        iteration = last_update(self.workspace.session)
        if iteration == self._before_iteration:
            return False
        self._before_iteration = iteration
        if iteration is None:
            self._before = None
            return True
        if self._before is None:
            self._before = Probe(frame.spec)
        record = self.workspace.session.record(iteration)
        self._before.put(parameters_before(frame.spec, record))
        return True

    # -- which sample ----------------------------------------------------------------------------

    def _current_row(self, frame: Frame) -> int | None:
        """The selected sample or that of the selected number, else the one the walk stands at."""
        if self.workspace.sample is not None:
            return self.workspace.sample
        metrics = frame.record.metrics
        if metrics is None:
            return None
        return metrics.samples[sample_for(frame, self.workspace.selection)]

    def _nearest_row(self, x: float, y: float) -> int | None:
        """The sample drawn at a place of the plot, within a few pixels."""
        points = self._view.points if self._view is not None else np.zeros((0, 2))
        if not len(points):
            return None
        rect, size = self.plot.visible, self.plot.view.size()
        scale = np.array([size.width() / rect.width(), size.height() / rect.height()])
        away = np.hypot(*((points - (x, y)) * scale).T)
        nearest = int(away.argmin())
        return nearest if away[nearest] <= _REACH * self.preferences.zoom else None

    def _click(self, place: QPointF) -> None:
        row = self._nearest_row(place.x(), place.y())
        if row is not None:
            self.show_sample(row)

    def show_sample(self, row: int) -> None:
        """Show what the unit makes of a sample: in this iteration, else in one that learns from it.

        Where the run has not come to that sample yet, the readout says so.
        """
        workspace, frame = self.workspace, self.workspace.frame
        if frame is None or frame.record.metrics is None:
            return
        iteration: int | None = workspace.session.position.iteration
        samples = frame.record.metrics.samples
        if row not in samples:
            iteration = iteration_of_sample(workspace.session, row)
            if iteration is None:
                self._readout.set_text(self.words("plane.sample_not_yet", n=row + 1))
                return
            samples = workspace.session.samples_of(iteration)
        assert iteration is not None
        subject = self._subject
        node = subject.node or frame.spec.outputs[0]
        place = samples.index(row)
        workspace.show(Quantity("a", node, subject.unit, sample=place), iteration)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and page down go through the samples."""
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        frame = self.workspace.frame
        if step is None or frame is None or not self.has_figure:
            super().keyPressEvent(event)
            return
        row = self._current_row(frame)
        if row is not None:
            self.show_sample((row + step) % len(self.workspace.document.data))

    # -- controls --------------------------------------------------------------------------------

    def _choose(self, index: int) -> None:
        self._choice = self._chooser.itemData(index)
        self.refresh_all()

    def _fill_chooser(self, frame: Frame | None) -> None:
        # Another document or language forgets the entries.
        if self._entries and self._is_offered == (frame is not None):
            return
        self._is_offered = frame is not None
        entries: list[tuple[str, object]] = [
            (self.words("plane.choose_output"), _DEFAULT),
            (self.words("plane.choose_follow"), _FOLLOW),
        ]
        self._lines.setEnabled(False)
        if frame is not None:
            spec, document = frame.spec, self.workspace.document
            # A single neuron has no line beside its own.
            self._lines.setEnabled(
                sum(layer.units for layer in spec.layers) > 1 and input_count(document) == 2
            )
            if has_winner(spec) and input_count(document) == 2:
                entries.append((self.words("plane.choose_winner"), WINNER))
            units = [
                Subject(node, unit)
                for node in (*spec.outputs, *(n.id for n in hidden_nodes(document, spec)))
                for unit in range(min(spec.units[node], _MOST_UNITS))
            ]
            entries += [(subject_name(unit, document, spec), unit) for unit in units[:_MOST_UNITS]]
        if entries != self._entries:
            self._entries = entries
            values = [value for _, value in entries]
            if self._choice not in values:
                self._choice = _DEFAULT
            fill_chooser(self._chooser, entries, self._choice)

    def say_words(self) -> None:
        """Words of the controls."""
        self._chooser.setToolTip(self.words("plane.chooser_tip"))
        self._chooser.setAccessibleName(self.words("plane.chooser"))
        self._lines.setText(self.words("plane.lines"))
        self._lines.setToolTip(self.words("plane.lines_tip"))

    # -- words -----------------------------------------------------------------------------------

    def _say_figure(self, frame: Frame, is_moved: bool) -> None:
        words = PlaneWords(self.preferences, self.workspace.document, frame.spec)
        assert self._view is not None
        if is_moved:
            self.figure.caption.set_text(words.caption(self._view, self._subject))
        said = (self._subject, self._marks, *self._view.looks())
        if said != self._said:
            self._said = said
            self.figure.legend.set_text(words.legend(self._view, self._subject, self._marks))

    def readout_at(self, x: float, y: float) -> str:
        """Inputs, Σ and output at a place, and the sample that stands there."""
        if self._probe is None:
            return ""
        words = PlaneWords(self.preferences, self.workspace.document, self._probe.spec)
        row = self._nearest_row(x, y)
        data = self.workspace.document.data
        inputs = np.array([x, y])[: len(data.input_names)] if row is None else data.inputs[row]
        return words.readout(self._probe, self._subject, inputs, row)

    def table(self) -> Table | None:
        """The samples with what the unit makes of each of them now."""
        if self._probe is None or not self.has_figure:
            return None
        document, subject = self.workspace.document, self._subject
        data, spec = document.data, self._probe.spec
        nodes = (subject.node,) if subject.node else spec.outputs
        found = self._probe.respond(data.inputs, *nodes)
        names, columns = list(data.target_names), [data.targets]
        for node in nodes:
            for unit in range(spec.units[node]):
                if subject.is_winner or unit == subject.unit:
                    name = unit_name(document, node, unit)
                    if found[node].z.shape[1] == spec.units[node]:
                        names.append(f"z.{name}")
                        columns.append(found[node].z[:, unit : unit + 1])
                    names.append(f"a.{name}")
                    columns.append(found[node].a[:, unit : unit + 1])
        return Table(data.input_names, tuple(names), data.inputs, np.hstack(columns))


def _exists(subject: Subject, frame: Frame) -> bool:
    if subject.is_winner:
        return has_winner(frame.spec)
    return any(
        layer.node == subject.node and subject.unit < layer.units for layer in frame.spec.layers
    )
