"""What gestures and commands work on: the workspace, the scene, and how large it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from nnsim.engine.record import Quantity
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.parts import Part
from nnsim.ui.canvas.scene import DiagramScene


class Stage(QObject):
    """Shared by everything that acts on the canvas.

    ``hint_changed(text)``: what a person can do in the gesture under way, "" for nothing to say.
    ``repaint_wanted()``: what a gesture draws over the scene has changed.
    ``added()``: what is selected now has just been put into the diagram.
    """

    hint_changed = Signal(str)
    repaint_wanted = Signal()
    added = Signal()

    def __init__(
        self,
        workspace: Workspace,
        preferences: Preferences,
        diagram: DiagramScene,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.preferences = preferences
        self.diagram = diagram
        #: Device-independent pixels a scene unit, as the view shows it.
        self.scale = 1.0
        #: Whether something in sight shows what is pointed at enlarged.
        self.shows_enlarged: Callable[[], bool] = lambda: False
        #: What the view shows, in the scene.
        self.visible = QRectF()

    def point_at(self, node: str | None, part: Part | None) -> None:
        """The pointer is over a node, or over none: what has a heat map there is enlarged."""
        item = None if node is None else self.diagram.nodes.get(node)
        if item is None or not item.maps:
            self.workspace.point_at(None)
            return
        unit = 0
        if part is not None and part.what not in ("name", "caption"):
            counts_rows = part.what in ("sum", "delta", "bias")
            unit = part.row // item.layout.pieces if counts_rows else part.row
        self.workspace.point_at(Quantity("a", item.node.id, unit))

    def point_at_next(self) -> bool:
        """Point at the selected unit, then at the next one of its node; false after the last."""
        chosen, workspace = self.selected_nodes, self.workspace
        if len(chosen) != 1:
            return False
        node = workspace.document.node(chosen[0])
        pointed, selected = workspace.pointed, workspace.selection
        unit = 0
        if pointed is not None and pointed.owner == node.id:
            unit = pointed.row + 1
        elif selected is not None and selected.owner == node.id and selected.kind == "a":
            unit = selected.row
        output = Quantity("a", node.id, unit) if unit < node.units else None
        workspace.point_at(output)
        return output is not None

    @property
    def middle(self) -> QPointF:
        """The middle of what the view shows, in the scene."""
        return self.visible.center()

    def near(self, pixels: float) -> float:
        """A distance on screen, in scene units."""
        return pixels / max(self.scale, 0.01)

    def towards(self, node: str, direction: QPointF, among: Iterable[str]) -> str | None:
        """The nearest of some nodes in a direction (a unit vector); None where there is none."""
        nodes = self.diagram.nodes
        here = nodes[node].pos()
        best: tuple[float, str] | None = None
        for key in among:
            way = nodes[key].pos() - here
            along = QPointF.dotProduct(way, direction)
            across = abs(way.x() * direction.y()) + abs(way.y() * direction.x())
            cost = along + 2 * across
            if along > 0 and (best is None or cost < best[0]):
                best = (cost, key)
        return None if best is None else best[1]

    @property
    def selected_nodes(self) -> tuple[str, ...]:
        """Ids of the selected nodes, in document order."""
        chosen = self.workspace.nodes
        return tuple(node.id for node in self.workspace.document.nodes if node.id in chosen)

    @property
    def selected_connections(self) -> tuple[str, ...]:
        """Ids of the selected connections, in document order."""
        chosen = self.workspace.nodes
        return tuple(c.id for c in self.workspace.document.connections if c.id in chosen)
