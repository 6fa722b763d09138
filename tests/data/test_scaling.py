"""Scaling: fitted on the training part, readable, undone, and the same as scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from nnsim.core.randoms import generator
from nnsim.data.dataset import Dataset
from nnsim.data.scaling import (
    Method,
    fit_common_scaling,
    fit_scaling,
    scaled_inputs,
    scaled_targets,
)
from tests.support.data import refusal, refusals

VALUES = np.array([[1.0, 10], [2, 30], [3, 20], [6, 40]])

tables = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.integers(1, 4)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


class TestMethods:
    def test_min_max_goes_from_0_to_1(self):
        scaled = fit_scaling(VALUES, Method.MIN_MAX).apply(VALUES)
        assert scaled.tolist() == [[0, 0], [0.2, 2 / 3], [0.4, 1 / 3], [1, 1]]

    def test_min_max_to_another_range(self):
        scaled = fit_scaling(VALUES, Method.MIN_MAX, -1, 1).apply(VALUES)
        np.testing.assert_allclose(scaled[:, 0], [-1, -0.6, -0.2, 1], rtol=1e-15)

    def test_standard_has_mean_0_and_deviation_1(self):
        scaled = fit_scaling(VALUES, Method.STANDARD).apply(VALUES)
        np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-15)
        np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-15)

    def test_none_changes_nothing(self):
        scaling = fit_scaling(VALUES, Method.NONE)
        np.testing.assert_array_equal(scaling.apply(VALUES), VALUES)

    def test_each_column_has_a_method_of_its_own(self):
        scaling = fit_scaling(VALUES, [Method.NONE, Method.MIN_MAX])
        assert scaling.apply(VALUES)[:, 0].tolist() == [1, 2, 3, 6]
        assert scaling.apply(VALUES)[3].tolist() == [6, 1]

    def test_the_numbers_behind_it_can_be_read(self):
        first, second = fit_scaling(VALUES, [Method.STANDARD, Method.MIN_MAX]).columns
        assert (first.mean, first.deviation) == (3, np.sqrt(3.5))
        assert (first.offset, first.factor) == (3, np.sqrt(3.5))
        assert (second.smallest, second.largest) == (10, 40)
        assert (second.offset, second.factor) == (10, 30)

    def test_other_samples_may_leave_the_range(self):
        scaling = fit_scaling(VALUES, Method.MIN_MAX)
        assert scaling.apply(np.array([[11.0, 70]])).tolist() == [[2, 2]]

    def test_a_constant_column_is_moved_and_not_stretched(self):
        tenths = np.full((7, 1), 0.1)
        for method in (Method.MIN_MAX, Method.STANDARD):
            scaling = fit_scaling(tenths, method)
            assert scaling.columns[0].is_constant
            assert scaling.apply(tenths).tolist() == [[0]] * 7
            assert scaling.apply(np.array([[1.1]])) == pytest.approx(1, rel=1e-15)


class TestInverse:
    @pytest.mark.parametrize("method", list(Method))
    @given(values=tables)
    def test_what_was_scaled_comes_back(self, method, values):
        scaling = fit_scaling(values, method, -1, 1)
        # Lost at most: a few roundings of the largest number of the column.
        scale = np.abs(values).max(initial=1)
        np.testing.assert_allclose(
            scaling.invert(scaling.apply(values)), values, rtol=0, atol=8e-16 * scale
        )

    def test_images_are_scaled_alike(self):
        images = generator(1).integers(256, size=(3, 1, 4, 4)).astype(np.uint8)
        scaling = fit_common_scaling(images, Method.MIN_MAX)
        scaled = scaling.apply(images)
        assert scaled.shape == images.shape
        assert (scaled.min(), scaled.max()) == (0, 1)
        np.testing.assert_allclose(scaling.invert(scaled), images, atol=1e-13)


class TestDatasets:
    def test_only_the_training_part_decides_the_scale(self):
        data = Dataset("d", VALUES, VALUES[:, :1])
        training = np.array([0, 1, 2])
        scaled, scaling = scaled_inputs(data, training, Method.MIN_MAX)
        assert scaled.inputs.tolist() == [[0, 0], [0.5, 1], [1, 0.5], [2.5, 1.5]]
        assert [column.largest for column in scaling.columns] == [3, 30]
        np.testing.assert_array_equal(scaled.targets, data.targets)

    def test_predictions_of_scaled_targets_are_turned_back(self):
        data = Dataset("d", VALUES, VALUES)
        scaled, scaling = scaled_targets(data, np.arange(3), Method.STANDARD)
        np.testing.assert_array_equal(scaled.inputs, VALUES)
        np.testing.assert_allclose(scaling.invert(scaled.targets), VALUES, rtol=1e-15)

    def test_the_pixels_of_images_have_one_scale(self):
        images = np.arange(18, dtype=np.uint8).reshape(2, 1, 3, 3)
        data = Dataset("d", images, np.zeros((2, 1)))
        scaled, scaling = scaled_inputs(data, np.array([0]), Method.MIN_MAX, alike=True)
        assert scaled.input_shape == (1, 3, 3)
        assert len(scaling.columns) == 1
        np.testing.assert_allclose(scaled.flat_inputs, data.flat_inputs / 8, rtol=1e-15)


class TestAgainstScikitLearn:
    @given(values=tables)
    def test_min_max(self, values):
        expected = MinMaxScaler((-1, 1)).fit(values)
        scaling = fit_scaling(values, Method.MIN_MAX, -1, 1)
        width = np.ptp(values, axis=0)
        # scikit-learn, too, loses the digits that a narrow column far from zero does not have.
        # It also takes columns of a width below 1e-15 for constant.
        usual = (width == 0) | (width > np.maximum(1e-3 * np.abs(values).max(axis=0), 1e-9))
        np.testing.assert_allclose(
            scaling.apply(values)[:, usual], expected.transform(values)[:, usual], atol=1e-11
        )

    def test_standard(self):
        values = generator(3).normal(5, 3, (50, 4))
        expected = StandardScaler().fit(values)
        scaling = fit_scaling(values, Method.STANDARD)
        np.testing.assert_allclose(scaling.apply(values), expected.transform(values), atol=1e-13)
        np.testing.assert_allclose([c.mean for c in scaling.columns], expected.mean_, rtol=1e-13)
        np.testing.assert_allclose(
            [c.deviation for c in scaling.columns], expected.scale_, rtol=1e-13
        )


class TestRefusals:
    def test_no_samples(self):
        assert refusal(fit_scaling, np.zeros((0, 2)), Method.NONE) == "scaling.no_samples"

    @pytest.mark.parametrize("bounds", [(1, 0), (1, 1), (0, np.inf), (np.nan, 1)])
    def test_a_range_that_is_none(self, bounds):
        assert refusal(fit_scaling, VALUES, Method.MIN_MAX, *bounds) == "scaling.range"

    def test_the_place_of_a_number_that_is_not_finite(self):
        values = VALUES.copy()
        values[2, 1] = np.nan
        assert refusals(fit_scaling, values, Method.NONE) == [
            ("scaling.not_finite", {"row": 3, "column": 2})
        ]

    def test_of_images_the_sample_and_the_place_of_the_pixel_in_it(self):
        images = np.zeros((3, 1, 2, 2))
        images[1, 0, 1, 0] = np.inf
        assert refusals(fit_common_scaling, images, Method.MIN_MAX) == [
            ("scaling.not_finite", {"row": 2, "column": 3})
        ]

    def test_numbers_whose_width_is_infinite(self):
        values = np.array([[0, 1e308], [0, -1e308]])
        assert refusals(fit_scaling, values, Method.MIN_MAX) == [
            ("scaling.too_wide", {"column": 2})
        ]

    def test_where_nothing_is_scaled_they_are_left_alone(self):
        values = np.array([[1e308], [-1e308]])
        assert fit_scaling(values, Method.NONE).apply(values).tolist() == values.tolist()

    def test_another_number_of_columns_is_a_defect(self):
        with pytest.raises(ValueError):
            fit_scaling(VALUES, Method.STANDARD).apply(np.zeros((1, 3)))
        with pytest.raises(ValueError):
            fit_scaling(VALUES, [Method.NONE])
