"""The commands of the canvas as they stand in the Edit, Diagram and View menus."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.canvas.keys import ALIGN_KEYS
from nnsim.ui.canvas.menus import EDGES
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.menus import Menus


class DiagramCommands(QObject):
    """Adds the actions; the canvas listens to their keys itself while it has the focus."""

    def __init__(self, canvas: Canvas, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._actions = actions
        standard = QKeySequence.StandardKey
        add = actions.add
        add("cut", canvas.cut, own_keys=(standard.Cut,))
        add("copy", canvas.copy, own_keys=(standard.Copy,))
        add("paste", canvas.paste, own_keys=(standard.Paste,))
        add("duplicate", canvas.duplicate, own_keys=("Ctrl+D",))
        add("delete", canvas.delete, own_keys=("Del",))
        add("select_all", canvas.select_all, own_keys=(standard.SelectAll,))
        add("type_new", canvas.type_new, own_keys=("Ins", "A"))
        add("connect", canvas.connect_selection, own_keys=("C",))
        add("rename", canvas.rename, own_keys=("F2",))
        add("edit_value", canvas.edit_selected, own_keys=("Return",))
        add("fit", canvas.fit, own_keys=("F", "Home"))
        add("zoom_in", canvas.zoom_in, own_keys=("Ctrl++",))
        add("zoom_out", canvas.zoom_out, own_keys=("Ctrl+-",))
        add("zoom_normal", canvas.zoom_normal, own_keys=("Ctrl+0",))
        self._edges = [
            add(
                f"align_{edge}",
                lambda edge=edge: canvas.align(edge),
                text=f"canvas.align.{edge}",
                own_keys=(ALIGN_KEYS[edge],),
            )
            for edge in EDGES
        ]
        canvas.actions_changed.connect(self._refresh)
        self._refresh()

    def fill(self, menus: Menus) -> None:
        """Put the ways to align in their submenu."""
        menus.fill("align", self._edges)

    def _refresh(self) -> None:
        canvas, actions = self._canvas, self._actions
        has_any = bool(canvas.workspace.document.nodes)
        one = len(canvas.stage.selected_nodes) == 1
        possible = {
            "cut": canvas.has_nodes,
            "copy": canvas.has_nodes,
            "paste": canvas.can_paste,
            "duplicate": canvas.has_nodes,
            "delete": canvas.has_selection,
            "select_all": has_any,
            "connect": canvas.has_nodes,
            "rename": one,
            "edit_value": canvas.can_edit_value,
            "fit": has_any,
        }
        for name, is_possible in possible.items():
            actions[name].setEnabled(is_possible)
        for action in self._edges:
            action.setEnabled(canvas.can_align)
