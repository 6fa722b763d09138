"""A gradient that explodes in time is found, named apart, and cured; healthy ones ring nothing."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.document import failing
from nnsim.document.edits import set_activation, set_training
from nnsim.document.examples import load_example
from nnsim.document.model import frozen_array, replaced
from nnsim.document.sequences import draw_recurrent
from nnsim.engine.activations import ActivationSpec
from nnsim.language import LOCALES, message_text
from nnsim.session import Session
from nnsim.session.diagnosis import Doctor, Severity, Trouble, cures, looked_at

EPOCH = 24  # iterations: 750 sequences in batches of 32


def watched(document, iterations):
    """The session after so many iterations (or its verdict), and reports on the way."""
    session = Session(document)
    doctor = Doctor(session)
    reports = [doctor.look()]
    with np.errstate(all="ignore"):
        while session.computed < iterations and session.verdict is None:
            for _ in range(5 * EPOCH):
                if session.verdict is None and session.computed < iterations:
                    session.compute()
            reports.append(doctor.look())
    return session, reports


def alarms(reports):
    return {each.trouble for report in reports for each in report.alarms}


@pytest.mark.parametrize("seed", range(5))
def test_it_is_found_where_the_first_step_has_led(seed):
    session, reports = watched(failing.exploding_time(seed), 40)
    assert not reports[0].alarms
    (found,) = reports[-1].alarms
    assert (found.trouble, found.severity) == (Trouble.EXPLODING_TIME, Severity.FAILURE)
    assert (found.nodes, found.since, found.reason) == (("n2",), 1, "step")
    in_time, norm, *_ = (message.params for message in found.evidence)
    assert (in_time["layer"], in_time["steps"]) == ("R1", 50)
    assert in_time["first"] > 1e80
    assert in_time["times"] > 1e40
    # The figure of the lesson: a norm of 1e87 and more.
    assert norm["norm"] > 1e87
    record = session.record(2)
    assert np.linalg.norm(record.array("gu:n2") / 1e80) > 1e7


@pytest.mark.parametrize("seed", range(2))
def test_clipped_and_with_adam_the_same_start_learns_to_add(seed):
    session, reports = watched(failing.exploding_time(seed), 40)
    first, *others = cures(reports[-1].alarms[0], session.document)
    assert first.name.code == "diagnosis.cure.clip_adam"
    assert [cure.name.code for cure in others] == ["diagnosis.cure.clip"]
    cured = first.edit(session.document)
    assert np.array_equal(cured.node("n2").recurrent, np.eye(32))
    healthy, reports = watched(cured, 1200)
    assert alarms(reports) == set()
    figures = healthy.evaluations.latest(healthy.computed)
    assert figures.training.loss < 0.015
    assert figures.test.loss < 0.015


@pytest.mark.parametrize("clipping", ["none", "norm"])
def test_no_alarm_on_a_healthy_layer(clipping):
    document = set_activation(failing.exploding_time(), "n2", ActivationSpec("tanh"))
    document = draw_recurrent(document, ["n2"], "orthogonal", 0)
    training = replace(document.training, optimiser="adam", clipping=clipping)
    _, reports = watched(set_training(document, training), 240)
    assert alarms(reports) == set()


def test_start_values_that_grow_in_time_are_told_of_as_such():
    document = failing.exploding_time()
    node = document.node("n2")
    u = frozen_array(np.random.default_rng(0).normal(size=(32, 32)))
    document = replaced(document, nodes=[replace(node, recurrent=u)])
    _, reports = watched(document, 40)
    (found,) = reports[-1].alarms
    assert (found.trouble, found.since, found.reason) == (Trouble.EXPLODING_TIME, 0, "start")


@pytest.mark.parametrize("locale", LOCALES)
def test_all_of_it_has_words(locale):
    session, reports = watched(load_example("exploding-time"), 40)
    (found,) = reports[-1].alarms
    said = [*found.evidence, *looked_at(reports[0].findings)]
    for cure in cures(found, session.document):
        said += [cure.name, *cure.changes]
    for message in said:
        text = message_text(message, locale)
        assert text
        assert message.code not in text
        assert "{" not in text


def test_what_it_says_does_not_depend_on_when_it_looked():
    document = failing.exploding_time(1)
    _, often = watched(document, 240)
    session = Session(document)
    with np.errstate(all="ignore"):
        while session.computed < 240:
            session.compute()
    assert Doctor(session).look().diagnoses == often[-1].diagnoses
