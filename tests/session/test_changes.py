"""Changes in the middle of a run: what came before stays, undo gives the original again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.document.edits import (
    move,
    rename,
    set_conventions,
    set_data,
    set_parameter,
    set_training,
)
from nnsim.document.model import OPTIMISERS, RULES, Training
from nnsim.document.optimisers import INTERNALS, begins_anew
from nnsim.document.templates import perceptron
from nnsim.engine.learners import VerdictKind
from nnsim.session import Level, Position, Session
from tests.support.documents import examples, gate, same_bits, small_documents, table

KEEPING = [name for name in OPTIMISERS if INTERNALS[name]]


def records(session, count):
    return [session.record(n) for n in range(1, count + 1)]


def all_same(first, second):
    return all(same_bits(a, b) for a, b in zip(first, second, strict=True))


@st.composite
def changes(draw, document, iteration):
    """The document with something changed after ``iteration`` iterations."""
    training, conventions = document.settings_at(iteration)
    kinds = ("parameter", "rate", "order", "batch", "threshold", "optimiser", "shares")
    kind = draw(st.sampled_from(kinds))
    if kind == "parameter":
        dense = [node for node in document.nodes if not node.is_input]
        node = draw(st.sampled_from(dense))
        return set_parameter(document, f"b:{node.id}", (0,), 0.875, iteration)
    if kind == "threshold":
        other = ">" if conventions.threshold == ">=" else ">="
        return set_conventions(document, replace(conventions, threshold=other), iteration)
    others = [name for name in OPTIMISERS if name != training.optimiser]
    new = {
        "rate": {"learning_rate": 0.03125, "weight_step": 0.0625},
        "order": {"order": "shuffled" if training.order == "given" else "given"},
        "batch": {"batch_size": training.batch_size + 1},
        "optimiser": {"optimiser": draw(st.sampled_from(others))},
        "shares": {"momentum": 0.25, "decay": 0.75, "beta1": 0.375, "beta2": 0.625},
    }[kind]
    return set_training(document, replace(training, **new), iteration)


@examples(25)
@given(document=small_documents(), data=st.data())
def test_the_earlier_part_stays_and_undo_gives_the_rest_again(document, data):
    at = data.draw(st.integers(1, 6))
    session = Session(document)
    original = records(session, 10)
    changed = data.draw(changes(document, at))
    session.set_document(changed)
    assert session.computed == at
    assert all_same(records(session, at), original[:at])
    after = records(session, 10)
    # The same as if the changed document had been run from its start.
    assert all_same(after, records(Session(changed), 10))
    session.set_document(document)
    assert all_same(records(session, 10), original)


@examples(30)
@given(document=small_documents(), data=st.data())
def test_two_changes_one_after_the_other(document, data):
    session = Session(document)
    once = data.draw(changes(document, 2))
    twice = data.draw(changes(once, 5))
    session.set_document(once)
    kept = records(session, 9)
    session.set_document(twice)
    assert all_same(records(session, 5), kept[:5])
    assert all_same(records(session, 9), records(Session(twice), 9))
    session.set_document(once)
    assert all_same(records(session, 9), kept)


@pytest.mark.parametrize("before", RULES)
@pytest.mark.parametrize("after", RULES)
def test_any_rule_may_take_over_from_any_other(before, after):
    document = gate("or", rule=before, learning_rate=0.1)
    changed = set_training(document, replace(document.training, rule=after), iteration=3)
    session = Session(changed)
    records(session, 12)
    third, fourth = session.record(3), session.record(4)
    for name in ("w:c4", "w:c5", "b:n3"):
        kind, owner = name.split(":")
        old, new = third.arrays[f"{kind}+:{owner}"], fourth.arrays[name]
        assert float(new.ravel()[0]) == pytest.approx(float(old.ravel()[0]), rel=1e-15)


class TestWhatAnEditTouches:
    def session(self, count=8):
        session = Session(gate())
        session.go_to(count)
        return session

    def test_names_and_places_touch_nothing(self):
        session = self.session()
        document = rename(move(session.document, {"n3": (5.0, 5.0)}), "n3", "Salida")
        session.set_document(document)
        assert session.computed == 8
        assert session.position.iteration == 8
        assert session.document.node("n3").name == "Salida"

    def test_start_values_touch_everything(self):
        session = self.session()
        session.set_document(set_parameter(session.document, "b:n3", (0,), 0.0))
        assert session.position.iteration == 1
        assert session.record(1).arrays["b:n3"][0] == 0

    def test_samples_touch_everything(self):
        session = self.session()
        data = table([[0, 1]], [[1]])
        session.set_document(set_data(session.document, data))
        assert session.position.iteration == 1
        assert session.record(1).arrays["a:n2"][0, 0] == 1

    def test_a_change_at_the_end_of_an_iteration_shows_the_start_of_the_next(self):
        session = self.session(4)
        session.set_document(set_parameter(session.document, "w:c4", (0, 0), 9.0, iteration=4))
        assert session.position == Position(5, 0)
        assert session.frame.parameter("w:c4").tolist() == [[9.0]]

    def test_a_position_before_the_change_stays(self):
        session = self.session(2)
        session.forward(Level.NEURON)
        here = session.position
        session.set_document(set_parameter(session.document, "w:c4", (0, 0), 9.0, iteration=5))
        assert session.position == here

    def test_edits_come_into_force_after_what_is_wholly_done(self):
        session = self.session(3)
        assert session.completed == 3
        session.forward(Level.PRODUCT)
        assert session.completed == 3
        session.reset()
        assert session.completed == 0


class TestVerdicts:
    def test_a_proof_of_endlessness_is_not_carried_over_a_change(self):
        """XOR repeats after 16 rows; changed there, it is watched anew from there."""
        document = gate("xor")
        session = Session(document)
        list(session.run())
        assert session.verdict.iteration == 16
        session.set_document(set_parameter(document, "b:n3", (0,), 3.0, iteration=16))
        assert session.verdict is None
        list(session.run(300))
        assert session.verdict.same_as >= 16
        session.set_document(document)
        list(session.run())
        assert (session.verdict.iteration, session.verdict.same_as) == (16, 6)

    def test_undoing_a_change_brings_back_what_was_known(self):
        document = gate()
        session = Session(document)
        list(session.run())
        session.set_document(set_parameter(document, "b:n3", (0,), 5.0, iteration=4))
        assert session.verdict is None
        session.set_document(document)
        list(session.run())
        assert (session.verdict.kind, session.verdict.iteration) == (VerdictKind.CLEAN_PASS, 9)


def test_an_astray_network_may_be_put_right():
    document = replace(perceptron((2, 1), output="identity"), training=Training(rule="sgd"))
    wild = replace(document, training=replace(document.training, learning_rate=1e6))
    session = Session(wild)
    list(session.run(2000))
    assert session.verdict.kind is VerdictKind.NOT_FINITE
    at = session.computed
    mended = wild
    for place in ((0, 0), (0, 1)):
        mended = set_parameter(mended, "w:c3", place, 0.5, iteration=at)
    mended = set_parameter(mended, "b:n2", (0,), 0.0, iteration=at)
    mended = set_training(mended, replace(mended.training, learning_rate=0.01), iteration=at)
    session.set_document(mended)
    assert session.verdict is None
    list(session.run(at + 40))
    assert session.verdict is None or session.verdict.kind is not VerdictKind.NOT_FINITE


class TestOptimisers:
    """What an optimiser kept from its steps goes on or begins again at 0."""

    def session(self, name, **change):
        training = Training(rule="sgd", optimiser=name, learning_rate=0.1)
        document = replace(perceptron((2, 2, 1)), training=training)
        return Session(set_training(document, replace(training, **change), iteration=3))

    def kept(self, session, iteration):
        """What the iteration found, and what the one before left, by name."""
        found, left = (session.record(n).arrays for n in (iteration, iteration - 1))
        names = [name for name in found if "-." in name]
        assert names
        return [(found[name], left.get(name.replace("-", ""))) for name in names]

    @pytest.mark.parametrize("name", KEEPING)
    @pytest.mark.parametrize(
        "change",
        [{"learning_rate": 0.05}, {"batch_size": 2}, {"epsilon": 0.5}, {"loss": "mae"}],
        ids=str,
    )
    def test_it_goes_on_after_other_changes(self, name, change):
        session = self.session(name, **change)
        for found, left in (*self.kept(session, 4), *self.kept(session, 6)):
            assert found.tobytes() == left.tobytes()
        assert not begins_anew(session.document, 4)

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("momentum", {"momentum": 0.5}),
            ("nesterov", {"momentum": 0.5}),
            ("rmsprop", {"decay": 0.5}),
            ("adam", {"beta1": 0.5}),
            ("adam", {"beta2": 0.5}),
            ("adamw", {"beta1": 0.5}),
            ("adam", {"optimiser": "adamw"}),
            ("momentum", {"optimiser": "adam"}),
            ("momentum", {"optimiser": "nesterov"}),
            ("plain", {"optimiser": "rmsprop"}),
        ],
    )
    def test_it_begins_again_where_what_it_keeps_is_made_otherwise(self, name, change):
        session = self.session(name, **change)
        assert begins_anew(session.document, 4)
        assert not any(begins_anew(session.document, iteration) for iteration in (2, 3, 5))
        for found, _ in self.kept(session, 4):
            assert not found.any()
        record = session.record(4).arrays
        assert "step" not in record or record["step"] == 1

    def test_batches_and_all_samples_share_what_is_kept_and_another_rule_forgets_it(self):
        document = gate("or", rule="sgd", optimiser="adam", learning_rate=0.1)
        sgd = document.training
        for iteration, rule in ((3, "gradient_descent"), (5, "delta"), (7, "sgd")):
            document = set_training(document, replace(sgd, rule=rule), iteration)
        session = Session(document)
        steps = [session.record(n).arrays.get("step") for n in range(1, 10)]
        assert steps == [1, 2, 3, 4, 5, None, None, 1, 2]
        anew = [begins_anew(document, n) for n in range(1, 10)]
        assert anew == [True, False, False, False, False, True, False, True, False]

    def test_a_setting_of_another_optimiser_changes_nothing(self):
        session = self.session("adam", momentum=0.1, decay=0.1)
        same = self.session("adam")
        assert all_same(records(session, 8), records(same, 8))
