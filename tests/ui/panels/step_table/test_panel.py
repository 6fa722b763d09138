"""The panel around the table: buttons, copying, themes, projects."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QWidget,
)

from nnsim.document.templates import empty, gate_neuron, perceptron
from tests.support.step_table import (
    CONTROL,
    OR_ROWS,
    click,
    color_at,
    headings,
    sentence,
    texts,
    view,
)


@pytest.mark.parametrize("width", [220, 760])
def test_a_narrow_panel_keeps_all_its_buttons(make, width):
    panel, _ = make(gate_neuron("or"), (width, 200))
    assert panel.width() == width
    for name in ("step_table_style", "step_table_columns_button", "step_table_goto"):
        widget = panel.findChild(QWidget, name)
        right = widget.mapTo(panel, widget.rect().topRight()).x()
        assert widget.isVisible()
        assert right < width
        assert widget.accessibleName()


class TestCopying:
    def test_selected_rows_go_to_a_spreadsheet(self, qtbot, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        preferences.set_locale("es")
        workspace.go_to(7)
        click(qtbot, panel, 2, 0)
        click(qtbot, panel, 4, 1, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        qtbot.waitUntil(lambda: sentence(panel) == "3 filas copiadas.")
        data = QGuiApplication.clipboard().mimeData()
        assert data.text().splitlines() == [
            "It\t(x1, x2)\tΣ\tS_neu\tS_real\tnuevos w\tnuevo b",
            "3\t(0; 1)\t-0,5\t0\t1\t(0,5; 1)\t-",
            "4\t(0; 1)\t0\t1\t1\t-\t-",
            "5\t(1; 0)\t-0,5\t0\t1\t(1; 1)\t-",
        ]
        assert "<td>(0,5; 1)</td>" in data.html()

    def test_many_rows_are_copied_while_the_window_lives(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        while workspace.session.computed < 1500:
            workspace.session.compute()
        workspace.go_to(1500)
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_A, CONTROL)
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        assert sentence(panel).startswith("Copying…")
        qtbot.waitUntil(lambda: sentence(panel) == "1500 rows copied.", timeout=20_000)
        lines = QGuiApplication.clipboard().text().splitlines()
        assert len(lines) == 1501
        assert lines[-1].startswith("1500\t")

    def test_what_has_not_come_about_is_not_copied_either(self, qtbot, make):
        panel, _ = make(gate_neuron("or"))
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        qtbot.waitUntil(lambda: sentence(panel) == "1 row copied.")
        assert QGuiApplication.clipboard().text().splitlines()[1] == "1\t(0, 0)\t\t\t0\t\t"


class TestWithoutATable:
    def test_a_diagram_that_cannot_run_says_why(self, make):
        panel, _ = make(empty())
        message = panel.findChild(QLabel, "step_table_message")
        assert message.isVisible()
        assert "There is no input." in message.text()

    def test_it_comes_when_the_diagram_can_run(self, make):
        panel, workspace = make(empty())
        whole = gate_neuron("or")
        workspace.edit(
            lambda d: replace(
                d, nodes=whole.nodes, connections=whole.connections, next_id=whole.next_id
            ),
            "draw",
        )
        workspace.go_to(1)
        assert not panel.findChild(QLabel, "step_table_message").isVisible()
        assert texts(panel, 0) == OR_ROWS[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_follow_the_theme(make, preferences, theme):
    panel, workspace = make(gate_neuron("or"))
    workspace.go_to(2)
    preferences.set_theme("dark" if theme == "light" else "light")
    preferences.set_theme(theme)
    assert color_at(panel, 1, 1) == preferences.theme.accent_soft
    assert color_at(panel, 0, 1) == preferences.theme.surface


def test_another_project_takes_the_place_of_the_former(make):
    panel, workspace = make(gate_neuron("or"))
    workspace.go_to(7)
    workspace.open(gate_neuron("and"))
    workspace.go_to(2)
    assert view(panel).model().rowCount() == 2
    workspace.open(perceptron((2, 2, 1)))
    workspace.go_to(1)
    assert headings(panel)[0] == "Epoch"


def test_the_same_project_opened_again_starts_anew(make):
    document = gate_neuron("or")
    panel, workspace = make(document)
    workspace.go_to(9)
    workspace.open(document)
    assert texts(panel, 0) == ["(0, 0)", "", "", "0", "", ""]
    assert sentence(panel).startswith("Take a step (F8)")


def test_another_project_has_no_iteration_typed_yet(qtbot, make):
    panel, workspace = make(gate_neuron("or"))
    field = panel.findChild(QLineEdit, "step_table_goto")
    qtbot.keyClicks(field, "5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "5"
    assert workspace.session.position.iteration == 5
    workspace.open(gate_neuron("and"))
    assert field.text() == ""
