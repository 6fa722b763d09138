"""Taking a trace home as CSV, JSON Lines, XLSX, Markdown, LaTeX or HTML, and verifying it."""

from nnsim.export.running import Extent, length_of
from nnsim.export.trace import (
    FORMATS,
    SUFFIXES,
    ExportCancelled,
    Format,
    Options,
    Progress,
    Result,
    export_trace,
    exporting,
    format_of,
    printing,
)
from nnsim.export.verify import Verification, verify

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "ExportCancelled",
    "Extent",
    "Format",
    "Options",
    "Progress",
    "Result",
    "Verification",
    "export_trace",
    "exporting",
    "format_of",
    "length_of",
    "printing",
    "verify",
]
