"""Asking a network with recurrent layers apart from its run: probes, sums, maps, inner figures."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.data import Table
from nnsim.document.edits import set_units
from nnsim.session import Session
from nnsim.session.history import History
from nnsim.session.maps import UnitMaps
from nnsim.session.probing import parameters_before, probe_for
from nnsim.session.sums import SampleSums
from tests.support.sequences import recurrent, unrolled


@pytest.mark.parametrize("layers", [(3,), (3, 2)])
def test_a_probe_answers_as_the_run_does(layers):
    document = recurrent(layers, batch_size=8)
    session = Session(document)
    record, spec = session.record(1), session.spec_at(1)
    probe = probe_for(document, spec)
    probe.put(parameters_before(spec, record))
    rows = list(record.metrics.samples)
    found = probe.respond(document.data.inputs[rows], "n2", *spec.outputs)
    assert np.allclose(found["n2"].unrolled, record.array("s:n2"))
    assert np.allclose(found["n2"].z, record.array("s:n2")[:, -1])
    assert np.allclose(found["n2"].a, record.array("h:n2")[:, -1])
    (output,) = spec.outputs
    assert np.allclose(found[output].a, record.array("y"))
    assert probe.affine("n2", 0) is None


def test_sums_over_the_samples_are_those_of_every_step():
    document = recurrent()
    session = Session(document)
    sums = SampleSums(document, session.spec_at(1)).of(session.record(1), "n2")["n2"]
    assert sums.shape == (8, 4, 3)
    assert np.allclose(np.tanh(sums), unrolled(document, document.data.inputs))


def test_a_sequence_of_two_columns_has_maps_of_every_unit():
    document = recurrent((3,), steps=2, count=6)
    document = with_one_value_a_step(document)
    spec = Session(document).spec_at(1)
    maps = UnitMaps(spec, document)
    maps.put({name: np.zeros(shape) for name, shape in spec.parameter_shapes().items()})
    values = maps.values(5)
    assert values["n2"].shape == (3, 5, 5)


def with_one_value_a_step(document):
    table = document.data
    inputs = np.array(table.inputs[:, [0, 2]])
    document = set_units(document, "n1", 1)
    return replace(document, data=Table(("a", "b"), table.target_names, inputs, table.targets))


def test_the_inner_figures_hold_the_gradient_of_every_time_step():
    session = Session(recurrent((3, 2)))
    inside = History(session).at(1)
    assert {node: norms.shape for node, norms in inside.in_time.items()} == {
        "n2": (4,),
        "n3": (4,),
    }
    gradients = session.record(1).array("dh:n3")
    expected = [np.linalg.norm(gradients[:, step]) for step in range(4)]
    assert inside.in_time["n3"] == pytest.approx(expected)
    assert np.isfinite(inside.deltas).all()
