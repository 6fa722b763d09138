"""Experiments on a project's own diagram, as it is drawn and set."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.data.sets import make_data_set
from nnsim.data.splitting import folds
from nnsim.document.edits import set_training
from nnsim.document.model import (
    Conventions,
    Document,
    ScalingSettings,
    SplitSettings,
    Training,
)
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.learners import VerdictKind
from nnsim.session.experiments.complexity import bias_variance
from nnsim.session.experiments.diagram import Diagram
from nnsim.session.experiments.kfold import kfold
from nnsim.session.experiments.lesson import NO_ROWS, Lesson, take
from nnsim.session.experiments.pool import workers
from nnsim.session.experiments.race import race
from nnsim.session.experiments.request import Choices, Request, Source, perform
from nnsim.session.experiments.samples import samples_of_table
from nnsim.session.running import Runner
from nnsim.session.session import Session


@pytest.fixture(scope="module")
def ring():
    """A project with 60 points, a diagram 2-4-1, SGD in batches of 5."""
    made = make_data_set("circle", generator(1), count=60).as_table()
    table = made.with_values(np.hstack([made.inputs, (made.targets + 1) / 2]))
    document = perceptron((2, 4, 1), hidden="tanh", data=table)
    training = Training(
        rule="sgd",
        batch_size=5,
        learning_rate=0.5,
        loss="binary_cross_entropy",
        order="shuffled",
        seed=3,
    )
    return replace(document, training=training, scaling=ScalingSettings(inputs="standard"))


@pytest.fixture(scope="module")
def samples(ring):
    return samples_of_table(ring.data, "ring")


ALL = np.arange(60)


def test_a_training_is_the_one_that_the_window_shows(ring, samples):
    """With all samples for training and the project's own seed, number for number."""
    session = Session(ring)
    while session.computed < 36:  # three epochs of twelve batches
        session.compute()
    lesson = Lesson(Diagram(ring), samples, (ALL, NO_ROWS), 3, (0, 1, 2, 3))
    losses = [figures[0].loss for figures in take(lesson)]
    np.testing.assert_array_equal(losses, session.evaluations.column("training", "loss"))
    metrics = [figures[0].metric for figures in take(lesson)]
    np.testing.assert_array_equal(metrics, session.evaluations.column("training", "metric"))


def test_folds_of_the_diagram(ring, samples):
    report = kfold(samples, Diagram(ring, epochs=60), k=4)
    assert report.figures["mean"] > 0.8
    assert sum(report.numbers("test_samples")[:4]) == 60


def test_all_folds_start_with_the_weights_as_drawn(ring, samples):
    """So the start tells the same of all samples, whatever part they are in."""
    own = Diagram(replace(ring, scaling=ScalingSettings()), epochs=1)
    starts = kfold(samples, own, k=4).sheets["curves"].where(epoch=0, run="fold")
    training, test = starts.values("training_loss"), starts.values("test_loss")
    together = (45 * training + 15 * test) / 60
    np.testing.assert_allclose(together, together[0])


def test_or_with_weights_drawn_anew_in_each(ring, samples):
    drawn = Diagram(replace(ring, scaling=ScalingSettings()), 1, initialiser="he_normal")
    starts = kfold(samples, drawn, k=4).sheets["curves"].where(epoch=0, run="fold")
    together = (45 * starts.values("training_loss") + 15 * starts.values("test_loss")) / 60
    assert len(set(together.round(9))) == 4


def test_scaling_is_fitted_to_the_training_part_of_each_fold(ring, samples):
    run = folds(60, 4, generator(0))[0]
    begun = Diagram(ring).begin(samples, (run.training, run.test), 0)
    training, test = begun.parts
    np.testing.assert_allclose(training.inputs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(training.inputs.std(axis=0), 1)
    scale = samples.inputs[run.training]
    expected = (samples.inputs[run.test] - scale.mean(axis=0)) / scale.std(axis=0)
    np.testing.assert_allclose(test.inputs, expected)


def test_the_project_itself_stays_as_it_is(ring, samples):
    before = [c.weights.copy() for c in ring.connections]
    kfold(samples, Diagram(ring, 2), k=3)
    for connection, weights in zip(ring.connections, before, strict=True):
        np.testing.assert_array_equal(connection.weights, weights)


def test_changes_made_while_it_ran_are_left_out(ring, samples):
    changed = set_training(ring, replace(ring.training, learning_rate=0.0), iteration=1)
    lesson = [
        Lesson(Diagram(document), samples, (ALL, NO_ROWS), 3, (2,)) for document in (ring, changed)
    ]
    assert take(lesson[0])[0][0] == take(lesson[1])[0][0]


class TestEarlyStopping:
    """What is compared is trained for as many epochs, whatever patience the project has."""

    @pytest.fixture
    def impatient(self, ring):
        training = replace(ring.training, learning_rate=20.0, patience=1)
        split = SplitSettings(0.7, 0.3, 0.0)
        return replace(ring, training=training, split=split)

    def test_would_end_the_run_of_the_window(self, impatient):
        runner = Runner(impatient)
        runner.watch()
        while runner.verdict is None:
            runner.iterate()
        assert runner.verdict.kind is VerdictKind.EARLY_STOPPING

    @pytest.mark.parametrize("kind", ["kfold", "race", "bias-variance"])
    def test_is_not_used_and_the_report_says_so(self, ring, impatient, kind):
        given = {
            "kfold": {"folds": 2},
            "race": {"vary": "batch", "values": (5, 10)},
            "bias-variance": {"vary": "training_size", "values": (10, 20), "repeats": 1},
        }
        told = []
        for document in (ring, impatient):
            choices = Choices(epochs=6, **given[kind])
            report, _ = perform(Request(kind, Source("ring", document), choices))
            assert "patience" in report.conventions["length"]
            told.append("experiment.no_early_stopping" in {m.code for m in report.sentences})
        assert told == [False, True]

    def test_a_fold_learns_what_it_learns_without(self, ring, samples):
        impatient = replace(ring, training=replace(ring.training, patience=1))
        own, other = (kfold(samples, Diagram(each, 20), k=2) for each in (ring, impatient))
        assert own == other


class TestRules:
    def test_the_course_rule_learns_or_in_exact_numbers(self):
        document = gate_neuron("or")
        samples = samples_of_table(document.data, "or")
        lesson = Lesson(Diagram(document), samples, (np.arange(4), NO_ROWS), 0, (0, 30))
        (start, _), (end, nothing) = take(lesson)
        assert end.metric == 1.0 > start.metric
        assert np.isnan(nothing.loss)

    def test_an_epoch_that_never_ends_is_given_up(self):
        document = gate_neuron("xor")
        samples = samples_of_table(document.data, "xor")
        (end,) = take(Lesson(Diagram(document), samples, (np.arange(4),), 0, (1,)))
        assert end[0].metric < 1.0

    def test_a_sum_is_told_as_the_share_of_a_sample(self, ring, samples):
        """So that parts of different sizes can be compared."""
        summed = replace(ring, conventions=Conventions(loss_reduction="sum"))
        lessons = [Lesson(Diagram(each), samples, (ALL,), 3, (0,)) for each in (ring, summed)]
        mean, total = (take(lesson)[0][0].loss for lesson in lessons)
        assert mean == pytest.approx(total)


class TestRaces:
    @pytest.mark.parametrize(
        ("varied", "values"),
        [
            ("optimiser", ["sgd", "adam"]),
            ("activation", ["relu", "sigmoid"]),
            ("loss", ["mse", "binary_cross_entropy", "hinge"]),
            ("rate", [0.01, 0.1]),
            ("initialiser", ["zeros", "he_normal"]),
            ("batch", [1, 60]),
        ],
    )
    def test_whatever_varies_makes_a_difference(self, ring, samples, varied, values):
        report = race(samples, Diagram(ring, epochs=3), varied, values)
        ends = {report.table.where(value=str(v), epoch=3).column("training_loss") for v in values}
        assert len(ends) == len(values)

    def test_its_own_optimiser_is_that_of_the_project(self, ring, samples):
        own = race(samples, Diagram(ring, epochs=2), "rate", [0.5])
        named = race(samples, Diagram(ring, epochs=2), "optimiser", ["sgd"])
        assert own.column("training_loss") == named.column("training_loss")

    def test_a_rule_without_what_varies(self):
        document = gate_neuron("or")
        samples = samples_of_table(document.data, "or")
        with pytest.raises(NnsimError, match=r"experiment\.rule_without"):
            Diagram(document).with_value(samples, "optimiser", "adam")

    def test_a_loss_that_diagrams_do_not_have(self, ring, samples):
        with pytest.raises(NnsimError, match=r"experiment\.loss"):
            Diagram(ring).with_value(samples, "loss", "huber")


def test_against_epochs_and_training_samples(ring, samples):
    own = Diagram(ring, epochs=5)
    for against, values in (("epochs", (1, 5)), ("training_size", (10, 30))):
        report = bias_variance(samples, own, against, values, 30, repeats=2)
        assert report.column("value") == values
    with pytest.raises(NnsimError, match=r"experiment\.no_hidden"):
        bias_variance(samples, own, "hidden_units", (1, 2), 30)


def test_the_same_numbers_on_two_workers(ring, samples):
    own = Diagram(ring, epochs=2)
    with workers(2) as executor:
        assert kfold(samples, own, k=3, executor=executor) == kfold(samples, own, k=3)


def test_what_cannot_run_says_why(ring, samples):
    broken = Document(data=ring.data)
    with pytest.raises(NnsimError, match=r"check\."):
        kfold(samples, Diagram(broken), k=3)
