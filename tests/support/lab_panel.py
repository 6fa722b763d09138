"""What a person does in the lab panel, and reads there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLineEdit,
)

LEFT = Qt.MouseButton.LeftButton


def workspace(panel):
    return panel._workspace


def document(panel):
    return panel._workspace.document


def summary(panel, step):
    return panel.steps[step].heading.summary


def press(qtbot, panel, name):
    button = panel.findChild(QAbstractButton, f"lab_{name}")
    assert button.isEnabled(), name
    qtbot.mouseClick(button, LEFT)


def choose(qtbot, panel, name, value):
    box = panel.findChild(QComboBox, f"lab_{name}")
    at = box.findData(value)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def retype(qtbot, panel, name, text):
    line = panel.findChild(QLineEdit, f"lab_{name}_line")
    qtbot.mouseClick(line, LEFT)
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def switch(qtbot, panel, name):
    box = panel.findChild(QCheckBox, f"lab_feature_{name}")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)


def note(panel):
    return panel.note.text
