"""Generator and discriminator, found in the drawing: what runs, what is wrong, what is kept."""

from dataclasses import replace

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.document import edits
from nnsim.document.adversarial import adversaries_of
from nnsim.document.checks import check
from nnsim.document.comparing import differences
from nnsim.document.compiling import make_learner, start_values
from nnsim.document.file import load, save
from nnsim.document.head import head_of
from nnsim.document.lab import with_feature, with_set, without_feature
from nnsim.document.model import Feature
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.chance import NoiseSpec
from nnsim.engine.optimisers import OptimiserSpec
from nnsim.engine.plan import LayerSpec, ObjectiveSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from tests.support.adversarial import small_gan

LEAKY = ActivationSpec("leaky_relu", slope=0.2)


def codes(document):
    return {(p.message.code.removeprefix("check."), p.message.node) for p in check(document)}


def written_by_hand(document):
    """The plan of ``small_gan``, node by node: D over real samples, and again over generated."""
    identity, sigmoid = ActivationSpec("identity"), ActivationSpec("sigmoid")
    nodes = (
        NoiseSpec("n1", 2),
        LayerSpec("n2", 3, LEAKY, (Source("c3", "n1"),)),
        LayerSpec("n4", 2, identity, (Source("c5", "n2"),)),
        LayerSpec("n8", 4, LEAKY, (Source("c9", "n6"),)),
        LayerSpec("n10", 1, sigmoid, (Source("c11", "n8"),)),
        LayerSpec("fake", 4, LEAKY, (Source("c9", "n4"),), tied_to="n8"),
        LayerSpec("no", 1, sigmoid, (Source("c11", "fake"),), tied_to="n10"),
        LayerSpec("yes", 1, sigmoid, (Source("c11", "fake"),), tied_to="n10"),
    )
    loss = LossSpec("binary_cross_entropy")
    d = frozenset({"w:c9", "b:n8", "w:c11", "b:n10"})
    g = frozenset({"w:c3", "b:n2", "w:c5", "b:n4"})
    spec = PlanSpec(
        (("n6", 2),),
        nodes,
        ("n10",),
        loss,
        objectives=(
            ObjectiveSpec("real", ("n10",), loss, parameters=d),
            ObjectiveSpec("fake", ("no",), loss, parameters=d, target=0.0),
            ObjectiveSpec("fool", ("yes",), loss, parameters=g, target=1.0),
        ),
    )
    training = document.training
    updates = [
        Update(OptimiserSpec("adam", 0.01), objectives=("real", "fake"), name="D"),
        Update(
            OptimiserSpec("adam", 0.02),
            objectives=("fool",),
            name="G",
            forward=training.generator_forward,
        ),
    ]
    plan = Plan(spec, start_values(document), generator((training.seed, 1)))
    data, feed = document.data, Feed(10, True, training.seed)
    return GradientLearner(plan, data.inputs, data.targets, feed, updates, 4)


@pytest.mark.parametrize("forward", ["new", "same", "shared"])
def test_the_drawing_runs_as_a_plan_written_by_hand_bit_for_bit(forward):
    document = small_gan(forward)
    drawn, by_hand = make_learner(document), written_by_hand(document)
    for _ in range(7):
        one, other = drawn.iterate(Record()), by_hand.iterate(Record())
        assert (one.loss, one.second_loss) == (other.loss, other.second_loss)
    for name, values in by_hand.params.items():
        assert drawn.params[name].tobytes() == values.tobytes()


def test_who_is_who():
    sides = adversaries_of(small_gan())
    assert (sides.meeting, sides.sample, sides.noise) == ("n6", "n4", ("n1",))
    assert (sides.generator, sides.discriminator) == (("n2", "n4"), ("n8", "n10"))
    assert check(small_gan()) == ()


class TestHalfDrawn:
    """Each mistake is said on the node at fault."""

    def test_a_generator_that_leads_to_no_data(self):
        found = codes(edits.remove(small_gan(), ["c7"]))
        assert ("noise_meets_nothing", "n1") in found

    def test_a_generator_without_noise(self):
        document = edits.set_feature(small_gan(), "n1", None)
        assert {("adversarial_input", "n1"), ("no_noise", "n6")} <= codes(document)

    def test_samples_of_another_size(self):
        assert ("sample_units", "n4") in codes(edits.set_units(small_gan(), "n4", 3))

    def test_a_layer_that_reads_both_sides(self):
        document, _ = edits.connect(small_gan(), "n2", "n8")
        assert ("past_meeting", "n8") in codes(document)

    def test_a_discriminator_that_says_no_probability(self):
        tanh = ActivationSpec("tanh")
        assert ("discriminator_output", "n10") in codes(
            edits.set_activation(small_gan(), "n10", tanh)
        )

    def test_part_of_the_generator_leads_nowhere(self):
        document, extra = edits.add_node(small_gan(), "dense", 2)
        document, _ = edits.connect(document, "n2", extra)
        assert ("generator_leads_nowhere", extra) in codes(document)

    def test_real_samples_that_are_not_called_real(self):
        document = small_gan()
        data = document.data
        zeros = Table(data.input_names, data.target_names, data.inputs, data.targets * 0)
        assert ("real_targets", "n6") in codes(edits.set_data(document, zeros))

    def test_a_loss_that_the_game_is_not_played_with(self):
        document = small_gan(loss="mse")
        assert ("adversarial_loss", None) in codes(document)

    def test_updates_that_come_too_early(self):
        document = small_gan()
        conventions = replace(document.conventions, update_timing="during")
        assert ("adversarial_during", None) in codes(edits.set_conventions(document, conventions))


class TestDrawing:
    def test_only_samples_made_of_noise_lead_into_the_input_of_the_data(self):
        document = edits.remove(small_gan(), ["c7", "c3"])
        with pytest.raises(NnsimError, match="into_input"):
            edits.connect(document, "n4", "n6")
        document, _ = edits.connect(document, "n1", "n2")
        document, wire = edits.connect(document, "n4", "n6")
        assert document.connection(wire).weights.shape == (0, 2)
        with pytest.raises(NnsimError, match="into_input"):
            edits.connect(document, "n2", "n6")  # three units are no sample

    def test_noise_keeps_its_units(self):
        document, node = edits.add_node(small_gan(), "input", 5)
        document = edits.set_feature(document, node, Feature("noise", ()))
        assert document.node(node).units == 5


class TestFile:
    def test_it_comes_back_as_version_4(self, tmp_path):
        document = small_gan("same")
        save(document, tmp_path / "gan.nnsim")
        back = load(tmp_path / "gan.nnsim")
        assert head_of(back) == head_of(document)
        assert head_of(back)["version"] == 4
        assert not list(differences(document, back))
        assert make_learner(back).iterate().loss == make_learner(document).iterate().loss

    def test_an_earlier_version_knows_no_wire_into_an_input(self, tmp_path):
        document = edits.remove(small_gan(), ["n1"])
        plain = replace(document, training=replace(document.training, generator_rate=0.001))
        assert head_of(edits.remove(plain, ["c7"]))["version"] < 4
        assert head_of(plain)["version"] == 4


class TestLab:
    def test_another_set_stays_real_and_the_samples_fit_it(self):
        document = with_set(small_gan(), "iris", {}, 0)
        assert document.data.target_names == ("real",)
        assert (document.data.targets == 1).all()
        assert {document.node(n).units for n in ("n4", "n6")} == {4}
        assert check(document) == ()

    def test_the_ring_is_a_set_of_the_lab(self):
        document = with_set(small_gan(), "ring-of-gaussians", {"modes": 5}, 3)
        assert document.origin.name == "ring-of-gaussians"
        assert check(document) == ()

    def test_the_meeting_takes_the_columns_as_they_are(self):
        with pytest.raises(NnsimError, match="samples_meet"):
            with_feature(small_gan(), Feature("square", (0,)))
        with pytest.raises(NnsimError, match="samples_meet"):
            without_feature(small_gan(), Feature("column", (0,)))


def test_replay_draws_the_same_noise():
    learner = make_learner(small_gan())
    for _ in range(3):
        learner.iterate()
    snapshot, records = learner.snapshot(), []
    for _ in range(2):
        record = Record()
        learner.iterate(record)
        records.append(record)
        learner.restore(snapshot)
    one, other = records
    for name in one.arrays:
        np.testing.assert_array_equal(one.array(name), other.array(name), err_msg=name)
    assert one.array("a:n1").shape == (4, 2)
    learner.train(5)
    end = learner.plan.parameters.tobytes()
    learner.restore(snapshot)
    for _ in range(5):
        learner.iterate()
    assert learner.plan.parameters.tobytes() == end
