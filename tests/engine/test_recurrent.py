"""Recurrent layers: against PyTorch, against differences, carried states, what is recorded."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nnsim.core.randoms import generator
from nnsim.engine.activations import ActivationSpec
from nnsim.engine.gradcheck import check_gradient
from nnsim.engine.initialisers import InitialiserSpec, start_values
from nnsim.engine.learners.feed import Feed
from nnsim.engine.learners.gradient import GradientLearner
from nnsim.engine.learners.updates import Update
from nnsim.engine.losses import LossSpec
from nnsim.engine.ops.recurrent_gru import GRUSpec
from nnsim.engine.ops.recurrent_lstm import LSTMSpec
from nnsim.engine.ops.recurrent_simple import SimpleRecurrentSpec
from nnsim.engine.ops.stepwise import StepwiseDenseSpec
from nnsim.engine.plan import LayerSpec, Plan, PlanSpec, Source
from nnsim.engine.record import Record
from tests.support.plans import random_plan

# Values of torch 2.13.0 in float64; each entry names the expression that gave it.
TORCH = json.loads((Path(__file__).parent / "recurrent_values.json").read_text(encoding="utf-8"))
# The differences are good to about 1e-10 of L, and count from a gradient of 1e-4 on.
TOLERANCE = 1e-6
MEAN_SQUARES = LossSpec("mse")
HALF_SQUARES = LossSpec("mse", reduction="sum", half=True)

KINDS = {
    "rnn_tanh": SimpleRecurrentSpec,
    "rnn_relu": partial(SimpleRecurrentSpec, activation=ActivationSpec("relu")),
    "lstm": LSTMSpec,
    "gru": GRUSpec,
    "gru_before": partial(GRUSpec, reset_after=False),
}
STATES = {kind: ("h", "c") if kind == "lstm" else ("h",) for kind in KINDS}


def layer(kind, units=3, sources=(("c", "x"),), node="r", **options):
    return KINDS[kind](node, units, tuple(Source(*source) for source in sources), **options)


def sequence_spec(kind, steps, arithmetic="float64", loss=HALF_SQUARES, **options):
    """x (steps, 2) into one recurrent layer of 3 units."""
    return PlanSpec((("x", (steps, 2)),), (layer(kind, **options),), ("r",), loss, arithmetic)


def flat(values):
    """(batch, …) as (batch, all)."""
    return np.reshape(values, (len(values), -1))


def plan_of(case):
    """The case's plan and workspace, the batch loaded."""
    carried = case["batch"] if case["carried"] else 0
    named = {"w": "w:c", "u": "u:r", "b": "b:r", "c": "c:r"}
    start = {named[name]: np.array(values) for name, values in case["parameters"].items()}
    start |= {f"{kind}:r": np.array(case[kind]) for kind in ("h0", "c0") if kind in case}
    plan = Plan(sequence_spec(case["kind"], case["steps"], carried=carried), start)
    workspace = plan.make_workspace(case["batch"], input_gradients=True)
    workspace.load(flat(case["x"]), flat(case["t"]))
    return plan, workspace


def ids(case):
    carried = " from a state" if case["carried"] else ""
    return f"{case['kind']} T={case['steps']} batch={case['batch']}{carried}"


@pytest.mark.parametrize("case", TORCH["cases"], ids=ids)
def test_against_torch(case):
    plan, workspace = plan_of(case)
    workspace.forward()
    # Values and gradients are sums of a few dozen terms of about 1: where they cancel, an absolute
    # error of some ulp of 1 is left.
    close = {"rtol": 1e-12, "atol": 1e-15}
    np.testing.assert_allclose(workspace.a["r"], case["h"], **close)
    if case["carried"]:
        last = np.array(case["h"])[:, -1]
        np.testing.assert_allclose(plan.state_views["h0:r"], last, **close)
        if "c" in case:
            np.testing.assert_allclose(plan.state_views["c0:r"], case["c"], **close)
    assert workspace.loss() == pytest.approx(case["L"], rel=1e-12)
    workspace.backward()
    np.testing.assert_allclose(workspace.da["x"], case["dx"], **close)
    named = {"w": "w:c", "u": "u:r", "b": "b:r", "c": "c:r"}
    for name, gradient in case["gradient"].items():
        np.testing.assert_allclose(plan.gradient_views[named[name]], gradient, **close)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("returns", ["sequence", "last"])
@pytest.mark.parametrize("kind", KINDS)
class TestGradient:
    def check(self, spec, rows, seed=3):
        plan = random_plan(spec, seed)
        random = generator(seed)
        plan.state[...] = random.uniform(-1, 1, plan.state.shape)
        inputs = random.uniform(-1, 1, (rows, sum(units for _, units in spec.inputs)))
        targets = random.uniform(-1, 1, (rows, spec.output_count))
        state = plan.state.copy()
        check = check_gradient(plan, inputs, targets)
        assert check.largest < TOLERANCE
        assert np.abs(check.analytic).max() > 1e-3
        assert plan.state.tolist() == state.tolist()

    def test_two_sources_and_a_layer_on_top_of_a_layer(self, kind, returns, steps, rows):
        """The lower layer's gradient comes through the upper's W."""
        nodes = (
            layer(kind, 3, [("c1", "x"), ("c2", "y")], "r1"),
            layer(kind, 2, [("c3", "r1"), ("c4", "x")], "r2", returns=returns),
        )
        sizes = (("x", (steps, 2)), ("y", (steps, 1)))
        self.check(PlanSpec(sizes, nodes, ("r2",), MEAN_SQUARES, "float64"), rows)

    def test_from_a_carried_state(self, kind, returns, steps, rows):
        """The state is a constant of the window: its differences are not looked for."""
        spec = sequence_spec(kind, steps, loss=MEAN_SQUARES, returns=returns, carried=rows)
        self.check(spec, rows)


@pytest.mark.parametrize("kind", KINDS)
def test_tied_layers_add_up_their_gradients(kind):
    nodes = (
        layer(kind, 2, [("c1", "x")], "r1"),
        layer(kind, 2, [("c2", "r1")], "r2", tied_to="r1"),
    )
    spec = PlanSpec((("x", (4, 2)),), nodes, ("r2",), HALF_SQUARES, "float64")
    random = generator(1)
    check = check_gradient(
        random_plan(spec), random.uniform(-1, 1, (3, 8)), random.uniform(-1, 1, (3, 8))
    )
    assert check.largest < TOLERANCE


class TestByHand:
    def test_two_steps_of_a_relu_layer(self):
        """h_1 = 2·1 + 0.5 = 2.5, h_2 = 2·(-1) + 3·2.5 + 0.5 = 6."""
        spec = PlanSpec((("x", (2, 1)),), (layer("rnn_relu", 1),), ("r",), HALF_SQUARES, "float64")
        start = {"w:c": np.array([[2.0]]), "u:r": np.array([[3.0]]), "b:r": np.array([0.5])}
        plan = Plan(spec, start)
        workspace = plan.workspace(1)
        workspace.load(np.array([[1.0, -1.0]]), np.array([[2.5, 5.0]]))
        record = Record()
        assert workspace.forward(record).tolist() == [[2.5, 6.0]]
        workspace.backward(record)
        # dL/dh_2 = 6 - 5, dL/dh_1 = 0 + 3·1
        assert record.arrays["dh:r"].tolist() == [[[3.0], [1.0]]]
        assert plan.gradient_views["w:c"].tolist() == [[3.0 * 1.0 + 1.0 * -1.0]]
        assert plan.gradient_views["u:r"].tolist() == [[1.0 * 2.5]]
        assert plan.gradient_views["b:r"].tolist() == [4.0]

    def test_an_lstm_with_open_gates_adds_up(self):
        """Input, forget and output gates all but 1: c is the sum of the candidates."""
        spec = PlanSpec((("x", (3, 1)),), (layer("lstm", 1),), ("r",), HALF_SQUARES, "float64")
        w, b = np.zeros((4, 1)), np.full(4, 50.0)
        w[2], b[2] = 1.0, 0.0
        plan = Plan(spec, {"w:c": w, "u:r": np.zeros((4, 1)), "b:r": b})
        record = Record()
        workspace = plan.workspace(1)
        workspace.load(np.array([[0.1, 0.2, 0.3]]))
        workspace.forward(record)
        np.testing.assert_allclose(
            record.arrays["c:r"][0, :, 0], np.cumsum(np.tanh([0.1, 0.2, 0.3])), rtol=1e-15
        )

    @pytest.mark.parametrize("kind", ["gru", "gru_before"])
    def test_a_gru_with_its_update_gate_at_1_keeps_its_state(self, kind):
        plan = random_plan(sequence_spec(kind, 4, carried=2))
        plan.views["b:r"][3:6] = 800.0
        plan.state[...] = state = np.linspace(-1, 1, 6)
        workspace = plan.workspace(2)
        workspace.load(np.ones((2, 8)))
        y = workspace.forward().reshape(2, 4, 3)
        assert y.tolist() == np.repeat(state.reshape(2, 1, 3), 4, axis=1).tolist()

    @pytest.mark.parametrize("kind", ["lstm", "gru", "gru_before"])
    def test_large_sums_neither_overflow_nor_warn(self, kind):
        plan = random_plan(sequence_spec(kind, 3))
        plan.parameters[...] *= 1e4
        workspace = plan.workspace(1)
        workspace.load(np.ones((1, 6)), np.zeros((1, 9)))
        assert np.isfinite(workspace.forward()).all()
        workspace.loss()
        workspace.backward()
        assert np.isfinite(plan.gradient).all()


@pytest.mark.parametrize("kind", KINDS)
class TestWindows:
    """Truncated backpropagation through time: windows of a long sequence, the state carried on."""

    def run(self, plan, rows, **mode):
        workspace = plan.workspace(len(rows), **mode)
        workspace.load(rows, np.zeros((len(rows), plan.spec.output_count)))
        return workspace.forward().copy()

    def test_windows_give_what_the_whole_sequence_gives(self, kind):
        rows = generator(5).uniform(-1, 1, (2, 6, 2))
        whole = random_plan(sequence_spec(kind, 6), seed=7)
        windows = random_plan(sequence_spec(kind, 2, carried=2), seed=7)
        parts = [self.run(windows, flat(rows[:, t : t + 2])) for t in (0, 2, 4)]
        expected = self.run(whole, flat(rows))
        np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, rtol=1e-14)

    def test_the_gradient_stops_at_the_window(self, kind):
        """It is that of the window alone, from its first state as a constant."""
        rows = generator(5).uniform(-1, 1, (2, 4))
        plan = random_plan(sequence_spec(kind, 2, carried=2), seed=7)
        self.run(plan, rows)
        assert check_gradient(plan, rows[::-1], np.zeros((2, 6))).largest < TOLERANCE

    def test_looking_neither_uses_nor_changes_the_state(self, kind):
        rows = np.ones((2, 4))
        plan = random_plan(sequence_spec(kind, 2, carried=2), seed=7)
        first = self.run(plan, rows)
        state = plan.state.copy()
        assert np.abs(state).max() > 0
        assert plan.predict(rows).tolist() == first.tolist()
        assert plan.state.tolist() == state.tolist()
        assert self.run(plan, rows).tolist() != first.tolist()

    def test_a_batch_of_another_size_starts_from_zeros(self, kind):
        plan = random_plan(sequence_spec(kind, 2, carried=2), seed=7)
        first = self.run(plan, np.ones((2, 4)))
        state = plan.state.copy()
        assert self.run(plan, np.ones((1, 4)))[0] == pytest.approx(first[0], rel=1e-14)
        assert plan.state.tolist() == state.tolist()

    def test_an_epoch_begins_from_zeros_and_replay_repeats_it(self, kind):
        rows = generator(5).uniform(-1, 1, (6, 4))
        plan = random_plan(sequence_spec(kind, 2, carried=2), seed=7)
        learner = GradientLearner(plan, rows, np.zeros((6, 6)), Feed(6), Update(), 2)
        record = Record()
        learner.iterate(record)
        assert np.abs(record.arrays["h0:r"]).max() == 0
        assert record.arrays["h0+:r"].tolist() == plan.state_views["h0:r"].tolist()
        kept = learner.snapshot()
        losses = [learner.iterate().loss for _ in range(2)]
        assert np.abs(plan.state).max() == 0
        losses += [learner.iterate().loss for _ in range(3)]
        learner.restore(kept)
        assert [learner.iterate().loss for _ in range(5)] == losses
        parameters = plan.parameters.copy()
        learner.restore(kept)
        learner.train(5)
        assert plan.parameters.tobytes() == parameters.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_every_gate_and_state_of_every_step_is_recorded(kind):
    plan = random_plan(sequence_spec(kind, 5))
    workspace = plan.workspace(2)
    workspace.load(generator(2).uniform(-1, 1, (2, 10)), np.zeros((2, 15)))
    record = Record()
    workspace.forward(record)
    workspace.loss(record)
    workspace.backward(record)
    found = record.arrays
    gates = {"lstm": "ifgo", "gru": "rzn", "gru_before": "rzn"}.get(kind, "")
    states = STATES[kind]
    for name in [*gates, *states, *(f"d{state}" for state in states)]:
        assert found[f"{name}:r"].shape == (2, 5, 3), name
    assert found["s:r"].shape == found["ds:r"].shape == (2, 5, 3 * max(1, len(gates)))
    # What is recorded fits together: gates from sums in the order of the parameters.
    for k, name in enumerate(gates or "h"):
        s = found["s:r"][:, :, 3 * k : 3 * k + 3]
        function = {"rnn_relu": lambda s: np.maximum(s, 0)}.get(kind, np.tanh)
        value = 1 / (1 + np.exp(-s)) if name in "iforz" else function(s)
        np.testing.assert_allclose(found[f"{name}:r"], value, rtol=1e-13)
    # The gradient of the first bias is that of the sums, summed up.
    np.testing.assert_allclose(
        found["gb:r"], found["ds:r"].sum(axis=(0, 1)), rtol=1e-12, atol=1e-15
    )
    before = np.concatenate([np.zeros((2, 1, 3)), found["h:r"][:, :-1]], axis=1)
    if kind == "lstm":
        c_before = np.concatenate([np.zeros((2, 1, 3)), found["c:r"][:, :-1]], axis=1)
        c = found["f:r"] * c_before + found["i:r"] * found["g:r"]
        np.testing.assert_allclose(found["c:r"], c, rtol=1e-15)
        np.testing.assert_allclose(found["h:r"], found["o:r"] * np.tanh(c), rtol=1e-14)
    elif gates:
        h = (1 - found["z:r"]) * found["n:r"] + found["z:r"] * before
        np.testing.assert_allclose(found["h:r"], h, rtol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_of_each_state_is_the_limit_of_differences(kind):
    """dL/dh_t, shown against t: what a small push of h_t does, here of the bias of one step."""
    steps = 4
    spec = sequence_spec(kind, steps, returns="last")
    plan = random_plan(spec, seed=6)
    rows, targets = generator(6).uniform(-1, 1, (1, 2 * steps)), np.zeros((1, 3))
    workspace = plan.workspace(1)
    workspace.load(rows, targets)
    record = Record()
    workspace.forward(record)
    workspace.loss()
    workspace.backward(record)
    # The rest of the sequence from a state pushed by h: a window of its own.
    for t in range(steps - 1):
        rest = random_plan(sequence_spec(kind, steps - 1 - t, returns="last", carried=1), seed=6)
        end = rest.workspace(1)

        def loss(push, rest=rest, end=end, t=t):
            for name in STATES[kind]:
                rest.state_views[f"{name}0:r"][...] = record.arrays[f"{name}:r"][:, t]
            rest.state_views["h0:r"][0, 1] += push
            end.load(rows[:, 2 * (t + 1) :], targets)
            end.forward()
            return end.loss()

        slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
        assert slope == pytest.approx(record.arrays["dh:r"][0, t, 1], rel=1e-6, abs=1e-9)


def test_float32_stays_float32():
    for kind in KINDS:
        plan = random_plan(sequence_spec(kind, 3, "float32"))
        workspace = plan.workspace(2)
        workspace.load(np.ones((2, 6), np.float32), np.zeros((2, 9), np.float32))
        record = Record()
        workspace.forward(record)
        workspace.backward(record)
        assert {values.dtype for values in record.arrays.values()} == {np.dtype(np.float32)}


class TestShapes:
    def test_names_and_shapes(self):
        def shapes(kind, **options):
            return sequence_spec(kind, 5, **options).parameter_shapes()

        assert shapes("rnn_tanh") == {"w:c": (3, 2), "u:r": (3, 3), "b:r": (3,)}
        assert shapes("lstm") == {"w:c": (12, 2), "u:r": (12, 3), "b:r": (12,)}
        assert shapes("gru") == {"w:c": (9, 2), "u:r": (9, 3), "b:r": (9,), "c:r": (3,)}
        assert shapes("gru_before") == {"w:c": (9, 2), "u:r": (9, 3), "b:r": (9,)}
        assert sequence_spec("lstm", 5, carried=4).state_shapes() == {
            "h0:r": (4, 3),
            "c0:r": (4, 3),
        }

    def test_what_comes_out(self):
        assert sequence_spec("lstm", 5).shapes["r"] == (5, 3)
        assert sequence_spec("lstm", 5, returns="last").shapes["r"] == (3,)

    def test_a_forget_gate_knows_its_bias(self):
        assert layer("lstm").forget_gates() == {"b:r": slice(3, 6)}

    def test_each_gate_starts_like_a_layer_of_its_own(self):
        spec = sequence_spec("lstm", 5)
        start = start_values(spec, InitialiserSpec("orthogonal", forget_bias=1.0), generator(1))
        for rows in np.split(start["u:r"], 4):
            np.testing.assert_allclose(rows @ rows.T, np.eye(3), atol=1e-15)
        assert start["b:r"].tolist() == [0.0] * 3 + [1.0] * 3 + [0.0] * 6
        # Xavier: fan-in 2, fan-out 3 and not 12.
        start = start_values(spec, InitialiserSpec("xavier_uniform"), generator(1))
        assert np.sqrt(6 / 14) < np.abs(start["w:c"]).max() < np.sqrt(6 / 5)

    @pytest.mark.parametrize("size", [4, (3, 2, 2)])
    def test_only_sequences_are_taken(self, size):
        spec = PlanSpec((("x", size),), (layer("gru"),), ("r",))
        with pytest.raises(ValueError, match="r needs sequences"):
            random_plan(spec)

    def test_sequences_of_two_lengths_do_not_fit(self):
        both = layer("gru", sources=(("c1", "x"), ("c2", "y")))
        with pytest.raises(ValueError, match="equal length"):
            random_plan(PlanSpec((("x", (3, 2)), ("y", (4, 2))), (both,), ("r",)))

    def test_an_activation_across_units_is_refused(self):
        node = SimpleRecurrentSpec(
            "r", 3, (Source("c", "x"),), activation=ActivationSpec("softmax")
        )
        with pytest.raises(ValueError, match="each unit alone"):
            random_plan(PlanSpec((("x", (3, 2)),), (node,), ("r",)))


def test_dense_layers_take_the_last_step_and_whole_sequences():
    nodes = (
        layer("gru", node="r1"),
        layer("lstm", 2, [("c1", "r1")], "r2", returns="last"),
        LayerSpec("d", 2, ActivationSpec("tanh"), (Source("c2", "r2"), Source("c3", "r1"))),
        StepwiseDenseSpec("o", 2, ActivationSpec("softmax"), (Source("c4", "r1"),)),
    )
    spec = PlanSpec((("x", (4, 2)),), nodes, ("d", "o"), HALF_SQUARES, "float64")
    random = generator(0)
    check = check_gradient(
        random_plan(spec), random.uniform(-1, 1, (3, 8)), random.uniform(0, 1, (3, 10))
    )
    assert check.largest < TOLERANCE
