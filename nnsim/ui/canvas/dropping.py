"""Dragging something new from the palette onto the canvas."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF

from nnsim.ui.canvas.commands import Commands
from nnsim.ui.canvas.gestures.base import Pointer
from nnsim.ui.canvas.gestures.place import PlaceNew
from nnsim.ui.canvas.stage import Stage
from nnsim.ui.canvas.wishes import from_json

PALETTE_MIME = "application/x-nnsim-new"


class Dropping:
    """Makes a gesture of a drag that carries a wish."""

    def __init__(self, stage: Stage, commands: Commands) -> None:
        self._stage = stage
        self._commands = commands

    def gesture(self, data: QMimeData) -> PlaceNew | None:
        """The gesture of a drag that has come over the canvas; None for one of something else."""
        if not data.hasFormat(PALETTE_MIME):
            return None
        wish = from_json(bytes(data.data(PALETTE_MIME).data()))
        if wish is None:
            return None
        gesture = PlaceNew(self._stage, self._commands, (wish,))
        # The hand holds a button: the hint about clicking is of no use.
        self._stage.hint_changed.emit("")
        return gesture

    @staticmethod
    def pointer(scene: QPointF, view: QPointF) -> Pointer:
        """Where the drag is."""
        return Pointer(scene, view)
