"""Histograms whose bins fit into one another."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnsim.engine.histograms import (
    BINS,
    LEAST_DECADE,
    LEAST_EXPONENT,
    MOST_DECADE,
    all_magnitudes,
    edges,
    histogram,
    magnitudes,
    together,
)

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


def counted(values, exponent):
    """As NumPy counts them, which puts the last edge into the last bin."""
    return np.histogram(values, edges(exponent))[0].tolist()


def test_bins_are_counted_from_minus_to_plus_a_power_of_two():
    found = histogram([np.array([[-3.9, 0.0], [0.1, 3.9]]), np.array([3.9])])
    assert found.exponent == 2
    assert edges(2)[[0, BINS // 2, -1]].tolist() == [-4, 0, 4]
    assert np.flatnonzero(found.counts).tolist() == [0, BINS // 2, BINS - 1]
    assert found.counts[-1] == 2
    assert found.total == 5


@given(arrays(np.float64, st.integers(1, 40), elements=numbers))
def test_the_range_holds_all_values_and_is_at_most_twice_as_wide_as_they_reach(values):
    found = histogram([values])
    assert found.counts.tolist() == counted(values, found.exponent)
    largest = np.abs(values).max()
    assert largest < 2.0**found.exponent
    assert 2.0**found.exponent <= 2 * largest or found.exponent == LEAST_EXPONENT


def test_its_reach_is_that_of_the_outermost_bins_with_values():
    found = histogram([np.array([0.1, -2.51, 2.4])])
    assert found.exponent == 2
    assert found.reach == 2.625
    assert found.widened(3).reach == 2.75
    assert histogram([np.array([3.9])]).reach == 4
    assert histogram([]).reach == 0


@given(arrays(np.float64, st.integers(1, 40), elements=numbers), st.integers(0, 12))
def test_widened_it_is_what_counting_anew_gives(values, doublings):
    found = histogram([values])
    wider = found.widened(found.exponent + doublings)
    assert wider.counts.tolist() == counted(values, found.exponent + doublings)


@given(
    arrays(np.float64, st.integers(0, 20), elements=numbers),
    arrays(np.float64, st.integers(1, 20), elements=numbers),
)
def test_together_it_is_the_histogram_of_all(some, others):
    both, all_at_once = (
        together([histogram([some]), histogram([others])]),
        histogram([some, others]),
    )
    assert both.exponent == all_at_once.exponent
    assert both.counts.tolist() == all_at_once.counts.tolist()


def test_nothing_and_zeros_lie_in_the_narrowest_range():
    assert histogram([]).exponent == LEAST_EXPONENT
    assert histogram([]).total == 0
    assert histogram([np.zeros(3)]).counts[BINS // 2] == 3


@pytest.mark.parametrize("value", [1e-300, 1e297])
def test_the_smallest_and_all_but_the_largest_floats_have_a_bin(value):
    found = histogram([np.array([value, -value])])
    assert found.total == 2
    assert found.astray == 0


def test_numbers_gone_astray_are_counted_apart():
    found = histogram([np.array([1.5, math.nan, math.inf, -1.7e308])])
    assert (found.total, found.astray) == (1, 3)
    assert together([found, found]).astray == 6
    assert found.widened(5).astray == 3


def test_sizes_are_counted_between_powers_of_ten():
    values = np.array([0.02, -0.02, 3.0, -1e-30, 0.0, math.inf, math.nan, 1e13])
    found = magnitudes([values[:3], values[3:]])
    ends = 10.0 ** np.linspace(LEAST_DECADE, MOST_DECADE, len(found.counts) + 1)
    assert found.counts.tolist() == np.histogram(np.abs(values[:3]), ends)[0].tolist()
    assert (found.total, found.zeros, found.astray) == (5, 2, 3)


def test_sizes_of_several_are_added():
    some, others = np.array([1.5, 0.0]), np.array([1.6, 2e-5, math.inf])
    assert magnitudes([some, others]).counts.tolist() == (
        all_magnitudes([magnitudes([some]), magnitudes([others])]).counts.tolist()
    )
    assert all_magnitudes([magnitudes([some]), magnitudes([others])])[1:] == (1, 1)
    assert all_magnitudes([]).total == 0
