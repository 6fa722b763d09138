"""The gate exercises by the course rule, from w = (0.5, 0.5), b = 1 (section 3 of the course)."""

from dataclasses import replace

import pytest

from nnsim.document.model import LOSSES, Conventions
from nnsim.engine.learners import VerdictKind
from nnsim.session import Session
from tests.support.documents import gate

#: It, (x1, x2), Σ, S_neu, S_real, new w ("-": unchanged), new b
OR_ROWS = [
    (1, (0, 0), 1, 1, 0, "-", -1),
    (2, (0, 0), -1, 0, 0, "-", "-"),
    (3, (0, 1), -0.5, 0, 1, (0.5, 1), "-"),
    (4, (0, 1), 0, 1, 1, "-", "-"),
    (5, (1, 0), -0.5, 0, 1, (1, 1), "-"),
    (6, (1, 0), 0, 1, 1, "-", "-"),
    (7, (1, 1), 1, 1, 1, "-", "-"),
]


def row_of(record):
    """A record as a row of the course's table."""
    arrays = record.arrays
    weights = tuple(arrays[f"w+:{c}"][0, 0] for c in ("c4", "c5"))
    changed = any(arrays[f"dw:{c}"].any() for c in ("c4", "c5"))
    return (
        record.metrics.iteration,
        tuple(arrays[f"a:{n}"][0, 0] for n in ("n1", "n2")),
        arrays["z:n3"][0, 0],
        arrays["y"][0, 0],
        arrays["t"][0, 0],
        weights if changed else "-",
        arrays["b+:n3"][0] if arrays["db:n3"].any() else "-",
    )


def run(document, limit=1000):
    session = Session(document)
    for _ in session.run(limit):
        pass
    return session


def parameters_after(session, iteration):
    arrays = session.record(iteration).arrays
    return tuple(float(arrays[name].ravel()[0]) for name in ("w+:c4", "w+:c5", "b+:n3"))


def test_the_seven_rows_of_or():
    session = Session(gate("or"))
    assert [row_of(session.record(n)) for n in range(1, 8)] == OR_ROWS


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_chosen_for_networks_does_not_judge_a_rule(loss):
    session = Session(gate("or", loss=loss))
    assert [row_of(session.record(n)) for n in range(1, 8)] == OR_ROWS


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("or", (1, 1, -1)),
        ("and", (0.5, 0.5, -1)),
        ("nand", (-1, -1, 1)),
        ("nor", (-1.5, -1.5, 1)),
    ],
)
def test_where_each_gate_ends(name, parameters):
    session = run(gate(name))
    assert session.verdict.kind is VerdictKind.CLEAN_PASS
    assert parameters_after(session, session.computed) == parameters
    outputs = [
        session.record(n).arrays["e"][0, 0]
        for n in range(session.computed - 3, session.computed + 1)
    ]
    assert outputs == [0, 0, 0, 0]


class TestXor:
    def test_the_state_after_row_16_is_the_state_after_row_6(self):
        session = run(gate("xor"))
        verdict = session.verdict
        assert (verdict.kind, verdict.iteration, verdict.same_as) == (VerdictKind.REPEATS, 16, 6)
        assert parameters_after(session, 16) == parameters_after(session, 6)

    def test_states_are_compared_where_a_pattern_begins(self):
        """After rows 6 and 16 the next pattern is the same, (1, 1), and begins anew."""
        session = run(gate("xor"))
        for row in (6, 16):
            assert session.record(row).metrics.wrong == 0
            assert session.record(row + 1).metrics.samples == (3,)

    def test_going_on_repeats_those_ten_rows_for_ever(self):
        session = run(gate("xor"))
        rows = [row_of(session.record(n))[1:] for n in range(7, 47)]
        assert rows[:10] == rows[10:20] == rows[20:30] == rows[30:]

    def test_no_run_up_to_the_limit_is_needed_to_know(self):
        assert run(gate("xor"), limit=10_000).computed == 16


def test_a_strict_threshold_takes_another_way():
    document = replace(gate("or"), conventions=Conventions(threshold=">"))
    session = run(document)
    assert session.verdict.kind is VerdictKind.CLEAN_PASS
    assert row_of(session.record(4))[2:4] == (0, 0)  # Σ = 0 does not fire
