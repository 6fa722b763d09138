"""Restricted Boltzmann machines: by hand, by enumeration, and as scikit-learn has them."""

import itertools
import math

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.learners import Feed
from nnsim.engine.learners.boltzmann import (
    DivergenceSettings,
    RestrictedBoltzmannLearner,
    RestrictedMachine,
    all_states,
)
from nnsim.engine.record import Record


def bars_and_stripes(side=3):
    found = set()
    for choice in itertools.product((0.0, 1.0), repeat=side):
        image = np.tile(choice, (side, 1))
        found |= {tuple(image.ravel()), tuple(image.T.ravel())}
    return np.array(sorted(found))


def random_machine(visible, hidden, seed=0):
    random = generator(seed)
    return RestrictedMachine(
        random.standard_normal((hidden, visible)),
        random.standard_normal(visible),
        random.standard_normal(hidden),
    )


def learner(data, hidden=4, batch=None, seed=0, **settings):
    batch = batch or len(data)
    return RestrictedBoltzmannLearner(
        data, hidden, Feed(len(data)), batch, DivergenceSettings(**settings), generator(seed)
    )


class TestMachine:
    def test_one_unit_each_by_hand(self):
        """w = ln 3, b = ln 2, c = 0: e^-E = 1, 1 (h alone), 2 (v alone), 6 (both); Z = 10."""
        machine = RestrictedMachine(np.log([[3.0]]), np.log([2.0]), np.zeros(1))
        v = np.array([[0.0], [1.0]])
        np.testing.assert_allclose(np.exp(-machine.energy(v, v)), [1, 6], rtol=1e-15)
        np.testing.assert_allclose(machine.log_partition(), math.log(10), rtol=1e-15)
        np.testing.assert_allclose(np.exp(machine.log_likelihood(v)), [0.2, 0.8], rtol=1e-14)
        np.testing.assert_allclose(machine.hidden_probabilities(v)[:, 0], [1 / 2, 3 / 4])
        np.testing.assert_allclose(machine.visible_probabilities(v)[:, 0], [2 / 3, 6 / 7])

    @pytest.mark.parametrize(("visible", "hidden"), [(5, 3), (3, 5), (4, 4)])
    def test_sums_over_one_layer_are_sums_over_both(self, visible, hidden):
        machine = random_machine(visible, hidden)
        v, h = all_states(visible), all_states(hidden)
        weights = np.array([np.exp(-machine.energy(np.tile(row, (len(h), 1)), h)) for row in v])
        np.testing.assert_allclose(machine.log_partition(), np.log(weights.sum()), rtol=1e-12)
        probabilities = weights.sum(axis=1) / weights.sum()
        np.testing.assert_allclose(np.exp(machine.log_likelihood(v)), probabilities, rtol=1e-12)
        by_hidden = np.exp(-machine.hidden_free_energy(h))
        np.testing.assert_allclose(by_hidden, weights.sum(axis=0), rtol=1e-12)
        conditional = weights @ h / weights.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(machine.hidden_probabilities(v), conditional, rtol=1e-12)

    def test_the_exact_gradient_is_that_of_the_likelihood(self):
        machine = random_machine(4, 3)
        data = all_states(4)[[1, 6, 6, 11]]
        step = 1e-6
        parameters = (machine.weights, machine.visible_biases, machine.hidden_biases)
        for values, gradient in zip(parameters, machine.log_likelihood_gradient(data), strict=True):
            for place in np.ndindex(values.shape):
                kept = values[place]
                values[place] = kept + step
                above = machine.log_likelihood(data).mean()
                values[place] = kept - step
                below = machine.log_likelihood(data).mean()
                values[place] = kept
                # Central differences: error about step² and rounding / step.
                assert abs((above - below) / (2 * step) - gradient[place]) < 1e-8

    def test_large_machines_have_no_exact_likelihood(self):
        with pytest.raises(ValueError, match="20"):
            random_machine(21, 21).log_partition()

    def test_large_energies_do_not_overflow(self):
        machine = RestrictedMachine(np.full((2, 2), 1000.0), np.zeros(2), np.zeros(2))
        assert machine.log_partition() == pytest.approx(4000.0, rel=1e-15)


class TestOneIteration:
    @pytest.mark.parametrize("persistent", [False, True])
    def test_what_is_recorded_follows_from_each_other(self, persistent):
        taught = learner(
            bars_and_stripes(), 6, 5, learning_rate=0.3, gibbs_steps=3, persistent=persistent
        )
        for _ in range(4):
            record = Record()
            taught.iterate(record)
        a = record.arrays
        machine = RestrictedMachine(a["w:vh"], a["b:v"], a["b:h"])
        same = np.testing.assert_array_equal
        same(a["a:h"], machine.hidden_probabilities(a["a:v"]))
        same(a["r:v"], machine.visible_probabilities(a["a:h"]))
        assert float(a["L"]) == ((a["a:v"] - a["r:v"]) ** 2).mean()
        if not persistent:
            same(a["v:0"], a["a:v"])
        for step in (1, 2, 3):
            same(a[f"prob_v:{step}"], machine.visible_probabilities(a[f"h:{step - 1}"]))
            same(a[f"prob_h:{step}"], machine.hidden_probabilities(a[f"v:{step}"]))
            same(a[f"F:{step}"][:, 0], machine.free_energy(a[f"v:{step}"]))
            if f"h:{step}" in a:
                same(a[f"E:{step}"][:, 0], machine.energy(a[f"v:{step}"], a[f"h:{step}"]))
        assert ("h:3" in a) == persistent
        close = np.testing.assert_allclose
        close(a["positive:vh"], a["a:h"].T @ a["a:v"] / 5, rtol=1e-15)
        close(a["negative:vh"], a["prob_h:3"].T @ a["v:3"] / 5, rtol=1e-15)
        # Differences of means of size 1: a few units in the last place of 1.
        for name, owner in (("w:vh", "vh"), ("b:v", "v"), ("b:h", "h")):
            close(a[f"g{name}"], a[f"negative:{owner}"] - a[f"positive:{owner}"], atol=1e-15)
            close(a[f"d{name}"], -0.3 * a[f"g{name}"], rtol=1e-14)

    def test_a_persistent_chain_goes_on_where_it_was(self):
        taught = learner(bars_and_stripes(), persistent=True, gibbs_steps=2)
        first, second = Record(), Record()
        taught.iterate(first)
        taught.iterate(second)
        np.testing.assert_array_equal(second.arrays["h:0"], first.arrays["h:2"])

    def test_more_chains_than_samples_are_averaged(self):
        taught = learner(bars_and_stripes(), persistent=True, chains=70)
        record = Record()
        taught.iterate(record)
        a = record.arrays
        assert a["v:1"].shape == (70, 9)
        expected = 0.1 * (a["a:v"].mean(axis=0) - a["v:1"].mean(axis=0))
        np.testing.assert_allclose(a["db:v"], expected, atol=1e-15)

    def test_averaged_over_many_long_chains_it_is_the_gradient(self):
        data = all_states(4)[[1, 6, 6, 11]]
        random = generator(3)
        taught = RestrictedBoltzmannLearner(
            np.tile(data, (2500, 1)),
            3,
            Feed(10_000),
            10_000,
            DivergenceSettings(gibbs_steps=30),
            random,
            random.standard_normal((3, 4)),
        )
        exact = taught.machine.log_likelihood_gradient(data)
        record = Record()
        taught.iterate(record)
        # 10,000 chains: standard errors of at most 0.5 / 100.
        for name, gradient in zip(("w:vh", "b:v", "b:h"), exact, strict=True):
            np.testing.assert_allclose(-record.arrays[f"g{name}"], gradient, atol=0.025)


def test_persistent_chains_equal_scikit_learn_step_by_step():
    """The same bits drawn, so the same samples; the products are summed in another order."""
    from sklearn.neural_network import BernoulliRBM

    data = generator(0).integers(2, size=(12, 7)).astype(float)
    bits = np.random.RandomState(np.random.PCG64(8))
    theirs = BernoulliRBM(5, learning_rate=0.2, batch_size=4, random_state=bits)
    theirs.partial_fit(data[:4])  # draws its weights from the same generator: all begins here
    random = np.random.Generator(np.random.PCG64())
    random.bit_generator.state = bits.get_state(legacy=False) | {"bit_generator": "PCG64"}
    ours = RestrictedBoltzmannLearner(
        data,
        5,
        Feed(12),
        4,
        DivergenceSettings(0.2, persistent=True),
        random,
        theirs.components_,
    )
    ours.params["b:v"][...] = theirs.intercept_visible_
    ours.params["b:h"][...] = theirs.intercept_hidden_
    ours.state["chains"][...] = theirs.h_samples_
    for iteration in range(120):
        rows = np.arange(4) + 4 * (iteration % 3)
        theirs.partial_fit(data[rows])
        assert ours.iterate().samples == tuple(rows)
        close = np.testing.assert_allclose
        close(ours.params["w:vh"], theirs.components_, rtol=0, atol=1e-12)
        close(ours.params["b:v"], theirs.intercept_visible_, rtol=0, atol=1e-12)
        close(ours.params["b:h"], theirs.intercept_hidden_, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(ours.state["chains"], theirs.h_samples_)


def test_bars_and_stripes_are_learnt():
    """14 patterns: the greatest mean log-likelihood is -ln 14 = -2.639."""
    data = bars_and_stripes()
    taught = learner(data, 16, learning_rate=0.1, gibbs_steps=10)
    for _ in range(6000):
        taught.iterate()
    assert -2.82 <= taught.machine.log_likelihood(data).mean() <= -math.log(14)


@pytest.mark.parametrize(
    "settings", [{"gibbs_steps": 0}, {"learning_rate": 0.0}, {"persistent": True, "chains": 0}]
)
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(ValueError):
        DivergenceSettings(**settings)


def test_data_outside_of_0_to_1_are_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        learner(np.array([[2.0, 0.0]]))
