"""How far a training has come, in words."""

import pytest

from nnsim.document.templates import gate_neuron
from nnsim.session import Goal
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.progress import grouped, progress_words


class Training:
    """What the words need of a player."""

    def __init__(self, goal, rate):
        self.goal, self.rate = goal, rate


@pytest.fixture
def words(qapp, preferences):
    """Of a run of 30 iterations."""
    workspace = Workspace(gate_neuron("xor"))
    workspace.go_to(30)

    def words(goal, rate, locale="en"):
        preferences.set_locale(locale)
        return progress_words(workspace, Training(goal, rate), preferences)

    return words


@pytest.mark.parametrize(
    ("goal", "rate", "said"),
    [
        (Goal(9999), None, "Training: 30 of 9999 iterations"),
        (
            Goal(12_340),
            45_678.0,
            "Training: 30 of 12\u202f340 iterations · at most 1 s left · 46\u202f000 iterations/s",
        ),
        (
            Goal(630, past_verdict=True),
            2.5,
            "Training: 30 of 630 iterations · 4 min left · 2.5 iterations/s",
        ),
        (Goal(10**7), 100.0, "at most 28 h left"),
    ],
)
def test_what_is_done_how_long_it_takes_and_how_fast_it_goes(words, goal, rate, said):
    assert said in words(goal, rate)


def test_epochs_are_counted_where_it_goes_for_epochs(words):
    assert words(Goal(10**6, epochs=80), 10.0).startswith("Training: ")
    assert "of 80 epochs" in words(Goal(10**6, epochs=80), 10.0)


def test_in_spanish(words):
    said = words(Goal(12_340), 45.0, "es")
    assert said.startswith("Entrenando: 30 de 12\u202f340 iteraciones · quedan como mucho 5 min")


def test_four_digits_stay_together():
    assert [grouped(n) for n in (7, 9999, 10_000, 1_234_567)] == [
        "7",
        "9999",
        "10\u202f000",
        "1\u202f234\u202f567",
    ]
