"""A number selected anywhere is marked on the plane: the line of its neuron, and its sample."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from nnsim.data import Table
from nnsim.document.edits import set_training
from nnsim.document.templates import gate_neuron, perceptron, with_parameters
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.plotting.units import Subject
from tests.support.plots import choose, click, open_panel, pixel


@pytest.fixture
def network(qtbot, preferences):
    """Two hidden neurons with the lines x1 = 0.5 and x2 = 0.5, and an output."""
    document = with_parameters(
        perceptron((2, 2, 1), "tanh"), [np.eye(2), [[1.0, 1.0]]], [[-0.5, -0.5], [-0.2]]
    )
    panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
    return panel, workspace, document.nodes[1].id


def is_accented(panel, x, y):
    """Whether the accent is seen at a place of the plot, or on a pixel beside it."""
    place, accent = pixel(panel, x, y), panel.preferences.theme.color("accent")
    seen = panel.plot.grab().toImage()
    around = [place + QPoint(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    return any(
        max(abs(one - other) for one, other in zip(found.getRgb(), accent.getRgb(), strict=True))
        < 40
        for found in map(seen.pixelColor, around)
    )


class TestLines:
    @pytest.mark.parametrize("kind", ["z", "a", "b"])
    def test_the_line_of_the_selected_hidden_neuron_is_accented(self, network, kind):
        panel, workspace, hidden = network
        workspace.select(Quantity(kind, hidden, 0))
        assert is_accented(panel, 0.5, 0.9)
        assert not is_accented(panel, 0.9, 0.5)
        workspace.select(Quantity(kind, hidden, 1))
        assert is_accented(panel, 0.9, 0.5)
        assert not is_accented(panel, 0.5, 0.9)

    def test_a_weight_belongs_to_the_neuron_it_leads_into(self, network):
        panel, workspace, _ = network
        workspace.select(Quantity("w", workspace.document.connections[0].id, 1, 0))
        assert is_accented(panel, 0.9, 0.5)
        assert "Σ&nbsp;=&nbsp;0&nbsp;of&nbsp;C1[2],&nbsp;selected" in panel.figure.legend.text()

    def test_what_is_drawn_stays_the_output(self, network):
        panel, workspace, hidden = network
        before = panel.figure.caption.text()
        workspace.select(Quantity("z", hidden, 0))
        assert panel.subject == Subject(workspace.document.outputs[0].id)
        assert panel.figure.caption.text() == before

    def test_the_line_goes_when_a_number_of_no_neuron_is_selected(self, network):
        panel, workspace, hidden = network
        workspace.select(Quantity("z", hidden, 0))
        workspace.select(Quantity("a", workspace.document.inputs[0].id, 0))
        assert not is_accented(panel, 0.5, 0.9)
        assert "selected" not in panel.figure.legend.text()

    def test_a_neuron_that_is_followed_is_drawn_and_its_own_line_accented(self, qtbot, network):
        panel, workspace, hidden = network
        choose(qtbot, panel, "subject", 1)
        workspace.select(Quantity("z", hidden, 1))
        assert panel.subject == Subject(hidden, 1)
        assert is_accented(panel, 0.1, 0.5)
        assert "C1[2],&nbsp;selected" in panel.figure.legend.text()

    def test_the_line_of_a_single_neuron_is_accented_while_it_is_selected(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, gate_neuron("or"), preferences)
        workspace.go_to(3)  # x1 / 2 + x2 = 1
        neuron = workspace.document.outputs[0].id
        workspace.select(Quantity("z", neuron))
        assert is_accented(panel, 0.1, 0.95)
        assert "selected" in panel.figure.legend.text()
        workspace.select(Quantity("a", workspace.document.inputs[0].id))
        assert not is_accented(panel, 0.1, 0.95)
        assert "selected" not in panel.figure.legend.text()

    def test_a_neuron_behind_others_has_no_line_to_add(self, qtbot, preferences):
        document = perceptron((2, 2, 2, 1), "tanh")
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        workspace.select(Quantity("z", document.nodes[2].id, 0))
        assert not panel._plane.lines.has_selected
        assert "selected" not in panel.figure.legend.text()

    def test_a_line_that_has_moved_out_of_sight_is_not_said(self, network):
        panel, workspace, hidden = network
        workspace.select(Quantity("z", hidden, 0))
        panel.plot.pan_by(5.0, 0.0)
        assert not panel._plane.lines.has_selected

    def test_both_languages_say_it(self, network, preferences):
        panel, workspace, hidden = network
        preferences.set_locale("es")
        workspace.select(Quantity("z", hidden, 0))
        words = panel.figure.legend.text().replace("&nbsp;", " ")
        assert "Σ = 0 de C1[1], seleccionada" in words

    def test_over_one_input_the_curve_of_the_selected_unit_is_accented(self, qtbot, preferences):
        x = np.linspace(-2, 2, 9)[:, np.newaxis]
        document = perceptron((1, 3, 1), "tanh", "identity", Table(("x",), ("y",), x, np.sin(x)))
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        accent = preferences.theme.color("accent")
        workspace.select(Quantity("z", document.nodes[1].id, 0))
        assert panel._curve._curve.opts["pen"].color() != accent
        workspace.select(Quantity("z", document.outputs[0].id))
        assert panel._curve._curve.opts["pen"].color() == accent
        assert "selected" in panel.figure.legend.text()


class TestSamples:
    @pytest.fixture
    def batch(self, qtbot, preferences):
        """All four samples are learnt from at once."""
        document = perceptron((2, 1))
        document = set_training(document, replace(document.training, batch_size=4))
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        workspace.go_to(1)
        return panel, workspace

    def ring(self, panel):
        return panel._plane._samples._ring.pos().toTuple()

    @pytest.mark.parametrize("kind", ["z", "a"])
    def test_the_ring_is_at_the_sample_of_the_selected_number(self, batch, kind):
        panel, workspace = batch
        points = workspace.document.data.inputs
        output = workspace.document.outputs[0].id
        for place in (2, 0, 3):
            workspace.select(Quantity(kind, output, sample=place))
            row = workspace.frame.record.metrics.samples[place]
            assert self.ring(panel) == tuple(points[row])

    def test_the_legend_tells_it_from_the_sample_the_walk_stands_at(self, batch):
        panel, workspace = batch
        output, here = workspace.document.outputs[0].id, workspace.frame.sample
        workspace.select(Quantity("z", output, sample=here))
        assert "current&nbsp;sample" in panel.figure.legend.text()
        workspace.select(Quantity("z", output, sample=(here + 1) % 4))
        assert "sample&nbsp;of&nbsp;the&nbsp;selected&nbsp;number" in panel.figure.legend.text()

    def test_a_number_the_walk_has_come_to_is_not_called_selected(self, batch):
        panel, workspace = batch
        workspace.go_to(2, done=0)
        workspace.step(Level.PRODUCT)
        assert workspace.selection.sample == 0
        for _ in range(2):
            workspace.step(Level.SAMPLE)
        frame = workspace.frame
        assert frame.sample > workspace.selection.sample
        assert "current&nbsp;sample" in panel.figure.legend.text()
        row = frame.record.metrics.samples[frame.sample]
        assert self.ring(panel) == tuple(workspace.document.data.inputs[row])

    def test_a_number_of_no_sample_leaves_the_ring_where_the_walk_stands(self, batch):
        panel, workspace = batch
        workspace.select(Quantity("b", workspace.document.outputs[0].id))
        row = workspace.frame.record.metrics.samples[workspace.frame.sample]
        assert self.ring(panel) == tuple(workspace.document.data.inputs[row])

    def test_a_sample_that_is_clicked_gets_the_ring(self, qtbot, batch):
        panel, _ = batch
        click(qtbot, panel, 1, 0)
        assert self.ring(panel) == (1, 0)
