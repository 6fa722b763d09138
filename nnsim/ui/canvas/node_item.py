"""A node on the canvas: its body, name, bias, outputs, ports and marks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnsim.document.model import Node
from nnsim.ui.canvas.bodies import TARGETS_GAP, Scenery, paint_body, paint_curve, write_number
from nnsim.ui.canvas.geometry import NEURON_RADIUS, PORT_RADIUS, Form, geometry_of
from nnsim.ui.canvas.halo_item import HaloItem, Target
from nnsim.ui.canvas.kept_item import KeptItem
from nnsim.ui.canvas.look import Ink, Look, typeset
from nnsim.ui.canvas.outputs import paint_output
from nnsim.ui.canvas.own_loop import is_on_loop, loop_extent, paint_loop
from nnsim.ui.canvas.parts import Layout, Part
from nnsim.ui.canvas.readings import NOTHING, NodeReading
from nnsim.ui.canvas.spreading import Spreading

_NODE_Z = 1.0
#: Beside an output: what it said, what it should have said, and the error.
OUTPUT_ROOM = 118.0
_OVERHANG = 14.0
_TERM_ROOM = 60.0


class NodeItem(KeptItem):
    """Mirrors one node of the document; everything it shows is handed to it."""

    def __init__(self, node: Node, look: Look, spreading: Spreading | None = None) -> None:
        super().__init__()
        self._look = look
        self._spreading = spreading
        self.setZValue(_NODE_Z)
        self.reading = NodeReading(
            NOTHING, NOTHING, NOTHING, node.bias, node.bias, node.bias != node.bias, {}, None
        )
        self.columns: tuple[str, ...] = ()
        self.output_words = ("y", "t")
        self.selected = False
        self.hovered = False
        self.target = Target.NONE
        self.marked: Part | None = None
        self.severity: str | None = None
        self.plain = False
        #: A heat map for each unit, or none at all.
        self.maps: tuple[QImage, ...] = ()
        self._is_restless = False
        #: Lies below the lines, so that it hides no arrowhead; the scene adds it beside the node.
        self.halo = HaloItem(look)
        self.set_node(node)

    # -- what it shows ---------------------------------------------------------------------------

    def set_node(self, node: Node) -> None:
        """Show another version of the node."""
        self.prepareGeometryChange()
        if node.units != len(self.maps):
            self.maps = ()
        self.node = node
        self._lay_out()
        self._bounds = self._wanted_bounds()
        self.halo.set_outline(self.geometry.body, self.geometry.form is Form.NEURON)
        self.stand(QPointF(node.x, node.y))
        self.update()

    def _lay_out(self) -> None:
        self.geometry = geometry_of(self.node)
        if self.maps:
            # Not sooner: a start does not wait for it.
            from nnsim.ui.canvas.tiles import tiled

            self.geometry = tiled(self.geometry)
        self.layout = Layout.of(self.node, self.geometry, bool(self.maps))

    def set_maps(self, maps: tuple[QImage, ...]) -> None:
        """Show a heat map of each unit, or with none the plain node; its outline stays."""
        if not maps and not self.maps:
            return
        is_other = bool(maps) != bool(self.maps)
        self.maps = maps
        if is_other:
            self._lay_out()
        self._renew()

    def _renew(self) -> None:
        if self._spreading is None:
            self.update()
        else:
            self._spreading.renew(self)

    def stand(self, middle: QPointF) -> None:
        """Stand somewhere in the scene."""
        self.setPos(middle)
        self.halo.setPos(middle)

    def set_reading(
        self, reading: NodeReading, columns: tuple[str, ...], output_words: tuple[str, str]
    ) -> None:
        """Show the numbers of a moment.

        ``columns`` are the data's names of an input's units, ``output_words`` what the prediction
        and the target of an output are called.
        """
        words = (columns, output_words)
        changed = words != (self.columns, self.output_words) or reading.drawn != self.reading.drawn
        becomes_another = (reading.output is None) != (self.reading.output is None)
        self.reading = reading
        if becomes_another:
            self.prepareGeometryChange()
            self._bounds = self._wanted_bounds()
        self.columns, self.output_words = words
        if self._spreading is not None and self._spreading.is_on:
            # It is kept for when others are painted.
            self.keep(True)
        elif not changed or self._is_restless:
            # What is another picture at every step costs less when it is not kept.
            self.keep(not changed)
        self._is_restless = changed
        if changed:
            self._set_halo()
            self._renew()

    def set_flag(self, name: str, value: object) -> None:
        """Set ``selected``, ``hovered``, ``target``, ``marked``, ``severity`` or ``plain``."""
        if getattr(self, name) != value:
            setattr(self, name, value)
            self._set_halo()
            self.update()

    def _set_halo(self) -> None:
        if self.target is not Target.NONE:
            self.halo.set_target(self.target)
        elif (self.selected and not self.plain) or self.reading.is_any_lit("z", "a", "dz"):
            self.halo.set_target(Target.POSSIBLE)
        elif self.severity == "error" and not self.plain:
            self.halo.set_target(Target.REFUSED)
        else:
            self.halo.set_target(Target.NONE)

    @property
    def shows_ports(self) -> bool:
        """Whether the handles to draw connections from are there."""
        return (self.hovered or self.selected) and not self.plain

    def output_port(self) -> QPointF:
        """The right handle, in the scene."""
        return self.pos() + self.geometry.right_port

    def input_port(self) -> QPointF | None:
        """The left handle, in the scene; inputs have none."""
        return None if self.node.is_input else self.pos() + self.geometry.left_port

    @property
    def weight(self) -> int:
        """How much there is to paint, in units."""
        return self.node.units

    # -- where things are ------------------------------------------------------------------------

    def part_at(self, point: QPointF) -> Part | None:
        """The part under a point of the scene; the name only where there is text."""
        local = point - self.pos()
        reading = self.reading
        if self.geometry.form is Form.BLOCK and self.geometry.map.contains(local):
            return Part("value", self.geometry.nearest_unit(local.x(), local.y()))
        deltas = bool(reading.deltas.shown.any())
        for part, rect in self.layout.parts(self.node, reading.output is not None, deltas):
            if rect.contains(local) and self._is_there(part, local):
                return part
        if self.node.is_recurrent and is_on_loop(self.geometry, local):
            return Part("own")
        return None

    def _is_there(self, part: Part, local: QPointF) -> bool:
        if part.what == "name":
            return abs(local.x()) <= self._look.width(self.node.name, Ink.NAME) / 2 + 6
        if part.what in ("value", "sum") and self.geometry.form is Form.NEURON:
            return local.x() ** 2 + local.y() ** 2 <= NEURON_RADIUS**2
        return True

    def covers(self, point: QPointF) -> bool:
        """Whether the body is under a point of the scene."""
        local = point - self.pos()
        if self.geometry.form is Form.NEURON:
            return local.x() ** 2 + local.y() ** 2 <= (NEURON_RADIUS + 2) ** 2
        return self.geometry.body.adjusted(-2, -2, 2, 2).contains(local)

    def body_rect(self) -> QRectF:
        """The body, in the scene."""
        return self.geometry.body.translated(self.pos())

    def extent(self) -> QRectF:
        """Body, name, bias and outputs, in the scene: what must be seen."""
        return self._extent().translated(self.pos())

    def _extent(self) -> QRectF:
        body = self.geometry.body
        rect = body.united(QRectF(-30, body.top() - 24, 60, 24))
        if self.geometry.form is Form.NEURON:
            rect = rect.united(self.layout.bias(0)).united(self.layout.bias(self.node.rows - 1))
        elif self.geometry.form is not Form.INPUT:
            caption = self.layout.caption.adjusted(20, 0, -20, 0)
            # What goes through time steps tells below it which one is looked at.
            second = caption.height() if self.node.is_recurrent or self.node.steps > 1 else 0
            rect = rect.united(caption.adjusted(0, 0, 0, second))
        if self.node.is_recurrent:
            rect = rect.united(loop_extent(self.geometry))
        if self.reading.output is not None:
            rect.setRight(max(rect.right(), body.right() + OUTPUT_ROOM))
        return rect

    def boundingRect(self) -> QRectF:
        return self._bounds

    def _wanted_bounds(self) -> QRectF:
        form, body = self.geometry.form, self.geometry.body
        rect = self._extent().united(self.layout.name).united(self.layout.caption)
        if form is Form.NEURON:
            rect = rect.united(self.layout.delta(0)).united(self.layout.delta(self.node.rows - 1))
        if form is Form.BLOCK and self.reading.output is not None:
            rect.setRight(max(rect.right(), body.right() + TARGETS_GAP + self.geometry.map.width()))
        elif self.reading.output is not None:
            # Behind the error there is room for its addend of the loss.
            rect.setRight(rect.right() + _TERM_ROOM)
        # Handles and the sign of a problem reach over the edge.
        return rect.adjusted(-_OVERHANG, -_OVERHANG, _OVERHANG, _OVERHANG)

    # -- painting --------------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        look, layout, form = self._look, self.layout, self.geometry.form
        look.begin(painter)
        self.note_quality(painter)
        scenery = Scenery(
            look,
            self.node,
            layout,
            self.reading,
            self.columns,
            self.selected and not self.plain,
            None if self.plain else self.marked,
            self.maps,
        )
        if self.maps:
            from nnsim.ui.canvas.mapped_bodies import paint_mapped

            paint_mapped(painter, scenery)
        else:
            paint_body(painter, scenery)
        if self.node.is_recurrent:
            lit = self.reading.is_any_lit("gu", "u+")
            is_marked = scenery.marked is not None and scenery.marked.what == "own"
            paint_loop(painter, look, self.node, self.geometry, lit, is_marked)
        name = look.elided(typeset(self.node.name), layout.name.width(), Ink.NAME)
        look.text(painter, layout.name, name, Ink.NAME, look.color("text"))
        if layout.shows_biases:
            self._paint_biases(painter, scenery)
        if form is not Form.BLOCK:
            for unit in range(self.node.units if self.reading.output else 0):
                paint_output(painter, scenery, unit, self.output_words)
        if form in (Form.UNITS, Form.INPUTS, Form.BLOCK):
            self._paint_caption(painter, scenery)
        if self.severity is not None and not self.plain:
            self._paint_badge(painter)
        if self.shows_ports:
            self._paint_ports(painter)

    def _paint_biases(self, painter: QPainter, scenery: Scenery) -> None:
        reading, layout = self.reading, self.layout
        single = self.geometry.form is Form.NEURON
        ink = Ink.LABEL if single else Ink.TINY
        if not self._look.is_readable(ink):
            return
        prefix = "b = " if single else "b " if layout.pieces == 1 else ""
        for row, (value, fresh) in enumerate(zip(reading.bias, reading.bias_fresh, strict=True)):
            lit = bool(fresh) or reading.is_lit(row, "b+", "gb")
            part, where = Part("bias", row), layout.bias(row)
            write_number(painter, scenery, where, float(value), ink, part, lit, prefix)
            if single:
                part, where = Part("delta", row), layout.delta(row)
                lit, delta = reading.is_lit(row, "dz"), reading.deltas.at(row)
                write_number(painter, scenery, where, delta, ink, part, lit, "δ = ")

    def _paint_caption(self, painter: QPainter, scenery: Scenery) -> None:
        look, node, where = self._look, self.node, self.layout.caption
        if node.is_input:
            text = look.say("canvas.caption.inputs", n=node.units)
        else:
            activation = look.say(f"activation.{node.activation.name}")
            text = look.say("canvas.caption.units", n=node.units, activation=activation)
        if self.reading.steps > 1:
            below = look.say(
                "canvas.caption.step", step=self.reading.step + 1, steps=self.reading.steps
            )
            second = where.translated(0, where.height() - 3)
            look.text(painter, second, below, Ink.SMALL, look.color("muted"))
        look.text(painter, where, text, Ink.SMALL, look.color("muted"))
        if not node.is_input and self.geometry.form is Form.BLOCK:
            left = where.center().x() - look.width(text, Ink.SMALL) / 2
            paint_curve(painter, scenery, QRectF(left - 22, where.top() + 4, 16, 11), "muted")

    def badge_rect(self) -> QRectF:
        """Where the sign of a problem stands, relative to the middle."""
        body = self.geometry.body
        inset = 8 if self.geometry.form is Form.NEURON else 2
        return QRectF(body.right() - inset - 11, body.top() + inset - 11, 22, 22)

    def _paint_badge(self, painter: QPainter) -> None:
        look, where = self._look, self.badge_rect()
        painter.setPen(QPen(look.color("background"), 2))
        painter.setBrush(look.color("wrong" if self.severity == "error" else "warning"))
        painter.drawEllipse(where)
        look.text(painter, where, "!", Ink.VALUE, look.color("surface"))

    def _paint_ports(self, painter: QPainter) -> None:
        look = self._look
        painter.setPen(look.pen("accent", 2))
        painter.setBrush(look.color("surface"))
        painter.drawEllipse(self.geometry.right_port, PORT_RADIUS, PORT_RADIUS)
        if not self.node.is_input:
            painter.drawEllipse(self.geometry.left_port, PORT_RADIUS, PORT_RADIUS)
