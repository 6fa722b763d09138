"""What a run has come to, as a message."""

from dataclasses import replace

import pytest

from nnsim.core.messages import Message
from nnsim.document.edits import set_training
from nnsim.document.examples import load_example
from nnsim.document.model import Training
from nnsim.engine.learners import Verdict, VerdictKind
from nnsim.language import LOCALES, message_text, text
from nnsim.session.outcome import decided_message, outcome_message
from tests.support.documents import gate

PLACES = ("diagnosis.title", "menu.view", "menu.panels")


def outcome(kind, document=None, **params):
    verdict = Verdict(kind, 9, **params)
    return outcome_message(document or load_example("xor-2-2-1"), verdict, 12)


def test_each_verdict_names_what_decided_it():
    assert outcome(VerdictKind.CLEAN_PASS) == Message("verdict.clean_pass", {"iteration": 9})
    assert outcome(VerdictKind.REPEATS, same_as=4).params == {"iteration": 9, "same_as": 4}
    assert outcome(VerdictKind.LOSS_REACHED).params == {"iteration": 9, "target": 0.01}
    assert outcome(VerdictKind.STATIONARY).params == {"iteration": 9, "tolerance": 1e-9}
    assert outcome(VerdictKind.NOT_FINITE).params == {"iteration": 9}


def test_figures_are_those_in_force_when_it_was_decided():
    document = load_example("xor-2-2-1")
    looser = replace(document.training, target_loss=0.2)
    document = set_training(document, looser, iteration=5)
    assert outcome(VerdictKind.LOSS_REACHED, document).params["target"] == 0.2


def test_a_verdict_that_is_not_reached_yet_is_not_told():
    verdict = Verdict(VerdictKind.CLEAN_PASS, 9)
    assert outcome_message(gate(), verdict, 7) == Message("verdict.open_rule", {"n": 7})


def test_open_until_the_limit():
    document = gate(limit=20)
    assert outcome_message(document, None, 19).code == "verdict.open_rule"
    assert outcome_message(document, None, 20) == Message("verdict.limit", {"n": 20})
    net = load_example("xor-2-2-1")
    assert outcome_message(net, None, 5).code == "verdict.open"
    assert outcome_message(gate(rule="delta"), None, 5).code == "verdict.open"


def test_an_open_run_has_come_to_nothing_and_one_at_its_limit_has():
    net = load_example("xor-2-2-1")
    limit, target = net.training.limit, net.training.target_loss
    assert decided_message(net, None, limit - 1) is None
    reached = Message("verdict.limit_loss", {"n": limit, "target": target})
    assert decided_message(net, None, limit) == reached
    found = Verdict(VerdictKind.STATIONARY, 9)
    assert decided_message(net, found, 8) is None
    assert decided_message(net, found, 9) == outcome_message(net, found, 9)


class TestARunWhoseNumbersAreFiniteNoLonger:
    """Too large steps may have done it or too large start values: the diagnosis tells which."""

    @pytest.mark.parametrize(
        ("locale", "pointer"),
        [("en", "Diagnosis (View > Panels)"), ("es", "Diagnóstico (Ver > Paneles)")],
    )
    def test_is_sent_to_the_diagnosis(self, locale, pointer):
        said = message_text(outcome(VerdictKind.NOT_FINITE), locale)
        assert pointer in said
        # The places are called so in the window.
        names = [text(key, locale).replace("&", "") for key in PLACES]
        assert pointer == "{} ({} > {})".format(*names)

    def test_is_told_what_to_do_where_the_rule_has_no_gradient_to_diagnose(self):
        said = message_text(outcome(VerdictKind.NOT_FINITE, gate(rule="delta")), "en")
        assert said.endswith("Reset and lower the learning rate.")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", VerdictKind)
def test_every_verdict_can_be_said(kind, locale):
    verdict = Verdict(kind, 16, 6 if kind is VerdictKind.REPEATS else None)
    said = message_text(outcome_message(gate(), verdict, 16), locale)
    assert "16" in said
    assert Training().rule not in said
