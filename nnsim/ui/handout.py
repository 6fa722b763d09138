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
    QTextDocument,
)

from nnsim.core.files import replacing

_MARGIN_MM = 18.0
# Qt lays text out in points of 1/72 inch; the PDF is written at that scale.
_RESOLUTION = 72


def save_pdf(page: str, path: Path, title: str = "") -> None:
    """Print a page of HTML on A4.  Raises NnsimError ``file.cannot_write``."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # Kept by Qt itself; without one there are no fonts.
        save_pdf._app = QGuiApplication([])  # type: ignore[attr-defined]
    with replacing(path) as temporary:
        writer = QPdfWriter(str(temporary))
        writer.setResolution(_RESOLUTION)
        writer.setTitle(title)
        margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        a4 = QPageSize(QPageSize.PageSizeId.A4)
        portrait = QPageLayout.Orientation.Portrait
        millimetre = QPageLayout.Unit.Millimeter
        writer.setPageLayout(QPageLayout(a4, portrait, margins, millimetre))
        document = QTextDocument()
        document.setDefaultFont(QFont("DejaVu Sans", 10))
        document.documentLayout().setPaintDevice(writer)
        document.setDocumentMargin(0)
        document.setHtml(page)
        size = writer.pageLayout().paintRectPixels(_RESOLUTION).size()
        document.setPageSize(QSizeF(size))
        document.print_(writer)
        del writer  # the file is whole when the writer is gone
