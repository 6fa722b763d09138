"""A step table on screen."""

import pytest

from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.step_table import StepTablePanel


@pytest.fixture
def make(qtbot, preferences):
    """A shown panel on a document, and its workspace."""

    def make(document, size=(760, 300)):
        workspace = Workspace(document)
        panel = StepTablePanel(workspace, preferences)
        qtbot.addWidget(panel)
        panel.resize(*size)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel, workspace

    return make
