"""How good the network is on each part, epoch by epoch, and early stopping by it."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import r2_score

from nnsim.core.randoms import generator
from nnsim.data import Table
from nnsim.data.sets import make_data_set
from nnsim.document import edits
from nnsim.document.model import Document, ScalingSettings, SplitSettings, Training
from nnsim.document.preparation import prepared
from nnsim.document.starting import draw_parameters
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.learners import VerdictKind
from nnsim.session import Session
from nnsim.session.evaluation import PARTS, Evaluation, Evaluations, PartFigures, metric_of
from nnsim.session.probing import Probe


def classifier(name="gauss", noise=0.3, **training) -> Document:
    table = make_data_set(name, generator(1), count=60, noise=noise).as_table()
    document = perceptron((2, 4, 1), "tanh", "tanh", table)
    document = edits.set_split(document, SplitSettings(60, 20, 20))
    settings = {"rule": "sgd", "batch_size": 8, "learning_rate": 0.1, **training}
    return replace(document, training=Training(**settings))


def answers(session: Session, rows) -> np.ndarray:
    """What the network says of some rows, asked by a probe of its own."""
    document = session.document
    probe = Probe(session.spec_at(1))
    record = session.record(session.computed)
    names = session.spec_at(1).parameter_shapes()
    probe.put({n: record.arrays[n.replace(":", "+:", 1)].astype(float) for n in names})
    node = document.outputs[0].id
    return probe.respond(prepared(document).inputs[rows], node)[node].a


def run(document: Document, iterations: int) -> Session:
    session = Session(document)
    for _ in range(iterations):
        session.compute()
    return session


class TestFigures:
    def test_each_part_is_judged_at_the_end_of_every_epoch_and_at_the_start(self):
        session = run(classifier(), 15)
        # 36 samples in batches of 8 make 5 iterations an epoch.
        assert session.evaluations.iterations.tolist() == [0, 5, 10, 15]
        assert session.evaluations.epochs.tolist() == [0, 1, 2, 3]

    def test_they_are_those_of_the_network_as_it_stands(self):
        session = run(classifier(), 10)
        document = session.document
        found = session.evaluations.latest(10)
        for part in PARTS:
            rows = prepared(document).rows_of(part)
            said, wanted = answers(session, rows), document.data.targets[rows]
            figures = getattr(found, part)
            assert figures.loss == pytest.approx(np.mean((said - wanted) ** 2), rel=1e-12)
            assert figures.metric == np.mean((said >= 0) == (wanted > 0))

    def test_of_values_the_metric_is_r_squared(self):
        table = make_data_set("plane", generator(0), count=40).as_table()
        document = perceptron((2, 3, 1), "tanh", "identity", table)
        document = edits.set_scaling(document, ScalingSettings("standard", "standard"))
        document = replace(document, training=Training(rule="sgd", batch_size=10))
        assert metric_of(document) == "r2"
        session = run(document, 8)
        rows = prepared(document).split.training
        wanted = r2_score(prepared(document).targets[rows], answers(session, rows))
        assert session.evaluations.latest(8).training.metric == pytest.approx(wanted, rel=1e-10)

    def test_a_sum_is_told_for_each_sample_and_a_penalty_is_left_out(self):
        document = classifier(penalty="l2", penalty_rate=1.0)
        summed = replace(document, conventions=replace(document.conventions, loss_reduction="sum"))
        mean, total = (Session(each).evaluations.latest(0) for each in (document, summed))
        assert total.test.loss == pytest.approx(mean.test.loss, rel=1e-12)

    def test_parts_without_samples_have_no_figures(self):
        found = Session(gate_neuron()).evaluations.latest(0)
        assert np.isnan([*found.validation, *found.test]).all()
        # w = (0.5, 0.5), b = 1 says 1 of every row, which is wrong of the first alone.
        assert found.training.metric == 0.75

    def test_exact_arithmetic_is_judged_too(self):
        session = Session(gate_neuron())
        list(session.run())
        assert session.evaluations.latest(7).training.metric == 1.0

    def test_large_parts_are_taken_in_turns(self, monkeypatch):
        whole = Session(classifier()).evaluations.latest(0)
        monkeypatch.setattr("nnsim.session.evaluation._MAX_NUMBERS", 200)
        pieces = Session(classifier()).evaluations.latest(0)
        np.testing.assert_allclose(np.array(whole[2:]), np.array(pieces[2:]), rtol=1e-12)

    def test_judging_changes_nothing_in_the_run(self):
        document = classifier()
        session = run(document, 12)
        judged = session.record(12)
        session = Session(document)
        unjudged = next(iter(session.records(12, 12)))
        for name in judged.arrays:
            np.testing.assert_array_equal(judged.arrays[name], unjudged.arrays[name])


class TestThinning:
    def evaluation(self, epoch):
        nothing = PartFigures(0.0, 0.0)
        return Evaluation(3 * epoch, epoch, nothing, nothing, nothing)

    def test_a_long_run_keeps_a_bounded_even_number_of_them(self):
        found = Evaluations(self.evaluation(0))
        for epoch in range(1, 10_000):
            if found.wants(epoch):
                found.append(self.evaluation(epoch))
        steps = np.diff(found.epochs)
        assert len(found) <= 1024
        assert (steps == steps[0]).all()

    def test_what_came_after_a_change_is_forgotten(self):
        session = run(classifier(), 15)
        changed = edits.set_parameter(session.document, "b:n2", (0,), 2.0, iteration=7)
        session.set_document(changed)
        assert session.evaluations.iterations.tolist() == [0, 5]


class TestEarlyStopping:
    def overfitting(self, patience):
        table = make_data_set("xor", generator(3), count=40, noise=0.5).as_table()
        document = perceptron((2, 24, 1), "tanh", "tanh", table)
        document = draw_parameters(document, "xavier_uniform", 0)
        document = edits.set_split(document, SplitSettings(60, 40, 0, seed=2))
        settings = Training(
            rule="sgd", batch_size=8, learning_rate=0.2, patience=patience, limit=3000
        )
        return replace(document, training=settings)

    def test_it_ends_the_run_so_many_epochs_after_the_smallest_validation_loss(self):
        session = Session(self.overfitting(10))
        list(session.run())
        verdict = session.verdict
        assert verdict.kind is VerdictKind.EARLY_STOPPING
        losses = session.evaluations.column("validation", "loss")
        best = int(np.nanargmin(losses[1:])) + 1
        assert session.evaluations.iterations[best] == verdict.same_as
        assert session.evaluations.epochs[-1] - session.evaluations.epochs[best] == 10
        assert not verdict.converged

    def test_without_patience_it_goes_on(self):
        session = Session(self.overfitting(0))
        list(session.run(400))
        assert session.verdict is None

    def test_it_is_warned_of_where_nothing_is_kept_for_validation(self):
        document = replace(self.overfitting(5), split=SplitSettings())
        codes = [p.message.code for p in Session(document).problems]
        assert "check.patience_without_validation" in codes


class TestLimits:
    def test_a_penalty_pulls_weights_to_0_and_leaves_biases_alone(self):
        table = Table(("x",), ("y",), np.zeros((4, 1)), np.zeros((4, 1)))
        document = perceptron((1, 1), output="identity", data=table)
        document = edits.set_parameter(document, "w:c3", (0, 0), 1.0)
        settings = Training(
            rule="gradient_descent", learning_rate=0.1, penalty="l2", penalty_rate=0.5
        )
        session = run(replace(document, training=settings), 1)
        # ∂(λ/2 w²)/∂w = λ w: 1 - 0.1 · 0.5 · 1.
        assert session.record(1).arrays["w+:c3"][0, 0] == pytest.approx(0.95, rel=1e-15)

    def test_clipping_by_norm_limits_the_step(self):
        session = run(classifier(clipping="norm", clip_at=0.01), 1)
        record = session.record(1)
        step = np.concatenate(
            [record.arrays[n].ravel() for n in record.arrays if n.startswith(("dw:", "db:"))]
        )
        assert np.linalg.norm(step) == pytest.approx(0.1 * 0.01, rel=1e-9)

    def test_neither_goes_with_weights_that_are_updated_already(self):
        document = classifier(penalty="l1")
        during = replace(
            document, conventions=replace(document.conventions, update_timing="during")
        )
        codes = [p.message.code for p in Session(during).problems if p.severity == "error"]
        assert codes == ["check.during_without"]
