"""What is under the pointer."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF

from nnsim.engine.record import Quantity
from nnsim.ui.canvas.connection_item import ConnectionItem, Place
from nnsim.ui.canvas.geometry import PORT_RADIUS
from nnsim.ui.canvas.loss_item import LOSS
from nnsim.ui.canvas.node_item import NodeItem
from nnsim.ui.canvas.parts import Part, quantity_of
from nnsim.ui.canvas.scene import DiagramScene

_LINE_REACH = 6.0
_PORT_REACH = PORT_RADIUS + 4.0

Side = Literal["in", "out"]


class Hit(NamedTuple):
    """One thing under the pointer, or nothing at all (the empty canvas).

    ``node``: id of a node, with its ``part`` if the pointer is on one; ``port``: the handle of the
    node; ``connection``: id of a connection, with the ``place`` of the weight; ``loss``: the loss
    below the outputs.
    """

    node: str | None = None
    part: Part | None = None
    port: Side | None = None
    connection: str | None = None
    place: Place | None = None
    loss: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there."""
        return self.node is None and self.connection is None and not self.loss


NOWHERE = Hit()


def hit_at(diagram: DiagramScene, point: QPointF, pixel: float) -> Hit:
    """What is at a point of the scene; ``pixel`` is the size of a screen pixel there.

    Handles come before nodes, nodes before numbers, numbers before lines.
    """
    items = list(diagram.nodes.items())[::-1]
    for key, item in items:
        side = _port_at(item, point, max(1.0, pixel))
        if side is not None:
            return Hit(node=key, port=side)
    for key, item in items:
        if item.covers(point):
            return Hit(node=key, part=item.part_at(point))
    label = diagram.labels.label_at(point)
    if label is not None:
        return Hit(connection=label[0], place=label[1])
    if diagram.loss.covers(point):
        return Hit(loss=True)
    for key, item in items:
        part = item.part_at(point)
        if part is not None:
            return Hit(node=key, part=part)
    return line_at(diagram, point, _LINE_REACH * pixel)


def line_at(diagram: DiagramScene, point: QPointF, reach: float) -> Hit:
    """The nearest line within reach."""
    best: tuple[float, Hit] | None = None
    for key, link in diagram.connections.items():
        found = link.line_at(point, reach)
        if found is not None and (best is None or found[1] < best[0]):
            best = (found[1], Hit(connection=key, place=found[0]))
    return NOWHERE if best is None else best[1]


def _port_at(item: NodeItem, point: QPointF, pixel: float) -> Side | None:
    if not item.shows_ports:
        return None
    ports: tuple[tuple[QPointF | None, Side], ...] = (
        (item.output_port(), "out"),
        (item.input_port(), "in"),
    )
    for port, side in ports:
        if port is not None:
            away = point - port
            if away.x() ** 2 + away.y() ** 2 <= (_PORT_REACH * pixel) ** 2:
                return side
    return None


def quantity_at(diagram: DiagramScene, hit: Hit) -> Quantity | None:
    """The number under the pointer, as it stands at this moment."""
    if hit.loss:
        return LOSS
    if hit.connection is not None and hit.place is not None:
        return line_quantity(diagram, diagram.connections[hit.connection], hit.place)
    if hit.node is not None and hit.part is not None:
        return quantity_of(hit.part, diagram.nodes[hit.node].node, diagram.readings)
    return None


def line_quantity(diagram: DiagramScene, link: ConnectionItem, place: Place) -> Quantity:
    """What a line shows: a product or gradient as it is gone through, else its weight."""
    frame = diagram.readings.frame
    key, reading = link.connection.id, link.reading
    if frame is None:
        return Quantity("w", key, *place)
    if reading.row == place[0] and reading.kind in ("p", "gw"):
        sample = frame.sample if reading.kind == "p" else 0
        gone_through = Quantity(reading.kind, key, *place, sample=sample)
        if frame.is_shown(gone_through):
            return gone_through
    after = Quantity("w+", key, *place)
    return after if frame.is_shown(after) else Quantity("w", key, *place)
