"""Putting down something new: a shadow follows the pointer, a click leaves it there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen

from nnsim.document.model import Node
from nnsim.ui.canvas.commands import Commands
from nnsim.ui.canvas.geometry import Form, geometry_of, snapped
from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.stage import Stage
from nnsim.ui.canvas.wishes import Wishes, make


class PlaceNew(Gesture):
    """From the palette: click where it shall be; Enter puts it in the middle of the view."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, commands: Commands, wishes: Wishes) -> None:
        super().__init__(stage)
        self._commands = commands
        self._wishes = wishes
        self._at: QPointF | None = None
        document, ids = make(stage.workspace.document, wishes, 0.0, 0.0)
        self._shadows: list[Node] = [document.node(key) for key in ids]
        stage.hint_changed.emit(stage.preferences.say("canvas.hint.place"))

    def move(self, pointer: Pointer) -> None:
        self._at = QPointF(snapped(pointer.scene.x()), snapped(pointer.scene.y()))
        self.stage.repaint_wanted.emit()

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self.finish()
        if self._at is not None:
            self._commands.add(self._wishes, self._at)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        self.finish()
        self._commands.add_in_the_middle(self._wishes)
        return True

    def paint(self, painter: QPainter) -> None:
        if self._at is None:
            return
        theme = self.stage.preferences.theme
        painter.setPen(QPen(theme.color("accent"), 1.6, Qt.PenStyle.DashLine))
        painter.setBrush(theme.mixed("accent", 0.12, "background"))
        for node in self._shadows:
            geometry = geometry_of(node)
            body = geometry.body.translated(self._at + QPointF(node.x, node.y))
            if geometry.form is Form.NEURON:
                painter.drawEllipse(body)
            else:
                painter.drawRoundedRect(body, 13, 13)
