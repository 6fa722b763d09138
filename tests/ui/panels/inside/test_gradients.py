"""The gradients panel: figures of every layer, said with what they mean, linked to the run."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QLabel

from nnsim.document.edits import set_parameter
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.ui.panels.gradients import GradientsPanel
from nnsim.ui.panels.gradients.measures import MEASURES, Heights
from nnsim.ui.panels.gradients.words import meaning
from nnsim.ui.panels.inside.layers import layer_color
from tests.support.inside import (
    click_strip,
    move_in_strip,
    readout,
    said,
    settled,
    strip_place,
    walked,
)
from tests.support.plots import choose, click, colour_at, drag, move, pixel

GRADIENT, DELTA, UPDATE, DEAD, SATURATED = range(5)


@pytest.fixture
def panel(opened, net):
    return opened(GradientsPanel, net, 60)[0]


def message(panel):
    return panel.findChild(QLabel, "message").text()


def gradient(session, iteration, connection):
    return np.linalg.norm(session.record(iteration).array(f"gw:{connection}"))


class TestFigures:
    def test_curves_and_bars_are_the_norms_of_the_records(self, panel):
        session = panel.workspace.session
        wires = [connection.id for connection in session.document.connections]
        expected = [[gradient(session, i, wire) for wire in wires] for i in range(1, 61)]
        assert panel.courses.x.tolist() == list(range(1, 61))
        assert panel.courses.y == pytest.approx(np.array(expected), rel=1e-12)
        tops = [bar.y1 for bar in panel._bars.bars]
        assert tops == pytest.approx(np.log10(expected[-1]), rel=1e-12)

    def test_the_bars_are_those_of_the_iteration_shown(self, qtbot, panel):
        session = panel.workspace.session
        walked(qtbot, panel, panel.workspace, 7)
        first = session.document.connections[0].id
        assert panel._bars.bars[0].y1 == pytest.approx(math.log10(gradient(session, 7, first)))
        assert len(panel.courses.x) == 60

    def test_the_ratio_of_first_to_last_layer_is_said_with_its_meaning(self, panel):
        session = panel.workspace.session
        wires = [connection.id for connection in session.document.connections]
        ratio = gradient(session, 60, wires[0]) / gradient(session, 60, wires[-1])
        caption = said(panel, "caption")
        assert f"{ratio:.3g}" in caption
        assert panel.words(f"gradients.ratio_{meaning(ratio)}") in caption

    @pytest.mark.parametrize(
        ("ratio", "name"),
        [
            (0.0, "vanishes"),
            (9e-4, "vanishes"),
            (0.01, "shrinks"),
            (1.0, "alike"),
            (100.0, "grows"),
            (math.inf, "explodes"),
            (math.nan, "none"),
        ],
    )
    def test_meanings(self, ratio, name):
        assert meaning(ratio) == name

    def test_dead_units_are_shown_in_percent(self, qtbot, opened):
        document = perceptron((2, 4, 1), "relu")
        hidden = next(node for node in document.nodes if not node.is_input)
        for row in (0, 2, 3):
            document = set_parameter(document, f"b:{hidden.id}", (row,), -50.0)
        panel, _ = opened(GradientsPanel, document, 1)
        choose(qtbot, panel, "measure", DEAD)
        assert panel.courses.y[0, 0] == 75
        assert "75 %" in said(panel, "caption")
        assert panel._bars.bars[0].y1 == 75
        assert len(panel._bars.bars) == 1

    def test_a_gradient_of_exactly_0_stands_at_the_lower_edge(self, qtbot, opened):
        document = perceptron((2, 2, 1), "relu")
        hidden = next(node for node in document.nodes if not node.is_input)
        for row in range(2):
            document = set_parameter(document, f"b:{hidden.id}", (row,), -50.0)
        panel, _ = opened(GradientsPanel, document, 3)
        assert (panel.courses.y[:, 0] == 0).all()
        assert panel.words("gradients.zeros") in said(panel, "legend")
        assert "no ratio" in said(panel, "caption")
        home = panel.plot.home
        assert home.top() < panel._bars.bars[0].y1 < home.top() + 0.05 * home.height()


class TestAxes:
    def test_norms_stand_on_whole_decades_that_only_grow(self):
        heights = Heights(is_log=True)
        heights.take_in([np.array([0.02, math.nan, 0.0])])
        low, high = heights.range
        assert low < -2 < -1 < high
        heights.take_in([np.array([0.03])])
        assert heights.range == (low, high)
        heights.take_in([np.array([500.0])])
        assert heights.range[1] > 3

    def test_shares_stand_between_0_and_100(self):
        heights = Heights(is_log=False)
        heights.take_in([np.array([12.0])])
        low, high = heights.range
        assert low < 0
        assert 100 < high < 110

    def test_the_axis_stays_while_the_run_goes_on_within_it(self, qtbot, panel):
        before = panel.plot.home
        panel.workspace.step(Level.ITERATION)
        settled(qtbot, panel)
        after = panel.plot.home
        assert (after.left(), after.width()) == (before.left(), before.width())
        assert after.top() <= before.top()
        assert after.bottom() >= before.bottom()


class TestEmptyStates:
    def test_a_rule_without_gradient_shows_its_updates(self, opened):
        panel, _ = opened(GradientsPanel, gate_neuron("or"), 3)
        assert panel.measure is MEASURES["update"]
        assert panel.has_figure

    def test_and_says_what_to_do_where_a_gradient_is_asked_for(self, qtbot, opened):
        panel, _ = opened(GradientsPanel, gate_neuron("or"), 3)
        choose(qtbot, panel, "measure", GRADIENT)
        assert not panel.has_figure
        assert "Course rule" in message(panel)
        assert "gradient descent or SGD" in message(panel)
        choose(qtbot, panel, "measure", UPDATE)
        assert panel.has_figure

    def test_without_units_that_could_die_it_says_so(self, qtbot, panel):
        choose(qtbot, panel, "measure", DEAD)
        assert not panel.has_figure
        assert "ReLU" in message(panel)
        choose(qtbot, panel, "measure", SATURATED)
        assert panel.has_figure

    def test_before_the_first_iteration_is_over_there_is_nothing_to_plot(self, opened, net):
        panel, workspace = opened(GradientsPanel, net, 0)
        assert not panel.has_figure
        assert "first iteration" in message(panel)
        workspace.step(Level.PHASE)
        assert not panel.has_figure
        workspace.step(Level.ITERATION)
        assert panel.has_figure

    def test_at_the_start_of_a_run_that_is_known_the_curves_stay(self, qtbot, panel):
        panel.workspace.reset("reset")
        settled(qtbot, panel)
        assert len(panel.courses.x) == 60
        assert panel._bars.bars == ()
        assert panel.words("gradients.at_start") in said(panel, "caption")
        assert not panel._marker.isVisible()

    def test_a_diagram_that_cannot_run_says_why(self, qtbot, opened, net):
        broken = replace(net, connections=net.connections[:-1])
        panel, _ = opened(GradientsPanel, broken, 0)
        assert message(panel) == panel.words("inside.not_ready")


class TestGoingThere:
    def test_a_click_goes_to_the_iteration(self, qtbot, panel):
        home = panel.plot.home
        click(qtbot, panel, 23.2, home.top() + 0.03 * home.height())
        assert panel.workspace.session.completed == 23
        assert panel._marker.value() == 23

    def test_a_click_on_a_curve_selects_its_layer_too(self, qtbot, panel):
        nodes = [layer.nodes for layer in panel.layers]
        click(qtbot, panel, 30, math.log10(panel.courses.y[29, 0]))
        assert panel.workspace.session.completed == 30
        assert panel.workspace.nodes == frozenset(nodes[0])

    def test_a_click_on_a_bar_selects_its_layer(self, qtbot, panel):
        for layer in (1, 0, 2):
            bar = panel._bars.bars[layer]
            click_strip(qtbot, panel, layer + 1, (bar.y0 + bar.y1) / 2)
            assert panel.workspace.nodes == frozenset(panel.layers[layer].nodes)
            assert panel.selected == layer
            assert panel.workspace.session.completed == 60

    def test_the_layer_of_a_selected_number_is_the_selected_one(self, panel):
        wire = panel.workspace.document.connections[1]
        panel.workspace.select(Quantity("gw", wire.id))
        assert panel.selected == 1
        panel.workspace.select(Quantity("L"))
        assert panel.selected is None

    def test_the_marker_can_be_dragged(self, qtbot, panel):
        middle = panel.plot.home.center().y()
        drag(qtbot, panel, (60, middle), (20, middle))
        assert panel.workspace.session.completed == pytest.approx(20, abs=1)

    def test_keys_walk_along_the_run(self, qtbot, panel):
        panel.plot.setFocus()
        for key, iteration in (
            (Qt.Key.Key_Left, 59),
            (Qt.Key.Key_Home, 1),
            (Qt.Key.Key_Right, 2),
            (Qt.Key.Key_End, 60),
        ):
            qtbot.keyClick(panel.plot, key)
            assert panel.workspace.session.completed == iteration


class TestReading:
    def test_the_mouse_reads_the_nearest_curve(self, qtbot, panel):
        value = panel.courses.y[44, 1]
        move(qtbot, panel, 45.1, math.log10(value))
        assert "Iteration 45" in readout(panel)
        assert panel.preferences.number(value, digits=4) in readout(panel)

    def test_and_the_bars(self, qtbot, panel):
        bar = panel._bars.bars[2]
        move_in_strip(qtbot, panel, 3, (bar.y0 + bar.y1) / 2)
        assert "layer 3" in readout(panel)
        assert panel.preferences.number(panel.courses.y[-1, 2], digits=4) in readout(panel)

    def test_the_table_has_a_column_a_layer(self, panel):
        table = panel.table()
        assert table.input_names == ("iteration",)
        assert len(table.target_names) == 3
        assert table.targets.tolist() == panel.courses.y.tolist()

    def test_the_curves_are_seen_in_the_colours_of_their_layers(self, qtbot, panel):
        theme = panel.preferences.theme
        panel.workspace.select_nodes(panel.layers[0].nodes)
        settled(qtbot, panel)
        # Half-way between two points, on the straight line between them.
        a, b = np.log10(panel.courses.y[30:32, 0])
        seen = colour_at(panel, 31.5, (a + b) / 2)
        mine = layer_color(theme, 0, 3)
        assert abs(seen.red() - mine.red()) < 40
        assert abs(seen.blue() - mine.blue()) < 40

    def test_both_languages_speak(self, qtbot, panel):
        panel.preferences.set_locale("es")
        settled(qtbot, panel)
        assert "Iteración 60" in said(panel, "caption")
        box = panel.findChild(QComboBox, "measure")
        assert box.currentText() == "Gradiente ‖∂L/∂W‖"


def test_while_a_run_goes_on_points_are_found_with_its_pictures_alone(qtbot, opened, net):
    panel, workspace = opened(GradientsPanel, net, 0)
    while workspace.session.computed < 400:
        workspace.session.compute()
    workspace.turns.one_by_one = True
    workspace.go_to(400)
    qtbot.wait(50)
    found = len(workspace.history.points)
    assert 0 < found < 50
    qtbot.wait(300)
    assert len(workspace.history.points) == found
    workspace.turns.one_by_one = False
    settled(qtbot, panel)
    assert len(panel.courses.x) == 200


def test_a_place_of_the_strip_is_none_of_the_plot(qtbot, panel):
    """What is to the right of the curves does not go to an iteration."""
    bar = panel._bars.bars[0]
    place = panel.plot.mapToScene(strip_place(panel, 1, (bar.y0 + bar.y1) / 2))
    assert not panel.plot.view.sceneBoundingRect().contains(QPointF(place))
    assert panel.strip.place.contains(QPointF(place))
    assert pixel(panel, 1, 0).x() < strip_place(panel, 1, 0).x()
