"""What a person does in the data panel, and reads there."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
)

LEFT = Qt.MouseButton.LeftButton


def values(workspace):
    return workspace.document.data.values.tolist()


def cell(panel, row, column):
    """The middle of a cell, in the coordinates of the viewport."""
    return panel.view.visualRect(panel.view.model().index(row, column)).center()


def click(qtbot, panel, row, column):
    qtbot.mouseClick(panel.view.viewport(), LEFT, pos=cell(panel, row, column))


def open_editor(qtbot, panel, row, column):
    click(qtbot, panel, row, column)
    qtbot.mouseDClick(panel.view.viewport(), LEFT, pos=cell(panel, row, column))
    return editor_of(panel)


def editor_of(panel):
    """The field that a cell is typed into."""
    fields = panel.view.findChildren(QLineEdit, "data_cell_editor")
    return next(field for field in fields if field.isVisible())


def type_in(qtbot, panel, row, column, text, key=Qt.Key.Key_Return):
    editor = open_editor(qtbot, panel, row, column)
    qtbot.keyClicks(editor, text)
    press_key(editor, key)
    return editor


def press_key(editor, key=Qt.Key.Key_Return):
    """Press a key in a cell's editor; what it does comes with the next turn of the event loop."""
    QTest.keyClick(editor, key)
    QApplication.processEvents()


def message(panel):
    label = panel.findChild(QLabel, "data_message")
    return label.text() if label.isVisible() else ""


def choose(qtbot, panel, button, action):
    """Choose an entry of one of the panel's menus with the mouse."""
    tool = panel.findChild(QToolButton, f"data_{button}_menu")

    def pick():
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            QTimer.singleShot(10, pick)
            return
        entry = next(a for a in menu.actions() if a.objectName() == f"data_{action}")
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())

    QTimer.singleShot(0, pick)
    qtbot.mouseClick(tool, LEFT)


def press(qtbot, panel, action):
    """Press a button of the tool bar."""
    bar = panel._bar
    entry = next(a for a in bar.actions() if a.objectName() == f"data_{action}")
    qtbot.mouseClick(bar.widgetForAction(entry), LEFT)
