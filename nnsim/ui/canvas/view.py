"""The view behind the canvas: hands the events of mouse, keys and drags to where they belong."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGestureEvent,
    QGraphicsView,
    QPinchGesture,
    QToolTip,
    QWidget,
)

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.commands import Commands
from nnsim.ui.canvas.editing import Editing
from nnsim.ui.canvas.hits import NOWHERE, Hit
from nnsim.ui.canvas.keys import Keys
from nnsim.ui.canvas.mouse import Mouse
from nnsim.ui.canvas.navigation import Navigation
from nnsim.ui.canvas.overlays import Overlays
from nnsim.ui.canvas.painting import Ground
from nnsim.ui.canvas.quality import Quality
from nnsim.ui.canvas.scene import DiagramScene
from nnsim.ui.canvas.selection import Selection
from nnsim.ui.canvas.stage import Stage

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class DiagramView(QGraphicsView):
    """A view of a diagram with everything that acts on it; ``Canvas`` adds the commands.

    ``keys`` call the commands, so it is the subclass that sets them.
    """

    keys: Keys

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.preferences = preferences
        # A viewport of our own: to find the class of the one Qt makes, PySide would load every
        # class of widgets there is.
        self.setViewport(QWidget())
        self.diagram = DiagramScene(workspace, preferences, self)
        self.setScene(self.diagram)
        self.stage = Stage(workspace, preferences, self.diagram, self)
        self.overlays = Overlays(preferences, self.viewport())
        self.quality = Quality(self, workspace.turns, self.diagram.refine)
        self.commands = Commands(self.stage)
        self.selected = Selection(self.stage, self.commands)
        self._ground = Ground()
        self._set_up()
        self.editing = Editing(self, self.stage, self.commands)
        self.navigation = Navigation(self, preferences, self._view_changed)
        self.mouse = Mouse(
            self, self.stage, self.navigation, self.editing, lambda: self.keys.space_held
        )
        self._is_fit_due = True
        preferences.zoom_changed.connect(self._keep_fitted)
        self.stage.hint_changed.connect(self.overlays.say_hint)
        self.stage.repaint_wanted.connect(self._repaint)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Bars would cost more to paint than a small diagram, and the paper has no end.
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        # One rectangle: clipping to what each node changed costs more than what lies between.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # With the docks beside it, 780 pixels in all: half of a usual screen, shown at 200 %.
        self.setMinimumSize(210, 160)

    # -- what subclasses add ---------------------------------------------------------------------

    @abstractmethod
    def fit(self) -> None:
        """Show the whole diagram."""

    @abstractmethod
    def open_menu(self, hit: Hit, at: QPointF) -> None:
        """Open the context menu for what is at a point of the scene."""

    def fit_when_shown(self) -> None:
        """Show the whole diagram: at once, or as soon as anybody sees it."""
        if self.isVisible():
            self.fit()
        else:
            self._is_fit_due = True

    # -- following -------------------------------------------------------------------------------

    def _view_changed(self) -> None:
        self.stage.scale = self.navigation.scale
        self.stage.visible = self.navigation.visible()
        self.diagram.notes.set_view(self.stage.visible, self.stage.scale, self.diagram.nodes)
        self.editing.follow()
        self.quality.moving()

    def _keep_fitted(self) -> None:
        """Another size of the view, of everything, or of the diagram: what was fitted stays so."""
        if self.navigation.is_fitted and self.isVisible():
            self.fit()
        else:
            self._view_changed()

    def _repaint(self) -> None:
        if self.mouse.gesture is not None:
            self.quality.moving()
        self.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.diagram.set_active(True)
        if self._is_fit_due:
            self._is_fit_due = False
            self.fit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.mouse.cancel()
        self.diagram.set_active(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.overlays.place()
        self._keep_fitted()

    # -- mouse -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.editing.leave()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.setAccepted(self.mouse.press(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mouse.double_click(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.mouse.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        modifiers = event.modifiers()
        self.navigation.wheel(event, bool(modifiers & _CONTROL), bool(modifiers & _SHIFT))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.mouse.cancel()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.show_menu()
            return
        hit = self.mouse.hit_pixel(event.pos())
        key = hit.node or hit.connection
        if key is not None and key not in self.workspace.nodes:
            self.workspace.select_nodes((key,))
        self.open_menu(hit, self.mouse.to_scene(QPointF(event.pos())))

    def show_menu(self) -> None:
        """Open the context menu of what is selected, by key."""
        items = list(self.diagram.node_items(self.workspace.nodes).values())
        hit = self.selected.parameter_hit() or self._menu_hit()
        at = items[0].pos() if items else self.stage.middle
        if hit.connection is not None and hit.place is not None:
            at = self.diagram.connections[hit.connection].spot(hit.place)
        self.open_menu(hit, at)

    def _menu_hit(self) -> Hit:
        """Several nodes have no number to edit, but commands."""
        nodes = self.stage.selected_nodes
        return Hit(node=nodes[0]) if nodes else NOWHERE

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            # Not sooner: a start does not wait for it.
            from nnsim.ui.canvas.tip_maps import with_map
            from nnsim.ui.canvas.tips import tip_for

            text = ""
            if self.mouse.gesture is None:
                hit = self.mouse.hit_pixel(event.pos())
                text = with_map(self.stage, hit, tip_for(self.stage, hit))
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        if isinstance(event, QNativeGestureEvent) and self._pinch(event):
            return True
        if isinstance(event, QGestureEvent) and self._pinch_touch(event):
            return True
        return super().viewportEvent(event)

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.navigation.zoom_by(1 + event.value(), event.position().toPoint())
        return True

    def _pinch_touch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        # Two fingers zoom; what the first of them had begun was not meant.
        self.mouse.cancel()
        middle = self.viewport().mapFromGlobal(pinch.centerPoint())
        self.navigation.zoom_by(pinch.scaleFactor(), middle.toPoint())
        self.navigation.scroll(pinch.centerPoint() - pinch.lastCenterPoint())
        event.accept(pinch)
        return True

    # -- keys ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Tab never comes to keyPressEvent: it would go to the next widget before.
        if isinstance(event, QKeyEvent) and self._tab(event):
            event.accept()
            return True
        return super().event(event)

    def _tab(self, event: QKeyEvent) -> bool:
        tabs = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        is_press = event.type() == QEvent.Type.KeyPress
        if not is_press or event.key() not in tabs or event.modifiers() & ~_SHIFT:
            return False
        if self.mouse.gesture is not None:
            return self.keys.press(event)
        return self.keys.tab(-1 if event.key() == Qt.Key.Key_Backtab else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.keys.press(event):
            event.accept()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self._hold_space(event)
        else:
            event.ignore()

    def _hold_space(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self.keys.space_held = True
            self.mouse.has_panned = False
            self.mouse.show_cursor()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.keys.space_held:
            if not event.isAutoRepeat():
                self._release_space()
            return
        event.ignore()

    def _release_space(self) -> None:
        """Space alone, without the paper having been moved, belongs to the window around."""
        self.keys.space_held = False
        self.mouse.show_cursor()
        around = self.parentWidget()
        if not self.mouse.has_panned and around is not None:
            none = Qt.KeyboardModifier.NoModifier
            press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, none, " ")
            QApplication.sendEvent(around, press)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.keys.space_held = False
        super().focusOutEvent(event)

    # -- painting --------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        visible = self.navigation.visible()
        self._ground.paint(painter, self.preferences.theme, visible, self.navigation.scale)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self.mouse.gesture is not None:
            self.mouse.gesture.paint(painter)
