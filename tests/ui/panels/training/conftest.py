"""The training panel on any document."""

import pytest

from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.settings import TrainingPanel
from tests.support.training_panel import workspace_of


@pytest.fixture
def make(qtbot, preferences):
    def make(document):
        panel = TrainingPanel(Workspace(document), preferences)
        qtbot.addWidget(panel)
        panel.resize(270, 900)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make


@pytest.fixture
def panel(make):
    return make(gate_neuron("or"))


@pytest.fixture
def running(panel):
    workspace = workspace_of(panel)
    for _ in range(2):
        workspace.step(Level.ITERATION)
    return panel


@pytest.fixture
def by_gradient(make):
    """The panel on a network that learns by SGD."""
    return make(perceptron((2, 2, 1)))
