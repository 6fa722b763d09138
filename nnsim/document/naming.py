"""What units are called on screen, in tables and in formulas: one way for all of nnsim."""

from __future__ import annotations

from nnsim.document.model import Document
from nnsim.engine.plan import PlanSpec


def is_single_neuron(spec: PlanSpec) -> bool:
    """Whether the diagram is one neuron with one weight an input, as in the course's exercise.

    It is shown with the course's own names and columns.
    """
    return len(spec.nodes) == 1 and len(spec.layers) == 1 and spec.layers[0].rows == 1


def unit_name(document: Document, node_id: str, unit: int) -> str:
    """Name of one unit of a node.

    A single neuron has the name of its node; a unit of an input layer that of its data column; a
    unit of another layer the name of the layer and its number from 1, "C1[2]".
    """
    node = document.node(node_id)
    if node.units == 1:
        return node.name
    if node.is_input and node.steps == 1 and node.feature is None:
        before = 0
        for other in document.inputs:
            if other.id == node_id:
                break
            # Inputs with a feature have one unit and take no column from the others.
            before += other.columns if other.feature is None else 0
        names = document.data.input_names
        if before + unit < len(names):
            return names[before + unit]
    return f"{node.name}[{unit + 1}]"


def row_name(document: Document, node_id: str, row: int) -> str:
    """Name of one row of a node's weights: its unit, and for maxout the piece, "N1/2"."""
    node = document.node(node_id)
    if node.rows <= node.units:
        return unit_name(document, node_id, row)
    unit, piece = divmod(row, node.rows // node.units)
    return f"{unit_name(document, node_id, unit)}/{piece + 1}"


def parameter_name(document: Document, name: str, index: tuple[int, ...]) -> str:
    """Name of one parameter ("w:c1" or "u:n3" at (row, column), "b:n3" at (row,)).

    "w N1 ← x1", "u R1[2] ← R1[1]", "b N1".
    """
    kind, _, owner = name.partition(":")
    if kind == "u":
        target, own = (unit_name(document, owner, unit) for unit in index)
        return f"u {target} ← {own}"
    if kind == "b":
        return f"b {row_name(document, owner, index[0])}"
    connection = document.connection(owner)
    source = unit_name(document, connection.source, index[1])
    return f"w {row_name(document, connection.target, index[0])} ← {source}"
