"""Reading a step table and working it with the mouse."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QToolButton,
    QTreeWidget,
)

from nnsim.ui.panels.step_table.view import StepTableView

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
HORIZONTAL = Qt.Orientation.Horizontal
# Section 3 of the course.
OR_ROWS = [
    ["(0, 0)", "1", "1", "0", "-", "-1"],
    ["(0, 0)", "-1", "0", "0", "-", "-"],
    ["(0, 1)", "-0.5", "0", "1", "(0.5, 1)", "-"],
    ["(0, 1)", "0", "1", "1", "-", "-"],
    ["(1, 0)", "-0.5", "0", "1", "(1, 1)", "-"],
    ["(1, 0)", "0", "1", "1", "-", "-"],
    ["(1, 1)", "1", "1", "1", "-", "-"],
]


def view(panel):
    return panel.findChild(StepTableView)


def texts(panel, row):
    """The cells of a row, once its record has come."""
    model = view(panel).model()
    for _ in range(500):
        if model.row(row).record is not None:
            break
        view(panel).viewport().update()
        QTest.qWait(10)
    return [model.index(row, column).data() for column in range(model.columnCount())]


def headings(panel, role=Qt.ItemDataRole.DisplayRole):
    model = view(panel).model()
    return [model.headerData(k, HORIZONTAL, role) for k in range(model.columnCount())]


def cell(panel, row, column):
    return view(panel).visualRect(view(panel).model().index(row, column))


def click(qtbot, panel, row, column, modifier=Qt.KeyboardModifier.NoModifier, share=0.5):
    rect = cell(panel, row, column)
    where = QPoint(round(rect.left() + rect.width() * share), rect.center().y())
    qtbot.mouseClick(view(panel).viewport(), LEFT, modifier, where)


def sentence(panel):
    label = panel.findChild(QLabel, "step_table_sentence")
    return label.text() if label.isVisible() else ""


def color_at(panel, row, column, dx=4, dy=4):
    """The colour a little inside the upper left corner of a cell."""
    image = view(panel).viewport().grab().toImage()
    corner = cell(panel, row, column).topLeft()
    return image.pixelColor(corner.x() + dx, corner.y() + dy).name()


def is_in_sight(panel, row):
    return view(panel).viewport().rect().contains(cell(panel, row, 0))


def tick(qtbot, panel, *names):
    """Tick boxes of the column menu with the mouse."""
    button = panel.findChild(QToolButton, "step_table_columns_button")

    def act():
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            QTimer.singleShot(10, act)
            return
        tree = menu.findChild(QTreeWidget)
        for name in names:
            item = next(
                parent.child(k)
                for parent in map(tree.topLevelItem, range(tree.topLevelItemCount()))
                for k in range(parent.childCount())
                if parent.child(k).text(0) == name
            )
            tree.scrollToItem(item)
            rect = tree.visualItemRect(item)
            where = QPoint(rect.left() + 8, rect.center().y())
            qtbot.mouseClick(tree.viewport(), LEFT, pos=where)
        qtbot.keyClick(menu, Qt.Key.Key_Escape)

    QTimer.singleShot(0, act)
    qtbot.mouseClick(button, LEFT)
