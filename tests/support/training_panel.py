"""What a person does in the training panel, and reads there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
)

LEFT = Qt.MouseButton.LeftButton


def workspace_of(panel):
    return panel._workspace


def line(panel, name):
    return panel.findChild(QLineEdit, f"training_{name}_line")


def retype(qtbot, field, text, enter=True):
    qtbot.mouseClick(field, LEFT)
    field.selectAll()
    qtbot.keyClicks(field, text)
    if enter:
        qtbot.keyClick(field, Qt.Key.Key_Return)


def mistake(field):
    return field.parent().findChild(QLabel, "field_mistake")


def choose(qtbot, panel, name, value):
    """Choose a value of a combo box with the arrow keys."""
    combo = panel.findChild(QComboBox, f"training_{name}")
    combo.setFocus()
    for _ in range(abs(combo.findData(value) - combo.currentIndex())):
        down = combo.findData(value) > combo.currentIndex()
        qtbot.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
    assert combo.currentData() == value


def shown(panel):
    """Names of the settings that are visible."""
    widgets = panel.findChildren(QComboBox) + panel.findChildren(QCheckBox)
    names = {w.objectName() for w in widgets if w.isVisibleTo(panel)}
    names |= {
        w.objectName().removesuffix("_line")
        for w in panel.findChildren(QLineEdit)
        if w.isVisibleTo(panel)
    }
    return {name.removeprefix("training_") for name in names if name.startswith("training_")}
