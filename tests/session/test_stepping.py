"""Forward and back at every level, through any document, with bit-identical numbers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.document.edits import remove
from nnsim.document.model import Training
from nnsim.document.templates import GATES, perceptron
from nnsim.session import Level, Position, Session
from tests.support.documents import examples, gate, same_bits, small_documents

LEVELS = list(Level)
BELOW_EPOCH = [level for level in Level if level is not Level.EPOCH]


def look(session):
    """The position, and a copy of all that is shown there."""
    frame = session.frame
    parameters = {
        name: frame.parameter(name).tobytes()
        for name in frame.record.arrays
        if name.partition(":")[0] in ("w", "b")
    }
    return session.position, frame.record, parameters


def same(first, second):
    return first[0] == second[0] and first[2] == second[2] and same_bits(first[1], second[1])


@examples(30)
@given(
    document=small_documents(),
    level=st.sampled_from(BELOW_EPOCH),
    steps=st.integers(1, 25),
)
def test_back_retraces_forward(document, level, steps):
    session = Session(document)
    way = [look(session)]
    for _ in range(steps):
        session.forward(level)
        way.append(look(session))
    positions = [position for position, *_ in way]
    assert positions == sorted(set(positions))
    for seen in reversed(way[:-1]):
        session.back(level)
        assert same(look(session), seen)
    for seen in way[1:]:
        session.forward(level)
        assert same(look(session), seen)


@examples(30)
@given(
    document=small_documents(rules=("perceptron", "delta", "gradient_descent", "sgd"))
    | st.sampled_from([gate(name) for name in GATES])
)
def test_epochs_forward_and_back(document):
    session = Session(document)
    way = [session.position]
    for _ in range(4):
        session.forward(Level.EPOCH)
        way.append(session.position)
    ended = session.trace.column("epoch_ended")
    assert all(ended[position.iteration - 1] for position in way[1:])
    for position in reversed(way[:-1]):
        session.back(Level.EPOCH)
        assert session.position == position


@examples(30)
@given(
    document=small_documents(),
    moves=st.lists(st.tuples(st.sampled_from(BELOW_EPOCH), st.booleans()), max_size=20),
)
def test_however_one_got_there_the_numbers_are_those_of_a_straight_run(document, moves):
    wandering, straight = Session(document), Session(document)
    for level, forward in moves:
        (wandering.forward if forward else wandering.back)(level)
    straight.go_to(*_pair(wandering.position))
    assert same(look(wandering), look(straight))


def _pair(position):
    return position.iteration, position.done


def test_records_of_the_distant_past_are_found_again_bit_by_bit():
    document = gate("xor", rule="sgd", order="shuffled")
    session, fresh = Session(document), Session(document)
    kept = {n: fresh.record(n) for n in range(1, 61)}
    while session.computed < 3000:
        session.compute()
    for iteration in (1, 60, 17, 16, 33, 2):
        assert same_bits(session.record(iteration), kept[iteration])


def test_one_pass_over_a_stretch_gives_the_same_records():
    session = Session(gate("xor", rule="perceptron"))
    together = list(session.records(5, 40))
    assert [record.metrics.iteration for record in together] == list(range(5, 41))
    for record in together:
        assert same_bits(record, session.record(record.metrics.iteration))


def test_looking_computes_no_further_than_it_has_to():
    session = Session(gate())
    session.record(5)
    session.go_to(3)
    session.back(Level.ITERATION)
    assert session.computed == 5


@pytest.mark.parametrize("level", LEVELS)
def test_back_at_the_very_start_stays_there(level):
    session = Session(gate())
    session.back(level)
    assert session.position == Position(1, 0)


@pytest.mark.parametrize("level", LEVELS)
def test_reset_goes_to_the_very_start_and_forgets_nothing(level):
    session = Session(gate())
    for _ in range(5):
        session.forward(level)
    computed = session.computed
    session.reset()
    assert session.position == Position(1, 0)
    assert session.computed == computed


class TestLevels:
    def ends(self, document, level, count):
        session = Session(document)
        seen = []
        for _ in range(count):
            session.forward(level)
            moment = session.frame.last
            seen.append((session.position.iteration, moment.quantity.name, moment.quantity.row))
        return seen

    def test_products(self):
        assert self.ends(gate(), Level.PRODUCT, 3) == [
            (1, "p:c4", 0),
            (1, "p:c5", 0),
            (1, "z:n3", 0),
        ]

    def test_neurons(self):
        assert self.ends(perceptron((2, 2, 1)), Level.NEURON, 4) == [
            (1, "a:n2", 0),
            (1, "a:n2", 1),
            (1, "a:n4", 0),
            (1, "e", 0),
        ]

    def test_layers(self):
        assert self.ends(perceptron((2, 2, 1)), Level.LAYER, 2) == [
            (1, "a:n2", 1),
            (1, "a:n4", 0),
        ]

    def test_phases(self):
        assert self.ends(gate(), Level.PHASE, 4) == [
            (1, "a:n3", 0),
            (1, "e", 0),
            (1, "b+:n3", 0),
            (2, "a:n3", 0),
        ]

    def test_samples_of_a_batch(self):
        document = replace(perceptron((2, 1)), training=Training(rule="gradient_descent"))
        session = Session(document)
        samples = []
        for _ in range(4):
            session.forward(Level.SAMPLE)
            samples.append(session.frame.sample)
        assert samples == [0, 1, 2, 3]
        session.forward(Level.SAMPLE)
        assert session.frame.is_complete

    def test_iterations(self):
        assert [n for n, *_ in self.ends(gate(), Level.ITERATION, 3)] == [1, 2, 3]

    def test_epochs_of_the_course_rule(self):
        """Convergence at iteration 9 does not cut the second pass short."""
        assert [n for n, *_ in self.ends(gate(), Level.EPOCH, 2)] == [7, 11]


class TestAPassThatNeverEnds:
    """Fixed biases: (0, 0) can never be put right, so the course rule never goes on to (0, 1)."""

    def test_it_stops_at_the_proof(self):
        session = Session(gate(update_biases=False))
        session.forward(Level.EPOCH)
        assert session.position.iteration == session.verdict.iteration == 2

    def test_beyond_it_goes_once_round_what_repeats(self):
        session = Session(gate(update_biases=False))
        for iteration in (2, 3, 4):
            session.forward(Level.EPOCH)
            assert session.position == Position(iteration, len(session.walk))

    def test_shuffled_there_is_no_proof_and_still_an_end(self):
        session = Session(gate(update_biases=False, order="shuffled", seed=1))
        for _ in range(2):
            session.forward(Level.EPOCH)
        assert session.computed < 50_000


class TestRunning:
    def test_until_the_verdict(self):
        session = Session(gate())
        assert sum(1 for _ in session.run()) == session.computed == session.verdict.iteration == 9
        assert list(session.run()) == []

    def test_until_the_limit(self):
        session = Session(gate("xor", rule="perceptron", order="shuffled", limit=30))
        assert sum(1 for _ in session.run()) == 30
        assert session.verdict is None

    def test_the_position_stays_where_it_is(self):
        session = Session(gate())
        session.forward(Level.NEURON)
        here = session.position
        list(session.run())
        assert session.position == here

    def test_going_further_after_a_verdict_is_possible(self):
        session = Session(gate())
        list(session.run())
        session.go_to(20)
        assert session.computed == 20
        assert session.verdict.iteration == 9


def test_what_cannot_run_says_why():
    document = gate()
    session = Session(remove(document, ["n3"]))
    assert not session.is_ready
    assert "check.no_neuron" in {problem.message.code for problem in session.problems}
    with pytest.raises(NnsimError):
        session.forward(Level.PRODUCT)
    with pytest.raises(NnsimError):
        session.compute()
    assert session.computed == 0
