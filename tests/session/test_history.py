"""The inner figures of a run over time: right, evenly spaced, and found without a trace."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import move, set_data, set_parameter, set_training
from nnsim.document.model import SplitSettings
from nnsim.document.templates import perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.histograms import edges
from nnsim.session import Session
from nnsim.session.history import MOST_POINTS, History
from nnsim.session.running import Runner
from tests.support.documents import gate, same_bits, table

HAND = table([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0], [1], [1], [0]])


def endless(sizes=(2, 4, 3, 1), hidden="tanh", data=HAND, **training):
    """A network whose run comes to no end by itself."""
    document = perceptron(sizes, hidden, data=data)
    settings = {"tolerance": 0.0, "target_loss": 0.0, "learning_rate": 0.1, **training}
    return set_training(document, replace(document.training, **settings))


def run(document, iterations):
    session = Session(document)
    while session.computed < iterations:
        session.compute()
    return session


def found(session):
    history = History(session)
    assert history.find(math.inf)
    return history


def bits(point):
    """All figures of a point, bit for bit."""
    arrays = (point.gradients, point.deltas, point.updates, point.dead, point.saturated)
    counts = [(h.counts.tolist(), h.exponent, h.astray) for h in point.weights + point.changes]
    return [array.tobytes() for array in arrays], counts


def iterations_of(history):
    return [point.iteration for point in history.points]


@pytest.fixture(scope="module")
def session():
    """A ReLU network after 700 iterations."""
    return run(endless((2, 5, 3, 1), "relu", batch_size=3, order="shuffled"), 700)


class TestFigures:
    """Every point says what the record of its iteration says."""

    def test_norms_are_those_of_the_records(self, session):
        history = found(session)
        wired = [(f"w:{c.id}",) for c in session.document.connections]
        assert [layer.weights for layer in history.layers] == wired
        for point in history.points[::7]:
            record = session.record(point.iteration)
            for k, layer in enumerate(history.layers):
                (weights,) = layer.weights
                (node,) = layer.nodes
                owner = weights.removeprefix("w:")
                g, d = record.array(f"gw:{owner}"), record.array(f"dw:{owner}")
                before = record.array(weights)
                assert point.gradients[k] == pytest.approx(np.sqrt((g**2).sum()), rel=1e-12)
                delta = np.linalg.norm(record.array(f"dz:{node}"))
                assert point.deltas[k] == pytest.approx(delta, rel=1e-12)
                ratio = np.linalg.norm(d) / np.linalg.norm(before)
                assert point.updates[k] == pytest.approx(ratio, rel=1e-12)

    def test_histograms_count_the_weights_after_the_update_and_what_it_added(self, session):
        history = found(session)
        for point in history.points[::11]:
            record = session.record(point.iteration)
            for k, layer in enumerate(history.layers):
                owner = layer.weights[0].removeprefix("w:")
                for kind, shown in (("w+", point.weights[k]), ("dw", point.changes[k])):
                    values = record.array(f"{kind}:{owner}")
                    counts, _ = np.histogram(values, edges(shown.exponent))
                    assert shown.counts.tolist() == counts.tolist()

    def test_a_relu_unit_is_dead_where_no_sample_makes_its_sum_positive(self, session):
        history = found(session)
        x = session.document.data.inputs
        for point in history.points[::13]:
            record, a = session.record(point.iteration), x
            for k, layer in enumerate(history.layers[:2]):
                owner, (bias,) = layer.weights[0].removeprefix("w:"), layer.biases
                z = a @ record.array(f"w:{owner}").T + record.array(bias)
                assert point.dead[k] == (z <= 0).all(axis=0).mean()
                a = np.maximum(z, 0)
            assert math.isnan(point.dead[2])
            assert math.isnan(point.saturated[0])

    def test_a_network_whose_hidden_biases_are_far_below_0_is_dead(self):
        document = endless((2, 4, 1), "relu")
        hidden = next(n for n in document.nodes if not n.is_input)
        for row in range(4):
            document = set_parameter(document, f"b:{hidden.id}", (row,), -100.0)
        (point,) = found(run(document, 1)).points
        assert point.dead[0] == 1
        assert point.gradients[0] == point.updates[0] == 0

    def test_only_training_samples_are_asked(self):
        """One unit is on for the last sample alone, which the network does not learn from."""
        data = table([[0.0], [1.0], [2.0], [9.0]], [[0], [1], [0], [1]])
        document = perceptron((1, 1, 1), "relu", data=data)
        document = with_parameters(document, [[[1.0]], [[1.0]]], [[-5.0], [0.0]])
        parts = SplitSettings(training=0.75, validation=0.0, test=0.25, order="in_order")
        assert found(run(document, 1)).points[0].dead[0] == 0
        assert found(run(replace(document, split=parts), 1)).points[0].dead[0] == 1

    def test_weights_far_from_0_saturate_sigmoids(self):
        document = endless((2, 2, 1), "sigmoid")
        hidden = next(n for n in document.nodes if n.units == 2 and not n.is_input)
        document = set_parameter(document, f"b:{hidden.id}", (0,), 50.0)
        (point,) = found(run(document, 1)).points
        assert point.saturated[0] == 0.5

    def test_a_rule_of_a_single_layer_has_no_gradient_but_moves_weights(self):
        history = found(run(gate("and", rule="perceptron", learning_rate=0.5), 4))
        assert all(np.isnan(point.gradients).all() for point in history.points)
        assert any((point.updates > 0).all() for point in history.points)

    def test_layers_drawn_neuron_by_neuron_count_as_layers(self):
        session = run(gate("or", rule="sgd"), 3)
        assert [len(layer.weights) for layer in History(session).layers] == [2]

    def test_any_iteration_can_be_asked_for(self):
        session = run(endless(), 500)
        history = found(session)
        assert 123 not in iterations_of(history) or 124 not in iterations_of(history)
        other = History(session)
        for iteration in (123, 124, history.points[5].iteration):
            record = session.record(iteration)
            owner = history.layers[0].weights[0].removeprefix("w:")
            expected = np.linalg.norm(record.array(f"gw:{owner}"))
            assert history.at(iteration).gradients[0] == pytest.approx(expected, rel=1e-12)
            assert bits(history.at(iteration)) == bits(other.at(iteration))


class TestThinning:
    def test_a_short_run_is_shown_whole(self):
        assert iterations_of(found(run(endless(), 150))) == list(range(1, 151))

    @pytest.mark.parametrize("length", [201, 1000, 5000])
    def test_a_long_one_by_one_iteration_of_every_window(self, length):
        history = found(run(endless(), length))
        shown = iterations_of(history)
        window = 2 ** math.ceil(math.log2(length / MOST_POINTS))
        assert shown[0] == 1
        assert MOST_POINTS / 2 - 1 <= len(shown) <= MOST_POINTS
        assert [(i - 1) // window for i in shown] == list(range(len(shown)))
        assert length - shown[-1] < 2 * window

    def test_a_long_run_is_found_all_over_before_it_is_found_closely(self):
        history = History(run(endless(), 3000))
        while len(history.points) < 16:
            assert not history.find(0.0)
        gaps = np.diff([0, *iterations_of(history), 3000])
        assert gaps.max() < 400
        early = set(iterations_of(history))
        while not history.find(0.0):
            pass
        assert early <= set(iterations_of(history))

    def test_points_that_stay_are_the_same_ones(self):
        session = run(endless(), 180)
        history = found(session)
        before = {point.iteration: point for point in history.points}
        for length in (300, 900, 4000):
            while session.computed < length:
                session.compute()
            assert history.find(math.inf)
            after = {point.iteration: point for point in history.points}
            stayed = [i for i in after if i <= max(before)]
            assert len(stayed) > 10
            assert all(after[i] is before[i] for i in stayed)
            before = after

    def test_every_sample_gets_its_turn_where_they_come_in_the_order_of_the_table(self):
        """Four samples, and a window of 32: always the first of it would be always the same."""
        session = run(endless(order="given", batch_size=1), 5000)
        first = session.trace.column("sample")
        turns = Counter(int(first[i - 1]) for i in iterations_of(found(session)))
        assert sorted(turns) == [0, 1, 2, 3]
        assert min(turns.values()) > len(found(session).points) / 8

    def test_where_every_iteration_sees_all_a_point_costs_one(self, monkeypatch):
        session = run(endless(rule="gradient_descent"), 5000)
        recorders, iterate = [], Runner.iterate

        def counted(self, recorder=None):
            recorders.append(recorder)
            return iterate(self, recorder)

        monkeypatch.setattr(Runner, "iterate", counted)
        history = found(session)
        assert len(recorders) == len(history.points)
        assert None not in recorders


class TestBoundedWork:
    def test_one_call_with_no_time_runs_one_iteration(self):
        history = History(run(endless(), 60))
        for count in range(1, 60):
            assert not history.find(0.0)
            assert len(history.points) <= count
        for _ in range(60):
            history.find(0.0)
        assert history.find(0.0)
        assert iterations_of(history) == list(range(1, 61))

    @pytest.mark.parametrize("length", [60, 1500])
    def test_what_is_found_does_not_depend_on_how(self, length):
        session = run(endless(order="shuffled"), length)
        at_once, bit_by_bit = found(session), History(session)
        while not bit_by_bit.find(0.0):
            pass
        assert list(map(bits, at_once.points)) == list(map(bits, bit_by_bit.points))

    def test_only_what_may_be_seen_is_found(self):
        history = History(run(endless(), 60))
        assert history.find(math.inf, 12)
        assert iterations_of(history) == list(range(1, 13))
        assert history.find(math.inf, 0)
        assert history.points == ()


class TestTheRunItself:
    def test_looking_changes_nothing_of_it(self):
        session, other = (run(endless(order="shuffled"), 400) for _ in range(2))
        found(session)
        assert session.computed == other.computed
        for iteration in (1, 399, 400, 405):
            assert same_bits(session.record(iteration), other.record(iteration))

    def test_after_a_change_in_the_middle_what_came_before_stays(self):
        session = run(endless(), 100)
        history = found(session)
        before = {point.iteration: point for point in history.points}
        training = replace(session.document.training, learning_rate=0.9)
        session.set_document(set_training(session.document, training, 40))
        while session.computed < 100:
            session.compute()
        assert history.find(math.inf)
        after = {point.iteration: point for point in history.points}
        assert all(after[i] is before[i] for i in range(1, 41))
        assert all(bits(after[i]) != bits(before[i]) for i in range(41, 101))
        assert list(map(bits, history.points)) == list(map(bits, found(session).points))

    def test_moving_a_node_leaves_it_alone(self):
        session = run(endless(), 50)
        history = found(session)
        before = history.points
        node = session.document.nodes[0].id
        session.set_document(move(session.document, {node: (5.0, 5.0)}))
        assert history.find(0.0)
        assert history.points == before

    def test_other_samples_make_another_run(self):
        session = run(endless(), 50)
        history = found(session)
        present = history.at(7)
        session.set_document(set_data(session.document, table([[1, 0.5]], [[1]])))
        assert history.find(math.inf)
        assert history.points == ()
        assert bits(history.at(7)) != bits(present)
        assert bits(history.at(7)) == bits(found(session).at(7))

    def test_activations_changed_in_the_document_count_from_the_start(self):
        session = run(endless(hidden="tanh"), 20)
        history = found(session)
        node = session.document.nodes[1]
        changed = replace(
            session.document,
            nodes=tuple(
                replace(n, activation=ActivationSpec("relu")) if n is node else n
                for n in session.document.nodes
            ),
        )
        session.set_document(changed)
        while session.computed < 20:
            session.compute()
        assert history.find(math.inf)
        assert not np.isnan([point.dead[0] for point in history.points]).any()
