"""The statistical decomposition: bias² + variance + noise, and the test error measured apart."""

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.session.experiments.decomposition import GRID, DegreeTask, decompose, statistical
from nnsim.session.experiments.pool import workers

DEGREES = (0, 1, 3, 5, 9, 12, 15)


@pytest.fixture(scope="module")
def report():
    return statistical(DEGREES)


def test_the_figures_of_the_lesson(report):
    """y = sin 2πx + N(0, .3²), 25 points, 1000 resamples."""
    bias = [0.499, 0.202, 0.0050, 0, 0, 0, 0.0001]
    variance = [0.0035, 0.0070, 0.0129, 0.0190, 0.0325, 0.0476, 0.104]
    np.testing.assert_allclose(report.numbers("bias_squared_statistical"), bias, atol=0.001)
    # From one draw of 1000 resamples to another, variances move by 5 %.
    np.testing.assert_allclose(report.numbers("variance_statistical"), variance, rtol=0.07)


def test_the_variance_is_what_the_hat_matrix_says(report):
    """σ² times the mean over x of |h(x)|², where h(x) · y is the fit at x."""
    x, grid = np.linspace(-1, 1, 25), np.linspace(-1, 1, GRID)
    found = dict(zip(DEGREES, report.numbers("variance_statistical"), strict=True))
    for degree, variance in found.items():
        vander = np.polynomial.legendre.legvander
        hat = vander(grid, degree) @ np.linalg.pinv(vander(x, degree))
        assert variance == pytest.approx(0.09 * (hat**2).sum(axis=1).mean(), rel=0.06)


def test_the_sum_is_the_test_error_that_was_measured(report):
    sums, measured = report.numbers("sum"), report.numbers("test_error")
    np.testing.assert_allclose(sums, measured, rtol=0.01)
    for row in report.rows:
        cells = dict(zip(report.columns, row, strict=True))
        parts = ("bias_squared_statistical", "variance_statistical", "noise")
        assert cells["sum"] == pytest.approx(sum(cells[part] for part in parts))


def test_for_linear_models_the_course_variance_is_twice_the_statistical_one():
    """At the points of the sample themselves: test - training error = 2 σ² p / n."""
    degree, n = 3, 25
    found = decompose(DegreeTask(degree, n, 0.3, 4000, 1))
    statistical_variance = 0.09 * (degree + 1) / n
    # At those points the test error is noise + bias² + variance.
    x = np.linspace(-1, 1, n)
    vander = np.polynomial.legendre.legvander(x, degree)
    curve = np.sin(np.pi * (x + 1))
    bias = np.mean((vander @ np.linalg.lstsq(vander, curve, rcond=None)[0] - curve) ** 2)
    gap = 0.09 + bias + statistical_variance - found.training_error
    assert gap == pytest.approx(2 * statistical_variance, rel=0.06)


def test_the_sweet_spot_is_the_lowest_test_error(report):
    errors = dict(zip(DEGREES, report.numbers("test_error"), strict=True))
    assert report.figures["sweet_spot"] == min(errors, key=errors.get) == 3
    assert report.column("sweet_spot") == (0, 0, 1, 0, 0, 0, 0)


class TestFits:
    def test_those_that_are_drawn_were_fitted_to_the_points_that_are_drawn(self, report):
        points = report.sheets["points"].where(resample=4)
        x, y = points.values("x"), points.values("y")
        assert len(x) == 25
        for degree in (0, 3, 9):
            fit = report.sheets["fits"].where(degree=degree, curve="fit", resample=4)
            polynomial = np.polynomial.Polynomial.fit(x, y, degree)
            np.testing.assert_allclose(fit.values("y"), polynomial(fit.values("x")), atol=1e-9)

    def test_the_mean_of_the_fits_has_the_bias_that_is_told(self, report):
        fits, true = report.sheets["fits"], report.sheets["fits"].where(curve="true").values("y")
        for degree, told in zip((0, 1), report.numbers("bias_squared_statistical"), strict=False):
            mean = fits.where(degree=degree, curve="mean").values("y")
            assert np.mean((mean - true) ** 2) == pytest.approx(told, rel=0.02)

    def test_they_reach_from_0_to_1(self, report):
        x = report.sheets["fits"].where(curve="true").values("x")
        assert (x[0], x[-1]) == (0, 1)


def test_nothing_in_it_is_named_as_the_course_names_its_own(report):
    assert report.kind == "bias_variance_statistical"
    assert not {"bias", "variance", "bias_course", "variance_course"} & set(report.columns)


def test_the_same_numbers_on_two_workers():
    with workers(2) as executor:
        assert statistical((0, 3), resamples=50, executor=executor) == statistical(
            (0, 3), resamples=50
        )


@pytest.mark.parametrize(
    ("degrees", "code"), [((), "order"), ((3, 1), "order"), ((1, 1), "order"), ((1, 25), "degree")]
)
def test_refusals(degrees, code):
    with pytest.raises(NnsimError, match=rf"experiment\.{code}"):
        statistical(degrees)
