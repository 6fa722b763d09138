"""IDX files, the format of MNIST: plain or packed with gzip.

Two zero bytes, a byte for the type of the numbers, a byte for how many dimensions there are, each
size as four bytes, then the numbers, the last dimension fastest, all big-endian.  Source: LeCun,
Cortes & Burges, The MNIST database of handwritten digits.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np

from nnsim.core.files import reason_of
from nnsim.core.messages import NnsimError
from nnsim.data.dataset import OWN_FILE, Dataset, Values, one_hot
from nnsim.data.limits import MAX_CLASSES, MAX_VALUES

_GZIP = b"\x1f\x8b"
#: as many as an array of NumPy can have
_MOST_DIMENSIONS = 64
_TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype(np.uint8),
    0x09: np.dtype(np.int8),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}


def read_idx(path: Path) -> Values:
    """The array in an IDX file, in its own shape and type, in the byte order of this machine.

    Whether it is packed is seen from its first bytes, not its name.  Raises NnsimError
    ``idx.unreadable``, ``idx.foreign``, ``idx.too_large``, ``idx.truncated``, ``idx.too_long`` or
    ``idx.damaged``.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            if not packed:
                return _read(file, path)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read(unpacked, path)
    except EOFError as error:  # gzip: the file ends before its end mark
        raise NnsimError.of("idx.damaged", path=str(path)) from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise NnsimError.of("idx.damaged", path=str(path)) from error
    except OSError as error:
        raise NnsimError.of("idx.unreadable", path=str(path), reason=reason_of(error)) from error


def _read(file: BufferedIOBase, path: Path) -> Values:
    magic = file.read(4)
    is_known = len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in _TYPES
    if not is_known or not 1 <= magic[3] <= _MOST_DIMENSIONS:
        raise NnsimError.of("idx.foreign", path=str(path))
    number_type, dimensions = _TYPES[magic[2]], magic[3]
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise NnsimError.of(
            "idx.truncated", path=str(path), found=4 + len(header), expected=4 + 4 * dimensions
        )
    shape = struct.unpack(f">{dimensions}I", header)
    count = math.prod(shape)
    # No array has sizes that are too large together, not even where one of them is 0.
    if math.prod(max(size, 1) for size in shape) > MAX_VALUES:
        # Also what a foreign file seems to hold: nothing is set aside for it.
        raise NnsimError.of("idx.too_large", path=str(path), n=MAX_VALUES)
    size = count * number_type.itemsize
    content = file.read(size)
    start = 4 + len(header)
    if len(content) < size:
        raise NnsimError.of(
            "idx.truncated", path=str(path), found=start + len(content), expected=start + size
        )
    if file.read(1):
        raise NnsimError.of("idx.too_long", path=str(path), expected=start + size)
    values = np.frombuffer(content, dtype=number_type).reshape(shape)
    return values.astype(number_type.newbyteorder("="))


def read_idx_dataset(images: Path, labels: Path) -> Dataset:
    """Images and their labels from two IDX files, as MNIST has them.

    Inputs (samples, 1, rows, columns), or (samples, values) for files of another shape, as they
    stand in the file: bytes from 0 to 255 stay so.  Targets are one-hot rows; the classes are 0 to
    the largest label.  Raises NnsimError ``idx.lengths_differ``, ``idx.not_samples``,
    ``idx.not_labels``, ``idx.not_finite`` and as ``read_idx``.
    """
    values, found = read_idx(images), read_idx(labels)
    if values.ndim < 2:
        raise NnsimError.of("idx.not_samples", path=str(images))
    is_labels = found.ndim == 1 and np.issubdtype(found.dtype, np.integer) and len(found)
    if not is_labels or found.min() < 0 or found.max() >= MAX_CLASSES:
        raise NnsimError.of("idx.not_labels", path=str(labels), n=MAX_CLASSES - 1)
    if len(values) != len(found):
        raise NnsimError.of("idx.lengths_differ", images=len(values), labels=len(found))
    if not np.isfinite(values).all():
        raise NnsimError.of("idx.not_finite", path=str(images))
    numbers = found.astype(np.int64)
    classes = tuple(str(number) for number in range(int(numbers.max()) + 1))
    return Dataset(
        images.name,
        values[:, np.newaxis] if values.ndim == 3 else values,
        one_hot(numbers, len(classes)),
        target_names=classes,
        classes=classes,
        labels=numbers,
        source=f"{images.name}, {labels.name}",
        licence=OWN_FILE,
    )
