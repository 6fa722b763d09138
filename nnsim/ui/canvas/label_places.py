"""Where there is room for the numbers of lines: never over a node or over each other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QRectF

from nnsim.document.model import Floats
from nnsim.ui.canvas.connection_item import ConnectionItem, Place

#: Room kept for a number, so that another number in its place moves nothing.
LABEL_WIDTH, LABEL_HEIGHT = 52.0, 18.0
_SHARES = (0.5, 0.34, 0.66, 0.26, 0.74, 0.42, 0.58, 0.2, 0.8)
_MOST_LINES = 40

#: Share of the way along its line at which the number of each line stands, by connection.
Places = dict[str, dict[Place, float]]


def arrange(items: Iterable[ConnectionItem], obstacles: Iterable[QRectF]) -> Places:
    """Places for the numbers of the connections that have room for all of theirs.

    Lines between the same two columns of the diagram stand at the same share of their way, so that
    their numbers form a column; only where that does not fit is each placed by itself.
    """
    walls = [(r.center().x(), r.center().y(), r.width() / 2, r.height() / 2) for r in obstacles]
    room = _Room(walls)
    places: Places = {}
    for group in _groups(item for item in items if not item.is_way):
        lines = [(item, place) for item in group for place in _all_places(item)]
        if len(lines) > _MOST_LINES:
            continue
        if not _in_a_column(lines, room, places):
            _one_by_one(group, room, places)
    return places


def _groups(items: Iterable[ConnectionItem]) -> list[list[ConnectionItem]]:
    groups: dict[tuple[object, ...], list[ConnectionItem]] = {}
    for item in items:
        if item.is_map:
            continue
        ends = item.points_of((0, 0))
        straight = len(ends) == 2
        key = (round(ends[0][0] / 10), round(ends[-1][0] / 10)) if straight else (id(item),)
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _all_places(item: ConnectionItem) -> list[Place]:
    rows, columns = item.dimensions
    if rows * columns > _MOST_LINES:
        return [(0, 0)] * (_MOST_LINES + 1)
    return [(row, column) for row in range(rows) for column in range(columns)]


class _Room:
    """What is taken: nodes and numbers placed so far."""

    def __init__(self, walls: list[tuple[float, float, float, float]]) -> None:
        self._walls = np.array(walls, dtype=np.float64).reshape(-1, 4)
        self._taken: list[tuple[float, float]] = []

    def is_free(self, spots: Floats) -> bool:
        """Whether numbers at all these spots, shape (n, 2), would be clear of everything."""
        away = np.abs(spots[:, np.newaxis] - self._walls[np.newaxis, :, :2])
        reach = self._walls[np.newaxis, :, 2:] + (LABEL_WIDTH / 2, LABEL_HEIGHT / 2)
        if (away < reach).all(axis=-1).any():
            return False
        others = np.array([*self._taken, *spots.tolist()], dtype=np.float64)
        away = np.abs(spots[:, np.newaxis] - others[np.newaxis])
        near = (away < (LABEL_WIDTH, LABEL_HEIGHT)).all(axis=-1)
        # Every spot is near itself.
        return int(near.sum()) == len(spots)

    def take(self, spots: Floats) -> None:
        """Numbers stand here from now on."""
        self._taken += [(float(x), float(y)) for x, y in spots]


def _spots(lines: list[tuple[ConnectionItem, Place]], share: float) -> Floats:
    points = [item.spot(place, share) for item, place in lines]
    return np.array([(p.x(), p.y()) for p in points])


def _in_a_column(lines: list[tuple[ConnectionItem, Place]], room: _Room, places: Places) -> bool:
    for share in _SHARES:
        spots = _spots(lines, share)
        if room.is_free(spots):
            room.take(spots)
            for item, place in lines:
                places.setdefault(item.connection.id, {})[place] = share
            return True
    return False


def _one_by_one(group: list[ConnectionItem], room: _Room, places: Places) -> None:
    for item in group:
        chosen: dict[Place, float] = {}
        spots: list[Floats] = []
        for place in _all_places(item):
            for share in _SHARES:
                spot = _spots([(item, place)], share)
                if room.is_free(np.concatenate([*spots, spot])):
                    chosen[place] = share
                    spots.append(spot)
                    break
            else:
                break
        else:
            room.take(np.concatenate(spots))
            places[item.connection.id] = chosen
