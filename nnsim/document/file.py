"""The ``.nnsim`` file: a zip with ``mimetype`` first, ``document.json`` and ``.npy`` arrays.

Files are data: nothing in them is executed, arrays are read without pickles, sizes are limited.
Writing is atomic; a file that is damaged, foreign or newer gives a message and changes nothing.
"""

from __future__ import annotations

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
from typing import Any, Literal

import numpy as np

from nnsim.core.files import reason_of, replacing
from nnsim.core.messages import NnsimError
from nnsim.document.head import VERSION, arrays_of, document_of, fits, head_of
from nnsim.document.model import Document, Floats, frozen_array

SUFFIX = ".nnsim"
MIMETYPE = b"application/x-nnsim"
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
