"""The other end of a long export: runs in a process of its own, without Qt."""

from __future__ import annotations

from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from nnsim.document.model import Document
from nnsim.export import Format, Options, Progress, Result, export_trace

_progress: Queue[Progress] | None = None
_cancelled: Event | None = None


def prepare(progress: Queue[Progress], cancelled: Event) -> None:
    """Called once in the process; queues and events can be handed on only here."""
    global _progress, _cancelled
    _progress, _cancelled = progress, cancelled


def export(document: Document, path: Path, format: Format, options: Options) -> Result:
    """Export, tell how far it is, and give up when asked to.  Raises what ``export_trace`` does."""
    return export_trace(document, path, format, options, _report)


def _report(progress: Progress) -> bool:
    assert _progress is not None
    assert _cancelled is not None
    _progress.put(progress)
    return not _cancelled.is_set()
