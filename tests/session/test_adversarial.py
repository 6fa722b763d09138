"""A run of two networks that learn in turn: its walk and its table; looking changes nothing."""

import numpy as np
import pytest

from nnsim.document.edits import set_training
from nnsim.engine.record import Quantity
from nnsim.session import Level, Session
from nnsim.session.maps import UnitMaps
from nnsim.session.predictions import Examiner
from nnsim.session.probing import parameters_at, probe_for
from nnsim.session.table import available_groups, columns_for
from nnsim.session.walk import Phase
from tests.support.adversarial import small_gan


def phases(session):
    walk, done, found = session.walk, 0, []
    while done < len(walk):
        done = walk.next_end(Level.PHASE, done)
        found.append((walk[done - 1].phase, walk[done - 1].quantity.name))
    return found


def test_each_network_predicts_errs_and_adjusts_in_its_turn():
    predict, error, adjust = Phase.PREDICT, Phase.ERROR, Phase.ADJUST
    first = [(predict, "a:n10'"), (error, "L"), (adjust, "b+:n10")]
    second = [(predict, "a@G:n10'"), (error, "L@G"), (adjust, "b+:n4")]
    assert phases(Session(small_gan("new"))) == first + second
    shared = phases(Session(small_gan("shared")))
    assert shared == [(predict, "a:n10'"), (error, "L@G"), (adjust, "b+:n4")]


@pytest.mark.parametrize("forward", ["new", "same", "shared"])
def test_a_step_of_an_update_lets_one_network_learn_and_not_the_other(forward):
    session = Session(small_gan(forward))
    spec = session.spec_at(1)
    weights = [c.id for c in session.document.connections if spec.update_of(f"w:{c.id}")]
    expected, ends = set(), []
    for update in spec.updates:
        session.forward(Level.UPDATE)
        ends.append(session.position)
        expected |= {c for c in weights if spec.update_of(f"w:{c}") == update}
        learnt = {c for c in weights if session.frame.is_shown(Quantity("w+", c, 0, 0))}
        assert learnt == expected
    assert ends[1] == (1, len(session.walk))
    session.back(Level.UPDATE)
    assert session.position == ends[0]


@pytest.mark.parametrize("forward", ["new", "same", "shared"])
def test_every_moment_is_a_recorded_number_that_comes_about_with_it(forward):
    session = Session(small_gan(forward))
    frame = session.frame
    assert len(frame.walk) > 300
    for index, moment in enumerate(frame.walk):
        assert frame.has(moment.quantity), moment
        assert frame.shown_from(moment.quantity) == index + 1


def test_the_diagram_shows_the_look_that_the_walk_is_in():
    session = Session(small_gan())
    record, walk = session.record(1), session.walk

    def shown(kind, node, at):
        session.position = session.position._replace(done=walk.index_of(at) + 1)
        return session.frame.values(kind, node)[0].tolist()

    real = Quantity("a", "n10", 0)
    generated, second = Quantity("a", "n10'", 0), Quantity("a@G", "n10'", 0)
    assert shown("a", "n10", real) == record.array("a:n10")[0].tolist()
    assert shown("a", "n10", generated) == record.array("a:n10'")[0].tolist()
    assert shown("a", "n6", generated) == record.array("a:n4")[0].tolist()
    assert shown("a", "n10", second) == record.array("a@G:n10'")[0].tolist()
    assert shown("a", "n1", second) == record.array("a@G:n1")[0].tolist()
    assert shown("dz", "n8", generated) == record.array("dz@D:n8")[0].tolist()
    assert shown("dz", "n2", generated) == record.array("dz@G:n2")[0].tolist()


def test_every_column_of_the_table_has_numbers():
    session = Session(small_gan())
    document, record = session.document, session.record(2)
    columns = columns_for(document, session.spec_at(2), available_groups(document))
    keys = [column.key for column in columns]
    for key in (
        "x.z[1]",
        "z.D1[1] G(z)",
        "y.D G(z)",
        "loss.real",
        "loss.generated",
        "loss.fooling",
    ):
        assert key in keys
    last = len(record.metrics.samples) - 1
    for column in columns:
        assert column.numbers(record, 0) or column.numbers(record, last), column.key


def test_the_trace_keeps_both_losses():
    session = Session(small_gan())
    for _ in session.run(5):
        pass
    for iteration in (1, 5):
        record = session.record(iteration)
        assert session.trace.column("loss")[iteration - 1] == record.array("L")
        assert record.array("L") == record.array("L:real") + record.array("L:generated")
        assert session.trace.column("second_loss")[iteration - 1] == record.array("L@G")


def test_looking_does_not_change_the_run():
    plain, looked_at = Session(small_gan()), Session(small_gan())
    for _ in range(9):
        plain.compute()
        looked_at.compute()
        frame = looked_at.frame
        Examiner().take(looked_at.document, frame, "all")
        maps = UnitMaps(frame.spec, looked_at.document)
        maps.put(parameters_at(frame))
        # The generator is made of noise, and has no place on the plane.
        assert set(maps.shares(4)) == {"n6", "n8", "n10"}
        probe = probe_for(looked_at.document, frame.spec)
        probe.put(parameters_at(frame))
        made = probe.generate("n4", 6)
        np.testing.assert_array_equal(made, probe.generate("n4", 6))
    for name in ("loss", "second_loss"):
        np.testing.assert_array_equal(plain.trace.column(name), looked_at.trace.column(name))


def test_evaluations_are_of_both_kinds_of_samples_and_draw_noise_of_their_own():
    session = Session(small_gan())
    for _ in session.run(6):
        pass
    losses = session.evaluations.column("training", "loss")
    assert np.isfinite(losses).all()
    # With outputs of 1/2 for all of them it would be 2 ln 2.
    assert 0.5 < losses[0] < 4.0
    again = Session(small_gan())
    for _ in range(6):
        again.compute()
    np.testing.assert_array_equal(again.evaluations.column("training", "loss"), losses)


def test_rates_may_change_in_the_middle_of_the_run():
    session = Session(small_gan())
    for _ in range(4):
        session.compute()
    before = session.trace.column("loss")[:4].copy()
    training = session.document.training
    changed = type(training)(**{**vars(training), "generator_rate": 0.5})
    session.set_document(set_training(session.document, changed, 2))
    for _ in range(2):
        session.compute()
    np.testing.assert_array_equal(session.trace.column("loss")[:3], before[:3])
    assert session.trace.column("loss")[3] != before[3]
