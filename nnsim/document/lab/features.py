"""Input features as visible nodes: switched on and off, wired to the first layer at once.

Inputs without a feature together take all columns in their order.  As soon as one column is
switched off the others become features "column" of their own; when all are back they are plain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.data import Table
from nnsim.document.adversarial import meetings
from nnsim.document.compiling import depths
from nnsim.document.edits import add_node, connect, remove, set_feature
from nnsim.document.model import Document, Feature, Node, replaced
from nnsim.document.preparation import input_features, plain_columns
from nnsim.document.templates import arranged

#: A layer of more inputs than this is not taken apart into nodes.
MOST_SPLIT = 12
# Names of columns that are short enough to be part of a node's name.
_LONGEST_SYMBOL = 4
# Part of the document, and so the same in every language.
_FORMS = {
    "column": "{0}",
    "square": "{0}²",
    "product": "{0}·{1}",
    "sine": "sin {0}",
    "noise": "z",
}


def features_offered(columns: tuple[int, int]) -> tuple[Feature, ...]:
    """What two columns are offered as: x1, x2, x1², x2², x1·x2, sin x1, sin x2.

    A single column, named twice, is offered once and without a product.
    """
    first, second = columns
    each = (first,) if first == second else columns
    product = () if first == second else (Feature("product", columns),)
    return (
        *(Feature("column", (column,)) for column in each),
        *(Feature("square", (column,)) for column in each),
        *product,
        *(Feature("sine", (column,)) for column in each),
    )


def feature_name(table: Table, feature: Feature) -> Message:
    """A feature in words: "x1", "height²", "x1·x2", "sin(x1)"."""
    names = table.input_names
    columns = [names[k] if k < len(names) else f"x{k + 1}" for k in feature.columns] or [""]
    return Message(
        f"preparation.feature.{feature.function}", {"first": columns[0], "second": columns[-1]}
    )


def node_name(table: Table, feature: Feature) -> str:
    """What the node of a feature is called: a long name of a column gives way to x and its number.

    So "x3²" stands on the canvas, and not the square of the petal length in centimetres.
    """
    names = table.input_names
    columns = (
        names[k] if k < len(names) and len(names[k]) <= _LONGEST_SYMBOL else f"x{k + 1}"
        for k in feature.columns
    )
    return _FORMS[feature.function].format(*columns)


def renamed_features(before: Table, document: Document) -> Document:
    """Nodes that are called by their feature, after other samples have come with other names."""
    renamed = [
        replace(node, name=node_name(document.data, node.feature))
        for node in document.inputs
        if node.feature is not None and node.name == node_name(before, node.feature)
    ]
    return replaced(document, nodes=renamed)


def has_feature(document: Document, feature: Feature) -> bool:
    """Whether an input of the diagram takes this of the data."""
    return feature in input_features(document)


def column_of(document: Document, node: Node) -> int | None:
    """The column that a single input takes as it is; None for layers and other features."""
    if node.units != 1 or not node.is_input:
        return None
    if node.feature is not None:
        return node.feature.columns[0] if node.feature.function == "column" else None
    before = 0
    for other in document.inputs:
        if other.id == node.id:
            return before
        before += other.units if other.feature is None else 0
    return None


def with_feature(document: Document, feature: Feature) -> Document:
    """With an input for the feature, wired to all that inputs feed; the same where it has one.

    Raises NnsimError ``lab.samples_meet`` where real and generated samples meet in one node.
    """
    if has_feature(document, feature):
        return document
    _require_one_network(document)
    targets = first_layer(document)
    document, added = add_node(document, "input", name=node_name(document.data, feature))
    document = set_feature(document, added, feature)
    document = _placed(document, added, feature)
    for target in targets:
        document, _ = connect(document, added, target)
    return arranged(_plain_again(document))


def without_feature(document: Document, feature: Feature) -> Document:
    """Without the input of a feature; the same where there is none.

    Raises NnsimError ``lab.last_input`` for the only input, ``lab.samples_meet`` as
    ``with_feature``, and ``lab.too_many_inputs`` where a column would have to be taken out of a
    layer of more than ``MOST_SPLIT``.
    """
    if not has_feature(document, feature):
        return document
    _require_one_network(document)
    if len(input_features(document)) == 1:
        raise NnsimError.of("lab.last_input")
    document = _apart(document, feature)
    gone = [node.id for node in document.inputs if node.feature == feature]
    return arranged(remove(document, gone))


def _require_one_network(document: Document) -> None:
    for node in meetings(document):
        raise NnsimError.of("lab.samples_meet", node.id, name=node.name)


def first_layer(document: Document) -> tuple[str, ...]:
    """Ids of the nodes that inputs feed; where none does, of the lowest dense ones."""
    fed = tuple(
        node.id
        for node in document.nodes
        if any(document.node(c.source).is_input for c in document.incoming(node.id))
    )
    if fed:
        return fed
    depth = depths(document)
    return tuple(node.id for node in document.nodes if not node.is_input and depth[node.id] == 0)


def _placed(document: Document, added: str, feature: Feature) -> Document:
    """The new input in the order of the diagram: a column before those after it, others last."""
    nodes = [node for node in document.nodes if node.id != added]
    inputs = [k for k, node in enumerate(nodes) if node.is_input]
    at = inputs[-1] + 1 if inputs else 0
    if feature.function == "column":
        at = next((k for k in inputs if _comes_after(nodes[k].feature, feature)), at)
    nodes.insert(at, document.node(added))
    return replace(document, nodes=tuple(nodes))


def _comes_after(other: Feature | None, column: Feature) -> bool:
    """Whether an input stands behind that of a column: later columns, and what is made of any."""
    if other is None:
        return False
    return other.function != "column" or other.columns > column.columns


def _apart(document: Document, feature: Feature) -> Document:
    """Every column an input node of its own with a feature, as far as plain inputs hold them."""
    if any(node.feature == feature for node in document.inputs):
        return document
    if plain_columns(document) > MOST_SPLIT:
        raise NnsimError.of("lab.too_many_inputs", n=plain_columns(document), most=MOST_SPLIT)
    column = 0
    for node in document.inputs:
        if node.feature is not None:
            continue
        if node.units == 1:
            document = set_feature(document, node.id, Feature("column", (column,)))
        else:
            document = _split(document, node, column)
        column += node.units
    return document


def _split(document: Document, layer: Node, first: int) -> Document:
    """A layer of inputs as single ones that keep the weights of its units."""
    place = document.nodes.index(layer)
    singles = []
    for unit in range(layer.units):
        feature = Feature("column", (first + unit,))
        document, single = add_node(document, "input", name=node_name(document.data, feature))
        document = set_feature(document, single, feature)
        singles.append(single)
        for connection in document.outgoing(layer.id):
            weights = np.array(connection.weights[:, [unit]])
            document, _ = connect(document, single, connection.target, weights)
    others = [node for node in document.nodes if node.id not in singles]
    others[place:place] = [document.node(single) for single in singles]
    return remove(replace(document, nodes=tuple(others)), [layer.id])


def _plain_again(document: Document) -> Document:
    """Single inputs that hold all columns in order need no features to say so."""
    singles = [
        node
        for node in document.inputs
        if node.feature is not None and node.feature.function == "column"
    ]
    held = [node.feature.columns[0] for node in singles if node.feature is not None]
    if plain_columns(document) or held != list(range(len(document.data.input_names))):
        return document
    return replaced(document, nodes=[replace(node, feature=None) for node in singles])
