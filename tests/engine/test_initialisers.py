"""Start values: their distributions, their fans, their source of chance."""

import math

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.initialisers import (
    INITIALISERS,
    InitialiserSpec,
    fans,
    initial,
    orthogonal,
    start_values,
)
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.plan import Plan, PlanSpec, Source
from tests.support.plans import spec_of

DENSE, KERNEL = (120, 80), (16, 12, 5, 3)
#: variance by fan-in and fan-out, as the papers have it
VARIANCES = {
    "xavier": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
}


def drawn(name, shape, draws=25, **settings):
    random = generator(1)
    spec = InitialiserSpec(name, **settings)
    return np.stack([initial(spec, shape, random) for _ in range(draws)])


def test_fans_of_matrices_and_kernels():
    assert fans((3, 7)) == (7, 3)
    assert fans(KERNEL) == (12 * 15, 16 * 15)
    with pytest.raises(ValueError):
        fans((4,))


@pytest.mark.parametrize("shape", [DENSE, KERNEL])
@pytest.mark.parametrize("family", VARIANCES)
@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_the_variance_is_that_of_the_paper(family, shape, gain):
    variance = gain**2 * VARIANCES[family](*fans(shape))
    for kind in ("uniform", "normal"):
        values = drawn(f"{family}_{kind}", shape, gain=gain)
        # Five standard errors: of a mean σ/√n, of a variance at most σ² √(2/n).
        n = values.size
        assert abs(values.mean()) < 5 * math.sqrt(variance / n)
        assert values.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / n))
        is_bounded = np.abs(values).max() <= math.sqrt(3 * variance)
        assert is_bounded == (kind == "uniform")


def test_free_distributions():
    normal = drawn("normal", DENSE, mean=0.3, deviation=0.2)
    assert normal.mean() == pytest.approx(0.3, abs=5 * 0.2 / math.sqrt(normal.size))
    assert normal.std() == pytest.approx(0.2, rel=5 / math.sqrt(2 * normal.size))
    uniform = drawn("uniform", DENSE, low=-1.0, high=3.0)
    assert uniform.min() >= -1
    assert uniform.max() < 3
    assert uniform.mean() == pytest.approx(1.0, abs=5 * 4 / math.sqrt(12 * uniform.size))
    assert (drawn("constant", (2, 3), value=0.25) == 0.25).all()
    assert not drawn("zeros", (2, 3)).any()


@pytest.mark.parametrize("shape", [(6, 6), (4, 9), (9, 4), (5, 3, 2, 2)])
def test_orthogonal_matrices(shape):
    matrix = orthogonal(shape, generator(2)).reshape(shape[0], -1)
    small = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-14)
    gained = initial(InitialiserSpec("orthogonal", gain=2.0), shape, generator(2))
    np.testing.assert_allclose(gained.reshape(matrix.shape), 2 * matrix, rtol=1e-15)


def test_orthogonal_matrices_are_drawn_evenly():
    """Each entry of an even draw has mean 0 and variance 1/n; without the signs it has not."""
    random = generator(3)
    matrices = np.stack([orthogonal((3, 3), random) for _ in range(4000)])
    np.testing.assert_allclose(matrices.mean(axis=0), 0, atol=5 / math.sqrt(3 * 4000))
    np.testing.assert_allclose((matrices**2).mean(axis=0), 1 / 3, atol=5 * 0.3 / math.sqrt(4000))


def test_pytorchs_default_reaches_to_one_over_the_root_of_fan_in():
    spec = spec_of([("x", 50)], [("o", 40, "tanh", [("c", "x")])])
    start = start_values(spec, InitialiserSpec("pytorch"), generator(4))
    limit = 1 / math.sqrt(50)
    for values in start.values():
        assert np.abs(values).max() <= limit
        assert values.std() == pytest.approx(limit / math.sqrt(3), rel=0.25)


def test_several_connections_into_a_node_are_one_matrix():
    """Variance 1 / (all inputs), though each connection has fewer."""
    layers = [("o", 60, "tanh", [("c", "x"), ("d", "z")])]
    spec = spec_of([("x", 90), ("z", 10)], layers)
    start = start_values(spec, InitialiserSpec("lecun_normal"), generator(5))
    for name in ("w:c", "w:d"):
        n = start[name].size
        assert start[name].var() == pytest.approx(1 / 100, rel=5 * math.sqrt(2 / n))
    assert not start["b:o"].any()


@pytest.mark.parametrize("name", INITIALISERS)
def test_a_plan_starts_with_them_and_the_same_generator_draws_the_same(name):
    spec = spec_of([("x", 4)], [("h", 3, "relu", [("c", "x")]), ("o", 2, "relu", [("d", "h")])])
    first, second = (start_values(spec, InitialiserSpec(name), generator(6)) for _ in range(2))
    plan = Plan(spec, first)
    for parameter, view in plan.views.items():
        assert view.tobytes() == second[parameter].tobytes()


def test_nodes_may_have_initialisers_of_their_own():
    spec = spec_of([("x", 4)], [("h", 3, "relu", [("c", "x")]), ("o", 2, "relu", [("d", "h")])])
    own = {"h": InitialiserSpec("zeros", bias=0.5), "o": InitialiserSpec("constant", value=2.0)}
    start = start_values(spec, own, generator(7))
    assert not start["w:c"].any()
    assert (start["b:h"] == 0.5).all()
    assert (start["w:d"] == 2).all()
    with pytest.raises(KeyError):
        start_values(spec, {"h": own["h"]}, generator(7))


def test_what_a_layer_sees_its_own_state_through_may_start_otherwise():
    """As in Keras, where each gate's recurrent matrix is orthogonal."""
    spec = PlanSpec((("x", (4, 3)),), (LSTMSpec("r", 5, (Source("c", "x"),)),), ("r",))
    made = InitialiserSpec("constant", value=0.5, forget_bias=1.0, recurrent="orthogonal")
    start = start_values(spec, made, generator(8))
    assert (start["w:c"] == 0.5).all()
    for gate in start["u:r"].reshape(4, 5, 5):
        np.testing.assert_allclose(gate @ gate.T, np.eye(5), atol=1e-14)
    assert start["b:r"].tolist() == [0] * 5 + [1] * 5 + [0] * 10


@pytest.mark.parametrize("wrong", [{"name": "glorot"}, {"recurrent": "glorot"}])
def test_unknown_initialisers_are_refused(wrong):
    with pytest.raises(ValueError, match="glorot"):
        InitialiserSpec(**wrong)
