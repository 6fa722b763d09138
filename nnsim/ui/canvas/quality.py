"""Full quality at rest, quick while things move."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsView

from nnsim.ui.bridge.rest import Rest
from nnsim.ui.bridge.turns import Turns

# Antialiased lines cost three to four times as much; with few of them nobody waits.
_MANY_LINES = 150
_REST_MS = 160


class Quality(QObject):
    """Switches antialiasing of a view off while its many lines move, and on again at rest.

    ``refine()`` is called then: what was painted without it is to be painted again.
    """

    def __init__(self, view: QGraphicsView, turns: Turns, refine: Callable[[], None]) -> None:
        super().__init__(view)
        self._view = view
        self._refine = refine
        self.lines = 0
        self._rest = Rest(self, turns, _REST_MS, self._rested)
        view.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        view.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)

    @property
    def is_full(self) -> bool:
        """Whether lines are drawn as finely as possible."""
        return bool(self._view.renderHints() & QPainter.RenderHint.Antialiasing)

    def moving(self) -> None:
        """Something moves now."""
        if self.lines > _MANY_LINES:
            self._view.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._rest.start()

    def _rested(self) -> None:
        self._view.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._refine()
        self._view.viewport().update()
