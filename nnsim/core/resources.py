"""Where the files that travel with nnsim are: examples, texts, icons."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(*parts: str) -> Path:
    """Path of a file or folder below ``resources``.

    The packaged copy comes first; in a checkout there is none (an editable install would copy the
    files once and then go stale), and the checkout's own ``resources`` is used.
    """
    packaged = _PACKAGE / "_resources"
    root = packaged if packaged.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)
