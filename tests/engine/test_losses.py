"""Losses as the course defines them, against PyTorch, scikit-learn and differences."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.losses import LOSSES, LossSpec, make_loss

TORCH = json.loads((Path(__file__).parent / "torch_values.json").read_text(encoding="utf-8"))


def made(name, reduction="mean", half=False):
    return make_loss(LossSpec(name, reduction, half))


@pytest.mark.parametrize("case", TORCH["losses"], ids=lambda case: case["expression"])
class TestAgainstTorch:
    def test_value(self, case):
        loss = made(case["name"], case["reduction"], case["half"])
        # PyTorch's arrays have the batch first, nnsim's the outputs.
        value = loss.value(np.array(case["y"]).T, np.array(case["t"]).T)
        assert value == pytest.approx(case["L"], rel=1e-14)

    def test_gradient(self, case):
        loss = made(case["name"], case["reduction"], case["half"])
        dy = loss.backward(np.array(case["y"]).T, np.array(case["t"]).T).T
        # torch clamps the logarithms of binary_cross_entropy's gradient at 1e-12.
        np.testing.assert_allclose(dy, case["dy"], rtol=1e-12, atol=0)


def test_regression_by_hand():
    """Exercise 17: y = 100, 200, 300 and ŷ = 90, 210, 310."""
    t = np.array([[100.0], [200.0], [300.0]])
    y = np.array([[90.0], [210.0], [310.0]])
    assert made("mae").value(y, t) == 10.0
    assert made("mse").value(y, t) == 100.0
    assert made("mape").value(y, t) == pytest.approx(6.1111, abs=5e-5)


@pytest.mark.parametrize(
    ("y", "t", "term"),
    [(0.9, 1, 0.105361), (0.9, 0, 2.302585), (0.2, 0, 0.223144), (0.2, 1, 1.609438)],
)
def test_binary_cross_entropy_by_hand(y, t, term):
    """Exercise 18: -ln y where the answer is yes, -ln(1 - y) where it is no."""
    terms = made("binary_cross_entropy").terms(np.array([[y]]), np.array([[float(t)]]))
    assert terms[0, 0] == pytest.approx(term, abs=5e-7)


class TestAgainstScikitLearn:
    def test_log_loss(self):
        from sklearn.metrics import log_loss

        y = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3], [0.05, 0.05, 0.9]])
        t = np.eye(3)[[1, 0, 2]]
        assert made("cross_entropy").value(y.T, t.T) == pytest.approx(log_loss(t, y), rel=1e-14)

    def test_binary_log_loss(self):
        from sklearn.metrics import log_loss

        y, t = np.array([0.2, 0.9, 0.55, 0.01]), np.array([0, 1, 1, 0])
        ours = made("binary_cross_entropy").value(y[:, None], t[:, None].astype(float))
        assert ours == pytest.approx(log_loss(t, y), rel=1e-14)

    def test_hinge(self):
        from sklearn.metrics import hinge_loss

        y, t = np.array([0.4, -1.2, 2.5, 0.3]), np.array([1, -1, 1, -1])
        ours = made("hinge").value(y[:, None], t[:, None].astype(float))
        assert ours == pytest.approx(hinge_loss(t, y), rel=1e-14)

    def test_mape_is_in_percent(self):
        from sklearn.metrics import mean_absolute_percentage_error

        y, t = np.array([90.0, 210.0, 310.0]), np.array([100.0, 200.0, 300.0])
        ours = made("mape").value(y[:, None], t[:, None])
        assert ours == pytest.approx(100 * mean_absolute_percentage_error(t, y), rel=1e-14)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_the_limit_of_differences(name, reduction, half):
    loss = made(name, reduction, half)
    y = np.array([[0.2, 0.5, 0.3], [0.6, 0.15, 0.25]])
    t = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    if name == "mape":
        t = t + 1.0
    elif name == "hinge":
        t = 2 * t - 1
    analytic = loss.backward(y, t)
    h = 1e-6
    for index in np.ndindex(*y.shape):
        above, below = y.copy(), y.copy()
        above[index] += h
        below[index] -= h
        rise = (loss.value(above, t) - loss.value(below, t)) / (2 * h)
        assert rise == pytest.approx(analytic[index], rel=1e-7, abs=1e-8)


class TestConventions:
    y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    t = np.zeros((3, 2))

    @pytest.mark.parametrize(
        ("reduction", "half", "value"),
        [("mean", False, 91 / 6), ("sum", False, 91), ("mean", True, 91 / 12), ("sum", True, 45.5)],
    )
    def test_of_the_squared_error(self, reduction, half, value):
        assert made("mse", reduction, half).value(self.y, self.t) == pytest.approx(value)

    @pytest.mark.parametrize("name", sorted(set(LOSSES) - {"mse"}))
    def test_the_half_belongs_to_the_squared_error_alone(self, name):
        y, t = np.full((2, 2), 0.5), np.eye(2)
        with_half, without = made(name, half=True), made(name, half=False)
        assert with_half.value(y, t) == without.value(y, t)

    def test_cross_entropy_divides_by_samples_and_the_others_by_values(self):
        y = np.full((3, 4), 1 / 3)
        assert made("cross_entropy").count(y) == 4
        assert made("mse").count(y) == 12


class TestEdges:
    def test_a_class_not_wanted_adds_nothing_even_at_probability_0(self):
        y, t = np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])
        for name in ("cross_entropy", "binary_cross_entropy"):
            assert made(name).value(y, t) == 0.0
            assert np.isfinite(made(name).backward(y, t)).all()

    def test_a_wanted_class_at_probability_0_costs_infinitely_much(self):
        y, t = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
        assert made("cross_entropy").value(y, t) == math.inf
        assert made("cross_entropy").backward(y, t)[0, 0] == -math.inf

    @pytest.mark.parametrize("name", LOSSES)
    @pytest.mark.parametrize("lowest", [0.0, 0.1, math.nan])
    def test_at_full_speed_the_gradient_is_the_same(self, name, lowest):
        y = np.array([[0.2, lowest, 1.0], [0.8, 1.0, lowest]])
        t = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
        loss, written = made(name), np.full_like(y, 7.0)
        with np.errstate(all="ignore"):
            for call in loss.backward_calls(y, t, written):
                call()
            assert written.tobytes() == loss.backward(y, t).tobytes()

    def test_mape_of_a_target_0(self):
        assert made("mape").value(np.array([[1.0]]), np.array([[0.0]])) == math.inf
        assert math.isnan(made("mape").value(np.array([[0.0]]), np.array([[0.0]])))

    def test_derivatives_at_kinks(self):
        at = np.array([[1.0]])
        assert made("mae").backward(at, at).tolist() == [[0.0]]
        assert made("hinge").backward(at, at).tolist() == [[0.0]]


def test_an_unknown_name_is_refused():
    with pytest.raises(KeyError):
        made("median")
