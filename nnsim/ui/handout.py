"""Hand-outs as PDF, printed by Qt from their HTML; no window and no screen are needed."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from nnsim.core.files import replacing

_MARGIN_MM = 18.0
# Qt lays text out in points of 1/72 inch; the PDF is written at that scale.
_RESOLUTION = 72
#: The heading that stands above a table.
_TITLE_LEVEL = 2
#: A table that begins above this share of a page may end on the next one.
_ROOM = 0.45


def save_pdf(page: str, path: Path, title: str = "") -> None:
    """Print a page of HTML on A4.  Raises NnsimError ``file.cannot_write``."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # Kept by Qt itself; without one there are no fonts.
        save_pdf._app = QGuiApplication([])  # type: ignore[attr-defined]
    with replacing(path) as temporary:
        writer = a4_writer(temporary)
        writer.setTitle(title)
        document = laid_out(page, writer)
        document.print_(writer)
        del writer  # the file is whole when the writer is gone


def a4_writer(path: Path) -> QPdfWriter:
    """Pages of A4 that Qt can write on."""
    writer = QPdfWriter(str(path))
    writer.setResolution(_RESOLUTION)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    a4 = QPageSize(QPageSize.PageSizeId.A4)
    portrait = QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(a4, portrait, margins, QPageLayout.Unit.Millimeter))
    return writer


def laid_out(page: str, writer: QPdfWriter) -> QTextDocument:
    """A page of HTML set for the pages of a PDF."""
    document = QTextDocument()
    document.setDefaultFont(QFont("DejaVu Sans", 10))
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setHtml(page)
    size = writer.pageLayout().paintRectPixels(_RESOLUTION).size()
    document.setPageSize(QSizeF(size))
    _keep_whole(document, size.height())
    return document


def _keep_whole(document: QTextDocument, page: float) -> None:
    """Begin a page with the title of a table that would end on the next one."""
    layout = document.documentLayout()
    for table in document.rootFrame().childFrames():
        title = document.findBlock(table.firstPosition() - 1)
        made = title.blockFormat()
        if made.headingLevel() != _TITLE_LEVEL:
            continue
        start = layout.blockBoundingRect(title).top()
        end = layout.frameBoundingRect(table).bottom()
        is_parted = start // page != end // page and end - start <= page
        if is_parted and start % page > _ROOM * page:
            made.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(title).setBlockFormat(made)
