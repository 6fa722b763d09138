"""The heat map in every neuron: kept with the position, at most 30 times a second."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer

from nnsim.document.model import Document
from nnsim.document.preparation import input_features
from nnsim.session.maps import UnitMaps, has_maps
from nnsim.session.probing import parameters_at
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.rest import Rest
from nnsim.ui.bridge.shading import shades
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.geometry import Form
from nnsim.ui.canvas.map_images import SIDE, map_images, tile_images
from nnsim.ui.canvas.scene import DiagramScene
from nnsim.ui.canvas.tiles import MAX_TILES

# Coarse while things move, as fine as the images at rest: divisors of their side.
_MOVING_SIDES, _RESTING_SIDES = (28, 21, 14), (84, 42, 28, 21, 14)
# What a grid may cost, in multiplications: see ``grid_side``.
_MOVING, _RESTING = 2e6, 60e6
_INTERVAL_SECONDS = 1 / 30
_REST_MS = 200


class HeatMaps(QObject):
    """Gives the nodes of a scene the maps of their units, while ``set_active`` says so."""

    def __init__(
        self,
        diagram: DiagramScene,
        workspace: Workspace,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._diagram = diagram
        self._workspace = workspace
        self._preferences = preferences
        self._is_active = False
        self._maps: UnitMaps | None = None
        self._document: Document | None = None
        self._table = shades(preferences.theme)
        self._drawn_at = 0.0
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self.draw_coarsely)
        self._rest = Rest(self, workspace.turns, _REST_MS, self._draw_finely)
        workspace.document_changed.connect(self._renew)
        # In the turn of the scene: what is in a neuron is painted once.
        diagram.read.connect(self._moved)
        preferences.theme_changed.connect(self._dress)

    def set_active(self, active: bool) -> None:
        """Show the maps, or take them away."""
        if active != self._is_active:
            self._is_active = active
            self._renew()

    # -- following -------------------------------------------------------------------------------

    def _renew(self) -> None:
        """Another document: other units, other samples around which to look."""
        document, frame = self._workspace.document, self._workspace.frame
        is_possible = self._is_active and frame is not None and has_maps(document)
        if not is_possible or frame is None:
            self._take_away()
            return
        known = self._document
        self._document = document
        is_same = self._maps is not None and self._maps.spec == frame.spec
        if not is_same or known is None or not _is_fed_alike(known, document):
            self._maps = UnitMaps(frame.spec, document)
            self._maps.put(parameters_at(frame))
        self.draw_coarsely()

    def _take_away(self) -> None:
        self._maps = self._document = None
        self._due.stop()
        self._rest.stop()
        for item in self._diagram.nodes.values():
            item.set_maps(())

    def _moved(self) -> None:
        if self._maps is None or self._due.isActive():
            return
        frame = self._workspace.frame
        if frame is None or not self._maps.put(parameters_at(frame)):
            return
        wait = self._drawn_at + _INTERVAL_SECONDS - time.perf_counter()
        if wait > 0:
            self._due.start(round(1000 * wait) + 1)
        else:
            self._draw(_MOVING, _MOVING_SIDES)

    def _dress(self) -> None:
        self._table = shades(self._preferences.theme)
        if self._maps is not None:
            self.draw_coarsely()

    # -- drawing ---------------------------------------------------------------------------------

    def draw_coarsely(self) -> None:
        """The maps of now, quickly; at rest they become finer."""
        self._take_parameters()
        self._draw(_MOVING, _MOVING_SIDES)

    def _draw_finely(self) -> None:
        self._take_parameters()
        self._draw(_RESTING, _RESTING_SIDES)

    def _take_parameters(self) -> None:
        frame = self._workspace.frame
        if frame is not None and self._maps is not None:
            self._maps.put(parameters_at(frame))

    def _draw(self, work: float, sides: tuple[int, ...]) -> None:
        maps = self._maps
        if maps is None:
            return
        affordable = maps.side(work, SIDE)
        side = next((side for side in sides if side <= affordable), sides[-1])
        for node, shares in maps.shares(side).items():
            item = self._diagram.nodes.get(node)
            if item is None or len(shares) > MAX_TILES:
                continue
            form = item.geometry.form
            if form is Form.BLOCK:
                item.set_maps(tile_images(shares, self._table))
            else:
                item.set_maps(map_images(shares, self._table, form is Form.NEURON))
        self._drawn_at = time.perf_counter()
        if work == _MOVING:
            self._rest.start()


def _is_fed_alike(one: Document, other: Document) -> bool:
    """Whether the networks of both get the same inputs and targets: their scales may stay."""
    same = (one.split, one.scaling, input_features(one))
    return one.data is other.data and same == (other.split, other.scaling, input_features(other))
