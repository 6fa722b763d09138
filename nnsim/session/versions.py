"""What two versions of a document have in common, seen from their runs."""

from __future__ import annotations

from itertools import zip_longest

from nnsim.document.model import Connection, Document, Floats, Node


def valid_iterations(old: Document, new: Document) -> int | None:
    """How many iterations of the old document's run are also those of the new one.

    None: all, however many; 0: none.
    """
    if not (_same_diagram(old, new) and old.data is new.data):
        return 0
    if (old.split, old.scaling) != (new.split, new.scaling):
        return 0
    if (old.training, old.conventions) != (new.training, new.conventions):
        return 0
    for before, after in zip_longest(old.changes, new.changes):
        if before != after:
            return min(change.iteration for change in (before, after) if change is not None)
    return None


def _same_diagram(old: Document, new: Document) -> bool:
    if len(old.nodes) != len(new.nodes) or len(old.connections) != len(new.connections):
        return False
    return all(map(_same_node, old.nodes, new.nodes)) and all(
        map(_same_connection, old.connections, new.connections)
    )


def _same_node(a: Node, b: Node) -> bool:
    """Equal but for name and place."""
    if a is b:
        return True
    fields = ("id", "kind", "units", "activation", "feature", "steps")
    return (
        all(getattr(a, name) == getattr(b, name) for name in fields)
        and _same_numbers(a.bias, b.bias)
        and _same_numbers(a.recurrent, b.recurrent)
    )


def _same_numbers(a: Floats, b: Floats) -> bool:
    return a is b or a.tolist() == b.tolist()


def _same_connection(a: Connection, b: Connection) -> bool:
    return a is b or (
        (a.id, a.source, a.target) == (b.id, b.source, b.target) and a.weights is b.weights
    )
