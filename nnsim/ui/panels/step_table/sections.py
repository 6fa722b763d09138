"""Columns and rows in sight, and the parts of a table that have to be painted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QHeaderView


class Span(NamedTuple):
    """A column or row in sight: its number, where it begins and how wide or high it is."""

    number: int
    start: int
    size: int


def sections_in(header: QHeaderView, area: QRect) -> list[Span]:
    """The sections of a header that lie in a part of the viewport of the header or its table."""
    is_row = header.orientation() == Qt.Orientation.Horizontal
    start, end = (area.left(), area.right()) if is_row else (area.top(), area.bottom())
    first, last = header.visualIndexAt(start), header.visualIndexAt(end)
    if first < 0:
        return []
    last = last if last >= 0 else header.count() - 1
    spans, position = [], header.sectionViewportPosition(first)
    for number in range(first, last + 1):
        size = header.sectionSize(number)
        spans.append(Span(number, position, size))
        position += size
    return spans


def rectangles(region: QRegion) -> list[QRect]:
    """The rectangles of which a region consists."""
    return list(cast("Iterable[QRect]", region))
