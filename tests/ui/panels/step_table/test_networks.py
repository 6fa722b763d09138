"""Networks and batches: one number a column, a row for each sample."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QToolButton,
)

from nnsim.document import edits
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from nnsim.ui.panels.step_table import GROUP_ROLE
from nnsim.ui.panels.step_table.header import LATEX_ROLE
from tests.support.step_table import (
    LEFT,
    headings,
    texts,
    view,
)


class TestNetworks:
    def test_one_number_a_column_under_what_they_are(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        groups = headings(panel, GROUP_ROLE)
        assert groups[2:4] == ["Inputs", "Inputs"]
        assert groups[-1] == "After: new w, new b"
        record = workspace.session.record(1)
        shown = dict(zip(headings(panel, LATEX_ROLE), texts(panel, 0), strict=True))
        assert shown["y"] == f"{record.arrays['y'][0, 0]:.6g}"

    def test_a_batch_has_a_row_for_each_sample(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="sgd", batch_size=3)
        panel, workspace = make(edits.set_training(document, training))
        workspace.go_to(2)
        model = view(panel).model()
        numbers = [model.headerData(k, Qt.Orientation.Vertical) for k in range(4)]
        assert numbers == ["1", "·", "·", "2"]
        samples = headings(panel).index("Sample")
        assert [texts(panel, row)[samples] for row in range(4)] == ["1", "2", "3", "4"]
        # New weights stand once, in the last row of their iteration.
        assert [bool(texts(panel, row)[-1]) for row in range(4)] == [False, False, True, True]

    def test_the_current_sample_of_a_batch_has_the_bar(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="gradient_descent")
        panel, workspace = make(edits.set_training(document, training))
        workspace.step(Level.SAMPLE)
        workspace.step(Level.SAMPLE)
        assert view(panel).model().current_row == 1

    def test_unchanged_parameters_are_dashes_here_too(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        qtbot.mouseClick(panel.findChild(QToolButton, "step_table_style"), LEFT)
        assert texts(panel, 2)[-3:] == ["-", "1", "-"]
