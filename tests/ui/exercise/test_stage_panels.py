"""What an exercise may leave open beside the diagram."""

import importlib

import pytest

from nnsim.document.templates import gate_neuron
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.exercise.stage import _PANELS
from nnsim.ui.panels.plane import PlanePanel
from tests.support.plots import preferences_in


@pytest.mark.parametrize(
    ("module", "class_name"),
    [(module, name) for panels in _PANELS.values() for module, name, _ in panels],
)
def test_every_panel_can_be_made(qtbot, tmp_path, module, class_name):
    made = getattr(importlib.import_module(f"nnsim.ui.panels.{module}"), class_name)
    panel = made(Workspace(gate_neuron("or")), preferences_in(tmp_path))
    qtbot.addWidget(panel)
    assert panel.title_key


def test_the_samples_of_the_question_cannot_be_painted_on():
    (plane,) = [name for module, name, _ in _PANELS["plots"] if module == "plane"]
    made = getattr(importlib.import_module("nnsim.ui.panels.plane"), plane)
    assert issubclass(made, PlanePanel)
    assert not made.offers_painting
