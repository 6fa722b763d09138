"""Cures are edits that help: each is said in words, and the run it leads to is healthy."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.document import failing
from nnsim.document.edits import rename, set_training
from nnsim.document.model import Training
from nnsim.document.templates import perceptron
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.session.diagnosis import cures
from nnsim.session.diagnosis.cures import third
from tests.session.diagnosis.test_failures import EPOCH, alarms, watched


def found(document, iterations):
    session, reports = watched(document, iterations)
    (diagnosis,) = reports[-1].alarms
    return diagnosis, session.document


def by_name(diagnosis, document):
    return {
        cure.name.code.removeprefix("diagnosis.cure."): cure for cure in cures(diagnosis, document)
    }


def accuracy_reached(session):
    return session.evaluations.column("test", "metric").max()


CASES = [
    (failing.dying_relu, 2 * EPOCH, "leaky_adam", 15, 0.95),
    (failing.dying_relu, 2 * EPOCH, "draw", 15, 0.95),
    (failing.dying_by_step, 10 * EPOCH, "smaller_rate", 20, 0.96),
    (failing.dying_by_step, 10 * EPOCH, "clip", 15, 0.96),
    (failing.dying_by_step, 10 * EPOCH, "adam", 15, 0.96),
    (failing.vanishing, 3 * EPOCH, "relu_he_adam", 20, 0.95),
    (failing.vanishing, 3 * EPOCH, "relu_he", 40, 0.94),
    (failing.exploding_start, EPOCH, "draw_adam", 15, 0.95),
    (failing.exploding_start, EPOCH, "draw", 25, 0.94),
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("make", "before", "name", "epochs", "accuracy"), CASES)
def test_a_cured_run_learns_and_rings_no_alarm(make, before, name, epochs, accuracy, seed):
    diagnosis, document = found(make(seed), before)
    cured = by_name(diagnosis, document)[name].edit(document)
    session, reports = watched(cured, epochs * EPOCH)
    assert alarms(reports) == set()
    assert accuracy_reached(session) > accuracy


def test_below_the_limit_linear_regression_comes_to_its_least_loss():
    diagnosis, document = found(failing.exploding_step(), 200)
    (cure,) = cures(diagnosis, document)
    session, reports = watched(cure.edit(document), 500)
    assert alarms(reports) == set()
    # R² of ordinary least squares on all 442 patients.
    assert session.evaluations.latest(500).training.metric == pytest.approx(0.5177, abs=2e-3)


def test_a_cure_says_all_that_it_changes():
    diagnosis, document = found(failing.vanishing(), 2 * EPOCH)
    cure = by_name(diagnosis, document)["relu_he"]
    said = {m.code.removeprefix("diagnosis.change."): dict(m.params) for m in cure.changes}
    assert list(said) == ["activation", "drawn_he", "learning_rate"]
    assert said["activation"]["layers"] == "C1, C2, …, C10"
    assert said["learning_rate"] == {"before": 0.1, "after": 0.03}
    after = cure.edit(document)
    hidden = [n for n in after.nodes if not n.is_input][:-1]
    assert {n.activation.name for n in hidden} == {"relu"}
    assert all((n.bias == 0).all() for n in hidden)
    deviation = np.std([c.weights.std() * np.sqrt(c.weights.shape[1]) for c in after.connections])
    assert deviation < 0.2


def test_what_was_edited_since_stays():
    diagnosis, document = found(failing.dying_relu(), EPOCH)
    cure = by_name(diagnosis, document)["leaky_adam"]
    renamed = rename(document, document.nodes[1].id, "first")
    assert cure.edit(renamed).nodes[1].name == "first"


def test_a_rate_changed_in_the_middle_is_what_is_made_smaller():
    healthy = failing.digits((64, 64), "relu", InitialiserSpec("he_normal"), 0.1)
    fast = set_training(healthy, replace(healthy.training, learning_rate=3.0), iteration=EPOCH)
    session, reports = watched(fast, 12 * EPOCH)
    (diagnosis,) = reports[-1].alarms
    assert diagnosis.since > EPOCH
    cure = by_name(diagnosis, session.document)["smaller_rate"]
    after = cure.edit(session.document)
    assert after.changes == ()
    assert after.training.learning_rate == 1.0
    assert cure.changes[0].code == "diagnosis.change.without_changes"


@pytest.mark.parametrize(
    ("rate", "smaller"), [(1, 0.3), (0.3, 0.1), (0.5, 0.1), (0.25, 0.1), (10, 3), (0.003, 0.001)]
)
def test_a_third_is_a_number_as_people_write_rates(rate, smaller):
    assert third(rate) == pytest.approx(smaller)


def test_data_that_are_far_from_1_are_scaled():
    random = np.random.default_rng(0)
    inputs = random.uniform(0, 200, (40, 2))
    data = Table(("size", "age"), ("price",), inputs, inputs @ [[3.0], [-1.0]] + 50)
    document = replace(
        perceptron((2, 1), output="identity", data=data),
        training=Training(rule="gradient_descent", learning_rate=0.1, loss="mse", limit=200),
    )
    session, reports = watched(document, 100)
    (diagnosis,) = reports[-1].alarms
    cure = by_name(diagnosis, document)["scale"]
    session, reports = watched(cure.edit(document), 200)
    assert alarms(reports) == set()
    assert session.evaluations.latest(200).training.metric > 0.99
