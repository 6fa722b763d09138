"""The numbers on connections, above all lines: weights, products, gradients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnsim.engine.record import Quantity
from nnsim.ui.canvas.connection_item import ConnectionItem, Place
from nnsim.ui.canvas.label_places import Places, arrange
from nnsim.ui.canvas.look import Ink, Look, around
from nnsim.ui.canvas.readings import Readings

_LABELS_Z = 0.5
_HEIGHT = 18.0
_PADDING = 10.0
# How far the edge of a number reaches beyond its ground.
_EDGE = 2.0
_QUIET = frozenset({"plain", "hovered"})
# So many numbers that have no room of their own are still shown while they come about.
_MOST_LIT = 12


class Label(NamedTuple):
    """A number on a line: ``tone`` is "plain", "fresh", "lit", "marked" or "hovered"."""

    connection: str
    place: Place
    text: str
    tone: str
    rect: QRectF

    @property
    def key(self) -> tuple[str, Place]:
        """Which line it belongs to."""
        return self.connection, self.place


class LabelsItem(QGraphicsItem):
    """All numbers on connections, in one item."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setZValue(_LABELS_Z)
        self._places: Places = {}
        self._spots: dict[tuple[str, Place], QPointF] = {}
        self._labels: list[Label] = []
        self._bounds = QRectF()
        self.plain = False
        # So that only what has changed is painted again.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def arrange(self, items: Iterable[ConnectionItem], obstacles: Iterable[QRectF]) -> None:
        """Find places again, for nodes or connections have changed."""
        self._places = arrange(items, obstacles)
        self.forget_spots()

    def forget_spots(self) -> None:
        """Lines have moved: numbers stand at the same share of their way, but elsewhere."""
        self._spots.clear()
        self.prepareGeometryChange()
        self._bounds = QRectF()
        self._labels = []

    def show_numbers(self, items: Mapping[str, ConnectionItem], readings: Readings) -> None:
        """Show the numbers of a moment."""
        calm: list[Label] = []
        loud: list[Label] = []
        for key, item in items.items():
            writer = _Writer(item, readings, self._look)
            placed = self._places.get(key, {})
            for place in self._extra(item, placed):
                placed = {**placed, place: 0.5}
            for place, share in placed.items():
                spot = self._spots.get((key, place))
                if spot is None:
                    spot = self._spots[key, place] = item.spot(place, share)
                label = writer.label(place, spot)
                (calm if label.tone == "plain" else loud).append(label)
        # What comes about or is pointed at lies on top of its neighbours.
        rank = ("plain", "fresh", "lit", "marked", "hovered").index
        former, self._labels = self._labels, calm + sorted(loud, key=lambda label: rank(label.tone))
        self._update_what_differs({label.key: label for label in former})

    def _update_what_differs(self, former: dict[tuple[str, Place], Label]) -> None:
        """Have the places painted again where a number came, went or became another."""
        changed: list[QRectF] = []
        for label in self._labels:
            before = former.pop(label.key, None)
            if before != label:
                changed += [label.rect] if before is None else [before.rect, label.rect]
        changed += [label.rect for label in former.values()]
        bounds = QRectF(self._bounds)
        for rect in changed:
            bounds |= rect.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        for rect in changed:
            self.update(rect.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE))

    def _extra(self, item: ConnectionItem, placed: Mapping[Place, float]) -> list[Place]:
        """Lines without room of their own whose number is wanted now."""
        wanted: list[Place] = []
        lit = item.reading.lit
        roomless = lit is not None and not self._places.get(item.connection.id) and not item.is_map
        if lit is not None and roomless and int(lit.sum()) <= _MOST_LIT:
            wanted += [(int(row), int(column)) for row, column in np.argwhere(lit)]
        wanted += [place for place in (item.marked, item.hovered) if place is not None]
        return [place for place in wanted if place not in placed]

    @property
    def shown(self) -> tuple[Label, ...]:
        """The numbers that are shown now, the uppermost last."""
        return tuple(self._labels)

    def label_at(self, point: QPointF) -> tuple[str, Place] | None:
        """The connection and the place of the number under a point of the scene."""
        for label in reversed(self._labels):
            if label.rect.contains(point):
                return label.connection, label.place
        return None

    def rect_of(self, connection: str, place: Place) -> QRectF | None:
        """Where the number of a line stands; None where it is not shown."""
        for label in reversed(self._labels):
            if (label.connection, label.place) == (connection, place):
                return label.rect
        return None

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        look = self._look
        look.begin(painter)
        if not look.is_readable(Ink.LABEL):
            return
        exposed = option.exposedRect
        shown = [
            (label, self._role_of(label))
            for label in self._labels
            if exposed.intersects(label.rect)
        ]
        plain = [label.rect for label, role in shown if role is None]
        if plain:
            # In the colour of the paper nobody sees the corners.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("surface" if self.plain else "background"))
            painter.drawRects(plain)
        for label, role in shown:
            if role is not None:
                look.pill(painter, label.rect, look.color(role), look.pen("accent", 1.0))
            ink = look.color("text" if label.tone in _QUIET or self._is_hidden(label) else "accent")
            look.text(painter, label.rect, label.text, Ink.LABEL, ink)

    def _is_hidden(self, label: Label) -> bool:
        """Whether what is special about a number has no place in a picture."""
        return self.plain and label.tone in ("marked", "hovered")

    def _role_of(self, label: Label) -> str | None:
        """The colour of the ground of a number that has an edge; None for the others."""
        if label.tone in ("plain", "fresh") or self._is_hidden(label):
            return None
        return "background" if label.tone == "hovered" else "accent_soft"


class _Writer:
    """Puts the numbers of one connection into text."""

    def __init__(self, item: ConnectionItem, readings: Readings, look: Look) -> None:
        self._item = item
        self._reading = item.reading
        self._readings = readings
        self._look = look
        self._sample = readings.frame.sample if readings.frame else 0

    def label(self, place: Place, spot: QPointF) -> Label:
        tone = self._tone(place)
        text = self._hovered_text(place) if tone == "hovered" else self._text(place)
        rect = around(spot, self._look.width(text, Ink.LABEL) + _PADDING, _HEIGHT)
        left, right = self._item.gap
        if rect.width() < right - left:
            # Long ones move along, so that no node hides them.
            rect.moveLeft(min(max(rect.left(), left), right - rect.width()))
        elif right > left:
            rect.moveLeft((left + right - rect.width()) / 2)
        return Label(self._item.connection.id, place, text, tone, rect)

    def _tone(self, place: Place) -> str:
        reading = self._reading
        if self._item.hovered == place:
            return "hovered"
        if self._item.marked == place:
            return "marked"
        if reading.lit is not None and reading.lit[place]:
            return "lit"
        return "fresh" if reading.fresh[place] else "plain"

    def _text(self, place: Place) -> str:
        reading, look = self._reading, self._look
        weight = look.short(float(reading.weights[place]))
        if reading.row != place[0]:
            return weight
        quantity = Quantity(reading.kind, self._item.connection.id, *place, sample=self._sample)
        value = self._readings.number(quantity)
        if value is None:
            return weight
        if reading.kind == "gw":
            return f"∂L/∂w = {look.brief(value)}"
        source = Quantity("a", self._item.connection.source, place[1], sample=self._sample)
        x = self._readings.number(source)
        return weight if x is None else self._product(x, float(reading.weights[place]), value)

    def _product(self, x: float, weight: float, value: float) -> str:
        """ "x · w = p", in as many digits as there is room for between the nodes."""
        left, right = self._item.gap
        text = ""
        for digits in (3, 2):
            first, factor, result = (self._look.number(v, digits) for v in (x, weight, value))
            factor = f"({factor})" if factor.startswith("-") else factor
            text = f"{first} · {factor} = {result}"
            if self._look.width(text, Ink.LABEL) + _PADDING <= right - left:
                break
        return text

    def _hovered_text(self, place: Place) -> str:
        reading, look = self._reading, self._look
        weight = look.number(float(reading.weights[place]))
        if reading.fresh[place]:
            return f"w: {look.number(float(reading.before[place]))} → {weight}"
        text = self._text(place)
        return text if "=" in text else f"w = {weight}"
