"""The plane panel: samples and separating line or regions, moving with each update."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnsim.data import Table
from nnsim.document.naming import unit_name
from nnsim.session.frame import Frame
from nnsim.session.scales import is_input
from nnsim.session.session import Session
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.rest import Rest
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plane.captions import PlaneWords, samples_legend
from nnsim.ui.panels.plane.choosing import SubjectChooser
from nnsim.ui.panels.plane.cloud import Cloud, cloud_of
from nnsim.ui.panels.plane.curve import CurveView
from nnsim.ui.panels.plane.model import WINNER, Marks
from nnsim.ui.panels.plane.painting import Painting
from nnsim.ui.panels.plane.parameters import Parameters
from nnsim.ui.panels.plane.picking import current_row, nearest_row, next_row, show_sample
from nnsim.ui.panels.plane.regions import MOVING, RESTING, has_shares, is_step
from nnsim.ui.panels.plane.switches import Switches
from nnsim.ui.panels.plane.view import PlaneView
from nnsim.ui.panels.plotting.panel import PlotPanel
from nnsim.ui.panels.plotting.units import Subject, sample_for, selected_unit, subject_name
from nnsim.ui.panels.plotting.words import name_html

# Full quality when nothing has moved for so long, in milliseconds.
_REST = 250


class PlanePanel(PlotPanel):
    """What a network over one or two columns of the table makes of every place there."""

    title_key = "plane.title"
    #: Whether samples may be painted.
    offers_painting = True

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self._parameters: Parameters | None = None
        self._cloud: Cloud | None = None
        self._drawn: tuple[object, ...] | None = None
        self._said: tuple[object, ...] | None = None
        self._subject = WINNER
        self._marks = Marks(None, is_current=True)
        self._view: PlaneView | CurveView | None = None
        # The run whose samples the axes were last chosen for.
        self._axes_of: Session | None = None
        self._chooser = SubjectChooser(self.add_chooser("subject"), self.words)
        self._chooser.box.activated.connect(self.refresh_all)
        self._switches = Switches(preferences, self.controls, self)
        self._switches.changed.connect(self.refresh_all)
        self._painting = Painting(self.plot, workspace, preferences, lambda: self._view, self)
        if self.offers_painting:
            self._painting.add_button(self.controls)
        self._painting.changed.connect(self._painting_changed)
        self.add_reset()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, self._painting.bar)
        self._plane = PlaneView(self.plot, preferences)
        self._curve = CurveView(self.plot, preferences)
        self._resting = Rest(self, workspace.turns, _REST, self._refine)
        for signal in (
            workspace.selection_changed,
            workspace.nodes_changed,
            workspace.sample_changed,
            workspace.pointed_changed,
        ):
            signal.connect(self.refresh)
        self.plot.clicked.connect(self._click)
        self.plot.view_changed.connect(self._view_changed)
        self.say()

    # -- what is drawn ---------------------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """The unit that is drawn, or WINNER."""
        return self._subject

    @property
    def _columns(self) -> int:
        """Input columns of the table: the plane is over two, the curve over one."""
        return len(self.workspace.document.data.input_names)

    def forget(self) -> None:
        """Samples and parameters are drawn anew."""
        self._drawn = self._said = None
        self._parameters = self._cloud = None
        self._chooser.forget()
        self._painting.take_document()

    def redraw(self) -> None:
        """Samples, regions and lines at the present position."""
        frame, columns = self.workspace.frame, self._columns
        document = self.workspace.document
        self._chooser.fill(document, frame, columns == 2)
        self._painting.offer(columns in (1, 2) and self.offers_painting)
        if columns not in (1, 2):
            # Of a sequence no column can be taken away.
            is_sequence = any(node.steps > 1 for node in document.inputs)
            key = "plane.is_sequence" if is_sequence else "plane.needs_two"
            self.show_message(self.words(key, n=columns))
        elif frame is not None:
            self.show_figure()
            self._draw_frame(frame)
        elif self._painting.is_on:
            self.show_figure()
            self._draw_samples_alone()
        else:
            is_empty = not len(document.data) and self.offers_painting
            self.show_message(self.words("plane.no_samples" if is_empty else "plane.not_ready"))

    def _draw_samples_alone(self) -> None:
        """Of a diagram that cannot run, or not yet, there are samples to paint."""
        document = self.workspace.document
        if self._cloud is None:
            self._cloud = cloud_of(document, is_ready=False)
            view = self._take_view()
            view.show_samples(self._cloud, ("training",), None, WINNER, self._keeps_axes())
            view.hide_network()
            view.show_ring(None)
            names = [name_html(name) for name in document.data.names]
            self.plot.set_titles(*names[:2])
            self.figure.caption.set_text(f"<b>{self.words('plane.caption_samples')}</b>")
            self.figure.legend.set_text(samples_legend(self.preferences, document, view))

    def _draw_frame(self, frame: Frame) -> None:
        workspace, has_plane = self.workspace, self._columns == 2
        if self._parameters is None or self._parameters.now.spec != frame.spec:
            self.forget()
            self._parameters = Parameters(workspace.session, frame)
        if self._cloud is None:
            self._cloud = cloud_of(workspace.document)
        is_moved = self._parameters.take(frame)
        selected = selected_unit(workspace.document, frame, workspace.selection, workspace.nodes)
        # What is made of noise is the same at every place of the plane.
        if selected is not None and not frame.spec.sees_data(selected.node):
            selected = None
        pointed = workspace.pointed
        if pointed is not None and not frame.spec.sees_data(pointed.owner):
            pointed = None
        self._subject = self._chooser.subject(
            frame.spec,
            selected,
            None if pointed is None else Subject(pointed.owner, pointed.row),
            has_plane,
        )
        if self._drawn != (self._subject, self._cloud):
            # Axes that change meanwhile do not draw: the view is not of this document yet.
            self._drawn = None
            self._show_samples(frame, self._cloud)
            self._drawn = (self._subject, self._cloud)
            is_moved = True
        view = self._view
        assert view is not None
        is_chosen = workspace.sample is not None
        is_current = not is_chosen and sample_for(frame, workspace.chosen) == frame.sample
        self._marks = Marks(selected, is_current, is_chosen)
        view.show_ring(current_row(workspace, frame))
        if is_moved:
            self._draw(MOVING)
        else:
            view.mark(self._parameters.now, self._subject, selected)
        self._say_figure(frame, is_moved)

    def _show_samples(self, frame: Frame, cloud: Cloud) -> None:
        document, subject = self.workspace.document, self._subject
        view, parts = self._take_view(), self._switches.parts
        view.show_samples(cloud, parts, frame.spec, subject, self._keeps_axes())
        self._switches.offer(cloud, self._possible(frame, view))
        view.wishes = self._switches.wishes
        names = [name_html(name) for name in document.data.input_names]
        if isinstance(view, PlaneView):
            view.generated.take(document)
            self.plot.set_titles(*names)
        else:
            unit = name_html(subject_name(subject, document, frame.spec))
            self.plot.set_titles(names[0], unit)

    def _keeps_axes(self) -> bool:
        """While a person paints the axes stay, so that the next stroke goes where it is meant to.

        Those of another project are of other samples.
        """
        is_known = self._axes_of is self.workspace.session
        self._axes_of = self.workspace.session
        return is_known and self._painting.is_on

    def _take_view(self) -> PlaneView | CurveView:
        """The view that belongs to the columns there are; another one leaves the plot."""
        view: PlaneView | CurveView = self._plane if self._columns == 2 else self._curve
        if self._view is not None and self._view is not view:
            self._view.hide()
            self.plot.reset_view()
        self._view = view
        return view

    def _possible(self, frame: Frame, view: PlaneView | CurveView) -> set[str]:
        """The wishes that change something of what is drawn."""
        spec, subject = frame.spec, self._subject
        found = set()
        if isinstance(view, CurveView):
            if view.level is not None and not is_step(spec, subject):
                found.add("discrete")
            return found
        # A single neuron has no line beside its own, and a threshold is discrete already.
        if sum(layer.units for layer in spec.layers) > 1:
            found.add("lines")
        has_values = has_shares(spec) if subject.is_winner else not is_step(spec, subject)
        return found | {"discrete", "levels"} if has_values else found

    def _draw(self, work: float) -> None:
        view, parameters = self._view, self._parameters
        if view is None or parameters is None:
            return
        view.draw(parameters.now, parameters.before, self._subject, work)
        if work == MOVING and view.is_coarse(parameters.now.spec):
            self._resting.start()
        view.mark(parameters.now, self._subject, self._marks.unit)

    def _refine(self) -> None:
        if self._drawn is not None and self.isVisible() and self.has_figure:
            self._draw(RESTING)

    def _view_changed(self) -> None:
        if self.has_figure and self._drawn is not None and self.isVisible():
            self._draw(MOVING)

    # -- which sample ----------------------------------------------------------------------------

    def _row_at(self, place: QPointF) -> int | None:
        """The sample drawn at a place of the plot."""
        view = self._view
        if view is None:
            return None
        return nearest_row(self.plot, view.points, view.rows, place, self.preferences.zoom)

    def _click(self, place: QPointF) -> None:
        row = self._row_at(place)
        if row is not None:
            self.show_sample(row)

    def show_sample(self, row: int) -> None:
        """Show what the unit makes of a sample, or say in the readout why that cannot be."""
        message = show_sample(self.workspace, self._subject, row)
        if message is not None:
            self._readout.set_text(self.preferences.tell(message))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and page down go through the samples; escape ends painting."""
        if event.key() == Qt.Key.Key_Escape and self._painting.is_on:
            self._painting.set_on(False)
            return
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        frame = self.workspace.frame
        if step is None or frame is None or not self.has_figure:
            super().keyPressEvent(event)
            return
        row = current_row(self.workspace, frame)
        if row is not None:
            self.show_sample(next_row(self.workspace, row, step))

    # -- words -----------------------------------------------------------------------------------

    def say_words(self) -> None:
        """Words of the controls."""
        self._chooser.box.setToolTip(self.words("plane.chooser_tip"))
        self._chooser.box.setAccessibleName(self.words("plane.chooser"))
        self._switches.say()
        self._painting.say()

    @property
    def hint(self) -> str:
        """How to paint, while that is what the mouse does."""
        return self.words("painting.hint") if self._painting.is_on else super().hint

    def _painting_changed(self) -> None:
        self.point_at_nothing()
        self.refresh_all()

    def _say_figure(self, frame: Frame, is_moved: bool) -> None:
        words = PlaneWords(self.preferences, self.workspace.document, frame.spec)
        view = self._view
        assert view is not None
        if is_moved:
            self.figure.caption.set_text(words.caption(view, self._subject))
        said = (self._subject, self._marks, view.wishes, *view.looks())
        if said != self._said:
            self._said = said
            self.figure.legend.set_text(words.legend(view, self._subject, self._marks))

    def readout_at(self, x: float, y: float) -> str:
        """Inputs, Σ and output at a place, and the sample that stands there."""
        if self._parameters is None:
            return ""
        probe = self._parameters.now
        words = PlaneWords(self.preferences, self.workspace.document, probe.spec)
        row = self._row_at(QPointF(x, y))
        data = self.workspace.document.data
        inputs = np.array([x, y])[: len(data.input_names)] if row is None else data.inputs[row]
        return words.readout(probe, self._subject, inputs, row)

    def table(self) -> Table | None:
        """The samples that are drawn, with what the unit makes of each of them now."""
        if self._view is None or not self.has_figure:
            return None
        if self._parameters is None:
            return self.workspace.document.data
        document, subject, probe = self.workspace.document, self._subject, self._parameters.now
        data, spec = document.data, probe.spec
        assert self._cloud is not None
        rows = self._cloud.rows(self._view.parts)
        nodes = (subject.node,) if subject.node else spec.outputs
        found = probe.respond(data.inputs[rows], *nodes)
        names: list[str] = list(data.target_names)
        columns: list[NDArray[np.floating]] = [data.targets[rows]]
        if len(self._view.parts) > 1:
            # A table holds numbers: 1 for training, 2 validation, 3 test, as the heading says.
            names.append(self.words("plane.part_column"))
            columns.append((self._cloud.parts[rows] + 1.0)[:, np.newaxis])
        for node in nodes:
            for unit in range(spec.units[node]):
                if subject.is_winner or unit == subject.unit:
                    name = unit_name(document, node, unit)
                    if found[node].z.shape[1] == spec.units[node] and not is_input(spec, node):
                        names.append(f"z.{name}")
                        columns.append(found[node].z[:, unit : unit + 1])
                    names.append(f"a.{name}")
                    columns.append(found[node].a[:, unit : unit + 1])
        return Table(data.input_names, tuple(names), data.inputs[rows], np.hstack(columns))
