"""How far an export goes."""

from dataclasses import replace

import pytest

from nnsim.core.messages import NnsimError
from nnsim.document.edits import remove, set_parameter, set_training
from nnsim.document.examples import load_example
from nnsim.document.templates import perceptron
from nnsim.export import Extent, length_of
from nnsim.export.running import TraceRun
from tests.support.documents import gate


def run(document, **extent):
    run = TraceRun(document, Extent(**extent))
    for _ in run.records():
        pass
    return run


def test_one_epoch_by_default_for_the_course_rule_until_each_pattern_is_right():
    assert run(gate()).iterations == 7
    assert run(perceptron((2, 2, 1))).iterations == 4


def test_an_epoch_that_never_ends_stops_at_its_proof():
    assert run(gate("xor", order="given")).iterations == 9
    never = run(load_example("xor-single-neuron"), until_converged=True)
    assert (never.iterations, never.outcome.code) == (16, "verdict.repeats")
    assert never.outcome.params["same_as"] == 6


def test_exactly_so_many_iterations_past_any_verdict():
    done = run(gate(), iterations=12)
    assert (done.iterations, done.rows, done.outcome.code) == (12, 12, "verdict.clean_pass")


def test_until_converged_and_at_most_so_many():
    assert run(gate(), until_converged=True).iterations == 9
    assert run(gate(), until_converged=True, iterations=100).iterations == 9
    short = run(gate(), until_converged=True, iterations=5)
    assert (short.iterations, short.outcome.code) == (5, "verdict.open_rule")


def test_the_length_of_a_run_is_known_before_it_is_exported_where_it_is_short():
    to_the_end = Extent(until_converged=True)
    assert length_of(gate(), to_the_end, 300) == 9
    assert length_of(gate(), to_the_end, 9) == 9
    assert length_of(gate(), to_the_end, 8) is None
    assert length_of(load_example("xor-2-2-1"), to_the_end, 20) is None


def test_until_the_limit_of_the_settings():
    document = load_example("xor-2-2-1")
    document = replace(document, training=replace(document.training, limit=10))
    done = run(document, until_converged=True)
    assert (done.iterations, done.outcome.code) == (10, "verdict.limit_loss")


def test_changes_still_to_come_belong_to_the_run():
    document = set_parameter(gate(), "b:n3", (0,), 3.0, iteration=20)
    done = run(document, until_converged=True)
    assert done.iterations > 20
    assert done.outcome.code == "verdict.clean_pass"


def test_a_limit_changed_in_the_middle_of_the_run_counts_from_there():
    document = gate("xor", order="shuffled", limit=50)
    document = set_training(document, replace(document.training, limit=30), iteration=10)
    assert run(document, until_converged=True).iterations == 30


def test_a_batch_counts_its_rows():
    document = perceptron((2, 2, 1))
    document = replace(document, training=replace(document.training, rule="gradient_descent"))
    done = run(document, iterations=3)
    assert (done.iterations, done.rows) == (3, 12)


def test_no_iterations_are_no_export():
    with pytest.raises(ValueError):
        Extent(iterations=0)


def test_what_cannot_run_says_why():
    with pytest.raises(NnsimError) as error:
        TraceRun(remove(gate(), ["n3"]), Extent())
    assert "check.no_neuron" in {message.code for message in error.value.messages}
