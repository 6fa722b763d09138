"""A canvas with real events: everything goes through the mouse and the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from nnsim.core.messages import Message
from nnsim.document.templates import empty
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.theme import apply_theme
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas.canvas import Canvas
from nnsim.ui.canvas.palette import Palette

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def preferences(qapp, tmp_path):
    made = Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    made.set_locale("en")
    apply_theme(qapp, made.theme)
    return made


@pytest.fixture
def beside_palette(qtbot, preferences):
    """``beside_palette(document, size)``: a palette beside a canvas, as in the main window."""

    def beside_palette(document, size):
        workspace = Workspace(document)
        around = QWidget()
        qtbot.addWidget(around)
        layout = QHBoxLayout(around)
        around.palette_ = Palette(workspace, preferences)
        around.canvas = Canvas(workspace, preferences)
        layout.addWidget(around.palette_)
        layout.addWidget(around.canvas, 1)
        around.canvas.use_palette(around.palette_)
        around.resize(*size)
        around.show()
        qtbot.waitExposed(around)
        return around

    return beside_palette


class Hand:
    """A person at a canvas.  Places are in the scene."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.workspace = canvas.workspace
        self.refused: list[Message] = []
        self.workspace.refused.connect(self.refused.extend)

    @property
    def document(self):
        return self.workspace.document

    @property
    def viewport(self):
        return self.canvas.viewport()

    def pixel(self, place) -> QPoint:
        return self.canvas.mapFromScene(QPointF(*place) if isinstance(place, tuple) else place)

    def node(self, name: str):
        return next(node for node in self.document.nodes if node.name == name)

    def item(self, name: str):
        return self.canvas.diagram.nodes[self.node(name).id]

    def middle(self, name: str) -> tuple[float, float]:
        return self.node(name).x, self.node(name).y

    def link(self, source: str, target: str):
        ends = (self.node(source).id, self.node(target).id)
        for item in self.canvas.diagram.connections.values():
            if (item.connection.source, item.connection.target) == ends:
                return item
        raise KeyError((source, target))

    def links(self) -> set[tuple[str, str]]:
        names = {node.id: node.name for node in self.document.nodes}
        return {(names[c.source], names[c.target]) for c in self.document.connections}

    # -- mouse -----------------------------------------------------------------------------------

    def hover(self, place) -> None:
        QTest.mouseMove(self.viewport, self.pixel(place))

    def press(self, place, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.hover(place)
        QTest.mousePress(self.viewport, button, modifier, self.pixel(place))

    def release(self, place, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseRelease(self.viewport, button, modifier, self.pixel(place))

    def click(self, place, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.press(place, modifier=modifier)
        self.release(place, modifier=modifier)

    def double_click(self, place) -> None:
        self.click(place)
        QTest.mouseDClick(self.viewport, LEFT, Qt.KeyboardModifier.NoModifier, self.pixel(place))
        self.release(place)

    def drag(self, start, end, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.begin_drag(start, end, button, modifier)
        self.release(end, button, modifier)

    def begin_drag(self, start, end, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        first, last = self.pixel(start), self.pixel(end)
        self.press(start, button, modifier)
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(self.viewport, first + (last - first) * share)

    def output_port(self, name: str) -> QPointF:
        """The right handle; it is there once the pointer is over the node."""
        self.hover(self.middle(name))
        return self.item(name).output_port()

    def input_port(self, name: str) -> QPointF:
        self.hover(self.middle(name))
        return self.item(name).input_port()

    # -- keys ------------------------------------------------------------------------------------

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.canvas, key, modifier)

    @property
    def line(self) -> QLineEdit | None:
        """The line of the field that is open."""
        field = self.canvas.editing.field
        return None if field is None else field.line

    def type(self, text: str, then=Qt.Key.Key_Return) -> None:
        """Type over what stands in the open field."""
        line = self.line
        assert line is not None
        line.selectAll()
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(line, letter)
            else:
                # QTest knows only the keys of an American keyboard.
                none = Qt.KeyboardModifier.NoModifier
                event = QKeyEvent(QEvent.Type.KeyPress, 0, none, letter)
                QApplication.sendEvent(line, event)
        if then is not None:
            QTest.keyClick(line, then)


@pytest.fixture
def hand(qtbot, preferences):
    """Makes a canvas that shows a document, with somebody to use it."""

    def make(document=None, size=(900, 600), show=True) -> Hand:
        workspace = Workspace(empty() if document is None else document)
        canvas = Canvas(workspace, preferences)
        qtbot.addWidget(canvas)
        canvas.resize(*size)
        if show:
            canvas.show()
            qtbot.waitExposed(canvas)
            canvas.setFocus()
        return Hand(canvas)

    return make
