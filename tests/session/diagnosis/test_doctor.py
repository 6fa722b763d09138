"""The doctor looks as long as it may, says the same however it looked, and disturbs nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nnsim.document import failing
from nnsim.document.edits import move, rename, set_parameter, set_training
from nnsim.document.model import Training
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.language import LOCALES, message_text, text
from nnsim.session import Session
from nnsim.session.diagnosis import Doctor, Severity, Trouble, cures, looked_at
from nnsim.session.diagnosis.examination import Examiner


def run(document, iterations):
    session = Session(document)
    for _ in range(iterations):
        session.compute()
    return session


def test_one_task_at_a_time_comes_to_the_same():
    session = run(failing.dying_by_step(), 400)
    at_once = Doctor(session).look()
    patient = Doctor(session)
    tasks = 0
    while (task := patient.next_task()) is not None:
        assert not patient.report().is_whole
        patient.accept(task, task.run())
        tasks += 1
    assert tasks == 400 // 16 + 1
    assert patient.report().diagnoses == at_once.diagnoses != ()


def test_the_start_and_the_present_are_looked_at_first():
    doctor = Doctor(run(failing.dying_by_step(), 100))
    seen = []
    for _ in range(3):
        task = doctor.next_task()
        doctor.accept(task, task.run())
        seen.append(task.snapshot.iteration)
    assert seen == [0, 96, 80]


def test_looking_while_it_trains_comes_to_the_same():
    session = Session(failing.dying_by_step())
    doctor = Doctor(session)
    for k in range(1200):
        session.compute()
        if k % 7 == 0 and (task := doctor.next_task()) is not None:
            doctor.accept(task, task.run())
    assert doctor.look().diagnoses == Doctor(session).look().diagnoses


def test_what_a_task_finds_after_an_edit_is_void():
    session = run(failing.dying_relu(), 20)
    doctor = Doctor(session)
    task = doctor.next_task()
    found = task.run()
    session.set_document(set_parameter(session.document, "b:n2", (0,), 0.5))
    doctor.report()
    doctor.accept(task, found)
    assert doctor.next_task().snapshot.iteration == 0


def test_looking_changes_nothing():
    document = failing.vanishing()
    watched, alone = Session(document), run(document, 60)
    doctor = Doctor(watched)
    for _ in range(60):
        doctor.look()
        watched.compute()
    assert np.array_equal(watched.trace.column("loss"), alone.trace.column("loss"))
    assert watched.position == alone.position


def test_long_runs_are_looked_at_as_often_as_short_ones():
    session = run(failing.exploding_step(share=0.5), 5000)
    report = Doctor(session).look()
    assert len(report.findings.examinations) <= 66


def test_a_document_that_cannot_run_has_no_report():
    assert Doctor(Session(empty())).look() is None


def test_the_rule_of_the_course_has_no_gradient_to_examine():
    report = Doctor(run(gate_neuron("or"), 7)).look()
    assert (report.diagnoses, report.findings) == ((), None)


class TestEdits:
    def session(self, iterations=100):
        session = run(failing.dying_relu(), iterations)
        doctor = Doctor(session)
        doctor.look()
        return session, doctor

    def test_moving_a_node_keeps_what_was_found(self):
        session, doctor = self.session()
        before = doctor.look().findings.examinations
        session.set_document(move(session.document, {"n2": (5.0, 5.0)}))
        after = doctor.look().findings.examinations
        assert [a is b for a, b in zip(after, before, strict=True)] == [True] * len(before)

    def test_a_new_name_is_spoken_of(self):
        session, doctor = self.session()
        (found,) = doctor.look().diagnoses
        session.set_document(rename(session.document, found.nodes[0], "silent"))
        (found,) = doctor.look().diagnoses
        assert found.evidence[0].params["layer"] == "silent"

    def test_after_a_cure_the_trouble_is_gone(self):
        session, doctor = self.session()
        (found,) = doctor.look().diagnoses
        session.set_document(cures(found, session.document)[1].edit(session.document))
        report = doctor.look()
        assert (report.iterations, report.diagnoses) == (0, ())

    def test_a_change_in_the_middle_leaves_what_was_found_before_it(self):
        session, doctor = self.session()
        training = replace(session.document.training, learning_rate=0.01)
        session.set_document(set_training(session.document, training, iteration=50))
        report = doctor.look()
        assert report.iterations == 50
        assert report.diagnoses == Doctor(session).look().diagnoses

    def test_other_start_values_are_another_run(self):
        session, doctor = self.session()
        session.set_document(set_parameter(session.document, "b:n2", (0,), 0.5))
        assert doctor.look().iterations == 0


class TestGuessing:
    """What one gets who does not look at the inputs."""

    def of(self, document):
        return Examiner(document).guess

    def test_ten_classes_give_ln_10(self):
        guess = self.of(failing.vanishing())
        assert guess.loss == pytest.approx(np.log(10), abs=1e-3)
        assert guess.classes == 10

    def test_squared_error_gives_the_variance(self):
        guess = self.of(failing.exploding_step())
        assert guess.loss == pytest.approx(1.0)
        assert guess.classes == 0


def test_a_loss_that_stays_at_that_of_guessing_is_a_notice_and_later_an_alarm():
    """A straight line cannot tell XOR."""
    training = Training(rule="sgd", loss="binary_cross_entropy", learning_rate=0.05, limit=10_000)
    session = Session(replace(perceptron((2, 1)), training=training))
    doctor = Doctor(session)
    seen = []
    for _ in range(1000):
        session.compute()
        seen += [each for each in doctor.look().diagnoses if each not in seen]
    assert {each.trouble for each in seen} == {Trouble.PLATEAU}
    assert [each.severity for each in (seen[0], seen[-1])] == [Severity.NOTICE, Severity.WARNING]
    assert seen[-1].evidence[0].params["guess"] == pytest.approx(math.log(2), abs=1e-3)
    assert cures(seen[-1], session.document) == ()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("make", failing.FAILING.values(), ids=failing.FAILING)
def test_everything_is_said_in_both_languages(make, locale):
    session = run(make(), 60)
    report = Doctor(session).look()
    for found in report.diagnoses:
        assert text(f"diagnosis.name.{found.trouble}", locale)
        assert text(f"diagnosis.why.{found.trouble}.{found.reason}", locale)
        for message in found.evidence:
            assert "{" not in message_text(message, locale)
        for cure in cures(found, session.document):
            name = cure.name.code.rpartition(".")[2]
            assert message_text(cure.name, locale)
            assert text(f"diagnosis.helps.{name}", locale)
            assert cure.changes
            for message in cure.changes:
                assert "{" not in message_text(message, locale)
    for message in looked_at(report.findings):
        assert "{" not in message_text(message, locale)
