"""Why a diagram cannot run, said at the node at fault: a sign, and a note with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from nnsim.document.checks import Problem
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.canvas.look import Ink, Look
from nnsim.ui.canvas.node_item import NodeItem

_NOTE_Z = 5.0
_WIDTH = 230.0
_PADDING = 9.0
_GAP = 16.0
# Notes are not made smaller with the diagram: they have to be read.
_SMALLEST_SCALE = 0.9
# To hide a part of the diagram is worse than to be partly out of sight.
_HIDING = 5.0


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

    Errors are always told; warnings while their node is pointed at or selected.  What concerns the
    whole document has no node and is left to the view (``of_document``).
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
        self.show_for(nodes)
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
            wanted = item is not None and (
                self._severities[key] == "error" or item.hovered or item.selected
            )
            note.setVisible(wanted and self._visible)

    def set_view(self, visible: QRectF, zoom: float, nodes: Mapping[str, NodeItem]) -> None:
        """The view shows this part of the scene at this scale: notes stay readable.

        They do not run after the view; but when they are placed, it is within sight if possible.
        """
        self._in_sight = visible
        scale = max(1.0, _SMALLEST_SCALE / max(zoom, 0.01))
        if scale != self._scale:
            self._scale = scale
            for note in self._notes.values():
                note.setScale(scale)
            self.follow(nodes)

    def _cost(self, box: QRectF, taken: list[QRectF]) -> float:
        """Area of what a box would cover, and of what of it would be out of sight."""
        covered = _HIDING * sum(_area(box.intersected(other)) for other in taken)
        if self._in_sight.isEmpty():
            return covered
        return covered + _area(box) - _area(box.intersected(self._in_sight))

    def extent(self) -> QRectF:
        """Around the notes that are always shown."""
        rect = QRectF()
        for key, note in self._notes.items():
            if self._severities[key] == "error":
                rect = rect.united(note.box_at(note.pos()))
        return rect

    def follow(self, nodes: Mapping[str, NodeItem]) -> None:
        """Stand beside the nodes again, where least is covered."""
        taken = [item.body_rect() for item in nodes.values()]
        for key, note in self._notes.items():
            item = nodes.get(key)
            if item is None:
                continue
            corner, tip = self._best(note, item, taken)
            note.stand(corner, tip)
            if self._severities[key] == "error":
                taken.append(note.box_at(corner))

    def _best(self, note: NoteItem, item: NodeItem, taken: list[QRectF]) -> tuple[QPointF, QPointF]:
        around = item.extent()
        size = note.box_at(QPointF()).size()
        middle = around.center()
        places = (
            (QPointF(middle.x() - size.width() / 2, around.bottom() + _GAP), (0, 1)),
            (QPointF(middle.x() - size.width() / 2, around.top() - _GAP - size.height()), (0, -1)),
            (QPointF(around.right() + _GAP, middle.y() - size.height() / 2), (1, 0)),
            (QPointF(around.left() - _GAP - size.width(), middle.y() - size.height() / 2), (-1, 0)),
        )
        best = min(places, key=lambda place: self._cost(note.box_at(place[0]), taken))
        body = item.body_rect()
        tip = QPointF(
            body.center().x() + best[1][0] * body.width() / 2,
            body.center().y() + best[1][1] * body.height() / 2,
        )
        return best[0], tip


def _area(rect: QRectF) -> float:
    return max(rect.width(), 0.0) * max(rect.height(), 0.0)
