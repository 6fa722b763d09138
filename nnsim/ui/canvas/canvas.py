"""The canvas: the diagram of a workspace, drawn, and what can be done to it.

Menus, pictures and the longer gestures are imported when somebody asks for one, so that a start
does not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.hits import Hit
from nnsim.ui.canvas.keys import Keys
from nnsim.ui.canvas.navigation import ZOOM_STEP
from nnsim.ui.canvas.palette import Palette
from nnsim.ui.canvas.view import DiagramView
from nnsim.ui.canvas.wishes import Wishes

if TYPE_CHECKING:
    from nnsim.document.clipboard import Edge
    from nnsim.ui.bridge.pictures import Picture
    from nnsim.ui.canvas.heat_maps import HeatMaps

#: Up to so many samples, those of a truth table, numbers matter more than heat maps.
MOST_WITHOUT_MAPS = 16


class Canvas(DiagramView):
    """Shows the diagram of a workspace; commands act on its selection.

    ``actions_changed()``: other commands have become possible (``has_selection``, ``has_nodes``,
    ``can_edit_value``, ``can_align``, ``can_paste``).  ``enlarged()``: a map was asked for by key,
    and the plane is where it is to be seen.
    """

    actions_changed = Signal()
    enlarged = Signal()
    title_key = "canvas.title"
    #: Whether the neurons may show heat maps.
    offers_maps = True

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, preferences, parent)
        self.setObjectName("canvas")
        self.keys = Keys(self, self.stage, self.commands, self.navigation)
        self._session: object = None
        self._maps: HeatMaps | None = None
        self._was_ready = workspace.frame is not None
        workspace.document_changed.connect(self._document_changed)
        workspace.arranged.connect(self._keep_fitted)
        workspace.position_changed.connect(self.quality.moving)
        workspace.nodes_changed.connect(self._selection_changed)
        self.stage.added.connect(self._show_added)
        preferences.language_changed.connect(self._say)
        preferences.theme_changed.connect(self._say)
        preferences.maps_changed.connect(self._follow_maps)
        QGuiApplication.clipboard().dataChanged.connect(self.actions_changed)
        self._document_changed()
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_problems()
        self._follow_maps()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._follow_maps()

    # -- following -------------------------------------------------------------------------------

    def _document_changed(self) -> None:
        document = self.workspace.document
        self.quality.lines = sum(connection.weights.size for connection in document.connections)
        self.mouse.forget()
        self._show_problems()
        if self.workspace.session is not self._session:
            # Another project: what was under way belongs to the former one.
            self._session = self.workspace.session
            self.mouse.cancel()
            self.editing.close()
            self.fit_when_shown()
        self._follow_maps()
        self._show_outputs()
        self.actions_changed.emit()

    def _show_outputs(self) -> None:
        """What stands beside the outputs as soon as a diagram can run is in sight as all else."""
        became_ready = self.workspace.frame is not None and not self._was_ready
        self._was_ready = self.workspace.frame is not None
        is_cut = not self.stage.visible.contains(self.diagram.content_rect())
        if became_ready and is_cut and self.navigation.is_fitted and self.isVisible():
            self.fit()

    def _follow_maps(self) -> None:
        """Show heat maps, or take them away, as the person wishes and the samples allow."""
        wish, samples = self.preferences.maps, len(self.workspace.document.data)
        is_wanted = wish == "always" or (wish == "auto" and samples > MOST_WITHOUT_MAPS)
        is_wanted = is_wanted and self.offers_maps and self.isVisible()
        if self._maps is None and is_wanted:
            # Not sooner: a start does not wait for it.
            from nnsim.ui.canvas.heat_maps import HeatMaps

            self._maps = HeatMaps(self.diagram, self.workspace, self.preferences, self)
        if self._maps is not None:
            self._maps.set_active(is_wanted)

    def _show_problems(self) -> None:
        is_empty = not self.workspace.document.nodes
        self.overlays.show_state(self.diagram.notes.of_document, is_empty)

    def _selection_changed(self) -> None:
        self.setAccessibleDescription(self.selected.description())
        self.actions_changed.emit()

    def _say(self) -> None:
        self.setAccessibleName(self.preferences.say("canvas.title"))
        self._show_problems()
        self._selection_changed()
        self.viewport().update()

    # -- commands --------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole diagram."""
        self.diagram.notes.follow_anywhere(self.diagram.nodes)
        self.navigation.fit(self.diagram.content_rect().united(self.diagram.notes.extent()))

    def zoom_in(self) -> None:
        """A step larger."""
        self.navigation.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """A step smaller."""
        self.navigation.zoom_by(1 / ZOOM_STEP)

    def zoom_normal(self) -> None:
        """100 %."""
        self.navigation.zoom_normal()

    def copy(self) -> None:
        """Put the selected nodes on the clipboard."""
        self.commands.copy()

    def cut(self) -> None:
        """Copy the selected nodes and take them away."""
        self.commands.cut()

    def paste(self) -> None:
        """Put in what is on the clipboard."""
        self.commands.paste()

    def duplicate(self) -> None:
        """The selected nodes once more."""
        self.commands.duplicate()

    def delete(self) -> None:
        """Take away what is selected."""
        self.commands.delete()

    def select_all(self) -> None:
        """Select every node."""
        self.commands.select_all()

    def align(self, edge: Edge) -> None:
        """Put the selected nodes in line."""
        self.commands.align(edge)

    def connect_selection(self) -> None:
        """Choose where the selected nodes lead to: by key, click or box."""
        from nnsim.ui.canvas.gestures.choose import ChooseTargets

        sources = self.stage.selected_nodes
        if sources:
            self.mouse.begin(ChooseTargets(self.stage, sources))
            self.setFocus()
        else:
            self.commands.refuse_empty_selection()

    def rename(self) -> None:
        """Edit the name of the selected node."""
        chosen = self.stage.selected_nodes
        if len(chosen) == 1:
            self.editing.rename(chosen[0])

    def edit_units(self) -> None:
        """Edit how many units the selected node has."""
        chosen = self.stage.selected_nodes
        if len(chosen) == 1:
            self.editing.edit_units(chosen[0])

    def enlarge_map(self) -> None:
        """Show the map of the selected unit in the plane, again for the next unit of its node."""
        if self.stage.point_at_next():
            self.enlarged.emit()

    def edit_selected(self) -> None:
        """Edit the selected number, or the bias of the selected node."""
        hit = self.selected.parameter_hit()
        if hit is not None:
            self.mouse.edit(hit)

    def edit_value(self, hit: Hit) -> None:
        """Edit the number of a hit."""
        self.mouse.edit(hit)

    def set_activation(self, name: str) -> None:
        """Give the selected nodes another activation; ask for its number if it has one."""
        from nnsim.ui.canvas.menus import WITH_PARAMETERS

        self.selected.set_activation(name)
        if name in WITH_PARAMETERS:
            self.ask_activation()

    def ask_activation(self) -> None:
        """Ask for the number that goes with the activation of the selected nodes."""
        self.selected.ask_activation(self)

    def type_new(self, at: QPointF | None = None) -> None:
        """Type what shall be made, here or in the middle of the view."""
        self.editing.type_new(at)

    def place(self, wishes: Wishes) -> None:
        """Something new follows the pointer until a click puts it down."""
        self._begin_placing(wishes)
        self.setFocus()

    def _begin_placing(self, wishes: Wishes) -> None:
        from nnsim.ui.canvas.gestures.place import PlaceNew

        self.mouse.begin(PlaceNew(self.stage, self.commands, wishes))

    def use_palette(self, palette: Palette) -> None:
        """Let things be drawn from a palette."""
        palette.picked.connect(self.place)
        palette.taken.connect(self.add)
        palette.dragged.connect(self._drag_new)
        palette.dropped.connect(self._drop_new)
        palette.drag_ended.connect(self.cancel_gesture)

    def _drag_new(self, wishes: Wishes, place: QPointF) -> None:
        """A shadow follows the pointer while it is over the canvas."""
        at = self.viewport().mapFromGlobal(place)
        if not self.viewport().rect().contains(at.toPoint()):
            self.cancel_gesture()
            return
        if self.gesture is None:
            self._begin_placing(wishes)
        if self.gesture is not None:
            self.gesture.move(Pointer(self.mouse.to_scene(at), at))

    def _drop_new(self, wishes: Wishes, place: QPointF) -> None:
        self._drag_new(wishes, place)
        if self.gesture is not None:
            at = self.viewport().mapFromGlobal(place)
            self.gesture.release(Pointer(self.mouse.to_scene(at), at))
            self.mouse.settle()
            self.setFocus()

    def add(self, wishes: Wishes) -> None:
        """Something new in the middle of the view."""
        self.mouse.cancel()
        self.commands.add_in_the_middle(wishes)

    def picture(self) -> Picture:
        """The diagram as it is shown, as a picture."""
        from nnsim.ui.canvas.picture import diagram_picture

        name = self.workspace.document.title or self.preferences.say("canvas.picture_name")
        return diagram_picture(self.diagram, name)

    def copy_picture(self) -> None:
        """Put the picture of the diagram on the clipboard."""
        from nnsim.ui.bridge.pictures import copy_picture

        copy_picture(self.picture())

    # -- what is possible ------------------------------------------------------------------------

    @property
    def has_selection(self) -> bool:
        """Whether nodes or connections are selected."""
        return bool(self.workspace.nodes)

    @property
    def has_nodes(self) -> bool:
        """Whether nodes are selected."""
        return bool(self.stage.selected_nodes)

    @property
    def can_edit_value(self) -> bool:
        """Whether a number, or the name of an input, is selected that can be edited."""
        return self.selected.parameter_hit() is not None

    @property
    def can_align(self) -> bool:
        """Whether several nodes are selected."""
        return len(self.stage.selected_nodes) > 1

    @property
    def can_paste(self) -> bool:
        """Whether the clipboard holds a piece of a diagram."""
        return self.commands.can_paste

    # -- gestures --------------------------------------------------------------------------------

    @property
    def gesture(self) -> Gesture | None:
        """The gesture under way."""
        return self.mouse.gesture

    def cancel_gesture(self) -> None:
        """Put back what the gesture under way has done."""
        self.mouse.cancel()

    def gesture_changed(self) -> None:
        """A key may have ended the gesture."""
        self.mouse.settle()

    def show_selected(self) -> None:
        """Scroll until the selected nodes are in sight."""
        if not self._is_selected_in_sight:
            self.navigation.show_rect(self._selected_rect)

    @property
    def _selected_rect(self) -> QRectF:
        rect = QRectF()
        for item in self.diagram.node_items(self.workspace.nodes).values():
            rect = rect.united(item.extent())
        return rect

    @property
    def _is_selected_in_sight(self) -> bool:
        rect = self._selected_rect
        return rect.isEmpty() or self.stage.visible.contains(rect)

    def _show_added(self) -> None:
        """Bring into sight what is new: with the whole diagram where that has become too large."""
        if self._is_selected_in_sight:
            return
        if self.navigation.has_room_for(self.diagram.content_rect()):
            self.show_selected()
        else:
            self.fit()

    def open_menu(self, hit: Hit, at: QPointF) -> None:
        """Open the context menu for what is at a point of the scene."""
        from nnsim.ui.canvas.menus import Menus

        menu = Menus(self, self.stage).menu_for(hit, at, self.can_paste, self)
        menu.popup(self.viewport().mapToGlobal(self.mapFromScene(at)))
