"""Everything of a document but its arrays, as plain JSON values, and the way back.

The head of a ``.nnsim`` file, of a trace and of an exercise.  What is read is untrusted: every
field is validated, arrays must have the shapes that the diagram asks for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from pydantic import ValidationError

from nnsim import __version__
from nnsim.core.messages import NnsimError
from nnsim.data import Table
from nnsim.document.adversarial import is_noise, meetings
from nnsim.document.mistakes import field_errors
from nnsim.document.model import (
    Change,
    Connection,
    Conventions,
    Document,
    Feature,
    Floats,
    Node,
    Origin,
    ParameterEdit,
    ScalingSettings,
    SplitSettings,
    Training,
    takes,
)
from nnsim.document.optimisers import ALL_PARAMETERS
from nnsim.document.preparation import feature_fits
from nnsim.document.schema import (
    DocumentPart,
    DocumentPart1,
    DocumentPart2,
    DocumentPart3,
    DocumentPart4,
    FeaturedNodePart,
    NodePart,
    PreparedPart,
    RecurrentNodePart,
)
from nnsim.engine.activations import ActivationSpec

VERSION = 4
# Training settings by the version that brought them.  Files of an earlier one mean what a new
# document has of them.
_SINCE = {
    2: ("optimiser", *ALL_PARAMETERS),
    3: ("penalty", "penalty_rate", "clipping", "clip_at", "patience"),
    4: ("generator_rate", "generator_forward"),
}
_PLAIN = Training()
_PARTS: Mapping[int, type[DocumentPart1 | DocumentPart2 | DocumentPart3 | DocumentPart4]] = {
    1: DocumentPart1,
    2: DocumentPart2,
    3: DocumentPart3,
    4: DocumentPart4,
}


def arrays_of(document: Document) -> Iterator[tuple[str, Floats]]:
    """Name and values of every array of a document: data, biases, recurrent weights, weights."""
    yield "data/inputs.npy", document.data.inputs
    yield "data/targets.npy", document.data.targets
    for node in document.nodes:
        if not node.is_input:
            yield f"biases/{node.id}.npy", node.bias
        if node.is_recurrent:
            yield f"recurrent/{node.id}.npy", node.recurrent
    for connection in document.connections:
        yield f"weights/{connection.id}.npy", connection.weights


def head_of(document: Document) -> dict[str, Any]:
    """Everything of a document but its arrays, as plain JSON values.

    It is written as the earliest version that says all there is to say about it.
    """
    version = _version_of(document)
    head = {
        "format": "nnsim",
        "version": version,
        "made_with": __version__,
        "title": document.title,
        "notes": document.notes,
        "nodes": [_node_head(node) for node in document.nodes],
        "connections": [
            {"id": c.id, "source": c.source, "target": c.target} for c in document.connections
        ],
        "data": {
            "input_names": list(document.data.input_names),
            "target_names": list(document.data.target_names),
        },
        "training": _training_head(document.training, version),
        "conventions": dataclasses.asdict(document.conventions),
        "changes": [_change_head(change, version) for change in document.changes],
        "next_id": document.next_id,
    }
    if version >= 3:
        head["split"] = dataclasses.asdict(document.split)
        head["scaling"] = dataclasses.asdict(document.scaling)
    if document.origin is not None:
        origin = document.origin
        head["origin"] = {
            "name": origin.name,
            "seed": origin.seed,
            "options": dict(origin.options),
        }
    return head


def _version_of(document: Document) -> int:
    if any(node.is_recurrent or node.steps > 1 or is_noise(node) for node in document.nodes):
        return 4
    if meetings(document):
        return 4
    prepares = (document.split, document.scaling) != (SplitSettings(), ScalingSettings())
    has_features = any(node.feature is not None for node in document.nodes)
    least = 3 if prepares or document.origin or has_features else 1
    settings = [document.training, *(c.training for c in document.changes if c.training)]
    needed = (
        version
        for version, names in _SINCE.items()
        if any(getattr(each, name) != getattr(_PLAIN, name) for each in settings for name in names)
    )
    return max((least, *needed))


def _training_head(training: Training, version: int) -> dict[str, Any]:
    unknown = {name for since, names in _SINCE.items() if since > version for name in names}
    return {k: v for k, v in dataclasses.asdict(training).items() if k not in unknown}


def _node_head(node: Node) -> dict[str, Any]:
    activation = dataclasses.asdict(node.activation)
    # Whether a step fires at 0 is a convention of the document, not of the node.
    del activation["one_at_zero"]
    fields = ("id", "kind", "name", "units", "x", "y")
    head = {name: getattr(node, name) for name in fields} | {"activation": activation}
    if node.feature is not None:
        function, columns = node.feature.function, list(node.feature.columns)
        head["feature"] = {"function": function, "columns": columns}
    if node.steps > 1:
        head["steps"] = node.steps
    return head


def _change_head(change: Change, version: int) -> dict[str, Any]:
    return {
        "iteration": change.iteration,
        "training": change.training and _training_head(change.training, version),
        "conventions": change.conventions and dataclasses.asdict(change.conventions),
        "parameters": [
            {"name": edit.name, "index": list(edit.index), "value": edit.value}
            for edit in change.parameters
        ],
    }


class Arrays(Protocol):
    """Where the arrays of a document come from."""

    def get(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        """The read-only array of this name; None in the shape stands for any size.

        Raises NnsimError ``file.array`` where it is missing, of another shape or not finite.
        """


def fits(values: Floats, shape: tuple[int | None, ...]) -> bool:
    """Whether an array has the shape, None standing for any size, and only finite numbers."""
    return (
        values.ndim == len(shape)
        and all(wanted in (None, found) for wanted, found in zip(shape, values.shape, strict=True))
        and bool(np.isfinite(values).all())
    )


def document_of(head: dict[str, Any], arrays: Arrays, path: Path) -> Document:
    """A document from its head and arrays; ``path`` is named in messages.

    Raises NnsimError ``file.field`` and those of the arrays.
    """
    version = head.get("version")
    form = _PARTS.get(version if isinstance(version, int) else VERSION, DocumentPart4)
    try:
        part = form.model_validate(head)
    except ValidationError as error:
        raise field_errors(error, path) from error
    nodes = tuple(
        Node(
            n.id,
            n.kind,
            n.name,
            n.units,
            n.x,
            n.y,
            ActivationSpec(**n.activation.model_dump()),
            feature=feature_of_part(n),
            steps=steps_of_part(n),
        )
        for n in part.nodes
    )
    nodes = tuple(_with_arrays(node, arrays) for node in nodes)
    by_id = {node.id: node for node in nodes}
    _require_sound(part, by_id, path)
    data = Table(
        tuple(part.data.input_names),
        tuple(part.data.target_names),
        arrays.get("data/inputs.npy", (None, len(part.data.input_names))),
        arrays.get("data/targets.npy", (None, len(part.data.target_names))),
    )
    connections = []
    for c in part.connections:
        shape = (by_id[c.target].rows, by_id[c.source].units)
        weights = arrays.get(f"weights/{c.id}.npy", shape)
        connections.append(Connection(c.id, c.source, c.target, weights))
    document = Document(
        title=part.title,
        nodes=nodes,
        connections=tuple(connections),
        data=data,
        origin=_origin(part),
        split=_split(part),
        scaling=_scaling(part),
        training=Training(**part.training.model_dump()),
        conventions=Conventions(**part.conventions.model_dump()),
        notes=part.notes,
        changes=tuple(
            Change(
                c.iteration,
                None if c.training is None else Training(**c.training.model_dump()),
                None if c.conventions is None else Conventions(**c.conventions.model_dump()),
                tuple(ParameterEdit(e.name, tuple(e.index), e.value) for e in c.parameters),
            )
            for c in part.changes
        ),
        next_id=part.next_id,
    )
    _require_sound_changes(document, path)
    return document


def _with_arrays(node: Node, arrays: Arrays) -> Node:
    if node.is_input:
        return node
    node = dataclasses.replace(node, bias=arrays.get(f"biases/{node.id}.npy", (node.rows,)))
    if node.is_recurrent:
        u = arrays.get(f"recurrent/{node.id}.npy", (node.units, node.units))
        node = dataclasses.replace(node, recurrent=u)
    return node


def _origin(part: DocumentPart[Any, Any]) -> Origin | None:
    found = part.origin if isinstance(part, PreparedPart) else None
    if found is None:
        return None
    return Origin(found.name, found.seed, tuple(found.options.items()))


def feature_of_part(node: NodePart) -> Feature | None:
    found = node.feature if isinstance(node, FeaturedNodePart) else None
    return None if found is None else Feature(found.function, tuple(found.columns))


def steps_of_part(node: NodePart) -> int:
    return node.steps if isinstance(node, RecurrentNodePart) else 1


def _split(part: DocumentPart[Any, Any]) -> SplitSettings:
    if isinstance(part, PreparedPart):
        return SplitSettings(**part.split.model_dump())
    return SplitSettings()


def _scaling(part: DocumentPart[Any, Any]) -> ScalingSettings:
    if isinstance(part, PreparedPart):
        return ScalingSettings(**part.scaling.model_dump())
    return ScalingSettings()


def _require_sound(part: DocumentPart[Any, Any], by_id: dict[str, Node], path: Path) -> None:
    """What the schema cannot say: ids are unique and known, connections possible."""
    ids = [n.id for n in part.nodes] + [c.id for c in part.connections]
    if len(ids) != len(set(ids)) or any(int(i[1:]) >= part.next_id for i in ids):
        raise NnsimError.of("file.ids", path=str(path))
    pairs = set()
    for c in part.connections:
        source, target = by_id.get(c.source), by_id.get(c.target)
        pair = (c.source, c.target)
        if (
            source is None
            or target is None
            or not takes(target, source)
            or (target.is_input and part.version < 4)
            or pair in pairs
            or c.source == c.target
        ):
            raise NnsimError.of("file.connection", path=str(path), connection=c.id)
        pairs.add(pair)
    for node in by_id.values():
        if not feature_fits(node):
            raise NnsimError.of("file.feature", path=str(path), node=node.id)
        if node.steps > 1 and not node.is_input:
            raise NnsimError.of("file.steps", path=str(path), node=node.id)


def _require_sound_changes(document: Document, path: Path) -> None:
    shapes = {f"w:{c.id}": c.weights.shape for c in document.connections}
    shapes |= {f"b:{n.id}": n.bias.shape for n in document.nodes if not n.is_input}
    shapes |= {f"u:{n.id}": n.recurrent.shape for n in document.nodes if n.is_recurrent}
    before = 0
    for change in document.changes:
        fits = all(
            len(e.index) == len(shapes.get(e.name, ()))
            and all(i < n for i, n in zip(e.index, shapes[e.name], strict=True))
            for e in change.parameters
        )
        if change.iteration <= before or not fits:
            raise NnsimError.of("file.changes", path=str(path), iteration=change.iteration)
        before = change.iteration
