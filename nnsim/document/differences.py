"""What differs between two versions of a document."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from nnsim.document.model import Document, Floats

#: Name of a parameter ("w:c1", "b:n3") and the index of one of its values.
Place: TypeAlias = tuple[str, tuple[int, ...]]


def changed_parameter(before: Document, after: Document) -> Place | None:
    """The one weight or bias that differs between two versions, in its start value or in what it
    was set to in the middle of the run; None where it is none or several."""
    changed = _start_values(before, after) or _set_on_the_way(before, after)
    return next(iter(changed)) if len(changed) == 1 else None


def _start_values(before: Document, after: Document) -> set[Place]:
    former_nodes = {node.id: node for node in before.nodes}
    former_weights = {link.id: link.weights for link in before.connections}
    places: set[Place] = set()
    for node in after.nodes:
        former = former_nodes.get(node.id)
        if former is not None:
            places |= _differing(f"b:{node.id}", former.bias, node.bias)
            places |= _differing(f"u:{node.id}", former.recurrent, node.recurrent)
    for link in after.connections:
        places |= _differing(f"w:{link.id}", former_weights.get(link.id), link.weights)
    return places


def _differing(name: str, before: Floats | None, after: Floats) -> set[Place]:
    if before is None or before is after or before.shape != after.shape:
        return set()
    return {(name, tuple(index)) for index in np.argwhere(before != after).tolist()}


def _set_on_the_way(before: Document, after: Document) -> set[Place]:
    if before.changes is after.changes:
        return set()
    edits = [
        {
            (change.iteration, edit.name, edit.index, edit.value)
            for change in document.changes
            for edit in change.parameters
        }
        for document in (before, after)
    ]
    return {(name, index) for _, name, index, _ in edits[0] ^ edits[1]}
