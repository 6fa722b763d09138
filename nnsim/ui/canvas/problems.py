"""Why a diagram cannot run, said at the node at fault: a sign, and a note with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from nnsim.document.checks import Problem
from nnsim.document.model import Floats
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.canvas.connection_item import ConnectionItem
from nnsim.ui.canvas.look import Ink, Look
from nnsim.ui.canvas.node_item import NodeItem

_NOTE_Z = 5.0
_WIDTH = 230.0
_PADDING = 9.0
# Notes are not made smaller with the diagram: they have to be read.
_SMALLEST_SCALE = 0.9


class NoteItem(QGraphicsItem):
    """What is wrong with one node, in a box beside it."""

    def __init__(self, node: str, look: Look) -> None:
        super().__init__()
        self.node = node
        self._look = look
        self._text = ""
        self._role = "wrong"
        self._box = QRectF()
        self._tip = QPointF()
        self.setZValue(_NOTE_Z)

    def set_text(self, text: str, role: str) -> None:
        """Say something else; ``role`` is the colour of the edge."""
        self.prepareGeometryChange()
        self._text, self._role = text, role
        room = QRectF(0, 0, _WIDTH, 2000)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        used = self._look.metrics(Ink.LABEL).boundingRect(room, int(flags), text)
        self._box = QRectF(0, 0, used.width() + 2 * _PADDING + 1, used.height() + 2 * _PADDING)
        self.update()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def box_at(self, corner: QPointF) -> QRectF:
        """The box in the scene if its upper left corner stood there."""
        return QRectF(corner, self._box.size() * self.scale())

    def stand(self, corner: QPointF, tip: QPointF) -> None:
        """Stand with the upper left corner here, pointing to a place of the scene."""
        self.prepareGeometryChange()
        self.setPos(corner)
        self._tip = self.mapFromScene(tip)

    def boundingRect(self) -> QRectF:
        return self._box.united(QRectF(self._tip, self._tip)).adjusted(-4, -4, 4, 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        theme = self._look.theme
        edge = theme.color(self._role)
        painter.setPen(QPen(edge, 1.4))
        painter.drawLine(self._nearest(self._tip), self._tip)
        painter.setBrush(theme.mixed(self._role, 0.1))
        shape = QPainterPath()
        shape.addRoundedRect(self._box, 8, 8)
        painter.drawPath(shape)
        painter.setFont(self._look.font(Ink.LABEL))
        painter.setPen(theme.color("text"))
        inner = self._box.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextDontClip | Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, int(flags), self._text)

    def _nearest(self, point: QPointF) -> QPointF:
        x = min(max(point.x(), self._box.left()), self._box.right())
        y = min(max(point.y(), self._box.top()), self._box.bottom())
        return QPointF(x, y)


class ProblemNotes:
    """All notes of a scene.

    Errors are told wherever their note covers nothing; else, and warnings always, while their node
    is pointed at or selected.  What concerns the whole document has no node and is left to the view
    (``of_document``).
    """

    def __init__(self, scene: QGraphicsScene, look: Look, preferences: Preferences) -> None:
        self._scene = scene
        self._look = look
        self._preferences = preferences
        self._notes: dict[str, NoteItem] = {}
        self._severities: dict[str, str] = {}
        self._visible = True
        self._scale = 1.0
        self._in_sight = QRectF()
        #: Nodes beside which there is no room for a note.
        self._crowded: set[str] = set()
        self.of_document: tuple[Problem, ...] = ()

    def set_problems(self, problems: Iterable[Problem], nodes: Mapping[str, NodeItem]) -> None:
        """Tell these problems, and no others."""
        by_node: dict[str, list[Problem]] = {}
        for problem in problems:
            by_node.setdefault(problem.message.node or "", []).append(problem)
        self.of_document = tuple(by_node.pop("", ()))
        for gone in [key for key in self._notes if key not in by_node]:
            self._scene.removeItem(self._notes.pop(gone))
        self._severities = {
            key: "error" if any(p.severity == "error" for p in found) else "warning"
            for key, found in by_node.items()
        }
        for key, found in by_node.items():
            note = self._notes.get(key)
            if note is None:
                note = self._notes[key] = NoteItem(key, self._look)
                self._scene.addItem(note)
            role = "wrong" if self._severities[key] == "error" else "warning"
            note.set_text("\n".join(self._preferences.tell(p.message) for p in found), role)
            note.setScale(self._scale)
        for key, item in nodes.items():
            item.set_flag("severity", self._severities.get(key))
        self.follow(nodes)

    def text_of(self, node: str) -> str:
        """What is wrong with a node, "" if nothing."""
        return self._notes[node].text if node in self._notes else ""

    def note(self, node: str) -> NoteItem | None:
        """The note of a node, if it has one."""
        return self._notes.get(node)

    @property
    def count(self) -> int:
        """How many nodes have a note, shown or not."""
        return len(self._notes)

    def set_visible(self, visible: bool, nodes: Mapping[str, NodeItem]) -> None:
        """Show or hide all notes."""
        self._visible = visible
        self.show_for(nodes)

    def show_for(self, nodes: Mapping[str, NodeItem]) -> None:
        """Show the warnings of nodes that are pointed at or selected."""
        for key, note in self._notes.items():
            item = nodes.get(key)
            asked = item is not None and (item.hovered or item.selected)
            note.setVisible((asked or self._is_always_shown(key)) and self._visible)
            # What is asked for lies over what else is told.
            note.setZValue(_NOTE_Z + asked)

    def _is_always_shown(self, key: str) -> bool:
        return self._severities[key] == "error" and key not in self._crowded

    def set_view(self, visible: QRectF, zoom: float, nodes: Mapping[str, NodeItem]) -> None:
        """The view shows this part of the scene at this scale: notes stay readable.

        A note stays where it is as long as it is wholly in sight, or its node is not.
        """
        self._in_sight = visible
        scale = max(1.0, _SMALLEST_SCALE / max(zoom, 0.01))
        is_scaled = scale != self._scale
        self._scale = scale
        for note in self._notes.values() if is_scaled else ():
            note.setScale(scale)
        if is_scaled or any(self._is_cut(key, note, nodes) for key, note in self._notes.items()):
            self.follow(nodes)

    def _is_cut(self, key: str, note: NoteItem, nodes: Mapping[str, NodeItem]) -> bool:
        is_seen = key in nodes and self._in_sight.contains(nodes[key].body_rect())
        return is_seen and (
            key in self._crowded or not self._in_sight.contains(note.box_at(note.pos()))
        )

    def extent(self) -> QRectF:
        """Around the notes that are always shown."""
        rect = QRectF()
        for key, note in self._notes.items():
            if self._is_always_shown(key):
                rect = rect.united(note.box_at(note.pos()))
        return rect

    def follow_anywhere(self, nodes: Mapping[str, NodeItem]) -> None:
        """Stand beside the nodes wherever there is room: the view is about to show all of it."""
        self._in_sight = QRectF()
        self.follow(nodes)

    def follow(self, nodes: Mapping[str, NodeItem]) -> None:
        """Stand beside the nodes again, where nothing is covered."""
        if not self._notes:
            return
        # Not sooner: a start, whose diagram has no problems, does not wait for it.
        from nnsim.ui.canvas.note_places import Room

        room = Room([item.extent() for item in nodes.values()], self._lines(), self._in_sight)
        self._crowded.clear()
        # Errors first: the places of warnings are taken only while they are shown.
        order = sorted(self._notes, key=lambda key: self._severities[key] != "error")
        for key in order:
            item = nodes.get(key)
            if item is None:
                continue
            note = self._notes[key]
            place = room.best(item.extent(), item.body_rect(), note.box_at(QPointF()).size())
            note.stand(place.box.topLeft(), place.tip)
            if not place.is_free:
                self._crowded.add(key)
            elif self._severities[key] == "error":
                room.take(place.box)
        self.show_for(nodes)

    def _lines(self) -> Floats:
        found = [item.sampled() for item in self._scene.items() if isinstance(item, ConnectionItem)]
        return np.concatenate([np.zeros((0, 2)), *found])
