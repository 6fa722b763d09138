"""Writing files so that an interrupted write leaves the old file whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nnsim.core.messages import NnsimError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``; it takes the place of ``path`` when the block succeeds.

    If the block raises, ``path`` is as it was and the temporary file is gone.
    Raises NnsimError ``file.cannot_write`` when the folder is missing or not writable.
    """
    path = Path(path)
    try:
        # The ending is kept: writers such as openpyxl and Qt choose the format by it.
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise _cannot_write(path, error) from error
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> NnsimError:
    return NnsimError.of("file.cannot_write", path=str(path), reason=error.strerror or str(error))


def _umask() -> int:
    # There is no way to read the mask without setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
