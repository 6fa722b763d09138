"""Hidden layers: the nodes between inputs and outputs, by depth; added, removed, made larger.

A layer may be one node of many units or many neurons: it grows by what it is made of.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from nnsim.core.messages import NnsimError
from nnsim.document.compiling import depths
from nnsim.document.edits import (
    add_node,
    connect,
    connect_all,
    remove,
    set_activation,
    set_units,
)
from nnsim.document.model import Document, Node
from nnsim.document.templates import arranged
from nnsim.engine.activations import ActivationSpec

_FIRST_UNITS = 4
_FIRST_ACTIVATION = ActivationSpec("tanh")


def hidden_layers(document: Document) -> tuple[tuple[Node, ...], ...]:
    """The nodes that are neither inputs nor outputs, those of the same depth together.

    The diagram must have no cycle.
    """
    depth, outputs = depths(document), {node.id for node in document.outputs}
    layers: dict[int, list[Node]] = {}
    for node in document.nodes:
        if not node.is_input and node.id not in outputs:
            layers.setdefault(depth[node.id], []).append(node)
    return tuple(tuple(layers[number]) for number in sorted(layers))


def add_hidden(document: Document, units: int = _FIRST_UNITS) -> Document:
    """One more hidden layer, the last one, through which all goes that went to the outputs.

    It has the activation of the layer before it.  Raises NnsimError ``lab.no_network`` where there
    are no outputs, or nothing that feeds them.
    """
    outputs = [node.id for node in document.outputs]
    feeding = _sources(document, outputs)
    if not outputs or not feeding:
        raise NnsimError.of("lab.no_network")
    activation = hidden_activation(document) or _FIRST_ACTIVATION
    document = remove(document, [c.id for node in outputs for c in document.incoming(node)])
    document, layer = add_node(document, "dense", units, activation=activation)
    document = connect_all(document, feeding, [layer])
    return arranged(connect_all(document, [layer], outputs))


def remove_hidden(document: Document, number: int) -> Document:
    """Without hidden layer ``number`` (from 0): what fed it feeds what it fed.

    Raises IndexError.
    """
    layer = [node.id for node in hidden_layers(document)[number]]
    sources, targets = _sources(document, layer), _targets(document, layer)
    document = remove(document, layer)
    return arranged(connect_all(document, sources, targets))


def add_neuron(document: Document, number: int) -> Document:
    """One more unit in hidden layer ``number`` (from 0).

    A layer of several neurons gets another one, wired like the last; a single node gets a unit.
    """
    layer = hidden_layers(document)[number]
    last = layer[-1]
    if len(layer) == 1:
        return set_units(document, last.id, last.units + 1)
    document, neuron = add_node(document, last.kind, last.units, activation=last.activation)
    for connection in (*document.incoming(last.id), *document.outgoing(last.id)):
        source, target = (
            neuron if end == last.id else end for end in (connection.source, connection.target)
        )
        document, _ = connect(document, source, target)
    return arranged(document)


def remove_neuron(document: Document, number: int) -> Document:
    """One unit less in hidden layer ``number`` (from 0), the last one.

    Raises NnsimError ``lab.last_neuron`` for the only one: the layer itself can be removed.
    """
    layer = hidden_layers(document)[number]
    last = layer[-1]
    if len(layer) > 1:
        return arranged(remove(document, [last.id]))
    if last.units == 1:
        raise NnsimError.of("lab.last_neuron", last.id, name=last.name)
    return set_units(document, last.id, last.units - 1)


def hidden_activation(document: Document) -> ActivationSpec | None:
    """The activation of the hidden layers, that of the last one where they differ; None without."""
    layers = hidden_layers(document)
    return layers[-1][-1].activation if layers else None


def set_hidden_activation(document: Document, name: str) -> Document:
    """Every hidden node with this activation; what it has to set keeps its value.

    Raises NnsimError ``edit.activation``.
    """
    for layer in hidden_layers(document):
        for node in layer:
            document = set_activation(document, node.id, replace(node.activation, name=name))
    return document


def layer_sizes(document: Document) -> str:
    """Units a column of the diagram, from inputs to outputs: "2-8-1".  It must have no cycle."""
    depth = depths(document)
    nodes = sorted(document.nodes, key=lambda node: depth[node.id])
    columns = itertools.groupby(nodes, key=lambda node: depth[node.id])
    return "-".join(str(sum(node.units for node in column)) for _, column in columns)


def _sources(document: Document, nodes: Iterable[str]) -> list[str]:
    """What feeds these nodes from outside, in document order."""
    inside = set(nodes)
    found = {c.source for node in inside for c in document.incoming(node)} - inside
    return [node.id for node in document.nodes if node.id in found]


def _targets(document: Document, nodes: Iterable[str]) -> list[str]:
    """What these nodes feed outside, in document order."""
    inside = set(nodes)
    found = {c.target for node in inside for c in document.outgoing(node)} - inside
    return [node.id for node in document.nodes if node.id in found]
