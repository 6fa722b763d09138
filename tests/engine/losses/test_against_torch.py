"""Losses from logits, robust and weighted losses and divergences, in a plan, against PyTorch."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.combining import ActivationNodeSpec
from nnsim.engine.plan import Plan, PlanSpec
from tests.support.nodes import sources

TORCH = json.loads((Path(__file__).parent / "loss_torch_values.json").read_text(encoding="utf-8"))[
    "losses"
]


def compared(y, t, loss, weights=None, arithmetic="float64"):
    """L and dL/dy, (batch, outputs), of predictions that are the inputs as they are."""
    node = ActivationNodeSpec("o", ActivationSpec("identity"), sources("x"))
    plan = Plan(PlanSpec((("x", y.shape[1]),), (node,), ("o",), loss, arithmetic), {})
    workspace = plan.workspace(len(y))
    workspace.load(plan.numbers(y), plan.numbers(t), weights)
    workspace.forward()
    workspace.backward()
    return workspace.loss(), workspace.da["o"]


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["name"] + ": " + case["expression"])
def test_value_and_gradient(case):
    spec = dict(case["spec"])
    spec["class_weights"] = tuple(spec.get("class_weights", ()))
    weights = np.array(case["weights"]) if "weights" in case else None
    y, t = np.array(case["y"]), np.array(case["t"])
    value, dy = compared(y, t, LossSpec(case["name"], **spec), weights)
    assert value == pytest.approx(case["L"], rel=1e-12)
    # Differences of near numbers (σ(y) - t, ρ̂ against ρ) lose digits in both programs.
    np.testing.assert_allclose(dy, case["dy"], rtol=1e-12, atol=1e-16)


class TestLogits:
    y = np.array([[800.0, -800.0, 0.0], [-900.0, 5.0, 5.0]])
    t = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])

    def test_softmax_of_large_logits_is_finite(self):
        value, dy = compared(self.y, self.t, LossSpec("cross_entropy_from_logits"))
        assert value == pytest.approx((1600 + np.log(2)) / 2, rel=1e-15)
        np.testing.assert_allclose(dy, [[0.5, -0.5, 0], [0, 0.25, -0.25]], atol=1e-16)

    def test_sigmoid_of_large_logits_is_finite(self):
        value, dy = compared(self.y, self.t, LossSpec("binary_cross_entropy_from_logits", "sum"))
        per_output = 800 + 800 + np.log(2) + 0 + 5 + 2 * np.log1p(np.exp(-5))
        assert value == pytest.approx(per_output, rel=1e-15)
        sigma = 1 / (1 + np.exp(-5))
        np.testing.assert_allclose(dy, [[1, -1, 0.5], [0, sigma, sigma - 1]], rtol=1e-13)

    @pytest.mark.parametrize(
        ("fused", "plain", "activation"),
        [
            ("cross_entropy_from_logits", "cross_entropy", "softmax"),
            ("binary_cross_entropy_from_logits", "binary_cross_entropy", "sigmoid"),
        ],
    )
    def test_they_are_the_losses_of_the_probabilities(self, fused, plain, activation):
        from nnsim.engine.activations import make_activation

        y = np.array([[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]])
        a = make_activation(ActivationSpec(activation)).forward(y.T).T
        value, _ = compared(y, self.t, LossSpec(fused))
        assert value == pytest.approx(compared(a, self.t, LossSpec(plain))[0], rel=1e-14)

    def test_float32_stays_float32(self):
        for name in ("cross_entropy_from_logits", "huber", "multiclass_hinge"):
            value, dy = compared(self.y / 100, self.t, LossSpec(name), arithmetic="float32")
            assert dy.dtype == np.float32
            assert np.isfinite(value)


class TestHuber:
    def test_a_parabola_to_delta_and_a_line_from_there(self):
        y, t = np.array([[0.5, -3.0, 1.0]]), np.zeros((1, 3))
        value, dy = compared(y, t, LossSpec("huber", "sum"))
        assert value == 0.125 + 2.5 + 0.5
        assert dy.tolist() == [[0.5, -1.0, 1.0]]

    def test_a_delta_that_is_not_positive_is_refused(self):
        with pytest.raises(ValueError, match="positive"):
            compared(np.ones((1, 1)), np.ones((1, 1)), LossSpec("huber", delta=0.0))


class TestMulticlassHinge:
    y = np.array([[2.0, 1.5, -1.0], [0.0, 3.0, 0.5], [1.0, 1.0, 1.0]])
    t = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])

    def test_by_hand(self):
        value, dy = compared(self.y, self.t, LossSpec("multiclass_hinge", "sum"))
        assert value == 0.5 + 0.0 + 1.0
        assert dy.tolist() == [[-1, 1, 0], [0, 0, 0], [1, 0, -1]]

    def test_against_scikit_learn(self):
        from sklearn.metrics import hinge_loss

        y = np.random.default_rng(0).normal(size=(40, 4))
        classes = np.arange(40) % 4
        value, _ = compared(y, np.eye(4)[classes], LossSpec("multiclass_hinge"))
        assert value == pytest.approx(hinge_loss(classes, y, labels=[0, 1, 2, 3]), rel=1e-14)

    def test_one_output_has_no_classes_to_compare(self):
        with pytest.raises(ValueError, match="two classes"):
            compared(np.ones((1, 1)), np.ones((1, 1)), LossSpec("multiclass_hinge"))


class TestDivergences:
    def test_a_standard_normal_code_costs_nothing(self):
        value, dy = compared(np.zeros((3, 4)), np.zeros((3, 4)), LossSpec("kl_normal"))
        assert value == 0
        assert not dy.any()

    def test_a_code_as_active_as_wanted_costs_nothing(self):
        y = np.array([[0.0, 0.5], [0.5, 0.0]])
        value, dy = compared(y, np.zeros((2, 2)), LossSpec("kl_bernoulli", "sum", rho=0.25))
        assert value == 0
        assert not dy.any()

    def test_an_odd_number_of_values_is_no_mean_and_variance(self):
        with pytest.raises(ValueError, match="as many"):
            compared(np.zeros((2, 3)), np.zeros((2, 3)), LossSpec("kl_normal"))

    @pytest.mark.parametrize("rho", [0.0, 1.0, -0.1])
    def test_a_rho_out_of_range_is_refused(self, rho):
        with pytest.raises(ValueError, match="between 0 and 1"):
            compared(np.zeros((2, 3)), np.zeros((2, 3)), LossSpec("kl_bernoulli", rho=rho))


class TestWeights:
    def test_classes_of_signs(self):
        """The hinge loss, whose classes are -1 and 1."""
        y, t = np.array([[0.5], [0.5]]), np.array([[-1.0], [1.0]])
        value, dy = compared(y, t, LossSpec("hinge", "sum", class_weights=(2.0, 10.0)))
        assert value == 2 * 1.5 + 10 * 0.5
        assert dy.tolist() == [[2.0], [-10.0]]

    def test_class_and_sample_weights_multiply(self):
        y, t = np.array([[0.5], [0.25]]), np.array([[1.0], [0.0]])
        spec = LossSpec(
            "binary_cross_entropy", "sum", class_weights=(3.0, 5.0), sample_weights=True
        )
        value, _ = compared(y, t, spec, np.array([2.0, 4.0]))
        assert value == pytest.approx(-5 * 2 * np.log(0.5) - 3 * 4 * np.log(0.75), rel=1e-15)

    def test_without_weights_in_the_batch_all_count_the_same(self):
        y, t = np.array([[0.5], [2.0]]), np.zeros((2, 1))
        found = compared(y, t, LossSpec("mse", sample_weights=True))
        expected = compared(y, t, LossSpec("mse"))
        assert found[0] == expected[0]
        assert found[1].tolist() == expected[1].tolist()

    def test_the_weighted_mean_of_equal_weights_is_the_mean(self):
        y, t = np.array([[0.5, 1.0], [2.0, -1.0]]), np.ones((2, 2))
        found = compared(y, t, LossSpec("mse", "weighted_mean", half=True))
        expected = compared(y, t, LossSpec("mse", half=True))
        assert found[0] == expected[0]
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-15)

    @pytest.mark.parametrize(
        ("spec", "words"),
        [
            (LossSpec("mse", class_weights=(1.0, 2.0)), "no classes"),
            (LossSpec("cross_entropy", class_weights=(1.0, 2.0)), "as many weights"),
            (LossSpec("kl_bernoulli", sample_weights=True), "as a whole"),
            (LossSpec("mse", "median"), "no reduction"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, spec, words):
        with pytest.raises(ValueError, match=words):
            compared(np.full((2, 3), 0.5), np.ones((2, 3)), spec)
