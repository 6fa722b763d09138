"""A frame shows what has come about, and nothing else."""

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnsim.document.model import Training
from nnsim.document.optimisers import INTERNALS, KEPT
from nnsim.document.templates import perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Session
from tests.support.documents import examples, gate, quantities_of, small_documents

# Parameters and targets, and what an optimiser found of the steps before.
AT_START = {"w", "b", "t", "step"} | {f"{kept}-.{kind}" for kept in KEPT for kind in ("w", "b")}
INTERNAL = {name for names in INTERNALS.values() for name in names}


def shown(session):
    frame = session.frame
    return {q for q in quantities_of(frame.record) if frame.is_shown(q)}


def inputs_of(session):
    return {node for node, _ in session.spec_at(1).inputs}


@examples(25)
@given(document=small_documents(), data=st.data())
def test_what_is_shown_grows_and_ends_with_everything(document, data):
    session = Session(document)
    length = len(session.walk)
    places = sorted(data.draw(st.lists(st.integers(0, length), min_size=2, max_size=4)))
    seen = []
    for done in [0, *places, length]:
        session.go_to(1, done)
        seen.append(shown(session))
    for before, after in itertools.pairwise(seen):
        assert before <= after
    inputs = inputs_of(session)
    assert {q for q in seen[0] if q.kind not in AT_START and q.owner not in inputs} == set()
    assert seen[-1] == set(quantities_of(session.record(1)))


@examples(25)
@given(document=small_documents(), data=st.data())
def test_each_step_shows_its_own_number_and_what_comes_with_it(document, data):
    session = Session(document)
    index = data.draw(st.integers(0, len(session.walk) - 1))
    moment = session.walk[index].quantity
    session.go_to(1, index)
    before = shown(session)
    session.go_to(1, index + 1)
    new = shown(session) - before
    assert moment in new
    together = {"e": {"l", "L"}, "dz": {"da"}, "a": {"y"}}
    limits = ("penalty.g", "used.g")
    together |= {
        f"{k}+": {f"d{k}", *(f"{name}.{k}" for name in INTERNAL), *(f"{g}{k}" for g in limits)}
        for k in ("w", "b")
    }
    together["gb"] = {"norm"}
    assert {q.kind for q in new - {moment}} <= together.get(moment.kind, set())


def test_what_has_not_come_about_has_no_value():
    session = Session(gate())
    session.go_to(1, 2)  # two products
    frame = session.frame
    assert frame.value(Quantity("p", "c5")) == 0
    assert frame.value(Quantity("z", "n3")) is None
    assert frame.value(Quantity("y")) is None
    assert frame.value(Quantity("b", "n3")) == 1
    assert frame.value(Quantity("b+", "n3")) is None
    assert frame.value(Quantity("gw", "c4")) is None  # the course rule has none


def test_weights_change_one_by_one():
    session = Session(gate())
    at = session.walk.index_of(Quantity("w+", "c5"))
    session.go_to(3, at)
    assert session.frame.parameter("w:c5").tolist() == [[0.5]]
    session.go_to(3, at + 1)
    assert session.frame.parameter("w:c5").tolist() == [[1.0]]


def test_parameters_at_the_end_are_those_the_next_iteration_begins_with():
    session = Session(perceptron((2, 3, 1)))
    for iteration in range(1, 9):
        session.go_to(iteration)
        ends = {name: session.frame.parameter(name) for name in ("w:c3", "b:n2", "w:c5", "b:n4")}
        session.go_to(iteration + 1, 0)
        for name, values in ends.items():
            assert session.frame.parameter(name).tobytes() == values.tobytes()


def test_the_loss_of_the_delta_rule_comes_with_its_error():
    session = Session(gate(rule="delta"))
    at = session.walk.index_of(Quantity("e"))
    session.go_to(1, at)
    assert session.frame.value(Quantity("L")) is None
    session.go_to(1, at + 1)
    assert session.frame.value(Quantity("L")) is not None


def test_gradients_of_maxout_units_come_with_their_own_pieces():
    document = replace(perceptron((2, 2), output="maxout"), training=Training(rule="sgd"))
    session = Session(document)
    session.go_to(1, session.walk.index_of(Quantity("dz", "n2", 1)) + 1)
    frame = session.frame  # both pieces of the first unit
    assert frame.value(Quantity("da", "n2", 0)) is not None
    assert frame.value(Quantity("da", "n2", 1)) is None


def test_a_batch_is_looked_at_sample_by_sample():
    document = replace(perceptron((2, 2, 1)), training=Training(rule="gradient_descent"))
    session = Session(document)
    samples = []
    for done in range(1, session.walk.index_of(Quantity("e")) + 1):
        session.go_to(1, done)
        samples.append(session.frame.sample)
    assert sorted(samples) == samples
    assert set(samples) == {0, 1, 2, 3}
    values, visible = session.frame.values("z", "n2")
    assert visible.all()
    assert values.tobytes() == np.array(session.record(1).arrays["z:n2"][3]).tobytes()


def test_a_product_of_a_sample_that_the_batch_does_not_have_is_no_quantity():
    document = replace(perceptron((2, 2, 1)), training=Training(rule="sgd", batch_size=2))
    session = Session(document)
    session.go_to(1)
    frame = session.frame
    assert frame.has(Quantity("p", "c3", 0, 1, sample=1))
    assert not frame.has(Quantity("p", "c3", 0, 1, sample=2))
    assert not frame.has(Quantity("p", "c3", 0, 2))
    assert frame.value(Quantity("p", "c3", 0, 1, sample=2)) is None


def test_what_several_views_are_told_of_a_moment_none_of_them_can_change():
    session = Session(gate("or"))
    session.go_to(2)
    frame = session.frame
    connection = session.document.connections[0].id
    weights = frame.parameter(f"w:{connection}")
    assert frame.parameter(f"w:{connection}") is weights
    assert not weights.flags.writeable
    assert not frame.shown_of("w+", connection, weights.shape).flags.writeable


def test_parameters_of_another_moment_are_read_anew():
    session = Session(gate("or"))
    session.go_to(2)
    for done in range(len(session.walk) + 1):
        session.go_to(2, done)
        frame = session.frame
        record = frame.record
        after = frame.is_shown(Quantity("b+", "n3"))
        expected = record.array("b+:n3" if after else "b:n3").astype(float)
        assert np.array_equal(frame.parameter("b:n3"), expected)


def test_the_order_of_moments_follows_a_setting_that_was_changed():
    document = perceptron((2, 3, 1))
    session = Session(document)
    session.go_to(1)
    before = list(session.walk)
    during = replace(document.conventions, update_timing="during")
    session.set_document(replace(document, conventions=during))
    assert list(session.walk) == list(Session(session.document).walk) != before
