"""Several weighted losses in one network, penalties without targets, weights of samples."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.network import count_wrong, missed
from nnsim.engine.losses import LossSpec, make_loss
from nnsim.engine.ops.chance import SamplingSpec
from nnsim.engine.ops.combining import ActivationNodeSpec, ConcatenateSpec, SliceSpec
from nnsim.engine.ops.normalisation import BatchNormalisationSpec, LayerNormalisationSpec
from nnsim.engine.plan import LayerSpec, ObjectiveSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from tests.support.nodes import random_samples
from tests.support.plans import descent, random_plan, spec_of

TOLERANCE = 1e-6
LN2 = math.log(2)


def layer(node, units, activation, *sources):
    return LayerSpec(
        node,
        units,
        ActivationSpec(activation),
        tuple(Source(f"{source}-{node}", source) for source in sources),
    )


def two_headed(*objectives, arithmetic="float64"):
    """x -> h -> class (softmax) and size (identity)."""
    return PlanSpec(
        sizes=(("x", 3),),
        nodes=(
            layer("h", 4, "sigmoid", "x"),
            layer("class", 3, "softmax", "h"),
            layer("size", 2, "identity", "h"),
        ),
        outputs=("class", "size"),
        arithmetic=arithmetic,
        objectives=objectives,
    )


CLASS = ObjectiveSpec("class", ("class",), LossSpec("cross_entropy"))
SIZE = ObjectiveSpec("size", ("size",), LossSpec("mse", half=True), weight=0.3)
SPARSE = ObjectiveSpec("sparse", ("h",), LossSpec("kl_bernoulli", "sum", rho=0.2), weight=0.5)


def two_headed_samples(rows=5):
    random = generator(3)
    classes = np.eye(3)[np.arange(rows) % 3]
    return random.uniform(-1, 1, (rows, 3)), np.hstack([classes, random.normal(size=(rows, 2))])


def ran(plan, inputs, targets, weights=None, recorder=None):
    workspace = plan.workspace(len(inputs))
    workspace.load(inputs, targets, weights)
    workspace.forward(recorder)
    value = workspace.loss(recorder)
    workspace.backward(recorder)
    return workspace, value


class TestSeveralLosses:
    @pytest.mark.parametrize(
        "objectives",
        [(CLASS, SIZE), (CLASS, SIZE, SPARSE), (SPARSE, SIZE), (SIZE,)],
        ids=lambda chosen: " + ".join(each.name for each in chosen),
    )
    def test_gradient_of_their_weighted_sum(self, objectives):
        plan = random_plan(two_headed(*objectives))
        check = check_gradient(plan, *two_headed_samples())
        assert check.largest < TOLERANCE
        assert np.abs(plan.gradient_views["w:x-h"]).max() > 1e-4

    def test_the_loss_is_their_weighted_sum(self):
        plan = random_plan(two_headed(CLASS, SIZE, SPARSE))
        inputs, targets = two_headed_samples()
        record = Record()
        workspace, value = ran(plan, inputs, targets, recorder=record)
        parts = [
            make_loss(CLASS.loss).value(workspace.a["class"].T, targets[:, :3].T),
            0.3 * make_loss(SIZE.loss).value(workspace.a["size"].T, targets[:, 3:].T),
            0.5 * make_loss(SPARSE.loss).value(workspace.a["h"].T, np.zeros((4, 5))),
        ]
        names = ("class", "size", "sparse")
        assert [record.array(f"L:{name}") for name in names] == pytest.approx(parts, rel=1e-14)
        assert record.array("L") == value == pytest.approx(sum(parts), rel=1e-14)
        assert record.array("l:size").shape == (5, 2)
        assert record.array("l:sparse").shape == (1, 4)

    def test_one_head_learns_nothing_from_the_other(self):
        plan = random_plan(two_headed(SIZE))
        ran(plan, *two_headed_samples())
        assert not plan.gradient_views["w:h-class"].any()
        assert plan.gradient_views["w:h-size"].all()

    def test_a_penalty_may_look_at_several_nodes(self):
        spec = PlanSpec(
            sizes=(("x", 2),),
            nodes=(
                layer("m", 2, "identity", "x"),
                layer("v", 2, "identity", "x"),
                SamplingSpec("z", (Source("c1", "m"), Source("c2", "v"))),
                layer("o", 2, "sigmoid", "z"),
            ),
            outputs=("o",),
            arithmetic="float64",
            objectives=(
                ObjectiveSpec("reconstruction", ("o",), LossSpec("binary_cross_entropy")),
                ObjectiveSpec("code", ("m", "v"), LossSpec("kl_normal"), weight=0.7),
            ),
        )
        plan = random_plan(spec)
        inputs, targets = random_samples(spec)
        check = check_gradient(plan, inputs, np.abs(targets))
        assert check.largest < TOLERANCE
        assert np.abs(check.analytic).min() > 1e-4

    def test_a_number_may_stand_in_for_the_targets(self):
        judged = ObjectiveSpec("high", ("h",), LossSpec("mse", "sum"), target=1.0)
        plan = random_plan(two_headed(judged))
        workspace, value = ran(plan, *two_headed_samples())
        assert value == pytest.approx(((workspace.a["h"] - 1) ** 2).sum(), rel=1e-14)

    def test_targets_that_the_data_does_not_have_are_refused(self):
        plan = random_plan(two_headed(ObjectiveSpec("hidden", ("h",), LossSpec("mse"))))
        with pytest.raises(ValueError, match="no targets for hidden"):
            plan.workspace(2)


def links(node, *sources):
    return tuple(Source(f"{source}-{node}", source) for source in sources)


def test_a_network_of_many_nodes_and_losses_against_torch():
    """Normalisations, GELU, a sampled code, two heads with weighted losses, and a penalty."""
    path = Path(__file__).parent / "objectives_torch_values.json"
    torch = json.loads(path.read_text(encoding="utf-8"))
    balanced = LossSpec("cross_entropy", "weighted_mean", class_weights=(1.0, 2.0, 0.5))
    spec = PlanSpec(
        sizes=(("x", 3),),
        nodes=(
            layer("h", 4, "identity", "x"),
            BatchNormalisationSpec("n", links("n", "h")),
            ActivationNodeSpec("g", ActivationSpec("gelu"), links("g", "n")),
            layer("m", 2, "identity", "g"),
            layer("v", 2, "identity", "g"),
            SamplingSpec("z", links("z", "m", "v")),
            SliceSpec("p", 1, 2, links("p", "g")),
            ConcatenateSpec("c", links("c", "z", "p")),
            LayerNormalisationSpec("l", links("l", "c")),
            layer("o", 3, "softmax", "l"),
            layer("s", 1, "identity", "l"),
        ),
        outputs=("o", "s"),
        arithmetic="float64",
        objectives=(
            ObjectiveSpec("class", ("o",), balanced),
            ObjectiveSpec("size", ("s",), LossSpec("huber", delta=0.5), weight=0.3),
            ObjectiveSpec("code", ("m", "v"), LossSpec("kl_normal"), weight=0.1),
        ),
    )
    start = {name: np.array(values) for name, values in torch["parameters"].items()}
    plan = Plan(spec, start, generator(11))
    record = Record()
    workspace, value = ran(plan, np.array(torch["x"]), np.array(torch["t"]), recorder=record)
    # PyTorch was given the numbers that this generator draws.
    np.testing.assert_allclose(record.array("epsilon:z"), torch["epsilon"], rtol=1e-15)
    np.testing.assert_allclose(workspace.y, torch["y"], rtol=1e-12)
    parts = [record.array(f"L:{name}") for name in ("class", "size", "code")]
    np.testing.assert_allclose(parts, torch["parts"], rtol=1e-12)
    assert value == pytest.approx(torch["L"], rel=1e-12)
    assert set(torch["gradient"]) == set(plan.layout)
    for name, gradient in torch["gradient"].items():
        # Sums that are 0 by right (the bias below a batch normalisation) keep their rounding error.
        np.testing.assert_allclose(
            plan.gradient_views[name], gradient, rtol=1e-12, atol=1e-15, err_msg=name
        )


class TestToTheSumsInOne:
    """Softmax and sigmoid below their cross-entropies: dz = (a - t) times the factors."""

    @pytest.mark.parametrize(
        ("activation", "loss"),
        [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")],
    )
    @pytest.mark.parametrize("reduction", ["mean", "sum", "weighted_mean"])
    def test_it_is_what_the_chain_rule_gives(self, activation, loss, reduction):
        spec = LossSpec(loss, reduction, class_weights=(1.0, 2.5, 0.5), sample_weights=True)
        objective = ObjectiveSpec("L", ("o",), spec, weight=0.7)
        made = PlanSpec(
            (("x", 2),), (layer("o", 3, activation, "x"),), ("o",), arithmetic="float64",
            objectives=(objective,),
        )  # fmt: skip
        plan = random_plan(made)
        inputs, _ = random_samples(made)
        targets, weights = np.eye(3)[[0, 2, 1, 2]], np.array([1.0, 0.5, 2.0, 3.0])
        record = Record()
        ran(plan, inputs, targets, weights, record)
        a, da, dz = (record.array(f"{kind}:o") for kind in ("a", "da", "dz"))
        slope = (da * a).sum(axis=1, keepdims=True) if activation == "softmax" else da * a
        np.testing.assert_allclose(dz, a * (da - slope), rtol=1e-12)

        counts = weights * np.array([1.0, 0.5, 2.5, 0.5])
        factor = {"mean": 1 / 4, "sum": 1.0, "weighted_mean": 1 / counts.sum()}[reduction]
        factor *= 0.7 / (3 if activation == "sigmoid" and reduction != "sum" else 1)
        np.testing.assert_allclose(dz, (a - targets) * counts[:, None] * factor, rtol=1e-12)

        analytic = plan.gradient[0]

        def loss_with(change):
            plan.parameters[0] += change
            found = ran(plan, inputs, targets, weights)[1]
            plan.parameters[0] -= change
            return found

        numeric = (loss_with(1e-6) - loss_with(-1e-6)) / 2e-6
        assert analytic == pytest.approx(numeric, rel=1e-7)

    @pytest.mark.parametrize(
        ("activation", "loss", "sums", "target", "a", "dz", "value"),
        [
            ("softmax", "cross_entropy", [-900, 900], [1, 0], [0, 1], [-1, 1], 1800),
            ("softmax", "cross_entropy", [-900, 900], [0, 1], [0, 1], [0, 0], 0),
            ("sigmoid", "binary_cross_entropy", [-900, 900], [1, 0], [0, 1], [-1, 1], 1800),
            # It rounds to 1 from 37 on: -ln(1 - a) = 40 + ln(1 + e^-40).
            ("sigmoid", "binary_cross_entropy", [40, 0], [0, 0.5], [1, 0.5], [1, 0], 40 + LN2),
            ("sigmoid", "binary_cross_entropy", [-800, 0], [0.25, 0.5], [0, 0.5], [-0.25, 0],
             200 + LN2),
        ],
    )  # fmt: skip
    def test_sure_and_wrong_still_learns(self, activation, loss, sums, target, a, dz, value):
        """The loss is as finite as the gradient: both are those of the sums."""
        record, plan = self.of_sums(sums, activation, loss, target)
        assert float(record.array("L")) == pytest.approx(value, rel=1e-14)
        assert record.array("a:o").tolist() == [a]
        assert record.array("dz:o").tolist() == [dz]
        assert np.isfinite(plan.gradient).all()

    def test_what_overflowed_stays_a_result(self):
        record, _ = self.of_sums([-math.inf, 0], "softmax", "cross_entropy", [1, 0])
        assert record.array("L") == math.inf

    def test_a_logarithm_of_0_that_others_read_too_is_a_result(self):
        inputs, targets = two_headed_samples()
        penalty = ObjectiveSpec("flat", ("class",), LossSpec("mse", "sum"), 0.1, target=0.0)
        plan, record = random_plan(two_headed(CLASS, penalty)), Record()
        plan.views["b:class"][...] = 0
        plan.views["b:class"][0] = 2000
        targets[:, :3] = [0, 1, 0]
        with np.errstate(all="ignore"):
            ran(plan, inputs, targets, recorder=record)
        assert record.array("L") == math.inf
        assert not np.isfinite(record.array("dz:class")).all()

    def of_sums(self, sums, activation, loss, target):
        """A layer "o" of two units that sees nothing but a 0: its sums are its biases."""
        spec = spec_of([("x", 1)], [("o", 2, activation, [("c", "x")])], LossSpec(loss, "sum"))
        plan, record = Plan(spec, {"w:c": np.ones((2, 1)), "b:o": np.array(sums, float)}), Record()
        with np.errstate(all="ignore"):
            ran(plan, np.zeros((1, 1)), np.array([target], float), recorder=record)
        return record, plan

    def test_a_layer_that_others_read_too_goes_by_the_chain_rule(self):
        inputs, targets = two_headed_samples()
        penalty = ObjectiveSpec("flat", ("class",), LossSpec("mse", "sum"), 0.1, target=0.0)
        plan = random_plan(two_headed(CLASS, penalty))
        check = check_gradient(plan, inputs, targets)
        assert check.largest < TOLERANCE


class TestSampleWeights:
    def plan(self, **options):
        return random_plan(
            spec_of(
                [("x", 2)],
                [("h", 3, "tanh", [("c1", "x")]), ("o", 2, "softmax", [("c2", "h")])],
                LossSpec("cross_entropy", **options),
                arithmetic="float64",
            )
        )

    inputs = np.array([[0.5, -1.0], [1.0, 0.25], [-0.5, 0.75]])
    targets = np.eye(2)[[0, 1, 1]]

    def test_a_weight_of_2_is_a_sample_twice(self):
        weighted, repeated = (
            self.plan(reduction="sum", sample_weights=True),
            self.plan(reduction="sum"),
        )
        _, value = ran(weighted, self.inputs, self.targets, np.array([2.0, 0.0, 1.0]))
        rows = [0, 0, 2]
        _, expected = ran(repeated, self.inputs[rows], self.targets[rows])
        assert value == pytest.approx(expected, rel=1e-14)
        np.testing.assert_allclose(weighted.gradient, repeated.gradient, rtol=1e-12)

    def learner(self, weights, batch=2):
        plan = self.plan(sample_weights=True)
        feed = Feed(3, shuffled=True, seed=4)
        return GradientLearner(
            plan, self.inputs, self.targets, feed, descent(0.5), batch, weights=weights
        )

    def test_every_batch_brings_the_weights_of_its_samples(self):
        learner = self.learner(np.array([1.0, 2.0, 4.0]))
        for _ in range(4):
            record = Record()
            metrics = learner.iterate(record)
            counts = np.array([1.0, 2.0, 4.0])[list(metrics.samples)]
            terms = -np.log(record.array("y")) * record.array("t") * counts[:, np.newaxis]
            np.testing.assert_allclose(record.array("l"), terms, rtol=1e-14)
            assert metrics.loss == pytest.approx(terms.sum() / len(counts), rel=1e-14)

    def test_at_full_speed_it_is_the_same(self):
        slow, fast = (self.learner(np.array([1.0, 2.0, 4.0])) for _ in range(2))
        for _ in range(7):
            slow.iterate()
        fast.train(7)
        assert fast.plan.parameters.tobytes() == slow.plan.parameters.tobytes()

    def test_a_sample_of_weight_0_teaches_nothing(self):
        learner = self.learner(np.array([0.0, 0.0, 0.0]))
        learner.train(3)
        assert learner.plan.parameters.tobytes() == self.plan().parameters.tobytes()

    def test_weights_that_no_loss_asks_for_are_refused(self):
        with pytest.raises(ValueError, match="no loss of the plan uses them"):
            GradientLearner(
                self.plan(), self.inputs, self.targets, Feed(3), descent(0.5), 2,
                weights=np.ones(3),
            )  # fmt: skip


class TestMissed:
    @pytest.mark.parametrize(
        ("loss", "y", "t", "expected"),
        [
            ("hinge", [[0.3, -0.3]], [[1, 1]], [[False, True]]),
            ("binary_cross_entropy_from_logits", [[0.3, -0.3]], [[1, 1]], [[False, True]]),
            ("cross_entropy_from_logits", [[3, 1, 2]], [[0, 0, 1]], [[True, False, False]]),
            ("multiclass_hinge", [[3, 1, 4]], [[0, 0, 1]], [[False, False, False]]),
            ("mse", [[0.5, 0.49]], [[0, 0]], [[True, False]]),
        ],
    )
    def test_by_what_the_loss_compares(self, loss, y, t, expected):
        assert missed(np.array(y), np.array(t), loss).tolist() == expected

    def test_a_huge_error_does_not_overflow(self):
        assert missed(np.array([[1.7e308]]), np.array([[0.0]]), "mse").tolist() == [[True]]
        y, t = np.array([[1.7e308, np.inf]]), np.array([[-2.0, 0.0]])
        assert missed(y, t, "hinge").tolist() == [[True, False]]

    def test_each_output_is_judged_by_its_own_loss(self):
        plan = random_plan(two_headed(SPARSE, CLASS, SIZE))
        inputs, targets = two_headed_samples()
        workspace, _ = ran(plan, inputs, targets)
        a = workspace.a
        classes = (a["class"].argmax(axis=1) != targets[:, :3].argmax(axis=1)).sum()
        sizes = (np.abs(a["size"] - targets[:, 3:]) >= 0.5).sum()
        assert classes + sizes > 0
        assert count_wrong(workspace) == classes + sizes
