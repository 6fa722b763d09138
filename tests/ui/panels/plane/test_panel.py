"""The plane: what a network with two inputs makes of every point, moving with each update."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnsim.data import Table
from nnsim.document.edits import (
    remove,
    set_activation,
    set_conventions,
    set_parameter,
    set_training,
)
from nnsim.document.model import Conventions
from nnsim.document.templates import gate_neuron, perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.session.probing import Affine
from nnsim.ui.panels.plane import PlanePanel
from nnsim.ui.panels.plotting.units import Subject
from tests.support.plane_colours import is_bluish, is_orangish, readout
from tests.support.plots import (
    choose,
    click,
    colour_at,
    drag,
    move,
    open_panel,
    pixel,
    switch,
)


def three_classes():
    random = np.random.default_rng(3)
    points = np.vstack([random.normal(c, 0.3, (8, 2)) for c in ((0, 0), (3, 0), (0, 3))])
    data = Table(("x1", "x2"), ("a", "b", "c"), points, np.repeat(np.eye(3), 8, axis=0))
    document = perceptron((2, 4, 3), "tanh", "softmax", data)
    return set_training(document, replace(document.training, loss="cross_entropy"))


class TestTheOrNeuron:
    def test_its_equation_stands_above_the_plot_with_its_numbers(self, or_panel):
        panel, _ = or_panel
        assert "0.5·x<sub>1</sub> + 0.5·x<sub>2</sub> + 1 = 0" in panel.figure.caption.text()

    def test_both_half_planes_are_tinted_after_row_three(self, or_panel):
        panel, workspace = or_panel
        workspace.go_to(3)  # w = (0.5, 1), b = -1
        assert is_orangish(colour_at(panel, 0.2, 0.2))
        assert is_bluish(colour_at(panel, 0.8, 0.8))

    def test_the_line_moves_when_the_new_weight_is_shown_and_not_before(self, or_panel):
        panel, workspace = or_panel
        workspace.go_to(1)
        before = panel.figure.caption.text()
        workspace.go_to(3, 0)
        assert panel.figure.caption.text().startswith(before.split("<br>")[0])
        workspace.go_to(3)
        assert "0.5·x<sub>1</sub> + x<sub>2</sub> − 1 = 0" in panel.figure.caption.text()

    def test_each_step_back_brings_the_line_back(self, or_panel):
        panel, workspace = or_panel
        seen = []
        for _ in range(5):
            workspace.step(Level.ITERATION)
            seen.append(panel.figure.caption.text())
        for expected in reversed(seen[:-1]):
            workspace.step_back(Level.ITERATION)
            assert panel.figure.caption.text() == expected

    def test_the_line_before_the_last_update_is_said_and_drawn(self, or_panel):
        panel, workspace = or_panel
        workspace.go_to(3)
        assert "before: 0.5·x<sub>1</sub> + 0.5·x<sub>2</sub> − 1 = 0" in (
            panel.figure.caption.text()
        )
        ghost = panel._plane.lines.ghost
        assert ghost.line == Affine(np.array([0.5, 0.5]), -1.0)
        workspace.go_to(4)  # nothing changes in row 4: the last update is still that of row 3
        assert panel._plane.lines.ghost.line == ghost.line

    def test_a_line_outside_the_view_is_said(self, or_panel):
        panel, workspace = or_panel
        assert "outside" in panel.figure.caption.text()
        workspace.go_to(3)
        assert "outside" not in panel.figure.caption.text()

    def test_the_axes_stay_while_it_learns(self, or_panel):
        panel, workspace = or_panel
        workspace.step(Level.ITERATION)
        visible = panel.plot.visible
        for _ in range(7):
            workspace.step(Level.ITERATION)
            assert panel.plot.visible == visible

    def test_the_current_sample_has_a_ring_in_the_accent(self, or_panel, preferences):
        panel, workspace = or_panel
        ring = panel._plane._samples._ring
        for iteration, place in ((1, (0, 0)), (3, (0, 1)), (5, (1, 0)), (7, (1, 1))):
            workspace.go_to(iteration)
            assert ring.isVisible()
            assert (ring.pos().x(), ring.pos().y()) == place
        assert ring.pen().color() == preferences.theme.color("accent")

    def test_classes_differ_without_colour(self, or_panel):
        panel, _ = or_panel
        assert "□" in panel.figure.legend.text()
        assert "●" in panel.figure.legend.text()

    def test_all_weights_zero_means_no_line_and_is_said(self, qtbot, preferences):
        document = gate_neuron("or")
        for connection in document.connections:
            document = set_parameter(document, f"w:{connection.id}", (0, 0), 0.0)
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert "no line" in panel.figure.caption.text()
        assert "output is 1" in panel.figure.caption.text()
        for place in ((0.3, 0.3), (1.2, 1.2), (-0.2, 0.6)):
            assert is_bluish(colour_at(panel, *place))

    @pytest.mark.parametrize(("threshold", "looks"), [(">=", is_bluish), (">", is_orangish)])
    def test_with_every_parameter_zero_the_convention_decides(
        self, qtbot, preferences, threshold, looks
    ):
        document = set_parameter(gate_neuron("or"), "b:n3", (0,), 0.0)
        for connection in document.connections:
            document = set_parameter(document, f"w:{connection.id}", (0, 0), 0.0)
        document = set_conventions(document, Conventions(threshold=threshold))
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert looks(colour_at(panel, 0.5, 0.5))

    def test_a_changed_weight_moves_the_line_at_once(self, or_panel):
        panel, workspace = or_panel
        connection = workspace.document.connections[0].id
        workspace.edit(lambda d: set_parameter(d, f"w:{connection}", (0, 0), -2.0), "weight")
        assert "−2·x<sub>1</sub> + 0.5·x<sub>2</sub> + 1 = 0" in panel.figure.caption.text()


class TestMouseAndKeyboard:
    def test_hovering_tells_inputs_sum_and_output(self, qtbot, or_panel):
        panel, _ = or_panel
        move(qtbot, panel, 0.5, 0.5)
        x1, x2, total, output = (float(n) for n in re.findall(r" = (-?[\d.]+)", readout(panel)))
        assert (x1, x2) == pytest.approx((0.5, 0.5), abs=0.01)  # the mouse stands on whole pixels
        assert total == pytest.approx(0.5 * x1 + 0.5 * x2 + 1, abs=1e-4)  # inputs have 4 digits
        assert output == 1

    def test_what_the_resting_mouse_points_at_is_told_anew_after_a_step(self, qtbot, or_panel):
        panel, workspace = or_panel
        move(qtbot, panel, 0.0, 1.0)
        assert "Σ = 1.5 " in readout(panel)
        workspace.go_to(1)  # b = -1
        assert "Σ = -0.5 " in readout(panel)

    def test_hovering_a_sample_tells_its_exact_numbers_and_target(self, qtbot, or_panel):
        panel, _ = or_panel
        move(qtbot, panel, 0.01, 0.99)
        assert "sample 2" in readout(panel)
        assert "Σ = 1.5 " in readout(panel)
        assert "wanted: y = 1" in readout(panel)

    def test_clicking_a_sample_shows_it_where_it_is_learnt(self, qtbot, or_panel):
        panel, workspace = or_panel
        workspace.go_to(7)
        click(qtbot, panel, 0, 1)
        assert workspace.session.position.iteration == 4
        assert workspace.selection == Quantity("a", "n3")
        assert workspace.frame.record.metrics.samples == (1,)

    def test_clicking_a_sample_of_the_batch_selects_it_and_stays(self, qtbot, preferences):
        document = perceptron((2, 2, 1))
        document = set_training(document, replace(document.training, rule="gradient_descent"))
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        workspace.go_to(2)
        click(qtbot, panel, 1, 0)
        assert workspace.session.position.iteration == 2
        assert workspace.selection == Quantity("a", document.outputs[0].id, sample=2)

    def test_a_sample_the_run_has_not_come_to_is_said(self, qtbot, or_panel):
        panel, workspace = or_panel
        click(qtbot, panel, 1, 1)
        assert workspace.session.position.iteration == 1
        assert "sample 4" in readout(panel)

    def test_page_up_and_down_go_through_the_samples(self, qtbot, or_panel):
        panel, workspace = or_panel
        workspace.go_to(7)
        panel.plot.setFocus()
        qtbot.keyClick(panel.plot, Qt.Key.Key_PageUp)
        assert workspace.frame.record.metrics.samples == (2,)
        qtbot.keyClick(panel.plot, Qt.Key.Key_PageDown)
        assert workspace.frame.record.metrics.samples == (3,)

    def test_dragging_pans_and_the_ground_comes_along(self, qtbot, or_panel):
        panel, workspace = or_panel
        workspace.go_to(3)
        QApplication.processEvents()
        before = panel.plot.visible
        drag(qtbot, panel, (0.5, 0.2), (0.1, 0.2))
        assert panel.plot.visible.left() == pytest.approx(before.left() + 0.4, abs=0.05)
        edge = panel.plot.visible.right() - 0.05
        assert is_bluish(colour_at(panel, edge, 0.9))


class TestNetworks:
    def test_a_sigmoid_neuron_has_its_line_and_a_heat_map(self, qtbot, preferences):
        document = set_activation(gate_neuron("or"), "n3", ActivationSpec("sigmoid"))
        document = set_training(document, replace(document.training, rule="sgd"))
        document = set_parameter(document, "b:n3", (0,), -0.5)
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert "0.5·x<sub>1</sub> + 0.5·x<sub>2</sub> − 0.5 = 0" in panel.figure.caption.text()
        assert is_orangish(colour_at(panel, -0.2, -0.1))
        assert is_bluish(colour_at(panel, 1.2, 1.1))

    def test_the_map_has_the_values_of_the_network(self, qtbot, preferences):
        # y = sigmoid(20 sigmoid(20 (x1 - 0.5)) - 10): 0 on the left, 1 on the right
        document = with_parameters(perceptron((2, 1, 1)), [[[20, 0]], [[20]]], [[-10], [-10]])
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        assert is_orangish(colour_at(panel, 0.0, 0.1))
        assert is_bluish(colour_at(panel, 0.9, 0.0))

    def test_a_hidden_neuron_chosen_by_name_has_its_line(self, qtbot, preferences):
        document = perceptron((2, 2, 1), "tanh")
        panel, _ = open_panel(qtbot, PlanePanel, document, preferences)
        choose(qtbot, panel, "subject", 4)
        assert panel.subject == Subject(document.nodes[1].id, 1)
        assert "C1[2]" in panel.figure.caption.text()
        assert "= 0" in panel.figure.caption.text()

    def test_it_follows_the_selected_neuron_when_asked_to(self, qtbot, preferences):
        document = perceptron((2, 2, 1), "tanh")
        hidden = document.nodes[1].id
        panel, workspace = open_panel(qtbot, PlanePanel, document, preferences)
        workspace.select(Quantity("z", hidden, 1))
        assert panel.subject.node == document.outputs[0].id
        choose(qtbot, panel, "subject", 1)
        assert panel.subject == Subject(hidden, 1)
        workspace.select(Quantity("w", document.connections[0].id, 0, 1))
        assert panel.subject == Subject(hidden, 0)

    def test_lines_of_the_first_layer_are_drawn_when_asked_for(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, perceptron((2, 2, 1), "tanh"), preferences)
        assert "first layer" not in panel.figure.legend.text()
        switch(qtbot, panel, "lines")
        assert panel._plane.lines.has_lines
        assert "first&nbsp;layer" in panel.figure.legend.text()

    def test_classes_have_regions_named_by_their_target(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, three_classes(), preferences)
        workspace.go_to(400)
        assert panel.subject.is_winner
        for name in ("a", "b", "c"):
            assert f"&nbsp;{name}" in panel.figure.legend.text()
        found = {colour_at(panel, *place).name() for place in ((-0.6, -0.6), (4, 0), (0, 4))}
        assert len(found) == 3

    def test_at_rest_the_map_becomes_finer(self, qtbot, preferences):
        panel, workspace = open_panel(qtbot, PlanePanel, perceptron((2, 3, 1)), preferences)
        workspace.step(Level.ITERATION)
        coarse = panel._plane.regions.side
        qtbot.waitUntil(lambda: panel._plane.regions.side > coarse, timeout=3000)


class TestWhenThereIsNothingToSee:
    def test_more_inputs_get_a_sentence_with_what_to_do(self, qtbot, preferences):
        panel, _ = open_panel(qtbot, PlanePanel, perceptron((3, 1)), preferences)
        assert not panel.has_figure
        assert "these have 3" in panel._message.text()

    def test_a_diagram_that_cannot_run_is_said_and_comes_back(self, qtbot, or_panel):
        panel, workspace = or_panel
        connection = workspace.document.connections
        workspace.edit(lambda d: remove(d, [c.id for c in connection]), "remove")
        assert not panel.has_figure
        workspace.undo_stack.undo()
        assert panel.has_figure

    def test_in_spanish_numbers_have_a_comma(self, or_panel, preferences):
        panel, workspace = or_panel
        workspace.go_to(3)
        preferences.set_locale("es")
        assert "0,5·x<sub>1</sub>" in panel.figure.caption.text()
        assert panel.plot.bottom.tickStrings([0.5], 1, 0.5) == ["0,5"]

    def test_both_themes_colour_everything(self, or_panel, preferences):
        panel, workspace = or_panel
        workspace.go_to(3)
        light = colour_at(panel, 0.2, 0.2)
        preferences.set_theme("dark")
        dark = colour_at(panel, 0.2, 0.2)
        assert light.lightness() > 200 > 100 > dark.lightness()

    def test_hidden_it_draws_nothing_and_makes_up_for_it(self, qtbot, or_panel):
        panel, workspace = or_panel
        panel.hide()
        before = panel.figure.caption.text()
        workspace.go_to(3)
        assert panel.figure.caption.text() == before
        panel.show()
        assert panel.figure.caption.text() != before


def test_pixel_and_plot_agree(or_panel):
    panel, _ = or_panel
    assert panel.plot.viewport().rect().contains(pixel(panel, 0.5, 0.5))
