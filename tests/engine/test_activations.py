"""Activation functions as the course defines them, against PyTorch and against differences."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.activations import ACTIVATIONS, ActivationSpec, make_activation

# Values of torch 2.13.0 in float64; each entry names the expression that gave it.
TORCH = json.loads((Path(__file__).parent / "torch_values.json").read_text(encoding="utf-8"))
Z = np.array([[-2.0, -1.0, 0.0, 1.0, 2.0]])


def made(name, **parameters):
    return make_activation(ActivationSpec(name, **parameters))


@pytest.mark.parametrize(
    "case", TORCH["activations"], ids=lambda case: case["name"] + str(case["parameters"])
)
class TestAgainstTorch:
    def test_values(self, case):
        # PyTorch's arrays have the batch first, nnsim's the units.
        a = made(case["name"], **case["parameters"]).forward(np.array(case["z"]).T).T
        np.testing.assert_allclose(a, case["a"], rtol=1e-14, atol=0)

    def test_gradient(self, case):
        activation = made(case["name"], **case["parameters"])
        z = np.array(case["z"]).T
        dz = activation.backward(z, activation.forward(z), np.array(case["da"]).T).T
        # 1 - a and its like lose up to two digits where a is near 1.
        np.testing.assert_allclose(dz, case["dz"], rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize(
    ("name", "values", "slopes"),
    [
        ("step", [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]),
        ("identity", [-2, -1, 0, 1, 2], [1, 1, 1, 1, 1]),
        (
            "sigmoid",
            [0.11920292, 0.26894142, 0.5, 0.73105858, 0.88079708],
            [0.10499359, 0.19661193, 0.25, 0.19661193, 0.10499359],
        ),
        (
            "tanh",
            [-0.96402758, -0.76159416, 0, 0.76159416, 0.96402758],
            [0.07065082, 0.41997434, 1, 0.41997434, 0.07065082],
        ),
        ("relu", [0, 0, 0, 1, 2], [0, 0, 0, 1, 1]),
        ("leaky_relu", [-0.2, -0.1, 0, 1, 2], [0.1, 0.1, 0.1, 1, 1]),
        (
            "elu",
            [-0.86466472, -0.63212056, 0, 1, 2],
            [0.13533528, 0.36787944, 1, 1, 1],
        ),
    ],
)
def test_table_of_activations_and_derivatives(name, values, slopes):
    """Exercise 21: x = -2 … 2 in every activation, to eight decimals."""
    activation = made(name)
    a = activation.forward(Z)
    np.testing.assert_allclose(a[0], values, atol=5e-9)
    np.testing.assert_allclose(activation.derivative(Z, a)[0], slopes, atol=5e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradient_is_the_limit_of_differences(name):
    activation = made(name, alpha=0.7, pieces=2)
    z = np.array([[-1.3, 2.1], [0.4, -0.6], [0.9, 1.7], [-0.2, 0.3]])
    weights = np.array([[0.3], [-1.2], [0.8], [0.5]])[: len(activation.forward(z))]
    analytic = activation.backward(z, activation.forward(z), np.repeat(weights, 2, axis=1))
    h = 1e-6
    for index in np.ndindex(*z.shape):
        above, below = z.copy(), z.copy()
        above[index] += h
        below[index] -= h
        rise = ((activation.forward(above) - activation.forward(below)) * weights).sum()
        assert rise / (2 * h) == pytest.approx(analytic[index], abs=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_inputs_are_not_modified(name):
    activation = made(name)
    z = np.array([[-1.0], [0.0], [1.0], [2.0]])
    z.flags.writeable = False
    a = activation.forward(z)
    assert not np.shares_memory(a, z)
    a.flags.writeable = False
    da = np.ones_like(a)
    da.flags.writeable = False
    activation.backward(z, a, da)


@pytest.mark.parametrize(("one_at_zero", "at_zero"), [(True, 1.0), (False, 0.0)])
def test_step_at_its_threshold(one_at_zero, at_zero):
    step = made("step", one_at_zero=one_at_zero)
    assert step.forward(np.array([[0.0, -0.0, 5e-324, -5e-324]])).tolist() == [
        [at_zero, at_zero, 1.0, 0.0]
    ]


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "elu", "softmax", "softplus", "silu", "gelu"])
def test_large_sums_neither_overflow_nor_warn(name):
    a = made(name).forward(np.array([[-1000.0], [-40.0], [40.0], [1000.0]]))
    assert np.isfinite(a).all()
    assert a[0, 0] == {"tanh": -1.0, "elu": -1.0}.get(name, 0.0)


def test_softmax_is_a_distribution_and_knows_no_common_shift():
    softmax = made("softmax")
    z = np.array([[-2.85], [0.86], [0.28]])
    a = softmax.forward(z)
    assert a.sum() == pytest.approx(1.0, abs=1e-15)
    np.testing.assert_allclose(softmax.forward(z + 700.0), a, rtol=1e-12)
    # Exercise 19: the same scores, class 3; cross-entropy 1.04.
    assert -np.log(a[2, 0]) == pytest.approx(1.04, abs=0.005)


class TestMaxout:
    """Exercise 22: the maximum of the pieces, and which of them won."""

    def test_pieces_of_a_unit_lie_side_by_side(self):
        maxout = made("maxout", pieces=3)
        z = np.array([1.0, 3.0, 2.0, -1.0, -5.0, -0.5])
        assert maxout.forward(z).tolist() == [3.0, -0.5]
        assert maxout.winners(z).tolist() == [1, 2]

    def test_the_gradient_goes_to_the_winner_alone(self):
        maxout = made("maxout", pieces=3)
        z = np.array([1.0, 3.0, 2.0, -1.0, -5.0, -0.5])
        dz = maxout.backward(z, maxout.forward(z), np.array([10.0, 20.0]))
        assert dz.tolist() == [0.0, 10.0, 0.0, 0.0, 0.0, 20.0]

    def test_in_a_tie_the_first_piece_wins(self):
        maxout = made("maxout")
        z = np.array([2.0, 2.0])
        assert maxout.backward(z, maxout.forward(z), np.ones(1)).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("name", ["step", "identity", "relu", "maxout"])
def test_fractions_stay_fractions_where_promised(name):
    activation = made(name)
    assert activation.exact
    z = np.array([[Fraction(1, 3)], [Fraction(-1, 3)]], dtype=object)
    a = activation.forward(z)
    dz = activation.backward(z, a, np.full_like(a, Fraction(1, 7)))
    for number in [*a.ravel(), *dz.ravel()]:
        assert isinstance(number, Fraction | int)
        assert Fraction(number) in {Fraction(n, d) for n in range(-7, 8) for d in (1, 3, 7)}


def test_an_unknown_name_is_refused():
    with pytest.raises(KeyError):
        made("swish")
