"""The rules of a single layer, iteration by iteration, by hand."""

import numpy as np
import pytest

from nnsim.engine.activations import ActivationSpec
from nnsim.engine.learners import CourseRule, DeltaRule, Feed, PerceptronRule
from nnsim.engine.plan import Plan
from nnsim.engine.record import Record
from tests.support.plans import neuron, random_plan, spec_of

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
OR = np.array([[0], [1], [1], [1]], float)


def course(weights=(0.5, 0.5), bias=1.0, targets=OR, **settings):
    plan = neuron(weights, bias, arithmetic="exact")
    return CourseRule(plan, INPUTS, targets, Feed(4), **settings)


def numbers(learner):
    return [float(value) for value in learner.plan.parameters]


class TestCourseRule:
    def test_a_pattern_is_repeated_until_it_is_right(self):
        learner = course()
        assert [learner.iterate().samples[0] for _ in range(7)] == [0, 0, 1, 1, 2, 2, 3]

    def test_with_an_active_input_the_weights_move_and_the_bias_stays(self):
        learner = course((0.5, 0.5), -1.0)
        learner.iterate()  # (0, 0) is right
        record = Record()
        learner.iterate(record)  # (0, 1): Σ = -0.5
        assert record.arrays["e"].tolist() == [[1]]
        assert record.arrays["dw:c"].tolist() == [[0, 0.5]]
        assert record.arrays["db:n"].tolist() == [0]
        assert numbers(learner) == [0.5, 1.0, -1.0]

    def test_with_no_active_input_the_bias_moves_and_the_weights_stay(self):
        learner = course()
        learner.iterate()
        assert numbers(learner) == [0.5, 0.5, -1.0]

    def test_both_step_sizes_are_settings(self):
        learner = course(weight_step=0.25, bias_step=1.0)
        learner.iterate()
        assert numbers(learner) == [0.5, 0.5, 0.0]  # Σ = 0 fires: once more
        learner.iterate()
        learner.iterate()
        learner.iterate()
        assert numbers(learner) == [0.5, 0.75, -1.0]

    def test_any_input_but_zero_is_active(self):
        plan = neuron((0.0, 0.0), 0.0, arithmetic="exact")
        learner = CourseRule(plan, np.array([[-0.5, 0.0]]), np.array([[0.0]]), Feed(1))
        learner.iterate()
        assert numbers(learner) == [0.25, 0.0, 0.0]

    def test_an_epoch_is_a_pass_in_which_every_pattern_was_got_right(self):
        learner = course()
        ended = [learner.iterate().epoch_ended for _ in range(11)]
        assert ended == [False] * 6 + [True] + [False] * 3 + [True]

    def test_biases_may_be_fixed(self):
        learner = course(update_biases=False)
        metrics = learner.iterate()
        assert numbers(learner) == [0.5, 0.5, 1.0]
        assert not metrics.changed


class TestPerceptron:
    def test_or_from_zero_with_a_strict_threshold(self):
        """Exercise 8.  w1, w2, b after each iteration; α = 1, S = 1 where Σ > 0."""
        spec = spec_of(
            [("x", 2)],
            [("n", 1, ActivationSpec("step", one_at_zero=False), [("c", "x")])],
            arithmetic="exact",
        )
        plan = Plan(spec, {"w:c": np.zeros((1, 2)), "b:n": np.zeros(1)})
        learner = PerceptronRule(plan, INPUTS, OR, Feed(4), learning_rate=1.0)
        seen = []
        for _ in range(13):
            learner.iterate()
            seen.append(tuple(numbers(learner)))
        assert seen == [
            (0, 0, 0),
            (0, 1, 1),
            (0, 1, 1),
            (0, 1, 1),
            (0, 1, 0),
            (0, 1, 0),
            (1, 1, 1),
            (1, 1, 1),
            (1, 1, 0),
            (1, 1, 0),
            (1, 1, 0),
            (1, 1, 0),
            (1, 1, 0),
        ]

    def test_weights_and_bias_move_together(self):
        plan = neuron((0.5, 0.5), 1.0, arithmetic="exact")
        learner = PerceptronRule(plan, INPUTS[3:], np.zeros((1, 1)), Feed(1), 0.1)
        learner.iterate()
        assert numbers(learner) == [0.4, 0.4, 0.9]

    def test_each_neuron_of_a_layer_learns_from_its_own_error(self):
        spec = spec_of([("x", 1)], [("n", 2, "step", [("c", "x")])], arithmetic="exact")
        plan = random_plan(spec)
        plan.parameters[...] = [1, -1, 0, 0]  # w of the first neuron and the second, then their b
        learner = PerceptronRule(plan, np.array([[2.0]]), np.array([[1.0, 1.0]]), Feed(1), 0.5)
        learner.iterate()
        assert numbers(learner) == [1.0, 0.0, 0.0, 0.5]

    def test_two_nodes_of_neurons_take_their_own_columns_of_the_error(self):
        spec = spec_of(
            [("x", 1)],
            [("m", 1, "step", [("c", "x")]), ("n", 1, "step", [("d", "x")])],
            arithmetic="exact",
        )
        plan = random_plan(spec)
        plan.parameters[...] = [0, 0, 0, 0]  # w:c, w:d, b:m, b:n; both fire
        learner = PerceptronRule(plan, np.array([[1.0]]), np.array([[1.0, 0.0]]), Feed(1), 1.0)
        learner.iterate()
        assert numbers(learner) == [0.0, -1.0, 0.0, -1.0]


class TestDeltaRule:
    def adaline(self):
        plan = neuron((0.0, 0.0), 0.0, "step")
        return DeltaRule(plan, INPUTS, OR, Feed(4), learning_rate=0.1)

    def test_one_epoch_of_or_by_hand(self):
        """Exercise 9.  Σ = 0, 0, 0.1, 0.38; e = t - Σ; every change is 0.1 e x."""
        learner = self.adaline()
        errors, after = [], []
        for _ in range(4):
            record = Record()
            learner.iterate(record)
            errors.append(float(record.arrays["e"][0, 0]))
            after.append(numbers(learner))
        np.testing.assert_allclose(errors, [0, 1, 0.9, 0.62], atol=1e-15)
        expected = [[0, 0, 0], [0, 0.1, 0.1], [0.09, 0.1, 0.19], [0.152, 0.162, 0.252]]
        np.testing.assert_allclose(after, expected, atol=1e-15)

    def test_the_loss_is_the_squared_error_at_the_sum(self):
        learner = self.adaline()
        record = Record()
        learner.iterate(record)
        assert learner.iterate().loss == 1.0
        assert float(record.arrays["L"]) == 0.0


@pytest.mark.parametrize("rule", [CourseRule, PerceptronRule, DeltaRule])
def test_hidden_layers_are_refused_for_there_is_no_chain_rule(rule):
    spec = spec_of([("x", 2)], [("h", 2, "step", [("c", "x")]), ("o", 1, "step", [("d", "h")])])
    with pytest.raises(ValueError, match="single layer"):
        rule(random_plan(spec), INPUTS, OR, Feed(4), 0.5)
