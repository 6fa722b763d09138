"""The system's clipboard, for pieces of a diagram: between this window and others."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

from nnsim.core.messages import NnsimError
from nnsim.document.clipboard import Fragment

MIME = "application/x-nnsim-diagram"

# The text of a fragment is written and read by pydantic, whose import a first window need not wait
# for: hence the late imports.


def put(fragment: Fragment) -> None:
    """Put a piece of a diagram on the system's clipboard, for this window and for others."""
    from nnsim.document.fragment_text import write_fragment

    data = QMimeData()
    data.setData(MIME, QByteArray(write_fragment(fragment)))
    QGuiApplication.clipboard().setMimeData(data)


def is_available() -> bool:
    """Whether the clipboard holds something that claims to be a piece of a diagram."""
    return _content().hasFormat(MIME)


def get() -> Fragment:
    """The piece of a diagram on the clipboard.

    Raises NnsimError ``canvas.clipboard.empty`` where there is none, and
    ``canvas.clipboard.damaged`` where it is not whole: then nothing of it is used.
    """
    from nnsim.document.fragment_text import read_fragment

    data = _content()
    if not data.hasFormat(MIME):
        raise NnsimError.of("canvas.clipboard.empty")
    try:
        return read_fragment(bytes(data.data(MIME).data()))
    except ValueError as error:
        raise NnsimError.of("canvas.clipboard.damaged") from error


def _content() -> QMimeData:
    # Qt gives nothing at all while no screen or no other program answers for the clipboard.
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return data if data is not None else QMimeData()
