"""Panels that the tests of the plane look at."""

import pytest

from nnsim.document.templates import gate_neuron
from nnsim.ui.panels.plane import PlanePanel
from tests.support.plots import open_panel, preferences_in


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


@pytest.fixture
def or_panel(qtbot, preferences):
    return open_panel(qtbot, PlanePanel, gate_neuron("or"), preferences)
