"""Panels about the inside of a run, with a run to look into."""

from dataclasses import replace

import pytest

from nnsim.document.edits import set_training
from nnsim.document.templates import perceptron
from tests.support.inside import walked
from tests.support.plots import open_panel, preferences_in


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)


@pytest.fixture
def net():
    """A network 2-3-2-1 whose run comes to no end by itself."""
    document = perceptron((2, 3, 2, 1), "tanh")
    training = replace(document.training, tolerance=0.0, target_loss=0.0, learning_rate=0.3)
    return set_training(document, training)


@pytest.fixture
def opened(qtbot, preferences):
    """Opens a panel on a document after some iterations, and waits until all is found."""

    def open_one(panel_class, document, iterations):
        panel, workspace = open_panel(qtbot, panel_class, document, preferences)
        if iterations:
            walked(qtbot, panel, workspace, iterations)
        return panel, workspace

    return open_one
