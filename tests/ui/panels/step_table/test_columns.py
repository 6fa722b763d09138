"""Columns are chosen, and the choice is remembered."""

from PySide6.QtWidgets import (
    QToolButton,
)

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session.cells import Group
from nnsim.ui.panels.step_table import GROUP_ROLE
from nnsim.ui.panels.step_table.chooser import choice_key
from tests.support.step_table import (
    LEFT,
    OR_ROWS,
    headings,
    texts,
    tick,
    view,
)


class TestColumns:
    def test_before_change_and_after_are_chosen(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        tick(qtbot, panel, "Before: w, b", "Change: Δw, Δb")
        assert texts(panel, 2) == [
            "(0, 1)",
            "(0.5, 0.5)",
            "-1",
            "-0.5",
            "0",
            "1",
            "(0, 0.5)",
            "0",
            "(0.5, 1)",
            "-",
        ]

    def test_a_choice_is_remembered_for_documents_of_the_same_shape(self, qtbot, make):
        panel, _ = make(gate_neuron("or"))
        tick(qtbot, panel, "Errors e")
        other, _ = make(gate_neuron("and"))
        assert Group.ERRORS in {column.group for column in view(other).model().columns}
        network, _ = make(perceptron((2, 2, 1)))
        assert headings(network)[0] == "Epoch"

    def test_neurons_are_chosen_in_a_network(self, qtbot, make):
        panel, _ = make(perceptron((2, 2, 1)))
        tick(qtbot, panel, "C1")
        owners = {q.owner for c in view(panel).model().columns for q in c.quantities}
        assert "n2" not in owners
        assert "n4" in owners or "n3" in owners

    def test_one_neuron_in_one_number_a_column_and_back(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        style = panel.findChild(QToolButton, "step_table_style")
        qtbot.mouseClick(style, LEFT)
        assert headings(panel, GROUP_ROLE)[2] == "Inputs"
        qtbot.mouseClick(style, LEFT)
        assert texts(panel, 0) == OR_ROWS[0]

    def test_broken_settings_are_no_obstacle(self, make, preferences):
        make(gate_neuron("or"))
        preferences.settings.setValue(
            choice_key(gate_neuron("or")), '{"course": ["what"], "hidden": [9]}'
        )
        panel, _ = make(gate_neuron("or"))
        assert len(headings(panel)) == 6
