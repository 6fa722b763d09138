"""What a person does to the diagram: each command is one undoable edit.

What copies pieces, and finds free places, is imported by the commands that need it: a start does
not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from nnsim.core.messages import Message, NnsimError
from nnsim.document.edits import move, remove, set_activation
from nnsim.document.model import Document
from nnsim.engine.activations import ActivationSpec
from nnsim.ui.canvas.geometry import GRID, snapped
from nnsim.ui.canvas.node_item import OUTPUT_ROOM, NodeItem
from nnsim.ui.canvas.stage import Stage
from nnsim.ui.canvas.wishes import Wishes, make

if TYPE_CHECKING:
    from nnsim.document.clipboard import Edge, Fragment

_PASTE_STEP = 2 * GRID


class Commands:
    """Commands on the selection of a stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pasted = 0

    # -- new nodes -------------------------------------------------------------------------------

    def add(self, wishes: Wishes, at: QPointF) -> bool:
        """Make nodes, the first in this place, and select them; False where that is refused."""
        made: tuple[str, ...] = ()

        def edit(document: Document) -> Document:
            nonlocal made
            document, made = make(document, wishes, snapped(at.x()), snapped(at.y()))
            return document

        label = self._stage.preferences.say("canvas.undo.add", n=len(wishes))
        done = self._stage.workspace.edit(edit, label)
        if done:
            self._show(made)
        return done

    def _show(self, made: tuple[str, ...]) -> None:
        self._stage.workspace.select_nodes(made)
        self._stage.added.emit()

    def add_in_the_middle(self, wishes: Wishes) -> bool:
        """Make nodes in the middle of the view, or as near to it as nothing else stands."""
        from nnsim.ui.canvas.free_places import nearest_free

        document, made = make(self._stage.workspace.document, wishes, 0.0, 0.0)
        look, air = self._stage.diagram.look, GRID / 2
        rects = [
            NodeItem(document.node(key), look).extent().adjusted(-air, -air, air, air)
            for key in made
        ]
        if wishes[-1].kind != "input":
            # Once all is connected it may be an output.
            rects[-1].setRight(rects[-1].right() + OUTPUT_ROOM)
        taken = [item.extent() for item in self._stage.diagram.nodes.values()]
        return self.add(wishes, nearest_free(self._stage.middle, rects, taken))

    # -- clipboard -------------------------------------------------------------------------------

    def copy(self) -> bool:
        """Put the selected nodes, and what connects them, on the clipboard."""
        from nnsim.ui.canvas import clipboard

        fragment = self._selected_piece()
        if not fragment.nodes:
            return False
        clipboard.put(fragment)
        self._pasted = 0
        return True

    def _selected_piece(self) -> Fragment:
        from nnsim.document.clipboard import copy

        return copy(self._stage.workspace.document, self._stage.selected_nodes)

    def cut(self) -> None:
        """Copy the selected nodes and take them away."""
        if self.copy():
            self._remove("canvas.undo.cut", self._stage.selected_nodes)

    def paste(self) -> None:
        """Put in what is on the clipboard, a little aside, and within sight."""
        from nnsim.ui.canvas import clipboard

        try:
            fragment = clipboard.get()
        except NnsimError as error:
            self._stage.workspace.refuse(*error.messages)
            return
        self._pasted += 1
        aside = self._pasted * _PASTE_STEP
        self._put_in(fragment, self._in_sight(fragment, aside), "canvas.undo.paste")

    def duplicate(self) -> None:
        """The selected nodes once more, a little aside; the clipboard stays as it is."""
        fragment = self._selected_piece()
        if fragment.nodes:
            by = QPointF(_PASTE_STEP, _PASTE_STEP)
            self._put_in(fragment, by, "canvas.undo.duplicate")

    def _in_sight(self, fragment: Fragment, aside: float) -> QPointF:
        by = QPointF(aside, aside)
        xs = [node.x for node in fragment.nodes]
        ys = [node.y for node in fragment.nodes]
        rect = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
        if self._stage.visible.contains(rect.center() + by):
            return by
        to = self._stage.middle - rect.center()
        return QPointF(snapped(to.x()), snapped(to.y()))

    def _put_in(self, fragment: Fragment, by: QPointF, label: str) -> None:
        from nnsim.document.clipboard import paste

        made: tuple[str, ...] = ()

        def edit(document: Document) -> Document:
            nonlocal made
            document, made = paste(document, fragment, by.x(), by.y())
            return document

        words = self._stage.preferences.say(label, n=len(fragment.nodes))
        if self._stage.workspace.edit(edit, words):
            self._show(made)

    # -- the selection ---------------------------------------------------------------------------

    def delete(self) -> None:
        """Take away the selected nodes and connections."""
        chosen = self._stage.selected_nodes + self._stage.selected_connections
        self._remove("canvas.undo.delete", chosen)

    def _remove(self, label: str, ids: tuple[str, ...]) -> None:
        if ids:
            words = self._stage.preferences.say(label, n=len(ids))
            self._stage.workspace.edit(lambda document: remove(document, ids), words)

    def select_all(self) -> None:
        """Select every node."""
        nodes = self._stage.workspace.document.nodes
        self._stage.workspace.select_nodes(node.id for node in nodes)

    def align(self, edge: Edge) -> None:
        """Put the selected nodes in line, or spread them evenly."""
        from nnsim.document.clipboard import align

        ids = self._stage.selected_nodes
        label = self._stage.preferences.say(f"canvas.align.{edge}")
        self._stage.workspace.edit(lambda document: align(document, ids, edge), label)

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected nodes a little; presses in a row are undone at once."""
        ids = self._stage.selected_nodes
        nodes = {node.id: node for node in self._stage.workspace.document.nodes}
        places = {key: (nodes[key].x + dx, nodes[key].y + dy) for key in ids}
        label = self._stage.preferences.say("canvas.undo.move", n=len(ids))
        merge = "nudge:" + ",".join(ids)
        self._stage.workspace.edit(lambda document: move(document, places), label, merge)

    def set_activation(self, ids: tuple[str, ...], activation: ActivationSpec) -> None:
        """Give these nodes, as far as they have one, another activation."""

        def edit(document: Document) -> Document:
            for key in ids:
                if not document.node(key).is_input:
                    document = set_activation(document, key, activation)
            return document

        self._stage.workspace.edit(edit, self._stage.preferences.say("canvas.undo.activation"))

    # -- what is possible ------------------------------------------------------------------------

    @property
    def can_paste(self) -> bool:
        """Whether the clipboard holds a piece of a diagram."""
        from nnsim.ui.canvas import clipboard

        return clipboard.is_available()

    def refuse_empty_selection(self) -> None:
        """Say that something has to be selected first."""
        self._stage.workspace.refuse(Message("canvas.nothing_selected"))
