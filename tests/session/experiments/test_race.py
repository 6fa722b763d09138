"""Races: one setting differs, all else is the same."""

import math
from dataclasses import replace

import pytest

from nnsim.core.messages import NnsimError
from nnsim.data.splitting import Order
from nnsim.engine.initialisers import INITIALISERS
from nnsim.export.experiments import report_pieces, shown_table
from nnsim.language import LOCALES, message_text
from nnsim.session.experiments.pool import workers
from nnsim.session.experiments.race import race, runner_name
from nnsim.session.experiments.samples import CLASS_LOSSES, samples_of_set
from nnsim.session.experiments.training import HIDDEN_ACTIVATIONS, OPTIMISER_NAMES, Setup

SETUP = Setup((13, 8, 3), "relu", "softmax", "cross_entropy", epochs=15)


@pytest.fixture(scope="module")
def wine():
    return samples_of_set("wine", 0)


def laps(report, value):
    """Rows of one runner as dictionaries, the start first."""
    cells = [dict(zip(report.columns, row, strict=True)) for row in report.rows]
    return [each for each in cells if each["value"] == str(value)]


def test_optimisers_start_at_the_same_place(wine):
    report = race(wine, SETUP, "optimiser", OPTIMISER_NAMES)
    starts = [{**laps(report, name)[0], "value": ""} for name in OPTIMISER_NAMES]
    assert all(start == starts[0] for start in starts)
    ends = {laps(report, name)[-1]["training_loss"] for name in OPTIMISER_NAMES}
    assert len(ends) == len(OPTIMISER_NAMES)


def test_there_is_a_row_for_the_start_and_one_for_every_epoch(wine):
    report = race(wine, SETUP, "optimiser", ["sgd", "adam"])
    assert [lap["epoch"] for lap in laps(report, "adam")] == list(range(16))
    assert len(report.rows) == 32


def test_who_reached_the_target_when(wine):
    """With a rate of 0.01 plain steps come last."""
    report = race(wine, SETUP, "optimiser", ["sgd", "momentum", "adam"], target=0.9)
    for name in ("sgd", "momentum", "adam"):
        reached = report.figures[f"reached.{name}"]
        found = [lap["validation_metric"] >= 0.9 for lap in laps(report, name)]
        assert reached == (found.index(True) if True in found else None)
    assert report.figures["reached.adam"] <= 10
    # First who came first, and then who never came.
    assert [row[0] for row in report.summary.rows] == ["momentum", "adam", "sgd"]
    assert report.figures["reached.sgd"] is None


def test_without_a_target_it_is_95_percent_of_the_best(wine):
    report = race(wine, SETUP, "optimiser", ["sgd", "adam"])
    best = max(report.numbers("validation_metric"))
    assert report.figures["target"] == pytest.approx(0.95 * best)


@pytest.mark.parametrize(
    ("varied", "values"),
    [
        ("activation", ["relu", "tanh"]),
        ("loss", ["cross_entropy", "mse", "hinge"]),
        ("rate", [0.001, 0.1]),
        ("initialiser", ["he_normal", "zeros"]),
        ("batch", [1, 1000]),
    ],
)
def test_whatever_varies_makes_a_difference(wine, varied, values):
    report = race(wine, replace(SETUP, epochs=3), varied, values)
    ends = {laps(report, value)[-1]["validation_loss"] for value in values}
    assert len(ends) == len(values)


def test_a_runner_is_the_same_alone_and_with_others(wine):
    alone = race(wine, SETUP, "rate", [0.1])
    together = race(wine, SETUP, "rate", [0.001, 0.1])
    assert laps(alone, 0.1) == laps(together, 0.1)


def test_zeros_never_leave(wine):
    """All hidden units stay alike and at 0: only the biases of the outputs learn."""
    report = race(wine, SETUP, "initialiser", ["zeros", "he_normal"])
    assert laps(report, "zeros")[-1]["training_loss"] > 1.0
    assert laps(report, "he_normal")[-1]["training_loss"] < 0.2


def test_one_that_diverges_is_named_and_wins_nothing():
    diabetes = samples_of_set("diabetes", 0)
    setup = Setup((10, 8, 1), "relu", "identity", "mse", optimiser="sgd", epochs=3)
    report = race(diabetes, setup, "rate", [0.01, 100.0])
    assert math.isnan(laps(report, 100.0)[-1]["validation_metric"])
    assert report.figures["reached.100.0"] is None
    assert "experiment.race_diverged" in {message.code for message in report.sentences}


def test_a_number_that_wins_has_the_decimal_mark_of_the_language(wine):
    report = race(wine, SETUP, "rate", [0.0001, 0.5], target=0.8)
    told = [message_text(message, "es") for message in report.sentences]
    assert any("Tasa de aprendizaje 0,5," in sentence for sentence in told)


def test_several_who_come_first_are_all_named(wine):
    """They stand apart also where their numbers have a decimal comma."""
    report = race(wine, replace(SETUP, epochs=1), "rate", [0.001, 0.002], target=0.0)
    told = message_text(report.sentences[1], "es")
    assert told == (
        "Llega antes: Tasa de aprendizaje 0,001; Tasa de aprendizaje 0,002, en la época 0."
    )


class TestNames:
    """People are told the words of the form, files the values as the command takes them."""

    @pytest.mark.parametrize(
        ("varied", "values"),
        [
            ("optimiser", OPTIMISER_NAMES),
            ("activation", HIDDEN_ACTIVATIONS),
            ("loss", CLASS_LOSSES),
            ("initialiser", INITIALISERS),
            ("rate", ["0.1", "0.25"]),
            ("batch", ["1", "16"]),
        ],
    )
    @pytest.mark.parametrize("locale", LOCALES)
    def test_every_value_has_a_name_of_its_own(self, varied, values, locale):
        names = {message_text(runner_name(varied, value), locale) for value in values}
        assert len(names) == len(values)

    def test_in_sentences_and_in_the_table(self, wine):
        report = race(wine, SETUP, "optimiser", ["sgd", "momentum"], target=0.9)
        told = [message_text(message, "es") for message in report.sentences]
        assert any(sentence.startswith("Llega antes: Momento,") for sentence in told)
        _, rows = shown_table(report, "es")
        assert [row[0] for row in rows] == ["Momento", "SGD (pasos simples)"]

    def test_in_the_file_by_the_option(self, wine):
        report = race(wine, replace(SETUP, epochs=1), "initialiser", ["xavier_uniform"])
        printed = "".join(report_pieces(report, {}, "csv", "es"))
        assert '\n"xavier_uniform",0,' in printed
        assert "Glorot" not in printed


def test_the_same_numbers_on_two_workers(wine):
    quick = replace(SETUP, epochs=2)
    with workers(2) as executor:
        found = race(wine, quick, "rate", [0.1, 0.01], executor=executor)
    assert found == race(wine, quick, "rate", [0.1, 0.01])


class TestRefusals:
    def test_the_same_value_twice(self, wine):
        with pytest.raises(NnsimError, match=r"experiment\.twice"):
            race(wine, SETUP, "rate", [0.1, 0.1])

    def test_a_loss_for_other_targets(self):
        with pytest.raises(NnsimError, match=r"experiment\.loss"):
            race(samples_of_set("circle", 0), SETUP, "loss", ["mse", "cross_entropy"])

    def test_no_sample_to_be_judged_by(self, wine):
        with pytest.raises(NnsimError, match=r"experiment\.no_validation"):
            race(wine.take([0, 60]), SETUP, "rate", [0.1], order=Order.SHUFFLED)
