"""Metrics by hand and against scikit-learn."""

import math

import numpy as np
import pytest

from nnsim.engine.metrics import (
    METRICS,
    accuracy,
    class_figures,
    classes_of,
    confusion_matrix,
    r_squared,
    top_k_accuracy,
)

WANTED = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 3])
FOUND = np.array([0, 1, 0, 1, 1, 2, 0, 2, 1, 2])


@pytest.fixture
def regression():
    random = np.random.default_rng(2)
    t = random.normal(3.0, 1.0, (30, 2))
    return t + random.normal(0, 0.3, t.shape), t


class TestClasses:
    def test_of_several_outputs_the_largest(self):
        assert classes_of(np.array([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0]])).tolist() == [1, 0]

    @pytest.mark.parametrize(("threshold", "classes"), [(0.5, [0, 1, 1]), (0.0, [1, 1, 1])])
    def test_of_one_output_the_side_of_a_threshold(self, threshold, classes):
        assert classes_of(np.array([[0.2], [0.5], [0.9]]), threshold).tolist() == classes

    def test_accuracy(self):
        assert accuracy(FOUND, WANTED) == 0.6
        assert math.isnan(accuracy(FOUND[:0], WANTED[:0]))

    def test_confusion_by_hand(self):
        assert confusion_matrix(FOUND, WANTED, 4).tolist() == [
            [2, 1, 0, 0],
            [0, 2, 0, 0],
            [1, 1, 2, 0],
            [0, 0, 1, 0],
        ]

    def test_confusion_against_scikit_learn(self):
        from sklearn import metrics

        random = np.random.default_rng(0)
        found, wanted = random.integers(0, 5, (2, 200))
        expected = metrics.confusion_matrix(wanted, found)
        assert confusion_matrix(found, wanted, 5).tolist() == expected.tolist()

    @pytest.mark.parametrize("undefined", [0.0, 1.0])
    def test_precision_recall_and_f1_against_scikit_learn(self, undefined):
        from sklearn import metrics

        figures = class_figures(confusion_matrix(FOUND, WANTED, 4), undefined)
        for average in (None, "macro", "weighted"):
            expected = metrics.precision_recall_fscore_support(
                WANTED, FOUND, average=average, zero_division=undefined
            )[:3]
            found = {
                None: (figures.precision, figures.recall, figures.f1),
                "macro": figures.macro,
                "weighted": figures.weighted,
            }[average]
            np.testing.assert_allclose(found, expected, rtol=1e-14)
        assert figures.support.tolist() == [3, 2, 4, 1]

    def test_figures_of_nothing(self):
        figures = class_figures(confusion_matrix(FOUND[:0], WANTED[:0], 2))
        assert figures.macro == (0, 0, 0)
        assert all(math.isnan(figure) for figure in figures.weighted)


class TestTopK:
    y = np.array([[0.1, 0.5, 0.4], [0.3, 0.3, 0.4], [0.8, 0.1, 0.1]])

    def test_by_hand(self):
        wanted = np.array([2, 1, 2])
        assert [top_k_accuracy(self.y, wanted, k) for k in (1, 2, 3)] == [0, 1 / 3, 1]

    def test_the_best_one_is_accuracy(self):
        wanted = np.array([1, 2, 0])
        assert top_k_accuracy(self.y, wanted, 1) == accuracy(classes_of(self.y), wanted) == 1

    def test_against_scikit_learn(self):
        from sklearn.metrics import top_k_accuracy_score

        random = np.random.default_rng(1)
        y, wanted = random.normal(size=(100, 6)), random.integers(0, 6, 100)
        for k in range(1, 6):
            expected = top_k_accuracy_score(wanted, y, k=k, labels=range(6))
            assert top_k_accuracy(y, wanted, k) == pytest.approx(expected, rel=1e-14)

    def test_what_is_not_a_number_is_not_among_the_best(self):
        assert top_k_accuracy(np.array([[np.nan, 1.0]]), np.array([0]), 2) == 0

    def test_none_is_no_choice(self):
        with pytest.raises(ValueError, match="no classes"):
            top_k_accuracy(self.y, np.array([1, 1, 1]), 0)


class TestValues:
    def test_against_scikit_learn(self, regression):
        from sklearn import metrics

        y, t = regression
        for name, expected in {
            "mae": metrics.mean_absolute_error(t, y),
            "mse": metrics.mean_squared_error(t, y),
            "mape": 100 * metrics.mean_absolute_percentage_error(t, y),
            "r2": metrics.r2_score(t, y),
        }.items():
            assert METRICS[name](y, t) == pytest.approx(expected, rel=1e-13)

    def test_by_hand(self):
        """Exercise 17: y = 100, 200, 300 and ŷ = 90, 210, 310."""
        y, t = np.array([[90.0], [210.0], [310.0]]), np.array([[100.0], [200.0], [300.0]])
        found = [METRICS[name](y, t) for name in ("mae", "mse", "mape", "r2")]
        assert found == pytest.approx(
            [10.0, 100.0, 100 * (0.1 + 0.05 + 1 / 30) / 3, 1 - 300 / 20000]
        )

    def test_saying_the_mean_explains_nothing(self):
        t = np.array([[1.0], [2.0], [6.0]])
        assert r_squared(np.full((3, 1), 3.0), t) == 0

    def test_r_squared_of_targets_that_are_all_the_same(self):
        t = np.full((3, 1), 2.0)
        assert r_squared(t, t) == 1
        assert math.isnan(r_squared(t + 0.1, t))
        assert math.isnan(r_squared(t[:0], t[:0]))

    def test_mape_of_a_target_0(self):
        assert METRICS["mape"](np.array([[1.0]]), np.array([[0.0]])) == math.inf
