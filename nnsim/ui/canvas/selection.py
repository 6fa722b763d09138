"""What is selected, and the commands that need to know more of it than its ids."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from nnsim.document.model import Node
from nnsim.ui.canvas.commands import Commands
from nnsim.ui.canvas.hits import Hit
from nnsim.ui.canvas.parts import Part, parameter_of
from nnsim.ui.canvas.stage import Stage


class Selection:
    """The selection of a stage."""

    def __init__(self, stage: Stage, commands: Commands) -> None:
        self._stage = stage
        self._commands = commands

    def nodes(self) -> tuple[Node, ...]:
        """The selected nodes."""
        return tuple(map(self._stage.workspace.document.node, self._stage.selected_nodes))

    def description(self) -> str:
        """What is selected, in words, for those who do not see it."""
        say, nodes = self._stage.preferences.say, self.nodes()
        if len(nodes) != 1:
            return say("canvas.selected.several", n=len(nodes)) if nodes else ""
        (node,) = nodes
        document = self._stage.workspace.document
        sources = [document.node(c.source).name for c in document.incoming(node.id)]
        targets = [document.node(c.target).name for c in document.outgoing(node.id)]
        if node.is_input:
            words = [say("canvas.tip.input", name=node.name, n=node.units)]
        else:
            activation = say(f"activation.{node.activation.name}")
            words = [say("canvas.tip.dense", name=node.name, n=node.units, activation=activation)]
        if sources:
            words.append(say("canvas.selected.from", names=", ".join(sources)))
        if targets:
            words.append(say("canvas.selected.to", names=", ".join(targets)))
        problem = self._stage.diagram.notes.text_of(node.id)
        return " ".join([*words, problem] if problem else words)

    def parameter_hit(self) -> Hit | None:
        """Where the number is that Enter edits; None where there is none.

        It is the number selected in all views if it belongs to the selected node or connection,
        else the bias of the node or the first weight of the connection.
        """
        workspace = self._stage.workspace
        nodes, connections = self._stage.selected_nodes, self._stage.selected_connections
        selected = workspace.selection
        parameter = None if selected is None else parameter_of(selected)
        if len(connections) == 1 and not nodes:
            place = (0, 0)
            if parameter is not None and parameter.owner == connections[0]:
                place = (parameter.row, parameter.column)
            return Hit(connection=connections[0], place=place)
        if len(nodes) != 1:
            return None
        row = 0
        if selected is not None and selected.owner == nodes[0]:
            pieces = self._stage.diagram.nodes[nodes[0]].layout.pieces
            row = selected.row * pieces if selected.kind in ("a", "da") else selected.row
        return Hit(node=nodes[0], part=Part("bias", row))

    # -- activations -----------------------------------------------------------------------------

    def set_activation(self, name: str) -> None:
        """Give the selected nodes another activation; its number is as it was, or the usual one."""
        dense = [node for node in self.nodes() if not node.is_input]
        if dense:
            ids = tuple(node.id for node in dense)
            self._commands.set_activation(ids, replace(dense[0].activation, name=name))

    def ask_activation(self, parent: QWidget) -> None:
        """Ask for the number that goes with the activation of the selected nodes."""
        # Not sooner: a start does not wait for what a dialog needs.
        from nnsim.ui.canvas.activation_dialog import ActivationDialog

        dense = [node for node in self.nodes() if not node.is_input]
        if not dense:
            return
        name = dense[0].activation.name
        ids = tuple(node.id for node in dense if node.activation.name == name)
        dialog = ActivationDialog(dense[0].activation, self._stage.preferences, parent)

        def finished(result: int) -> None:
            if result == ActivationDialog.DialogCode.Accepted:
                self._commands.set_activation(ids, dialog.spec)
            dialog.deleteLater()

        dialog.finished.connect(finished)
        dialog.open()
