"""The plane of a single input: a curve over a line."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.document.edits import (
    set_activation,
    set_parameter,
    set_training,
)
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.ui.panels.plane import PlanePanel
from tests.support.plane_colours import is_bluish, is_orangish
from tests.support.plots import (
    colour_at,
    open_panel,
)


class TestOneInput:
    @pytest.fixture
    def document(self):
        x = np.linspace(-2, 2, 9)[:, np.newaxis]
        return perceptron((1, 3, 1), "tanh", "identity", Table(("x",), ("y",), x, np.sin(x)))

    def test_the_function_is_a_curve_over_the_input(self, qtbot, preferences, document):
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        x, y = panel._curve._curve.getData()
        node = document.outputs[0].id
        expected = panel._parameters.now.respond(x[:, np.newaxis], node)[node].a[:, 0]
        assert np.array_equal(y, expected)
        workspace.go_to(3)
        assert not np.array_equal(panel._curve._curve.getData()[1], y)
        assert np.isfinite(panel._curve._ghost.getData()[1]).all()

    def test_projects_of_one_and_of_two_inputs_follow_each_other(
        self, qtbot, preferences, document
    ):
        panel, workspace = open_panel(qtbot, PlanePanel, gate_neuron("or"), preferences)
        for project in (document, perceptron((2, 2, 1)), document):
            workspace.open(project)
            assert panel.has_figure
        assert "x" in panel.plot.bottom.labelText
        assert not panel._plane._samples._items

    def test_samples_stand_at_their_targets(self, qtbot, preferences, document):
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert (
            panel._curve.points.tolist()
            == np.hstack([document.data.inputs, document.data.targets]).tolist()
        )

    def test_behind_the_curve_stands_what_is_decided_where(self, qtbot, preferences):
        line = np.linspace(-3, 3, 30)[:, np.newaxis]
        document = perceptron(
            (1, 1), output="tanh", data=Table(("x",), ("y",), line, np.sign(line))
        )
        name = f"w:{document.connections[0].id}"
        document = set_parameter(document, name, (0, 0), 1.0)
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        low = panel.plot.visible.top() + 0.1
        assert is_orangish(colour_at(panel, -2.5, low))
        assert is_bluish(colour_at(panel, 2.5, low))
        assert "output at least 0" in panel.figure.legend.text().replace("&nbsp;", " ")

    def test_of_several_outputs_the_largest_colours_the_ground(self, qtbot, preferences):
        line = np.linspace(-3, 3, 30)[:, np.newaxis]
        classes = np.column_stack([line < 0, line >= 0]).astype(float)
        data = Table(("x",), ("left", "right"), line, classes)
        document = perceptron((1, 2), output="softmax", data=data)
        document = set_training(document, replace(document.training, loss="cross_entropy"))
        for row, weight in ((0, -1.0), (1, 1.0)):
            name = f"w:{document.connections[0].id}"
            document = set_parameter(document, name, (row, 0), weight)
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        low = panel.plot.visible.top() + 0.02
        assert is_bluish(colour_at(panel, -2.5, low))
        assert is_orangish(colour_at(panel, 2.5, low))
        assert "largest output" in panel.figure.legend.text().replace("&nbsp;", " ")

    def test_measurements_decide_nothing_and_leave_the_ground_bare(
        self, qtbot, preferences, document
    ):
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert panel._curve.bands == ""

    def test_a_step_neuron_says_where_it_turns(self, qtbot, preferences):
        data = Table(("x",), ("y",), np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]))
        document = perceptron((1, 1), data=data)
        node, connection = document.outputs[0].id, document.connections[0].id
        document = set_activation(document, node, ActivationSpec("step"))
        document = set_parameter(document, f"w:{connection}", (0, 0), 2.0)
        document = set_parameter(document, f"b:{node}", (0,), -0.5)
        document = set_training(document, replace(document.training, rule="perceptron"))
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert "2·x − 0.5 = 0" in panel.figure.caption.text()
        assert "x = 0.25" in panel.figure.caption.text()
