"""Lines, half planes and contours in a rectangle."""

import numpy as np
import pytest

from nnsim.session.probing import Affine
from nnsim.ui.panels.plane.geometry import contour, foot, half_plane, segment

LOW, HIGH = np.array([-1.0, -1.0]), np.array([1.0, 1.0])


def test_the_foot_is_the_nearest_point_even_for_huge_weights():
    line = Affine(np.array([3e200, 4e200]), -5e200)
    assert foot(line, np.zeros(2)) == pytest.approx([0.6, 0.8], abs=1e-12)


def test_a_line_that_misses_the_rectangle_has_no_segment():
    assert segment(Affine(np.array([1.0, 0.0]), 50.0), LOW, HIGH) is None
    assert segment(Affine(np.zeros(2), 1.0), LOW, HIGH) is None


def test_a_half_plane_is_cut_out_of_the_rectangle():
    area = half_plane(Affine(np.array([1.0, 0.0]), 0.0), LOW, HIGH)
    assert sorted(area.tolist()) == [[0, -1], [0, 1], [1, -1], [1, 1]]
    assert len(half_plane(Affine(np.zeros(2), -1.0), LOW, HIGH)) == 0


def test_the_contour_of_a_cone_is_a_circle():
    side = 60
    x = -1 + 2 * (np.arange(side) + 0.5) / side
    values = np.hypot(x[:, np.newaxis], x)
    ends = contour(values, 0.7, LOW, HIGH)
    assert len(ends) > 100
    # Linear interpolation over cells of 1/30 keeps within this of the circle.
    assert np.hypot(*ends.T) == pytest.approx(0.7, abs=2e-3)


def test_what_is_not_finite_leaves_a_gap_and_no_error():
    values = np.array([[0.0, 1.0, np.nan], [0.0, 1.0, np.inf]])
    ends = contour(values, 0.5, LOW, HIGH)
    assert np.isfinite(ends).all()
    assert len(ends) % 2 == 0


def test_a_saddle_gives_two_segments():
    ends = contour(np.array([[0.0, 1.0], [1.0, 0.0]]), 0.5, LOW, HIGH)
    assert len(ends) == 4
