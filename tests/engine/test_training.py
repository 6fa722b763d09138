"""Learning with every optimiser: replay, training at full speed, several updates an iteration."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.learners import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.base import Operation, OperationSpec
from nnsim.engine.optimisers import OPTIMISERS, OptimiserSpec
from nnsim.engine.plan import LayerSpec, ObjectiveSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from nnsim.engine.regularisers import ClippingSpec, PenaltySpec
from nnsim.engine.schedules import ScheduleSpec
from tests.support.plans import random_plan


@dataclass(frozen=True)
class Masked(OperationSpec):
    """While training, values are multiplied by numbers drawn anew each time: noise, in short."""

    node: str
    sources: tuple[Source, ...]
    tied_to: str = ""
    draws = True

    def shape(self, sources):
        return sources[0]

    def operation(self, bound):
        return _Mask(bound)


class _Mask(Operation):
    def __init__(self, bound):
        super().__init__(bound.own.node)
        self.bound = bound
        self.mask = np.ones_like(bound.own.a)

    def forward(self):
        mode = self.bound.mode
        if mode.training:
            self.mask[...] = mode.random.integers(0, 3, self.mask.shape)
        np.multiply(self.bound.sources[0].a, self.mask, out=self.bound.own.a)

    def propagate(self):
        self.bound.sources[0].give(self.bound.own.da * self.mask)


def layer(node, units, activation, source, tied_to=""):
    sources = (Source(f"c:{node}", source),)
    return LayerSpec(node, units, ActivationSpec(activation), sources, tied_to)


def noisy(arithmetic="float64", loss="mse", output="tanh", inputs=3):
    nodes = (
        layer("h", 5, "tanh", "x"),
        Masked("m", (Source("c:m", "h"),)),
        layer("o", 2, output, "m"),
    )
    return PlanSpec((("x", inputs),), nodes, ("o",), LossSpec(loss), arithmetic)


def learner(update, spec=None, feed=None, batch=3, **options):
    spec = spec or noisy()
    random = generator(8)
    inputs = random.normal(size=(11, sum(units for _, units in spec.inputs)))
    targets = np.eye(2)[random.integers(0, 2, 11)]
    plan = random_plan(spec, 2)
    feed = feed or Feed(11, shuffled=True, seed=5)
    return GradientLearner(plan, inputs, targets, feed, update, batch, **options)


UPDATES: Mapping[str, Update] = {name: Update(OptimiserSpec(name, 0.05)) for name in OPTIMISERS} | {
    "adam, scheduled and limited": Update(
        OptimiserSpec("adam", 0.05),
        ScheduleSpec("cosine", every=3, warm_up=4),
        PenaltySpec(l1=0.01, l2=0.1),
        ClippingSpec(value=0.2, norm=0.1),
    ),
    "nesterov, steps": Update(OptimiserSpec("nesterov", 0.05, velocity="steps")),
    "adamw, weights only": Update(OptimiserSpec("adamw", 0.05, decays_biases=False)),
}


def bits(learner):
    return learner.plan.parameters.tobytes()


@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("arithmetic", ["float64", "float32", "settled"])
def test_a_restored_snapshot_leads_to_the_same_bits(name, arithmetic):
    one = learner(UPDATES[name], noisy(arithmetic))
    for _ in range(6):
        one.iterate()
    snapshot = one.snapshot()
    first = [one.iterate() for _ in range(9)]
    end = bits(one)
    one.restore(snapshot)
    assert [one.iterate() for _ in range(9)] == first
    assert bits(one) == end
    fresh = learner(UPDATES[name], noisy(arithmetic))
    fresh.restore(snapshot)
    assert [fresh.iterate() for _ in range(9)] == first
    assert bits(fresh) == end


@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("arithmetic", ["float64", "float32", "settled"])
@pytest.mark.parametrize("shuffled", [True, False])
@pytest.mark.parametrize("batch", [3, 11])
def test_training_at_full_speed_learns_the_same_bits(name, arithmetic, shuffled, batch):
    """Through epochs whose last batch is short, and in stretches that end anywhere."""
    slow, fast = (
        learner(UPDATES[name], noisy(arithmetic), Feed(11, shuffled, 5), batch) for _ in range(2)
    )
    for iterations in (1, 2, 7, 5):
        for _ in range(iterations):
            slow.iterate()
        fast.train(iterations)
        assert bits(fast) == bits(slow)
        assert fast.iteration == slow.iteration
    assert fast.iterate() == slow.iterate()
    assert repr(fast.snapshot().state) == repr(slow.snapshot().state)


@pytest.mark.parametrize(
    "options", [{"update_biases": False}, {"updated_weights_first": True}], ids=str
)
@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "adam"])
def test_other_conventions_train_at_full_speed_as_well(name, options):
    slow, fast = (learner(UPDATES[name], **options) for _ in range(2))
    for _ in range(9):
        slow.iterate()
    fast.train(9)
    assert bits(fast) == bits(slow)


def test_wide_inputs_are_put_in_sample_by_sample_with_the_same_result():
    spec = noisy(inputs=60)
    slow, fast = (learner(UPDATES["adam"], spec) for _ in range(2))
    for _ in range(10):
        slow.iterate()
    fast.train(10)
    assert bits(fast) == bits(slow)


def test_parts_of_a_large_vector_are_changed_like_the_whole():
    """Longer than what is changed in one go."""
    nodes = (layer("h", 300, "tanh", "x"), layer("o", 2, "tanh", "h"))
    spec = PlanSpec((("x", 500),), nodes, ("o",), LossSpec("mse"), "float64")
    one = learner(UPDATES["adam"], spec)
    record = Record()
    one.iterate(record)
    g = np.concatenate([record.arrays[f"g{name}"].ravel() for name in one.params])
    change = np.concatenate([record.arrays[f"d{name}"].ravel() for name in one.params])
    assert len(g) > 150_000
    # The first step of Adam: -α g / (|g| + ε).
    np.testing.assert_allclose(change, -0.05 * g / (np.abs(g) + 1e-8), rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_recording_an_optimiser_changes_nothing_and_leaves_its_internals(name):
    recorded, plain = (learner(UPDATES[name]) for _ in range(2))
    for _ in range(3):
        record = Record()
        assert recorded.iterate(record) == plain.iterate()
    assert bits(recorded) == bits(plain)
    prefixes = {
        "gradient_descent": "",
        "momentum": "u.",
        "nesterov": "u.",
        "adagrad": "s.",
        "rmsprop": "v.",
        "adam": "m. v. m^. v^.",
        "adamw": "m. v. m^. v^. decay.",
    }[name].split()
    for prefix in ["u.", "s.", "m.", "v.", "m^.", "v^.", "decay."]:
        assert (f"{prefix}w:c:h" in record) == (prefix in prefixes)
    for prefix in prefixes:
        assert record.arrays[f"{prefix}w:c:h"].shape == (5, 3)


def test_another_optimiser_takes_over_and_begins_anew():
    """As where settings change in the middle of a run."""
    momentum = learner(UPDATES["momentum"])
    momentum.train(5)
    adam, fresh = learner(UPDATES["adam"]), learner(UPDATES["adam"])
    adam.train(3)
    for each in (adam, fresh):
        each.restore(momentum.snapshot())
    adam.train(4)
    fresh.train(4)
    assert bits(adam) == bits(fresh)


def test_a_schedule_is_followed_and_recorded():
    one = learner(
        Update(OptimiserSpec(learning_rate=0.4), ScheduleSpec("step", every=1, factor=0.5))
    )
    for _ in range(9):  # four batches an epoch
        record = Record()
        metrics = one.iterate(record)
        rate = 0.4 * 0.5 ** (metrics.epoch - 1)
        assert record.arrays["lr"] == rate
        np.testing.assert_array_equal(record.arrays["dw:c:h"], -rate * record.arrays["gw:c:h"])


# -- several updates ---------------------------------------------------------------------------


def rivals(arithmetic="float64", target=1.0):
    """G makes samples from masked inputs; D tells them from real ones; G is to fool D."""
    nodes = (
        Masked("n", (Source("c:n", "z"),)),
        layer("g", 4, "tanh", "n"),
        layer("made", 2, "identity", "g"),
        layer("d", 5, "tanh", "real"),
        layer("yes", 1, "sigmoid", "d"),
        layer("d2", 5, "tanh", "made", tied_to="d"),
        layer("no", 1, "sigmoid", "d2", tied_to="yes"),
    )
    loss = LossSpec("binary_cross_entropy")
    d = frozenset({"w:c:d", "b:d", "w:c:yes", "b:yes"})
    g = frozenset({"w:c:g", "b:g", "w:c:made", "b:made"})
    objectives = (
        ObjectiveSpec("real", ("yes",), loss, parameters=d, target=1.0),
        ObjectiveSpec("fake", ("no",), loss, parameters=d, target=0.0),
        ObjectiveSpec("fool", ("no",), loss, parameters=g, target=target),
    )
    sizes = (("real", 2), ("z", 3))
    return PlanSpec(sizes, nodes, ("yes", "no"), loss, arithmetic, objectives)


def rival_updates(forward="new", name="adam"):
    return (
        Update(OptimiserSpec(name, 0.02), objectives=("real", "fake"), name="D"),
        Update(OptimiserSpec(name, 0.01), objectives=("fool",), name="G", forward=forward),
    )


def names(plan, objective):
    return next(o.parameters for o in plan.spec.objectives if o.name == objective)


@pytest.mark.parametrize("objectives", [("real", "fake"), ("fool",)])
def test_each_update_has_the_gradient_of_its_own_objectives(objectives):
    """Against differences of the sum of just these losses."""
    plan = random_plan(rivals(), 3)
    rows = generator(2).normal(size=(4, 5))
    workspace = plan.make_workspace(4, training=False)
    workspace.load(rows)
    workspace.forward()
    workspace.backward(objectives=objectives)
    analytic = {name: plan.gradient_views[name].copy() for name in plan.views}

    def loss():
        workspace.forward()
        return sum(o.forward() for spec, o in workspace.objectives if spec.name in objectives)

    h = 1e-6
    for name in names(plan, objectives[0]):
        view = plan.views[name]
        for place in itertools.islice(np.ndindex(view.shape), 4):
            value = view[place]
            view[place] = value + h
            upper = loss()
            view[place] = value - h
            slope = (upper - loss()) / (2 * h)
            view[place] = value
            assert analytic[name][place] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def rival_learner(forward="new", name="adam", arithmetic="float64", order=(0, 1)):
    spec = rivals(arithmetic)
    random = generator(4)
    updates = rival_updates(forward, name)
    return GradientLearner(
        Plan(spec, start_values(spec, InitialiserSpec("xavier_normal"), random), generator(6)),
        random.normal(size=(10, 5)),
        np.zeros((10, 2)),
        Feed(10, True, 3),
        [updates[k] for k in order],
        4,
    )


def test_one_forward_run_serves_both_with_the_old_parameters():
    """Neither update sees what the other has changed: their order does not matter."""
    one, other = rival_learner("shared"), rival_learner("shared", order=(1, 0))
    for each in (one, other):
        each.iterate()
    assert bits(one) == bits(other)


def test_a_forward_run_in_between_sees_what_was_changed():
    results = {}
    for forward in ("shared", "same", "new"):
        learner = rival_learner(forward)
        record = Record()
        learner.iterate(record)
        results[forward] = record.arrays
    d, g = "dw:c:d", "dw:c:g"
    for forward in ("same", "new"):
        assert results[forward][d].tobytes() == results["shared"][d].tobytes()
        assert results[forward][g].tobytes() != results["shared"][g].tobytes()
        # D has moved: what it makes of the same samples is another number.
        assert results[forward]["y@G"].tobytes() != results[forward]["y"].tobytes()
    # The same noise makes the same samples; new noise others.
    assert results["same"]["a@G:made"].tobytes() == results["same"]["a:made"].tobytes()
    assert results["new"]["a@G:made"].tobytes() != results["new"]["a:made"].tobytes()
    assert "y@G" not in results["shared"]


def test_what_each_update_did_is_recorded():
    learner = rival_learner()
    record = Record()
    metrics = learner.iterate(record)
    found = record.arrays
    for name in learner.params:
        mark = "D" if name in names(learner.plan, "real") else "G"
        kind, owner = name.split(":", 1)
        assert found[f"g{name}"].tobytes() == found[f"g{kind}@{mark}:{owner}"].tobytes()
        assert found[f"m.{kind}@{mark}:{owner}"].shape == found[name].shape
        after = found[f"{kind}+:{owner}"]
        np.testing.assert_array_equal(after, found[name] + found[f"d{name}"])
    # The samples' own gradient, towards being taken for real.
    assert found["da@G:made"].any()
    # Each has a loss of its own: their sum would mean nothing.
    assert found["L"] == found["L:real"] + found["L:fake"] == metrics.loss
    assert found["L@G"] == found["L@G:fool"] == metrics.second_loss
    assert "L:fool" not in found


@pytest.mark.parametrize("forward", ["shared", "same", "new"])
@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "adam"])
@pytest.mark.parametrize("arithmetic", ["float64", "float32"])
def test_several_updates_replay_and_train_to_the_same_bits(forward, name, arithmetic):
    one = rival_learner(forward, name, arithmetic)
    for _ in range(4):
        one.iterate()
    snapshot = one.snapshot()
    for _ in range(7):
        one.iterate()
    end = bits(one)
    one.restore(snapshot)
    one.train(7)
    assert bits(one) == end


def test_parameters_that_lie_apart_learn_together():
    """First and last layer by one update, the middle one by another."""
    nodes = (layer("p", 3, "tanh", "x"), layer("q", 3, "tanh", "p"), layer("o", 2, "tanh", "q"))
    outer = frozenset({"w:c:p", "b:p", "w:c:o", "b:o"})
    inner = frozenset({"w:c:q", "b:q"})
    spec = PlanSpec(
        (("x", 3),),
        nodes,
        ("o",),
        arithmetic="float64",
        objectives=(
            ObjectiveSpec("outer", ("o",), parameters=outer),
            ObjectiveSpec("inner", ("o",), parameters=inner),
        ),
    )
    whole = replace(spec, objectives=(ObjectiveSpec("L", ("o",)),))
    adam = OptimiserSpec("adam", 0.05)
    two = learner([Update(adam, objectives=("outer",)), Update(adam, objectives=("inner",))], spec)
    one = learner(Update(adam), whole)
    for _ in range(5):
        two.iterate()
        one.iterate()
    assert bits(two) == bits(one)
    snapshot = two.snapshot()
    two.train(3)
    end = bits(two)
    two.restore(snapshot)
    for _ in range(3):
        two.iterate()
    assert bits(two) == end


def test_updates_must_not_share_parameters_and_must_name_objectives_there_are():
    both = [Update(objectives=("real",)), Update(objectives=("fake",))]
    with pytest.raises(ValueError, match="two updates change"):
        learner(both, rivals())
    with pytest.raises(ValueError, match="no objective"):
        learner(Update(objectives=("reel",)), rivals())
    with pytest.raises(ValueError):
        Update(forward="twice")
    with pytest.raises(ValueError, match="early"):
        learner(Update(clipping=ClippingSpec(norm=1.0)), updated_weights_first=True)
