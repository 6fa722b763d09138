"""The gradients panel over time steps: ‖∂L/∂h_t‖ of a recurrent layer."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel

from nnsim.ui.panels.gradients import GradientsPanel
from nnsim.ui.panels.gradients.measures import MEASURES
from tests.support.inside import walked
from tests.support.plots import choose
from tests.support.sequences import recurrent

IN_TIME = list(MEASURES).index("in_time")


@pytest.fixture
def panel(qtbot, opened):
    panel, _ = opened(GradientsPanel, recurrent((3,), target_loss=0.0), 12)
    choose(qtbot, panel, "measure", IN_TIME)
    return panel


def test_the_curve_is_the_norm_of_the_recorded_gradients(panel):
    record = panel.workspace.session.record(12)
    gradients = record.array("dh:n2")
    expected = [np.linalg.norm(gradients[:, step]) for step in range(4)]
    found = panel._in_time
    assert found.x.tolist() == [1, 2, 3, 4]
    assert found.iterations[-1] == 12
    assert found.y[-1] == pytest.approx(expected, rel=1e-12)
    assert found.growth == pytest.approx(expected[0] / expected[-1])


def test_earlier_iterations_are_behind_it_and_go_home_with_it(panel):
    table = panel.table()
    iterations = panel._in_time.iterations
    assert len(iterations) > 2
    assert table.target_names == tuple(f"iteration {i}" for i in iterations)
    assert table.inputs[:, 0].tolist() == [1, 2, 3, 4]


def test_it_follows_the_iteration_shown(qtbot, panel):
    walked(qtbot, panel, panel.workspace, 5)
    assert panel._in_time.iterations[-1] == 5


def test_a_click_goes_to_no_iteration(panel):
    panel._click(QPointF(2.0, 0.0))
    panel.go_near(2.0)
    assert panel.workspace.session.completed == 12


def test_it_is_said_how_the_gradient_changes_on_its_way(panel):
    words = panel.figure.caption.text()
    assert "through time" in words
    assert "first step / last step" in words
    assert "time step 2" in panel.readout_at(2.0, 0.0)


def test_a_network_without_recurrent_layers_says_so(qtbot, opened, net):
    panel, _ = opened(GradientsPanel, net, 3)
    choose(qtbot, panel, "measure", IN_TIME)
    assert "recurrent" in panel.findChild(QLabel, "message").text()


def test_back_at_another_measure_the_marker_is_there_again(qtbot, panel):
    assert not panel._marker.isVisible()
    choose(qtbot, panel, "measure", 0)
    assert panel._marker.isVisible()


def test_the_strip_of_layers_leaves_its_room_to_the_time_steps(qtbot, panel):
    strip, view = panel.plot.strip, panel.plot.view
    assert not strip.view.isVisible()
    assert not strip.axis.isVisible()
    wide = view.sceneBoundingRect().width()
    choose(qtbot, panel, "measure", 0)
    assert strip.view.isVisible()
    assert strip.place.width() > 0
    qtbot.waitUntil(lambda: view.sceneBoundingRect().width() < wide)


def test_at_the_start_it_says_what_to_do(qtbot, panel):
    panel.workspace.go_to(1, 0)
    assert "step on" in panel.figure.caption.text()
