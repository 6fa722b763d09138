"""Driving panels with plots as a person does: mouse, keys, what is seen at a place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)

from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def preferences_in(folder: Path, locale: str = "en") -> Preferences:
    """Preferences of their own, in a file below ``folder``."""
    preferences = Preferences(QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat))
    preferences.set_locale(locale)
    return preferences


def open_panel(qtbot, panel_class, document: Document, preferences: Preferences, size=(460, 420)):
    """A panel of this class on a workspace of its own, shown; and that workspace.

    A test need not let the event loop turn after each of its acts: the panel draws at once.
    """
    workspace = Workspace(document)
    panel = panel_class(workspace, preferences)
    for signal in (
        workspace.position_changed,
        workspace.computed_changed,
        workspace.selection_changed,
        workspace.nodes_changed,
        preferences.language_changed,
        preferences.theme_changed,
    ):
        signal.connect(lambda: panel.isVisible() and panel.draw_if_stale())
    qtbot.addWidget(panel)
    panel.resize(*size)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, workspace


def pixel(panel, x: float, y: float) -> QPoint:
    """Where a place of the plot stands in its viewport, once it has been laid out."""
    QApplication.processEvents()
    return panel.plot.place_of(QPointF(x, y)).toPoint()


def click(qtbot, panel, x: float, y: float) -> None:
    """Click at a place of the plot."""
    move(qtbot, panel, x, y)
    qtbot.mouseClick(panel.plot.viewport(), LEFT, pos=pixel(panel, x, y))


def move(qtbot, panel, x: float, y: float) -> None:
    """Move the mouse to a place of the plot."""
    qtbot.mouseMove(panel.plot.viewport(), pixel(panel, x, y))
    QApplication.processEvents()


def drag(
    qtbot, panel, start: tuple[float, float], end: tuple[float, float], steps: int = 6
) -> None:
    """Drag from one place of the plot to another."""
    viewport = panel.plot.viewport()
    first, last = pixel(panel, *start), pixel(panel, *end)
    qtbot.mouseMove(viewport, first)
    qtbot.mousePress(viewport, LEFT, pos=first)
    for step in range(1, steps + 1):
        qtbot.mouseMove(viewport, first + (last - first) * (step / steps))
        # pyqtgraph looks at a drag at most so often.
        QTest.qWait(20)
    qtbot.mouseRelease(viewport, LEFT, pos=last)


def colour_at(panel, x: float, y: float) -> QColor:
    """The colour that is seen at a place of the plot."""
    place = pixel(panel, x, y)
    return panel.plot.grab().toImage().pixelColor(place)


def choose(qtbot, panel: QWidget, name: str, index: int) -> None:
    """Choose an entry of a combo box with the keyboard."""
    box = panel.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(index):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == index
    QApplication.processEvents()


def switch(qtbot, panel: QWidget, name: str) -> None:
    """Switch something on or off in the menu of the button "show", with the keyboard."""
    button = panel.findChild(QToolButton, "show")
    assert button is not None
    menu = button.menu()
    wanted = next(action for action in menu.actions() if action.objectName() == name)
    button.setFocus()

    def choose() -> None:
        menu.setActiveAction(wanted)
        qtbot.keyClick(menu, Qt.Key.Key_Return)

    # The button waits until its menu is closed again.
    QTimer.singleShot(0, choose)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    QApplication.processEvents()


def menu_of(qtbot, panel) -> QMenu:
    """The menu that the right button opens over the plot."""
    window = panel.window().windowHandle()
    plot = panel.plot
    place = plot.mapTo(panel.window(), plot.rect().center())
    # As a person does: Qt asks what the mouse was last moved over for the menu.
    QTest.mouseMove(window, place - QPoint(9, 9))
    QTest.mouseMove(window, place)
    QTest.mouseClick(window, RIGHT, Qt.KeyboardModifier.NoModifier, place)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose_in_menu(qtbot, menu: QMenu, name: str) -> None:
    """Click an entry of a menu by its object name."""
    entry = next(action for action in menu.actions() if action.objectName() == name)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())


def answer_file_dialog(path: Path, tries: int = 200) -> None:
    """Type a path into the next file dialog, and accept it."""

    def look(left: int = tries) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            assert left, "no file dialog came"
            QTimer.singleShot(10, lambda: look(left - 1))
            return
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(path))
        QTest.keyClick(field, Qt.Key.Key_Return)

    QTimer.singleShot(0, look)
