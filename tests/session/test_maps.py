"""Maps of all units: what the network itself computes at every place, and nothing is disturbed."""

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level, Session
from nnsim.session.maps import UnitMaps, has_maps, region
from nnsim.session.probing import Probe, grid, parameters_at

# Less than what the colours of a map tell apart, by far.
NOT_SEEN = 1e-6


def maps_of(session: Session) -> UnitMaps:
    maps = UnitMaps(session.frame.spec, session.document)
    maps.put(parameters_at(session.frame))
    return maps


def test_every_unit_has_the_values_that_the_network_has_there():
    session = Session(perceptron((2, 3, 1), "tanh"))
    hidden, output = (node.id for node in session.document.nodes[1:])
    maps = maps_of(session)
    probe = Probe(session.frame.spec)
    probe.put(parameters_at(session.frame))
    found = maps.values(20)
    places = grid((-0.25, -0.25), (1.25, 1.25), 20)
    asked = probe.respond(places, hidden, output)
    assert found[hidden].shape == (3, 20, 20)
    for unit in range(3):
        assert found[hidden][unit].ravel() == pytest.approx(asked[hidden].a[:, unit], abs=NOT_SEEN)
    assert found[output][0].ravel() == pytest.approx(asked[output].a[:, 0], abs=NOT_SEEN)


def test_the_inputs_have_theirs_with_the_second_column_upwards():
    session = Session(gate_neuron("or"))
    first, second = session.document.inputs
    found = maps_of(session).values(4)
    assert found[first.id][0][0].tolist() == pytest.approx([-0.0625, 0.3125, 0.6875, 1.0625])
    assert found[second.id][0][:, 0].tolist() == pytest.approx([-0.0625, 0.3125, 0.6875, 1.0625])


def test_one_input_column_makes_a_single_row():
    line = Table(("x",), ("y",), np.arange(5.0)[:, np.newaxis], np.arange(5.0)[:, np.newaxis])
    session = Session(perceptron((1, 2, 1), "tanh", "identity", line))
    hidden = session.document.nodes[1].id
    assert maps_of(session).values(30)[hidden].shape == (2, 1, 30)


def test_three_columns_have_no_plane():
    assert has_maps(perceptron((2, 1)))
    assert not has_maps(perceptron((3, 1)))


def test_the_region_holds_all_samples_with_room_around_them():
    low, high = region(np.array([[0.0, 10.0], [4.0, 30.0]]))
    assert low.tolist() == [-1.0, 5.0]
    assert high.tolist() == [5.0, 35.0]


def test_shares_say_how_far_a_value_is_from_the_middle_of_its_scale():
    session = Session(perceptron((2, 2, 1), "tanh"))
    hidden, output = (node.id for node in session.document.nodes[1:])
    maps = maps_of(session)
    values, shares = maps.values(10), maps.shares(10)
    assert shares[hidden] == pytest.approx(values[hidden])
    # A sigmoid lies between 0 and 1: its middle is 1/2.
    assert shares[output] == pytest.approx(2 * values[output] - 1, abs=NOT_SEEN)


def test_the_scale_of_an_unbounded_unit_widens_and_stays():
    session = Session(perceptron((2, 1), output="identity"))
    output = session.document.outputs[0].id
    maps = UnitMaps(session.frame.spec, session.document)
    parameters = parameters_at(session.frame)
    large = {name: np.full_like(values, 10.0) for name, values in parameters.items()}
    maps.put(large)
    assert np.abs(maps.shares(20)[output]).max() <= 1.0
    widened = maps.shares(20)[output]
    maps.put({name: values / 10 for name, values in large.items()})
    assert np.abs(maps.shares(20)[output]).max() < np.abs(widened).max()


def test_numbers_that_overflow_are_no_shares():
    session = Session(perceptron((2, 1), output="identity"))
    output = session.document.outputs[0].id
    maps = UnitMaps(session.frame.spec, session.document)
    maps.put({n: np.full_like(v, np.nan) for n, v in parameters_at(session.frame).items()})
    assert np.isnan(maps.shares(20)[output]).all()


def test_parameters_too_large_for_a_quick_look_are_no_trouble():
    session = Session(perceptron((2, 1), output="identity"))
    output = session.document.outputs[0].id
    maps = UnitMaps(session.frame.spec, session.document)
    maps.put({n: np.full_like(v, 1e200) for n, v in parameters_at(session.frame).items()})
    assert not (np.abs(maps.shares(20)[output]) > 1.0).any()


def test_looking_changes_nothing_that_is_shown():
    watched, alone = Session(perceptron((2, 2, 1))), Session(perceptron((2, 2, 1)))
    for _ in range(5):
        for session in (watched, alone):
            session.forward(Level.ITERATION)
        maps_of(watched).shares(20)
    assert np.array_equal(watched.trace.column("loss"), alone.trace.column("loss"))
    for name, values in parameters_at(alone.frame).items():
        assert np.array_equal(parameters_at(watched.frame)[name], values)


def test_only_other_parameters_are_news():
    session = Session(perceptron((2, 2, 1)))
    maps = maps_of(session)
    assert not maps.put(parameters_at(session.frame))
    session.forward(Level.EPOCH)
    assert maps.put(parameters_at(session.frame))
