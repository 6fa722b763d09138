"""Samples without targets."""

import numpy as np

from nnsim.core.randoms import generator
from nnsim.data.patterns import bars_and_stripes_patterns, ring_centres
from nnsim.data.sets import make_data_set


class TestRing:
    def test_centres_are_on_the_circle_from_the_right_counter_clockwise(self):
        centres = ring_centres(4, 2)
        np.testing.assert_allclose(centres, [[2, 0], [0, 2], [-2, 0], [0, -2]], atol=1e-15)

    def test_samples_are_near_the_centre_of_their_mode(self):
        data = make_data_set("ring-of-gaussians", generator(0), count=8000)
        apart = data.inputs - ring_centres(8, 2)[data.labels]
        # Five standard errors of σ from 16,000 numbers.
        np.testing.assert_allclose(apart.std(), 0.1, rtol=0.028)
        assert min(data.class_counts()) > 850

    def test_there_is_nothing_to_learn_but_the_samples(self):
        data = make_data_set("ring-of-gaussians", generator(0), count=5)
        assert data.targets.shape == (5, 0)


class TestBarsAndStripes:
    def test_all_patterns_of_side_2(self):
        found = {tuple(pattern.ravel().astype(int)) for pattern in bars_and_stripes_patterns(2)}
        assert found == {
            (0, 0, 0, 0),
            (1, 1, 0, 0),
            (0, 0, 1, 1),
            (1, 0, 1, 0),
            (0, 1, 0, 1),
            (1, 1, 1, 1),
        }

    def test_each_pattern_stands_there_once(self):
        for side in range(2, 7):
            patterns = bars_and_stripes_patterns(side)
            assert len(patterns) == 2 ** (side + 1) - 2
            assert len(np.unique(patterns, axis=0)) == len(patterns)
            is_rows = (patterns == patterns[:, :, :1]).all(axis=(1, 2))
            is_columns = (patterns == patterns[:, :1, :]).all(axis=(1, 2))
            assert (is_rows | is_columns).all()

    def test_drawn_ones_are_even(self):
        data = make_data_set("bars-and-stripes", generator(0), count=14_000)
        _, counts = np.unique(data.flat_inputs, axis=0, return_counts=True)
        assert len(counts) == 14
        # Five standard deviations of a binomial of mean 1000.
        assert np.abs(counts - 1000).max() < 153
