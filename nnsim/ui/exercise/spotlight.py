"""Light on the canvas: the number that is asked for, and those it is worked out from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnsim.engine.record import Quantity
from nnsim.ui.canvas.connection_item import ConnectionItem
from nnsim.ui.canvas.look import Ink, Look, around
from nnsim.ui.canvas.loss_item import LOSS
from nnsim.ui.canvas.parts import parameter_of, part_of
from nnsim.ui.canvas.scene import DiagramScene

_ABOVE_LINES, _ABOVE_ALL = 0.4, 5.0
_HEIGHT = 18.0
# Symbols, the same in every language; "" stands inside a neuron, where there is no room for one.
_ASKED = {
    "p": "w·x",
    "w+": "w′",
    "b+": "b′",
    "gw": "∂L/∂w",
    "gb": "∂L/∂b",
    "dw": "Δw",
    "db": "Δb",
    "dz": "δ",
    "da": "∂L/∂a",
    "e": "e",
    "l": "ℓ",
    "L": "L",
}
# Of what an optimiser makes; a hat on a letter is more than text can be relied on to draw.
_INTERNALS = {"u": "u", "s": "s", "m": "m", "v": "v"}
_BELOW = frozenset({"b+", "gb", "db", "w+", "gw", "dw", "p"})


class _Light(QGraphicsItem):
    """Boxes around numbers, lines that are lit, and "?" where a number is asked for."""

    def __init__(self, look: Look, z: float) -> None:
        super().__init__()
        self._look = look
        self._lines: list[QPainterPath] = []
        self._boxes: list[QRectF] = []
        self._asked: list[tuple[QRectF, str]] = []
        self._bounds = QRectF()
        self.setZValue(z)

    def show_light(
        self, lines: list[QPainterPath], boxes: list[QRectF], asked: list[tuple[QRectF, str]]
    ) -> None:
        """Show these, and no others."""
        self.prepareGeometryChange()
        self._lines, self._boxes, self._asked = lines, boxes, asked
        bounds = QRectF()
        for path in lines:
            bounds |= path.boundingRect()
        for rect in (*boxes, *(rect for rect, _ in asked)):
            bounds |= rect
        self._bounds = bounds.adjusted(-8, -8, 8, 8) if not bounds.isNull() else bounds
        self.update()

    @property
    def boxes(self) -> tuple[QRectF, ...]:
        """The boxes that are shown, in the scene."""
        return tuple(self._boxes)

    @property
    def asked(self) -> tuple[str, ...]:
        """What is asked for, as it is written."""
        return tuple(text for _, text in self._asked)

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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(look.pen("accent", 7.0, 0.35))
        for path in self._lines:
            painter.drawPath(path)
        painter.setPen(look.pen("accent", 1.8))
        for box in self._boxes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 7, 7)
        for rect, text in self._asked:
            look.pill(painter, rect, look.color("accent"))
            look.text(painter, rect, text, Ink.VALUE, look.color("on_accent"))


class Spotlight:
    """Lights numbers on a diagram."""

    def __init__(self, diagram: DiagramScene) -> None:
        self._diagram = diagram
        self.below = _Light(diagram.look, _ABOVE_LINES)
        self.above = _Light(diagram.look, _ABOVE_ALL)
        diagram.addItem(self.below)
        diagram.addItem(self.above)

    def clear(self) -> None:
        """No light."""
        self.show_numbers((), ())

    def show_numbers(self, cited: Collection[Quantity], asked: Collection[Quantity]) -> None:
        """Light the numbers that are cited, and write "?" where others are asked for."""
        lines, boxes = [], []
        for quantity in dict.fromkeys(cited):
            link = self._link(quantity)
            if link is not None and not link.is_map:
                lines.append(self._path(link, quantity))
            boxes += list(self._places(quantity))
        wanted = []
        for quantity in dict.fromkeys(asked):
            for place in self._places(quantity):
                wanted.append(self._question(quantity, place))
        self.below.show_light(lines, [], [])
        self.above.show_light([], [box.adjusted(-2, -1, 2, 1) for box in boxes], wanted)

    # -- places ----------------------------------------------------------------------------------

    def _link(self, quantity: Quantity) -> ConnectionItem | None:
        parameter = parameter_of(quantity)
        if parameter is None or parameter.kind != "w":
            return None
        return self._diagram.connections.get(quantity.owner)

    def _path(self, link: ConnectionItem, quantity: Quantity) -> QPainterPath:
        points = link.points_of((quantity.row, quantity.column)).tolist()
        path = QPainterPath(QPointF(*points[0]))
        for point in points[1:]:
            path.lineTo(QPointF(*point))
        return path

    def _places(self, quantity: Quantity) -> Iterator[QRectF]:
        """Where a number stands; it may be nowhere, and an output is also the activation."""
        diagram = self._diagram
        if quantity.kind == LOSS.kind:
            if not diagram.loss.rect().isEmpty():
                rect = diagram.loss.rect()
                yield QRectF(rect.left(), rect.top(), 74, rect.height())
            return
        link = self._link(quantity)
        if link is not None:
            place = (quantity.row, quantity.column)
            known = diagram.labels.rect_of(quantity.owner, place)
            yield known if known is not None else around(link.spot(place), 34, _HEIGHT)
            return
        for item in diagram.nodes.values():
            part = part_of(quantity, item.node, item.reading)
            if part is None or (part.what == "bias" and not item.layout.shows_biases):
                continue
            rect = item.layout.rect(part)
            if part.what in ("predicted", "target", "error", "term"):
                # Their text is shorter than the room that is kept for it.
                rect = QRectF(rect.left() - 3, rect.top(), 66, rect.height())
            yield rect.translated(item.pos())

    def _question(self, quantity: Quantity, place: QRectF) -> tuple[QRectF, str]:
        internal, is_internal, _ = quantity.kind.partition(".")
        symbol = (_INTERNALS if is_internal else _ASKED).get(internal, "")
        text = f"{symbol} = ?" if symbol else "?"
        look = self._diagram.look
        width = look.width(text, Ink.VALUE) + 14
        middle = place.center()
        if is_internal or quantity.kind in _BELOW:
            middle = QPointF(middle.x(), place.bottom() + _HEIGHT / 2 + 2)
        elif symbol:
            middle = QPointF(place.left() + width / 2, middle.y())
        return around(middle, width, _HEIGHT), text
