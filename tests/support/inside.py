"""Looking at panels about the inside of a run: waiting for them, and the mouse in their strip."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from nnsim.ui.bridge.calm_label import CalmLabel


def settled(qtbot, panel) -> None:
    """Wait until the panel has found all points."""
    history = panel.workspace.history
    qtbot.waitUntil(lambda: not panel._later.isActive() and history.find(0.0), timeout=30_000)
    panel.refresh()
    QApplication.processEvents()


def walked(qtbot, panel, workspace, iteration: int) -> None:
    """Stand at the end of an iteration, with all found."""
    workspace.go_to(iteration)
    settled(qtbot, panel)


def strip_place(panel, x: float, y: float) -> QPoint:
    """Where a place of the strip stands in the viewport of the plot."""
    QApplication.processEvents()
    return panel.plot.mapFromScene(panel.plot.strip.view.mapViewToScene(QPointF(x, y)))


def move_in_strip(qtbot, panel, x: float, y: float) -> None:
    """Move the mouse to a place of the strip, from beside it: at rest it would tell nothing."""
    place = strip_place(panel, x, y)
    for point in (place - QPoint(3, 3), place):
        qtbot.mouseMove(panel.plot.viewport(), point)
        QApplication.processEvents()


def click_strip(qtbot, panel, x: float, y: float) -> None:
    """Click at a place of the strip."""
    place = strip_place(panel, x, y)
    qtbot.mouseMove(panel.plot.viewport(), place)
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)


def readout(panel) -> str:
    """What is said of the place of the mouse."""
    return panel.findChild(CalmLabel, "readout").text()


def said(panel, name: str) -> str:
    """The words of the caption or the legend."""
    return panel.findChild(CalmLabel, name).text()
