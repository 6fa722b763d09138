"""Tasks for recurrent networks: the targets are what their rule says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.randoms import generator
from nnsim.data.sets import make_data_set

seeds = st.integers(0, 1000)


@given(steps=st.integers(1, 30), seed=seeds)
def test_parity_is_that_of_the_ones_so_far(steps, seed):
    data = make_data_set("running-parity", generator(seed), count=5, steps=steps)
    for bits, parities in zip(data.inputs[:, :, 0], data.targets[:, :, 0], strict=True):
        odd = False
        for bit, parity in zip(bits, parities, strict=True):
            odd ^= bool(bit)
            assert parity == odd


class TestAdding:
    @given(steps=st.integers(2, 60), seed=seeds)
    def test_the_two_marked_numbers_are_added(self, steps, seed):
        data = make_data_set("adding-problem", generator(seed), count=6, steps=steps)
        numbers, marks = data.inputs[:, :, 0], data.inputs[:, :, 1]
        assert (marks[:, : steps // 2].sum(axis=1) == 1).all()
        assert (marks[:, steps // 2 :].sum(axis=1) == 1).all()
        np.testing.assert_allclose((numbers * marks).sum(axis=1), data.targets[:, 0], rtol=1e-15)

    def test_always_answering_one_errs_by_a_sixth(self):
        data = make_data_set("adding-problem", generator(0), count=50_000, steps=4)
        # Five standard errors: the squared error has a variance of 7/180.
        assert abs(((data.targets - 1) ** 2).mean() - 1 / 6) < 5 * np.sqrt(7 / 180 / 50_000)


class TestSines:
    def test_the_target_is_the_next_value(self):
        data = make_data_set("sines", generator(0), count=10, steps=20)
        np.testing.assert_array_equal(data.inputs[:, 1:], data.targets[:, :-1])

    def test_a_wave_obeys_its_recurrence(self):
        # sin(a + b) + sin(a - b) = 2 cos b sin a, with the period that was asked for.
        data = make_data_set(
            "sines", generator(0), count=5, steps=20, shortest_period=8, longest_period=8
        )
        wave = data.inputs[:, :, 0]
        np.testing.assert_allclose(
            wave[:, 2:] + wave[:, :-2], 2 * np.cos(np.pi / 4) * wave[:, 1:-1], atol=1e-13
        )

    def test_noise_is_seen_and_not_wanted(self):
        clean, noisy = (
            make_data_set("sines", generator(0), count=50, noise=noise) for noise in (0.0, 0.5)
        )
        np.testing.assert_array_equal(clean.targets, noisy.targets)
        # Five standard errors of σ from 2,000 numbers.
        assert abs((noisy.inputs - clean.inputs).std() - 0.5) < 0.04
