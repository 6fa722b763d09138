"""The course's rows on screen, number by number."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QPushButton,
)

from nnsim.document import edits
from nnsim.document.templates import gate_neuron
from nnsim.session import Level
from nnsim.ui.panels.step_table.header import LATEX_ROLE
from tests.support.step_table import (
    LEFT,
    OR_ROWS,
    headings,
    is_in_sight,
    sentence,
    texts,
    view,
)


class TestTheCourse:
    def test_the_seven_rows(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        assert [texts(panel, row) for row in range(7)] == OR_ROWS

    def test_its_headings_are_typeset_as_in_the_course(self, make):
        panel, _ = make(gate_neuron("or"))
        assert headings(panel, LATEX_ROLE) == [
            "(x_{1}, x_{2})",
            r"\Sigma",
            r"S_{\mathrm{neu}}",
            r"S_{\mathrm{real}}",
            None,
            None,
        ]
        assert headings(panel)[-2:] == ["new w", "new b"]
        assert [view(panel).model().headerData(k, Qt.Orientation.Vertical) for k in (0,)] == ["1"]

    def test_numbers_come_about_one_by_one(self, make):
        panel, workspace = make(gate_neuron("or"))
        assert texts(panel, 0) == ["(0, 0)", "", "", "0", "", ""]
        assert sentence(panel).startswith("Take a step (F8)")
        for _ in range(3):
            workspace.step(Level.PRODUCT)
        # The products have no column of their own: the last of them stands in an extra one.
        assert texts(panel, 0) == ["(0, 0)", "1", "", "0", "", "", "0"]
        assert sentence(panel) == ""
        workspace.step(Level.ITERATION)
        assert texts(panel, 0)[:6] == OR_ROWS[0]

    def test_a_tuple_is_shown_when_all_of_it_has_come_about(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.step_back(Level.PRODUCT)
        workspace.step_back(Level.PRODUCT)
        assert texts(panel, 2)[4:] == ["", ""]
        workspace.step(Level.PRODUCT)
        assert texts(panel, 2)[4:] == ["(0.5, 1)", ""]

    def test_going_back_leaves_the_later_rows_but_tells_nothing_new(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.step(Level.LAYER)
        assert texts(panel, 3) == ["(0, 1)", "0", "1", "1", "", ""]
        workspace.go_to(1)
        assert texts(panel, 2) == OR_ROWS[2]
        assert texts(panel, 3) == ["(0, 1)", "0", "1", "1", "", ""]

    def test_in_spanish_with_decimal_commas(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        preferences.set_locale("es")
        assert texts(panel, 2) == ["(0; 1)", "-0,5", "0", "1", "(0,5; 1)", "-"]
        assert headings(panel)[-2:] == ["nuevos w", "nuevo b"]

    def test_convergence_is_told_below_the_table(self, make):
        panel, workspace = make(gate_neuron("or"))
        # The rows of the course end at 7; a whole pass without a mistake or change ends at 9.
        workspace.go_to(8)
        assert sentence(panel) == ""
        workspace.go_to(9)
        assert sentence(panel).startswith("Converged at iteration 9")

    def test_on_xor_it_says_which_rows_repeat_and_leads_to_them(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        workspace.go_to(16)
        assert "the state after row 16 equals the state after row 6" in sentence(panel)
        first, second = (panel.findChild(QPushButton, f"step_table_row_{k}") for k in (0, 1))
        assert (first.text(), second.text()) == ("Row 6", "Row 16")
        qtbot.mouseClick(first, LEFT)
        assert workspace.session.position.iteration == 6
        assert is_in_sight(panel, 5)
        assert view(panel).cells.marked_rows == {5, 15}

    def test_an_edited_start_empties_the_table(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 5.0), "bias")
        assert view(panel).model().rowCount() == 1
        workspace.step(Level.ITERATION)
        # The bias that was set is selected, and has a column of its own behind those of the course.
        assert texts(panel, 0) == ["(0, 0)", "5", "1", "0", "-", "3", "5"]
        workspace.undo_stack.undo()
        workspace.go_to(7)
        assert [texts(panel, row)[:6] for row in range(7)] == OR_ROWS

    def test_a_change_in_the_middle_keeps_the_rows_before_it(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        workspace.go_to(3)
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 9.0, 3), "bias")
        workspace.step(Level.ITERATION)
        assert texts(panel, 2)[:6] == OR_ROWS[2]
        assert texts(panel, 3)[1] == "10"

    def test_a_moved_neuron_changes_nothing(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        workspace.edit(lambda d: edits.move(d, {"n3": (5.0, 5.0)}), "move")
        assert [texts(panel, row) for row in range(7)] == OR_ROWS
