"""A number that is selected anywhere is marked, and a click selects one."""

import pytest
from PySide6.QtCore import QPoint, Qt

from nnsim.document.templates import gate_neuron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from tests.support.step_table import (
    LEFT,
    OR_ROWS,
    cell,
    click,
    color_at,
    texts,
    view,
)


class TestSelecting:
    def test_a_click_goes_there_and_selects_the_number(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        click(qtbot, panel, 2, 1)
        assert workspace.session.position.iteration == 3
        assert workspace.selection == Quantity("z", "n3")

    @pytest.mark.parametrize(("share", "owner"), [(0.3, "c4"), (0.65, "c5")])
    def test_each_part_of_a_tuple_is_a_number_of_its_own(self, qtbot, make, share, owner):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        click(qtbot, panel, 2, 4, share=share)
        assert workspace.selection == Quantity("w+", owner)

    def test_a_number_still_to_come_comes_about_when_it_is_clicked(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        click(qtbot, panel, 0, 5)
        assert workspace.selection == Quantity("b+", "n3")
        assert texts(panel, 0) == OR_ROWS[0]

    def test_a_click_beside_the_row_goes_to_its_iteration(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        header = view(panel).verticalHeader()
        where = QPoint(header.width() // 2, header.sectionViewportPosition(3) + 5)
        qtbot.mouseClick(header.viewport(), LEFT, pos=where)
        assert workspace.session.position.iteration == 4

    def test_with_the_keyboard(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        click(qtbot, panel, 0, 0)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
            qtbot.keyClick(view(panel), key)
        assert workspace.session.position.iteration == 2
        assert workspace.selection == Quantity("z", "n3")

    def test_what_is_selected_elsewhere_is_marked_here(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("z", "n3"))
        image = view(panel).viewport().grab(cell(panel, 2, 1)).toImage()
        accent = preferences.theme.accent
        shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert accent in shades
        workspace.select(Quantity("a", "n3"))
        image = view(panel).viewport().grab(cell(panel, 2, 1)).toImage()
        shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert accent not in shades

    def test_a_prediction_is_the_output_of_its_neuron(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("y"))
        assert view(panel).model().selected_cell() == (0, [(2, 0)])

    def test_the_current_row_is_tinted_and_the_others_are_not(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        assert color_at(panel, 2, 1) == preferences.theme.accent_soft
        assert color_at(panel, 1, 1) == preferences.theme.surface
        workspace.step_back(Level.ITERATION)
        assert color_at(panel, 1, 1) == preferences.theme.accent_soft
        assert color_at(panel, 2, 1) == preferences.theme.surface
