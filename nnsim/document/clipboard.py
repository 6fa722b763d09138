"""Copy, paste, duplicate, align: edits of a selection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from nnsim.document.edits import free_name, move, without_changes
from nnsim.document.model import Connection, Document, Node

Edge = Literal["left", "right", "top", "bottom", "middle_x", "middle_y", "spread_x", "spread_y"]


@dataclass(frozen=True, eq=False)
class Fragment:
    """A part of a diagram: nodes, and the connections between them."""

    nodes: tuple[Node, ...]
    connections: tuple[Connection, ...]


def copy(document: Document, ids: Iterable[str]) -> Fragment:
    """The nodes of these ids and the connections that lie wholly between them."""
    chosen = set(ids)
    nodes = tuple(node for node in document.nodes if node.id in chosen)
    inside = {node.id for node in nodes}
    connections = tuple(
        c for c in document.connections if c.source in inside and c.target in inside
    )
    return Fragment(nodes, connections)


def paste(
    document: Document, fragment: Fragment, dx: float, dy: float
) -> tuple[Document, tuple[str, ...]]:
    """The fragment put in, moved by (dx, dy), with new ids and free names; and the new node ids."""
    ids: dict[str, str] = {}
    for node in fragment.nodes:
        ids[node.id] = f"n{document.next_id}"
        taken = {other.name for other in document.nodes}
        copied = replace(
            node,
            id=ids[node.id],
            x=node.x + dx,
            y=node.y + dy,
            name=free_name(document, node.kind, node.units) if node.name in taken else node.name,
        )
        document = replace(document, nodes=(*document.nodes, copied), next_id=document.next_id + 1)
    for connection in fragment.connections:
        linked = replace(
            connection,
            id=f"c{document.next_id}",
            source=ids[connection.source],
            target=ids[connection.target],
        )
        document = replace(
            document,
            connections=(*document.connections, linked),
            next_id=document.next_id + 1,
        )
    return without_changes(document), tuple(ids.values())


def align(document: Document, ids: Iterable[str], edge: Edge) -> Document:
    """The chosen nodes in line by their middles: on one edge, on their mean, or evenly spread."""
    chosen = set(ids)
    nodes = [node for node in document.nodes if node.id in chosen]
    if len(nodes) < 2:
        return document
    horizontal = edge in ("left", "right", "middle_x", "spread_x")
    values = [node.x if horizontal else node.y for node in nodes]
    if edge.startswith("spread"):
        order = sorted(range(len(nodes)), key=values.__getitem__)
        step = (max(values) - min(values)) / (len(nodes) - 1)
        placed = {order[k]: min(values) + k * step for k in range(len(nodes))}
        new = [placed[k] for k in range(len(nodes))]
    else:
        at = {"left": min, "top": min, "right": max, "bottom": max}.get(edge, _mean)(values)
        new = [at] * len(nodes)
    places = {
        node.id: (value, node.y) if horizontal else (node.x, value)
        for node, value in zip(nodes, new, strict=True)
    }
    return move(document, places)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
