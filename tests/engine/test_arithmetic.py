"""Sums that are zero on paper are zero here, with every rule, unless float64 is asked for."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.numbers import parse_number
from nnsim.document.edits import set_activation, set_parameter
from nnsim.document.model import RULES, Conventions
from nnsim.engine.activations import ActivationSpec
from nnsim.session import Session
from tests.support.documents import gate, table

#: weights, bias: each sums to exactly 0 on paper with every input 1
TIES = {
    "0.1 + 0.2 - 0.3": ((0.1, 0.2), -0.3),
    "1/3 + 2/3 - 1": ((parse_number("1/3"), parse_number("2/3")), -1.0),
    "1/7 + 1/14 - 3/14": ((parse_number("1/7"), parse_number("1/14")), parse_number("-3/14")),
    "1.1 + 2.2 - 3.3": ((1.1, 2.2), -3.3),
    "1000.1 + 0.7 - 1000.8": ((1000.1, 0.7), -1000.8),
}


def session(tie, rule, **conventions):
    (first, second), bias = TIES[tie]
    document = replace(gate(rule=rule), data=table([[1, 1]], [[0]]))
    document = replace(document, conventions=Conventions(**conventions))
    document = set_parameter(document, "w:c4", (0, 0), first)
    document = set_parameter(document, "w:c5", (0, 0), second)
    return Session(set_parameter(document, "b:n3", (0,), bias))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("tie", TIES)
def test_ties_do_not_hang_on_float_dust(tie, rule):
    record = session(tie, rule).record(1)
    assert record.arrays["z:n3"][0, 0] == 0
    assert record.arrays["y"][0, 0] == 1  # >= 0


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "relu", "elu"])
def test_sums_are_zero_whatever_the_activation(activation, rule):
    document = session("0.1 + 0.2 - 0.3", rule).document
    document = set_activation(document, "n3", ActivationSpec(activation))
    assert Session(document).record(1).arrays["z:n3"][0, 0] == 0


@pytest.mark.parametrize("tie", TIES)
def test_a_strict_threshold_decides_them_the_other_way(tie):
    assert session(tie, "course", threshold=">").record(1).arrays["y"][0, 0] == 0


def test_bare_float64_has_the_dust_when_asked_for():
    record = session("0.1 + 0.2 - 0.3", "course", arithmetic="float64").record(1)
    assert record.arrays["z:n3"][0, 0] == 0.1 + 0.2 - 0.3 != 0


def test_course_and_perceptron_compute_with_fractions_and_the_delta_rule_does_not():
    arithmetic = {rule: session("1.1 + 2.2 - 3.3", rule).spec_at(1).arithmetic for rule in RULES}
    assert arithmetic == {
        "course": "exact",
        "perceptron": "exact",
        "delta": "settled",
        "gradient_descent": "settled",
        "sgd": "settled",
    }


def test_small_sums_that_are_no_dust_stay():
    document = replace(gate(rule="sgd"), data=table([[1, 1]], [[0]]))
    document = set_parameter(document, "w:c4", (0, 0), 0.5)
    document = set_parameter(document, "w:c5", (0, 0), -0.5)
    document = set_parameter(document, "b:n3", (0,), -1e-12)
    record = Session(document).record(1)
    assert record.arrays["z:n3"][0, 0] == -1e-12
    assert record.arrays["y"][0, 0] == 0


def test_a_sum_that_overflows_is_no_dust():
    document = replace(gate(rule="sgd"), data=table([[1e200, 0]], [[0]]))
    document = set_parameter(document, "w:c4", (0, 0), 1e200)
    record = Session(document).record(1)
    assert record.arrays["z:n3"][0, 0] == np.inf
    assert record.arrays["y"][0, 0] == 1


def test_ties_stay_ties_after_thousands_of_updates():
    """With α = 0.1 floats drift; on paper the weights are whole tenths, and so they are here."""
    document = gate("xor", rule="perceptron", learning_rate=0.1)
    document = set_parameter(document, "b:n3", (0,), 0.1)
    run = Session(document)
    weights = run.record(1000).arrays["w+:c4"]
    assert (weights[0, 0] * 10).denominator == 1
