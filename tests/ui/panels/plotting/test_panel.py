"""When panels with plots draw: once for all that changes in a turn of the event loop."""

import pytest
from PySide6.QtWidgets import QApplication

from nnsim.document.examples import load_example
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.activation import ActivationPanel
from nnsim.ui.panels.loss import LossPanel
from nnsim.ui.panels.plane import PlanePanel
from tests.support.plots import preferences_in

PANELS = (PlanePanel, LossPanel, ActivationPanel)


@pytest.fixture(params=PANELS, ids=lambda panel: panel.__name__)
def counted(request, qtbot, tmp_path, monkeypatch):
    """A panel as a window has it, its workspace, and how often it has drawn."""
    workspace = Workspace(load_example("xor-2-2-1"))
    panel = request.param(workspace, preferences_in(tmp_path))
    qtbot.addWidget(panel)
    panel.resize(460, 420)
    with qtbot.waitExposed(panel):
        panel.show()
    for _ in range(3):
        workspace.step(Level.ITERATION)
        QApplication.processEvents()
    drawn = []
    redraw = panel.redraw
    monkeypatch.setattr(panel, "redraw", lambda: drawn.append(1) or redraw())
    return panel, workspace, drawn


def test_a_step_is_drawn_once(counted):
    _, workspace, drawn = counted
    workspace.step(Level.NEURON)  # another position, and another selection
    QApplication.processEvents()
    assert len(drawn) == 1


def test_several_steps_in_one_turn_are_drawn_once(counted):
    _, workspace, drawn = counted
    for _ in range(5):
        workspace.step(Level.NEURON)
    assert not drawn
    QApplication.processEvents()
    assert len(drawn) == 1


def test_a_grab_in_the_same_turn_shows_the_present(counted):
    panel, workspace, _ = counted
    workspace.step(Level.ITERATION)
    grabbed = panel.grab().toImage()
    QApplication.processEvents()
    assert panel.grab().toImage() == grabbed


def test_a_picture_in_the_same_turn_has_the_present(counted):
    panel, workspace, drawn = counted
    workspace.step(Level.ITERATION)
    panel.picture()
    assert len(drawn) == 1


def test_nothing_is_painted_where_nothing_in_sight_has_changed(counted, monkeypatch):
    panel, workspace, _ = counted
    QApplication.processEvents()
    painted = []
    backdrop = panel.plot._backdrop
    paint = backdrop.paint
    monkeypatch.setattr(backdrop, "paint", lambda *of: painted.append(1) or paint(*of))
    workspace.position_changed.emit()
    workspace.selection_changed.emit()
    QApplication.processEvents()
    assert not painted
