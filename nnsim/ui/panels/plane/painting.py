"""Own samples, painted on the plane: each stroke is one edit of the table, undone at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLayout, QToolButton, QWidget

from nnsim.data.editing import with_samples, without_rows
from nnsim.document.edits import set_data
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plane.paint_bar import PaintBar
from nnsim.ui.panels.plane.painter import Drawn, Painter
from nnsim.ui.panels.plane.steady import SteadyAxes
from nnsim.ui.panels.plotting.plot import Plot

Floats = NDArray[np.float64]


class Painting(QObject):
    """The button that switches painting on, its bar, and the edits.

    ``changed()``: it is on or off.  ``drawn`` tells which samples are on the plot.
    """

    changed = Signal()

    def __init__(
        self,
        plot: Plot,
        workspace: Workspace,
        preferences: Preferences,
        drawn: Callable[[], Drawn | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._preferences = preferences
        self.bar = PaintBar(preferences, parent)
        self.bar.hide()
        self._button = QToolButton(parent)
        self._button.setObjectName("paint")
        self._button.setCheckable(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._button.toggled.connect(self._switched)
        self._button.hide()
        self._painter = Painter(plot, preferences, drawn, lambda: self.bar.group, self._seed)
        # Opening the bar makes the plot lower.
        self._axes = SteadyAxes(plot, parent, lambda: _places(drawn()))
        self._painter.painted.connect(self._put)
        self._painter.wiped.connect(self._wipe)
        self.bar.refused.connect(lambda messages: workspace.refuse(*messages))
        self.bar.eraser_changed.connect(self._set_eraser)

    @property
    def is_on(self) -> bool:
        """Whether the mouse paints."""
        return self._painter.is_active

    def set_on(self, on: bool) -> None:
        """Switch painting on or off."""
        self._button.setChecked(on)

    def add_button(self, controls: QLayout) -> None:
        """Put the button among the controls."""
        controls.addWidget(self._button)
        self._button.show()

    def offer(self, is_possible: bool) -> None:
        """Whether there is a plane to paint on."""
        self._button.setEnabled(is_possible)
        if not is_possible:
            self.set_on(False)

    def take_document(self) -> None:
        """Offer the paints of the document as it is now."""
        if self.is_on:
            self._painter.cancel()
            self.bar.fill(self._workspace.document)

    def say(self) -> None:
        """Words of the button and the bar."""
        self._button.setText(self._preferences.say("painting.paint"))
        self._button.setToolTip(self._preferences.say("painting.paint_tip"))
        self.bar.say()
        self.take_document()

    def _switched(self, on: bool) -> None:
        self._painter.set_active(on)
        self._axes.set_on(on)
        self.bar.setVisible(on)
        self.take_document()
        self.changed.emit()

    def _set_eraser(self, on: bool) -> None:
        self._painter.wipes = on

    def _seed(self) -> int:
        # As good as any, and the same strokes on the same table give the same samples.
        return len(self._workspace.document.data)

    # -- the edits -------------------------------------------------------------------------------

    def _put(self, points: Floats) -> None:
        document = self._workspace.document
        columns = len(document.data.input_names)
        heights = points[:, -1] if columns == 1 else np.zeros(len(points))
        targets = [self.bar.targets(height) for height in _unscaled(document, heights).tolist()]
        known = [row for row in targets if row is not None]
        if len(known) == len(targets):
            label = self._preferences.say("painting.undo_put", n=len(points))
            self._workspace.edit(
                lambda d: set_data(d, with_samples(d.data, points[:, :columns], np.array(known))),
                label,
            )

    def _wipe(self, rows: frozenset[int]) -> None:
        label = self._preferences.say("painting.undo_wiped", n=len(rows))
        self._workspace.edit(lambda d: set_data(d, without_rows(d.data, rows)), label)


def _places(drawn: Drawn | None) -> Floats:
    """Where the samples stand, shape (samples, 2)."""
    return np.zeros((0, 2)) if drawn is None else drawn.points


def _unscaled(document: Document, heights: Floats) -> Floats:
    """Heights on the plot, which are those of the network, as values of the only target."""
    if document.scaling.targets == "none" or not len(document.data):
        return heights
    found: Floats = prepared(document).target_scaling.invert(heights[:, np.newaxis])[:, 0]
    return found
