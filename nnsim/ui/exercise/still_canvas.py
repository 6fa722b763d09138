"""A canvas to look at: it zooms and is moved about, and nothing on it can be changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.canvas.gestures.pan import Pan
from nnsim.ui.canvas.hits import Hit

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_FIT = (Qt.Key.Key_F, Qt.Key.Key_Home)
_CONTROL = Qt.KeyboardModifier.ControlModifier
_ZOOM = {Qt.Key.Key_Plus: "in", Qt.Key.Key_Equal: "in", Qt.Key.Key_Minus: "out"}


class StillCanvas(Canvas):
    """The diagram of an exercise."""

    # On its numbers the questions are.
    offers_maps = False

    def __init__(self, workspace: Workspace, preferences: Preferences) -> None:
        super().__init__(workspace, preferences)
        # A click leaves the keyboard with the sheet: whoever looks here goes on typing there.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self.mouse.begin(Pan(self.stage, self.mouse.pointer(event), self.navigation.scroll))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # Nothing lights up under a pointer that could only look.
        if self.gesture is not None:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.gesture is not None:
            self.gesture.release(self.mouse.pointer(event))
            self.mouse.settle()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()

    def open_menu(self, hit: Hit, at: QPointF) -> None:
        """There is nothing to be done here that a menu could offer."""

    def viewportEvent(self, event: QEvent) -> bool:
        # The tips of the canvas say how to change what they name.
        if event.type() == QEvent.Type.ToolTip:
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        # Tab goes to what is next in the window, not from node to node.
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return QAbstractScrollArea.event(self, event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _FIT and not modifiers:
            self.fit()
        elif key in _ZOOM and modifiers & _CONTROL:
            self.zoom_in() if _ZOOM[key] == "in" else self.zoom_out()
        elif key == Qt.Key.Key_0 and modifiers & _CONTROL:
            self.zoom_normal()
        elif key in _ARROWS and not modifiers:
            # No node is ever selected here: arrows move the paper.
            self.keys.press(event)
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()
