"""The samples: edited in place, marked while stepping, imported and exported."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
)

from nnsim.data import Table
from nnsim.document import edits
from nnsim.engine.record import Quantity
from nnsim.session import Level
from tests.support.data_panel import (
    cell,
    choose,
    click,
    editor_of,
    message,
    open_editor,
    press,
    press_key,
    type_in,
    values,
)

LEFT = Qt.MouseButton.LeftButton
OR = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]]


class TestTyping:
    @pytest.mark.parametrize(("text", "number"), [("0.5", 0.5), ("0,5", 0.5), ("1/2", 0.5)])
    def test_numbers_are_typed_as_people_write_them(self, qtbot, panel, workspace, text, number):
        type_in(qtbot, panel, 1, 0, text)
        assert values(workspace)[1] == [number, 1, 1]

    def test_an_edit_is_undone_at_once(self, qtbot, panel, workspace):
        type_in(qtbot, panel, 1, 0, "7")
        assert workspace.undo_stack.undoText() == "Change row 2, x1"
        workspace.undo_stack.undo()
        assert values(workspace) == OR
        assert panel.view.model().index(1, 0).data() == "0"

    def test_typing_starts_the_editor(self, qtbot, panel, workspace):
        click(qtbot, panel, 2, 1)
        qtbot.keyClicks(panel.view, "3")
        press_key(editor_of(panel))
        assert values(workspace)[2] == [1, 3, 1]

    def test_what_is_no_number_keeps_the_editor_open_and_says_why(self, qtbot, panel, workspace):
        editor = type_in(qtbot, panel, 0, 0, "a lot")

        assert panel.view.is_editing
        assert "“a lot” is not a number" in message(panel)
        assert values(workspace) == OR

        editor.selectAll()
        qtbot.keyClicks(editor, "2")
        press_key(editor, Qt.Key.Key_Return)
        assert values(workspace)[0] == [2, 0, 0]
        assert message(panel) == ""

    def test_a_click_elsewhere_does_not_lose_what_is_no_number(self, qtbot, panel, workspace):
        editor = open_editor(qtbot, panel, 0, 0)
        qtbot.keyClicks(editor, "x")
        click(qtbot, panel, 2, 2)

        assert editor_of(panel).text() == "x"
        assert "“x” is not a number" in message(panel)

    def test_escape_gives_up(self, qtbot, panel, workspace):
        editor = type_in(qtbot, panel, 0, 0, "x")
        press_key(editor, Qt.Key.Key_Escape)
        assert not panel.view.is_editing
        assert values(workspace) == OR
        assert message(panel) == ""

    def test_leaving_a_number_as_it_is_is_no_edit(self, qtbot, panel, workspace):
        editor = open_editor(qtbot, panel, 1, 1)
        press_key(editor, Qt.Key.Key_Return)
        assert not workspace.undo_stack.canUndo()

    def test_tab_goes_on_to_the_next_cell(self, qtbot, panel, workspace):
        type_in(qtbot, panel, 0, 0, "5", Qt.Key.Key_Tab)
        editor = editor_of(panel)
        qtbot.keyClicks(editor, "6")
        press_key(editor, Qt.Key.Key_Return)
        assert values(workspace)[0] == [5, 6, 0]

    def test_the_empty_row_becomes_a_sample(self, qtbot, panel, workspace):
        type_in(qtbot, panel, 4, 1, "0.25")
        assert values(workspace)[4] == [0, 0.25, 0]
        assert panel.view.model().rowCount() == 6
        assert panel.view.currentIndex().row() == 4

    def test_nothing_typed_into_the_empty_row_adds_nothing(self, qtbot, panel, workspace):
        editor = open_editor(qtbot, panel, 4, 0)
        press_key(editor, Qt.Key.Key_Return)
        assert values(workspace) == OR

    def test_numbers_are_shown_and_edited_in_the_language(self, qtbot, panel, preferences):
        type_in(qtbot, panel, 0, 0, "0.5")
        preferences.set_locale("es")
        assert panel.view.model().index(0, 0).data() == "0,5"
        assert open_editor(qtbot, panel, 0, 0).text() == "0,5"


class TestRows:
    def test_rows_are_added_below_the_current_one(self, qtbot, panel, workspace):
        click(qtbot, panel, 1, 0)
        press(qtbot, panel, "row_add")
        assert values(workspace) == [*OR[:2], [0, 0, 0], *OR[2:]]
        assert panel.view.currentIndex().row() == 2

    def test_keys_add_and_remove_rows(self, qtbot, panel, workspace):
        click(qtbot, panel, 0, 0)
        qtbot.keyClick(panel.view, Qt.Key.Key_Insert)
        assert len(values(workspace)) == 5
        qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
        assert values(workspace) == OR

    def test_selected_rows_go_together_and_come_back_together(self, qtbot, panel, workspace):
        click(qtbot, panel, 1, 0)
        shift = Qt.KeyboardModifier.ShiftModifier
        qtbot.mouseClick(panel.view.viewport(), LEFT, shift, cell(panel, 3, 1))
        press(qtbot, panel, "row_remove")
        assert values(workspace) == OR[:1]
        workspace.undo_stack.undo()
        assert values(workspace) == OR

    def test_without_a_row_it_says_what_to_do(self, qtbot, panel, workspace):
        press(qtbot, panel, "row_remove")
        assert message(panel).startswith("No row is selected")

    def test_without_any_samples_it_says_what_to_do(self, qtbot, panel, workspace):
        click(qtbot, panel, 0, 0)
        qtbot.keyClick(panel.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
        assert len(workspace.document.data) == 0
        problem = panel.findChild(QLabel, "data_problem")
        assert problem.isVisible()
        assert problem.text().startswith("There are no samples.")


class TestColumns:
    def test_a_heading_is_renamed_by_a_double_click(self, qtbot, panel, workspace):
        editor = self.heading(qtbot, panel, 1)
        qtbot.keyClicks(editor, "height")
        press_key(editor, Qt.Key.Key_Return)
        assert workspace.document.data.names == ("x1", "height", "y")
        assert workspace.undo_stack.undoText() == "Rename the column to height"

    def heading(self, qtbot, panel, column):
        header = panel.view.horizontalHeader()
        place = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        where = header.viewport().rect().center()
        where.setX(place)
        qtbot.mouseClick(header.viewport(), LEFT, pos=where)
        qtbot.mouseDClick(header.viewport(), LEFT, pos=where)
        return header.viewport().findChild(QLineEdit, "data_heading_editor")

    def test_a_name_that_is_taken_can_be_put_right(self, qtbot, panel, workspace):
        editor = self.heading(qtbot, panel, 0)
        qtbot.keyClicks(editor, "y")
        press_key(editor, Qt.Key.Key_Return)
        assert message(panel) == "There is already a column y. Type another name."
        assert editor.isVisible()
        press_key(editor, Qt.Key.Key_Escape)
        assert workspace.document.data.names == ("x1", "x2", "y")

    def test_columns_are_added_removed_and_made_to_fit(self, qtbot, panel, workspace):
        choose(qtbot, panel, "columns", "input_add")
        assert workspace.document.data.input_names == ("x1", "x2", "x3")
        problem = panel.findChild(QLabel, "data_problem")
        assert "3 input columns" in problem.text()

        qtbot.mouseClick(panel.findChild(QPushButton, "data_fit"), LEFT)
        assert workspace.document.data.input_names == ("x1", "x2")
        assert not problem.isVisible()

    def test_the_column_of_the_current_cell_goes(self, qtbot, panel, workspace):
        click(qtbot, panel, 0, 0)
        choose(qtbot, panel, "columns", "column_remove")
        assert workspace.document.data.names == ("x2", "y")

    def test_the_only_target_column_stays(self, qtbot, panel, workspace):
        click(qtbot, panel, 0, 2)
        choose(qtbot, panel, "columns", "column_remove")
        assert message(panel).startswith("This is the only target column")

    @pytest.mark.parametrize(("gate", "targets"), [("and", [0, 0, 0, 1]), ("xor", [0, 1, 1, 0])])
    def test_a_gate_gives_its_truth_table(self, qtbot, panel, workspace, gate, targets):
        choose(qtbot, panel, "gate", f"gate_{gate}")
        assert workspace.document.data.targets[:, 0].tolist() == targets
        assert workspace.undo_stack.undoText() == f"Truth table {gate.upper()}"


class TestMarking:
    def current(self, panel):
        return panel.view.model().current

    def test_the_sample_of_the_iteration_is_marked(self, panel, workspace):
        seen = []
        for _ in range(7):
            workspace.step(Level.ITERATION)
            seen.append(self.current(panel))
        # The course rule repeats each pattern until it is right.
        assert seen == [0, 0, 1, 1, 2, 2, 3]

    def test_in_a_batch_its_rows_are_marked_and_the_one_looked_at(self, panel, workspace):
        from dataclasses import replace

        training = replace(workspace.document.training, rule="sgd", batch_size=2)
        workspace.edit(lambda d: edits.set_training(d, training), "batch")
        workspace.step(Level.SAMPLE)
        model = panel.view.model()
        assert (model.batch, model.current) == ({0, 1}, 0)
        workspace.step(Level.SAMPLE)
        assert (model.batch, model.current) == ({0, 1}, 1)

    def test_the_current_row_stays_in_sight(self, qtbot, panel, workspace):
        table = Table(("x1", "x2"), ("y",), np.zeros((200, 2)), np.zeros((200, 1)))
        workspace.edit(lambda d: edits.set_data(d, table), "data")
        workspace.go_to(150)
        row = self.current(panel)
        rect = panel.view.visualRect(panel.view.model().index(row, 0))
        assert panel.view.viewport().rect().contains(rect)

    def test_a_click_on_a_number_of_the_current_sample_selects_it_everywhere(
        self, qtbot, panel, workspace
    ):
        workspace.go_to(3)
        click(qtbot, panel, 1, 1)
        assert workspace.selection == Quantity("a", "n2", 0)
        click(qtbot, panel, 1, 2)
        assert workspace.selection == Quantity("t")
        click(qtbot, panel, 0, 0)
        assert workspace.selection == Quantity("t")

    def test_a_selected_input_is_marked_in_its_cell(self, panel, workspace):
        workspace.go_to(3)
        workspace.select(Quantity("a", "n1", 0))
        assert panel.view.model().selected == (1, 0)
        image = panel.view.viewport().grab(panel.view.visualRect(panel.view.model().index(1, 0)))
        assert image.toImage().pixelColor(6, 6).name() == panel._preferences.theme.accent

    def test_a_hidden_panel_catches_up_when_it_is_shown(self, panel, workspace):
        panel.hide()
        workspace.step(Level.ITERATION)
        workspace.edit(lambda d: edits.set_data(d, d.data.with_cell(0, 0, 9.0)), "edit")
        workspace.step(Level.ITERATION)
        panel.show()
        assert panel.view.model().index(0, 0).data() == "9"
        assert self.current(panel) == 0


class TestLook:
    def test_words_follow_the_language(self, panel, preferences):
        header = panel.view.model()
        from nnsim.ui.panels.step_table import GROUP_ROLE

        horizontal = Qt.Orientation.Horizontal
        assert header.headerData(0, horizontal, GROUP_ROLE) == "Inputs"
        preferences.set_locale("es")
        assert header.headerData(2, horizontal, GROUP_ROLE) == "Salidas deseadas"
        assert panel.findChild(QToolButton, "data_gate_menu").toolTip().startswith("Tabla")

    def test_colours_follow_the_theme(self, panel, preferences):
        preferences.set_theme("dark")
        image = panel.view.viewport().grab().toImage()
        last = panel.view.visualRect(panel.view.model().index(1, 0))
        assert image.pixelColor(last.topLeft()).lightness() < 80
