"""The clipboard: a piece of a diagram as JSON of our own kind, read strictly."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

from nnsim.core.messages import NnsimError
from nnsim.document.clipboard import Fragment
from nnsim.document.model import Connection, Node, frozen_array
from nnsim.document.schema import ConnectionPart, Finite, NodePart, Part
from nnsim.engine.activations import ActivationSpec

MIME = "application/x-nnsim-diagram"
_MAX_BYTES = 64 * 1024 * 1024

Numbers = Annotated[list[Finite], Field(max_length=4096 * 16)]


class _NodePart(NodePart):
    bias: Numbers


class _ConnectionPart(ConnectionPart):
    weights: Annotated[list[Numbers], Field(max_length=4096 * 16)]


class _FragmentPart(Part):
    format: Literal["nnsim-diagram"]
    version: Literal[1]
    nodes: list[_NodePart] = Field(min_length=1, max_length=10_000)
    connections: list[_ConnectionPart] = Field(max_length=100_000)


def put(fragment: Fragment) -> None:
    """Put a piece of a diagram on the system's clipboard, for this window and for others."""
    part = _FragmentPart(
        format="nnsim-diagram",
        version=1,
        nodes=[_node_part(node) for node in fragment.nodes],
        connections=[
            _ConnectionPart(id=c.id, source=c.source, target=c.target, weights=c.weights.tolist())
            for c in fragment.connections
        ],
    )
    data = QMimeData()
    data.setData(MIME, QByteArray(part.model_dump_json().encode()))
    QGuiApplication.clipboard().setMimeData(data)


def _node_part(node: Node) -> _NodePart:
    activation: dict[str, Any] = {
        name: getattr(node.activation, name) for name in ("name", "slope", "alpha", "pieces")
    }
    return _NodePart.model_validate(
        {
            "id": node.id,
            "kind": node.kind,
            "name": node.name,
            "units": node.units,
            "x": float(node.x),
            "y": float(node.y),
            "activation": activation,
            "bias": node.bias.tolist(),
        }
    )


def is_available() -> bool:
    """Whether the clipboard holds something that claims to be a piece of a diagram."""
    return _content().hasFormat(MIME)


def _content() -> QMimeData:
    # Qt gives nothing at all while no screen or no other program answers for the clipboard.
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return data if data is not None else QMimeData()


def get() -> Fragment:
    """The piece of a diagram on the clipboard.

    Raises NnsimError ``canvas.clipboard.empty`` where there is none, and
    ``canvas.clipboard.damaged`` where it is not whole: then nothing of it is used.
    """
    data = _content()
    if not data.hasFormat(MIME):
        raise NnsimError.of("canvas.clipboard.empty")
    content = bytes(data.data(MIME).data())
    try:
        if len(content) > _MAX_BYTES:
            raise ValueError("too large")
        return _fragment(_FragmentPart.model_validate_json(content))
    except (ValidationError, ValueError) as error:
        raise NnsimError.of("canvas.clipboard.damaged") from error


def _fragment(part: _FragmentPart) -> Fragment:
    """Raises ValueError where ids, ends or shapes do not fit together."""
    nodes = {n.id: _node(n) for n in part.nodes}
    if len(nodes) != len(part.nodes):
        raise ValueError("two nodes with one id")
    connections = []
    pairs = set()
    for c in part.connections:
        source, target = nodes.get(c.source), nodes.get(c.target)
        pair = (c.source, c.target)
        if source is None or target is None or target.is_input or source is target or pair in pairs:
            raise ValueError("an impossible connection")
        pairs.add(pair)
        weights = np.array(c.weights, dtype=np.float64)
        if weights.shape != (target.rows, source.units):
            raise ValueError("weights of another shape")
        connections.append(Connection(c.id, c.source, c.target, frozen_array(weights)))
    return Fragment(tuple(nodes.values()), tuple(connections))


def _node(part: _NodePart) -> Node:
    node = Node(
        part.id,
        part.kind,
        part.name,
        part.units,
        part.x,
        part.y,
        ActivationSpec(**part.activation.model_dump()),
        frozen_array(part.bias),
    )
    if node.bias.shape != (node.rows,):
        raise ValueError("biases of another shape")
    return node
