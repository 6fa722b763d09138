"""One training from beginning to end, epoch by epoch."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.examples import load_example
from nnsim.document.model import Document, SplitSettings
from nnsim.document.templates import gate_neuron
from nnsim.session.experiments.pool import ExperimentCancelled
from nnsim.session.experiments.train import Until, train
from nnsim.session.session import Session


@pytest.fixture(scope="module")
def xor():
    return load_example("xor-2-2-1")


def test_it_is_the_run_of_the_window(xor):
    session = Session(xor)
    while session.computed < 20:
        session.compute()
    report = train(xor, Until(epochs=5))
    assert report.column("iteration") == (0, 4, 8, 12, 16, 20)
    np.testing.assert_array_equal(
        report.numbers("training_loss"), session.evaluations.column("training", "loss")
    )
    losses = session.trace.column("loss").reshape(5, 4).mean(axis=1)
    np.testing.assert_allclose(report.numbers("epoch_loss"), losses)


def test_parts_without_samples_tell_nothing(xor):
    report = train(xor, Until(epochs=1))
    assert set(report.column("validation_loss")) == {None}
    divided = replace(xor, split=SplitSettings(0.5, 0.25, 0.25))
    report = train(divided, Until(epochs=1))
    assert len(report.numbers("validation_loss")) == len(report.numbers("test_metric")) == 2


class TestEnds:
    def test_after_so_many_epochs_whatever_the_verdict(self):
        report = train(gate_neuron("or"), Until(epochs=4))
        assert report.rows[-1][0] == 4
        assert report.figures["verdict"] == "clean_pass"

    def test_at_the_verdict(self):
        report = train(gate_neuron("or"), Until(verdict=True))
        assert report.figures["verdict"] == "clean_pass"
        session = Session(gate_neuron("or"))
        for _ in session.run():
            pass
        assert report.figures["iterations"] == session.computed

    def test_asked_for_nothing_it_runs_as_the_window_does(self):
        assert train(gate_neuron("or"), Until()) == train(gate_neuron("or"), Until(verdict=True))

    def test_or_at_the_limit_of_the_project(self, xor):
        limited = replace(xor, training=replace(xor.training, limit=10, target_loss=0.0))
        report = train(limited, Until())
        assert report.figures["iterations"] == 10
        # Two epochs and a half: the last one is told of in words.
        assert report.rows[-1][0] == 2
        assert "experiment.unfinished_epoch" in {m.code for m in report.sentences}

    def test_at_a_target_loss(self, xor):
        report = train(xor, Until(target_loss=0.27))
        losses = report.numbers("epoch_loss")
        assert losses[-1] <= 0.27 < losses[-2]
        assert report.figures["verdict"] == "loss_reached"

    def test_where_it_provably_repeats_for_ever(self):
        report = train(gate_neuron("xor"), Until(epochs=1000))
        assert report.figures["verdict"] == "repeats"

    def test_where_numbers_are_no_longer_finite(self, xor):
        wild = replace(
            xor,
            nodes=tuple(
                replace(n, activation=replace(n.activation, name="identity")) for n in xor.nodes
            ),
            training=replace(xor.training, learning_rate=1e6),
        )
        report = train(wild, Until(epochs=500))
        assert report.figures["verdict"] == "not_finite"
        assert len(report.rows) < 500


def test_people_see_about_as_many_rows_as_they_can_read(xor):
    report = train(xor, Until(epochs=90))
    assert len(report.rows) == 91
    epochs = report.summary.column("epoch")
    assert (epochs[0], epochs[-1]) == (0, 90)
    assert len(epochs) <= 26
    assert "validation_loss" not in report.summary.columns


def test_progress_is_told_and_gives_up(xor):
    told = []

    def once(done, total):
        told.append((done, total))
        return done < 2

    with pytest.raises(ExperimentCancelled):
        train(xor, Until(epochs=9), once)
    assert told == [(0, 9), (1, 9), (2, 9)]


def test_what_cannot_run_says_why():
    with pytest.raises(NnsimError, match=r"check\."):
        train(Document(), Until())
