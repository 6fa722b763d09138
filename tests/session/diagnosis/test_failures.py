"""Every failing training of the lessons is found and named; beside it, healthy ones are not."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.document import failing
from nnsim.document.examples import EXAMPLES, load_example
from nnsim.document.model import Training
from nnsim.document.templates import perceptron
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.session import Session
from nnsim.session.diagnosis import Doctor, Severity, Trouble, cures
from nnsim.session.diagnosis.rules import dying

HE = InitialiserSpec("he_normal")
EPOCH = 43  # iterations: 1348 digits in batches of 32


def watched(document, iterations):
    """The session after so many iterations (or its verdict), and all reports on the way."""
    session = Session(document)
    doctor = Doctor(session)
    reports = [doctor.look()]
    while session.computed < iterations and session.verdict is None:
        for _ in range(EPOCH):
            if session.verdict is None:
                session.compute()
        reports.append(doctor.look())
    return session, reports


def alarms(reports):
    return {each.trouble for report in reports for each in report.alarms}


def codes(diagnosis):
    return [message.code.removeprefix("diagnosis.evidence.") for message in diagnosis.evidence]


@pytest.mark.parametrize("seed", range(3))
def test_units_that_start_switched_off_are_a_failure_before_anything_is_computed(seed):
    _, reports = watched(failing.dying_relu(seed), 3 * EPOCH)
    assert alarms(reports) == {Trouble.DYING_RELU}
    first, last = reports[0].diagnoses[0], reports[-1].diagnoses[0]
    assert first.severity is Severity.FAILURE
    assert last.since == 0
    assert "n6" in last.nodes
    dead = last.evidence[0]
    assert dead.params["layer"] in ("C2", "C3")
    assert [dead.params[name] for name in ("dead", "units", "samples")] == [64, 64, 1348]
    assert "plateau_even" in codes(last)
    assert "plateau_even" not in codes(first)


@pytest.mark.parametrize("seed", range(3))
def test_too_large_a_step_kills_units_that_were_alive(seed):
    _, reports = watched(failing.dying_by_step(seed), 15 * EPOCH)
    assert alarms(reports) == {Trouble.DYING_BY_STEP}
    (found,) = reports[-1].diagnoses
    assert 0 < found.since < 10 * EPOCH
    dead, at_start, rate = found.evidence[:3]
    assert dead.params["dead"] >= 32 > 10 > at_start.params["dead"]
    assert rate.params == {"rate": 1.0}


@pytest.mark.parametrize("seed", range(3))
def test_ten_layers_of_sigmoids_leave_no_gradient_for_the_first(seed):
    _, reports = watched(failing.vanishing(seed), 4 * EPOCH)
    assert alarms(reports) == {Trouble.VANISHING}
    (found,) = reports[-1].diagnoses
    assert (found.nodes, found.since) == (("n2",), 0)
    assert found.severity is Severity.FAILURE
    assert found.evidence[0].params["ratio"] < 1e-5
    assert found.evidence[1].params["classes"] == 10


@pytest.mark.parametrize("seed", range(5))
def test_start_values_too_large_are_told_before_the_first_step(seed):
    _, reports = watched(failing.exploding_start(seed), 2 * EPOCH)
    assert alarms(reports) == {Trouble.EXPLODING_START}
    first, last = reports[0].diagnoses[0], reports[-1].diagnoses[0]
    assert (first.severity, last.severity) == (Severity.WARNING, Severity.FAILURE)
    assert first.evidence[0].params["times"] > 1000
    assert first.evidence[2].params["loss"] > 100 > first.evidence[2].params["guess"]


@pytest.mark.parametrize("seed", range(3))
def test_a_rate_one_hundredth_above_the_limit_makes_the_loss_grow(seed):
    _, reports = watched(failing.exploding_step(seed), 300)
    assert alarms(reports) == {Trouble.EXPLODING_STEP}
    (found,) = reports[-1].diagnoses
    assert found.severity is Severity.FAILURE
    assert found.since < 20
    assert codes(found) == ["times_first", "growing", "rate", "limit"]
    rate, limit = (message.params for message in found.evidence[2:])
    assert rate["rate"] / limit["limit"] == pytest.approx(1.01, rel=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_one_hundredth_below_the_limit_nothing_is_wrong(seed):
    _, reports = watched(failing.exploding_step(seed, share=0.99), 500)
    assert not any(report.diagnoses for report in reports)


def adam(document):
    return replace(document, training=replace(document.training, optimiser="adam"))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("make", "epochs"),
    [
        (lambda seed: adam(failing.digits((32,), "relu", HE, 0.01, seed)), 30),
        (lambda seed: failing.digits((64, 64), "relu", HE, 0.3, seed), 25),
        (lambda seed: failing.digits((32,) * 10, "relu", HE, 0.03, seed), 40),
        (lambda seed: failing.digits((32,) * 5, "relu", HE, 0.1, seed), 25),
    ],
    ids=["64-32-10, Adam", "rate 0.3", "ten layers of ReLU", "five layers, He"],
)
def test_no_alarm_on_what_is_healthy(make, epochs, seed):
    _, reports = watched(make(seed), epochs * EPOCH)
    assert alarms(reports) == set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_alarm_on_the_examples(example):
    if example in failing.FAILING:
        pytest.skip("shown because it fails")
    _, reports = watched(load_example(example), 2000)
    assert alarms(reports) == set()


@pytest.mark.parametrize(
    ("before", "now", "trouble", "reason"),
    [
        (0.25, 0.5, Trouble.DYING_RELU, "grown"),
        (0.5, 0.75, Trouble.DYING_RELU, "start"),
        (0.0, 0.75, Trouble.DYING_BY_STEP, "step"),
    ],
)
def test_a_small_layer_that_loses_a_unit_is_not_blamed_on_the_step(before, now, trouble, reason):
    random = np.random.default_rng(0)
    inputs = random.uniform(-1, 1, (40, 2))
    data = Table(("a", "b"), ("y",), inputs, inputs[:, :1])
    training = Training(rule="gradient_descent", learning_rate=0.01, loss="mse")
    _, reports = watched(
        replace(perceptron((2, 4, 1), "relu", "identity", data), training=training), 100
    )
    findings = reports[-1].findings
    start, *later = findings.examinations
    seen = [
        replace(start, dead=np.array([before, np.nan])),
        *(replace(each, dead=np.array([now, np.nan])) for each in later),
    ]
    found = dying(replace(findings, examinations=seen))
    assert (found.trouble, found.severity) == (trouble, Severity.WARNING)
    assert found.reason == reason


def test_a_generator_that_runs_ahead_collapses_and_equal_rates_cure_it():
    session, reports = watched(failing.collapse(0), 1250)
    assert alarms(reports) == {Trouble.COLLAPSE}
    (found,) = reports[-1].diagnoses
    assert found.since == 0
    assert codes(found) == ["coverage", "modes", "two_rates"]
    covered, modes, rates = (message.params for message in found.evidence)
    assert covered["share"] <= covered["most"] < covered["limit"] == 30
    assert modes["n"] <= 3 < modes["modes"] == 8
    assert rates == {"d": 1e-4, "g": 3e-3}

    (cure,) = cures(found, session.document)
    cured = cure.edit(session.document)
    assert (cured.training.learning_rate, cured.training.generator_rate) == (1e-3, 1e-3)
    told = [change.code.rpartition(".")[2] for change in cure.changes]
    assert told == ["drawn_he", "learning_rate", "generator_rate"]


def test_equal_rates_find_all_modes():
    """Of five seeds all reach 8 of 8; D's loss of the last 1000 iterations is 1.29 to 1.33."""
    session, reports = watched(failing.adversaries(1e-3, 1e-3, 0), 2300)
    assert not alarms(reports)
    last = reports[-1].findings.last
    assert last.modes == 8
    assert last.coverage > 0.4
    assert 1.1 < session.trace.column("loss")[-300:].mean() < 2 * np.log(2)
