"""The walk through an iteration: each number comes about once, after all it is made from."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.document.model import Conventions, Training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.explain import NumberStyle, explain
from nnsim.session import Level, Phase, Session
from nnsim.session.frame import Frame
from tests.support.documents import examples, quantities_of, small_documents
from tests.support.sequences import recurrent, sequence_documents


@examples(30)
@given(document=small_documents() | sequence_documents())
def test_index_of_is_the_inverse_of_the_walk(document):
    walk = Session(document).walk
    quantities = [moment.quantity for moment in walk]
    assert len(set(quantities)) == len(quantities) == len(walk)
    assert [walk.index_of(quantity) for quantity in quantities] == list(range(len(walk)))


@examples(30)
@given(document=small_documents() | sequence_documents())
def test_every_moment_is_a_number_of_the_record(document):
    session = Session(document)
    record = session.record(1)
    everything = set(quantities_of(record))
    assert {moment.quantity for moment in session.walk} <= everything


@examples(30)
@given(document=small_documents() | sequence_documents())
def test_the_three_phases_come_in_their_order(document):
    phases = [moment.phase for moment in Session(document).walk]
    order = [Phase.PREDICT, Phase.ERROR, Phase.ADJUST]
    assert phases == sorted(phases, key=order.index)
    assert set(phases) == set(order)


@examples(30)
@given(document=small_documents() | sequence_documents())
def test_the_last_moment_ends_every_level_but_the_epoch(document):
    walk = Session(document).walk
    assert walk[len(walk) - 1].ends == frozenset(Level) - {Level.EPOCH}
    assert sum(Level.ITERATION in moment.ends for moment in walk) == 1
    assert sum(Level.PHASE in moment.ends for moment in walk) == 3


@examples(30)
@given(document=small_documents() | sequence_documents(), data=st.data())
def test_steps_end_where_the_moments_say(document, data):
    walk = Session(document).walk
    level = data.draw(st.sampled_from([level for level in Level if level is not Level.EPOCH]))
    ends = [k + 1 for k, moment in enumerate(walk) if level in moment.ends]
    done = data.draw(st.integers(0, len(walk)))
    assert walk.next_end(level, done) == next((e for e in ends if e > done), len(walk))
    assert walk.previous_end(level, done) == max((e for e in ends if e < done), default=0)


@examples(25)
@given(document=small_documents() | sequence_documents())
def test_a_number_comes_about_after_all_that_its_formula_is_made_from(document):
    """Explanation and walk are two rooms that must tell the same story."""
    session = Session(document)
    record, spec, walk = session.record(1), session.spec_at(1), session.walk
    softmax = {layer.node for layer in spec.layers if layer.activation.name == "softmax"}
    for index, moment in enumerate(walk):
        frame = Frame(spec, record, walk, index + 1)
        explanation = explain(
            document, spec, record, moment.quantity, NumberStyle(), document.settings_at(0)
        )
        for term in explanation.terms:
            # ∂L/∂a of a softmax layer is there as a whole, shown unit by unit.
            if not (term.kind == "da" and term.owner in softmax):
                assert frame.is_shown(term), (moment.quantity, term)


def quantities(document):
    return [moment.quantity for moment in Session(document).walk]


def test_the_neuron_of_the_course_moment_by_moment():
    assert quantities(gate_neuron("or")) == [
        Quantity("p", "c4"),
        Quantity("p", "c5"),
        Quantity("z", "n3"),
        Quantity("a", "n3"),
        Quantity("e"),
        Quantity("w+", "c4"),
        Quantity("w+", "c5"),
        Quantity("b+", "n3"),
    ]


@pytest.mark.parametrize(
    ("timing", "order"),
    [
        ("after", ["dz:n4", "gw:c5", "dz:n2", "gw:c3", "w+:c3", "w+:c5"]),
        ("during", ["dz:n4", "gw:c5", "w+:c5", "dz:n2", "gw:c3", "w+:c3"]),
    ],
)
def test_when_weights_are_updated(timing, order):
    document = replace(
        perceptron((2, 2, 2)),
        training=Training(rule="sgd"),
        conventions=Conventions(update_timing=timing),
    )
    names = [q.name for q in quantities(document) if q.name in order]
    assert list(dict.fromkeys(names)) == order


def test_all_samples_are_predicted_before_the_error():
    document = replace(perceptron((2, 1)), training=Training(rule="gradient_descent"))
    outputs = [(q.kind, q.sample) for q in quantities(document) if q.kind in ("a", "e")]
    assert outputs == [("a", s) for s in range(4)] + [("e", s) for s in range(4)]


def test_a_softmax_needs_the_sums_of_its_whole_layer_first():
    kinds = [q.kind for q in quantities(perceptron((1, 3), output="softmax")) if q.kind in "za"]
    assert kinds == ["z", "z", "z", "a", "a", "a"]


def test_long_walks_are_not_laid_out():
    """A walk of millions of moments is as quick to make as any: it is made of templates."""
    document = replace(perceptron((64, 32, 10)), training=Training(rule="gradient_descent"))
    walk = Session(document).walk
    assert len(walk) > 10_000
    assert walk.index_of(walk[len(walk) // 2].quantity) == len(walk) // 2
    with pytest.raises(IndexError):
        walk[len(walk)]


class TestRecurrent:
    def test_every_sum_and_state_of_every_step_comes_about_once(self):
        session = Session(recurrent((3, 2), batch_size=3))
        record, walk = session.record(1), session.walk
        for node in ("n2", "n3"):
            for kind in ("s", "h", "ds"):
                size = record.array(f"{kind}:{node}").size
                found = [m for m in walk if m.quantity.name == f"{kind}:{node}"]
                assert len(found) == size

    def test_a_step_by_layer_goes_through_time_and_back(self):
        session = Session(recurrent((3,), steps=4, batch_size=2))
        walk = session.walk
        done, seen = 0, []
        while done < len(walk):
            done = walk.next_end(Level.LAYER, done)
            quantity = walk[done - 1].quantity
            seen.append((quantity.kind, quantity.step, quantity.sample))
        forward = [("h", step, 0) for step in range(4)]
        assert seen[:5] == [*forward, ("a", None, 0)]
        backward = [("ds", step, 1) for step in (3, 2, 1, 0)]
        at = seen.index(backward[0])
        assert seen[at : at + 4] == backward

    def test_what_is_handed_on_is_there_with_the_last_state(self):
        session = Session(recurrent())
        record, spec, walk = session.record(1), session.spec_at(1), session.walk
        shown = [
            Frame(spec, record, walk, done).is_shown(Quantity("a", "n2", 1))
            for done in range(len(walk) + 1)
        ]
        last = walk.index_of(Quantity("h", "n2", 1, step=3))
        assert shown.index(True) == last + 1

    def test_the_values_of_a_layer_are_those_of_the_step_looked_at(self):
        session = Session(recurrent())
        record, spec, walk = session.record(1), session.spec_at(1), session.walk
        done = walk.index_of(Quantity("h", "n2", 1, step=2)) + 1
        frame = Frame(spec, record, walk, done)
        assert (frame.step_of("n1"), frame.step_of("n2"), frame.step_of("n3")) == (2, 2, None)
        values, shown = frame.values("a", "n2")
        assert values.tolist() == record.array("h:n2")[0, 2].tolist()
        assert shown.tolist() == [True, True, False]
        assert Frame(spec, record, walk, len(walk)).step_of("n2") == 3
