"""Adam in the window: chosen with the keys, stepped through, its numbers in every view."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from nnsim.document.edits import set_parameter
from nnsim.document.templates import perceptron
from nnsim.engine.record import Quantity
from nnsim.ui.panels.formula import FormulaPanel
from nnsim.ui.panels.step_table.model import StepTableModel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(open_window):
    return open_window(set_parameter(perceptron((1, 1), "identity"), "w:c3", (0, 0), 0.5))


def type_into(qtbot, window, name, text):
    field = window.findChild(QLineEdit, f"training_{name}_line")
    qtbot.mouseClick(field, LEFT)
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def choose_adam(qtbot, window):
    window.docks.dock("training").raise_()
    combo = window.findChild(QComboBox, "training_optimiser")
    qtbot.waitUntil(combo.isVisible)
    combo.setFocus()
    # Typing the beginning of a name chooses it.
    qtbot.keyClicks(combo, "Adam")
    assert combo.currentData() == "adam"


def test_adam_is_chosen_stepped_and_seen_everywhere(qtbot, window):
    choose_adam(qtbot, window)
    type_into(qtbot, window, "learning_rate", "0.25")
    qtbot.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    workspace = window.workspace
    assert workspace.session.completed == 1
    record = workspace.session.record(1)
    assert record.arrays["step"] == 1
    assert abs(record.value(Quantity("dw", "c3"))) == pytest.approx(0.25, rel=1e-4)
    workspace.select(Quantity("m^.w", "c3"))
    # On the canvas it is the weight that lights up, in the table a column of its own.
    assert window.canvas.diagram.connections["c3"].marked == (0, 0)
    table = window.findChild(StepTableModel)
    qtbot.waitUntil(lambda: table.columns[-1].key.startswith("m^.w"))
    panel = window.findChild(FormulaPanel)
    qtbot.waitUntil(lambda: "Corrected average" in panel._view.content.title)
    about = window.findChild(QLabel, "training_about_optimiser")
    assert "β₂" in about.text()
