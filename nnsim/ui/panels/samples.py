"""What panels that list samples share: which part of them, and going to one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from nnsim.document.model import Document
from nnsim.session.predictions import PARTS, rows_of
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.plane.picking import show_sample
from nnsim.ui.panels.plotting.panel import fill_chooser
from nnsim.ui.panels.plotting.units import Subject


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


def go_to_sample(workspace: Workspace, row: int) -> None:
    """Stand where the network learns from a sample, and mark it in every view.

    Where the run has not come to it yet, that is told; where nothing can run, nothing happens.
    """
    frame = workspace.frame
    if frame is None:
        return
    told = show_sample(workspace, Subject(frame.spec.outputs[0]), row)
    workspace.select_sample(row)
    if told is not None:
        workspace.told.emit(told)
