"""What is explained is what ran: each formula, computed, gives the recorded number."""

import math

from hypothesis import given
from hypothesis import strategies as st

from nnsim.explain import NumberStyle, explain
from nnsim.explain.explanation import evaluate
from nnsim.session import Session
from tests.support.documents import (
    close,
    examples,
    net_2_2_2,
    quantities_of,
    small_documents,
)
from tests.support.sequences import sequence_documents

STYLE = NumberStyle()


def explained(session: Session, iteration: int):
    record = session.record(iteration)
    spec, settings_then = session.spec_at(iteration), session.document.settings_at(iteration - 1)
    for quantity in quantities_of(record):
        yield record, explain(session.document, spec, record, quantity, STYLE, settings_then)


def tolerance(record, explanation):
    """1e-12 of the largest product its terms can make, for sums may cancel.

    Infinite where a term is not finite: matrix products leave out 0 times NaN in some shapes.
    """
    sizes = [abs(float(record.value(term))) for term in explanation.terms]
    if not all(map(math.isfinite, sizes)):
        return math.inf
    largest = max([1.0, *sizes])
    return 1e-12 * largest * largest


@examples(40)
@given(document=small_documents() | sequence_documents(), iterations=st.integers(1, 2))
def test_every_formula_gives_the_recorded_number(document, iterations):
    session = Session(document)
    for iteration in range(1, iterations + 1):
        for record, explanation in explained(session, iteration):
            allowed = tolerance(record, explanation)
            assert close(explanation.expected, explanation.value, allowed), explanation.quantity
            if explanation.chain is not None:
                assert close(evaluate(explanation.chain), explanation.value, allowed)


@examples(40)
@given(document=small_documents(rules=("course", "perceptron")))
def test_exact_arithmetic_is_reproduced_exactly(document):
    session = Session(document)
    if session.spec_at(1).arithmetic == "exact":
        for _, explanation in explained(session, 1):
            assert explanation.expected == explanation.value


def test_the_check_would_notice_other_weights():
    """Under "during" hidden deltas come from new weights; the old ones give another number."""
    session = Session(net_2_2_2("during"))
    record, spec = session.record(1), session.spec_at(1)
    during = session.document.settings_at(0)
    after = net_2_2_2("after").settings_at(0)
    hidden = next(q for q in quantities_of(record) if q.kind == "dz" and q.owner == "n2")
    right = explain(session.document, spec, record, hidden, STYLE, during)
    wrong = explain(session.document, spec, record, hidden, STYLE, after)
    assert close(right.expected, right.value, 1e-15)
    assert not close(wrong.expected, wrong.value, 1e-6)


@examples(30)
@given(document=small_documents() | sequence_documents())
def test_terms_are_recorded_quantities_that_came_before(document):
    session = Session(document)
    for record, explanation in explained(session, 1):
        assert explanation.quantity not in explanation.terms
        assert len(set(explanation.terms)) == len(explanation.terms)
        for term in explanation.terms:
            record.value(term)
