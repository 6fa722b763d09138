"""Edits: functions from a document to a document.

Each returns the same object where nothing would change.  What an edit refuses it says with an
NnsimError whose message names the node; the document given is never modified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.document.adversarial import made_of_noise
from nnsim.document.model import (
    MAX_UNITS,
    Change,
    Connection,
    Conventions,
    Document,
    Feature,
    Floats,
    Node,
    NodeKind,
    Origin,
    ParameterEdit,
    ScalingSettings,
    SplitSettings,
    Training,
    frozen_array,
    replaced,
    takes,
)
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec, make_activation

MAX_NAME_LENGTH = 40


# -- nodes ---------------------------------------------------------------------------------------


def add_node(
    document: Document,
    kind: NodeKind,
    units: int = 1,
    x: float = 0.0,
    y: float = 0.0,
    activation: ActivationSpec | None = None,
    name: str = "",
) -> tuple[Document, str]:
    """A new node and its id.  Biases start at 0; what a recurrent layer sees itself through is
    drawn as ``start_weights``.

    Raises NnsimError ``edit.units`` for an impossible number of units.
    """
    _require_units(units)
    node_id = f"n{document.next_id}"
    node = Node(
        id=node_id,
        kind=kind,
        name=name or free_name(document, kind, units),
        units=units,
        x=x,
        y=y,
        activation=activation or ActivationSpec("tanh" if kind == "recurrent" else "sigmoid"),
    )
    _require_possible(node, node.activation)
    node = _with_shapes(node, node)
    document = replace(document, nodes=(*document.nodes, node), next_id=document.next_id + 1)
    return _restarted(document), node_id


def free_name(document: Document, kind: NodeKind, units: int) -> str:
    """A short name no node has yet: x1, x2 … for inputs, N1 … for neurons, C1 … for layers, R1 …
    for recurrent layers.

    C stands for "capa", as in the course.
    """
    letter = {"input": "xE", "dense": "NC", "recurrent": "RR"}[kind][units > 1]
    taken = {node.name for node in document.nodes}
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def remove(document: Document, ids: Iterable[str]) -> Document:
    """Without these nodes and connections, and without the connections of the nodes."""
    gone = set(ids)
    nodes = tuple(node for node in document.nodes if node.id not in gone)
    connections = tuple(c for c in document.connections if not gone & {c.id, c.source, c.target})
    if len(nodes) == len(document.nodes) and len(connections) == len(document.connections):
        return document
    return _restarted(replace(document, nodes=nodes, connections=connections))


def move(document: Document, places: Mapping[str, tuple[float, float]]) -> Document:
    """Nodes at new places on the canvas."""
    moved = [
        replace(node, x=places[node.id][0], y=places[node.id][1])
        for node in document.nodes
        if node.id in places and (node.x, node.y) != places[node.id]
    ]
    return replaced(document, nodes=moved) if moved else document


def rename(document: Document, node_id: str, name: str) -> Document:
    """A node by another name.  Raises NnsimError ``edit.name`` for an empty or long one."""
    name = " ".join(name.split())
    node = document.node(node_id)
    if not name or len(name) > MAX_NAME_LENGTH:
        raise NnsimError.of("edit.name", node_id, n=MAX_NAME_LENGTH)
    return document if name == node.name else replaced(document, nodes=[replace(node, name=name)])


def set_units(document: Document, node_id: str, units: int) -> Document:
    """A node with another number of units; weights and biases that remain keep their values."""
    _require_units(units)
    node = document.node(node_id)
    if units == node.units:
        return document
    return _reshaped(document, replace(node, units=units))


def set_activation(document: Document, node_id: str, activation: ActivationSpec) -> Document:
    """A node with another activation.

    Raises NnsimError ``edit.activation`` for an unknown one, ``edit.recurrent_activation`` for a
    recurrent layer and one that is not of each unit alone.
    """
    if activation.name not in ACTIVATIONS or not 1 <= activation.pieces <= 16:
        raise NnsimError.of("edit.activation", node_id, activation=activation.name)
    node = document.node(node_id)
    _require_possible(node, activation)
    if activation == node.activation:
        return document
    return _reshaped(document, replace(node, activation=activation))


def _reshaped(document: Document, node: Node) -> Document:
    """With the node in its new shape, and all arrays around it fitted to it."""
    node = _with_shapes(node, document.node(node.id))
    document = replaced(document, nodes=[node])
    fitted = []
    for connection in document.connections:
        if node.id in (connection.source, connection.target):
            shape = _weights_shape(document, connection.source, connection.target)
            weights = start_weights(connection.id, shape)
            rows, columns = np.minimum(shape, connection.weights.shape)
            weights[:rows, :columns] = connection.weights[:rows, :columns]
            fitted.append(replace(connection, weights=frozen_array(weights)))
    return _restarted(replaced(document, connections=fitted))


def _with_shapes(node: Node, old: Node) -> Node:
    """The node with biases and U of its own shape, in which what the old one had is kept."""
    bias = np.zeros(node.rows)
    kept = min(len(old.bias), node.rows)
    bias[:kept] = old.bias[:kept]
    node = replace(node, bias=frozen_array(bias))
    if not node.is_recurrent:
        return node
    u, kept = start_weights(node.id, (node.units, node.units)), min(len(old.recurrent), node.units)
    u[:kept, :kept] = old.recurrent[:kept, :kept]
    return replace(node, recurrent=frozen_array(u))


def _require_possible(node: Node, activation: ActivationSpec) -> None:
    if node.is_recurrent and not make_activation(activation).elementwise:
        params = {"name": node.name, "activation": Message(f"activation.{activation.name}")}
        raise NnsimError(Message("edit.recurrent_activation", params, node.id))


def _require_units(units: int) -> None:
    if not 1 <= units <= MAX_UNITS:
        raise NnsimError.of("edit.units", units=units, n=MAX_UNITS)


# -- connections ---------------------------------------------------------------------------------


def connect(
    document: Document, source: str, target: str, weights: Floats | None = None
) -> tuple[Document, str]:
    """A connection from every unit of one node to every unit of another, and its id.

    ``weights``: its start values, shape (rows of the target, units of the source); drawn where
    none are given.  Raises NnsimError with what ``refusal`` says.
    """
    refused = refusal(document, source, target)
    if refused is not None:
        raise NnsimError(refused)
    connection_id = f"c{document.next_id}"
    if weights is None:
        weights = start_weights(connection_id, _weights_shape(document, source, target))
    connection = Connection(connection_id, source, target, frozen_array(weights))
    document = replace(
        document,
        connections=(*document.connections, connection),
        next_id=document.next_id + 1,
    )
    return _restarted(document), connection_id


def refusal(document: Document, source: str, target: str) -> Message | None:
    """Why two nodes cannot be connected, or None where they can.

    ``edit.into_input`` (but for samples made of noise, which meet the data there through no
    weights), ``edit.to_itself`` or ``edit.connected_already``, at the target.
    """
    at = document.node(target)
    if at.is_input and not (takes(at, document.node(source)) and made_of_noise(document, source)):
        return Message("edit.into_input", {"name": at.name}, target)
    if source == target:
        return Message("edit.to_itself", {"name": at.name}, target)
    if any(c.source == source and c.target == target for c in document.connections):
        names = {"source": document.node(source).name, "target": at.name}
        return Message("edit.connected_already", names, target)
    return None


def connect_all(document: Document, sources: Iterable[str], targets: Iterable[str]) -> Document:
    """Connections from every source to every target that are possible and not there yet."""
    targets = list(targets)
    for source in sources:
        for target in targets:
            if refusal(document, source, target) is None:
                document, _ = connect(document, source, target)
    return document


def start_weights(owner: str, shape: tuple[int, int]) -> Floats:
    """Start values of a new connection: uniform within ±√(6 / (inputs + units)), short decimals.

    Also of the U of a recurrent layer.  Drawn from the ``owner``'s id, so that the same drawing
    gives the same numbers anywhere.
    Source of the limit: Glorot and Bengio 2010, eq. 16.
    """
    return _glorot(generator(int(owner[1:])), shape)


def _glorot(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    limit = min(1.0, float(np.sqrt(6.0 / sum(shape))))
    return np.round(random.uniform(-limit, limit, shape), 2 if limit > 0.3 else 3)


def _weights_shape(document: Document, source: str, target: str) -> tuple[int, int]:
    return document.node(target).rows, document.node(source).units


# -- values and settings -------------------------------------------------------------------------


def set_parameter(
    document: Document, name: str, index: tuple[int, ...], value: float, iteration: int = 0
) -> Document:
    """One weight ("w:c1" or "u:n3", (row, column)) or bias ("b:n3", (row,)) given a value.

    At iteration 0 this is the start value; later it is a change in the middle of the run.
    """
    return set_parameters(document, name, (index,), value, iteration)


def set_parameters(
    document: Document,
    name: str,
    indices: Iterable[tuple[int, ...]],
    value: float,
    iteration: int = 0,
) -> Document:
    """Several values of one parameter given the same value, as in ``set_parameter``."""
    chosen = dict.fromkeys(indices)
    if iteration > 0:
        change = _change_at(document, iteration)
        kept = tuple(e for e in change.parameters if e.name != name or e.index not in chosen)
        edits = tuple(ParameterEdit(name, index, value) for index in chosen)
        return _with_change(document, replace(change, parameters=(*kept, *edits)))
    kind, _, owner = name.partition(":")
    if kind == "w":
        connection = document.connection(owner)
        if all(connection.weights[index] == value for index in chosen):
            return document
        changed = _with_values(connection.weights, chosen, value)
        return _restarted(replaced(document, connections=[replace(connection, weights=changed)]))
    node = document.node(owner)
    before = node.recurrent if kind == "u" else node.bias
    if all(before[index] == value for index in chosen):
        return document
    after = _with_values(before, chosen, value)
    node = replace(node, recurrent=after) if kind == "u" else replace(node, bias=after)
    return _restarted(replaced(document, nodes=[node]))


def draw_weights(document: Document, connections: Iterable[str], seed: int) -> Document:
    """New start weights for these connections, drawn from a seed as in ``start_weights``."""
    random = generator(seed)
    drawn = []
    for connection_id in connections:
        connection = document.connection(connection_id)
        weights = _glorot(random, connection.weights.shape)
        drawn.append(replace(connection, weights=frozen_array(weights)))
    return _restarted(replaced(document, connections=drawn)) if drawn else document


def _with_values(array: Floats, indices: Iterable[tuple[int, ...]], value: float) -> Floats:
    changed = array.copy()
    for index in indices:
        changed[index] = value
    return frozen_array(changed)


def set_training(document: Document, training: Training, iteration: int = 0) -> Document:
    """Other training settings, from the start or from ``iteration`` on."""
    if training == document.settings_at(iteration)[0]:
        return document
    if iteration == 0:
        return _restarted(replace(document, training=training))
    return _with_change(document, replace(_change_at(document, iteration), training=training))


def set_conventions(document: Document, conventions: Conventions, iteration: int = 0) -> Document:
    """Other conventions, from the start or from ``iteration`` on."""
    if conventions == document.settings_at(iteration)[1]:
        return document
    if iteration == 0:
        return _restarted(replace(document, conventions=conventions))
    change = replace(_change_at(document, iteration), conventions=conventions)
    return _with_change(document, change)


def set_data(document: Document, data: Table, origin: Origin | None = None) -> Document:
    """Other samples.  The run starts again: an earlier trace would not be of these samples.

    Without an ``origin`` they count as changed by hand.
    """
    if data is document.data:
        return document
    return _restarted(replace(document, data=data, origin=origin))


def set_split(document: Document, split: SplitSettings) -> Document:
    """The samples divided in another way.  Raises NnsimError ``split.shares``."""
    if split == document.split:
        return document
    # Not sooner: a first window does not wait for it.
    from nnsim.data.splitting import Shares

    Shares(split.training, split.validation, split.test).fractions()
    return _restarted(replace(document, split=split))


def set_scaling(document: Document, scaling: ScalingSettings) -> Document:
    """Columns scaled in another way."""
    same = scaling == document.scaling
    return document if same else _restarted(replace(document, scaling=scaling))


def set_feature(document: Document, node_id: str, feature: Feature | None) -> Document:
    """An input node that takes something else; a feature of columns has one unit."""
    node = document.node(node_id)
    if feature == node.feature:
        return document
    if feature is not None and feature.function != "noise" and node.units != 1:
        document = set_units(document, node_id, 1)
        node = document.node(node_id)
    return _restarted(replaced(document, nodes=[replace(node, feature=feature)]))


def set_texts(document: Document, title: str | None = None, notes: str | None = None) -> Document:
    """Another title or other notes."""
    title = document.title if title is None else title
    notes = document.notes if notes is None else notes
    if (title, notes) == (document.title, document.notes):
        return document
    return replace(document, title=title, notes=notes)


def without_changes(document: Document) -> Document:
    """The document as it starts, without what was changed in the middle of the run."""
    return replace(document, changes=()) if document.changes else document


def _change_at(document: Document, iteration: int) -> Change:
    for change in document.changes:
        if change.iteration == iteration:
            return change
    return Change(iteration)


def _with_change(document: Document, change: Change) -> Document:
    # Later changes were made to a run that no longer comes about.
    kept = tuple(c for c in document.changes if c.iteration < change.iteration)
    return replace(document, changes=(*kept, change))


def _restarted(document: Document) -> Document:
    return without_changes(document)
