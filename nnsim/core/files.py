"""Writing files so that an interrupted write leaves the old file whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nnsim.core.messages import Message, NnsimError

_REASONS = {
    errno.ENOENT: "reason.missing",
    errno.EACCES: "reason.not_allowed",
    errno.EPERM: "reason.not_allowed",
    errno.EISDIR: "reason.is_folder",
    errno.ENOTDIR: "reason.not_folder",
    errno.ENOSPC: "reason.disk_full",
    errno.EROFS: "reason.read_only",
    errno.ENODEV: "reason.not_a_file",
    errno.ENAMETOOLONG: "reason.long_name",
}


def reason_of(error: OSError) -> Message:
    """Why the system refused: in our words for the usual reasons, else in its own."""
    code = _REASONS.get(error.errno or 0)
    if code is None:
        return Message("reason.other", {"text": error.strerror or str(error)})
    return Message(code)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``; it takes the place of ``path`` when the block succeeds.

    If the block raises, ``path`` is as it was and the temporary file is gone.  A file that is
    replaced keeps its permissions; a link is followed, not replaced.
    Raises NnsimError ``file.cannot_write`` when the folder is missing or not writable, or when
    ``path`` is a folder or device.
    """
    path = Path(path)
    try:
        target = path.resolve()
        mode = _mode_for(target)
        # The ending is kept: writers such as openpyxl and Qt choose the format by it.
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem[:40]}-", suffix=target.suffix, dir=target.parent
        )
        os.close(handle)
    except (OSError, ValueError, RuntimeError) as error:  # odd names; links that lead in a circle
        raise _cannot_write(path, error) from error
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, mode)
        _to_disk(temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def read_bytes(path: Path, most: int) -> bytes:
    """What stands in a file of at most ``most`` bytes.

    Raises NnsimError ``file.not_found``, ``file.over_limit`` or ``file.cannot_read``.
    """
    try:
        if path.stat().st_size > most:
            raise NnsimError.of("file.over_limit", path=str(path), n=most // 2**20)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NnsimError.of("file.not_found", path=str(path)) from error
    except OSError as error:
        raise NnsimError.of("file.cannot_read", path=str(path), reason=reason_of(error)) from error


def _mode_for(target: Path) -> int:
    """Permissions for the new file.  Raises OSError where there is something else than a file."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return 0o666 & ~_umask()
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        # Renaming over /dev/null would leave the machine without it.
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    return stat.S_IMODE(mode)


def _to_disk(path: Path) -> None:
    # Else a power cut could leave the new name with none of the new content.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _cannot_write(path: Path, error: Exception) -> NnsimError:
    reason = (
        reason_of(error)
        if isinstance(error, OSError)
        else Message("reason.other", {"text": str(error)})
    )
    return NnsimError.of("file.cannot_write", path=str(path), reason=reason)


def _umask() -> int:
    # There is no way to read the mask without setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
