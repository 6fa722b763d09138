"""The mouse on the canvas: which gesture a press begins, and what the pointer is over.

Each gesture is imported when the first one begins: a start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGraphicsView

from nnsim.ui.canvas.autoscroll import AutoScroll
from nnsim.ui.canvas.editing import Editing
from nnsim.ui.canvas.gestures.base import Gesture, Pointer
from nnsim.ui.canvas.hits import NOWHERE, Hit, hit_at, quantity_at
from nnsim.ui.canvas.loss_item import LOSS
from nnsim.ui.canvas.navigation import Navigation
from nnsim.ui.canvas.stage import Stage

_LEFT = Qt.MouseButton.LeftButton
_MIDDLE = Qt.MouseButton.MiddleButton
_RIGHT = Qt.MouseButton.RightButton
_ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Mouse:
    """Follows the pointer on a view.

    ``is_panning()`` says whether the space bar is held.  There is at most one gesture at a time.
    """

    def __init__(
        self,
        view: QGraphicsView,
        stage: Stage,
        navigation: Navigation,
        editing: Editing,
        is_panning: Callable[[], bool],
    ) -> None:
        self._view = view
        self._stage = stage
        self._navigation = navigation
        self._editing = editing
        self._is_panning = is_panning
        self.gesture: Gesture | None = None
        #: Whether the paper was moved since the space bar went down.
        self.has_panned = False
        self._hovered: Hit | None = NOWHERE
        self._last: Pointer | None = None
        self._autoscroll = AutoScroll(view, navigation.scroll, self._scrolled)

    # -- gestures --------------------------------------------------------------------------------

    def begin(self, gesture: Gesture) -> None:
        """Begin a gesture; one under way is cancelled."""
        self.cancel()
        self.gesture = gesture
        self._show_cursor()

    def settle(self) -> None:
        """Let go of a gesture that is over."""
        if self.gesture is not None and self.gesture.is_over:
            self.gesture = None
            self._autoscroll.stop()
            self._show_cursor()

    def cancel(self) -> None:
        """Put back what the gesture under way has done."""
        if self.gesture is not None:
            self.gesture.cancel()
            self.settle()

    def press(self, event: QMouseEvent) -> bool:
        """A button went down; false where it means nothing."""
        pointer = self.pointer(event)
        if self.gesture is not None:
            if event.button() == _RIGHT:
                self.cancel()
            elif event.button() == _LEFT:
                self.gesture.press(pointer)
                self.settle()
            return True
        if event.button() == _MIDDLE or (event.button() == _LEFT and self._is_panning()):
            from nnsim.ui.canvas.gestures.pan import Pan

            self.has_panned = True
            self.begin(Pan(self._stage, pointer, self._navigation.scroll))
        elif event.button() == _LEFT:
            self._press_left(pointer)
        else:
            return False
        return True

    def _press_left(self, pointer: Pointer) -> None:
        from nnsim.ui.canvas.gestures.box import BoxSelect
        from nnsim.ui.canvas.gestures.connect import DrawConnection
        from nnsim.ui.canvas.gestures.move import MoveNodes

        hit = self.hit(pointer.scene)
        if hit.node is not None and hit.port is not None:
            self.begin(DrawConnection(self._stage, pointer, hit.node, hit.port))
        elif hit.node is not None:
            self.begin(MoveNodes(self._stage, pointer, hit))
        elif hit.loss:
            self._stage.workspace.select(LOSS)
        elif hit.connection is not None:
            self._click_line(hit, bool(pointer.modifiers & _ADDING))
        else:
            self.begin(BoxSelect(self._stage, pointer))

    def _click_line(self, hit: Hit, adds: bool) -> None:
        assert hit.connection is not None
        workspace = self._stage.workspace
        chosen = frozenset({hit.connection})
        workspace.select_nodes(workspace.nodes ^ chosen if adds else chosen)
        workspace.select(quantity_at(self._stage.diagram, hit))

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved."""
        pointer = self.pointer(event)
        if self.gesture is None:
            self.hover(self.hit(pointer.scene))
            return
        self.gesture.move(pointer)
        self._last = pointer
        if self.gesture.scrolls and event.buttons() & _LEFT:
            self._autoscroll.follow(pointer.view, QRectF(self._view.viewport().rect()))

    def _scrolled(self) -> None:
        """The pointer rests, but another part of the scene is under it."""
        if self.gesture is not None and self._last is not None:
            place = self.to_scene(self._last.view)
            self.gesture.move(Pointer(place, self._last.view, self._last.modifiers))

    def release(self, event: QMouseEvent) -> None:
        """A button went up."""
        if self.gesture is not None and event.button() in (_LEFT, _MIDDLE):
            self.gesture.release(self.pointer(event))
            self.settle()
            self.hover(self.hit(self.pointer(event).scene))

    def double_click(self, event: QMouseEvent) -> None:
        """Edit what is there; on the bare canvas, type something new."""
        pointer = self.pointer(event)
        if self.gesture is not None or event.button() != _LEFT:
            return
        hit = self.hit(pointer.scene)
        if hit.is_empty:
            self._editing.type_new(pointer.scene)
        else:
            self.edit(hit)

    def edit(self, hit: Hit) -> None:
        """Edit what was hit: a name, units, a weight or a bias."""
        diagram = self._stage.diagram
        if hit.connection is not None:
            quantity = quantity_at(diagram, hit)
            if quantity is not None:
                self._editing.edit_quantity(quantity)
            return
        if hit.node is None:
            return
        item, part = diagram.nodes[hit.node], hit.part
        what = "value" if part is None else part.what
        if what == "caption":
            self._editing.edit_units(hit.node)
        elif what == "name" or item.node.is_input:
            self._editing.rename(hit.node)
        else:
            row = 0 if part is None else part.row
            if what in ("value", "predicted", "target", "error"):
                row *= item.layout.pieces
            self._editing.edit_bias(hit.node, row)

    # -- what the pointer is over ----------------------------------------------------------------

    def pointer(self, event: QMouseEvent) -> Pointer:
        """The pointer of an event."""
        position = event.position()
        return Pointer(self.to_scene(position), position, event.modifiers())

    def to_scene(self, position: QPointF) -> QPointF:
        """A place of the view in the scene, to a fraction of a pixel."""
        inverted, _ = self._view.viewportTransform().inverted()
        return inverted.map(position)

    def hit(self, point: QPointF) -> Hit:
        """What is at a point of the scene."""
        return hit_at(self._stage.diagram, point, self._stage.near(1.0))

    def hit_pixel(self, pixel: QPoint) -> Hit:
        """What is at a pixel of the view."""
        return self.hit(self.to_scene(QPointF(pixel)))

    def hover(self, hit: Hit) -> None:
        """Show what the pointer is over."""
        if hit != self._hovered:
            self._hovered = hit
            self._stage.diagram.hover(hit.node, hit.connection, hit.place)
            self._stage.point_at(hit.node, hit.part)
            self._show_cursor()

    def leave(self) -> None:
        """The pointer has left the view."""
        if self.gesture is None:
            self.hover(NOWHERE)

    def forget(self) -> None:
        """What the pointer was over may be gone: what it is over next is shown in any case."""
        self._hovered = None

    def _show_cursor(self) -> None:
        hovered = self._hovered or NOWHERE
        if self.gesture is not None:
            shape = self.gesture.cursor
        elif self._is_panning():
            shape = Qt.CursorShape.OpenHandCursor
        elif hovered.port is not None:
            shape = Qt.CursorShape.CrossCursor
        elif hovered.connection is not None or hovered.loss:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(shape)

    def show_cursor(self) -> None:
        """The space bar went down or up."""
        self._show_cursor()
