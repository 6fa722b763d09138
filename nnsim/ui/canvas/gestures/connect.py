"""Drawing a connection from a handle to a node."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from nnsim.core.messages import Message
from nnsim.document.edits import connect_all, refusal
from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.halo_item import Target
from nnsim.ui.canvas.hits import Side
from nnsim.ui.canvas.look import Ink
from nnsim.ui.canvas.stage import Stage

_REASON_WIDTH = 250.0


class Links:
    """Which connections are possible between some nodes and others, and making them.

    ``fixed`` are the ids at the one end; ``side`` says which: "out" means they are the sources.
    """

    def __init__(self, stage: Stage, fixed: tuple[str, ...], side: Side) -> None:
        self.stage = stage
        self.fixed = fixed
        self.side = side

    def reason(self, other: str) -> Message | None:
        """Why nothing can be connected with this node; None where something can."""
        first: Message | None = None
        for one in self.fixed:
            source, target = (one, other) if self.side == "out" else (other, one)
            found = refusal(self.stage.workspace.document, source, target)
            if found is None:
                return None
            first = first or found
        return first

    def possible(self) -> tuple[str, ...]:
        """Ids of the nodes that can be connected."""
        nodes = self.stage.workspace.document.nodes
        return tuple(node.id for node in nodes if self.reason(node.id) is None)

    def make(self, others: tuple[str, ...]) -> None:
        """Connect, as one edit; select what has been connected last."""
        sources, targets = (self.fixed, others) if self.side == "out" else (others, self.fixed)
        document = self.stage.workspace.document
        pairs = [(s, t) for s in sources for t in targets if refusal(document, s, t) is None]
        label = self.stage.preferences.say("canvas.undo.connect", n=len(pairs))
        self.stage.workspace.edit(lambda d: connect_all(d, sources, targets), label)

    def ports(self) -> list[QPointF]:
        """The handles at the fixed end."""
        items = self.stage.diagram.node_items(self.fixed).values()
        if self.side == "out":
            return [item.output_port() for item in items]
        return [port for item in items if (port := item.input_port()) is not None]

    def other_port(self, other: str) -> QPointF | None:
        """The handle at the other end."""
        item = self.stage.diagram.nodes[other]
        return item.input_port() if self.side == "out" else item.output_port()

    def mark(self, chosen: frozenset[str], refused: frozenset[str] = frozenset()) -> None:
        """Show which nodes are possible, chosen, refused."""
        possible = set(self.possible())
        for key, item in self.stage.diagram.nodes.items():
            target = Target.POSSIBLE if key in possible else Target.NONE
            if key in chosen:
                target = Target.CHOSEN
            elif key in refused:
                target = Target.REFUSED
            item.set_flag("target", target)

    def unmark(self) -> None:
        """Show nothing of it any more."""
        for item in self.stage.diagram.nodes.values():
            item.set_flag("target", Target.NONE)


class DrawConnection(Gesture):
    """Drag from a handle to a node; from a node that is selected with others, from all of them."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, start: Pointer, node: str, side: Side) -> None:
        super().__init__(stage)
        selected = stage.selected_nodes
        fixed = selected if node in selected else (node,)
        self._links = Links(stage, fixed, side)
        self._at = start.scene
        self._over: str | None = None
        self._reason: Message | None = None
        self._left_start = False
        self._links.mark(frozenset())

    def move(self, pointer: Pointer) -> None:
        self._at = pointer.scene
        over = self._node_at(pointer.scene)
        if over not in self._links.fixed:
            self._left_start = True
        # The node one comes from is no mistake before one has left it.
        if over in self._links.fixed and not self._left_start:
            over = None
        if over != self._over:
            self._over = over
            self._reason = None if over is None else self._links.reason(over)
            chosen = frozenset({over} if over is not None and self._reason is None else ())
            refused = frozenset({over} if over is not None and self._reason is not None else ())
            self._links.mark(chosen, refused)
        self.stage.repaint_wanted.emit()

    def _node_at(self, point: QPointF) -> str | None:
        reach = self.stage.near(10)
        for key, item in reversed(self.stage.diagram.nodes.items()):
            if item.body_rect().adjusted(-reach, -reach, reach, reach).contains(point):
                return key
        return None

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if self._over is not None:
            if self._reason is None:
                self._links.make((self._over,))
            else:
                self.stage.workspace.refuse(self._reason)
        self.finish()

    def finish(self) -> None:
        self._links.unmark()
        super().finish()

    def paint(self, painter: QPainter) -> None:
        look = self.stage.diagram.look
        refused = self._reason is not None
        end = self._at
        if self._over is not None and not refused:
            end = self._links.other_port(self._over) or end
        paint_rubber(painter, self._links, end, "wrong" if refused else "accent")
        if self._reason is not None:
            text = self.stage.preferences.tell(self._reason)
            self._paint_reason(painter, text, look.metrics(Ink.LABEL).height())

    def _paint_reason(self, painter: QPainter, text: str, line: float) -> None:
        """The reason beside the pointer, as large as text on screen."""
        look = self.stage.diagram.look
        painter.save()
        painter.translate(self._at)
        painter.scale(1 / self.stage.scale, 1 / self.stage.scale)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
        room = QRectF(26, 18, _REASON_WIDTH, 40 * line)
        painter.setFont(look.font(Ink.LABEL))
        used = painter.boundingRect(room, flags, text)
        box = used.adjusted(-8, -6, 8, 6)
        look.pill(painter, box, look.color("surface"), look.pen("wrong", 1.2))
        painter.setPen(look.color("text"))
        painter.drawText(used, flags, text)
        painter.restore()


def paint_rubber(painter: QPainter, links: Links, end: QPointF, role: str) -> None:
    """Curves from the handles to the pointer."""
    pen = QPen(links.stage.preferences.theme.color(role), 2.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if role == "wrong":
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    outwards = 1 if links.side == "out" else -1
    for port in links.ports():
        bend = max(30.0, abs(end.x() - port.x()) / 2) * outwards
        path = QPainterPath(port)
        path.cubicTo(port + QPointF(bend, 0), end - QPointF(bend, 0), end)
        painter.drawPath(path)
