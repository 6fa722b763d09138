"""What gestures and commands work on: the workspace, the scene, and how large it is shown."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
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
        #: What the view shows, in the scene.
        self.visible = QRectF()

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
