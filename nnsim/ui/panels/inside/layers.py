"""Layers as panels show them: their names, their colours, and which one is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor

from nnsim.document.model import Document
from nnsim.engine.probes import PlanLayer
from nnsim.engine.record import Quantity
from nnsim.ui.bridge.theme import Theme

# Nodes of a layer that are all named; of more, the first and the last.
_MOST_NAMED = 2


def layer_name(document: Document, layer: PlanLayer) -> str:
    """The name of the node, or of the nodes side by side that are a layer: "N1 … N4"."""
    names = [document.node(node).name for node in layer.nodes]
    return ", ".join(names) if len(names) <= _MOST_NAMED else f"{names[0]} … {names[-1]}"


def layer_names(document: Document, layers: Sequence[PlanLayer]) -> list[str]:
    """Names of all layers, told apart by a number where two are alike."""
    names = [layer_name(document, layer) for layer in layers]
    return [f"{name} ({k + 1})" if names.count(name) > 1 else name for k, name in enumerate(names)]


def layer_color(theme: Theme, layer: int, count: int) -> QColor:
    """From orange, the layer at the inputs, by way of grey to blue, the one at the outputs."""
    share = layer / (count - 1) if count > 1 else 1.0
    if share < 0.5:
        return theme.mixed("negative", 1 - 2 * share, "neutral")
    return theme.mixed("positive", 2 * share - 1, "neutral")


def selected_layer(
    document: Document,
    layers: Sequence[PlanLayer],
    nodes: frozenset[str],
    selection: Quantity | None,
) -> int | None:
    """The layer of the selected nodes, else that of the selected number; None for neither.

    Connections and weights belong to the layer they lead into.
    """
    owners = {connection.id: connection.target for connection in document.connections}
    wanted = [{owners.get(each, each) for each in nodes}]
    if selection is not None and selection.owner:
        wanted.append({owners.get(selection.owner, selection.owner)})
    for ids in wanted:
        for k, layer in enumerate(layers):
            if ids & set(layer.nodes):
                return k
    return None
