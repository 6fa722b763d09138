"""What goes with recurrent layers: embeddings, and dense layers at every time step."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.embedding import EmbeddingSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from tests.support.plans import random_plan

# Values of torch 2.13.0 in float64; each entry names the expression that gave it.
TORCH = json.loads((Path(__file__).parent / "sequence_values.json").read_text(encoding="utf-8"))
TOLERANCE = 1e-6


def looked_up(steps, entries=4, above=(), **options):
    node = EmbeddingSpec("e", entries, 2, (Source("c", "x"),), **options)
    output = above[-1].node if above else "e"
    return PlanSpec((("x", steps),), (node, *above), (output,), LossSpec("mse"), "float64")


def every_step(units, activation, steps=4, features=2):
    node = StepwiseDenseSpec("d", units, activation, (Source("c", "x"),))
    return PlanSpec((("x", (steps, features)),), (node,), ("d",), LossSpec("mse"), "float64")


class TestEmbedding:
    def test_against_torch(self):
        case = TORCH["embedding"]
        plan = Plan(looked_up(3), {"w:c": np.array(case["w"])})
        workspace = plan.workspace(2)
        workspace.load(np.array(case["x"]), np.reshape(case["t"], (2, -1)))
        workspace.forward()
        assert workspace.a["e"].tolist() == case["y"]
        assert workspace.loss() == pytest.approx(case["L"], rel=1e-14)
        workspace.backward()
        np.testing.assert_allclose(plan.gradient_views["w:c"], case["gw"], rtol=1e-12)

    def test_entries_that_were_not_looked_up_have_no_gradient(self):
        plan = random_plan(looked_up(2))
        workspace = plan.workspace(1)
        workspace.load(np.array([[3.0, 1.0]]), np.zeros((1, 4)))
        workspace.forward()
        workspace.backward()
        assert (plan.gradient_views["w:c"] != 0).any(axis=1).tolist() == [False, True, False, True]

    def test_it_is_a_dense_layer_over_one_hot_vectors(self):
        indices = np.array([[0, 2, 2, 1], [3, 3, 0, 1]])
        plan = random_plan(looked_up(4))
        workspace = plan.workspace(2)
        workspace.load(indices.astype(float))
        workspace.forward()
        one_hot = np.eye(4)[indices]
        assert workspace.a["e"].tolist() == (one_hot @ plan.views["w:c"]).tolist()

    def test_below_a_recurrent_layer(self):
        above = SimpleRecurrentSpec("r", 3, (Source("c2", "e"),), returns="last")
        spec = looked_up(4, above=(above,))
        indices = generator(3).integers(0, 4, (3, 4)).astype(float)
        assert check_gradient(random_plan(spec), indices, np.zeros((3, 3))).largest < TOLERANCE

    def test_two_that_share_a_table(self):
        first = EmbeddingSpec("e", 4, 2, (Source("c", "x"),))
        second = EmbeddingSpec("f", 4, 2, (Source("d", "y"),), tied_to="e")
        sizes = (("x", 2), ("y", 3))
        spec = PlanSpec(sizes, (first, second), ("e", "f"), LossSpec("mse"), "float64")
        assert list(spec.parameter_shapes()) == ["w:c"]
        indices = np.array([[0.0, 1.0, 1.0, 2.0, 1.0]])
        assert check_gradient(random_plan(spec), indices, np.zeros((1, 10))).largest < TOLERANCE

    @pytest.mark.parametrize("value", [-1.0, 4.0, 0.5, np.nan, np.inf])
    def test_what_is_no_index_is_refused(self, value):
        workspace = random_plan(looked_up(2)).workspace(1)
        workspace.load(np.array([[0.0, value]]))
        with (
            pytest.raises(ValueError, match="whole numbers from 0 to 3"),
            np.errstate(all="ignore"),
        ):
            workspace.forward()

    def test_the_rows_looked_up_are_recorded(self):
        workspace = random_plan(looked_up(2)).workspace(2)
        workspace.load(np.array([[0.0, 3.0], [1.0, 1.0]]))
        record = Record()
        workspace.forward(record)
        assert record.arrays["index:e"].tolist() == [[0, 3], [1, 1]]

    def test_only_indices_are_taken(self):
        node = EmbeddingSpec("e", 4, 2, (Source("c", "x"),))
        with pytest.raises(ValueError, match="e needs one source of indices"):
            random_plan(PlanSpec((("x", (3, 2)),), (node,), ("e",)))


class TestDenseAtEveryStep:
    def test_against_torch(self):
        case = TORCH["stepwise"]
        spec = every_step(3, ActivationSpec("softmax"))
        plan = Plan(spec, {"w:c": np.array(case["w"]), "b:d": np.array(case["b"])})
        workspace = plan.make_workspace(2, input_gradients=True)
        workspace.load(np.reshape(case["x"], (2, -1)), np.reshape(case["t"], (2, -1)))
        workspace.forward()
        np.testing.assert_allclose(workspace.a["d"], case["y"], rtol=1e-14)
        assert workspace.loss() == pytest.approx(case["L"], rel=1e-13)
        workspace.backward()
        np.testing.assert_allclose(workspace.da["x"], case["dx"], rtol=1e-12)
        np.testing.assert_allclose(plan.gradient_views["w:c"], case["gw"], rtol=1e-12)
        np.testing.assert_allclose(plan.gradient_views["b:d"], case["gb"], rtol=1e-12)

    @pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"step"}))
    def test_every_activation(self, name):
        spec = every_step(3, ActivationSpec(name))
        random = generator(8)
        inputs, targets = random.uniform(-1, 1, (2, 8)), random.uniform(0, 1, (2, 12))
        assert check_gradient(random_plan(spec), inputs, targets).largest < TOLERANCE

    def test_several_sources_below_and_readers_above(self):
        nodes = (
            StepwiseDenseSpec("d1", 3, ActivationSpec("tanh"), (Source("c1", "x"),)),
            StepwiseDenseSpec(
                *("d2", 2, ActivationSpec("maxout", pieces=2)),
                (Source("c2", "d1"), Source("c3", "x"), Source("c4", "y")),
            ),
            LayerSpec("o", 2, ActivationSpec("identity"), (Source("c5", "d1"), Source("c6", "d2"))),
        )
        sizes = (("x", (3, 2)), ("y", (3, 1)))
        spec = PlanSpec(sizes, nodes, ("o",), LossSpec("mse"), "float64")
        random = generator(8)
        inputs, targets = random.uniform(-1, 1, (4, 9)), random.uniform(0, 1, (4, 2))
        assert check_gradient(random_plan(spec), inputs, targets).largest < TOLERANCE

    def test_each_step_is_the_dense_layer(self):
        spec = every_step(2, ActivationSpec("sigmoid"), steps=3)
        plan = random_plan(spec)
        rows = generator(1).uniform(-1, 1, (2, 3, 2))
        workspace = plan.workspace(2)
        workspace.load(rows.reshape(2, -1))
        record = Record()
        workspace.forward(record)
        workspace.backward(record)
        one = LayerSpec("d", 2, ActivationSpec("sigmoid"), (Source("c", "x"),))
        single = Plan(PlanSpec((("x", 2),), (one,), ("d",), LossSpec("mse"), "float64"), plan.views)
        for t in range(3):
            expected = single.predict(rows[:, t])
            np.testing.assert_allclose(workspace.a["d"][:, t], expected, rtol=1e-14)
        assert record.arrays["z:d"].shape == record.arrays["dz:d"].shape == (2, 3, 2)

    def test_steps_of_two_lengths_do_not_fit(self):
        node = StepwiseDenseSpec(
            "d", 3, ActivationSpec("tanh"), (Source("c1", "x"), Source("c2", "y"))
        )
        with pytest.raises(ValueError, match="d needs sequences"):
            random_plan(PlanSpec((("x", (3, 2)), ("y", (4, 2))), (node,), ("d",)))
