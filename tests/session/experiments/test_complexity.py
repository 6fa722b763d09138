"""Bias and variance as the course defines them; the whole sweep is in tests/benchmarks."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.data.scaling import Method
from nnsim.session.experiments.complexity import bias_variance
from nnsim.session.experiments.pool import workers
from nnsim.session.experiments.samples import samples_of_set
from nnsim.session.experiments.training import Setup

SETUP = Setup((64, 8, 10), "relu", "softmax", "cross_entropy", batch=32, scaling=Method.MIN_MAX)
QUICK = replace(SETUP, epochs=2)


@pytest.fixture(scope="module")
def digits():
    return samples_of_set("digits", 0)


def sweep(samples, setup, against, values, **others):
    given = {"size": 400, "noise": 0.3, **others}
    return bias_variance(samples, setup, against, values, **given)


def test_the_u_against_hidden_units(digits):
    """Digits, n = 400, 30 % random classes: .829 .260 .018 in training, .859 .402 .446 in test."""
    report = sweep(digits, SETUP, "hidden_units", (1, 16, 128), repeats=2)
    np.testing.assert_allclose(report.numbers("training_error"), [0.83, 0.26, 0.02], atol=0.06)
    np.testing.assert_allclose(report.numbers("test_error"), [0.86, 0.40, 0.446], atol=0.05)
    assert report.figures["sweet_spot"] == 16
    assert report.column("sweet_spot") == (0, 1, 0)


def test_the_course_definitions(digits):
    report = sweep(digits, QUICK, "hidden_units", (2, 4), repeats=2)
    bias, variance = report.numbers("bias_course"), report.numbers("variance_course")
    assert bias == report.numbers("training_error")
    np.testing.assert_allclose(np.add(bias, variance), report.numbers("test_error"))
    assert not {"bias", "variance", "bias_squared_statistical"} & set(report.columns)


def test_the_runs_behind_the_means(digits):
    report = sweep(digits, QUICK, "hidden_units", (2, 4), repeats=3)
    for value, mean in zip((2, 4), report.numbers("test_error"), strict=True):
        runs = report.sheets["runs"].where(value=value)
        assert len(set(runs.column("seed"))) == 3
        assert runs.values("test_error").mean() == pytest.approx(mean)


def test_against_epochs_the_training_error_falls_and_the_gap_opens(digits):
    setup = replace(SETUP, layers=(64, 64, 10))
    report = sweep(digits, setup, "epochs", (1, 10, 60), repeats=1)
    training, gap = report.numbers("training_error"), report.numbers("variance_course")
    assert training[0] > training[1] > training[2]
    assert gap[0] < gap[1] < gap[2]


def test_epochs_in_one_training_are_those_of_separate_ones(digits):
    together = sweep(digits, SETUP, "epochs", (1, 3), repeats=1)
    alone = sweep(digits, SETUP, "epochs", (3,), repeats=1)
    assert together.column("test_error")[1] == alone.column("test_error")[0]


def test_against_training_samples_the_gap_closes(digits):
    report = sweep(digits, SETUP, "training_size", (50, 200, 800), repeats=1)
    gap, test = report.numbers("variance_course"), report.numbers("test_error")
    assert gap[0] > gap[1] > gap[2]
    assert test[0] > test[1] > test[2]


def test_noise_in_the_test_set_keeps_the_course_variance_from_turning_negative(digits):
    """A perfect answer would still be wrong for 27 % of the samples: 30 % drawn, a tenth right."""
    report = sweep(digits, SETUP, "hidden_units", (16,), repeats=1)
    assert report.numbers("test_error")[0] > 0.27
    assert report.numbers("variance_course")[0] > 0


def test_values_have_a_mean_squared_error():
    setup = Setup((10, 4, 1), "relu", "identity", "mse", epochs=5)
    report = bias_variance(samples_of_set("diabetes", 0), setup, "hidden_units", (2, 4), 200)
    assert report.conventions["error"] == "mean squared error"
    assert all(0.3 < error < 1.5 for error in report.numbers("test_error"))


@pytest.mark.parametrize("against", ["hidden_units", "epochs", "training_size"])
def test_the_same_numbers_on_two_workers(digits, against, pool):
    values = (2, 30)
    found = [
        sweep(digits, QUICK, against, values, repeats=2, executor=executor)
        for executor in (None, pool)
    ]
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def pool():
    with workers(2) as executor:
        yield executor


@pytest.mark.parametrize(
    ("against", "values", "others", "code"),
    [
        ("epochs", (), {}, "order"),
        ("epochs", (4, 2), {}, "order"),
        ("hidden_units", (1,), {"size": 1797}, "size"),
        ("training_size", (1, 1797), {}, "size"),
    ],
)
def test_refusals(digits, against, values, others, code):
    with pytest.raises(NnsimError, match=rf"experiment\.{code}"):
        sweep(digits, QUICK, against, values, **others)


def test_without_hidden_layer_or_classes(digits):
    with pytest.raises(NnsimError, match=r"experiment\.no_hidden"):
        sweep(digits, replace(QUICK, layers=(64, 10)), "hidden_units", (1,))
    with pytest.raises(NnsimError, match=r"experiment\.noise"):
        sweep(samples_of_set("diabetes", 0), QUICK, "epochs", (1,), size=100)
