"""Panels with a recurrent layer: what can be set, and what is said where it does not apply."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QTableView

from nnsim.document.examples import load_example
from nnsim.document.lab import add_neuron, with_set
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.session.table import columns_for
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.inspector import InspectorPanel
from nnsim.ui.panels.lab import LabPanel
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.predictions import PredictionsPanel
from nnsim.ui.panels.step_table.columns import ShownColumns
from nnsim.ui.shell.next_step import next_step
from tests.support.sequences import recurrent

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def make(qtbot, preferences):
    def make(panel_class, document, node=None):
        panel = panel_class(Workspace(document), preferences)
        qtbot.addWidget(panel)
        panel.resize(360, 760)
        with qtbot.waitExposed(panel):
            panel.show()
        if node is not None:
            workspace_of(panel).select_nodes([node])
        return panel

    return make


def workspace_of(panel):
    return getattr(panel, "workspace", None) or panel._workspace


def retype(qtbot, panel, name, typed):
    field = panel.findChild(QLineEdit, f"inspector_{name}_line")
    qtbot.mouseClick(field, LEFT)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)


class TestInspector:
    def test_steps_of_an_input_are_typed_and_its_columns_divided_anew(self, qtbot, make):
        panel = make(InspectorPanel, recurrent(steps=4), "n1")
        retype(qtbot, panel, "steps", "2")
        node = workspace_of(panel).document.node("n1")
        assert (node.steps, node.units) == (2, 4)
        workspace_of(panel).undo_stack.undo()
        node = workspace_of(panel).document.node("n1")
        assert (node.steps, node.units) == (4, 2)

    def test_u_stands_in_the_table_and_is_edited_there(self, make):
        panel = make(InspectorPanel, recurrent(), "n2")
        model = panel.findChild(QTableView, "inspector_table").model()
        names = [model.index(row, 0).data() for row in range(model.rowCount())]
        assert names.index("u R1[1] ← R1[1]") == 6
        assert len(names) == 6 + 9 + 3
        model.setData(model.index(7, 1), "0.125")
        assert workspace_of(panel).document.node("n2").recurrent[0, 1] == 0.125

    def test_u_is_drawn_as_chosen_and_undone(self, make):
        panel = make(InspectorPanel, recurrent(), "n2")
        box = panel.findChild(QComboBox, "inspector_own")
        assert box.isVisible()
        box.activated.emit(box.findData("identity"))
        workspace = workspace_of(panel)
        assert np.array_equal(workspace.document.node("n2").recurrent, np.eye(3))
        workspace.undo_stack.undo()
        assert not np.array_equal(workspace.document.node("n2").recurrent, np.eye(3))

    def test_only_activations_of_each_unit_are_offered(self, make):
        panel = make(InspectorPanel, recurrent(), "n2")
        box = panel.findChild(QComboBox, "inspector_activation")
        offered = {box.itemData(k) for k in range(box.count())}
        assert {"tanh", "relu"} <= offered
        assert not {"softmax", "maxout"} & offered
        workspace_of(panel).select_nodes(["n3"])
        assert box.findData("softmax") >= 0
        assert box.currentData() == "identity"
        assert not panel.findChild(QComboBox, "inspector_own").isVisible()


class TestLab:
    def test_the_layer_is_listed_as_what_it_is(self, make):
        panel = make(LabPanel, recurrent())
        words = [label.text() for label in panel.findChildren(QLabel)]
        assert "Hidden layer 1, recurrent" in words
        assert panel.findChild(QLabel, "lab_units_1").text() == "3"

    def test_features_do_not_apply_to_sequences_and_it_is_said(self, make):
        panel = make(LabPanel, recurrent())
        boxes = [b for b in panel.findChildren(QCheckBox) if "feature" in b.objectName()]
        assert boxes
        assert not any(box.isEnabled() for box in boxes)
        assert "sequences" in boxes[-1].toolTip()

    def test_other_sequences_change_the_steps_and_not_the_units(self):
        document = recurrent(steps=4)
        after = with_set(document, "adding-problem", {"count": 10, "steps": 7}, 0)
        assert (after.node("n1").units, after.node("n1").steps) == (2, 7)

    def test_one_more_unit(self):
        after = add_neuron(recurrent(), 0)
        assert after.node("n2").recurrent.shape == (4, 4)


class TestActivation:
    def test_the_point_is_that_of_the_step_looked_at(self, qtbot, make):
        panel = make(ActivationPanel, recurrent(), "n2")
        record = panel.workspace.session.record(1)
        for step in range(2):
            panel.workspace.step(Level.LAYER)
            panel.workspace.select(Quantity("h", "n2", 0, step=step))
            expected = record.array("s:n2")[0, step, 0]
            qtbot.waitUntil(lambda expected=expected: panel.standing.x == expected)
            assert panel.standing.f == record.array("h:n2")[0, step, 0]

    def test_the_histogram_counts_the_sums_of_all_steps(self, qtbot, make):
        panel = make(ActivationPanel, recurrent(), "n2")
        panel.workspace.step(Level.ITERATION)
        panel.workspace.select(Quantity("h", "n2", 0, step=2))
        qtbot.waitUntil(lambda: panel._sums.sums.steps == 4)
        sums = panel._sums.sums
        assert (sums.samples, sums.steps, sums.total) == (8, 4, 8)
        record = panel.workspace.session.record(1)
        rows = list(record.metrics.samples)
        expected = record.array("s:n2")[:, :, 0]
        assert sums.z.reshape(8, 4)[rows] == pytest.approx(expected)


def test_a_selected_state_is_marked_in_the_column_of_its_step_and_no_other():
    workspace = Workspace(recurrent())
    columns = ShownColumns()
    document, spec = workspace.document, workspace.session.spec_at(1)
    columns.choose(columns_for(document, spec), False)
    for step in range(4):
        ((number, _),) = columns.find(Quantity("h", "n2", 1, step=step))
        assert columns.chosen[number].key == f"h.R1[2](t={step + 1})"


def test_sequences_are_no_pictures(make, qtbot):
    panel = make(PredictionsPanel, load_example("exploding-time"))
    qtbot.waitUntil(lambda: panel.model.columnCount() > 50)
    assert panel.model.side is None


def test_the_next_step_is_told_with_its_time_step(preferences):
    workspace = Workspace(recurrent((3,), batch_size=1))
    sentence = next_step(workspace, Level.LAYER, preferences)
    assert "layer R1 at time step 1" in sentence
    workspace.step(Level.LAYER)
    assert "R1[1] at time step 2" in next_step(workspace, Level.NEURON, preferences)
    seen = set()
    for level in (Level.PRODUCT, Level.NEURON, Level.LAYER):
        workspace = Workspace(recurrent((3,), batch_size=1))
        while not workspace.frame.is_complete:
            seen.add(next_step(workspace, level, preferences))
            workspace.step(level)
        next_step(workspace, level, preferences)
    assert any("earlier states" in sentence for sentence in seen)
    assert any("δ of R1[3] at time step 4" in sentence for sentence in seen)


def test_the_plane_says_that_sequences_have_no_place_there(make):
    panel = make(PlanePanel, recurrent())
    said = panel.findChild(QLabel, "message").text()
    assert "sequences" in said
    assert "take input columns away" not in said
