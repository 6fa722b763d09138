"""The ``.nnsim`` file: a zip with ``mimetype`` first, ``document.json`` and ``.npy`` arrays.

Files are data: nothing in them is executed, arrays are read without pickles, sizes are limited.
Writing is atomic; a file that is damaged, foreign or newer gives a message and changes nothing.
"""

from __future__ import annotations

import dataclasses
import io
import json
import lzma
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from pydantic import ValidationError

from nnsim import __version__
from nnsim.core.files import reason_of, replacing
from nnsim.core.messages import NnsimError
from nnsim.data import Table
from nnsim.document.mistakes import field_errors
from nnsim.document.model import (
    Change,
    Connection,
    Conventions,
    Document,
    Floats,
    Node,
    ParameterEdit,
    Training,
    frozen_array,
)
from nnsim.document.optimisers import ALL_PARAMETERS
from nnsim.document.schema import DocumentPart, DocumentPart1, DocumentPart2
from nnsim.engine.activations import ActivationSpec

SUFFIX = ".nnsim"
MIMETYPE = b"application/x-nnsim"
VERSION = 2
# Training settings that version 1 does not have.  Its files mean what a new document has of them.
_SINCE_2 = ("optimiser", *ALL_PARAMETERS)
_PLAIN = Training()
MAX_MEMBER_BYTES = 256 * 1024 * 1024
# What zipfile lets through where bytes are not what they should be.
_DAMAGE = (
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
# What np.save writes before the numbers of a float64 array; nothing else is read.
_NPY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '<f8', 'fortran_order': (True|False),"
    rb" 'shape': \(((?:\d{1,9}(?:, ?)?){1,2})\), *\} *\n",
    re.DOTALL,
)
# A fixed time stamp: the same document always makes the same bytes.
_STAMP = (2000, 1, 1, 0, 0, 0)


def save(document: Document, path: Path) -> None:
    """Write the document; an existing file is replaced only when the new one is whole.

    Raises NnsimError ``file.cannot_write``.
    """
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, content in _members(document):
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content, compress_type=stored)


def _members(document: Document) -> Iterator[tuple[str, bytes]]:
    yield "mimetype", MIMETYPE
    text = json.dumps(head_of(document), indent=1, ensure_ascii=False)
    yield "document.json", text.encode()
    for name, values in arrays_of(document):
        buffer = io.BytesIO()
        np.save(buffer, values, allow_pickle=False)
        yield name, buffer.getvalue()


def arrays_of(document: Document) -> Iterator[tuple[str, Floats]]:
    """Name and values of every array of a document: data, biases, weights."""
    yield "data/inputs.npy", document.data.inputs
    yield "data/targets.npy", document.data.targets
    for node in document.nodes:
        if not node.is_input:
            yield f"biases/{node.id}.npy", node.bias
    for connection in document.connections:
        yield f"weights/{connection.id}.npy", connection.weights


def head_of(document: Document) -> dict[str, Any]:
    """Everything of a document but its arrays, as plain JSON values.

    What has no optimiser is written as version 1, which says all there is to say about it.
    """
    settings = [document.training, *(c.training for c in document.changes if c.training)]
    version = 2 if any(_has_optimiser(training) for training in settings) else 1
    return {
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


def _has_optimiser(training: Training) -> bool:
    return any(getattr(training, name) != getattr(_PLAIN, name) for name in _SINCE_2)


def _training_head(training: Training, version: int) -> dict[str, Any]:
    head = dataclasses.asdict(training)
    return head if version >= 2 else {k: v for k, v in head.items() if k not in _SINCE_2}


def _node_head(node: Node) -> dict[str, Any]:
    activation = dataclasses.asdict(node.activation)
    # Whether a step fires at 0 is a convention of the document, not of the node.
    del activation["one_at_zero"]
    fields = ("id", "kind", "name", "units", "x", "y")
    return {name: getattr(node, name) for name in fields} | {"activation": activation}


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


def load(path: Path) -> Document:
    """Read a document.

    Raises NnsimError: ``file.cannot_read``, ``file.not_nnsim``, ``file.newer``, ``file.damaged``,
    or one ``file.field`` for each of the first mistakes, with the place in the file.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _read_members(archive, path)
    except FileNotFoundError as error:
        raise NnsimError.of("file.not_found", path=str(path)) from error
    except zipfile.BadZipFile as error:
        code = "file.damaged" if _begins_like_a_zip(path) else "file.not_nnsim"
        raise NnsimError.of(code, path=str(path)) from error
    except OSError as error:
        raise NnsimError.of("file.cannot_read", path=str(path), reason=reason_of(error)) from error
    except _DAMAGE as error:
        raise NnsimError.of("file.damaged", path=str(path)) from error
    return document_of(_head(members, path), _ArrayMembers(members, path), path)


def _begins_like_a_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK"
    except OSError:
        return False


def _read_members(archive: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    infos = archive.infolist()
    if not infos or infos[0].filename != "mimetype" or archive.read(infos[0]) != MIMETYPE:
        raise NnsimError.of("file.not_nnsim", path=str(path))
    if sum(info.file_size for info in infos) > MAX_MEMBER_BYTES:
        raise NnsimError.of("file.too_large", path=str(path), n=MAX_MEMBER_BYTES // 2**20)
    # zipfile checks every member's CRC while it reads.
    return {info.filename: archive.read(info) for info in infos}


def _head(members: dict[str, bytes], path: Path) -> dict[str, Any]:
    try:
        head = json.loads(members["document.json"])
    except (KeyError, ValueError, RecursionError) as error:
        raise NnsimError.of("file.damaged", path=str(path)) from error
    if not isinstance(head, dict) or head.get("format") != "nnsim":
        raise NnsimError.of("file.not_nnsim", path=str(path))
    version = head.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NnsimError.of("file.newer", path=str(path), version=version, known=VERSION)
    return head


class Arrays(Protocol):
    """Where the arrays of a document come from."""

    def get(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        """The read-only array of this name; None in the shape stands for any size.

        Raises NnsimError ``file.array`` where it is missing, of another shape or not finite.
        """


class _ArrayMembers:
    """Arrays of a file by member name, each checked for its shape."""

    def __init__(self, members: dict[str, bytes], path: Path) -> None:
        self._members = members
        self._path = path

    def get(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        values = _npy(self._members.get(name, b""))
        if values is None or not fits(values, shape):
            raise NnsimError.of("file.array", path=str(self._path), name=name)
        return frozen_array(values)


def _npy(content: bytes) -> Floats | None:
    """The array in a ``.npy`` member, or None where it is not one of float64."""
    header = _NPY_HEADER.match(content)
    if header is None:
        return None
    shape = tuple(int(size) for size in header[2].decode().split(",") if size.strip())
    if len(content) - header.end() != 8 * math.prod(shape):
        return None
    order: Literal["F", "C"] = "F" if header[1] == b"True" else "C"
    return np.frombuffer(content, "<f8", offset=header.end()).reshape(shape, order=order)


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
    form: type[DocumentPart1 | DocumentPart2]
    form = DocumentPart1 if head.get("version") == 1 else DocumentPart2
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
        )
        for n in part.nodes
    )
    nodes = tuple(
        n
        if n.is_input
        else dataclasses.replace(n, bias=arrays.get(f"biases/{n.id}.npy", (n.rows,)))
        for n in nodes
    )
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


def _require_sound(part: DocumentPart[Any], by_id: dict[str, Node], path: Path) -> None:
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
            or target.is_input
            or pair in pairs
            or c.source == c.target
        ):
            raise NnsimError.of("file.connection", path=str(path), connection=c.id)
        pairs.add(pair)


def _require_sound_changes(document: Document, path: Path) -> None:
    shapes = {f"w:{c.id}": c.weights.shape for c in document.connections}
    shapes |= {f"b:{n.id}": n.bias.shape for n in document.nodes if not n.is_input}
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
