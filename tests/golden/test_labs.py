"""Whole trainings reach what the same networks reach elsewhere.

Figures: the mean of several seeds, or what scikit-learn finds for the same task.  Seeds decide
every number, so the limits stand between what was found and what a mistake would give.
"""

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.decomposition import PCA
from sklearn.svm import SVC

from nnsim.engine.learners.updates import Update
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.regularisers import PenaltySpec
from nnsim.engine.schedules import ScheduleSpec
from nnsim.session.experiments.training import drawn, layered
from tests.support.lab_images import (
    moved_accuracy,
    taught_convolution,
    taught_deconvolution,
    taught_layers,
)
from tests.support.lab_sequences import parity_accuracies
from tests.support.labs import Digits, adam, taught


@pytest.mark.parametrize("seed", range(3))
def test_a_hidden_layer_of_32_tells_digits_apart(data, seed):
    """scikit-learn's MLPClassifier: .960-.973 over seeds on the same split."""
    plan = taught_layers(data, seed)
    assert 0.960 <= data.accuracy(plan) <= 0.980
    # Moved by a pixel they are strange to it: .45-.48.
    assert moved_accuracy(plan, data) <= 0.5


def test_convolutions_tell_them_apart_better_and_know_them_when_moved():
    """Over 20 seeds .984-1, mean .992; moved .64-.74, mean .68."""
    data = Digits(standardised=True)
    plan = taught_convolution(data, 0)
    assert 0.984 <= data.accuracy(plan) <= 1.0
    assert 0.65 <= moved_accuracy(plan, data) <= 0.74


def test_a_transposed_convolution_draws_the_mean_digit_of_each_class(data):
    """Nothing that knows the class alone can do better: .0421."""
    classes = data.targets.argmax(axis=1)
    means = np.array([data.inputs[classes == k].mean(axis=0) for k in range(10)])
    least = np.mean((means[classes] - data.inputs) ** 2)
    plan = taught_deconvolution(data, 0)
    assert least <= np.mean((plan.predict(data.targets) - data.inputs) ** 2) <= 0.0427


def test_a_recurrent_layer_carries_a_bit_further_than_it_learnt_to():
    """Whether the ones so far are odd: learnt over 12 steps, asked over 200."""
    near, far = parity_accuracies(4000, seed=0)
    assert near == 1.0
    assert far >= 0.96


@pytest.fixture(scope="module")
def data():
    return Digits()


@pytest.fixture(scope="module")
def linear(data):
    """64-2-64 without any activation, taught to give back the training digits."""
    plan = drawn(layered((64, 2, 64), "identity", "identity", "mse"), "xavier_uniform", 0)
    taught(plan, data.inputs, data.inputs, adam(0.01), batch=len(data.inputs), epochs=1500)
    return plan


@pytest.fixture(scope="module")
def components(data):
    return PCA(2).fit(data.inputs)


class TestLinearAutoencoder:
    """Two linear units in the middle find what principal components find.

    Source: Baldi and Hornik 1989, Neural Networks and Principal Component Analysis.
    """

    def test_its_error_is_the_least_there_is(self, data, linear, components):
        best = components.inverse_transform(components.transform(data.inputs))
        found = np.mean((linear.predict(data.inputs) - data.inputs) ** 2)
        least = np.mean((best - data.inputs) ** 2)
        assert least <= found <= least * (1 + 1e-5)

    def test_its_decoder_spans_the_principal_plane(self, linear, components):
        directions = np.linalg.qr(linear.views["w:c2"])[0]
        cosines = np.linalg.svd(components.components_ @ directions, compute_uv=False)
        np.testing.assert_allclose(cosines, 1.0, rtol=0, atol=1e-4)

    def test_on_new_digits_it_loses_as_much(self, data, linear):
        """PCA with two components: .0530."""
        found = np.mean((linear.predict(data.test_inputs) - data.test_inputs) ** 2)
        assert found == pytest.approx(0.0530, abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_hinge_and_l2_end_where_a_support_vector_machine_does(seed):
    """Mean hinge + λ/2 |w|² is scikit-learn's objective with C = 1 / (λ n), divided by C n."""
    inputs, classes = make_moons(200, noise=0.2, random_state=0)
    targets = 2.0 * classes - 1.0
    decay = 0.01
    machine = SVC(kernel="linear", C=1 / (decay * 200), tol=1e-8).fit(inputs, targets)
    short = np.maximum(0.0, 1.0 - targets * machine.decision_function(inputs))
    least = short.mean() + decay / 2 * np.sum(machine.coef_**2)

    plan = drawn(layered((2, 1), "identity", "identity", "hinge"), "xavier_uniform", seed)
    update = Update(
        OptimiserSpec("adam", 0.05),
        ScheduleSpec("exponential", factor=0.995),
        PenaltySpec(l2=decay),
    )
    learner = taught(plan, inputs, targets[:, np.newaxis], update, batch=200, epochs=2000)
    assert learner.iterate().loss == pytest.approx(least, rel=1e-7)
    np.testing.assert_allclose(plan.views["w:c1"], machine.coef_, rtol=1e-5)
    np.testing.assert_allclose(plan.views["b:n1"], machine.intercept_, rtol=1e-4)
