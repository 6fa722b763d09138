"""The compiled plan: parameters as views of one vector, forward, backward, what it records."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.plan import Plan
from nnsim.engine.record import Record
from tests.support.plans import neuron, random_plan, spec_of

FREE = spec_of(
    [("p", 1), ("q", 2)],
    [
        ("n", 1, "relu", [("c1", "p"), ("c2", "q")]),
        ("o1", 1, "identity", [("c3", "n")]),
        ("o2", 2, "identity", [("c4", "n"), ("c5", "q")]),
    ],
)
VALUES = {
    "w:c1": [[2.0]],
    "w:c2": [[1.0, -1.0]],
    "b:n": [0.5],
    "w:c3": [[3.0]],
    "b:o1": [-1.0],
    "w:c4": [[1.0], [-1.0]],
    "w:c5": [[0.0, 1.0], [1.0, 0.0]],
    "b:o2": [0.0, 10.0],
}


def free_plan():
    return Plan(FREE, {name: np.array(value) for name, value in VALUES.items()})


class TestParameters:
    @pytest.mark.filterwarnings("error")
    def test_a_start_that_float32_cannot_hold_is_infinite(self):
        start = {name: np.array(value) for name, value in VALUES.items()}
        start["w:c1"] = np.array([[1e300]])
        plan = Plan(replace(FREE, arithmetic="float32"), start)
        assert plan.views["w:c1"][0, 0] == np.inf

    def test_names_and_shapes_in_the_order_of_the_layers(self):
        assert FREE.parameter_shapes() == {
            "w:c1": (1, 1),
            "w:c2": (1, 2),
            "b:n": (1,),
            "w:c3": (1, 1),
            "b:o1": (1,),
            "w:c4": (2, 1),
            "w:c5": (2, 2),
            "b:o2": (2,),
        }

    def test_they_are_views_of_one_vector(self):
        plan = free_plan()
        assert plan.parameters.tolist() == [
            *(2, 1, -1, 0.5),
            *(3, -1),
            # A layer's weights and biases are one matrix, [W | b], column by column.
            # Its sources stand in the order in which the plan has them: q, then n.
            *(0, 1, 1, 0),
            *(1, -1),
            *(0, 10),
        ]
        plan.parameters[3] = 7.0
        assert plan.views["b:n"].tolist() == [7.0]
        plan.gradient_views["w:c2"][...] = 5.0
        assert plan.gradient[1:3].tolist() == [5.0, 5.0]

    def test_maxout_has_a_row_for_each_piece(self):
        spec = spec_of([("x", 3)], [("m", 2, ActivationSpec("maxout", pieces=4), [("c", "x")])])
        assert spec.parameter_shapes() == {"w:c": (8, 3), "b:m": (8,)}

    def test_784_64_10(self):
        """Exercise 11: 784·64 + 64 + 64·10 + 10 = 50,890 parameters."""
        spec = spec_of(
            [("x", 784)],
            [("h", 64, "relu", [("c1", "x")]), ("o", 10, "softmax", [("c2", "h")])],
        )
        assert random_plan(spec).parameters.size == 50_890

    def test_a_missing_one_is_refused(self):
        with pytest.raises(KeyError, match="b:o2"):
            Plan(FREE, {n: np.array(v) for n, v in VALUES.items() if n != "b:o2"})

    def test_one_of_another_shape_is_refused(self):
        with pytest.raises(ValueError, match=r"w:c2 has shape \(2, 1\)"):
            Plan(FREE, {n: np.array(v) for n, v in VALUES.items()} | {"w:c2": np.ones((2, 1))})

    def test_the_start_values_are_copied(self):
        start = {name: np.array(value) for name, value in VALUES.items()}
        plan = Plan(FREE, start)
        plan.parameters[...] = 0
        assert start["w:c1"].tolist() == [[2.0]]


class TestForward:
    def test_free_wiring_by_hand(self):
        workspace = free_plan().workspace(2)
        # Columns: p, q1, q2.
        workspace.load(np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 4.0]]))
        y = workspace.forward()
        assert workspace.z["n"].tolist() == [[2 + 2 - 3 + 0.5], [-2 - 4 + 0.5]]
        assert workspace.a["n"].tolist() == [[1.5], [0.0]]
        # o1; then o2: n + q2, q1 - n + 10
        assert y.tolist() == [[3.5, 4.5, 10.5], [-1.0, 4.0, 10.0]]

    def test_a_batch_is_its_rows_one_by_one(self):
        spec = spec_of(
            [("x", 3)], [("h", 4, "tanh", [("c1", "x")]), ("o", 2, "softmax", [("c2", "h")])]
        )
        plan = random_plan(spec)
        rows = np.linspace(-1, 1, 15).reshape(5, 3)
        whole = plan.workspace(5)
        whole.load(rows)
        together = whole.forward().copy()
        for row, expected in zip(rows, together, strict=True):
            one = plan.workspace(1)
            one.load(row[np.newaxis])
            np.testing.assert_allclose(one.forward()[0], expected, rtol=1e-14)

    def test_exercise_1(self):
        plan = neuron([0.7, -0.4], -0.1, "sigmoid")
        workspace = plan.workspace(1)
        workspace.load(np.array([[0.5, 1.0]]))
        y = workspace.forward()
        assert workspace.z["n"][0, 0] == pytest.approx(-0.15, abs=1e-15)
        assert y[0, 0] == pytest.approx(0.4626, abs=5e-5)

    def test_each_batch_size_has_arrays_of_its_own(self):
        plan = free_plan()
        assert plan.workspace(3) is plan.workspace(3)
        shown = plan.workspace(1)
        shown.load(np.ones((1, 3)))
        before = shown.forward().copy()
        plan.workspace(2).load(np.zeros((2, 3)))
        plan.workspace(2).forward()
        assert shown.y.tolist() == before.tolist()


class TestBackward:
    def backward(self, plan, **options):
        workspace = plan.workspace(2)
        workspace.load(np.array([[1.0, 2.0, 3.0], [1.0, 0.0, 1.0]]), np.ones((2, 3)))
        workspace.forward()
        workspace.loss()
        workspace.backward(**options)
        return workspace

    def test_a_node_that_feeds_two_layers_collects_from_both(self):
        workspace = self.backward(free_plan())
        dz = workspace.dz
        expected = dz["o1"] * 3.0 + dz["o2"] @ np.array([[1.0], [-1.0]])
        np.testing.assert_allclose(workspace.da["n"], expected, rtol=1e-15)

    def test_gradients_do_not_pile_up(self):
        plan = free_plan()
        self.backward(plan)
        first = plan.gradient.copy()
        self.backward(plan)
        assert plan.gradient.tobytes() == first.tobytes()

    def test_layers_are_told_from_the_last_to_the_first_before_the_error_goes_on(self):
        plan = free_plan()
        told = []

        def updated(names):
            told.append(list(names))
            if "w:c3" in names:
                plan.views["w:c3"][...] = 100.0

        workspace = self.backward(plan, after_layer=updated)
        assert told == [["w:c4", "w:c5", "b:o2"], ["w:c3", "b:o1"], ["w:c1", "w:c2", "b:n"]]
        expected = workspace.dz["o1"] * 100.0 + workspace.dz["o2"] @ np.array([[1.0], [-1.0]])
        np.testing.assert_allclose(workspace.da["n"], expected, rtol=1e-15)


class TestRecording:
    def run(self, recorder):
        plan = free_plan()
        workspace = plan.workspace(1)
        workspace.load(np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, 1.0, 2.0]]))
        plan.put_parameters(recorder)
        workspace.forward(recorder)
        workspace.loss(recorder)
        workspace.backward(recorder)
        return plan

    def test_every_quantity_has_its_name(self):
        record = Record()
        self.run(record)
        layers = ("n", "o1", "o2")
        assert set(record.arrays) == (
            {"a:p", "a:q", "y", "t", "l", "L"}
            | {f"{kind}:{node}" for kind in ("z", "a", "da", "dz") for node in layers}
            | set(VALUES)
            | {f"g{name}" for name in VALUES}
        )

    def test_what_is_recorded_stays(self):
        record = Record()
        plan = self.run(record)
        plan.parameters[...] = 0
        plan.workspace(1).load(np.zeros((1, 3)))
        plan.workspace(1).forward()
        assert record.arrays["w:c1"].tolist() == [[2.0]]
        assert record.arrays["z:n"].tolist() == [[1.5]]
        with pytest.raises(ValueError, match="read-only"):
            record.arrays["z:n"][...] = 1


class TestExactArithmetic:
    def test_numbers_are_the_fractions_meant(self):
        plan = neuron([0.1], 1 / 3, arithmetic="exact")
        assert plan.views["w:c"][0, 0] == Fraction(1, 10)
        assert plan.views["b:n"][0] == Fraction(1, 3)

    def test_whole_numbers_are_ints(self):
        assert [type(n) for n in neuron([2.0], 0.5, arithmetic="exact").parameters] == [
            int,
            Fraction,
        ]

    def test_what_went_astray_stays_a_float(self):
        plan = neuron([1.0], 0.0, arithmetic="exact")
        numbers = plan.numbers([np.inf, np.nan, 0.5])
        assert str(numbers.tolist()) == "[inf, nan, Fraction(1, 2)]"
