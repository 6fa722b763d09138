"""Nodes painted again some at a time while a run goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QGraphicsScene

from nnsim.ui.bridge.turns import Turns
from nnsim.ui.canvas.kept_item import KeptItem

# Units painted in one turn of the event loop: each takes about a third of a millisecond.
_UNITS = 6


class Spreading(QObject):
    """Has the nodes of a scene painted again: at once at rest, else in turns from left to right.

    A diagram is one view, but to paint all of a large one takes longer than a click should wait.
    """

    def __init__(self, turns: Turns, scene: QGraphicsScene) -> None:
        super().__init__(scene)
        self._turns = turns
        self._waiting: dict[KeptItem, None] = {}
        turns.rested.connect(self._paint_all)

    @property
    def is_on(self) -> bool:
        """Whether nodes wait for their turn."""
        return self._turns.one_by_one

    def renew(self, item: KeptItem) -> None:
        """Have a node painted again."""
        if self.is_on:
            if not self._waiting:
                self._turns.ask_next(self.paint_some)
            self._waiting[item] = None
        else:
            item.update()

    def paint_some(self) -> None:
        """Have the next ones painted now, and those after them in turns of their own."""
        room = _UNITS
        for item in sorted(self._waiting, key=lambda item: item.x()):
            if item.weight > room and room < _UNITS:
                break
            room -= item.weight
            del self._waiting[item]
            item.update()
        if self._waiting:
            self._turns.ask_next(self.paint_some)

    def _paint_all(self) -> None:
        for item in self._waiting:
            item.update()
        self._waiting.clear()
