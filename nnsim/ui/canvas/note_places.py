"""Where the note about a node can stand: beside it, covering nothing, within sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from nnsim.document.model import Floats

# How far away from the node, nearest first; and which part of the note is level with the node's
# middle.
_GAPS = (16.0, 48.0, 90.0)
_SHARES = (0.5, 0.12, 0.88)
_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
# Crossing a line is better than to stand far away only for a few of them.
_FAR = 4.0
# Share of the note; to hide a part of the diagram is worse than to be partly out of sight.
_HIDING = 5.0


@dataclass(frozen=True)
class NotePlace:
    """A place for a note, and what it points at; ``is_free`` where it covers no node nor note."""

    box: QRectF
    tip: QPointF
    is_free: bool


class Room:
    """What is left between the nodes.

    ``lines``: points of the connections, shape (points, 2); ``in_sight``: what the view shows,
    empty where that does not matter.
    """

    def __init__(self, nodes: Sequence[QRectF], lines: Floats, in_sight: QRectF) -> None:
        self._taken = list(nodes)
        self._lines = lines
        self._in_sight = in_sight

    def take(self, box: QRectF) -> None:
        """Something stands here now."""
        self._taken.append(box)

    def best(self, around: QRectF, body: QRectF, size: QSizeF) -> NotePlace:
        """The best place for a note of this size about a node.

        ``around`` is the node with its name and numbers.  Free and in sight comes first, then what
        crosses the fewest lines, then what is nearest.
        """
        is_seen = not self._in_sight.isEmpty() and self._in_sight.contains(body)
        best: tuple[float, QRectF, QPointF] | None = None
        least: tuple[float, QRectF, QPointF] | None = None
        for rank, (box, side) in enumerate(_boxes(around, size)):
            tip = _edge(around, body.center(), side)
            hidden = sum(_area(box.intersected(other)) for other in self._taken)
            unseen = _area(box) - _area(box.intersected(self._in_sight)) if is_seen else 0.0
            if hidden == 0 and not (is_seen and not self._in_sight.contains(box)):
                cost = self._crossed(box) + rank / _FAR
                if best is None or cost < best[0]:
                    best = (cost, box, tip)
            cost = _HIDING * hidden + unseen
            if least is None or cost < least[0]:
                least = (cost, box, tip)
        assert least is not None
        return NotePlace(*(best or least)[1:], is_free=best is not None)

    def _crossed(self, box: QRectF) -> int:
        x, y = self._lines[:, 0], self._lines[:, 1]
        inside = (x > box.left()) & (x < box.right()) & (y > box.top()) & (y < box.bottom())
        return int(np.count_nonzero(inside))


def _boxes(around: QRectF, size: QSizeF) -> Iterator[tuple[QRectF, tuple[int, int]]]:
    """Places beside a node with the side they are at: the nearest first, below before above."""
    middle, width, height = around.center(), size.width(), size.height()
    for gap in _GAPS:
        for share in _SHARES:
            left, top = middle.x() - share * width, middle.y() - share * height
            corners = (
                QPointF(left, around.bottom() + gap),
                QPointF(left, around.top() - gap - height),
                QPointF(around.right() + gap, top),
                QPointF(around.left() - gap - width, top),
            )
            for corner, side in zip(corners, _SIDES, strict=True):
                yield QRectF(corner, size), side


def _edge(around: QRectF, middle: QPointF, side: tuple[int, int]) -> QPointF:
    """Level with a middle, at one side of a rectangle: a line from there strikes no name out."""
    if side[0]:
        return QPointF(around.right() if side[0] > 0 else around.left(), middle.y())
    return QPointF(middle.x(), around.bottom() if side[1] > 0 else around.top())


def _area(rect: QRectF) -> float:
    return max(rect.width(), 0.0) * max(rect.height(), 0.0)
