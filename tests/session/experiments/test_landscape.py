"""The loss over two weights, and the way walked, against what is computed directly."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.data import Table
from nnsim.document.edits import set_parameter
from nnsim.document.examples import load_example
from nnsim.document.model import Document, SplitSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session.experiments.landscape import (
    Ground,
    Weight,
    landscape,
    most_moved,
    survey,
    weights_of,
)
from nnsim.session.experiments.pool import workers
from nnsim.session.session import Session
from tests.support.sequences import recurrent


@pytest.fixture
def xor():
    """XOR by 2-2-1 after 24 iterations."""
    session = Session(load_example("xor-2-2-1"))
    session.go_to(24)
    return session


@pytest.fixture
def pair(xor):
    first, second, *_ = weights_of(xor.document)
    return first, second


def test_the_loss_is_that_of_the_run_at_the_present_place(xor, pair):
    terrain = survey(xor, *pair)
    at_end = xor.evaluations.latest(24)
    assert at_end.iteration == 24
    assert Ground(terrain).loss(*terrain.here) == at_end.training.loss
    assert landscape(terrain).report.figures["loss"] == at_end.training.loss


def test_every_place_is_that_of_a_network_with_these_weights(xor, pair):
    """A project whose start values are the weights of the place, evaluated at its start."""
    terrain = survey(xor, *pair, side=5)
    report = landscape(terrain).report
    assert len(report.rows) == 25
    for x, y, loss in (report.rows[0], report.rows[7], report.rows[24]):
        document = xor.document
        for name, values in terrain.parameters.items():
            for place in np.ndindex(values.shape):
                document = set_parameter(document, name, place, float(values[place]))
        for weight, value in zip(pair, (x, y), strict=True):
            document = set_parameter(document, *weight, value)
        assert Session(document).evaluations.latest(0).training.loss == pytest.approx(loss)


def test_the_grid_goes_from_the_lowest_values_row_by_row(xor, pair):
    terrain = survey(xor, *pair, side=3)
    report = landscape(terrain).report
    assert report.column("first")[:3] == tuple(terrain.x)
    assert report.column("second")[::3] == tuple(terrain.y)


class TestPath:
    def test_is_where_the_weights_were_after_every_iteration(self, xor, pair):
        terrain = survey(xor, *pair)
        assert terrain.iterations == tuple(range(25))
        for iteration in (1, 10, 24):
            record = xor.record(iteration)
            found = [record.arrays[each.name.replace(":", "+:")][each.place] for each in pair]
            np.testing.assert_array_equal(terrain.path[iteration], found)

    def test_ends_at_the_position_not_at_what_is_computed(self, xor, pair):
        xor.go_to(8)
        assert survey(xor, *pair).iterations[-1] == 8

    def test_of_a_long_run_is_found_in_its_snapshots(self, xor, pair):
        xor.go_to(3000)
        terrain = survey(xor, *pair)
        assert len(terrain.iterations) <= 401
        for place in (3, 50, -1):
            iteration = terrain.iterations[place]
            record = xor.record(iteration)
            found = [record.arrays[each.name.replace(":", "+:")][each.place] for each in pair]
            np.testing.assert_array_equal(terrain.path[place], found)

    def test_lies_within_the_landscape(self, xor, pair):
        xor.go_to(400)
        terrain = survey(xor, *pair)
        for values, edge in ((terrain.path[:, 0], terrain.x), (terrain.path[:, 1], terrain.y)):
            assert edge[0] < values.min() <= values.max() < edge[-1]

    def test_looking_leaves_the_run_as_it_is(self, xor, pair):
        before = (xor.position, xor.computed)
        landscape(survey(xor, *pair, side=5))
        assert (xor.position, xor.computed) == before


def test_reach_is_counted_from_the_present_place(xor, pair):
    terrain = survey(xor, *pair, reach=2.0)
    x, y = terrain.here
    assert (terrain.x[0], terrain.x[-1]) == pytest.approx((x - 2, x + 2))
    assert (terrain.y[0], terrain.y[-1]) == pytest.approx((y - 2, y + 2))


def test_the_two_that_moved_most(xor):
    start = {f"w:{c.id}": c.weights for c in xor.document.connections}
    start |= {f"b:{n.id}": n.bias for n in xor.document.nodes}
    end = survey(xor, *list(weights_of(xor.document))[:2]).parameters
    moved = {
        w: abs(end[w.name][w.place] - start[w.name][w.place]) for w in weights_of(xor.document)
    }
    assert set(most_moved(xor)) == set(sorted(moved, key=moved.get)[-2:])


def test_at_the_start_nothing_has_moved_and_the_first_two_are_offered():
    session = Session(load_example("xor-2-2-1"))
    assert most_moved(session) == tuple(weights_of(session.document))[:2]


def test_among_ten_thousand_weights():
    table = Table(("x",), ("y",), np.zeros((1, 1)), np.ones((1, 1)))
    session = Session(perceptron((1, 100, 100, 1), data=table))
    session.go_to(1)
    moved = most_moved(session)
    end = survey(session, *moved, side=5).parameters
    start = {f"w:{c.id}": c.weights for c in session.document.connections}
    start |= {f"b:{n.id}": n.bias for n in session.document.nodes if not n.is_input}
    farthest = sorted(np.concatenate([np.abs(end[k] - start[k]).ravel() for k in start]))[-2:]
    found = sorted(abs(end[w.name][w.place] - start[w.name][w.place]) for w in moved)
    assert found == farthest


def test_only_the_training_part_counts(xor, pair):
    divided = Session(replace(xor.document, split=SplitSettings(0.5, 0.0, 0.5, "in_order")))
    divided.go_to(4)
    terrain = survey(divided, *pair)
    expected = divided.evaluations.latest(divided.completed).training.loss
    assert Ground(terrain).loss(*terrain.here) == expected


def test_a_rule_in_exact_numbers_has_a_landscape_too():
    session = Session(gate_neuron("or"))
    session.go_to(5)
    first, second, *_ = weights_of(session.document)
    losses = set(landscape(survey(session, first, second, side=9)).report.column("loss"))
    # Four patterns of which so many are wrong, each with an error of 1: multiples of 1/4.
    assert losses <= {0.0, 0.25, 0.5, 0.75, 1.0}
    assert len(losses) > 1


def test_the_same_numbers_on_two_workers(xor, pair):
    terrain = survey(xor, *pair, side=5)
    with workers(2) as executor:
        assert landscape(terrain, executor).report == landscape(terrain).report


class TestRefusals:
    def test_the_same_weight_twice(self, xor, pair):
        with pytest.raises(NnsimError, match=r"experiment\.same_weight"):
            survey(xor, pair[0], pair[0])

    def test_a_diagram_that_cannot_run(self):
        with pytest.raises(NnsimError, match=r"check\."):
            survey(Session(Document()), Weight("w:c1", (0, 0)), Weight("w:c1", (0, 1)))


def test_recurrent_weights_can_be_chosen_and_count_among_those_that_moved():
    document = recurrent((2,), target_loss=0.0)
    session = Session(document)
    session.go_to(6)
    own = [each for each in weights_of(document) if each.name == "u:n2"]
    assert [each.place for each in own] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    terrain = survey(session, own[0], own[3], side=5)
    assert Ground(terrain).loss(*terrain.here) == session.evaluations.latest(6).training.loss
    assert terrain.path[0].tolist() == [document.node("n2").recurrent[k, k] for k in (0, 1)]
    assert landscape(terrain).report.conventions["first"] == "u R1[1] ← R1[1]"
    moved = {weight: abs(moved_by(session, weight)) for weight in weights_of(document)}
    assert set(most_moved(session)) == set(sorted(moved, key=moved.get)[-2:])


def moved_by(session, weight):
    """How far a weight has moved."""
    other = next(each for each in weights_of(session.document) if each != weight)
    path = survey(session, weight, other, side=5).path[:, 0]
    return path[-1] - path[0]
