"""Editing in place: weights and biases, names, units, and what is typed on the empty canvas.

The field, and what reads typed words, are imported when there is something to edit: a start does
not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsView

from nnsim.core.messages import NnsimError
from nnsim.core.numbers import parse_number
from nnsim.document.edits import rename, set_parameter, set_units
from nnsim.document.model import MAX_UNITS, Document
from nnsim.document.naming import row_name, unit_name
from nnsim.engine.record import Quantity
from nnsim.ui.canvas.commands import Commands
from nnsim.ui.canvas.parts import Part, parameter_of
from nnsim.ui.canvas.stage import Stage
from nnsim.ui.canvas.wishes import make, units_of, usual_activation

if TYPE_CHECKING:
    from nnsim.ui.canvas.field import InPlaceField

_TEXT_WIDTH = 200
_ENTRY_WIDTH = 290


class Editing(QObject):
    """Opens one field at a time on a view, and does the edit when it is accepted."""

    def __init__(self, view: QGraphicsView, stage: Stage, commands: Commands) -> None:
        super().__init__(view)
        self._view = view
        self._stage = stage
        self._commands = commands
        self.field: InPlaceField | None = None

    @property
    def _document(self) -> Document:
        return self._stage.workspace.document

    # -- the field -------------------------------------------------------------------------------

    def _open(
        self,
        place: QRectF,
        text: str,
        accept: Callable[[str], None],
        title: str,
        help_text: str,
        width: int = 96,
    ) -> InPlaceField:
        from nnsim.ui.canvas.field import InPlaceField

        self.close()
        field = InPlaceField(
            self._view, self._stage.preferences, place, text, accept, title, help_text, width
        )
        field.closed.connect(lambda: self._closed(field))
        self.field = field
        return field

    def _closed(self, field: InPlaceField) -> None:
        if self.field is field:
            self.field = None
            self._view.setFocus()

    def close(self) -> None:
        """Give up what is being edited."""
        if self.field is not None:
            self.field.close_field()

    def leave(self) -> None:
        """The person goes on elsewhere: accept what can be read, keep what cannot."""
        if self.field is not None:
            self.field.commit()

    def follow(self) -> None:
        """The view shows another part of the scene: the field stays where it belongs."""
        if self.field is not None:
            self.field.follow()

    # -- weights and biases ----------------------------------------------------------------------

    def edit_quantity(self, quantity: Quantity) -> bool:
        """Edit the weight or bias behind a number; False where there is none."""
        parameter = parameter_of(quantity)
        if parameter is None or not self._is_there(parameter):
            return False
        self._edit_parameter(parameter)
        return True

    def edit_bias(self, node: str, row: int = 0) -> None:
        """Edit a bias of a node."""
        if not self._document.node(node).is_input:
            self._edit_parameter(Quantity("b", node, row))

    def _edit_parameter(self, parameter: Quantity) -> None:
        preferences = self._stage.preferences
        value = self._value(parameter)

        def accept(text: str) -> None:
            self._set(parameter, parse_number(text))

        field = self._open(
            self._place_of(parameter),
            preferences.number(value, 15),
            accept,
            self._title(parameter),
            preferences.say("canvas.field.number"),
        )
        field.tabbed.connect(lambda by: self._edit_next(parameter, by))
        self._stage.workspace.select(self._shown(parameter))

    def _edit_next(self, parameter: Quantity, by: int) -> None:
        """The next parameter of the same neuron or layer, around and around."""
        if self._is_there(parameter):
            parameters = self._parameters_around(parameter)
            at = (parameters.index(parameter) + by) % len(parameters)
            self._edit_parameter(parameters[at])

    def _is_there(self, parameter: Quantity) -> bool:
        if parameter.kind in ("b", "u"):
            return parameter.owner in self._stage.diagram.nodes
        return parameter.owner in self._stage.diagram.connections

    def _parameters_around(self, parameter: Quantity) -> list[Quantity]:
        """All weights into a node, then its biases, row by row."""
        document = self._document
        target = parameter.owner
        if parameter.kind == "w":
            target = document.connection(parameter.owner).target
        found = []
        for row in range(document.node(target).rows):
            for connection in document.incoming(target):
                columns = connection.weights.shape[1]
                found += [Quantity("w", connection.id, row, column) for column in range(columns)]
            own = len(document.node(target).recurrent)
            found += [Quantity("u", target, row, column) for column in range(own)]
            found.append(Quantity("b", target, row))
        return found

    def _value(self, parameter: Quantity) -> float:
        """The value in force where an edit made now would change it."""
        session = self._stage.workspace.session
        frame = self._stage.workspace.frame
        if frame is not None:
            done = session.completed >= session.position.iteration
            name = f"{parameter.kind}{'+' if done else ''}:{parameter.owner}"
            values = frame.record.arrays[name]
        elif parameter.kind == "w":
            values = self._document.connection(parameter.owner).weights
        else:
            node = self._document.node(parameter.owner)
            values = node.recurrent if parameter.kind == "u" else node.bias
        return float(values[parameter.index(values.ndim)])

    def _set(self, parameter: Quantity, value: float) -> None:
        if value == self._value(parameter):
            return
        workspace = self._stage.workspace
        iteration = workspace.session.completed
        label = self._stage.preferences.say("canvas.undo.value")
        index = parameter.index(1 if parameter.kind == "b" else 2)
        workspace.edit(
            lambda document: set_parameter(document, parameter.name, index, value, iteration),
            label,
        )

    def _shown(self, parameter: Quantity) -> Quantity:
        frame = self._stage.workspace.frame
        after = Quantity(f"{parameter.kind}+", parameter.owner, parameter.row, parameter.column)
        return after if frame is not None and frame.is_shown(after) else parameter

    def _title(self, parameter: Quantity) -> str:
        say, document = self._stage.preferences.say, self._document
        if parameter.kind == "b":
            return say("canvas.field.bias", name=row_name(document, parameter.owner, parameter.row))
        if parameter.kind == "u":
            units = (parameter.column, parameter.row)
            source, target = (unit_name(document, parameter.owner, unit) for unit in units)
            return say("canvas.field.own_weight", source=source, target=target)
        connection = document.connection(parameter.owner)
        return say(
            "canvas.field.weight",
            source=unit_name(document, connection.source, parameter.column),
            target=row_name(document, connection.target, parameter.row),
        )

    def _place_of(self, parameter: Quantity) -> QRectF:
        from nnsim.ui.canvas.field import spot_rect

        diagram = self._stage.diagram
        if parameter.kind == "b":
            item = diagram.nodes[parameter.owner]
            return item.layout.rect(Part("bias", parameter.row)).translated(item.pos())
        if parameter.kind == "u":
            item = diagram.nodes[parameter.owner]
            return item.layout.rect(Part("own")).translated(item.pos())
        place = (parameter.row, parameter.column)
        rect = diagram.labels.rect_of(parameter.owner, place)
        return rect or spot_rect(diagram.connections[parameter.owner].spot(place))

    # -- names and units -------------------------------------------------------------------------

    def rename(self, node: str) -> None:
        """Edit the name of a node."""
        say = self._stage.preferences.say
        item = self._stage.diagram.nodes[node]

        def accept(text: str) -> None:
            self._checked(lambda d: rename(d, node, text), say("canvas.undo.rename"))

        self._open(
            item.layout.name.translated(item.pos()),
            item.node.name,
            accept,
            say("canvas.field.name"),
            say("canvas.field.name_help"),
            _TEXT_WIDTH,
        )

    def edit_units(self, node: str) -> None:
        """Edit how many units a node has."""
        say = self._stage.preferences.say
        item = self._stage.diagram.nodes[node]

        def accept(text: str) -> None:
            units = text.strip()
            if not (units.isascii() and units.isdigit() and len(units) < 6):
                raise NnsimError.of("canvas.field.units_unreadable", text=text[:20], n=MAX_UNITS)
            self._checked(lambda d: set_units(d, node, int(units)), say("canvas.undo.units"))

        self._open(
            item.layout.caption.translated(item.pos()),
            str(item.node.units),
            accept,
            say("canvas.field.units", name=item.node.name),
            say("canvas.field.units_help", n=MAX_UNITS),
        )

    def _checked(self, edit: Callable[[Document], Document], label: str) -> None:
        """Make an edit; what it refuses is raised, to be told at the field and not elsewhere."""
        edit(self._document)
        self._stage.workspace.edit(edit, label)

    # -- new nodes -------------------------------------------------------------------------------

    def type_new(self, at: QPointF | None = None) -> None:
        """Ask in words for what shall be made here, or where there is room in the middle."""
        from nnsim.ui.canvas.field import spot_rect
        from nnsim.ui.canvas.typed import read_wishes

        say = self._stage.preferences.say
        shown_at = self._stage.middle if at is None else at

        def accept(text: str) -> None:
            if text.strip():
                wishes = read_wishes(self._document, text)
                # What cannot be made is told at the field.
                make(self._document, wishes, shown_at.x(), shown_at.y())
                if at is None:
                    self._commands.add_in_the_middle(wishes)
                else:
                    self._commands.add(wishes, at)

        field = self._open(
            spot_rect(shown_at),
            "",
            accept,
            say("canvas.entry.title"),
            say("canvas.entry.help"),
            _ENTRY_WIDTH,
        )
        field.line.setPlaceholderText(say("canvas.entry.examples"))
        field.set_description(self._describe)

    def _describe(self, text: str) -> str:
        """What the typed words would make, or "" while they cannot be read."""
        from nnsim.ui.canvas.typed import read_wishes

        say, document = self._stage.preferences.say, self._document
        try:
            wishes = read_wishes(document, text)
        except NnsimError:
            return ""
        parts = []
        for number, wish in enumerate(wishes):
            units = units_of(document, wish)
            hidden = len(wishes) > 2 and number < len(wishes) - 1
            activation = say(f"activation.{wish.activation or usual_activation(document, hidden)}")
            what = "noise" if wish.is_noise else "input" if wish.kind == "input" else "dense"
            parts.append(say(f"canvas.entry.{what}", n=units, activation=activation))
        return say("canvas.entry.makes", what=" → ".join(parts))
