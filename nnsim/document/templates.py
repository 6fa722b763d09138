"""Documents to start from: one neuron, 2-2-1, any multilayer perceptron by typing "2-4-3-1"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.data import Table, gate_table
from nnsim.document.compiling import depths
from nnsim.document.edits import add_node, connect, set_feature, set_parameter
from nnsim.document.model import MAX_UNITS, Document, Feature, NodeKind, Training, replaced
from nnsim.engine.activations import ActivationSpec

#: Truth tables of the gates, in the order 00, 01, 10, 11.
GATES = {
    "or": (0, 1, 1, 1),
    "and": (0, 0, 0, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
}
MAX_LAYERS = 20
COLUMN_GAP = 240.0
ROW_GAP = 120.0


def empty() -> Document:
    """Nothing drawn, with the truth table of OR as data."""
    return Document(data=gate_table(GATES["or"]))


def gate_neuron(gate: str = "or") -> Document:
    """The neuron of the course's exercise: inputs x1 and x2, step, w = (0.5, 0.5), b = 1."""
    document = replace(empty(), data=gate_table(GATES[gate]))
    document, first = add_node(document, "input", x=0, y=0)
    document, second = add_node(document, "input", x=0, y=ROW_GAP)
    document, neuron = add_node(
        document, "dense", x=COLUMN_GAP, y=ROW_GAP / 2, activation=ActivationSpec("step")
    )
    for source in (first, second):
        document, _ = connect(document, source, neuron, np.array([[0.5]]))
    return set_parameter(document, f"b:{neuron}", (0,), 1.0)


def parse_layers(text: str) -> tuple[int, ...]:
    """The sizes in "2-4-3-1".  Raises NnsimError ``template.layers``."""
    parts = text.replace("\u2013", "-").replace(" ", "").split("-")
    sizes = tuple(int(p) if p.isascii() and p.isdigit() and len(p) < 6 else 0 for p in parts)
    if not 2 <= len(sizes) <= MAX_LAYERS or any(not 1 <= s <= MAX_UNITS for s in sizes):
        raise NnsimError.of("template.layers", text=text[:40], layers=MAX_LAYERS, n=MAX_UNITS)
    return sizes


def perceptron(
    sizes: Sequence[int],
    hidden: str = "sigmoid",
    output: str = "sigmoid",
    data: Table | None = None,
) -> Document:
    """A multilayer perceptron with these layer sizes, every layer one node, trained by SGD.

    Without data it gets XOR where the sizes fit it, else as many rows of zeros as it has outputs
    to fill in.
    """
    if data is None:
        data = _data_for(sizes[0], sizes[-1])
    document = Document(data=data, training=Training(rule="sgd"))
    previous = ""
    for depth, units in enumerate(sizes):
        last = depth == len(sizes) - 1
        document, node = add_node(
            document,
            "dense" if depth else "input",
            units,
            x=depth * COLUMN_GAP,
            activation=ActivationSpec(output if last else hidden),
        )
        if previous:
            document, _ = connect(document, previous, node)
        previous = node
    return document


def adversarial(
    generator: Sequence[int], discriminator: Sequence[int], hidden: ActivationSpec, data: Table
) -> Document:
    """A generative adversarial network in one row: noise, generator, samples, discriminator.

    ``generator`` are the numbers of noise and of hidden units, ``discriminator`` of hidden ones.
    The only target of the data must be 1 for every sample, for all of them are real.
    """
    document = Document(
        data=data, training=Training(rule="sgd", loss="binary_cross_entropy", order="shuffled")
    )
    columns = len(data.input_names)
    drawn: list[tuple[str, int, NodeKind, str]] = [("z", generator[0], "input", "")]
    drawn += [(f"G{k}", units, "dense", "") for k, units in enumerate(generator[1:], 1)]
    drawn += [("G(z)", columns, "dense", "identity"), ("x", columns, "input", "")]
    drawn += [(f"D{k}", units, "dense", "") for k, units in enumerate(discriminator, 1)]
    drawn.append(("D", 1, "dense", "sigmoid"))
    previous = ""
    for column, (name, units, kind, activation) in enumerate(drawn):
        spec = ActivationSpec(activation) if activation else hidden
        document, node = add_node(document, kind, units, column * COLUMN_GAP, 0.0, spec, name)
        if previous:
            document, _ = connect(document, previous, node)
        else:
            document = set_feature(document, node, Feature("noise", ()))
        previous = node
    return document


def _data_for(inputs: int, outputs: int) -> Table:
    if (inputs, outputs) == (2, 1):
        return gate_table(GATES["xor"])
    names = tuple(f"x{k + 1}" for k in range(inputs))
    targets = ("y",) if outputs == 1 else tuple(f"y{k + 1}" for k in range(outputs))
    rows = 4
    ones = np.eye(rows, inputs)
    return Table(names, targets, ones, np.eye(rows, outputs))


def with_parameters(
    document: Document, weights: Sequence[object], biases: Sequence[object]
) -> Document:
    """The document with these weight matrices and biases, in document order."""
    connections = [
        replace(c, weights=np.array(w, dtype=float).reshape(c.weights.shape))
        for c, w in zip(document.connections, weights, strict=True)
    ]
    dense = [node for node in document.nodes if not node.is_input]
    nodes = [
        replace(node, bias=np.array(b, dtype=float).reshape(node.bias.shape))
        for node, b in zip(dense, biases, strict=True)
    ]
    return replaced(document, nodes=nodes, connections=connections)


def arranged(document: Document) -> Document:
    """The document with every node where its depth says: inputs left, a column a depth."""
    depth = depths(document)
    columns: dict[int, list[str]] = {}
    for node in document.nodes:
        columns.setdefault(depth[node.id], []).append(node.id)
    places = {
        node_id: (column * COLUMN_GAP, (k - (len(ids) - 1) / 2) * ROW_GAP)
        for column, ids in columns.items()
        for k, node_id in enumerate(ids)
    }
    nodes = [replace(n, x=places[n.id][0], y=places[n.id][1]) for n in document.nodes]
    return replaced(document, nodes=nodes)
