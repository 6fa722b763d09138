"""The equation of a line, as the course writes it."""

import numpy as np
import pytest

from nnsim.session.probing import Affine
from nnsim.ui.panels.plane.words import equation


@pytest.mark.parametrize(
    ("weights", "bias", "written"),
    [
        ([1.0, -1.0], 0.0, "x<sub>1</sub> − x<sub>2</sub> = 0"),
        ([-1.0, 0.5], -1.0, "−x<sub>1</sub> + 0.5·x<sub>2</sub> − 1 = 0"),
        ([-0.0, 0.0], 0.0, "0·x<sub>1</sub> + 0·x<sub>2</sub> = 0"),
        ([1.0 + 1e-9, 2.0], 1e-9, "x<sub>1</sub> + 2·x<sub>2</sub> + 1e-9 = 0"),
    ],
)
def test_factors_of_one_and_a_bias_of_zero_are_left_out(preferences, weights, bias, written):
    line = Affine(np.array(weights), bias)
    assert equation(line, ("x1", "x2"), 0.0, preferences) == written
