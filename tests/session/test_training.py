"""Training on a thread leaves, bit for bit, what computing iteration by iteration leaves."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.document.edits import move, set_parameter, set_training
from nnsim.document.model import SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.learners import VerdictKind
from nnsim.session import Goal, Session
from nnsim.session.evaluation import PARTS
from nnsim.session.running import Runner
from tests.support.documents import same_bits

LONG = 700
COLUMNS = ("epoch", "sample", "batch", "loss", "wrong", "changed", "epoch_ended")


def restless(document, **settings):
    """The document with settings under which nothing ends its run."""
    never = {"tolerance": 0.0, "target_loss": 0.0, "limit": 10**9}
    return replace(document, training=replace(document.training, **(never | settings)))


def trained(document, goal):
    session = Session(document)
    session.train(goal)
    while session.trainer is not None:
        session.keep_up()
        time.sleep(0.001)
    return session


def stepped(document, iterations):
    session = Session(document)
    for _ in range(iterations):
        session.compute()
    return session


def same_trace(first, second):
    return all(
        first.trace.column(name).tobytes() == second.trace.column(name).tobytes()
        for name in COLUMNS
    )


def same_snapshots(first, second):
    """Whether both keep the same states, and each the same numbers."""
    every = range(first.computed + 1)
    return all(
        one.iteration == other.iteration
        and np.array_equal(one.parameters, other.parameters)
        and one.feed.place == other.feed.place
        and np.array_equal(one.feed.order, other.feed.order)
        for one, other in ((first.trace.nearest(i), second.trace.nearest(i)) for i in every)
    )


def same_evaluations(first, second):
    columns = [(part, what) for part in PARTS for what in ("loss", "metric")]
    return np.array_equal(first.evaluations.epochs, second.evaluations.epochs) and all(
        first.evaluations.column(*name).tobytes() == second.evaluations.column(*name).tobytes()
        for name in columns
    )


def points():
    """40 points of two classes that no line parts."""
    inputs = np.random.default_rng(3).normal(size=(40, 2))
    targets = (inputs[:, :1] * inputs[:, 1:] > 0).astype(float)
    return Table(("x1", "x2"), ("y",), inputs, targets)


def changed_midway(document):
    weight = document.connections[0]
    document = set_parameter(document, f"w:{weight.id}", (0, 0), 0.25, 100)
    return set_training(document, replace(document.training, learning_rate=0.01), 333)


DOCUMENTS = {
    "course rule, exact": gate_neuron("xor"),
    "perceptron": restless(gate_neuron("xor"), rule="perceptron", order="shuffled"),
    "sgd, shuffled": restless(perceptron((2, 4, 2, 1)), order="shuffled", batch_size=3),
    "gradient descent": restless(perceptron((2, 3, 1), "tanh"), rule="gradient_descent"),
    "adam": restless(perceptron((2, 3, 1)), optimiser="adam", learning_rate=0.01),
    "parts, early stopping": replace(
        restless(perceptron((2, 3, 1)), patience=3, order="shuffled"),
        data=points(),
        split=SplitSettings(0.6, 0.2, 0.2),
    ),
    "changed midway": changed_midway(restless(perceptron((2, 3, 1)), order="shuffled")),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_is_the_same_as_computing_one_by_one(document):
    session = trained(document, Goal(LONG, past_verdict=True))
    other = stepped(document, LONG)
    assert session.computed == LONG
    assert same_trace(session, other)
    assert same_snapshots(session, other)
    assert session.verdict == other.verdict
    assert same_evaluations(session, other)
    for iteration in (LONG, LONG - 1, 334, 101, 1):
        assert same_bits(session.record(iteration), other.record(iteration))


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_goes_on_as_if_it_had_never_been_on_a_thread(document):
    session = trained(document, Goal(LONG // 2, past_verdict=True))
    assert session.samples_of(session.computed + 1)
    while session.computed < LONG:
        session.compute()
    assert same_trace(session, stepped(document, LONG))


def test_the_snapshots_kept_of_a_long_run_are_the_same(monkeypatch):
    # So small that every second snapshot goes several times while the thread hands them over.
    monkeypatch.setattr("nnsim.engine.trace._SNAPSHOT_BYTES", 0)
    document = restless(perceptron((2, 2, 1)))
    session = Session(document)
    session.trace._max_snapshots = 8
    session.train(Goal(3000))
    while session.trainer is not None:
        session.keep_up()
    other = Session(document)
    other.trace._max_snapshots = 8
    while other.computed < 3000:
        other.compute()
    assert session.trace.stride == other.trace.stride > 16
    assert same_snapshots(session, other)


class TestWhereItStops:
    def test_at_the_verdict(self):
        session = trained(gate_neuron("xor"), Goal(10_000))
        assert session.verdict.kind is VerdictKind.REPEATS
        assert session.computed == session.verdict.iteration

    def test_at_the_iterations_asked_for(self):
        assert trained(restless(perceptron((2, 2, 1))), Goal(37)).computed == 37

    def test_at_the_end_of_the_epochs_asked_for(self):
        document = restless(perceptron((2, 2, 1)), batch_size=3)
        session = trained(document, Goal(10_000, epochs=5))
        assert session.computed == 10
        assert session.trace.epochs == 5

    def test_nowhere_where_it_is_there_already(self):
        session = stepped(restless(perceptron((2, 2, 1))), 12)
        session.train(Goal(12))
        assert session.trainer is None

    def test_at_once_when_halted(self):
        session = Session(restless(perceptron((2, 2, 1))))
        session.train(Goal(10**9))
        time.sleep(0.05)
        session.halt()
        assert session.trainer is None
        done = session.computed
        assert done > 0
        time.sleep(0.02)
        session.keep_up()
        assert session.computed == done


def test_what_it_did_before_it_was_halted_is_kept_and_true():
    document = restless(perceptron((2, 3, 1)), order="shuffled")
    session = Session(document)
    for _ in range(5):
        session.train(Goal(10**9))
        time.sleep(0.02)
        session.halt()
    assert same_trace(session, stepped(document, session.computed))


def test_asking_for_the_next_iteration_halts_it():
    document = restless(perceptron((2, 3, 1)))
    session = Session(document)
    session.train(Goal(10**9))
    session.compute()
    assert session.trainer is None
    assert same_trace(session, stepped(document, session.computed))


def test_the_past_is_looked_at_while_it_goes_on():
    document = restless(perceptron((2, 3, 1)), order="shuffled")
    session = stepped(document, 300)
    session.train(Goal(10**9))
    time.sleep(0.02)
    assert same_bits(session.record(150), stepped(document, 150).record(150))
    session.go_to(40)
    assert session.frame.record.metrics.iteration == 40
    assert session.trainer is not None
    session.halt()


def test_a_record_of_where_it_is_comes_with_it_when_asked_for():
    document = restless(perceptron((2, 3, 1)))
    session = Session(document)
    session.train(Goal(10**9))
    seen = []
    while len(seen) < 3:
        session.keep_up()
        iteration = session.recorded
        if iteration is not None and iteration not in seen:
            seen.append(iteration)
            session.trainer.ask_record()
    session.halt()
    other = stepped(document, seen[-1])
    for iteration in seen:
        assert same_bits(session.record(iteration), other.record(iteration))


def test_a_change_made_while_it_trains_is_made_in_the_middle_of_the_run():
    document = restless(perceptron((2, 3, 1)))
    session = stepped(document, 50)
    session.train(Goal(10**9))
    time.sleep(0.02)
    weight = document.connections[0]
    changed = set_parameter(document, f"w:{weight.id}", (0, 0), 0.25, 50)
    session.set_document(changed)
    assert session.trainer is None
    while session.computed < 60:
        session.compute()
    assert same_trace(session, stepped(changed, 60))


def test_moving_a_node_does_not_disturb_it():
    document = restless(perceptron((2, 3, 1)))
    session = Session(document)
    session.train(Goal(10**9))
    session.set_document(move(document, {document.nodes[0].id: (5.0, 5.0)}))
    assert session.trainer is not None
    session.halt()
    assert same_trace(session, stepped(document, session.computed))


class TestWhatGoesWrongOnTheThread:
    """It is raised where the window listens, and the run can go on from before it."""

    @pytest.fixture
    def session(self, monkeypatch):
        session = Session(restless(perceptron((2, 3, 1))))
        learner = session._front._runner.learner
        adjust = type(learner).adjust

        def failing(learner, recorder):
            is_on_thread = threading.current_thread() is not threading.main_thread()
            if is_on_thread and learner.iteration == 20:
                raise MemoryError("no room")
            adjust(learner, recorder)

        monkeypatch.setattr(type(learner), "adjust", failing)
        return session

    def test_it_is_raised_by_the_next_look(self, session):
        session.train(Goal(10**9))
        session.trainer.wait(5.0)
        with pytest.raises(MemoryError, match="no room"):
            session.keep_up()
        assert session.trainer is None

    def test_it_is_told_even_if_something_else_halted_it(self, session):
        session.train(Goal(10**9))
        time.sleep(0.05)
        session.halt()
        with pytest.raises(MemoryError):
            session.keep_up()
        session.keep_up()

    def test_the_run_is_as_it_was_before(self, session):
        session.train(Goal(10**9))
        time.sleep(0.05)
        session.halt()
        assert session.computed == 20
        for _ in range(10):
            session.compute()
        assert same_trace(session, stepped(session.document, 30))


def test_a_window_that_does_not_come_for_it_makes_it_wait(monkeypatch):
    monkeypatch.setattr("nnsim.session.training._MOST_WAITING", 1000)
    session = Session(restless(perceptron((2, 3, 1))))
    session.train(Goal(10**9))
    time.sleep(0.1)
    assert session.trainer._waiting_bytes < 2**20
    waiting = len(session.trainer._waiting)
    time.sleep(0.05)
    assert len(session.trainer._waiting) == waiting
    session.halt()
    assert session.computed > 0


def test_a_stretch_that_does_not_follow_is_refused():
    session = Session(restless(perceptron((2, 3, 1))))
    session.train(Goal(10))
    session.trainer.wait(5.0)
    (stretch, *_) = session.trainer.take()
    session.halt()
    session.compute()
    with pytest.raises(ValueError, match="computed"):
        session._front.absorb(stretch)


class TestHolding:
    """A trainer that is held leaves Python to the window."""

    def training(self, document=None):
        session = Session(document or restless(perceptron((2, 2, 1))))
        session.train(Goal(10**9))
        while session.computed < 20:
            session.keep_up()
            time.sleep(0.002)
        return session

    def done_in(self, session, seconds):
        session.keep_up()
        before = session.computed
        time.sleep(seconds)
        session.keep_up()
        return session.computed - before

    def test_it_waits_until_it_is_let_go_on(self):
        session = self.training()
        session.trainer.hold()
        # What was under way comes in first.
        time.sleep(0.02)
        assert self.done_in(session, 0.05) <= 1
        session.trainer.go_on()
        assert self.done_in(session, 0.1) > 1
        session.halt()

    def test_it_is_stopped_while_it_waits(self):
        session = self.training()
        session.trainer.hold()
        start = time.perf_counter()
        session.halt()
        assert time.perf_counter() - start < 0.2
        assert session.trainer is None

    def test_one_that_is_forgotten_goes_on_by_itself(self):
        session = self.training()
        session.trainer.hold()
        time.sleep(0.3)
        assert self.done_in(session, 0.1) > 1
        session.halt()

    def test_it_waits_each_time(self):
        session = self.training()
        for _ in range(3):
            session.trainer.hold()
            time.sleep(0.02)
            assert self.done_in(session, 0.03) <= 1
            session.trainer.go_on()
            assert self.done_in(session, 0.05) > 1
        session.halt()

    def test_one_of_long_iterations_goes_on(self, monkeypatch):
        """They are NumPy's for the most part, which needs no Python."""
        real = Runner.iterate
        monkeypatch.setattr(Runner, "iterate", lambda *given: (time.sleep(0.003), real(*given))[1])
        session = self.training()
        session.trainer.hold()
        time.sleep(0.02)
        assert self.done_in(session, 0.06) > 3
        session.halt()
