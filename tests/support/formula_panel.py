"""What stands in the formula panel, and what a person does there."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QToolButton

from nnsim.ui.panels.formula_view import FormulaView

LEFT = Qt.MouseButton.LeftButton


def view(panel):
    return panel.findChild(FormulaView)


def content(panel):
    QApplication.processEvents()
    return view(panel).content


def lines(panel, role):
    return [line for block in content(panel).blocks if block.role == role for line in block.lines]


def terms(panel):
    return [term.latex for term in content(panel).terms]


def click_term(qtbot, panel, number):
    QApplication.processEvents()
    rect = view(panel).sheet.chips[number].rect
    bar = view(panel).verticalScrollBar()
    bar.setValue(max(0, round(rect.bottom()) - view(panel).viewport().height()))
    where = QPoint(round(rect.center().x()), round(rect.center().y()) - bar.value())
    qtbot.mouseClick(view(panel).viewport(), LEFT, pos=where)


def press(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QToolButton, f"formula_{name}"), LEFT)
