"""Batch and layer normalisation, against PyTorch and against differences."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.ops.normalisation import BatchNormalisationSpec, LayerNormalisationSpec
from nnsim.engine.record import Record
from tests.support.nodes import between_layers, node_plan, random_samples, run, sources
from tests.support.plans import random_plan

TORCH = json.loads(
    (Path(__file__).parent / "normalisation_torch_values.json").read_text(encoding="utf-8")
)["normalisations"]
SPECS = {"batch": BatchNormalisationSpec, "layer": LayerNormalisationSpec}


def agree(found, expected):
    # Sums in another order: the last digits of the largest addend.
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("mode", ["training", "evaluation"])
@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["expression"])
def test_against_torch(case, mode):
    x = np.array(case["x"])
    start = {
        f"{name}:n": np.array(case[name])
        for name in ("gamma", "beta", "mean", "variance")
        if name in case
    }
    node = SPECS[case["kind"]]("n", sources("x"), **case["options"])
    plan = node_plan(node, {"x": x.shape[1:]}, start)
    expected = case[mode]
    workspace = run(plan, [x], np.array(case["da"]), training=mode == "training")
    agree(workspace.a["n"], expected["a"])
    agree(workspace.da["x"], expected["dx"])
    agree(plan.gradient_views["gamma:n"], expected["dgamma"])
    agree(plan.gradient_views["beta:n"], expected["dbeta"])
    running = expected if "mean" in expected else case
    for name in plan.state_views:
        agree(plan.state_views[name], running[name.removesuffix(":n")])


class TestBatchNormalisation:
    def values(self):
        return np.array([[1.0, 10.0], [2.0, 10.0], [6.0, 40.0]])

    def plan(self, **options):
        node = BatchNormalisationSpec("n", sources("x"), epsilon=0.0, **options)
        return node_plan(node, {"x": 2}, {"gamma:n": np.ones(2), "beta:n": np.zeros(2)})

    def test_it_makes_mean_0_and_variance_1(self):
        workspace = run(self.plan(), [self.values()], np.ones((3, 2)))
        np.testing.assert_allclose(workspace.a["n"].mean(axis=0), 0, atol=1e-15)
        np.testing.assert_allclose(workspace.a["n"].var(axis=0), 1, rtol=1e-15)

    def test_running_values_start_at_0_and_1(self):
        plan = self.plan()
        assert plan.state_views["mean:n"].tolist() == [0, 0]
        assert plan.state_views["variance:n"].tolist() == [1, 1]

    @pytest.mark.parametrize(
        ("convention", "variances"), [("unbiased", [7.0, 300.0]), ("biased", [14 / 3, 200.0])]
    )
    def test_the_running_variance_by_its_convention(self, convention, variances):
        plan = self.plan(momentum=0.25, running_variance=convention)
        run(plan, [self.values()], np.ones((3, 2)))
        np.testing.assert_allclose(plan.state_views["mean:n"], [0.75, 5.0], rtol=1e-15)
        expected = 0.75 + 0.25 * np.array(variances)
        np.testing.assert_allclose(plan.state_views["variance:n"], expected, rtol=1e-14)

    def test_evaluation_changes_nothing(self):
        plan = self.plan()
        before = plan.state.copy()
        assert plan.predict(self.values()).tolist() == self.values().tolist()
        assert plan.state.tobytes() == before.tobytes()

    def test_a_batch_of_one_gives_beta_and_leaves_the_running_values(self):
        node = BatchNormalisationSpec("n", sources("x"))
        start = {"gamma:n": np.ones(2), "beta:n": np.array([0.5, -2.0])}
        plan = node_plan(node, {"x": 2}, start)
        workspace = run(plan, [np.array([[3.0, 4.0]])], np.ones((1, 2)))
        assert workspace.a["n"].tolist() == [[0.5, -2.0]]
        assert workspace.da["x"].tolist() == [[0.0, 0.0]]
        assert plan.state_views["variance:n"].tolist() == [1, 1]

    def test_per_unit_each_place_of_a_map_has_its_own(self):
        node = BatchNormalisationSpec("n", sources("x"), per="unit")
        shape = (2, 2, 3)
        start = {"gamma:n": np.ones(12), "beta:n": np.zeros(12)}
        x = np.random.default_rng(0).normal(size=(5, *shape))
        workspace = run(node_plan(node, {"x": shape}, start), [x], np.ones_like(x))
        np.testing.assert_allclose(workspace.a["n"].mean(axis=0), 0, atol=1e-15)

    def test_what_is_recorded(self):
        plan = self.plan()
        workspace = plan.workspace(3)
        workspace.load(self.values())
        record = Record()
        workspace.forward(record)
        assert record.array("batch_mean:n").tolist() == [[3.0, 20.0]]
        assert record.array("batch_variance:n").tolist() == [[14 / 3, 200.0]]
        assert record.array("normalised:n").tolist() == record.array("a:n").tolist()

    def test_a_running_mean_may_be_followed_before_and_after(self):
        plan = self.plan()
        record = Record()
        plan.put_parameters(record)
        run(plan, [self.values()], np.ones((3, 2)))
        plan.put_parameters(record, suffix="+")
        assert record.array("mean:n").tolist() == [0, 0]
        np.testing.assert_allclose(record.array("mean+:n"), [0.3, 2.0], rtol=1e-15)


def test_what_layer_normalisation_records():
    node = LayerNormalisationSpec("n", sources("x"), over="step")
    x = np.arange(12.0).reshape(2, 2, 3)
    start = {"gamma:n": np.full(3, 2.0), "beta:n": np.zeros(3)}
    workspace = node_plan(node, {"x": (2, 3)}, start).workspace(2)
    workspace.load(x.reshape(2, -1))
    record = Record()
    workspace.forward(record)
    assert record.array("mean:n").tolist() == [[1, 4], [7, 10]]
    np.testing.assert_allclose(record.array("variance:n"), np.full((2, 2), 2 / 3), rtol=1e-14)
    np.testing.assert_allclose(record.array("normalised:n") * 2, record.array("a:n"), rtol=1e-15)


@pytest.mark.parametrize(
    "node",
    [
        BatchNormalisationSpec("n", sources("h")),
        BatchNormalisationSpec("n", sources("h"), epsilon=0.1),
        LayerNormalisationSpec("n", sources("h")),
    ],
    ids=["batch", "batch with a large epsilon", "layer"],
)
def test_gradient_through_layers(node):
    spec = between_layers(node, units=4)
    check = check_gradient(random_plan(spec), *random_samples(spec, rows=5))
    # The bias below a batch normalisation has no influence: rounding error against 0.
    assert check.largest < 1e-6
    assert np.abs(check.analytic).max() > 1e-3


@pytest.mark.parametrize("spec", [BatchNormalisationSpec, LayerNormalisationSpec])
def test_float32_stays_float32(spec):
    start = {"gamma:n": np.ones(2), "beta:n": np.zeros(2)}
    plan = node_plan(spec("n", sources("x")), {"x": 2}, start, arithmetic="float32")
    x = np.array([[1.0, 2.0], [4.0, 3.0], [0.0, 1.0]])
    workspace = run(plan, [x], np.ones((3, 2)))
    assert workspace.a["n"].dtype == np.float32
    assert all(found.dtype == np.float32 for found in recorded(workspace))


def recorded(workspace):
    (operation,) = workspace.operations
    return operation.quantities().values()


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="one source"):
        BatchNormalisationSpec("n", sources("x", "y")).shape([(2,), (2,)])
    with pytest.raises(ValueError, match="no steps"):
        LayerNormalisationSpec("n", sources("x"), over="step").shape([(2,)])
    with pytest.raises(ValueError, match="convention"):
        BatchNormalisationSpec("n", sources("x"), running_variance="n - 1")
    with pytest.raises(ValueError, match="per channel or per unit"):
        BatchNormalisationSpec("n", sources("x"), per="row")
    with pytest.raises(ValueError, match="over a sample or a step"):
        LayerNormalisationSpec("n", sources("x"), over="batch")
