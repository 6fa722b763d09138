"""Start values drawn by the initialisers of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from nnsim.core.randoms import generator
from nnsim.document.compiling import plan_spec
from nnsim.document.edits import without_changes
from nnsim.document.model import Document, Node, frozen_array, replaced
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.layout import Array


def draw_parameters(
    document: Document,
    initialiser: str | InitialiserSpec,
    seed: int,
    nodes: Iterable[str] | None = None,
) -> Document:
    """New start values of all that leads into these nodes (None: all), by a named initialiser.

    The same seed gives a node the same numbers, whichever others are kept.  The diagram must have
    no cycle.
    """
    spec = InitialiserSpec(initialiser) if isinstance(initialiser, str) else initialiser
    drawn = start_values(plan_spec(document, *document.settings_at(0)), spec, generator(seed))
    chosen = {n.id for n in document.nodes if not n.is_input} if nodes is None else set(nodes)
    wires = [c for c in document.connections if c.target in chosen]
    if not chosen:
        return document
    return without_changes(
        replaced(
            document,
            nodes=[
                _with_drawn(node, drawn)
                for node in document.nodes
                if node.id in chosen and not node.is_input
            ],
            connections=[replace(c, weights=frozen_array(drawn[f"w:{c.id}"])) for c in wires],
        )
    )


def _with_drawn(node: Node, drawn: Mapping[str, Array]) -> Node:
    node = replace(node, bias=frozen_array(drawn[f"b:{node.id}"]))
    if node.is_recurrent:
        return replace(node, recurrent=frozen_array(drawn[f"u:{node.id}"]))
    return node
