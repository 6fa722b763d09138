"""The scene mirrors the document: an item for each node, an item for each connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtWidgets import QGraphicsScene

from nnsim.document.model import Document
from nnsim.document.naming import is_single_neuron
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.connection_item import ConnectionItem, Place
from nnsim.ui.canvas.labels import LabelsItem
from nnsim.ui.canvas.look import Look
from nnsim.ui.canvas.loss_item import LOSS, LossItem
from nnsim.ui.canvas.node_item import NodeItem
from nnsim.ui.canvas.parts import column_name, parameter_of, part_of
from nnsim.ui.canvas.problems import ProblemNotes
from nnsim.ui.canvas.readings import Readings
from nnsim.ui.canvas.spreading import Spreading

# The scene never ends in practice, so scrolling never jumps when something is added at its rim.
_FAR = 100_000.0


class DiagramScene(QGraphicsScene):
    """The document of a workspace, drawn.

    ``rearranged()``: nodes or connections came, went, or moved.  The scene listens to the
    workspace while it is ``active``, and catches up when it becomes so again.
    ``read()``: it shows the numbers of another moment.
    """

    rearranged = Signal()
    read = Signal()

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setSceneRect(-_FAR, -_FAR, 2 * _FAR, 2 * _FAR)
        self._workspace = workspace
        self.look = Look(preferences)
        self.nodes: dict[str, NodeItem] = {}
        self.connections: dict[str, ConnectionItem] = {}
        self.labels = LabelsItem(self.look)
        self.addItem(self.labels)
        self.loss = LossItem(self.look)
        self.addItem(self.loss)
        self.notes = ProblemNotes(self, self.look, preferences)
        self.readings = Readings(workspace.document, workspace.frame)
        self._document: Document | None = None
        self._spreading = Spreading(workspace.turns, self)
        #: The data's names of the units of each input.
        self._columns: dict[str, tuple[str, ...]] = {}
        self._position = workspace.session.position
        self._previous: int | None = None
        self._active = True
        self._stale = False
        workspace.document_changed.connect(self._document_changed)
        workspace.position_changed.connect(self._position_changed)
        workspace.selection_changed.connect(self._selection_changed)
        workspace.nodes_changed.connect(self._nodes_changed)
        for signal in (preferences.language_changed, preferences.theme_changed):
            signal.connect(self._look_changed)
        self._mirror()

    # -- following the workspace -----------------------------------------------------------------

    def set_active(self, active: bool) -> None:
        """Follow the workspace, or rest while nobody sees the canvas."""
        self._active = active
        if active and self._stale:
            self._mirror()
            self.read.emit()

    def _document_changed(self, before: Document, after: Document) -> None:
        if self._active:
            self._mirror()
        else:
            self._stale = True

    def _position_changed(self) -> None:
        former, position = self._position, self._workspace.session.position
        self._position = position
        self._previous = None
        if former.iteration == position.iteration and former.done < position.done:
            self._previous = former.done
        elif former.iteration + 1 == position.iteration:
            # A step over the end of an iteration: all that is shown of the next one is new.
            self._previous = 0
        if self._active:
            self._workspace.turns.follow(self._follow)
        else:
            self._stale = True

    def _selection_changed(self) -> None:
        if self._active:
            if self._mark():
                self._relabel()
        else:
            self._stale = True

    def _nodes_changed(self) -> None:
        chosen = self._workspace.nodes
        for items in (self.nodes, self.connections):
            for key, item in items.items():
                item.set_flag("selected", key in chosen)
        self.notes.show_for(self.nodes)

    def _look_changed(self) -> None:
        self.look.refresh()
        self._mirror()
        for item in self._kept():
            item.update()
        self.update()

    # -- mirroring -------------------------------------------------------------------------------

    def _mirror(self) -> None:
        """Bring every item to the document, the moment and the selection."""
        self._stale = False
        document = self._workspace.document
        if document is not self._document:
            self._mirror_nodes(document)
            self._mirror_connections(document)
            self._document = document
            self._arrange_labels()
            self.rearranged.emit()
        self._read()
        self.loss.place(self.nodes.values())
        self._nodes_changed()
        self.notes.set_problems(self._workspace.session.problems, self.nodes)

    def _mirror_nodes(self, document: Document) -> None:
        known = {node.id for node in document.nodes}
        for gone in [key for key in self.nodes if key not in known]:
            item = self.nodes.pop(gone)
            self.removeItem(item.halo)
            self.removeItem(item)
        for node in document.nodes:
            known_item = self.nodes.get(node.id)
            if known_item is None:
                self.nodes[node.id] = NodeItem(node, self.look, self._spreading)
                self.addItem(self.nodes[node.id].halo)
                self.addItem(self.nodes[node.id])
            elif known_item.node is not node or known_item.pos() != QPointF(node.x, node.y):
                known_item.set_node(node)

        self._columns = {
            node.id: tuple(column_name(document, node, unit) for unit in range(node.units))
            for node in document.inputs
        }

    def _mirror_connections(self, document: Document) -> None:
        known = {connection.id for connection in document.connections}
        for gone in [key for key in self.connections if key not in known]:
            self.removeItem(self.connections.pop(gone))
        for connection in document.connections:
            item = self.connections.get(connection.id)
            if item is None:
                item = self.connections[connection.id] = ConnectionItem(connection, self.look)
                self.addItem(item)
            elif item.connection is not connection:
                item.set_connection(connection)
        self.readings = Readings(document, self._workspace.frame)
        for item in self.connections.values():
            item.set_reading(self.readings.link(item.connection))
        self.place_connections()

    def place_connections(self, touching: Iterable[str] | None = None) -> None:
        """Lead connections to where their nodes stand now; all, or those of some nodes."""
        wanted = None if touching is None else set(touching)
        for item in self.connections.values():
            ends = (item.connection.source, item.connection.target)
            if wanted is None or wanted & set(ends):
                source, target = self.nodes[ends[0]], self.nodes[ends[1]]
                item.place_between(
                    source.geometry,
                    (source.pos().x(), source.pos().y()),
                    target.geometry,
                    (target.pos().x(), target.pos().y()),
                )

    def _arrange_labels(self) -> None:
        walls = [item.body_rect() for item in self.nodes.values()]
        self.labels.arrange(self.connections.values(), walls)

    def relocated(self, moved: Iterable[str]) -> None:
        """Nodes stand elsewhere for the moment, while they are being dragged."""
        self.place_connections(moved)
        self.labels.forget_spots()
        self._relabel()
        self.loss.place(self.nodes.values())
        self.notes.follow(self.nodes)

    def settle(self) -> None:
        """Nodes stand still again: numbers on lines find their places anew."""
        self.place_connections()
        self._arrange_labels()
        self._relabel()
        self.loss.place(self.nodes.values())
        self.notes.follow(self.nodes)

    def _follow(self) -> None:
        self._read()
        self.read.emit()
        self._spreading.paint_some()

    # -- numbers ---------------------------------------------------------------------------------

    def _read(self) -> None:
        """Show the numbers of the moment."""
        document = self._workspace.document
        self.readings = readings = Readings(document, self._workspace.frame, self._previous)
        words = self._output_words()
        for key, item in self.nodes.items():
            item.set_reading(readings.node(item.node), self._columns.get(key, ()), words)
        for link in self.connections.values():
            link.set_reading(readings.link(link.connection))
        self._mark()
        self._relabel()

    def _output_words(self) -> tuple[str, str]:
        frame = self._workspace.frame
        style = "course" if frame is not None and is_single_neuron(frame.spec) else "network"
        say = self.look.say
        return say(f"canvas.predicted.{style}"), say(f"canvas.target.{style}")

    def _mark(self) -> bool:
        """Mark the number that is selected in all views; whether that changed a connection."""
        changed = False
        selection = self._workspace.selection
        weight = None if selection is None else parameter_of(selection)
        self.loss.show_moment(self.readings, selection == LOSS)
        for item in self.nodes.values():
            part = None if selection is None else part_of(selection, item.node, item.reading)
            item.set_flag("marked", part)
        for key, link in self.connections.items():
            place: Place | None = None
            if weight is not None and (weight.kind, weight.owner) == ("w", key):
                place = (weight.row, weight.column)
            changed = changed or link.marked != place
            link.set_flag("marked", place)
        return changed

    def _relabel(self) -> None:
        self.labels.show_numbers(self.connections, self.readings)

    def hover(self, node: str | None, connection: str | None, place: Place | None) -> None:
        """Show what the pointer is over."""
        for key, item in self.nodes.items():
            item.set_flag("hovered", key == node)
        changed = False
        for key, link in self.connections.items():
            wanted = place if key == connection else None
            if link.hovered != wanted:
                link.set_flag("hovered", wanted)
                changed = True
        if changed:
            self._relabel()
        self.notes.show_for(self.nodes)

    # -- extent ----------------------------------------------------------------------------------

    def content_rect(self) -> QRectF:
        """Around everything that is drawn; empty where nothing is."""
        rect = QRectF()
        for item in self.nodes.values():
            rect = rect.united(item.extent())
        for link in self.connections.values():
            rect = rect.united(link.boundingRect().adjusted(12, 12, -12, -12))
        return rect.united(self.loss.rect())

    def set_plain(self, plain: bool) -> None:
        """Without selection, handles and notes, as for a picture."""
        if plain:
            self.hover(None, None, None)
        for item in self._kept():
            item.set_flag("plain", plain)
            item.keep(not plain)
        self.labels.plain = self.loss.plain = plain
        self.notes.set_visible(not plain, self.nodes)

    def _kept(self) -> list[NodeItem | ConnectionItem]:
        return [*self.nodes.values(), *self.connections.values()]

    def refine(self) -> None:
        """Paint again what was painted in haste while things moved."""
        for item in self._kept():
            item.refine()

    def nodes_in(self, rect: QRectF) -> frozenset[str]:
        """Ids of the nodes whose body touches a rectangle."""
        return frozenset(k for k, item in self.nodes.items() if item.body_rect().intersects(rect))

    def node_items(self, ids: Iterable[str]) -> Mapping[str, NodeItem]:
        """The items of those ids that are nodes."""
        return {key: self.nodes[key] for key in ids if key in self.nodes}
