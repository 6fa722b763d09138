"""The gradients panel over a run that is not finite any more: since when."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import set_training
from nnsim.document.templates import perceptron
from nnsim.ui.panels.gradients import GradientsPanel
from nnsim.ui.panels.gradients.measures import Astray, Courses
from tests.support.inside import walked


@pytest.fixture
def exploding():
    document = perceptron((2, 3, 1), "relu", "identity")
    training = replace(document.training, learning_rate=1e6, tolerance=0.0, target_loss=0.0)
    return set_training(document, training)


@pytest.mark.parametrize("iterations", [60, 1000])
def test_it_says_what_the_diagnosis_says_however_few_iterations_it_looks_at(
    qtbot, opened, exploding, iterations
):
    panel, workspace = opened(GradientsPanel, exploding, 0)
    while workspace.session.computed < iterations:
        workspace.session.compute()
    walked(qtbot, panel, workspace, iterations)
    verdict = workspace.session.verdict
    assert verdict.kind.value == "not_finite"
    said = panel.figure.legend.text()
    assert f"From iteration {verdict.iteration} on" in said


def courses(*values):
    x = np.array([1.0, 2.0, 21.0, 40.0])
    return Courses(x, np.array(values).reshape(4, 1))


def test_between_iterations_that_are_looked_at_it_cannot_know():
    found = courses(1.0, 2.0, np.nan, np.nan)
    assert found.gone_astray(None) == Astray(21, is_first=False)
    assert found.gone_astray(6) == Astray(6, is_first=True)
    # Found later than figures were seen to be: those count.
    assert found.gone_astray(30) == Astray(21, is_first=False)


def test_after_a_neighbour_that_is_finite_it_knows():
    assert courses(1.0, np.inf, np.nan, np.nan).gone_astray(None) == Astray(2, is_first=True)
    assert courses(np.inf, 1.0, 1.0, 1.0).gone_astray(None) == Astray(1, is_first=True)
    assert courses(np.nan, 1.0, 1.0, 1.0).gone_astray(None) is None
