"""A step is painted once, and not a piece at a time."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from nnsim.ui.bridge.workspace import Workspace


class OnePaint(QObject):
    """Has a window wait with painting until every view has drawn what a step changed.

    A graphics scene that notes its changes has the whole window painted there and then; with a
    diagram and a plot in one window, each step would be painted twice.  While a run goes on, views
    draw in turns, and what one has drawn is painted before the next one draws.
    """

    _told = Signal()
    _drawn = Signal()

    def __init__(self, window: QWidget, workspace: Workspace) -> None:
        super().__init__(window)
        self._window = window
        self._turns = workspace.turns
        self._is_waiting = self._is_due = self._is_painting = False
        workspace.settled.connect(self._wait)
        # Views draw in the turn after they were told, and scenes note it in the one after that.
        queued = Qt.ConnectionType.QueuedConnection
        self._told.connect(self._drawn, queued)
        self._drawn.connect(self._paint, queued)
        window.installEventFilter(self)

    def _wait(self) -> None:
        if not (self._is_waiting or self._turns.one_by_one):
            self._is_waiting = True
            self._told.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest or self._is_painting:
            return False
        if self._turns.one_by_one:
            self._turns.paint(self._paint)
        elif not self._is_waiting:
            return False
        self._is_due = True
        return True

    def _paint(self) -> None:
        self._is_waiting = False
        if self._is_due:
            self._is_due = False
            self._is_painting = True
            QCoreApplication.sendEvent(self._window, QEvent(QEvent.Type.UpdateRequest))
            self._is_painting = False
