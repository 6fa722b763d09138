"""The data panel of the OR gate."""

import pytest

from nnsim.document.templates import gate_neuron
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.data_table import DataPanel


@pytest.fixture
def workspace(qapp):
    return Workspace(gate_neuron("or"))


@pytest.fixture
def panel(qtbot, workspace, preferences):
    panel = DataPanel(workspace, preferences)
    qtbot.addWidget(panel)
    panel.resize(420, 320)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel
