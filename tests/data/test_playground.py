"""The playground's six sets, as its dataset.ts defines them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.randoms import generator
from nnsim.data import playground

CLASSIFICATION = [playground.circle, playground.xor, playground.gauss, playground.spiral]
REGRESSION = [playground.plane, playground.multi_gauss]


def named(function):
    return function.__name__


class TestAll:
    @pytest.mark.parametrize("make", CLASSIFICATION + REGRESSION, ids=named)
    @given(count=st.integers(1, 50), noise=st.floats(0, 0.5))
    def test_as_many_points_as_asked_for(self, make, count, noise):
        data = make(generator(0), count, noise)
        assert data.inputs.shape == (count, 2)
        assert data.targets.shape == (count, 1)
        assert np.isfinite(data.inputs).all()
        assert np.abs(data.targets).max() <= 1 + 1.2 * noise + 0.2

    @pytest.mark.parametrize("make", CLASSIFICATION, ids=named)
    def test_targets_are_minus_one_and_one_as_the_labels_say(self, make):
        data = make(generator(0), 101, 0.3)
        assert data.classes == ("-1", "1")
        np.testing.assert_array_equal(data.targets[:, 0], 2 * data.labels - 1)

    @pytest.mark.parametrize("make", CLASSIFICATION + REGRESSION, ids=named)
    def test_the_generator_decides_everything(self, make):
        first, again, other = (make(generator(seed), 20, 0.2) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first.inputs, again.inputs)
        np.testing.assert_array_equal(first.targets, again.targets)
        if make is not playground.spiral:
            assert (first.inputs != other.inputs).any()

    @pytest.mark.parametrize(
        "make", [playground.circle, playground.gauss, playground.spiral], ids=named
    )
    def test_half_of_the_points_are_of_each_class(self, make):
        assert make(generator(0), 11, 0).class_counts() == (5, 6)


class TestCircle:
    def test_a_disc_in_a_ring(self):
        data = playground.circle(generator(0), 500, 0)
        radius = np.hypot(*data.inputs.T)
        assert radius[data.labels == 1].max() < 2.5
        assert radius[data.labels == 0].min() >= 3.5
        assert radius.max() < 5

    def test_noise_turns_labels_and_leaves_points_where_they_are(self):
        clean, noisy = (playground.circle(generator(0), 500, noise) for noise in (0, 0.5))
        np.testing.assert_array_equal(clean.inputs, noisy.inputs)
        assert (clean.labels != noisy.labels).any()


class TestXor:
    def test_same_signs_are_class_1_and_the_axes_are_free(self):
        data = playground.xor(generator(0), 500, 0)
        np.testing.assert_array_equal(data.inputs.prod(axis=1) > 0, data.labels == 1)
        assert np.abs(data.inputs).min() >= 0.3
        assert np.abs(data.inputs).max() <= 5.3


class TestGauss:
    @pytest.mark.parametrize(("noise", "variance"), [(0, 0.5), (0.25, 2.25), (0.5, 4)])
    def test_centres_and_variance(self, noise, variance):
        data = playground.gauss(generator(0), 20_000, noise)
        for label, centre in ((1, 2), (0, -2)):
            cloud = data.inputs[data.labels == label]
            # Five standard errors of a mean and of a variance of 10,000 samples.
            np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.05 * variance**0.5)
            np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.071)


class TestSpiral:
    def test_arms_are_half_a_turn_apart(self):
        data = playground.spiral(generator(0), 200, 0)
        np.testing.assert_allclose(data.inputs[:100], -data.inputs[100:], atol=1e-14)

    def test_the_points_of_an_arm(self):
        # i = 25 of 100: r = 1.25, t = 0.875 π.
        point = playground.spiral(generator(0), 200, 0).inputs[25]
        angle = 0.875 * np.pi
        np.testing.assert_allclose(point, [1.25 * np.sin(angle), 1.25 * np.cos(angle)], rtol=1e-14)

    def test_noise_moves_points_by_no_more_than_itself(self):
        clean, noisy = (playground.spiral(generator(0), 200, noise) for noise in (0, 0.3))
        moved = np.abs(noisy.inputs - clean.inputs)
        assert 0.25 < moved.max() <= 0.3


class TestRegression:
    def test_the_plane(self):
        data = playground.plane(generator(0), 100, 0)
        np.testing.assert_allclose(data.targets[:, 0], data.inputs.sum(axis=1) / 10, rtol=1e-15)

    def test_the_bumps_one_by_one(self):
        data = playground.multi_gauss(generator(0), 500, 0)
        centres = {(-4, 2.5): 1, (0, 2.5): -1, (4, 2.5): 1}
        centres |= {(-4, -2.5): -1, (0, -2.5): 1, (4, -2.5): -1}
        for point, (target,) in zip(data.inputs, data.targets, strict=True):
            heights = [
                sign * max(0.0, 1 - np.hypot(*(point - centre)) / 2)
                for centre, sign in centres.items()
            ]
            assert target == pytest.approx(max(heights, key=abs), abs=1e-15)

    def test_noise_is_in_the_targets(self):
        clean, noisy = (playground.plane(generator(0), 50, noise) for noise in (0, 0.5))
        np.testing.assert_array_equal(clean.inputs, noisy.inputs)
        assert 0.1 < np.abs(noisy.targets - clean.targets).max() <= 0.6
