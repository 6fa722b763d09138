"""The error function against that of the C library, and the normal distribution against SciPy's."""

import math

import numpy as np
import pytest

from nnsim.engine.special import erf, erfc, normal_density, normal_distribution

EVERYWHERE = np.concatenate(
    [
        np.linspace(-26.0, 26.0, 20_001),
        np.geomspace(1e-300, 1.0, 500),
        -np.geomspace(1e-300, 1.0, 500),
        # Where one approximation takes over from another, and next to it.
        np.nextafter([0.46875, 4.0, -0.46875, -4.0], np.inf),
        [0.46875, 4.0, -0.46875, -4.0, 0.0],
    ]
)


@pytest.mark.parametrize(("ours", "theirs"), [(erf, math.erf), (erfc, math.erfc)])
def test_everywhere_to_the_last_digits(ours, theirs):
    expected = [theirs(x) for x in EVERYWHERE.tolist()]
    np.testing.assert_allclose(ours(EVERYWHERE), expected, rtol=1e-15, atol=0)


def test_at_the_ends():
    ends = np.array([-np.inf, -30.0, 30.0, np.inf])
    assert erf(ends).tolist() == [-1.0, -1.0, 1.0, 1.0]
    assert erfc(ends).tolist() == [2.0, 2.0, 0.0, 0.0]
    assert np.isnan(erf(np.array([np.nan]))).all()
    assert np.isnan(erfc(np.array([np.nan]))).all()
    assert math.copysign(1.0, erf(np.array([-0.0]))[0]) == -1.0


def test_shape_and_precision_are_those_of_the_numbers():
    x = np.array([[-3.0, 0.25], [1.0, 5.0]], dtype=np.float32)
    assert erfc(x).dtype == np.float32
    expected = [[math.erfc(value) for value in row] for row in x.tolist()]
    np.testing.assert_allclose(erfc(x), expected, rtol=1e-6)


def test_the_normal_distribution():
    stats = pytest.importorskip("scipy.stats")
    z = np.linspace(-30.0, 8.0, 200)
    # x² / 2 of the last digit of x = z/√2 counts in the tail.
    np.testing.assert_allclose(normal_distribution(z), stats.norm.cdf(z), rtol=2e-13)
    np.testing.assert_allclose(normal_density(z), stats.norm.pdf(z), rtol=1e-13)
