"""Picking samples on a plot: the nearest, the current one, and the way to where it is learnt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from nnsim.core.messages import Message
from nnsim.document.preparation import prepared
from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plane.model import iteration_of_sample
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject, sample_for

# A sample is hit within this many pixels.
_REACH = 14.0


def nearest_row(
    plot: Plot, points: NDArray[np.float64], rows: NDArray[np.int64], place: QPointF, zoom: float
) -> int | None:
    """The sample drawn at a place of the plot, within a few pixels.

    ``points`` has the places of all samples, ``rows`` the row numbers of those that are drawn.
    """
    if not len(points) or not len(rows):
        return None
    rect, size = plot.visible, plot.view.size()
    scale = np.array([size.width() / rect.width(), size.height() / rect.height()])
    away = np.hypot(*((points[rows] - (place.x(), place.y())) * scale).T)
    nearest = int(away.argmin())
    return int(rows[nearest]) if away[nearest] <= _REACH * zoom else None


def current_row(workspace: Workspace, frame: Frame) -> int | None:
    """The selected sample or that of a number a person selected, else the one of the walk."""
    if workspace.sample is not None:
        return workspace.sample
    metrics = frame.record.metrics
    return None if metrics is None else metrics.samples[sample_for(frame, workspace.chosen)]


def next_row(workspace: Workspace, row: int, step: int) -> int:
    """The sample for training so many after this one, and after the last the first."""
    rows = prepared(workspace.document).training_rows
    return int(rows[(int(np.searchsorted(rows, row)) + step) % len(rows)])


def show_sample(workspace: Workspace, subject: Subject, row: int) -> Message | None:
    """Show what a unit makes of a sample: in this iteration, else in one that learns from it.

    One that is not for training is selected as such.  Returns why it cannot be shown: the run has
    not come to it yet.
    """
    frame = workspace.frame
    if frame is None or frame.record.metrics is None:
        return None
    iteration: int | None = workspace.session.position.iteration
    samples = frame.record.metrics.samples
    if row not in samples:
        if row not in prepared(workspace.document).training_rows:
            workspace.select_sample(row)
            return None
        iteration = iteration_of_sample(workspace.session, row)
        if iteration is None:
            return Message("plane.sample_not_yet", {"n": row + 1})
        samples = workspace.session.samples_of(iteration)
    assert iteration is not None
    is_layer = any(layer.node == subject.node for layer in frame.spec.layers)
    node, unit = (subject.node, subject.unit) if is_layer else (frame.spec.outputs[0], 0)
    workspace.show(Quantity("a", node, unit, sample=samples.index(row)), iteration)
    return None
