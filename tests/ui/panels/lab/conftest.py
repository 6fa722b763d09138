"""A lab panel with all of its steps open."""

import pytest

from nnsim.document.lab import with_set
from nnsim.document.templates import perceptron
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.lab import LabPanel


@pytest.fixture
def make(qtbot, preferences):
    def make(document):
        panel = LabPanel(Workspace(document), preferences)
        qtbot.addWidget(panel)
        panel.resize(280, 1900)
        with qtbot.waitExposed(panel):
            panel.show()
        for step in panel.steps.values():
            step.set_open(True)
        return panel

    return make


@pytest.fixture
def panel(make):
    return make(with_set(perceptron((2, 4, 1), hidden="tanh"), "circle", {"count": 100}, 0))
