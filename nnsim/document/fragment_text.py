"""A piece of a diagram as text: what is copied and pasted between windows, read strictly."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from nnsim.document.clipboard import Fragment
from nnsim.document.head import feature_of_part, steps_of_part
from nnsim.document.model import MAX_UNITS, Connection, Floats, Node, frozen_array
from nnsim.document.preparation import feature_fits
from nnsim.document.schema import ConnectionPart, Finite, Part, RecurrentNodePart
from nnsim.engine.activations import ActivationSpec

_MAX_BYTES = 64 * 1024 * 1024

Numbers = Annotated[list[Finite], Field(max_length=4096 * 16)]


class _NodePart(RecurrentNodePart):
    bias: Numbers
    recurrent: Annotated[list[Numbers], Field(max_length=MAX_UNITS)] = Field(default_factory=list)


class _ConnectionPart(ConnectionPart):
    weights: Annotated[list[Numbers], Field(max_length=4096 * 16)]


class _FragmentPart(Part):
    format: Literal["nnsim-diagram"]
    version: Literal[1]
    nodes: list[_NodePart] = Field(min_length=1, max_length=10_000)
    connections: list[_ConnectionPart] = Field(max_length=100_000)


def write_fragment(fragment: Fragment) -> bytes:
    """The fragment as JSON, encoded in UTF-8."""
    part = _FragmentPart(
        format="nnsim-diagram",
        version=1,
        nodes=[_node_part(node) for node in fragment.nodes],
        connections=[
            _ConnectionPart(id=c.id, source=c.source, target=c.target, weights=c.weights.tolist())
            for c in fragment.connections
        ],
    )
    return part.model_dump_json().encode()


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
            "feature": node.feature
            and {"function": node.feature.function, "columns": list(node.feature.columns)},
            "steps": node.steps,
            "recurrent": node.recurrent.tolist(),
        }
    )


def read_fragment(content: bytes) -> Fragment:
    """The fragment in such a text.  Raises ValueError where it is not whole and sound."""
    if len(content) > _MAX_BYTES:
        raise ValueError("too large")
    try:
        return _fragment(_FragmentPart.model_validate_json(content))
    except ValidationError as error:
        raise ValueError("not a piece of a diagram") from error


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
        feature_of_part(part),
        steps_of_part(part),
        _square(part.recurrent),
    )
    if node.recurrent.shape != (2 * (node.units,) if node.is_recurrent else (0, 0)):
        raise ValueError("recurrent weights of another shape")
    if node.steps > 1 and not node.is_input:
        raise ValueError("steps that are not those of an input")
    if not feature_fits(node):
        raise ValueError("an impossible feature")
    if node.bias.shape != (node.rows,):
        raise ValueError("biases of another shape")
    return node


def _square(rows: list[list[float]]) -> Floats:
    """Raises ValueError where the rows are not all of one length."""
    return frozen_array(np.array(rows, dtype=np.float64).reshape(len(rows), -1 if rows else 0))
