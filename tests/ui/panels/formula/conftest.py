"""A formula panel on any document."""

import pytest
from PySide6.QtWidgets import QApplication

from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.formula import FormulaPanel


@pytest.fixture
def make(qtbot, preferences):
    """A shown panel on a document, and its workspace."""

    def make(document, size=(360, 420)):
        workspace = Workspace(document)
        panel = FormulaPanel(workspace, preferences)
        qtbot.addWidget(panel)
        panel.resize(*size)
        with qtbot.waitExposed(panel):
            panel.show()
        QApplication.processEvents()
        return panel, workspace

    return make
