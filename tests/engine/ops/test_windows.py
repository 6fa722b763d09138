"""What windows see of a map, and adding it back: as defined, for any sizes."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnsim.core.randoms import generator
from nnsim.engine.ops.windows import Windows, gathering, multiplied_spreading, spreading

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
windows = st.builds(
    Windows,
    kernel=pairs,
    stride=pairs,
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    dilation=pairs,
)
sizes = st.tuples(st.integers(1, 2), st.integers(1, 7), st.integers(1, 7), st.integers(1, 2))


def positions_of(window, size):
    """How many windows fit: counted one by one."""
    counts = []
    for rows, span, pad, step in zip(
        size[1:3], window.span, window.padding, window.stride, strict=True
    ):
        counts.append(len(range(0, rows + 2 * pad - span + 1, step)))
    return tuple(counts)


def seen_one_by_one(window, x, positions):
    """im2col as it is defined, number by number."""
    channels, rows, columns, batch = x.shape
    seen = np.zeros((channels, *window.kernel, *positions, batch))
    for c, i, j, p, q in itertools.product(*map(range, seen.shape[:5])):
        row = p * window.stride[0] + i * window.dilation[0] - window.padding[0]
        column = q * window.stride[1] + j * window.dilation[1] - window.padding[1]
        if 0 <= row < rows and 0 <= column < columns:
            seen[c, i, j, p, q] = x[c, row, column]
    return seen.reshape(channels * np.prod(window.kernel), -1)


@given(windows, sizes)
def test_they_see_what_the_definition_says_and_adding_back_is_the_transpose(window, size):
    """⟨gathered x, y⟩ = ⟨x, spread y⟩ for all x and y; whole numbers, so nothing is rounded."""
    positions = positions_of(window, size)
    assume(min(positions) >= 1)
    assert window.positions("n", size[1:3]) == positions
    random = generator(1)
    x = random.integers(-9, 9, size).astype(float)
    columns = np.full((size[0] * np.prod(window.kernel), np.prod(positions) * size[3]), np.nan)
    for call in gathering(window, x, columns, positions):
        call()
    np.testing.assert_array_equal(columns, seen_one_by_one(window, x, positions))
    y = random.integers(-9, 9, columns.shape).astype(float)
    back = np.full(size, np.nan)
    calls = spreading(window, y, back, positions)
    # The second time over what the first left.
    for call in calls + calls:
        call()
    assert (columns * y).sum() == (x * back).sum()


@given(windows, sizes, st.integers(1, 3))
def test_multiplying_and_adding_back_in_one_is_the_same(window, size, count):
    """weightsᵀ values, spread; whole numbers, so nothing is rounded."""
    window = replace(window, stride=(window.stride[0], 1))
    positions = positions_of(window, size)
    assume(min(positions) >= 1)
    random = generator(2)
    weights = random.integers(-9, 9, (count, size[0], *window.kernel)).astype(float)
    values = random.integers(-9, 9, (count, *positions, size[3])).astype(float)
    columns = weights.reshape(count, -1).T @ values.reshape(count, -1)
    expected, found = np.full(size, np.nan), np.full(size, np.nan)
    calls = multiplied_spreading(window, weights, values, found)
    for call in spreading(window, columns, expected, positions) + calls + calls:
        call()
    np.testing.assert_array_equal(found, expected)


@given(windows, sizes)
def test_windows_that_do_not_fit_are_refused(window, size):
    assume(min(positions_of(window, size)) < 1)
    with pytest.raises(ValueError, match=r"n: a window over .* does not fit"):
        window.positions("n", size[1:3])


@given(windows, pairs, st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_the_size_of_a_transpose_is_one_its_convolution_comes_from(window, size, extra):
    """Over the map that stamps at ``size`` positions make, ``size`` windows fit."""
    # Beyond the stride one window more would fit.
    assume(all(more < step for more, step in zip(extra, window.stride, strict=True)))
    spread = window.spread_size(size, extra)
    assume(min(spread) >= 1)
    assert window.positions("n", spread) == size
