"""Probing asks the network anything and changes nothing that is shown."""

import numpy as np
import pytest

from nnsim.document.compiling import plan_spec
from nnsim.document.edits import add_node, connect, set_activation, set_conventions, set_parameter
from nnsim.document.model import Conventions, Document
from nnsim.document.templates import gate_neuron, perceptron, with_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.record import Quantity
from nnsim.session import Level, Session, probing
from nnsim.session.probing import (
    Affine,
    Probe,
    affine,
    grid,
    grid_side,
    last_update,
    parameters_at,
    parameters_before,
)

OR_NEURON = "n3"


def probe_of(session: Session) -> Probe:
    frame = session.frame
    probe = Probe(frame.spec)
    probe.put(parameters_at(frame))
    return probe


def xor_net() -> Document:
    """2-2-1 with sigmoids and the numbers of a fixed example."""
    return with_parameters(
        perceptron((2, 2, 1)), [[[1.0, -2.0], [0.5, 3.0]], [[2.0, -1.0]]], [[0.1, -0.2], [0.3]]
    )


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class TestTheAnswer:
    def test_the_or_neuron_at_its_four_patterns(self):
        session = Session(gate_neuron("or"))
        found = probe_of(session).respond([[0, 0], [0, 1], [1, 0], [1, 1]], OR_NEURON)[OR_NEURON]
        assert found.z.tolist() == [[1.0], [1.5], [1.5], [2.0]]
        assert found.a.tolist() == [[1.0], [1.0], [1.0], [1.0]]

    def test_a_network_at_any_point_is_what_paper_gives(self):
        session = Session(xor_net())
        hidden, output = (node.id for node in session.document.nodes[1:])
        point = np.array([0.25, -1.5])
        found = probe_of(session).respond(point, hidden, output)
        z = np.array([[1.0, -2.0], [0.5, 3.0]]) @ point + [0.1, -0.2]
        assert found[hidden].z[0] == pytest.approx(z, rel=1e-15)
        a = sigmoid(z)
        assert found[output].a[0, 0] == pytest.approx(sigmoid(2 * a[0] - a[1] + 0.3), rel=1e-15)

    def test_it_is_the_same_number_as_the_run_records(self):
        session = Session(xor_net())
        session.forward(Level.PHASE)
        output = session.document.outputs[0].id
        sample = session.frame.record.metrics.samples[0]
        point = session.document.data.inputs[sample]
        found = probe_of(session).respond(point, output)[output]
        assert found.z[0, 0] == session.frame.value(Quantity("z", output))

    def test_a_sum_that_is_zero_on_paper_decides_as_in_the_run(self):
        document = gate_neuron("or")
        first, second = (connection.id for connection in document.connections)
        document = set_parameter(document, f"w:{first}", (0, 0), 0.1)
        document = set_parameter(document, f"w:{second}", (0, 0), 0.2)
        document = set_parameter(document, f"b:{OR_NEURON}", (0,), -0.3)
        found = probe_of(Session(document)).respond([1, 1], OR_NEURON)[OR_NEURON]
        assert (found.z[0, 0], found.a[0, 0]) == (0.0, 1.0)

    def test_the_strict_threshold_is_kept(self):
        document = set_parameter(gate_neuron("or"), f"b:{OR_NEURON}", (0,), 0.0)
        document = set_conventions(document, Conventions(threshold=">"))
        found = probe_of(Session(document)).respond([0, 0], OR_NEURON)[OR_NEURON]
        assert (found.z[0, 0], found.a[0, 0]) == (0.0, 0.0)

    def test_overflow_is_an_answer(self):
        document = set_parameter(gate_neuron("or"), f"b:{OR_NEURON}", (0,), 1.7e308)
        for connection in document.connections:
            document = set_parameter(document, f"w:{connection.id}", (0, 0), 1.7e308)
        found = probe_of(Session(document)).respond([1, 1], OR_NEURON)[OR_NEURON]
        assert found.z[0, 0] == np.inf

    def test_many_points_are_taken_in_turns_with_the_same_answer(self, monkeypatch):
        session = Session(xor_net())
        output = session.document.outputs[0].id
        points = grid((-1, -1), (2, 2), 9)
        whole = probe_of(session).respond(points, output)[output]
        monkeypatch.setattr(probing, "_MAX_NUMBERS", 200)
        in_turns = probe_of(session).respond(points, output)[output]
        assert np.array_equal(whole.a, in_turns.a)
        assert np.array_equal(whole.z, in_turns.z)

    def test_pieces_of_maxout_are_rows_of_the_sums(self):
        document = perceptron((2, 1))
        node = document.outputs[0].id
        document = set_activation(document, node, ActivationSpec("maxout", pieces=3))
        found = probe_of(Session(document)).respond([[0, 0], [1, 1]], node)[node]
        assert found.z.shape == (2, 3)
        assert np.array_equal(found.a[:, 0], found.z.max(axis=1))


class TestLookingChangesNothing:
    @pytest.mark.parametrize("document", [gate_neuron("or"), xor_net()])
    def test_trace_record_and_position_stay_as_they_were(self, document):
        session = Session(document)
        session.go_to(3)
        before = {name: array.copy() for name, array in session.frame.record.arrays.items()}
        position, losses = session.position, session.trace.column("loss").copy()
        probe = probe_of(session)
        probe.respond(grid((-5, -5), (5, 5), 20), *(n.id for n in document.nodes[2:]))
        assert session.position == position
        assert np.array_equal(session.trace.column("loss"), losses, equal_nan=True)
        after = session.frame.record.arrays
        assert before.keys() == after.keys()
        assert all(np.array_equal(before[name], after[name]) for name in before)

    def test_the_run_goes_on_to_the_same_bits(self):
        looked_at, left_alone = Session(xor_net()), Session(xor_net())
        for _ in range(20):
            looked_at.forward(Level.ITERATION)
            probe_of(looked_at).respond(grid((0, 0), (1, 1), 10), looked_at.document.outputs[0].id)
            left_alone.forward(Level.ITERATION)
        for name, array in left_alone.frame.record.arrays.items():
            assert array.tobytes() == looked_at.frame.record.arrays[name].tobytes()

    def test_answers_are_not_overwritten_by_later_questions(self):
        probe = probe_of(Session(gate_neuron("or")))
        first = probe.respond([0, 0], OR_NEURON)[OR_NEURON]
        probe.respond([5, 5], OR_NEURON)
        assert first.z.tolist() == [[1.0]]


class TestTheParametersOfAMoment:
    def test_they_are_those_before_the_update_until_it_is_shown(self):
        session = Session(gate_neuron("or"))
        session.go_to(1, 0)
        assert parameters_at(session.frame)[f"b:{OR_NEURON}"].tolist() == [1.0]
        session.go_to(1)
        assert parameters_at(session.frame)[f"b:{OR_NEURON}"].tolist() == [-1.0]
        frame = session.frame
        assert parameters_before(frame.spec, frame.record)[f"b:{OR_NEURON}"].tolist() == [1.0]

    def test_put_says_whether_anything_is_new(self):
        session = Session(gate_neuron("or"))
        session.go_to(1, 0)
        probe = Probe(session.frame.spec)
        assert probe.put(parameters_at(session.frame))
        assert not probe.put(parameters_at(session.frame))
        session.go_to(1)
        assert probe.put(parameters_at(session.frame))

    def test_parameters_of_another_shape_are_refused(self):
        probe = probe_of(Session(gate_neuron("or")))
        wrong = {**parameters_at(Session(gate_neuron("or")).frame), f"b:{OR_NEURON}": np.zeros(2)}
        with pytest.raises(ValueError, match="shape"):
            probe.put(wrong)

    def test_the_last_update_is_that_of_the_present_iteration_once_it_is_shown(self):
        session = Session(gate_neuron("or"))
        session.go_to(1, 0)
        assert last_update(session) is None
        session.go_to(1)
        assert last_update(session) == 1

    def test_iterations_that_change_nothing_are_no_updates(self):
        session = Session(gate_neuron("or"))
        session.go_to(7)
        # Rows 1, 3 and 5 of the course's table have new values.
        assert last_update(session) == 5
        session.go_to(5, 0)
        assert last_update(session) == 3


class TestTheSeparatingLine:
    def test_the_sum_of_a_neuron_fed_by_inputs_is_affine(self):
        frame = Session(gate_neuron("or")).frame
        found = affine(frame.spec, parameters_at(frame), OR_NEURON, 0)
        assert found == Affine(np.array([0.5, 0.5]), 1.0)
        assert found([[0, 0], [2, 2]]).tolist() == [1.0, 3.0]

    def test_a_layer_of_two_inputs_gives_the_same_columns(self):
        session = Session(xor_net())
        frame = session.frame
        hidden = session.document.nodes[1].id
        assert affine(frame.spec, parameters_at(frame), hidden, 1) == Affine(
            np.array([0.5, 3.0]), -0.2
        )
        assert probe_of(session).affine(hidden, 1) == affine(
            frame.spec, parameters_at(frame), hidden, 1
        )

    def test_behind_another_layer_there_is_no_line(self):
        session = Session(xor_net())
        assert probe_of(session).affine(session.document.outputs[0].id, 0) is None

    def test_an_input_that_does_not_feed_the_neuron_weighs_nothing(self):
        document, other = add_node(gate_neuron("or"), "dense")
        document, connection = connect(document, document.inputs[1].id, other)
        spec = plan_spec(document, document.training, document.conventions)
        values = {f"w:{connection}": np.array([[0.75]]), f"b:{other}": np.array([0.5])}
        assert affine(spec, values, other, 0) == Affine(np.array([0.0, 0.75]), 0.5)


class TestTheGrid:
    def test_it_holds_the_middles_of_its_cells_lowest_row_first(self):
        assert grid((0, 0), (2, 4), 2).tolist() == [[0.5, 1.0], [1.5, 1.0], [0.5, 3.0], [1.5, 3.0]]

    def test_small_networks_get_the_finest_grid_and_large_ones_a_coarser_one(self):
        small = Session(gate_neuron("or")).frame.spec
        large = Session(perceptron((2, 300, 300, 1))).frame.spec
        assert grid_side(small, 10_000_000) == 100
        assert grid_side(large, 10_000_000) == 20
        assert 20 < grid_side(large, 400_000_000) < 100
