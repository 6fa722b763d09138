"""Has a run converged, will it never end, has it gone astray?"""

import math
from dataclasses import replace

import numpy as np
import pytest

from nnsim.document.edits import set_parameter, set_training
from nnsim.document.model import Training
from nnsim.document.templates import perceptron
from nnsim.engine.learners import VerdictKind
from nnsim.session import Session
from tests.support.documents import gate, table


def verdict_of(document, limit=500):
    session = Session(document)
    for _ in session.run(limit):
        pass
    return session.verdict, session


class TestRules:
    def test_convergence_takes_a_clean_pass_over_every_pattern(self):
        """OR is right from row 6 on; declared when rows 6 to 9 have been right in a row."""
        verdict, session = verdict_of(gate("or"))
        assert (verdict.kind, verdict.iteration) == (VerdictKind.CLEAN_PASS, 9)
        assert verdict.converged
        assert session.trace.column("wrong")[4:].tolist() == [1, 0, 0, 0, 0]

    def test_with_shuffled_samples_the_pass_may_span_two_epochs(self):
        verdict, session = verdict_of(gate("or", rule="perceptron", order="shuffled", seed=4))
        assert verdict.kind is VerdictKind.CLEAN_PASS
        clean = []
        for iteration in range(verdict.iteration, 0, -1):
            record = session.record(iteration)
            if record.arrays["e"].any():
                break
            clean.append(record.metrics.samples[0])
        assert set(clean) == {0, 1, 2, 3}

    def test_xor_by_the_perceptron_rule_repeats(self):
        verdict, session = verdict_of(gate("xor", rule="perceptron"))
        assert verdict.kind is VerdictKind.REPEATS
        assert not verdict.converged
        first, second = (session.record(n) for n in (verdict.same_as, verdict.iteration))
        for name in ("w+:c4", "w+:c5", "b+:n3"):
            assert first.arrays[name].tolist() == second.arrays[name].tolist()

    def test_shuffled_samples_can_never_be_proved_to_repeat(self):
        verdict, _ = verdict_of(gate("xor", rule="perceptron", order="shuffled"))
        assert verdict is None

    def test_frozen_parameters_repeat_at_once(self):
        document = gate("or", update_biases=False)
        verdict, _ = verdict_of(document)
        # (0, 0) is wrong, and only the bias could put it right.
        assert (verdict.kind, verdict.iteration) == (VerdictKind.REPEATS, 2)
        assert verdict.same_as == 1


def line(**training):
    document = perceptron((1, 1), output="identity", data=table([[1], [2]], [[2], [4]]))
    document = set_parameter(document, "w:c3", (0, 0), 0.0)
    return replace(document, training=Training(rule="sgd", **training))


class TestLosses:
    def test_the_mean_loss_of_an_epoch_reaches_the_target(self):
        verdict, session = verdict_of(line(learning_rate=0.1, target_loss=0.01))
        assert verdict.kind is VerdictKind.LOSS_REACHED
        losses = session.trace.column("loss")
        assert losses[verdict.iteration - 2 : verdict.iteration].mean() <= 0.01
        assert losses[verdict.iteration - 4 : verdict.iteration - 2].mean() > 0.01
        assert verdict.iteration % 2 == 0  # at the end of an epoch

    def test_nothing_moves_any_more(self):
        document = replace(line(target_loss=0.0), data=table([[1], [1]], [[0], [0]]))
        verdict, _ = verdict_of(set_parameter(document, "w:c3", (0, 0), 0.0))
        assert verdict.kind is VerdictKind.LOSS_REACHED  # a loss of 0 is at most 0
        document = replace(document, data=table([[0], [0]], [[1], [-1]]))
        document = replace(document, training=replace(document.training, rule="gradient_descent"))
        verdict, _ = verdict_of(document)
        assert (verdict.kind, verdict.iteration) == (VerdictKind.STATIONARY, 1)
        # At rest is not solved: a step unit has no gradient, and nothing was learnt.
        assert not verdict.converged


class TestGoneAstray:
    def test_an_explosion_is_recorded_and_stops_the_run(self):
        verdict, session = verdict_of(line(learning_rate=50.0), limit=1000)
        assert verdict.kind is VerdictKind.NOT_FINITE
        assert not verdict.converged
        assert session.computed == verdict.iteration
        record = session.record(verdict.iteration)
        everything = np.concatenate([array.ravel() for array in record.arrays.values()])
        assert not np.isfinite(everything.astype(float)).all()
        assert math.isfinite(session.trace.column("loss")[0])

    def test_a_delta_rule_too_fast(self):
        verdict, _ = verdict_of(gate("or", rule="delta", learning_rate=100.0), limit=5000)
        assert verdict.kind is VerdictKind.NOT_FINITE

    def test_a_rule_without_a_step_may_explode_too(self):
        """The error is then of the size of what was learnt, and fractions would grow for ever."""
        document = perceptron((1, 1), output="identity", data=table([[10]], [[1]]))
        document = replace(document, training=Training(rule="perceptron", learning_rate=1.0))
        verdict, session = verdict_of(document)
        assert session.spec_at(1).arithmetic == "settled"
        assert verdict.kind is VerdictKind.NOT_FINITE

    @pytest.mark.parametrize("rule", ["course", "perceptron"])
    def test_a_rule_that_takes_over_an_astray_network_says_so(self, rule):
        # Iteration 1 leaves weights beyond float64.
        document = gate("or", rule="delta", learning_rate=1e308)
        document = replace(document, data=table([[1e10, 1e10]], [[1]]))
        document = set_training(
            document, replace(document.training, rule=rule, learning_rate=0.5), iteration=1
        )
        session = Session(document)
        session.compute()
        assert session.verdict.kind is VerdictKind.NOT_FINITE
        session.compute()
        assert session.record(2).arrays["w:c4"].dtype == object
