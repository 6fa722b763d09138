"""What panels that list samples share: which part of them, and going to one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from nnsim.document.model import Document
from nnsim.engine.record import Quantity
from nnsim.session.predictions import PARTS, rows_of
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plane.model import iteration_of_sample
from nnsim.ui.panels.plotting.panel import fill_chooser


def fill_parts(chooser: QComboBox, document: Document, preferences: Preferences, part: str) -> str:
    """Offer the parts that have samples; returns the one that is chosen, "all" where it has none.

    Where nothing is set apart there is only one to choose.  The document must be able to run.
    """
    counts = {name: len(rows_of(document, name)) for name in PARTS}
    parts = [name for name in PARTS if counts[name] and counts[name] < counts["all"]]
    entries: list[tuple[str, object]] = [
        (preferences.say(f"samples.{name}", n=counts[name]), name) for name in ("all", *parts)
    ]
    chosen = part if part in parts else "all"
    fill_chooser(chooser, entries, chosen)
    chooser.setEnabled(len(entries) > 1)
    return chosen


def go_to_sample(workspace: Workspace, row: int) -> bool:
    """Stand where the network learns from a sample: in this iteration, else in one near it.

    False where it is not known to learn from it; then nothing happens.
    """
    frame = workspace.frame
    if frame is None or frame.record.metrics is None:
        return False
    iteration: int | None = workspace.session.position.iteration
    samples = frame.record.metrics.samples
    if row not in samples:
        iteration = iteration_of_sample(workspace.session, row)
        if iteration is None:
            return False
        samples = workspace.session.samples_of(iteration)
    assert iteration is not None
    place = samples.index(row)
    workspace.show(Quantity("a", frame.spec.outputs[0], sample=place), iteration)
    return True
